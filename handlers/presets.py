"""Ready-made schedules: one tap sets every switch of what is pushed and when.

Pure. "both" is what most readers want; "off" holds everything and forgets nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import time
from typing import Any

from digest.model import Subscription, WeeklyTime

MORNING, EVENING = time(8, 30), time(20, 30)
NOON = time(12)

PRESETS = ("both", "daily", "evening", "twice", "instant", "weekly", "stories", "off")
_KINDS: Mapping[str, tuple[str, ...]] = {
    "both": ("instant", "morning"),
    "daily": ("morning",),
    "evening": ("evening",),
    "twice": ("morning", "evening"),
    "instant": ("instant",),
    "weekly": ("weekly",),
    "stories": ("stories",),
}
KINDS = ("instant", "morning", "evening", "weekly", "stories", "trends")


def preset_changes(name: str, subscription: Subscription) -> Mapping[str, Any]:
    """What the preset changes in `subscription`; times that the reader chose stay."""
    if name == "off":
        return {"paused": True}
    return kinds_changes(_KINDS[name], subscription)


def kinds_changes(kinds: Collection[str], subscription: Subscription) -> Mapping[str, Any]:
    """What pushing just these kinds (of KINDS) changes.

    Whoever takes single signals at once is told of beginning trends too, until switched off.
    """
    early = tuple(at for at in subscription.digest_times if at < NOON) or (MORNING,)
    late = tuple(at for at in subscription.digest_times if at >= NOON) or (EVENING,)
    digest_times = (
        *(early if "morning" in kinds else ()),
        *(late if "evening" in kinds else ()),
    )
    return {
        "paused": False,
        "instant": "instant" in kinds,
        "digest_times": digest_times,
        "weekly": (subscription.weekly or WeeklyTime()) if "weekly" in kinds else None,
        "story_updates": "stories" in kinds,
        "trend_alerts": "trends" in kinds or "instant" in kinds,
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
