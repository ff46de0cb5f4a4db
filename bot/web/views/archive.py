"""The calendar of what was published, and one week in review."""

import re
from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.web.moments import beijing_day, day_words, month_words
from bot.web.views.home import DayLabel, day_label
from bot.web.views.items import Item, Label, Setting, Text, items_of, topic_label
from bot.web.words import short, tag_of
from digest.allowed import public_part
from digest.model import Access
from digest.texts import texts_for
from digest.weekly import Week, Weekly

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
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


# --- one week ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WeekShelf:
    """A column's best of the week; `count` is how many signals it had."""

    label: Label
    count: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class WeekFigure:
    """A number of the week and the signal that tells it."""

    text: Text
    zh: str
    measure: str
    item: Item


@dataclass(frozen=True, slots=True)
class WeekStory:
    """A story that was told by many."""

    headline: Text
    href: str
    signals: int
    sources: int


@dataclass(frozen=True, slots=True)
class Movement:
    """A topic that rose or faded: how often this week, how often usually."""

    label: Label
    count: int
    usual: str


@dataclass(frozen=True, slots=True)
class WeekView:
    """The week in review; `weekly` parts are empty on a week without signals."""

    id: str
    title: str
    first: DayLabel
    last: DayLabel
    complete: bool
    signals: int
    sources: int
    shelves: tuple[WeekShelf, ...]
    figures: tuple[WeekFigure, ...]
    stories: tuple[WeekStory, ...]
    rising: tuple[Movement, ...]
    fading: tuple[Movement, ...]
    earlier: Label | None
    later: Label | None


def week_view(week: Week, weekly: Weekly | None, setting: Setting) -> WeekView:
    """Lay out `week`; `weekly` is None when nothing was told in it."""
    lang = setting.visit.lang
    this = Week.of(beijing_day(setting.now))
    return WeekView(
        id=str(week),
        title=_week_name(week, setting),
        first=DayLabel(
            week.monday.isoformat(),
            day_words(week.monday, lang),
            setting.visit.url(f"/day/{week.monday}"),
        ),
        last=day_label(week.sunday, setting),
        complete=weekly.complete if weekly else week < this,
        signals=weekly.tally.signals if weekly else 0,
        sources=weekly.tally.sources if weekly else 0,
        shelves=_shelves(weekly, setting) if weekly else (),
        figures=_figures(weekly, setting) if weekly else (),
        stories=_stories(weekly, setting) if weekly else (),
        rising=tuple(
            _movement(one.topic, one.count, one.usual, setting)
            for one in (weekly.rising if weekly else ())
            if one.topic in setting.taxonomy.topics
        ),
        fading=tuple(
            _movement(one.topic, one.count, one.usual, setting)
            for one in (weekly.fading if weekly else ())
            if one.topic in setting.taxonomy.topics
        ),
        earlier=_week_label(week.moved(-1), setting),
        later=_week_label(week.moved(1), setting) if week < this else None,
    )


def _week_label(week: Week, setting: Setting) -> Label:
    return Label(_week_name(week, setting), setting.visit.url(f"/week/{week}"))


def _week_name(week: Week, setting: Setting) -> str:
    texts = texts_for(setting.visit.lang)
    return texts("web.week.name", year=week.year, n=week.number)


def _shelves(weekly: Weekly, setting: Setting) -> tuple[WeekShelf, ...]:
    shelves = []
    for shelf in weekly.shelves:
        column = setting.taxonomy.columns.get(shelf.column)
        name = column.name(setting.visit.lang) if column else shelf.column
        label = Label(name, setting.visit.url(f"/column/{shelf.column}"))
        count = (weekly.tally.by_column or {}).get(shelf.column, len(shelf.signals))
        shelves.append(WeekShelf(label, count, items_of(shelf.signals, setting)))
    return tuple(shelves)


def _figures(weekly: Weekly, setting: Setting) -> tuple[WeekFigure, ...]:
    chinese = setting.visit.lang == "zh"
    return tuple(
        WeekFigure(
            text=Text(short(one.fact.text, 60), tag_of(one.signal.lang)),
            zh=short(one.fact.zh, 60) if chinese and one.fact.zh != one.fact.text else "",
            measure=short(one.fact.measure, 60),
            item=items_of([one.signal], setting)[0],
        )
        for one in weekly.figures
        if one.signal.access is Access.PUBLIC
    )


def _stories(weekly: Weekly, setting: Setting) -> tuple[WeekStory, ...]:
    return tuple(
        WeekStory(
            items_of([public_part(story.lead)], setting)[0].headline,
            setting.visit.url(f"/story/{story.id}"),
            story.signals,
            story.sources,
        )
        for story in weekly.stories
    )


def _movement(topic: str, count: int, usual: float, setting: Setting) -> Movement:
    return Movement(topic_label(topic, setting), count, f"{usual:.1f}".removesuffix(".0"))
