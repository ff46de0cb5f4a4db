"""What one reader has not been given yet: the one answer that pushes and previews share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.compose import local_moment
from digest.model import Relation, Signal, Subscriber
from storage.storage import Storage

# A first window for a reader who never had a digest.
FIRST_WINDOW = timedelta(hours=24)
# After a long pause the past is not poured out: older signals are found by queries.
LONGEST_WINDOW = timedelta(days=3)
STORY_MEMORY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Unread:
    """What to leave out of a window for a reader, and what to bring back into it.

    `hidden` are signals that the reader has, that are on their way, or whose story was told;
    `carried` those of deliveries that may never have arrived.
    """

    hidden: frozenset[int]
    carried: tuple[int, ...]


def window_start(subscriber: Subscriber, now: datetime) -> datetime:
    """From when on signals may be news to this reader."""
    considered = subscriber.subscription.considered_until or now - FIRST_WINDOW
    return max(considered, now - LONGEST_WINDOW)


async def allowance(storage: Storage, subscriber: Subscriber, at: datetime) -> int | None:
    """How many signals may still be pushed on the reader's day of `at`, None for any number."""
    subscription = subscriber.subscription
    if not subscription.max_a_day:
        return None
    zone = ZoneInfo(subscription.zone)
    today = at.astimezone(zone).date()
    bounds = (local_moment(today + timedelta(days=days), time(), zone) for days in (0, 1))
    pushed = await storage.subscribers.pushed(subscriber.id, *bounds)
    return max(0, subscription.max_a_day - pushed)


async def unread(
    storage: Storage, subscriber: Subscriber, window: Iterable[Signal], now: datetime
) -> Unread:
    """What of `window` the reader has been given; of stories already told only updates stay."""
    fresh = [signal for signal in window if not signal.backlog]
    subscribers = storage.subscribers
    had = await subscribers.delivered(subscriber.id, [signal.id for signal in fresh])
    owed = await subscribers.owed(subscriber.id)
    told = await subscribers.delivered_stories(subscriber.id, now - STORY_MEMORY)
    repeats = {
        signal.id
        for signal in fresh
        if signal.story_id in told and signal.relation is not Relation.UPDATE
    }
    carried = await subscribers.carried(subscriber.id, now - LONGEST_WINDOW)
    inside = {signal.id for signal in fresh}
    # What comes again may already be on its way a second time.
    again = tuple(one for one in carried if one not in owed)
    return Unread(frozenset((had | owed | repeats) & inside), again)


def chosen(window: Iterable[Signal], carried: Iterable[Signal], given: Unread) -> list[Signal]:
    """The signals a digest may choose from: what comes again first, then what is new."""
    fresh = [s for s in window if not s.backlog and s.id not in given.hidden]
    present = {signal.id for signal in fresh}
    return [*(signal for signal in carried if signal.id not in present), *fresh]
