"""One event in two languages, told by what texts mean: the nearest of all, by far.

What a text means is compared with everything of the other language within two days. Alone the
likeness says little, for all news of one company is near; but a translation or a second report is
nearer than anything else by a gap that unrelated texts do not reach. Read by eye on a month of
English and Chinese news: of the pairs above these bounds all told the same event, of those below
about half.
"""

import numpy as np
from numpy.typing import NDArray

SURE = 0.9
"""How sure it is of what it finds."""

_NEAR, _GAP = 0.55, 0.2
_VERY_NEAR, _SMALL_GAP = 0.65, 0.13
_LESS = 0.05
_USUAL = 0.4  # how near the nearest of unrelated texts usually is


def is_far_nearer(nearest: float, second: float) -> bool:
    """Whether a text is so much nearer than any other that the two must tell one event.

    `nearest` and `second` are cosines of meanings: with it, and with the next of another story.
    """
    gap = nearest - max(_USUAL, second)
    return nearest >= _NEAR and (gap >= _GAP or (nearest >= _VERY_NEAR and gap >= _SMALL_GAP))


def may_be_nearest(meant: float) -> bool:
    """Whether the nearest text is near enough at all to be asked about."""
    return meant >= _NEAR


def is_near(meant: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which others of the nearest text's story are near as well."""
    return np.asarray(meant >= _NEAR - _LESS, np.bool_)
