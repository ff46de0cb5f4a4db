"""What a setting's new value changes in a subscription. Pure: field and value in, changes out.

Values are those that stand behind the buttons; what people type is read by `handlers/typed.py`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

from digest.model import Layout, LookBackWish, Subscription, WeeklyTime, Wording
from handlers.arguments import read_quiet, read_time, read_times
from handlers.presets import KINDS, MORNING, PRESETS, kinds_changes, preset_changes
from handlers.wish_names import by_default
from handlers.zones import read_zones

MOST_TIMES = 4
TOP_SCORE = 100
MOST_A_DAY = 500
NONE = "off"
MAX_ITEMS = (5, 8, 12, 20)
SWITCHES = ("instant", "weekly", "stories", "trends")

Changes = dict[str, Any]


def changes(wanted: Subscription, field: str, value: str) -> Changes | None:
    """What a field's new value changes in `wanted`, None when it makes no sense."""
    read = _FIELDS.get(field)
    return read(wanted, value) if read else None


def _time(wanted: Subscription, value: str) -> Changes | None:
    times = _toggled_times(wanted.digest_times, value)
    return None if times is None else {"digest_times": times}


def _toggled_times(times: tuple[time, ...], value: str) -> tuple[time, ...] | None:
    """One more or one fewer time of day ("0830"), or a whole new set ("0830,2030")."""
    if value == NONE:
        return ()
    given = read_times(value, MOST_TIMES)
    if given is None:
        return None
    if "," in value:
        return given
    kept = tuple(moment for moment in times if moment not in given)
    if len(kept) == len(times):
        kept = tuple(sorted((*times, *given)))
    return kept[:MOST_TIMES]


def _zone(_wanted: Subscription, value: str) -> Changes | None:
    zones = read_zones(value)
    return {"zone": zones[0]} if len(zones) == 1 else None


def _frequency(wanted: Subscription, value: str) -> Changes | None:
    return dict(preset_changes(value, wanted)) if value in PRESETS else None


def _kinds(wanted: Subscription, value: str) -> Changes | None:
    kinds = value.split()
    return dict(kinds_changes(kinds, wanted)) if kinds and set(kinds) <= set(KINDS) else None


def _switch(wanted: Subscription, value: str) -> Changes | None:
    """One kind of push on or off: one of SWITCHES or a time of day."""
    match value:
        case "instant":
            return {"instant": not wanted.instant}
        case "weekly":
            return {"weekly": None if wanted.weekly else WeeklyTime()}
        case "stories":
            return {"story_updates": not wanted.story_updates}
        case "trends":
            return {"trend_alerts": not wanted.trend_alerts}
        case _:
            return None if value == NONE else _time(wanted, value)


def _weekly(wanted: Subscription, value: str) -> Changes | None:
    """Off, a day ("d4"), a time ("1800"), or both ("d4 1800")."""
    if value == NONE:
        return {"weekly": None}
    weekly = wanted.weekly or WeeklyTime()
    for part in value.split():
        at = read_time(part)
        if part[:1] == "d" and part[1:] in set("0123456"):
            weekly = replace(weekly, day=int(part[1:]))
        elif at is not None:
            weekly = replace(weekly, at=at)
        else:
            return None
    return {"weekly": weekly} if value.split() else None


def _look_back(_wanted: Subscription, value: str) -> Changes | None:
    wishes = {one.value: one for one in LookBackWish}
    return {"look_back": wishes[value]} if value in wishes else None


def _paused(_wanted: Subscription, value: str) -> Changes | None:
    return {"paused": value == "yes"} if value in {"yes", "no"} else None


def _min_score(wanted: Subscription, value: str) -> Changes | None:
    score = _number(value, TOP_SCORE)
    return None if score is None else {"wishes": replace(wanted.wishes, min_score=score)}


def _instant_score(_wanted: Subscription, value: str) -> Changes | None:
    score = _number(value, TOP_SCORE)
    return None if score is None else {"instant_score": score}


def _max(_wanted: Subscription, value: str) -> Changes | None:
    limit = _number(value, MOST_A_DAY)
    return None if limit is None else {"max_a_day": limit}


def _items(wanted: Subscription, value: str) -> Changes | None:
    number = _number(value, max(MAX_ITEMS))
    if number not in MAX_ITEMS:
        return None
    return {"wishes": replace(wanted.wishes, max_items=number)}


def _quiet(_wanted: Subscription, value: str) -> Changes | None:
    ends = (time(0), time(0)) if value == NONE else read_quiet(value)
    return None if ends is None else {"quiet_from": ends[0], "quiet_to": ends[1]}


def _layout(wanted: Subscription, value: str) -> Changes | None:
    if value not in {one.value for one in Layout}:
        return None
    return {"wishes": replace(wanted.wishes, layout=Layout(value))}


def _wording(wanted: Subscription, value: str) -> Changes | None:
    if value not in {one.value for one in Wording}:
        return None
    return {"wishes": replace(wanted.wishes, wording=Wording(value))}


def _reset(wanted: Subscription, value: str) -> Changes | None:
    if value != "yes":
        return None
    fresh = by_default(wanted)
    names = (
        "wishes",
        "instant",
        "digest_times",
        "weekly",
        "story_updates",
        "trend_alerts",
        "look_back",
        "stories",
        "quiet_from",
        "quiet_to",
        "instant_score",
        "max_a_day",
    )
    return {name: getattr(fresh, name) for name in names}


def _number(value: str, top: int) -> int | None:
    if not (value.isascii() and value.isdecimal()) or len(value) > len(str(top)):
        return None
    return int(value) if int(value) <= top else None


def edition(at: time) -> str:
    """What a digest at this time of day is called: "morning", "midday" or "evening"."""
    if at.hour < 11:  # noqa: PLR2004  as the digest calls itself
        return "morning"
    return "midday" if at.hour < 16 else "evening"  # noqa: PLR2004


def offered_times(times: tuple[time, ...]) -> tuple[time, ...]:
    """The switches of daily digests: the reader's times, and one more for each missing edition."""
    found = {edition(at) for at in times}
    usual = {"morning": MORNING, "evening": time(20, 30)}
    missing = (at for name, at in usual.items() if name not in found)
    return tuple(sorted({*times, *missing}))


_FIELDS: dict[str, Callable[[Subscription, str], Changes | None]] = {
    "time": _time,
    "zone": _zone,
    "frequency": _frequency,
    "kinds": _kinds,
    "switch": _switch,
    "weekly": _weekly,
    "look_back": _look_back,
    "paused": _paused,
    "min_score": _min_score,
    "instant_score": _instant_score,
    "max": _max,
    "items": _items,
    "quiet": _quiet,
    "layout": _layout,
    "wording": _wording,
    "reset": _reset,
}
