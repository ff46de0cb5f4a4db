"""Which trends are told together, in which order, and how each has moved since yesterday."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from digest.trends.model import Phase, Trend, TrendKind, Trends

MOST = 8
"""How many a board shows: what a phone still shows at once, and fits under a picture in words."""

_WEEK = 7
_TWO_WEEKS = 14
_HOURS_A_BAR = 2
_DAY_HOURS = 24


class View(StrEnum):
    """Which kinds of subjects are told."""

    ALL = "all"
    TOPICS = "topics"
    WORDS = "words"
    STORIES = "stories"

    @property
    def kinds(self) -> frozenset[TrendKind]:
        """What is told of."""
        return _KINDS[self]


_KINDS = {
    View.ALL: frozenset(TrendKind),
    View.TOPICS: frozenset({TrendKind.TOPIC}),
    View.WORDS: frozenset({TrendKind.ENTITY, TrendKind.WORD}),
    View.STORIES: frozenset({TrendKind.STORY}),
}


class Span(StrEnum):
    """How far a board looks back: 24 hours against as usual, or 7 days against the 7 before."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Bars:
    """A subject's counts as bars, oldest first; the last `recent` are those that are told.

    `usual` is what was to be expected of each (None: not known), `begins` the bar in which it
    began to be unusual. A bar is None where nobody counted.
    """

    counts: tuple[int | None, ...]
    recent: int
    usual: float | None
    begins: int | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """What a view shows of a report.

    Where nothing rises, `told` is the busiest instead, and `calm`.
    """

    view: View
    span: Span
    report: Trends
    told: tuple[Trend, ...]
    fading: tuple[Trend, ...]
    calm: bool


def board_of(report: Trends, view: View, span: Span, most: int = MOST) -> Board:
    """The strongest `most` of a view, and the strongest that fade."""
    rising = _of(report.rising, view)
    if span is Span.WEEK:
        rising = sorted(filter(_grew, rising), key=_week_first)
    told = rising or _of(report.busiest, view)
    fading = [one for one in _of(report.fading, view) if one not in told]
    return Board(view, span, report, tuple(told[:most]), tuple(fading[:3]), calm=not rising)


def _of(trends: Iterable[Trend], view: View) -> list[Trend]:
    return [one for one in trends if one.kind in view.kinds]


def _grew(trend: Trend) -> bool:
    now, before = week_of(trend)
    return before is None or now > before


def _week_first(trend: Trend) -> tuple[float, int]:
    """By how many times as often as in the week before it is told."""
    now, before = week_of(trend)
    return (-(now + 1) / ((before or 0) + 1), trend.rank or 0)


def week_of(trend: Trend) -> tuple[int, int | None]:
    """The counts of the last 7 days and of the 7 before, None where those are not all known."""
    now = sum(count or 0 for count in trend.days[-_WEEK:])
    before = trend.days[-_TWO_WEEKS:-_WEEK]
    if len(before) < _WEEK or any(count is None for count in before):
        return now, None
    return now, sum(count or 0 for count in before)


def moved(trend: Trend) -> int | None:
    """By how many places it rose since yesterday; None: it had no place then."""
    if trend.rank is None or trend.rank_before is None:
        return None
    return trend.rank_before - trend.rank


def bars_of(trend: Trend, report: Trends, span: Span) -> Bars:
    """Its counts as a board draws them: two weeks of days, or two days by two hours."""
    if span is Span.WEEK:
        _, before = week_of(trend)
        days = trend.days[-_TWO_WEEKS:]
        usual = None if before is None else before / _WEEK
        return Bars(days, min(_WEEK, len(days)), usual, _begins(trend, report, len(days), 24.0))
    if not trend.hours:
        days = trend.days[-_TWO_WEEKS:]
        return Bars(days, 1, _known_usual(trend), _begins(trend, report, len(days), 24.0))
    counts = tuple(
        _sum(trend.hours[at : at + _HOURS_A_BAR])
        for at in range(0, len(trend.hours), _HOURS_A_BAR)
    )
    a_day = _DAY_HOURS // _HOURS_A_BAR
    usual = _known_usual(trend)
    return Bars(
        counts,
        min(a_day, len(counts)),
        None if usual is None else usual / a_day,
        _begins(trend, report, len(counts), _HOURS_A_BAR),
    )


def _known_usual(trend: Trend) -> float | None:
    return None if trend.phase is Phase.UNKNOWN else trend.usual


def _sum(counts: tuple[int | None, ...]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _begins(trend: Trend, report: Trends, bars: int, hours_a_bar: float) -> int | None:
    """Which of the bars, the last of which ends now, holds the moment at which it began."""
    if trend.began_at is None or not trend.phase.is_high:
        return None
    hours = (report.at - trend.began_at).total_seconds() / 3600
    place = bars - 1 - int(hours / hours_a_bar)
    return place if 0 <= place < bars else None
