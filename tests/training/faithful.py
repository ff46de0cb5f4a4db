"""Trains the weights that tell likely statements (`digest/verify/faithful.json`) from judgements.

    python -m tests.training faithful --corpora DIR

What is learned: whether people called a summary consistent with its article, from the counts of
`digest.verify.faithful`, by logistic regression with both answers weighing the same. The strength
of the penalty is fixed; nothing is chosen on the folds that `tests.quality.faithful` reports.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from digest.verify.faithful import SHARE, WEIGHTS, squeezed
from tests.quality.common import records

_PENALTY = 0.01
_DIGITS = 4

Weights = tuple[float, dict[str, float]]


def train(corpora: Path, into: Path = WEIGHTS) -> str:
    """Write the weights learned from all judgements; say what was written."""
    # Read here: the quality row asks this module to train for each of its folds.
    from tests.quality.faithful import judge

    judged = [judge(record) for record in records(corpora, "faithfulness")]
    if not judged:
        raise SystemExit(f"no data to learn from in {corpora}")
    base, weights = fitted([one.traits for one in judged], [one.consistent for one in judged])
    text = json.dumps({"base": base, "weights": weights}, indent=0) + "\n"
    into.write_text(text, encoding="utf-8")
    return f"{len(weights)} weights from {len(judged)} judgements, {len(text)} bytes"


def fitted(rows: Sequence[Mapping[str, float]], consistent: Sequence[bool]) -> Weights:
    """Base and weights for counts as they are, so that no scaling is left for the run time."""
    names = sorted(rows[0].keys() - {SHARE})
    table = np.array([[squeezed(row[name]) for name in names] for row in rows])
    middle, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=_PENALTY, class_weight="balanced", max_iter=2000)
    model.fit((table - middle) / spread, np.array(consistent))
    steep = model.coef_[0] / spread
    base = float(model.intercept_[0] - steep @ middle)
    return round(base, _DIGITS), {
        name: round(float(weight), _DIGITS) for name, weight in zip(names, steep, strict=True)
    }
