"""Train `digest.classify.linear.LinearModel` with scikit-learn; what runs is pure Python."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.metrics import f1_score, log_loss
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from digest.classify.features import features
from digest.classify.linear import STRONGEST, LinearModel

_BLENDS = (0.0, 0.25, 0.5)
_SMOOTHING = 0.5
_HELD_OUT = 6
_SOFTNESSES = (1.0, 0.4, 2.5)
_SEED = 7


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its class; `worth` weighs doubtful labels down."""

    title: str
    text: str
    label: str
    worth: float = 1.0


def train(
    examples: Sequence[Labelled],
    *,
    least: int = 2,
    most: int | None = None,
    keep: Callable[[str], bool] | None = None,
) -> LinearModel:
    """A model of `examples`: support vectors over features weighed by rarity and by class ratio.

    A feature must occur in `least` texts and pass `keep`; the `most` telling ones are kept.
    How much the ratio of the classes counts (a "naive Bayes support vector machine", Wang and
    Manning 2012) differs between three machines, whose weights are averaged: better than any of
    them. Every sixth example chooses how softly the machines part the classes (short titles want
    it softer) and sets the steepness of the chances, then joins the others.
    """
    counted = [_kept(features(one.title, one.text), keep) for one in examples]
    places = range(len(examples))
    inner = [place for place in places if place % _HELD_OUT]
    outer = [place for place in places if place % _HELD_OUT == 0]
    asked, labels = [counted[at] for at in outer], [examples[at].label for at in outer]
    drafts = {
        softness: _fit(
            [examples[at] for at in inner], [counted[at] for at in inner], least, most, softness
        )
        for softness in _SOFTNESSES
    }
    best = max(drafts, key=lambda softness: _right(drafts[softness], labels, asked))
    steepness = _steepness(drafts[best], labels, asked)
    return replace(_fit(examples, counted, least, most, best), steepness=steepness)


def _right(model: LinearModel, labels: Sequence[str], counted: Sequence[Counter[str]]) -> float:
    guesses = [model.predict(one) for one in counted]
    return float(f1_score(labels, guesses, average="macro"))


def _kept(counts: Counter[str], keep: Callable[[str], bool] | None) -> Counter[str]:
    if keep is None:
        return counts
    return Counter({name: count for name, count in counts.items() if keep(name)})


def _fit(
    examples: Sequence[Labelled],
    counted: Sequence[Counter[str]],
    least: int,
    most: int | None,
    softness: float,
) -> LinearModel:
    classes = tuple(sorted({one.label for one in examples}))
    labels = np.array([classes.index(one.label) for one in examples])
    worths = np.array([one.worth for one in examples])
    seen = Counter(name for counts in counted for name in counts)
    names = sorted(name for name, texts in seen.items() if texts >= least)
    matrix, kept = _matrix(counted, names), names
    ratios = _ratios(matrix, labels, worths, len(classes))
    if most is not None and len(names) > most:
        # Telling and frequent: a rare feature that always goes with one class helps little.
        often = np.log1p(np.array([seen[name] for name in names]))
        order = np.argsort(-(ratios.max(axis=0) * often), kind="stable")[:most]
        order.sort()
        kept = [names[place] for place in order]
        ratios, matrix = ratios[:, order], _matrix(counted, kept)
    rarity = _rarity(len(counted), [seen[name] for name in kept])
    matrix = normalize(matrix @ sparse.diags(rarity))
    columns = np.zeros((len(classes), len(kept)))
    bias = np.zeros(len(classes))
    for blend, place in product(_BLENDS, range(len(classes))):
        spread = blend * ratios[place] + 1 - blend
        machine = LinearSVC(C=softness, random_state=_SEED)
        machine.fit(matrix @ sparse.diags(spread), labels == place, sample_weight=worths)
        columns[place] += machine.coef_[0] * spread / len(_BLENDS)
        bias[place] += float(machine.intercept_[0]) / len(_BLENDS)
    return _packed(classes, [float(one) for one in bias], columns, kept, rarity)


def _rarity(texts: int, seen: Sequence[int]) -> Any:
    """Inverse document frequency in whole sixteenths, as the model stores it."""
    logs = [math.log((1 + texts) / (1 + count)) + 1 for count in seen]
    return np.clip(np.rint(16 * np.array(logs)), 1, 255)


def _matrix(counted: Sequence[Counter[str]], names: Sequence[str]) -> Any:
    place_of = {name: place for place, name in enumerate(names)}
    starts, places, values = [0], [], []
    for counts in counted:
        row = {place_of[n]: 1 + math.log(c) for n, c in counts.items() if n in place_of}
        places += row.keys()
        values += row.values()
        starts.append(len(places))
    return sparse.csr_matrix((values, places, starts), shape=(len(counted), len(names)))


def _ratios(matrix: Any, labels: Any, worths: Any, classes: int) -> Any:
    """How much more often each feature occurs inside a class than outside, as absolute logs."""
    present = sparse.diags(worths) @ (matrix > 0).astype(float)
    found = []
    for place in range(classes):
        inside = np.asarray(present[labels == place].sum(axis=0)).ravel() + _SMOOTHING
        outside = np.asarray(present[labels != place].sum(axis=0)).ravel() + _SMOOTHING
        found.append(np.abs(np.log((inside / inside.sum()) / (outside / outside.sum()))))
    return np.array(found)


def _packed(
    classes: tuple[str, ...],
    bias: Sequence[float],
    columns: Any,
    names: Sequence[str],
    rarity: Any,
) -> LinearModel:
    scale = float(np.abs(columns).max()) or 1.0
    steps = np.sign(columns) * np.rint(STRONGEST * np.sqrt(np.abs(columns) / scale))
    steps = steps.astype(np.int8)
    weights = {
        name: bytes([int(rarity[place])]) + steps[:, place].tobytes()
        for place, name in enumerate(names)
        if steps[:, place].any()
    }
    return LinearModel(classes, tuple(bias), float(f"{scale:.6g}"), 1.0, weights)


def _steepness(
    model: LinearModel, labels: Sequence[str], counted: Sequence[Counter[str]]
) -> float:
    margins = [np.array(model.margins(one)) for one in counted]

    def loss(steepness: float) -> float:
        powers = [np.exp(steepness * (row - row.max())) for row in margins]
        rows = [row / row.sum() for row in powers]
        return float(log_loss(labels, rows, labels=list(model.classes)))

    return min((one / 4 for one in range(2, 33)), key=loss)
