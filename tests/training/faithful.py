"""Trains the weights that tell likely statements (`digest/verify/faithful.json`) from judgements.

    python -m tests.training faithful --corpora DIR

What is learned: whether people called a summary consistent with its article, from the counts of
`digest.verify.faithful`, by logistic regression with both answers weighing the same. What speaks
against a statement by its nature (a wrong number, an opposite) may weigh nothing, but never for
it, and the other way round: so the weights hold for texts of other kinds too. The strength of the
penalty is fixed; nothing is chosen on the folds that `tests.quality.faithful` reports.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from digest.verify.faithful import NEVER_FOR, SHARE, WEIGHTS, squeezed
from tests.quality.common import records

_PENALTY = 0.01
_DIGITS = 4
_LEAST = 0.0001

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
    found = _descend((table - middle) / spread, np.array(consistent), names)
    steep = found[:-1] / spread
    base = float(found[-1] - steep @ middle)
    return round(base, _DIGITS), {
        name: round(float(weight), _DIGITS)
        for name, weight in zip(names, steep, strict=True)
        if abs(weight) >= _LEAST
    }


def _descend(table: Any, consistent: Any, names: Sequence[str]) -> Any:
    """Weights of the columns, then the base: logistic loss, penalty on squares, signs kept."""
    sign = np.where(consistent, 1.0, -1.0)
    worth = np.where(consistent, 0.5 / consistent.mean(), 0.5 / (1 - consistent.mean()))

    def loss(found: Any) -> tuple[float, Any]:
        margins = sign * (table @ found[:-1] + found[-1])
        slopes = -_PENALTY * worth * sign / (1 + np.exp(margins))
        whole = _PENALTY * (worth * np.logaddexp(0, -margins)).sum() + (found[:-1] ** 2).sum() / 2
        return float(whole), np.append(table.T @ slopes + found[:-1], slopes.sum())

    bounds = [(None, 0.0) if name in NEVER_FOR else (0.0, None) for name in names]
    start = np.zeros(len(names) + 1)
    answer = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    return answer.x
