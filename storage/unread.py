"""What one reader has not been given yet: the one answer that pushes and previews share."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.compose import local_moment
from digest.model import Signal, Subscriber
from storage.storage import Storage

# A first window for a reader who never had a digest.
FIRST_WINDOW = timedelta(hours=24)
# After a long pause the past is not poured out: older signals are found by queries.
LONGEST_WINDOW = timedelta(days=3)
STORY_MEMORY = timedelta(days=7)
# What was under way into the database while the last digest was planned: two hundred signals that
# are approved at once take seconds. What the reader has been given of it is not given again.
OVERLAP = timedelta(minutes=2)


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
    considered = subscriber.subscription.considered_until
    start = considered - OVERLAP if considered else now - FIRST_WINDOW
    return max(start, now - LONGEST_WINDOW)


async def allowances(
    storage: Storage, readers: Sequence[Subscriber], at: datetime
) -> dict[int, int | None]:
    """How many signals may still be pushed to each on the own day of `at`, None: any number."""
    left: dict[int, int | None] = {reader.id: None for reader in readers}
    limited: dict[str, list[Subscriber]] = defaultdict(list)
    for reader in readers:
        if reader.subscription.max_a_day:
            limited[reader.subscription.zone].append(reader)
    for name, some in limited.items():
        zone = ZoneInfo(name)
        today = at.astimezone(zone).date()
        bounds = (local_moment(today + timedelta(days=days), time(), zone) for days in (0, 1))
        pushed = await storage.given.pushed([reader.id for reader in some], *bounds)
        for reader in some:
            left[reader.id] = max(0, reader.subscription.max_a_day - pushed[reader.id])
    return left


async def allowance(storage: Storage, reader: Subscriber, at: datetime) -> int | None:
    """`allowances` of one reader."""
    return (await allowances(storage, (reader,), at))[reader.id]


async def unread(
    storage: Storage, readers: Sequence[int], window: Iterable[Signal], now: datetime
) -> dict[int, Unread]:
    """What of `window` each reader has been given; of stories already told only updates stay."""
    fresh = [signal for signal in window if not signal.backlog]
    inside = {signal.id for signal in fresh}
    given = storage.given
    had = await given.delivered(readers, inside)
    owed = await given.owed(readers)
    back = await given.coming_back(readers, now)
    told = await given.stories(readers, now - STORY_MEMORY)
    carried = await given.carried(readers, now - LONGEST_WINDOW)
    repeating: dict[int, set[int]] = defaultdict(set)
    for signal in fresh:
        if signal.story_id is not None and not signal.relation.is_news:
            repeating[signal.story_id].add(signal.id)
    found: dict[int, Unread] = {}
    for reader in readers:
        repeats = set[int]().union(*(repeating.get(story, ()) for story in told[reader]))
        # What comes again may already be on its way a second time.
        again = tuple(one for one in carried[reader] if one not in owed[reader])
        found[reader] = Unread(
            frozenset((had[reader] | owed[reader] | back[reader] | repeats) & inside), again
        )
    return found


def chosen(window: Iterable[Signal], carried: Iterable[Signal], given: Unread) -> list[Signal]:
    """The signals a digest may choose from: what comes again first, then what is new."""
    fresh = [s for s in window if not s.backlog and s.id not in given.hidden]
    present = {signal.id for signal in fresh}
    return [*(signal for signal in carried if signal.id not in present), *fresh]
