"""Dates as people write them: "3小时前", "昨天 14:20", "Oct 3", "发布于 2026-01-06".

Resolved against the moment of reading and the zone of the source. What cannot be known to the day
("上周", "2 months ago", a clock without a zone) is None, never a guess.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.regexes import regex
from digest.sources.dates import FeedDate, parse_date
from digest.text.folding import small

_LONGEST = 300
_MOST_FOUND = 5
_LONGEST_LEAD = 12
_SECONDS = {"秒": 1, "分": 60, "时": 3600, "天": 86400, "日": 86400}
_ENGLISH = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NUMBERS = {
    "半": 0.5, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
    "九": 9, "十": 10,
}  # fmt: skip
_AGO_ZH = regex(r"(\d{1,4}|[半一二两三四五六七八九十])\s*个?\s*(秒|分|小?时|天|日)钟?\s*(?:以?前)")
_AGO_EN = regex(
    r"\b(\d{1,4}|an?|one)\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\s+ago\b",
    re.IGNORECASE,
)
_NOW = regex(r"^(?:刚刚|刚才|just now|now)$", re.IGNORECASE)
_DAYS_AGO = {"今天": 0, "今日": 0, "today": 0, "昨天": 1, "昨日": 1, "yesterday": 1, "前天": 2}
_CLOCK = r"(?:[\s,T]*(?:at\s+)?(?P<hour>\d{1,2})[:：](?P<minute>\d\d)(?:[:：]\d\d)?(?:\s*(?P<half>[AaPp]\.?[Mm])\b)?)?"  # noqa: E501  one pattern reads better whole
_NAMED_DAY = regex(
    rf"(?P<name>今天|今日|昨天|昨日|前天|\btoday\b|\byesterday\b){_CLOCK}", re.IGNORECASE
)
# Whole dates inside other words, in the notations that parse_date reads.
_WHOLE = regex(
    r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?:\s?日)?(?:[T\s]{1,3}\d{1,2}[:：]\d\d(?:[:：]\d\d)?(?:\.\d{1,6})?(?:Z|\s?[+-]\d\d:?\d\d)?)?"
    r"|(?:[A-Z][a-z]{2,8}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4})"
    r"|(?:\d{1,2}(?:st|nd|rd|th)?\s[A-Z][a-z]{2,8}\.?,?\s\d{4})"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<word>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DAY_OF_YEAR = (
    regex(rf"(?<!\d)(?P<month>\d{{1,2}})\s?月\s?(?P<day>\d{{1,2}})\s?[日号]{_CLOCK}"),
    regex(rf"(?<![\d-])(?P<month>\d\d)-(?P<day>\d\d)(?![\d-]){_CLOCK}"),
    regex(rf"\b{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,?\s?\d{{4}}){_CLOCK}"),
    regex(rf"(?<!\d)(?P<day>\d{{1,2}})\s{_MONTH}(?!\s?\d{{4}}){_CLOCK}"),
)
_HAS_CLOCK = regex(r"\d[:：]\d\d")
_LEEWAY = timedelta(days=1)


def zone_named(name: str) -> tzinfo | None:
    """The time zone of that IANA name, None when there is none or no name."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def read_moment(text: str, now: datetime, zone: tzinfo | None = None) -> FeedDate | None:
    """The moment that `text` tells, read at `now`; None when it tells none for certain.

    A clock without a zone is one of `zone`; without that the date stands alone where it is whole
    and is unknown where the clock decides the day.
    """
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return None
    found = (
        _placed(text, zone) or _relative(text, now, zone) or _inside(text, zone)
        or _of_this_year(text, now, zone)
    )  # fmt: skip
    if found is None or found.at > now + _LEEWAY:
        return None
    return found


def _placed(text: str, zone: tzinfo | None) -> FeedDate | None:
    """A whole date as feeds write it, its clock taken for one of `zone` when it names none."""
    found = parse_date(text)
    if found is None or found.offset_min is not None or zone is None:
        return found
    if not _HAS_CLOCK.search(text) and text.isdigit():
        return found  # Unix time needs no zone
    return _local(found.at.replace(tzinfo=None), zone)


def _inside(text: str, zone: tzinfo | None) -> FeedDate | None:
    for place, match in enumerate(_WHOLE.finditer(text)):
        if place >= _MOST_FOUND:
            break
        found = _placed(match[0].replace("：", ":"), zone)
        if found is not None:
            return found
    return None


def _relative(text: str, now: datetime, zone: tzinfo | None) -> FeedDate | None:
    if _NOW.match(text):
        return FeedDate(now.astimezone(UTC), None)
    ago = next(_agos(text), None)
    if ago is not None:
        return FeedDate(_rounded(now - ago, ago), None)
    named = _NAMED_DAY.search(text)
    # "Harbour sells more today" is a title.
    if not named or zone is None or named.start() > _LONGEST_LEAD:
        return None
    day = now.astimezone(zone).date() - timedelta(days=_DAYS_AGO[small(named["name"])])
    return _at(day, named, zone)


def _agos(text: str) -> Iterator[timedelta]:
    chinese = _AGO_ZH.search(text)
    if chinese:
        count = _NUMBERS.get(chinese[1]) or float(chinese[1]) if chinese[1] else 0
        yield timedelta(seconds=count * _SECONDS[chinese[2][-1]])
    english = _AGO_EN.search(text)
    if english:
        count = int(english[1]) if english[1].isdigit() else 1
        yield timedelta(seconds=count * _ENGLISH[small(english[2][0])])


def _rounded(moment: datetime, ago: timedelta) -> datetime:
    """No finer than what was said."""
    moment = moment.astimezone(UTC).replace(second=0, microsecond=0)
    return moment.replace(minute=0) if ago >= timedelta(days=1) else moment


def _of_this_year(text: str, now: datetime, zone: tzinfo | None) -> FeedDate | None:
    """A day without a year: the last such day, for lists tell what was."""
    for pattern in _DAY_OF_YEAR:
        match = pattern.search(text)
        if match:
            return _last_such(match, now, zone)
    return None


def _last_such(match: re.Match[str], now: datetime, zone: tzinfo | None) -> FeedDate | None:
    parts = match.groupdict()
    word = parts.get("word")
    month = _MONTHS.index(small(word[:3])) + 1 if word else int(parts["month"])
    today = now.astimezone(zone or UTC).date()
    for year in (today.year, today.year - 1):
        try:
            day = date(year, month, int(parts["day"]))
        except ValueError:
            continue
        if day <= today + _LEEWAY:
            return _at(day, match, zone)
    return None


def _at(day: date, match: re.Match[str], zone: tzinfo | None) -> FeedDate | None:
    parts = match.groupdict()
    try:
        hour, half = int(parts["hour"] or 0), small(parts["half"] or "")
        if half:
            hour = hour % 12 + (12 if half.startswith("p") else 0)
        clock = time(hour, int(parts["minute"] or 0))
    except ValueError:
        clock = time()
    if zone is None:
        return FeedDate(datetime.combine(day, time(), UTC), None)
    return _local(datetime.combine(day, clock), zone)


def _local(moment: datetime, zone: tzinfo) -> FeedDate:
    there = moment.replace(tzinfo=zone)
    offset = there.utcoffset() or timedelta()
    return FeedDate(there.astimezone(UTC), round(offset.total_seconds() / 60))
