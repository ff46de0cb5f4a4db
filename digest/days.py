"""Days as people write them: 昨天, 近7天, 上周, 11-20, 2026-11-20..2026-11-26, last week, Nov 20.

Pure: text and the reader's today in, whole days of the reader's calendar out.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.compose import local_moment
from digest.regexes import regex

_YEARS = range(2000, 2200)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_HAN = "〇一二三四五六七八九十"
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "一 mon monday",
            "二 tue tuesday",
            "三 wed wednesday",
            "四 thu thursday",
            "五 fri friday",
            "六 sat saturday",
            "日 天 sun sunday",
        )
    )
    for name in names.split()
}
_BETWEEN = regex(r"\s*(?:\.\.+|…|~|～|—+|–|至|到|\bto\b|\buntil\b)\s*")
_FROM = regex(r"(?:>=?|since |from |after |自)\s*(.+)|(.+?)(?:以来|之后|以后|起)")
_UNTIL = regex(r"(?:<=?|until |before |till )\s*(.+)|(.+?)(?:之前|以前|为止)")
_LAST = regex(
    r"(?:近|最近|过去|last|past)?\s*(?:这)?\s*(\d{1,4}|[一二两三四五六七八九十]{1,3}|a|)\s*"
    r"(d|day|days|天|日|w|week|weeks|周|星期|个星期|m|month|months|个月|月)(?:内|以内)?"
)
_DAYS_IN = {"d": 1, "天": 1, "日": 1, "w": 7, "周": 7, "星": 7, "个": 30, "m": 30, "月": 30}


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days from `first` to `last`, both included; None on a side that is open."""

    first: date | None
    last: date | None

    def __str__(self) -> str:
        """As `read_days` reads it back, whatever day it is then."""
        if self.first == self.last and self.first is not None:
            return self.first.isoformat()
        first, last = (side.isoformat() if side else "" for side in (self.first, self.last))
        return f"{first}..{last}"

    def bounds(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """The first moment (UTC) in `zone`, and the first that is too late."""
        place = ZoneInfo(zone)
        since = local_moment(self.first, time(), place) if self.first else None
        after = self.last + timedelta(days=1) if self.last else None
        return since, local_moment(after, time(), place) if after else None


def read_days(text: str, today: date) -> Days | None:
    """The days that `text` (in its plain form) means to someone whose day it is; None for none.

    A day without a year is the last such day; "3d" are three days with today.
    """
    words = " ".join(text.casefold().replace("_", " ").split()).strip(" .")
    found = _range(" ".join(text.casefold().replace("_", " ").split()), today)
    return found or _one(words, today) or _one(words.replace("-", " "), today)


def _range(words: str, today: date) -> Days | None:
    for pattern, is_start in ((_FROM, True), (_UNTIL, False)):
        if found := pattern.fullmatch(words):
            side = _one(next(part for part in found.groups() if part), today)
            if side is not None:
                return Days(side.first, None) if is_start else Days(None, side.last)
    ends = _BETWEEN.split(words)
    if len(ends) == 1 and words.count("-") == 1 and re.search(r"[./月]", words):
        ends = words.split("-")  # 11.20-11.26: the hyphen is the only thing left to part them
    if len(ends) != 2 or not any(ends):  # noqa: PLR2004  from and to
        return None
    sides = [_one(end, today) if end else Days(None, None) for end in ends]
    if sides[0] is None or sides[1] is None:
        return None
    first, last = sides[0].first, sides[1].last
    if first and last and first > last:
        first, last = sides[1].first, sides[0].last
    return Days(first, last)


def _one(words: str, today: date) -> Days | None:
    for read in (_named, _weekday, _dated, _month_or_year, _last):
        try:
            found = read(words, today)
        except (ValueError, OverflowError):  # 2026-02-30, or a thousand years back
            continue
        if found is not None and _is_known(found):
            return found
    return None


def _is_known(days: Days) -> bool:
    """Whether both ends are in years that we know of, so that they can be written and read."""
    return all(side is None or side.year in _YEARS for side in (days.first, days.last))


def _named(words: str, today: date) -> Days | None:
    for names, back in (
        ("今天 今日 today", 0),
        ("昨天 昨日 yesterday", 1),
        ("前天 前日", 2),
    ):
        if words in names.split():
            day = today - timedelta(days=back)
            return Days(day, day)
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    spans: dict[str, Callable[[], Days]] = {
        "本周 这周 这星期 this-week": lambda: _week(monday),
        "上周 上星期 last-week": lambda: _week(monday - timedelta(days=7)),
        "本月 这个月 this-month": lambda: _month(month.year, month.month),
        "上月 上个月 last-month": lambda: _month_of(month - timedelta(days=1)),
        "今年 this-year": lambda: _year(today.year),
        "去年 last-year": lambda: _year(today.year - 1),
    }
    wanted = words.replace(" ", "-")
    return next((span() for names, span in spans.items() if wanted in names.split()), None)


def _weekday(words: str, today: date) -> Days | None:
    name = re.sub(r"^(?:周|星期|礼拜|last |on )", "", words)
    if name not in _WEEKDAYS or (name in {"日", "天", *_HAN} and name == words):
        return None
    day = today - timedelta(days=(today.weekday() - _WEEKDAYS[name]) % 7)
    return Days(day, day)


def _dated(words: str, today: date) -> Days | None:
    patterns = (
        (r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?", "ymd"),
        (r"(\d{4})(\d\d)(\d\d)", "ymd"),
        (r"(\d{1,2})[-/.月](\d{1,2})[日号]?", "md"),
        (rf"{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?", "mdy"),
        (rf"(\d{{1,2}})(?:st|nd|rd|th)? {_MONTH}(?:,? (\d{{4}}))?", "dmy"),
    )
    for pattern, order in patterns:
        if found := re.fullmatch(pattern, words):
            parts = dict(zip(order, found.groups(), strict=True))
            day = _date(parts.get("y"), parts["m"], parts["d"], today)
            return Days(day, day)
    return None


def _date(year: str | None, month: str, day: str, today: date) -> date:
    number = int(month) if month.isdecimal() else _MONTHS.index(month) + 1
    if year is not None:
        if int(year) not in _YEARS:
            raise ValueError(f"no year that we know of: {year}")
        return date(int(year), number, int(day))
    for back in range(9):  # 29 February is eight years back at most
        try:
            found = date(today.year - back, number, int(day))
        except ValueError:
            continue
        if found <= today:
            return found
    raise ValueError(f"no such day: {month}-{day}")


def _month_or_year(words: str, today: date) -> Days | None:
    if found := re.fullmatch(r"(\d{4})-?w(\d{1,2})", words):
        return _week(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    if (found := re.fullmatch(r"(\d{4})年?", words)) and int(found[1]) in _YEARS:
        return _year(int(found[1]))
    if found := re.fullmatch(r"(\d{4})[-/.年](\d{1,2})月?", words):
        return _month(int(found[1]), int(found[2])) if int(found[1]) in _YEARS else None
    if found := re.fullmatch(rf"(\d{{1,2}})月|{_MONTH}", words):
        number = int(found[1]) if found[1] else _MONTHS.index(found[2]) + 1
        return _month(today.year - (number > today.month), number)
    return None


def _last(words: str, today: date) -> Days | None:
    found = _LAST.fullmatch(words)
    if not found:
        return None
    count = _count(found[1])
    length = count * _DAYS_IN["周" if "星期" in found[2] else found[2][0]]
    return Days(today - timedelta(days=length - 1), today) if length > 0 else None


def _count(text: str) -> int:
    if not text or text == "a":
        return 1
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.replace("两", "二").rpartition("十")
    return (_HAN.index(tens) if tens else 1) * 10 * bool(ten) + (_HAN.index(ones) if ones else 0)


def _week(monday: date) -> Days:
    return Days(monday, monday + timedelta(days=6))


def _month_of(day: date) -> Days:
    return _month(day.year, day.month)


def _month(year: int, month: int) -> Days:
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _year(year: int) -> Days:
    return Days(date(year, 1, 1), date(year, 12, 31))
