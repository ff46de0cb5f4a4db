"""How rare terms are: as counted in the signals at hand, with a table of what is common anyway.

The table keeps the first signals of an empty index from finding every word rare.
"""

import base64
import json
import math
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

COMMON = Path(__file__).parent / "common_terms.json"

_PLACES = 1 << 21  # counters; terms that fall upon one look a little less rare
_PRIOR = 3000.0  # signals that the table stands for
_STEPS = 8.0  # of the table, to the factor e


class Rarity:
    """Counts of terms. `of` is 0 for what stands everywhere and near 1 for what is unheard of."""

    def __init__(self) -> None:
        self.size = 0

    # 8 MB, which nobody needs before the first term is counted or asked for.
    @cached_property
    def _counts(self) -> NDArray[np.float32]:
        common, shares = _table()
        counts = np.zeros(_PLACES, np.float32)
        counts[common % _PLACES] = _PRIOR * shares
        return counts

    def count(self, terms: NDArray[np.uint32], by: int = 1) -> None:
        """Count a signal with these different terms, or discount it with `by` = -1."""
        # Two of them may fall upon one counter: it counts a signal once.
        self._counts[terms % _PLACES] += by
        self.size += by

    def of(self, terms: NDArray[np.uint32]) -> NDArray[np.float32]:
        """The rarity of each of `terms`, 0..1."""
        texts = self.size + _PRIOR
        seen = self._counts[terms % _PLACES]
        rare = np.log(texts / (seen + 1.0)) / math.log(texts)
        return np.asarray(rare, np.float32).clip(0.0, 1.0)


@cache
def _table() -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Common terms, and in which share of all texts each stands."""
    packed = json.loads(COMMON.read_text(encoding="utf-8"))
    terms = np.frombuffer(base64.b64decode(packed["terms"]), "<u4")
    steps = np.frombuffer(base64.b64decode(packed["steps"]), "u1")
    return terms.astype(np.uint32), np.exp(-steps.astype(np.float32) / _STEPS)
