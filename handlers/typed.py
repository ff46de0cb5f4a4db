"""What people type for a setting, as the value that its buttons would carry. Pure."""

import re
from collections.abc import Callable, Mapping

from digest.words import fold
from handlers.arguments import plain, read_quiet, read_time, read_times
from handlers.settings_fields import MOST_A_DAY, MOST_TIMES, NONE, TOP_SCORE
from handlers.zones import read_zones

_NO = frozenset({"off", "no", "none", "关", "关闭", "不要", "无", "不设", "不限", "unlimited"})
_DAYS: Mapping[str, int] = {
    **{
        f"{week}{day}": at
        for week in ("周", "星期", "礼拜")
        for at, day in enumerate("一二三四五六日")
    },
    **{f"{week}天": 6 for week in ("周", "星期", "礼拜")},
    **{
        name: at
        for at, names in enumerate(
            (
                ("mon", "monday"),
                ("tue", "tuesday"),
                ("wed", "wednesday"),
                ("thu", "thursday"),
                ("fri", "friday"),
                ("sat", "saturday"),
                ("sun", "sunday"),
            )
        )
        for name in names
    },
}
_KINDS_OF_PUSH: Mapping[str, str] = {
    "即时": "instant",
    "快讯": "instant",
    "即时快讯": "instant",
    "instant": "instant",
    "alerts": "instant",
    "早报": "morning",
    "morning": "morning",
    "晚报": "evening",
    "evening": "evening",
    "周报": "weekly",
    "weekly": "weekly",
    "专题": "stories",
    "专题更新": "stories",
    "stories": "stories",
    "updates": "stories",
    "趋势": "trends",
    "趋势起势": "trends",
    "起势": "trends",
    "trends": "trends",
}
# Names of several kinds at once, and of the daily digest in itself.
_SEVERAL: Mapping[str, str] = {
    **dict.fromkeys(("both", "早晚报", "早晚"), "早报 晚报"),
    **dict.fromkeys(("daily", "digest", "每天", "每日", "日报", "摘要"), "早报"),
    **dict.fromkeys(("only story updates", "story updates", "只要专题更新"), "专题更新"),
    **dict.fromkeys(("only trend alerts", "trend alerts", "只要趋势起势"), "趋势"),
}
_PRESETS_OF_KINDS: Mapping[frozenset[str], str] = {
    frozenset({"instant", "morning"}): "both",
    frozenset({"morning"}): "daily",
    frozenset({"evening"}): "evening",
    frozenset({"morning", "evening"}): "twice",
    frozenset({"instant"}): "instant",
    frozenset({"weekly"}): "weekly",
    frozenset({"stories"}): "stories",
}
_PAUSE: Mapping[str, str] = {
    "暂停": "yes",
    "停": "yes",
    "pause": "yes",
    "off": "yes",
    "恢复": "no",
    "开": "no",
    "resume": "no",
    "on": "no",
}
_LOOKS: Mapping[str, tuple[str, str]] = {
    "完整": ("layout", "full"),
    "full": ("layout", "full"),
    "紧凑": ("layout", "compact"),
    "精简": ("layout", "compact"),
    "compact": ("layout", "compact"),
    "译文": ("wording", "translation"),
    "translation": ("wording", "translation"),
    "原文": ("wording", "original"),
    "original": ("wording", "original"),
    "双语": ("wording", "both"),
    "对照": ("wording", "both"),
    "both": ("wording", "both"),
}
_LANGUAGES: Mapping[str, str] = {
    **dict.fromkeys(("zh", "中文", "汉语", "简体中文", "chinese"), "zh"),
    **dict.fromkeys(("en", "英文", "英语", "english"), "en"),
}

Setting = tuple[str, str]
"""A field and the value that its button would carry."""


def read_typed(field: str, typed: str) -> tuple[Setting, ...] | None:
    """The settings that `typed` means for `field`, None when it cannot be read."""
    text = " ".join(fold(word) for word in plain(typed).split())
    return _READ[field](text) if text and field in _READ else None


def read_weekly(text: str) -> str | None:
    """A day of the week and a time, either or both: "周五 18:00" is "d4 1800"."""
    parts: list[str] = []
    for word in text.split():
        day, at = _DAYS.get(word), read_time(word)
        if day is not None:
            parts.append(f"d{day}")
        elif at is not None:
            parts.append(f"{at:%H%M}")
        else:
            return None
    return " ".join(parts) or None


def _times(text: str) -> tuple[Setting, ...] | None:
    if text in _NO:
        return (("time", NONE),)
    if any(word in _DAYS for word in text.split()):
        weekly = read_weekly(text)
        return None if weekly is None else (("weekly", weekly),)
    times = read_times(text, MOST_TIMES)
    if times is None:
        return None
    return (("time", ",".join(f"{moment:%H%M}" for moment in times) + ","),)


def _zone(text: str) -> tuple[Setting, ...] | None:
    zones = read_zones(text)
    return (("zone", zones[0]),) if len(zones) == 1 else None


def _quiet(text: str) -> tuple[Setting, ...] | None:
    if text in _NO:
        return (("quiet", NONE),)
    ends = read_quiet(text)
    return None if ends is None else (("quiet", f"{ends[0]:%H%M}-{ends[1]:%H%M}"),)


def _score(text: str) -> tuple[Setting, ...] | None:
    """The least score of all pushes ("50"), or also that of alerts ("50 85")."""
    found = re.fullmatch(r"(\d{1,3})(?:\s+(\d{1,3}))?", text)
    if not found or any(int(one) > TOP_SCORE for one in found.groups() if one):
        return None
    settings = (("min_score", found[1]),)
    return (*settings, ("instant_score", found[2])) if found[2] else settings


def _instant_score(text: str) -> tuple[Setting, ...] | None:
    found = _score(text)
    return (("instant_score", text),) if found and len(found) == 1 else None


def _max(text: str) -> tuple[Setting, ...] | None:
    if text in _NO:
        return (("max", "0"),)
    sound = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_A_DAY))
    return (("max", text),) if sound and int(text) <= MOST_A_DAY else None


def _look(text: str) -> tuple[Setting, ...] | None:
    found = [_LOOKS.get(word) for word in text.split()]
    known = [one for one in found if one is not None]
    return tuple(known) if len(known) == len(found) else None


def _lang(text: str) -> tuple[Setting, ...] | None:
    lang = _LANGUAGES.get(text)
    return (("lang", lang),) if lang else None


def _frequency(text: str) -> tuple[Setting, ...] | None:
    """Names of kinds of push set just these: "早报 晚报"; "暂停" and "恢复" hold and resume."""
    if text in _PAUSE:
        return (("paused", _PAUSE[text]),)
    words = [word for word in re.split(r"[\s,、+和]+|\band\b", _SEVERAL.get(text, text)) if word]
    kinds = frozenset(_KINDS_OF_PUSH.get(word, "") for word in words)
    preset = _PRESETS_OF_KINDS.get(kinds)
    if preset:
        return (("frequency", preset),)
    return None if "" in kinds else (("kinds", " ".join(sorted(kinds))),)


_READ: dict[str, Callable[[str], tuple[Setting, ...] | None]] = {
    "time": _times,
    "zone": _zone,
    "quiet": _quiet,
    "min_score": _score,
    "instant_score": _instant_score,
    "max": _max,
    "layout": _look,
    "lang": _lang,
    "frequency": _frequency,
}
