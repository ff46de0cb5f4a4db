"""One event in two languages: what carries over, and what the texts mean.

Names, figures and the meanings of words carry over. Alone they say little, for all news of one
company shares its name; but a translation or a second report has more in common with a text than
anything else of the other language has, by a gap that unrelated texts do not reach. So what counts
is what two have in common and how far the next story is behind. With the extra `semantic` the
same is asked of what the texts mean, in both directions: the nearest of all in either language.
The bounds were set on an AI feed beside its translations, with each text's own translation among
the others and without it, and read by eye.
"""

import numpy as np
from numpy.typing import NDArray

from digest.stories.likeness import FEATURES

SURE, LIKEST = 0.96, 0.02
"""How sure it is of what it finds, and how much more so of the likest text of a story."""
MOST_IN_COMMON = 8.0
DAYS = 2

_NAMES, _FIGURES, _MEANT = (
    FEATURES.index(it) for it in ("names_sum", "figures_shared", "meant_sum")
)
_ROUNDUP, _DAYS, _ACROSS, _MODELS_DIFFER = (
    FEATURES.index(it) for it in ("roundup", "days", "zh_en", "models_differ")
)
_MOST_NAMES, _MOST_FIGURES = 3.0, 2.0
_NAME, _FIGURE, _WORD = 0.6, 0.6, 0.5  # what each is worth
_MUCH, _AHEAD = 1.8, 0.3
_NEAR, _LESS, _USUAL = (
    0.5,
    0.05,
    0.4,
)  # cosines; how near the nearest of unrelated texts usually is
_LEAST_GAP, _GAP, _SHARED, _ENOUGH = 0.03, 0.1, 1.5, 2.0

Table = NDArray[np.float32]


def in_common(table: Table) -> Table:
    """How much of what carries over between languages each row shares."""
    names = _NAME * np.minimum(table[:, _NAMES], _MOST_NAMES)
    figures = _FIGURE * np.minimum(table[:, _FIGURES], _MOST_FIGURES)
    return np.asarray(names + figures + _WORD * table[:, _MEANT], np.float32)


def may_tell_one(table: Table) -> NDArray[np.bool_]:
    """Which rows are of the other language, near in time and no collections."""
    fit = (table[:, _ACROSS] > 0) & (table[:, _DAYS] <= DAYS)
    return np.asarray(fit & (table[:, _ROUNDUP] == 0) & (table[:, _MODELS_DIFFER] == 0), np.bool_)


def by_what_is_shared(
    table: Table, stories: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows tell the same event for sure, and which are behind a row of another story.

    `stories` says which rows belong together.
    """
    shared = np.where(may_tell_one(table), in_common(table), np.float32(-1.0))
    none = np.zeros(len(table), np.bool_)
    if not len(table) or shared.max() <= 0:
        return none, none
    best = int(shared.argmax())
    mates = stories == stories[best]
    rival = float(shared[~mates].max(initial=0.0))
    behind = (table[:, _ACROSS] > 0) & ~mates & (shared < shared[best])
    if shared[best] - rival < _AHEAD:
        return none, behind
    return mates & (shared >= _MUCH), behind


def is_nearest(meant: float, second: float, back: float, shared: float) -> bool:
    """Whether two texts are so much nearer to each other than to any other that they tell one.

    `meant`, `second` and `back` are cosines of meanings: of the two, of the one with the next
    story of the other language, and of the other with the next text of the one's language. The
    more they have `in_common`, the smaller the gap may be.
    """
    gap = min(meant - max(_USUAL, second), meant - max(_USUAL, back))
    return meant >= _NEAR and gap >= _LEAST_GAP and gap / _GAP + shared / _SHARED >= _ENOUGH


def may_be_nearest(meant: float) -> bool:
    """Whether the nearest text is near enough at all to be asked about."""
    return meant >= _NEAR


def is_near(meant: Table) -> NDArray[np.bool_]:
    """Which others of the nearest text's story are near as well."""
    return np.asarray(meant >= _NEAR - _LESS, np.bool_)
