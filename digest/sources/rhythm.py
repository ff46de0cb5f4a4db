"""What a feed says about itself in front of its items: rhythm, language, hub."""

import re
from dataclasses import dataclass

from digest.regexes import regex

_HEAD = 64 * 1024
_FIRST_ITEM = regex(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_TTL = regex(r"<ttl>\s*(\d{1,7})\s*</ttl>", re.IGNORECASE)
_PERIOD = regex(r"<[\w.-]{1,40}:updatePeriod>\s*([A-Za-z]{4,8})\s*<", re.IGNORECASE)
_FREQUENCY = regex(r"<[\w.-]{1,40}:updateFrequency>\s*(\d{1,5})\s*<", re.IGNORECASE)
_SKIP_HOURS = regex(r"<skipHours>(.{0,1000}?)</skipHours>", re.IGNORECASE | re.DOTALL)
_SKIP_DAYS = regex(r"<skipDays>(.{0,1000}?)</skipDays>", re.IGNORECASE | re.DOTALL)
_HOUR = regex(r"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = regex(r"<day>\s*([A-Za-z]{6,9})\s*</day>", re.IGNORECASE)
_LANGUAGE = regex(
    r"<(?:dc:)?language>\s{0,99}(?:<!\[CDATA\[\s{0,99})?([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})?)"
    r"|\sxml:lang\s*=\s*[\"']([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})?)[\"']",
    re.IGNORECASE,
)
# On the root, or on the channel within it.
_BASE = regex(
    r"^[^<]*(?:<\?[^<>]*>\s*)?(?:<rss(?:\s[^<>]*)?>\s*)?"
    r"<[^<>]*\sxml:base\s*=\s*[\"']([^\"'<>]{1,2000})[\"']"
)
_LINK = regex(r"<(?:[\w.-]{1,40}:)?link\s[^<>]{0,2000}>", re.IGNORECASE)
_HUB_REL = regex(r"\srel\s*=\s*[\"']hub[\"']", re.IGNORECASE)
_HREF = regex(r"\shref\s*=\s*[\"']([^\"'<>]{1,2000})[\"']", re.IGNORECASE)

_PERIODS = {
    "hourly": 3_600,
    "daily": 86_400,
    "weekly": 7 * 86_400,
    "monthly": 30 * 86_400,
    "yearly": 365 * 86_400,
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A feed's own words on itself; `ttl_s` is 0 when it says nothing, as in FeedReading."""

    ttl_s: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    lang: str = ""
    hub_url: str = ""
    base: str = ""


def read_rhythm(body: bytes) -> Rhythm:
    """Read the head of an XML feed: RSS ttl, skipHours, skipDays, sy:update…, language, hub."""
    first = _FIRST_ITEM.search(body, 0, _HEAD)
    head = body[: first.start() if first else _HEAD].decode("utf-8", "replace")
    language = _LANGUAGE.search(head)
    base = _BASE.match(head)
    return Rhythm(
        ttl_s=max(_ttl(head), _update_period(head)),
        skip_hours=_skip_hours(head),
        skip_days=_skip_days(head),
        lang=(language[1] or language[2]).replace("_", "-") if language else "",
        hub_url=_hub(head),
        base=base[1] if base else "",
    )


def _ttl(head: str) -> int:
    found = _TTL.search(head)
    return int(found[1]) * 60 if found else 0


def _update_period(head: str) -> int:
    period = _PERIOD.search(head)
    if not period:
        return 0
    frequency = _FREQUENCY.search(head)
    times = max(1, int(frequency[1])) if frequency else 1
    return _PERIODS.get(period[1].lower(), 0) // times


def _skip_hours(head: str) -> frozenset[int]:
    """GMT hours not to poll in. Skipping all of them would be skipping the feed: ignored."""
    block = _SKIP_HOURS.search(head)
    hours = {int(hour) for hour in _HOUR.findall(block[1])} if block else set()
    skipped = frozenset(hour % _HOURS_A_DAY for hour in hours if hour <= _HOURS_A_DAY)
    return skipped if len(skipped) < _HOURS_A_DAY else frozenset()


def _skip_days(head: str) -> frozenset[int]:
    block = _SKIP_DAYS.search(head)
    names = [name.lower() for name in _DAY.findall(block[1])] if block else []
    skipped = frozenset(_DAYS.index(name) for name in names if name in _DAYS)
    return skipped if len(skipped) < len(_DAYS) else frozenset()


def _hub(head: str) -> str:
    for link in _LINK.findall(head):
        if _HUB_REL.search(link):
            href = _HREF.search(link)
            return href[1] if href else ""
    return ""
