"""The trained judge of pairs: small trees over `likeness.FEATURES`, read from weights.json.

Made by `python -m tests.training stories`. There are two sets of trees: one that knows what both
signals mean (the extra `semantic`), and one that does not.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WEIGHTS = Path(__file__).parent / "weights.json"

Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees side by side in flat arrays. A leaf asks nothing and leads to itself.

    `start` is what is believed before any question, as the logarithm of odds; `features` are the
    names of the columns that are asked about. `leads`: two for each node, where it goes on for
    values up to its bound, and for those above.
    """

    features: tuple[str, ...]
    start: float
    roots: NDArray[np.int32]
    asks: NDArray[np.int32]
    bounds: Table
    leads: NDArray[np.int32]
    values: Table
    depth: int

    def chances(self, table: Table) -> Table:
        """How likely each row is two signals of one event, 0..1."""
        width = table.shape[1]
        flat = np.ascontiguousarray(table).ravel()
        rows = np.arange(0, len(table) * width, width, dtype=np.int32)[:, None]
        at = np.broadcast_to(self.roots, (len(table), len(self.roots)))
        for _ in range(self.depth):
            high = flat.take(rows + self.asks.take(at)) > self.bounds.take(at)
            at = self.leads.take(2 * at + high)
        odds = self.start + self.values.take(at).sum(axis=1)
        return np.asarray(1.0 / (1.0 + np.exp(-odds)), np.float32)


@dataclass(frozen=True, slots=True)
class StoryModel:
    """What decides: two judges of pairs, and how sure it takes to put two signals together.

    Headlines alone, without texts, must convince more.
    """

    plain: Trees
    semantic: Trees
    sure_of_texts: float
    sure_of_titles: float


@cache
def shipped() -> StoryModel:
    """The weights that come with the project."""
    return read_model(json.loads(WEIGHTS.read_text(encoding="utf-8")))


def read_model(packed: dict[str, Any]) -> StoryModel:
    """Weights as they stand in weights.json."""
    return StoryModel(read_trees(packed["plain"]), read_trees(packed["semantic"]), *packed["sure"])


def read_trees(packed: dict[str, Any]) -> Trees:
    """Packed trees: a list of nodes [feature, bound, below, above] each, or [value] for a leaf."""
    asks: list[int] = []
    bounds: list[float] = []
    leads: list[int] = []
    values: list[float] = []
    roots: list[int] = []
    for tree in packed["trees"]:
        root = len(asks)
        roots.append(root)
        for place, node in enumerate(tree, root):
            leaf = len(node) == 1
            asks.append(0 if leaf else node[0])
            bounds.append(0.0 if leaf else node[1])
            leads += [place, place] if leaf else [root + node[2], root + node[3]]
            values.append(node[0] if leaf else 0.0)
    return Trees(
        features=tuple(packed["features"]),
        start=packed["start"],
        roots=np.array(roots, np.int32),
        asks=np.array(asks, np.int32),
        bounds=np.array(bounds, np.float32),
        leads=np.array(leads, np.int32),
        values=np.array(values, np.float32),
        depth=packed["depth"],
    )
