"""What rose and what faded in a week, by the same measure as all trends, over days for hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from digest.trends.model import DAYS_NEEDED, WEEK
from digest.trends.past import Numbers, Pace, expect, known_days
from digest.trends.standing import Bounds, beyond, deviation

_BOUNDS = Bounds(enter=2.5, times=1.8, least=5, quiet=2.5)
_LEAST_PAST = 2 * WEEK  # days
_LEAST_TO_FADE = 4.0  # below that a quiet week proves nothing


@dataclass(frozen=True, slots=True)
class WeekMove:
    """A topic that rose (`up`) or faded: its `count` of the days told, and what it usually was."""

    topic: str
    count: int
    usual: float
    up: bool


def week_moves(
    days: Mapping[str, Sequence[int]], volumes: Sequence[int], span: int
) -> tuple[WeekMove, ...]:
    """What moved in the last `span` (1..7) days: what rose, strongest first, then what faded.

    `days` are counts per topic and day, `volumes` how much was told in all on each of those
    days, at most DAYS_NEEDED, oldest first. The same weekdays of the weeks before are compared;
    days that nobody read count for nothing.
    """
    told = _filled(volumes)
    pace = Pace(timedelta(days=1), 1, (span,), WEEK, DAYS_NEEDED - WEEK)
    known = known_days(told, 1)[: pace.past]
    if not days or known.sum() < _LEAST_PAST:
        return ()
    topics = sorted(days)
    counts = np.stack([_filled(days[topic]) for topic in topics])
    expected = expect(counts, told, pace)
    seen, due = counts[:, -span:].sum(axis=1), expected.mean[:, -span:].sum(axis=1)
    spread = expected.restless + expected.doubt
    sure = beyond(seen, due, spread, 1.0)
    low = deviation(seen, due, spread)
    usual = _usual(counts, due, known, span)
    found = [
        (sure[place], WeekMove(topic, int(seen[place]), round(float(usual[place]), 2), up=up))
        for place, topic in enumerate(topics)
        for up in (True, False)
        if (_rose if up else _faded)(seen[place], usual[place], (sure if up else low)[place])
    ]
    up = sorted(((one, move) for one, move in found if move.up), key=lambda one: -one[0])
    down = sorted((move for _, move in found if not move.up), key=_left)
    return (*(move for _, move in up), *down)


def _rose(seen: float, usual: float, sure: float) -> bool:
    return (
        sure >= _BOUNDS.enter and seen >= _BOUNDS.least and seen >= _BOUNDS.times * max(usual, 1.0)
    )


def _faded(seen: float, usual: float, low: float) -> bool:
    return low <= -_BOUNDS.quiet and usual >= _LEAST_TO_FADE and seen * _BOUNDS.times <= usual


def _left(move: WeekMove) -> tuple[float, float, str]:
    """The quietest first."""
    return (move.count / move.usual, -move.usual, move.topic)


def _filled(series: Sequence[int]) -> Numbers:
    """The days as DAYS_NEEDED numbers; those before the first one are not known."""
    last = np.array(series[-DAYS_NEEDED:], dtype=np.float64)
    return np.concatenate([np.zeros(DAYS_NEEDED - last.size), last])


def _usual(counts: Numbers, due: Numbers, known: NDArray[np.bool_], span: int) -> Numbers:
    """How many there were on the same days of a week before, as people count: the mean.

    Of a weekday that was never read nobody knows: then what was expected.
    """
    past = counts[:, : known.size]
    total = np.zeros(len(counts))
    for back in range(1, span + 1):
        places = np.arange(counts.shape[1] - back - WEEK, -1, -WEEK)
        places = places[known[places]]
        if not places.size:
            return due
        total += past[:, places].mean(axis=1)
    return total
