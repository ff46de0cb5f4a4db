"""The calendar of what was published, and one week in review."""

import re
from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.web.moments import beijing_day, month_words
from bot.web.views.items import Label, Setting
from digest.regexes import regex
from digest.weekly import Week

_ISO = regex(r"([0-9]{4})-([0-9]{2})", re.ASCII)
_YEARS = range(2000, 2200)
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the calendar, written "2026-11"."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month in which `day` lies."""
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> "Month | None":
        """The month written as "2026-11", None for anything else."""
        found = _ISO.fullmatch(text)
        if found is None or int(found[1]) not in _YEARS:
            return None
        number = int(found[2])
        return cls(int(found[1]), number) if 1 <= number <= _MONTHS_A_YEAR else None

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    def moved(self, months: int) -> "Month":
        """The month so many months later, or earlier."""
        years, number = divmod(self.number - 1 + months, _MONTHS_A_YEAR)
        return Month(self.year + years, number + 1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar; `href` is "" for one without signals or of another month."""

    number: int
    iso: str
    href: str
    count: int
    is_today: bool


@dataclass(frozen=True, slots=True)
class CalendarWeek:
    """A row of the calendar: Monday to Sunday, None for days of other months."""

    name: str
    href: str
    days: tuple[Day | None, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """A year with its months, newest first."""

    number: int
    months: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class MonthView:
    """One month of the archive, and the way to all others."""

    title: str
    iso: str
    total: int
    weeks: tuple[CalendarWeek, ...]
    earlier: Label | None
    later: Label | None
    years: tuple[Year, ...]


def month_view(
    month: Month, counts: Mapping[date, int], first: datetime | None, setting: Setting
) -> MonthView:
    """Lay out `month` with its `counts` per day; `first` is the oldest signal of all."""
    today = beijing_day(setting.now)
    newest = Month.of(today)
    oldest = min(Month.of(beijing_day(first)) if first else newest, newest)
    earlier, later = month.moved(-1), month.moved(1)
    rows = Calendar().monthdatescalendar(month.year, month.number)
    return MonthView(
        title=month_words(month.first, setting.visit.lang),
        iso=str(month),
        total=sum(counts.values()),
        weeks=tuple(_row(row, month, counts, today, setting) for row in rows),
        earlier=_month_label(earlier, setting) if earlier >= oldest else None,
        later=_month_label(later, setting) if later <= newest else None,
        years=_years(oldest, newest, setting),
    )


def _row(
    row: list[date], month: Month, counts: Mapping[date, int], today: date, setting: Setting
) -> CalendarWeek:
    week = Week.of(row[0])
    told = any(counts.get(day) for day in row)
    return CalendarWeek(
        name=f"W{week.number:02d}",
        href=setting.visit.url(f"/week/{week}") if told else "",
        days=tuple(
            _day(day, counts, today, setting) if Month.of(day) == month else None for day in row
        ),
    )


def _day(day: date, counts: Mapping[date, int], today: date, setting: Setting) -> Day:
    count = counts.get(day, 0)
    href = setting.visit.url(f"/day/{day.isoformat()}") if count else ""
    return Day(day.day, day.isoformat(), href, count, day == today)


def _month_label(month: Month, setting: Setting) -> Label:
    words = month_words(month.first, setting.visit.lang)
    return Label(words, setting.visit.url(f"/archive/{month}"))


def _years(oldest: Month, newest: Month, setting: Setting) -> tuple[Year, ...]:
    years: dict[int, list[Label]] = {}
    month = newest
    while month >= oldest:
        years.setdefault(month.year, []).append(_month_label(month, setting))
        month = month.moved(-1)
    return tuple(Year(number, tuple(months)) for number, months in years.items())
