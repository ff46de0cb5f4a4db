"""What people type, as values. Pure: text in, value or None out.

Full-width digits and punctuation ("８：３０") count as their plain forms everywhere.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import cache
from zoneinfo import available_timezones

from digest.regexes import regex
from digest.trends.board import Span, View

LARGEST_LIST = 10
USUAL_LIST = 5
NAME_LIMIT = 32
QUERY_LIMIT = 200
WORD_BYTES = 40

_COMMAND = regex(r"/([^\s@/]{1,64})(?:@(\w{3,64}))?(?:\s+(.*))?", re.DOTALL)
_CLOCK = regex(r"([01]?\d|2[0-4])(?:[:.点时h]([0-5]\d)?分?|([0-5]\d))?")
_OFFSET = regex(r"(?:utc|gmt)?\s*([+-])\s*(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_DASHES = regex(r"\s*(?:-|–|—|~|到|至|\bto\b)\s*")
_BETWEEN_TIMES = regex(r"[\s,、;和]+|\band\b")

# Offsets that are no whole hours have no Etc/GMT zone: the best known place that keeps each of
# them all the year round.
_ODD_OFFSETS = {
    (3, 30): "Asia/Tehran",
    (4, 30): "Asia/Kabul",
    (5, 30): "Asia/Kolkata",
    (5, 45): "Asia/Kathmandu",
    (6, 30): "Asia/Yangon",
    (8, 45): "Australia/Eucla",
    (9, 30): "Australia/Darwin",
    (-9, 30): "Pacific/Marquesas",
}
_FURTHEST_EAST = 14
_FURTHEST_WEST = 12

# They hold an emoji of several people, or the letters of a word, together.
_JOINERS = "\u200c\u200d"
# Letters and signs that show nothing: Hangul fillers, the empty Braille pattern.
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"

# What readers call a board of trends; parts of words, so that plurals count.
_VIEWS: Mapping[View, tuple[str, ...]] = {
    View.TOPICS: ("话题", "topic"),
    View.WORDS: ("词", "名字", "实体", "word", "name", "entit"),
    View.STORIES: ("专题", "stor"),
}
_WEEK = ("周", "7天", "7 天", "week", "7d", "7 d")

# What readers call the zones they live in, besides the IANA names.
_PLACES: Mapping[str, str] = {
    "北京": "Asia/Shanghai",
    "上海": "Asia/Shanghai",
    "中国": "Asia/Shanghai",
    "china": "Asia/Shanghai",
    "beijing": "Asia/Shanghai",
    "香港": "Asia/Hong_Kong",
    "澳门": "Asia/Macau",
    "台北": "Asia/Taipei",
    "台湾": "Asia/Taipei",
    "新加坡": "Asia/Singapore",
    "吉隆坡": "Asia/Kuala_Lumpur",
    "东京": "Asia/Tokyo",
    "日本": "Asia/Tokyo",
    "首尔": "Asia/Seoul",
    "曼谷": "Asia/Bangkok",
    "迪拜": "Asia/Dubai",
    "悉尼": "Australia/Sydney",
    "墨尔本": "Australia/Melbourne",
    "奥克兰": "Pacific/Auckland",
    "莫斯科": "Europe/Moscow",
    "柏林": "Europe/Berlin",
    "巴黎": "Europe/Paris",
    "伦敦": "Europe/London",
    "纽约": "America/New_York",
    "多伦多": "America/Toronto",
    "芝加哥": "America/Chicago",
    "温哥华": "America/Vancouver",
    "旧金山": "America/Los_Angeles",
    "洛杉矶": "America/Los_Angeles",
    "utc": "UTC",
    "gmt": "UTC",
}


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """A command as typed: "/latest@hexin_bot ai 5" is name latest, bot hexin_bot, rest "ai 5"."""

    name: str
    bot: str
    rest: str


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What /latest was asked for: a column's or topic's name ("" for all), and how many."""

    name: str
    count: int = USUAL_LIST


@dataclass(frozen=True, slots=True)
class Payload:
    """What a link to the bot carries: "s_12" is of kind s (see handlers/payloads.py)."""

    kind: str
    value: str


def plain(text: str) -> str:
    """`text` in its plain form: NFKC, one space between words, no control characters."""
    normal = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in normal).split())


def read_command(text: str) -> TypedCommand | None:
    """Read a typed command, None when `text` is none."""
    found = _COMMAND.fullmatch(text.strip())
    if not found:
        return None
    name, bot, rest = found.groups()
    return TypedCommand(name.casefold(), (bot or "").casefold(), (rest or "").strip())


