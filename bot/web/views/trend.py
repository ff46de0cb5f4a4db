"""A topic's signals per day as a picture with its figures, drawn with attributes only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.web.moments import beijing_day
from bot.web.views.home import DayLabel, day_label
from bot.web.views.items import Setting

SPANS = (30, 90)
WIDTH, HEIGHT = 600, 150
_GAP_SHARE = 0.22
_HAIRLINE = 1.5
# Above this many days the table counts by weeks.
_MOST_ROWS = 31
_WEEK = 7
_ENOUGH_DAYS = 14


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's place in the picture, in the units of a WIDTH by HEIGHT view box."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: the day (or the first and last day of a week), and its count."""

    first: DayLabel
    last: DayLabel | None
    count: int


@dataclass(frozen=True, slots=True)
class Band:
    """Between which counts half of the days before today lie, and where that is drawn."""

    y: float
    height: float
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Bars from the oldest day to today, which has had `latest` so far.

    `ticks` are the numbers at the axis, highest first, `lines` their heights in the picture.
    `usual` is the average per day, in words; `band` is None where too few days are known for it.
    `begins` is the middle of the day on which it began to be unusual.
    """

    days: int
    bars: tuple[Bar, ...]
    ticks: tuple[int, ...]
    lines: tuple[float, ...]
    marks: tuple[DayLabel, ...]
    total: int
    latest: int
    usual: str
    most: int
    most_on: DayLabel
    rows: tuple[Row, ...]
    band: Band | None = None
    begins: float | None = None


def trend(
    counts: Sequence[int], setting: Setting, began_at: datetime | None = None
) -> Trend | None:
    """Draw daily `counts`, oldest first; None when nothing happened on any day."""
    highest = max(counts, default=0)
    if highest <= 0:
        return None
    top = _rounded_up(highest)
    step = WIDTH / len(counts)
    today = beijing_day(setting.now)
    days = [today - timedelta(days=back) for back in range(len(counts) - 1, -1, -1)]
    ticks = (top, top // 2, 0) if top > 1 else (1, 0)
    return Trend(
        days=len(counts),
        bars=tuple(_bar(place * step, step, count / top) for place, count in enumerate(counts)),
        ticks=ticks,
        lines=tuple(round(HEIGHT * (1 - tick / top), 2) for tick in ticks),
        marks=tuple(day_label(days[place], setting) for place in (0, len(days) // 2, -1)),
        total=sum(counts),
        latest=counts[-1],
        usual=_average(sum(counts) / len(counts)),
        most=highest,
        most_on=day_label(days[list(counts).index(highest)], setting),
        rows=tuple(_rows(counts, days, setting)),
        band=_band(counts, top),
        begins=_begins(days, step, began_at),
    )


def _band(counts: Sequence[int], top: int) -> Band | None:
    """Of the days since the first signal: before that nothing may have been read."""
    first = next((place for place, count in enumerate(counts) if count), len(counts))
    past = sorted(counts[first:-1])
    if len(past) < _ENOUGH_DAYS:
        return None
    low, high = past[len(past) // 4], past[-1 - len(past) // 4]
    upper, lower = HEIGHT * (1 - high / top), HEIGHT * (1 - low / top)
    return Band(round(upper, 2), round(max(_HAIRLINE, lower - upper), 2), low, high)


def _begins(days: Sequence[date], step: float, began_at: datetime | None) -> float | None:
    day = beijing_day(began_at) if began_at is not None else None
    return round((days.index(day) + 0.5) * step, 2) if day in days else None


def _average(number: float) -> str:
    """One decimal, two below one: a few a month are not none a day."""
    return f"{number:.{1 if number >= 1 else 2}f}".rstrip("0").removesuffix(".")


def _bar(x: float, step: float, share: float) -> Bar:
    gap = step * _GAP_SHARE
    # A day without signals keeps a hairline, so that the row of days stays visible.
    height = max(_HAIRLINE, HEIGHT * share)
    return Bar(
        round(x + gap / 2, 2), round(HEIGHT - height, 2), round(step - gap, 2), round(height, 2)
    )


def _rounded_up(highest: int) -> int:
    """A round even number for the top of the axis, 1 for 1."""
    if highest == 1:
        return 1
    size = 1
    while True:
        for step in (2, 4, 6, 10) if size == 1 else (2, 3, 4, 6, 8, 10):
            if step * size >= highest:
                return step * size
        size *= 10


def _rows(counts: Sequence[int], days: Sequence[date], setting: Setting) -> list[Row]:
    if len(counts) <= _MOST_ROWS:
        rows = [Row(day_label(days[n], setting), None, count) for n, count in enumerate(counts)]
        return rows[::-1]
    rows = []
    for end in range(len(counts), 0, -_WEEK):
        start = max(0, end - _WEEK)
        first, last = day_label(days[start], setting), day_label(days[end - 1], setting)
        rows.append(Row(first, last, sum(counts[start:end])))
    return rows
