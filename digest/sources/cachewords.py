"""What HTTP headers say about time: how long an answer stays fresh, when to come back."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from digest.regexes import regex

_MAX_AGE = regex(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_UNCACHEABLE = regex(r"(?:^|[,\s])no-(?:cache|store)(?=$|[,\s;=])", re.IGNORECASE)
_SECONDS = regex(r"\d{1,12}")


def http_date(text: str) -> datetime | None:
    """An HTTP date as aware UTC; None when it is not one ("0", "-1", nonsense)."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def freshness_s(headers: Mapping[str, str], now: datetime) -> int:
    """Seconds for which the answer says it stays good, 0 when it does not say (RFC 9111, 4.2).

    `max-age` less `Age`, else `Expires` less `Date`; nothing under no-cache or no-store. Header
    names are lower-case. The server's own clock is used, for it is the one that wrote the dates.
    """
    control = headers.get("cache-control", "")
    if _UNCACHEABLE.search(control):
        return 0
    age = _MAX_AGE.search(control)
    if age:
        return max(0, int(age[1]) - _seconds(headers.get("age", "")))
    expires = http_date(headers.get("expires", ""))
    if expires is None:
        return 0
    written = http_date(headers.get("date", "")) or now
    return max(0, int((expires - written).total_seconds()))


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the server asks to be left alone (RFC 9110, 10.2.3): seconds or a date."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=int(text))
    moment = http_date(text)
    if moment is None:
        return None
    written = http_date(headers.get("date", "")) or now
    return max(timedelta(), moment - written)


def _seconds(text: str) -> int:
    found = _SECONDS.match(text.strip())
    return int(found[0]) if found else 0
