"""Train what tells whether two single sentences say the same: digest/stories/sayings.json.

    python -m tests.training sayings --corpora DIR

Learnt from the pairs that the judge of titles learns from too (see titles.py): none of them, and
none of their sentences, stands in the report. One weighted sum; for Chinese what it weighs
otherwise is added, held small, for there is a third as much of it.

Of the bounds, SAME is where 95 of 100 pairs of MRPC are paraphrases when each fifth of them is
left out in turn. NEARLY was set with the graded pairs of the report in sight, for between 2 and 4
there is nothing else: so the report also has what a bound is worth that the other half chose.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from digest.stories.sayings import FEATURES, WEIGHTS, row_of
from digest.verify.meaning import installed_encoder
from tests.quality.common import records
from tests.training.titles import how_same, unreported

SAME, NEARLY = (0.84, 0.84, 0.8), (0.64, 0.69, 0.72)  # of sentences, of headlines, of Chinese

_PAIRS_WORTH, _LESS_BY_SIZE, _LEAST = 700.0, 0.6, 200
_CALM, _APART, _OFFSET = 0.03, 0.3, 3.0
_FOLDS, _PARAPHRASES = 5, "mrpc"

Table = NDArray[np.float64]


def train(corpora: Path) -> str:
    """Write the weights; say how big they are and what SAME is worth on pairs left out."""
    encoder = installed_encoder()
    if encoder is None:
        raise SystemExit("install the extra 'semantic'")
    rows, chinese, same, worth, names = [], [], [], [], []
    for name, pairs in unreported(records(corpora, "near_dup_pairs")):
        rows += [row_of(pair["a"], pair["b"], pair["lang"], encoder) for pair in pairs]
        chinese += [pair["lang"] == "zh" for pair in pairs]
        same += [how_same(pair) for pair in pairs]
        worth += [_PAIRS_WORTH / max(_LEAST, len(pairs)) ** _LESS_BY_SIZE] * len(pairs)
        names += [name] * len(pairs)
    table, told = np.array(rows, np.float64), _Told(np.array(same), np.array(worth))
    zh, count = np.array(chinese), len(FEATURES)
    packed = {
        "same": SAME,
        "nearly": NEARLY,
        "features": FEATURES,
        "plain": _weights(table[:, :count], zh, told),
        "semantic": _weights(table, zh, told),
    }
    text = json.dumps(packed, separators=(",", ":"))
    WEIGHTS.write_text(text.replace("],", "],\n") + "\n", encoding="utf-8")
    checked = [
        _held_out(some, zh, told, np.array(names) == _PARAPHRASES)
        for some in (table[:, :count], table)
    ]
    size = WEIGHTS.stat().st_size
    return f"{WEIGHTS.name}: {size:,} bytes of {len(rows):,} pairs; {', '.join(checked)}"


class _Told:
    """How much each pair is the same (0..1), and what it is worth."""

    def __init__(self, same: Table, worth: Table) -> None:
        self.same, self.worth = same, worth

    def part(self, chosen: NDArray[np.bool_]) -> "_Told":
        """Some of the pairs."""
        return _Told(self.same[chosen], self.worth[chosen])


def _weights(table: Table, zh: NDArray[np.bool_], told: _Told) -> dict[str, list[float]]:
    """Of other languages ("") and of Chinese: where the sum begins, then what each weighs."""
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    even = (table - mean) / spread
    wide = np.column_stack((even, _APART * even * zh[:, None], _OFFSET * zh))
    yes, no = told.same > 0, told.same < 1  # what is partly the same counts on both sides
    model = LogisticRegression(C=_CALM, max_iter=2000).fit(
        np.concatenate((wide[yes], wide[no])),
        np.concatenate((np.ones(yes.sum()), np.zeros(no.sum()))),
        sample_weight=np.concatenate(
            ((told.worth * told.same)[yes], (told.worth * (1 - told.same))[no])
        ),
    )
    found, start = model.coef_[0], float(model.intercept_[0])
    shared, apart = found[: len(mean)], _APART * found[len(mean) : -1]
    both = {"": (shared, start), "zh": (shared + apart, start + _OFFSET * float(found[-1]))}
    return {
        lang: _rounded([begin - float(weights @ (mean / spread)), *(weights / spread)])
        for lang, (weights, begin) in both.items()
    }


def _rounded(found: Sequence[Any]) -> list[float]:
    return [float(f"{one:.5g}") for one in found]


def _held_out(table: Table, zh: NDArray[np.bool_], told: _Told, asked: NDArray[np.bool_]) -> str:
    """How many of the `asked` that are said to be SAME are, each fifth left out in turn."""
    fold = np.arange(len(table)) % _FOLDS
    odds = np.zeros(len(table))
    for out in range(_FOLDS):
        weights = _weights(table[fold != out], zh[fold != out], told.part(fold != out))
        here = (fold == out) & asked
        odds[here] = weights[""][0] + table[here] @ np.array(weights[""][1:])
    said = asked & (1 / (1 + np.exp(-odds)) >= SAME[0])
    right, due = (told.same[said] == 1).sum(), (told.same[asked] == 1).sum()
    return f"{right}/{said.sum()} right of {due} due"
