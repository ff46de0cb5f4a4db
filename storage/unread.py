"""What one reader has not been given yet: the one answer that pushes and previews share."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.compose import local_moment
from digest.cooldown import LONGEST, cool_down, waits
from digest.model import Signal, Subscriber
from storage.given import Heard, StoryNews
from storage.storage import Storage

# A first window for a reader who never had a digest.
FIRST_WINDOW = timedelta(hours=24)
# After a long pause the past is not poured out: older signals are found by queries.
LONGEST_WINDOW = timedelta(days=3)
# For so long a reader knows a story: over the longest cool-down and the longest window.
STORY_MEMORY = LONGEST + LONGEST_WINDOW
# What was under way into the database while the last digest was planned: two hundred signals that
# are approved at once take seconds. What the reader has been given of it is not given again.
OVERLAP = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Unread:
    """What to leave out of a window for a reader, and what to bring back into it.

    `hidden` are signals that the reader has, that are on their way, or that come too soon after
    their story was told; `carried` those of deliveries that may never have arrived, and those
    that came too soon and do not any more; `unsure` are the former of these.
    """

    hidden: frozenset[int]
    carried: tuple[int, ...]
    unsure: frozenset[int] = frozenset()


_ALL_IS_NEW = Unread(frozenset(), ())


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
    """What of `window` each reader has been given, and what waits for them by now.

    Of a story that a reader has heard of, or is about to, only its news stay, and those once they
    have cooled down (digest/cooldown.py). What had not when a digest passed it by comes back with
    the first digest after that.
    """
    fresh = [signal for signal in window if not signal.backlog]
    inside = {signal.id for signal in fresh}
    given = storage.given
    waited = await _waited(storage, now)
    back = await given.coming_back(readers, now)
    # In this order: what arrives while we ask is then found in both, never in neither.
    owed = await given.owed(readers)
    had = await given.delivered(readers, inside | {one.signal_id for one in waited})
    carried = await given.carried(readers, now - LONGEST_WINDOW)
    heard = await hearing(storage, readers, owed, now)
    in_stories = await given.stories_of(set[int]().union(*carried.values()))
    of_story = _by_story(fresh)
    news = {one.story_id: one for one in waited}
    found: dict[int, Unread] = {}
    for reader in readers:
        known = heard[reader]
        if not (known or had[reader] or owed[reader] or back[reader] or carried[reader]):
            found[reader] = _ALL_IS_NEW
            continue
        repeats = {
            one.id
            for story in known.keys() & of_story.keys()
            for one in of_story[story]
            if is_too_soon(one, known, now)
        }
        # What comes again may already be on its way a second time, or told by another by now.
        again = [
            one
            for one in carried[reader]
            if one not in owed[reader] and in_stories.get(one) not in known
        ]
        here = had[reader] | owed[reader] | back[reader]
        # What is shown again was new twice, and may have come to this reader the first time.
        mine = (news[story] for story in known.keys() & news.keys())
        cooled = _cooled(mine, known, now) - inside - here
        hidden = (here | repeats) & inside
        back_again = tuple(sorted({*again, *cooled}))
        found[reader] = Unread(frozenset(hidden), back_again, frozenset(again))
    return found


def _by_story(signals: Iterable[Signal]) -> Mapping[int, Sequence[Signal]]:
    found: dict[int, list[Signal]] = defaultdict(list)
    for signal in signals:
        if signal.story_id is not None:
            found[signal.story_id].append(signal)
    return found


async def hearing(
    storage: Storage, readers: Sequence[int], owed: Mapping[int, Collection[int]], now: datetime
) -> dict[int, dict[int, Heard]]:
    """The stories that each reader has heard of, or hears of by what is on its way to them."""
    heard = await storage.given.heard(readers, now - STORY_MEMORY)
    stories = await storage.given.stories_of(set[int]().union(*owed.values()))
    for reader in readers:
        for signal_id in owed[reader]:
            story = stories.get(signal_id)
            if story is not None:
                known = heard[reader].get(story)
                heard[reader][story] = Heard(now, known.times + 1 if known else 1)
    return heard


def is_too_soon(
    signal: Signal, heard: Mapping[int, Heard], now: datetime, *, followed: bool = False
) -> bool:
    """Whether the signal repeats a story that was heard of, or is news not yet cooled down."""
    known = heard.get(signal.story_id) if signal.story_id is not None else None
    if known is None:
        return False
    wait = waits(signal, times=known.times, followed=followed)
    return wait is None or now - known.at <= wait


async def _waited(storage: Storage, now: datetime) -> Sequence[StoryNews]:
    """The newest news of each story that may have been too soon for somebody till now."""
    news = await storage.given.story_news(now - LONGEST_WINDOW, now)
    return tuple({one.story_id: one for one in news}.values())


def _cooled(news: Iterable[StoryNews], heard: Mapping[int, Heard], now: datetime) -> set[int]:
    """The news that came too soon after a reader had heard of the story, and does not by now."""
    found = set[int]()
    for one in news:
        known = heard.get(one.story_id)
        if known is None or one.at < known.at:
            continue  # whoever hears of it later hears of it as it is by then
        due = known.at + cool_down(one.kind, one.score, times=known.times)
        if one.at <= due < now:
            found.add(one.signal_id)
    return found


def chosen(window: Iterable[Signal], carried: Iterable[Signal], given: Unread) -> list[Signal]:
    """The signals a digest may choose from: what comes again first, then what is new."""
    fresh = [s for s in window if not s.backlog and s.id not in given.hidden]
    present = {signal.id for signal in fresh}
    return [*(signal for signal in carried if signal.id not in present), *fresh]
