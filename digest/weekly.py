"""The week in review: what was best, what was told most, what rose and what faded.

Pure: the caller brings the week's signals and counts. Weeks are ISO weeks, which begin on the
Monday of the reader's own zone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.compose import local_moment, matches
from digest.model import NumberFact, Relation, Rising, Shelf, Signal, SignalState, Wishes
from digest.stories import StorySummary
from digest.taxonomy import Taxonomy, load_taxonomy
from digest.trends import Fading, fading_topics, known_past, rising_topics

WEEKS_COMPARED = 4
DAYS_NEEDED = 7 * (WEEKS_COMPARED + 1)
"""Days of counts per topic that `weekly_trends` wants, the last one ending with the week."""

PER_COLUMN = 3
SOURCE_CAP = 4
MOST_STORIES = 3
MOST_FIGURES = 5
_LEAST_RISING = 5
_DAYS = 7
_ISO = re.compile(r"([0-9]{4})-W([0-9]{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week, written "2026-W48". Raises ValueError for one that no calendar has."""

    year: int
    number: int

    def __post_init__(self) -> None:
        date.fromisocalendar(self.year, self.number, 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"

    @classmethod
    def of(cls, day: date) -> "Week":
        """The week in which `day` lies."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def at(cls, moment: datetime, zone: str) -> "Week":
        """The week that it is in `zone` (IANA) at `moment`."""
        return cls.of(moment.astimezone(ZoneInfo(zone)).date())

    @classmethod
    def read(cls, text: str) -> "Week | None":
        """The week written as "2026-W48", None for anything else."""
        found = _ISO.fullmatch(text)
        try:
            return cls(int(found[1]), int(found[2])) if found else None
        except ValueError:
            return None

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """Its last day."""
        return date.fromisocalendar(self.year, self.number, 7)

    def moved(self, weeks: int) -> "Week":
        """The week so many weeks later, or earlier. Raises OverflowError beyond the calendar."""
        return Week.of(self.monday + timedelta(weeks=weeks))

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Its first moment and that of the next week in `zone`, in UTC."""
        place = ZoneInfo(zone)
        return (
            local_moment(self.monday, time(), place),
            local_moment(self.monday + timedelta(days=_DAYS), time(), place),
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """The week in counts: signals in all and per column, and from how many sources."""

    signals: int = 0
    sources: int = 0
    by_column: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the week, and the signal that tells it."""

    fact: NumberFact
    signal: Signal


@dataclass(frozen=True, slots=True)
class Weekly:
    """One week for one set of wishes. `until` is the end of the week, or now within it."""

    week: Week
    zone: str
    window_from: datetime
    until: datetime
    complete: bool
    shelves: tuple[Shelf, ...]
    tally: Tally
    figures: tuple[Figure, ...] = ()
    stories: tuple[StorySummary, ...] = ()
    rising: tuple[Rising, ...] = ()
    fading: tuple[Fading, ...] = ()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What was picked, in reading order."""
        return tuple(signal for shelf in self.shelves for signal in shelf.signals)


def compose_weekly(  # noqa: PLR0913  a week has a place, a reader and several sides
    week: Week,
    signals: Iterable[Signal],
    *,
    zone: str,
    now: datetime,
    tally: Tally,
    stories: Sequence[StorySummary] = (),
    days: Mapping[str, Sequence[int]] | None = None,
    wishes: Wishes | None = None,
    taxonomy: Taxonomy | None = None,
    per_column: int = PER_COLUMN,
) -> Weekly | None:
    """`week` up to `now`, None when no signal in it is worth telling.

    `signals` are the week's, or at least its best of each column; they are picked by score, at
    most `per_column` of a column and 4 of a source, one of a story (its best). With `wishes` only
    what that reader wants. `days` are counts per topic (see DAYS_NEEDED), `stories` the most told.
    """
    start, end = week.bounds(zone)
    until = min(end, now)
    told = [
        signal
        for signal in signals
        if _tellable(signal, start, until) and (wishes is None or matches(signal, wishes))
    ]
    shelves = _shelves(_picked(told, per_column), taxonomy or load_taxonomy())
    if not shelves:
        return None
    rising, fading = weekly_trends(days or {}, passed=(until - start).days)
    return Weekly(
        week=week,
        zone=zone,
        window_from=start,
        until=until,
        complete=end <= now,
        shelves=shelves,
        tally=tally,
        figures=_figures([signal for shelf in shelves for signal in shelf.signals]),
        stories=tuple(stories[:MOST_STORIES]),
        rising=rising,
        fading=fading,
    )


def weekly_trends(
    days: Mapping[str, Sequence[int]], *, passed: int = _DAYS
) -> tuple[tuple[Rising, ...], tuple[Fading, ...]]:
    """What rose and what faded in the last `passed` (1..7) days, against the weeks before.

    `days` are counts per topic and day, oldest first. The same days of each earlier week are
    compared, so a week that has only begun does not look quiet; nothing is said of its first day.
    """
    if passed < 1:
        return (), ()
    span = min(passed, _DAYS)
    known = known_past(days)
    counts = {topic: _week_counts(series, span) for topic, series in known.items()}
    return rising_topics(counts, least=_LEAST_RISING), fading_topics(counts)


def _week_counts(series: Sequence[int], span: int) -> list[int]:
    """The counts of the last `span` days of each week that is known whole, oldest first."""
    ends = range(len(series), span - 1, -_DAYS)
    return [sum(series[end - span : end]) for end in reversed(ends)]


def _tellable(signal: Signal, start: datetime, until: datetime) -> bool:
    dated = min(signal.when, signal.created_at)
    return (
        signal.state is SignalState.LIVE
        and signal.relation is not Relation.DUPLICATE
        and start <= dated < until
    )


def _picked(signals: Sequence[Signal], per_column: int) -> list[Signal]:
    columns: Counter[str] = Counter()
    sources: Counter[object] = Counter()
    stories: set[int] = set()
    chosen: list[Signal] = []
    for signal in sorted(signals, key=_rank):
        column = signal.placement.column
        source = signal.seen_in[0].source_id if signal.seen_in else signal.site
        if columns[column] >= per_column or sources[source] >= SOURCE_CAP:
            continue
        if signal.story_id in stories:
            continue
        columns[column] += 1
        sources[source] += 1
        if signal.story_id is not None:
            stories.add(signal.story_id)
        chosen.append(signal)
    return chosen


def _rank(signal: Signal) -> tuple[int, float, int]:
    return (-signal.score.total, -signal.when.timestamp(), -signal.id)


def _shelves(chosen: Sequence[Signal], taxonomy: Taxonomy) -> tuple[Shelf, ...]:
    by_column: dict[str, list[Signal]] = {}
    for signal in chosen:
        by_column.setdefault(signal.placement.column, []).append(signal)
    order = {id_: column.position for id_, column in taxonomy.columns.items()}
    ids = sorted(by_column, key=lambda id_: (order.get(id_, len(order)), id_))
    return tuple(Shelf(id_, tuple(by_column[id_])) for id_ in ids)


def _figures(signals: Sequence[Signal]) -> tuple[Figure, ...]:
    """At most one number of each signal: its first that says what it measures."""
    found: list[Figure] = []
    for signal in sorted(signals, key=_rank):
        fact = next((one for one in signal.brief.numbers if one.measure), None)
        if fact is not None:
            found.append(Figure(fact, signal))
    return tuple(found[:MOST_FIGURES])
