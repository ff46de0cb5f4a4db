"""A moment to come, as people type it: "明早 8 点", "周五 18:00", "in 2 hours". Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.compose import local_moment
from digest.regexes import regex
from digest.words import fold
from handlers.arguments import plain, read_time

FURTHEST = timedelta(days=366)

_DAYS: Mapping[str, int] = {
    "今天": 0, "今日": 0, "today": 0,
    "明天": 1, "明日": 1, "tomorrow": 1, "tmr": 1,
    "后天": 2, "後天": 2,
    "大后天": 3,
}  # fmt: skip
# A part of a day: how many days on, its usual time, and whether it is in the afternoon.
_PARTS: Mapping[str, tuple[int, time, bool]] = {
    "今早": (0, time(8), False), "今晚": (0, time(20), True), "tonight": (0, time(20), True),
    "明早": (1, time(8), False), "明晨": (1, time(8), False), "明晚": (1, time(20), True),
    "后天早上": (2, time(8), False),
    "早上": (0, time(8), False), "上午": (0, time(9), False), "morning": (0, time(8), False),
    "中午": (0, time(12), False), "noon": (0, time(12), False),
    "下午": (0, time(15), True), "afternoon": (0, time(15), True),
    "晚上": (0, time(20), True), "傍晚": (0, time(18), True), "evening": (0, time(20), True),
}  # fmt: skip
_WEEKDAYS: Mapping[str, int] = {
    **{
        f"{week}{day}": at
        for week in ("周", "星期", "礼拜")
        for at, day in enumerate("一二三四五六日")
    },
    **{f"{week}天": 6 for week in ("周", "星期", "礼拜")},
    **{
        name: at
        for at, names in enumerate(
            (("mon", "monday"), ("tue", "tuesday"), ("wed", "wednesday"), ("thu", "thursday"),
             ("fri", "friday"), ("sat", "saturday"), ("sun", "sunday"))
        )
        for name in names
    },
}  # fmt: skip
_UNITS: Mapping[str, int] = {
    **dict.fromkeys(("分钟", "分", "minute", "minutes", "min", "mins", "m"), 1),
    **dict.fromkeys(("小时", "个小时", "钟头", "hour", "hours", "h"), 60),
    **dict.fromkeys(("天", "日", "day", "days", "d"), 1440),
    **dict.fromkeys(("周", "星期", "week", "weeks", "w"), 10080),
}
_LATER = regex(r"(?:in\s+)?(\d{1,4})\s*([^\d\s]+?)\s*(?:后|之后|以后|later)?")
_HALF = regex(r"(?:半\s*个?小时后?|in half an hour|half an hour)")
_DATE = regex(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})[日号]?")
_FOLLOWING = regex(r"下个?(?:周|星期|礼拜)|\bnext\b")
_WORDS = sorted((*_DAYS, *_PARTS, *_WEEKDAYS), key=len, reverse=True)
_NOON = 12


def read_moment(typed: str, zone: str, now: datetime) -> datetime | None:
    """The moment (UTC) that `typed` means for somebody in `zone`; None for no moment to come.

    A time of day alone is the next one; a day alone has no time, and is not taken. What lies in
    the past or over a year ahead is none.
    """
    text = fold(plain(typed)).replace("半点", ":30").replace("点半", ":30")
    found = _later(text, now) or _named(text, ZoneInfo(zone), now)
    return found if found is not None and now < found <= now + FURTHEST else None


def _later(text: str, now: datetime) -> datetime | None:
    if _HALF.fullmatch(text):
        return now + timedelta(minutes=30)
    found = _LATER.fullmatch(text)
    minutes = _UNITS.get(found[2].removesuffix("之").removesuffix("以"), 0) if found else 0
    relative = text.startswith("in ") or text.endswith(("后", "later"))
    return (
        now + minutes * timedelta(minutes=int(found[1]))
        if found and minutes and relative
        else None
    )


def _named(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """A day, a part of it, and a time, each at most once and in any order."""
    today = now.astimezone(zone).date()
    words, rest = _split(text)
    day, rest = _day(words, rest, today, following=bool(_FOLLOWING.search(text)))
    part = next((_PARTS[word] for word in words if word in _PARTS), None)
    clock = read_time(rest) if rest else None
    if rest and clock is None:
        return None
    if clock is None and part is None:
        return None
    at = _at(clock, part)
    if day is None and part is not None and part[0]:
        day = today + timedelta(days=part[0])
    if day is not None:
        return local_moment(day, at, zone)
    moment = local_moment(today, at, zone)
    # "今晚" that is over is a slip; a plain time that is over means tomorrow's.
    fixed = part is not None and any(word.startswith(("今", "tonight")) for word in words)
    return moment if moment > now or fixed else local_moment(today + timedelta(days=1), at, zone)


def _split(text: str) -> tuple[list[str], str]:
    words = []
    for word in _WORDS:
        bounded = rf"\b{word}\b" if word.isascii() else re.escape(word)
        text, count = re.subn(bounded, " ", text)
        if count:
            words.append(word)
    return words, " ".join(re.sub(r"\b(?:at|on|next|this)\b|下个?(?=\s|$)|的", " ", text).split())


def _day(words: list[str], rest: str, today: date, *, following: bool) -> tuple[date | None, str]:
    for word in words:
        if word in _DAYS:
            return today + timedelta(days=_DAYS[word]), rest
        if word in _WEEKDAYS:
            ahead = _WEEKDAYS[word] - today.weekday()
            ahead = ahead + 7 if following else ahead % 7
            return today + timedelta(days=ahead), rest
    found = _DATE.search(rest)
    if not found:
        return None, rest
    day = _date(found, today)
    left = " ".join((rest[: found.start()] + " " + rest[found.end() :]).split())
    return day, left if day else rest


def _date(found: re.Match[str], today: date) -> date | None:
    year, month, day = int(found[1] or today.year), int(found[2]), int(found[3])
    try:
        made = date(year, month, day)
        # A day of this year that is over, without a year, means the next one.
        return made.replace(year=year + 1) if made < today and not found[1] else made
    except ValueError:
        return None


def _at(clock: time | None, part: tuple[int, time, bool] | None) -> time:
    if clock is None:
        assert part is not None  # noqa: S101  the caller has asked
        return part[1]
    if part is not None and part[2] and clock.hour < _NOON:
        return clock.replace(hour=clock.hour + _NOON)
    return clock


def tonight_and_morning(zone: str, now: datetime) -> tuple[datetime, datetime]:
    """The next 20:00 and the next 08:00 there: what buttons offer."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()

    def upcoming(clock: time) -> datetime:
        days = (local_moment(today + timedelta(days=days), clock, place) for days in (0, 1, 2))
        return next(moment for moment in days if moment > now + timedelta(minutes=1))

    return upcoming(time(20)), upcoming(time(8))


def minute_of(moment: datetime) -> int:
    """A moment as minutes since 1970, which fit behind a button."""
    return int(moment.timestamp()) // 60


def moment_of(minute: int) -> datetime | None:
    """The moment that `minute_of` gave; None for one that nobody can have meant."""
    try:
        return datetime.fromtimestamp(minute * 60, UTC)
    except (OverflowError, OSError, ValueError):
        return None
