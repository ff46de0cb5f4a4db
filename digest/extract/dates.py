"""Points in time as pages write them, each with the zone it was written in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import IntEnum

from digest.regexes import regex
from digest.text.folding import small

_EARLIEST_YEAR = 1990
_FUTURE = timedelta(days=1)
_BEIJING_MIN = 480
_LARGEST_OFFSET_MIN = 14 * 60

_NAMED_OFFSETS_MIN = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "est": -300,
    "edt": -240,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "bst": 60,
    "cet": 60,
    "cest": 120,
    "jst": 540,
    "kst": 540,
    "hkt": 480,
}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}
_ZONE = r"(?:\s*(?P<zone>Z|[+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Za-z]{3,4}))?"
_CLOCK = r"(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：](?P<second>\d{2})(?:[.,]\d+)?)?"
_NUMERIC = regex(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})"
    rf"(?!\d)(?:\s*日)?(?:(?:\s*T\s*|\s+|\s*[|·,，]\s*|(?<=日)){_CLOCK}\s*(?P<half>[AaPp]\.?[Mm])?{_ZONE})?"
)
_COMPACT = regex(r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})$")
_WORDED = regex(
    r"(?:(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?"
    r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)?\s+(?P<month2>[A-Za-z]{3,9})\.?,?)\s+(?P<year>(?:19|20)\d{2})"
    rf"(?:(?:,?\s+(?:at\s+)?|\s*[|·—–-]\s*){_CLOCK}\s*(?P<half>[AaPp]\.?[Mm]\.?)?{_ZONE})?"
)
_EPOCH = regex(r"^1\d{9}(?:\d{3})?$")


class Precision(IntEnum):
    """How much a written time says."""

    DAY = 0
    LOCAL = 1
    ZONED = 2


@dataclass(frozen=True, slots=True)
class Moment:
    """A written time. `at` is in UTC, counted as if UTC were meant unless `ZONED`.

    `offset_min` is the UTC offset as written, in minutes; None when none was written.
    """

    at: datetime
    precision: Precision
    offset_min: int | None = None


def parse_moment(text: str) -> Moment | None:
    """The first date in `text`, with its time and zone where they are written; else None."""
    text = text.strip()
    if _EPOCH.match(text):
        seconds = int(text) / (1 if len(text) == len("1700000000") else 1000)
        return _bounded(datetime.fromtimestamp(seconds, UTC), 0)
    for pattern in (_NUMERIC, _COMPACT, _WORDED):
        found = pattern.search(text)
        if found is not None:
            return _from_parts(found.groupdict())
    return _from_mail(text)


def choose_moment(
    candidates: list[Moment],
    *,
    feed: datetime | None,
    feed_offset_min: int | None,
    now: datetime | None,
    lang: str,
) -> tuple[datetime | None, int | None]:
    """When the original appeared, in UTC, and the UTC offset of its own zone if it wrote one.

    `candidates` come strongest first. A time with a zone wins; one without is only believed over
    the feed's when they cannot mean the same moment. Chinese pages without a zone mean Beijing's.
    """
    latest = (now or datetime.max.replace(tzinfo=UTC) - _FUTURE) + _FUTURE
    known = feed if feed is not None and feed <= latest else None
    for wanted in Precision.ZONED, Precision.LOCAL, Precision.DAY:
        for candidate in candidates:
            if candidate.precision != wanted:
                continue
            moment, offset = _settled(candidate, known, feed_offset_min, lang)
            if moment <= latest:
                return moment, offset
    return known, feed_offset_min if known else None


def _settled(
    written: Moment, feed: datetime | None, feed_offset_min: int | None, lang: str
) -> tuple[datetime, int | None]:
    if written.precision == Precision.ZONED:
        return written.at, written.offset_min
    slack = timedelta(hours=38 if written.precision == Precision.DAY else 14, minutes=30)
    if feed is not None and abs(feed - written.at) <= slack:
        return feed, feed_offset_min
    if written.precision == Precision.LOCAL and lang == "zh":
        return written.at - timedelta(minutes=_BEIJING_MIN), _BEIJING_MIN
    return written.at, None


def _from_parts(parts: dict[str, str | None]) -> Moment | None:
    month = parts.get("month") or parts.get("month2") or ""
    number = int(month) if month.isdigit() else _MONTHS.get(small(month[:3]), 0)
    day = parts.get("day") or parts.get("day2") or "0"
    hour = _hour(parts.get("hour"), parts.get("half"))
    try:
        at = datetime(
            int(parts["year"] or 0),
            number,
            int(day),
            hour or 0,
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    if hour is None:
        return _bounded(at, None, Precision.DAY)
    offset = _offset(parts.get("zone"))
    if offset is None:
        return _bounded(at, None, Precision.LOCAL)
    return _bounded(at - timedelta(minutes=offset), offset)


def _hour(hour: str | None, half: str | None) -> int | None:
    if hour is None:
        return None
    number = int(hour)
    if half:
        number = number % 12 + (12 if half[0] in "pP" else 0)
    return number


def _offset(zone: str | None) -> int | None:
    """Minutes east of Greenwich, None for a zone we cannot tell (CST is two of them)."""
    if not zone:
        return None
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        if minutes > _LARGEST_OFFSET_MIN:
            return None
        return -minutes if zone[0] == "-" else minutes
    return _NAMED_OFFSETS_MIN.get(zone.lower())


def _from_mail(text: str) -> Moment | None:
    try:
        parsed = parsedate_to_datetime(text)
        at = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if parsed.tzinfo is None:
        return _bounded(at, None, Precision.LOCAL)
    offset = parsed.utcoffset() or timedelta()
    return _bounded(at, round(offset.total_seconds() / 60))


def _bounded(
    at: datetime, offset_min: int | None, precision: Precision = Precision.ZONED
) -> Moment | None:
    return Moment(at, precision, offset_min) if at.year >= _EARLIEST_YEAR else None
