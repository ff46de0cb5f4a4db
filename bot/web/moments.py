"""Times as readers see them: Beijing time everywhere, the original's own zone beside it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from digest.dates import BABEL
from digest.dates import day_words as _day_words
from digest.dates import weekday_words as _weekday_words
from digest.model import Lang

BEIJING = ZoneInfo("Asia/Shanghai")
_YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: `iso` for machines, `text` for people (Beijing), `own` in its own zone."""

    iso: str
    text: str
    own: str = ""


def moment(at: datetime, lang: Lang, offset_min: int | None = None) -> Moment:
    """`at` in words; `own` only when the original's zone is known and is not Beijing's."""
    local = _at(at, BEIJING)
    own = ""
    beijing_min = (local.utcoffset() or timedelta()).total_seconds() / 60
    if offset_min is not None and abs(offset_min) < 24 * 60 and offset_min != beijing_min:
        there = _at(at, timezone(timedelta(minutes=offset_min)))
        own = f"{day_words(there.date(), lang)} {there:%H:%M} {offset_words(offset_min)}"
    return Moment(_at(at, UTC).isoformat(), f"{day_words(local, lang)} {local:%H:%M}", own)


def short_moment(at: datetime, now: datetime, lang: Lang) -> Moment:
    """`at` as lists show it: the hour today, the day this year, the year when it is another."""
    local, today = _at(at, BEIJING), _at(now, BEIJING)
    if local.date() == today.date():
        text = f"{local:%H:%M}"
    elif local.year == today.year:
        text = f"{short_day(local, lang)} {local:%H:%M}"
    else:
        text = day_words(local, lang)
    return Moment(_at(at, UTC).isoformat(), text)


def offset_words(minutes: int) -> str:
    """An offset as people write it: UTC, UTC+5:30, UTC−5."""
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "−"
    return f"UTC{sign}{hours}:{rest:02d}" if rest else f"UTC{sign}{hours}"


def day_words(day: date, lang: Lang) -> str:
    """A day with its year."""
    return _day_words(_plain(day), lang, year=True)


def month_words(day: date, lang: Lang) -> str:
    """The month of `day` with its year: 2026年11月, November 2026."""
    return str(format_skeleton("yMMMM", day, locale=BABEL[lang]))


def weekday_words(day: date, lang: Lang) -> str:
    """The day of the week: 星期三, Wed."""
    return _weekday_words(_plain(day), lang, whole=lang is Lang.ZH)


def _plain(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _at(when: datetime, zone: tzinfo) -> datetime:
    """`when` in `zone`; as it is at the two ends of the calendar, where nothing can be added."""
    try:
        return when.astimezone(zone)
    except OverflowError:
        return when


def short_day(day: date, lang: Lang) -> str:
    """A day of a year that goes without saying."""
    return _day_words(_plain(day), lang)


def beijing_day(now: datetime) -> date:
    """The day it is in Beijing."""
    return now.astimezone(BEIJING).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a Beijing day and of the next, in UTC."""
    start = datetime.combine(day, time(), BEIJING)
    following = datetime.combine(day + timedelta(days=1), time(), BEIJING)
    return start.astimezone(UTC), following.astimezone(UTC)


def parse_day(text: str) -> date | None:
    """`2026-11-22` as a date between 2000 and 2199, None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text and day.year in _YEARS else None
