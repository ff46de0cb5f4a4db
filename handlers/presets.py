"""Ready-made schedules: one tap sets every switch of what is pushed and when.

Pure. "both" is what most readers want; "off" holds everything and forgets nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Any

from digest.model import Subscription, WeeklyTime

MORNING, EVENING = time(8, 30), time(20, 30)
NOON = time(12)

PRESETS = ("both", "daily", "evening", "twice", "instant", "weekly", "stories", "off")


def preset_changes(name: str, subscription: Subscription) -> Mapping[str, Any]:
    """What the preset changes in `subscription`; times that the reader chose stay."""
    if name == "off":
        return {"paused": True}
    early = tuple(at for at in subscription.digest_times if at < NOON) or (MORNING,)
    late = tuple(at for at in subscription.digest_times if at >= NOON) or (EVENING,)
    digest_times = {
        "both": early,
        "daily": early,
        "evening": late,
        "twice": (*early, *late),
    }
    return {
        "paused": False,
        "instant": name in {"both", "instant"},
        "digest_times": digest_times.get(name, ()),
        "weekly": (subscription.weekly or WeeklyTime()) if name == "weekly" else None,
        "story_updates": name == "stories",
    }


def current_preset(subscription: Subscription) -> str:
    """The preset that `subscription` is set as, "" when its switches are set by hand."""
    if subscription.paused:
        return "off"
    same = (
        name
        for name in PRESETS
        if replace(subscription, **preset_changes(name, subscription)) == subscription
    )
    return next(same, "")
