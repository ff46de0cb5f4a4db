"""Spans of time as editors type them: 10分钟, 2h, 1.5 小时, 90, half a day. Pure."""

from collections.abc import Mapping

from digest.regexes import regex
from digest.texts import Texts
from handlers.arguments import plain

SHORTEST_S = 60
LONGEST_S = 7 * 24 * 3600

_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600
_UNITS: Mapping[str, int] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒", "秒钟"), 1),
    **dict.fromkeys(("", "m", "min", "mins", "minute", "minutes", "分", "分钟"), _MINUTE),
    **dict.fromkeys(
        ("h", "hr", "hrs", "hour", "hours", "时", "小时", "个小时", "钟头", "个钟头"), _HOUR
    ),
    **dict.fromkeys(("d", "day", "days", "天", "日"), _DAY),
    **dict.fromkeys(("w", "week", "weeks", "周", "星期", "个星期"), 7 * _DAY),
}
_HAN: Mapping[str, float] = {
    "半": 0.5, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
    "九": 9, "十": 10, "a": 1, "an": 1, "half": 0.5, "half a": 0.5, "half an": 0.5,
}  # fmt: skip
_NUMBER = r"\d{1,6}(?:\.\d{1,3})?|half an|half a|half|an|a|[半一两二三四五六七八九十]"
_PART = regex(rf"\s*({_NUMBER})\s*([a-z]+|[秒分时小个钟头天日周星期]+)?(半)?\s*")
_AND_A_HALF = regex(r"个半(小时|钟头|星期)")
_EVERY = regex(r"^(?:every|每隔?|at (?:least|most)|至[少多])\s*")


def read_span(typed: str) -> int | None:
    """Seconds in what was typed, None when it is no span. A bare number counts minutes."""
    text = _EVERY.sub("", plain(typed).casefold()).strip(" .。")
    text = _AND_A_HALF.sub(r"\1半", text)
    place, total = 0, 0.0
    while place < len(text):
        found = _PART.match(text, place)
        unit = _UNITS.get(found[2] or "") if found else None
        if found is None or unit is None:
            return None
        number = _HAN[found[1]] if found[1] in _HAN else float(found[1])
        total += (number + (0.5 if found[3] else 0)) * unit
        place = found.end()
    return round(total) if total else None


def span_words(seconds: int, texts: Texts) -> str:
    """A span in its two largest units: "1 小时 30 分钟", "2 hours"."""
    if seconds < _MINUTE:
        return texts.n("chat.source.span.seconds", max(0, seconds))
    units = ((_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "minutes"))
    parts: list[str] = []
    for size, name in units:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(texts.n(f"chat.source.span.{name}", count))
    return " ".join(parts[:2])
