"""The publication in numbers: days, spans of days, and what may be said of what was counted.

What each number counts is told in docs/numbers.md. Nothing here is about a person.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

FEWEST_FOR_SHARES = 20
"""Of fewer than so many no percentage is told: one more or less would move it by whole steps."""

FEWEST_FOR_TIMES = 5
_TWO_DIGITS = 100


class Count(StrEnum):
    """What is counted for each day; in brackets what its labels tell apart."""

    READERS = "readers"  # at the end of the day (kind of chat)
    SUBSCRIBED = "subscribed"  # of these, those that want pushes
    NEW = "new"  # (kind of chat)
    GONE = "gone"  # left | erased
    DELIVERIES = "deliveries"  # sent | blocked | failed | unknown | waiting
    OPENS = "opens"  # by people (kind of page)
    MACHINES = "machines"  # by crawlers, previews and tools (kind of page)
    SAVES = "saves"  # hand | rule
    UNSAVES = "unsaves"
    SIGNALS = "signals"  # published (column)
    TOPIC = "topic"  # (topic)
    READ = "read"  # entries that were read to an end (source)
    PUBLISHED = "published"  # of these, those that made a signal (source)
    MERGED = "merged"  # of these, those that told what a signal told already (source)
    READY_MINUTES = "ready_minutes"  # from publication to our signal (minutes)
    PUSH_MINUTES = "push_minutes"  # from publication to the first push (minutes)
    MODEL_CALLS = "model_calls"  # (model)
    MODEL_TOKENS = "model_tokens"  # (model)
    MODEL_COST = "model_cost"  # in millionths (model)
    COUNTED = "counted"  # when the day was counted last, in minutes since 1970


MILLIONTHS = 1_000_000
HAPPENING = frozenset({Count.OPENS, Count.MACHINES})
"""Added up as it happens; all else can be counted anew while its day lasts."""


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day that `moment` belongs to."""
    return moment.astimezone(zone).date()


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a day and of the next, in UTC; a day may have 23 or 25 hours."""
    following = day + timedelta(days=1)
    start, end = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, following))
    return start, end


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, days: int) -> "Span":
        """The `days` days that end with `last`."""
        return cls(last - timedelta(days=days - 1), last)

    @property
    def length(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Span":
        """As many days, just before."""
        return Span.ending(self.first - timedelta(days=1), self.length)

    @property
    def days(self) -> tuple[date, ...]:
        """Its days in order."""
        return tuple(self.first + timedelta(days=number) for number in range(self.length))


def rounded_minutes(minutes: float) -> int:
    """Minutes to two significant digits, rounded down: how durations are counted."""
    whole = max(0, int(minutes))
    step = 1
    while whole // step >= _TWO_DIGITS:
        step *= 10
    return whole // step * step


def tally_minutes(durations: Iterable[timedelta]) -> Counter[str]:
    """How often each rounded number of minutes came up, by its label."""
    return Counter(str(rounded_minutes(one.total_seconds() / 60)) for one in durations)


def quantile(tally: Mapping[str, int], share: float) -> int | None:
    """The minutes that `share` of those counted did not exceed; None of too few to tell."""
    total = sum(tally.values())
    if total < FEWEST_FOR_TIMES:
        return None
    seen = 0
    for minutes, count in sorted((int(label), count) for label, count in tally.items()):
        seen += count
        if seen >= share * total:
            return minutes
    return None


def share_of(part: int, whole: int) -> float | None:
    """`part` as a share of `whole`, None where so few make no share worth telling."""
    return part / whole if whole >= FEWEST_FOR_SHARES else None


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted in a span: `now` and, in the span before it, `before`, by name and label.

    `days` are the counts of each day (of both spans), for the names that are looked at by day.
    `known` are the days that were counted at all; `today` says that the span's last day goes on.
    """

    span: Span
    now: Mapping[Count, Mapping[str, int]]
    before: Mapping[Count, Mapping[str, int]]
    days: Mapping[Count, Mapping[date, Mapping[str, int]]]
    known: frozenset[date]
    today: bool = False

    def sum(self, name: Count, *labels: str) -> int:
        """How many in the span, of these labels (none: of all)."""
        return _sum(self.now, name, labels)

    def sum_before(self, name: Count, *labels: str) -> int | None:
        """How many in the span before; None when not all of its days were counted."""
        if not set(self.span.before.days) <= self.known:
            return None
        return _sum(self.before, name, labels)

    def on(self, day: date, name: Count, *labels: str) -> int | None:
        """How many on one day; None for a day that was not counted."""
        if day not in self.known:
            return None
        return _sum({name: self.days[name].get(day, {})}, name, labels)

    def at_end(self, name: Count, span: Span) -> int | None:
        """A number that stands (readers, say) on the last day of a span where it is known."""
        for day in reversed(span.days):
            if day in self.known and self.days[name].get(day):
                return sum(self.days[name][day].values())
        return None


BY_DAY = (
    Count.READERS,
    Count.SUBSCRIBED,
    Count.NEW,
    Count.GONE,
    Count.DELIVERIES,
    Count.OPENS,
    Count.SAVES,
    Count.SIGNALS,
    Count.READY_MINUTES,
    Count.PUSH_MINUTES,
    Count.MODEL_TOKENS,
    Count.MODEL_COST,
)
"""What is looked at day by day."""


def _sum(found: Mapping[Count, Mapping[str, int]], name: Count, labels: tuple[str, ...]) -> int:
    counted = found.get(name, {})
    return sum(count for label, count in counted.items() if not labels or label in labels)