def read_list_request(text: str) -> ListRequest:
    """Read "[column or topic] [n]": a last word of at most three digits is n, kept in 1..10."""
    words = plain(text).split(" ")
    if words[-1].isdecimal() and len(words[-1]) <= len("999"):
        count = max(1, min(LARGEST_LIST, int(words[-1])))
        return ListRequest(" ".join(words[:-1]), count)
    return ListRequest(" ".join(words).strip())


def read_board(text: str) -> tuple[View, Span]:
    """Which trends "话题" or "words week" asks for; everything of a day where it names neither."""
    typed = plain(text).casefold()
    span = Span.WEEK if any(word in typed for word in _WEEK) else Span.DAY
    named = (view for view, words in _VIEWS.items() if any(word in typed for word in words))
    return next(named, View.ALL), span


def read_payload(text: str) -> Payload | None:
    """Read a /start payload "<kind>_<value>"; None for none and for what is not of this form."""
    found = re.fullmatch(r"([a-z]{1,10})_([A-Za-z0-9_-]{1,62})", text)
    return Payload(found[1], found[2]) if found else None


def read_time(text: str) -> time | None:
    """Read a time of day: "8:30", "0830", "8点30分", "8", "24:00" (midnight)."""
    found = _CLOCK.fullmatch(plain(text).casefold())
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    if hour == 24:  # noqa: PLR2004  the other name of midnight
        return time(0) if minute == 0 else None
    return time(hour, minute)


def read_times(text: str, limit: int = 4) -> tuple[time, ...] | None:
    """Read up to `limit` times of day, sorted, each once; None when any of them is none."""
    words = [word for word in _BETWEEN_TIMES.split(plain(text).casefold()) if word]
    times = [read_time(word) for word in words]
    known = sorted({moment for moment in times if moment is not None})
    return tuple(known) if known and None not in times and len(known) <= limit else None


def read_quiet(text: str) -> tuple[time, time] | None:
    """Read quiet hours "23:00-7:00" ("23 到 7"); equal ends mean none; None when unreadable."""
    ends = [read_time(end) for end in _DASHES.split(plain(text).casefold())]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:  # noqa: PLR2004  from and to
        return None
    return ends[0], ends[1]


def read_zone(text: str) -> str | None:
    """Read a time zone: an IANA name in any case, a place we know, or an offset like "+8"."""
    words = plain(text).casefold().removesuffix("时间").strip()
    if words in _PLACES:
        return _PLACES[words]
    if found := _OFFSET.fullmatch(words):
        return _zone_of_offset(-1 if found[1] == "-" else 1, int(found[2]), int(found[3] or 0))
    return _zones_by_name().get(words.replace(" ", "_"))


def _zone_of_offset(sign: int, hours: int, minutes: int) -> str | None:
    if minutes:
        return _ODD_OFFSETS.get((sign * hours, minutes))
    if not hours:
        return "UTC"
    if hours > (_FURTHEST_EAST if sign > 0 else _FURTHEST_WEST):
        return None
    if sign * hours == 8:  # noqa: PLR2004  most readers' own; its name says more than a number
        return "Asia/Shanghai"
    # POSIX counts the other way round: Etc/GMT-9 is nine hours ahead of UTC.
    return f"Etc/GMT{-sign * hours:+d}"


@cache
def _zones_by_name() -> Mapping[str, str]:
    names = {
        name.casefold(): name
        for name in available_timezones()
        if "/" in name and not name.startswith(("posix/", "right/", "SystemV/"))
    }
    cities = {name.rsplit("/", 1)[1]: full for name, full in sorted(names.items())}
    return cities | names | {"utc": "UTC"}


def read_name(text: str) -> str | None:
    """Read a collection's name, as it was written: 1 to 32 characters on one line, else None.

    Nobody could see or tap a name of blanks alone.
    """
    written = unicodedata.normalize("NFC", text)
    kept = "".join(c if c.isprintable() or c in _JOINERS else " " for c in written)
    name = " ".join(kept.split())
    seen = any(c not in _BLANKS and c not in _JOINERS and not c.isspace() for c in name)
    return name if seen and len(name) <= NAME_LIMIT else None


def read_word(text: str) -> str | None:
    """Read a word to follow or mute, as it was written.

    It must fit behind a button, so it has at most 40 bytes (13 汉字).
    """
    word = plain(text)
    # Callback data writes a per cent sign as three letters.
    size = len(word.replace("%", "%25").encode())
    return word if 0 < size <= WORD_BYTES and ":" not in word else None
