"""Dates as feeds write them, with the zone that the feed wrote.

RFC 822 and ISO 8601 cover nearly everything; the rest is a handful of habits (Chinese dates,
slashes, Unix time). A date that cannot be read is None, never a guess: the reader then sees when
we first saw the entry.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from digest.regexes import regex
from digest.text.folding import small

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LEEWAY = timedelta(days=1)
_LONGEST = 80

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
# Hours east of Greenwich. CST is Chicago's in RFC 822, and that is what feeds mean by it.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1,
    "cest": 2, "mest": 2, "eet": 2, "sast": 2, "eest": 3, "msk": 3, "ist": 5.5, "hkt": 8,
    "sgt": 8, "awst": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "北京时间": 8,
}  # fmt: skip
_CLOCK = r"(?:(?P<hour>\d{1,2})\s*[:：时]\s*(?P<minute>\d{1,2})(?:\s*[:：分]\s*(?P<second>\d{1,2})(?:[.,]\d{1,12})?)?[秒分]?)?"  # noqa: E501  one pattern reads better whole
_ZONE = r"\s*(?P<half>[AP]M\b)?\s*(?:\(?(?P<zone>[A-Za-z]{1,5}|北京时间)\)?)?\s*(?P<offset>[+-]\d{1,2}:?\d{0,2}(?::\d\d)?)?(?:\s*\(.{0,40}\))?\s*"  # noqa: E501  same
_WEEKDAY = r"(?:[A-Za-z]{3,9}(?:\.?\s*,\s*|\.?\s+))?"
_RFC822 = regex(
    _WEEKDAY + r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<month>[A-Za-z]{3,9})\.?"
    r",?[\s-]+(?P<year>\d{4}|\d\d),?\s*" + _CLOCK + _ZONE,
    re.IGNORECASE,
)
_AMERICAN = regex(
    _WEEKDAY + r"(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r",?\s+(?:(?P<year>\d{4}),?\s*)" + _CLOCK + _ZONE,
    re.IGNORECASE,
)
# Java's Date.toString() and C's asctime().
_ASCTIME = regex(
    r"[A-Za-z]{3}\s+(?P<month>[A-Za-z]{3})\s+(?P<day>\d{1,2})\s+(?P<hour>\d\d):(?P<minute>\d\d)"
    r":(?P<second>\d\d)(?:\s+(?P<zone>[A-Z]{3,4}))?\s+(?P<year>\d{4})"
)
_NUMERIC = regex(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?,?\s*"
    r"(?:周.|星期.)?\s*[Tt]?\s*" + _CLOCK + _ZONE,
    re.IGNORECASE,
)
_MONTH_ONLY = regex(r"(?P<year>\d{4})-(?P<month>\d{2})")
_COMPACT = regex(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)")
_UNIX = regex(r"(1\d{9})(?:\d{3})?")


@dataclass(frozen=True, slots=True)
class FeedDate:
    """A moment (aware UTC) and the offset from UTC that was written with it, in minutes."""

    at: datetime
    offset_min: int | None


@lru_cache(maxsize=256)  # entries of one feed; by its next poll they are others
def parse_date(text: str) -> FeedDate | None:
    """Read a date as feeds write it; None when it cannot be read with certainty.

    A date without a zone is taken as UTC, with `offset_min` None.
    """
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return None
    fast = _iso(text)
    if fast is not None:
        return fast
    for pattern in (_RFC822, _NUMERIC, _AMERICAN, _ASCTIME, _MONTH_ONLY, _COMPACT):
        found = pattern.fullmatch(text)
        if found:
            return _assemble(found.groupdict())
    unix = _UNIX.fullmatch(text)
    if unix:
        return FeedDate(datetime.fromtimestamp(int(unix[1]), UTC), None)
    return None


def plausible(date: FeedDate | None, now: datetime) -> FeedDate | None:
    """`date`, or None when it lies before 1990 or more than a day after `now`."""
    if date is None or not _EARLIEST <= date.at <= now + _LEEWAY:
        return None
    return date


def _iso(text: str) -> FeedDate | None:
    if len(text) < len("2026-01-01") or text[4] != "-":
        return None
    try:
        moment = datetime.fromisoformat(text)
        return _dated(moment)
    except (ValueError, OverflowError):
        return None


def _assemble(parts: dict[str, str | None]) -> FeedDate | None:
    """A date from the named groups of a pattern, None when no such day or time exists."""
    try:
        hour = int(parts.get("hour") or 0)
        half = small(parts.get("half") or "")
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        moment = datetime(  # noqa: DTZ001  the zone, when there is one, follows
            _year(parts["year"] or ""),
            _month(parts["month"] or ""),
            int(parts.get("day") or 1),
            0 if hour == 24 else hour,  # noqa: PLR2004  midnight at the end of the day
            int(parts.get("minute") or 0),
            min(int(parts.get("second") or 0), 59),  # leap seconds
        )
        if hour == 24:  # noqa: PLR2004  same
            moment += timedelta(days=1)
        zone = _zone(parts.get("zone"), parts.get("offset"))
        return _dated(moment if zone is None else moment.replace(tzinfo=timezone(zone)))
    except (ValueError, OverflowError, KeyError):
        return None


def _dated(moment: datetime) -> FeedDate:
    offset = moment.utcoffset()
    if offset is None:
        return FeedDate(moment.replace(tzinfo=UTC), None)
    minutes = round(offset.total_seconds() / 60)
    return FeedDate(moment.astimezone(UTC).replace(microsecond=0), minutes)


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004  two-digit years, as RFC 2822 reads them
        return year
    return year + (2000 if year < 50 else 1900)  # noqa: PLR2004  same


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS[small(text[:3])]


def _zone(name: str | None, offset: str | None) -> timedelta | None:
    """The offset; an explicit one wins over a name, and an unknown name is no zone."""
    if offset:
        digits = offset[1:].replace(":", "")
        hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")  # noqa: PLR2004  hhmm
        shift = timedelta(hours=int(hours), minutes=int(minutes))
        return -shift if offset[0] == "-" else shift
    if name and small(name) in _ZONES:
        return timedelta(hours=_ZONES[small(name)])
    return None
