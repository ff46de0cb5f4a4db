"""Weeklies, known stories and the most per day, as both databases keep them."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta

from digest.model import DigestKind, Relation, Subscriber, Subscription, WeeklyTime
from digest.stories import StoryPlacement
from storage import Recipient, Storage, allowance
from tests.storage.making import NOW, add_signal, add_subscriber, minutes, planned

WEEK = timedelta(days=7)
WEEKLY = Subscription(weekly=WeeklyTime(1, time(16, 30)), next_weekly_at=NOW)


async def reader(storage: Storage, chat: int, wanted: Subscription) -> Subscriber:
    made = await add_subscriber(storage, chat)
    await storage.subscribers.save_subscription(made.id, wanted)
    found = await storage.subscribers.get(made.id)
    assert found is not None
    return found


async def test_weeklies_are_due_by_their_own_time_the_longest_waiting_first(
    storage: Storage,
) -> None:
    later = await reader(storage, 1, WEEKLY)
    longer = await reader(storage, 2, replace(WEEKLY, next_weekly_at=NOW - minutes(5)))
    await reader(storage, 3, replace(WEEKLY, next_weekly_at=NOW + minutes(1)))
    await reader(storage, 4, Subscription(next_digest_at=NOW))
    gone = await reader(storage, 5, WEEKLY)
    await storage.subscribers.set_active(gone.chat_id, active=False, reason="blocked", now=NOW)
    due = await storage.subscribers.due_weekly(NOW, 10)
    assert [one.id for one in due] == [longer.id, later.id]


async def test_a_weekly_is_owed_once_and_moves_only_its_own_schedule(storage: Storage) -> None:
    signals = tuple([(await add_signal(storage)).id for _ in range(2)])
    wanted = replace(WEEKLY, next_digest_at=NOW, considered_until=NOW - minutes(60))
    one = await reader(storage, 1, wanted)
    plan = replace(planned(signals), kind=DigestKind.WEEKLY)
    recipients = [Recipient(one.id, NOW + WEEK, NOW)]
    made = await asyncio.gather(*(storage.digests.plan_weekly(plan, recipients) for _ in range(3)))
    assert sorted(made) == [0, 0, 1]
    after = await storage.subscribers.get(one.id)
    assert after is not None
    assert after.subscription == replace(wanted, next_weekly_at=NOW + WEEK)
    assert await storage.digests.skip_weekly(recipients) == 0
    moved = [Recipient(one.id, None, NOW + WEEK)]
    assert await storage.digests.skip_weekly(moved) == 1
    assert await storage.subscribers.due_weekly(NOW + 2 * WEEK, 9) == ()


async def test_a_story_is_known_to_who_was_sent_or_saved_some_of_it(storage: Storage) -> None:
    sent, saving, _stranger = [await reader(storage, chat, Subscription()) for chat in (1, 2, 3)]
    lead = await add_signal(storage)
    update = await add_signal(storage, story=StoryPlacement(lead.id, Relation.UPDATE, 1.0))
    other = await add_signal(storage)
    assert update.story_id is not None
    await storage.subscribers.mark_delivered(sent.id, [lead.id, other.id], NOW)
    own = await storage.collections.default(saving.id, NOW, "收藏")
    await storage.collections.save(own.id, update.id, NOW)
    assert await storage.given.knowing_story(update.story_id) == {sent.id, saving.id}
    assert await storage.given.knowing_story(999) == set()


async def test_who_wants_to_hear_of_stories_is_listed_by_id(storage: Storage) -> None:
    wanting = [
        await reader(storage, 1, Subscription(story_updates=True)),
        await reader(storage, 2, Subscription(stories=(7,))),
    ]
    await reader(storage, 3, Subscription())
    await reader(storage, 4, Subscription(stories=(7,), paused=True))
    found = await storage.subscribers.wanting_updates(10)
    assert [one.id for one in found] == [one.id for one in wanting]
    assert len(await storage.subscribers.wanting_updates(10, after_id=wanting[0].id)) == 1


async def test_what_was_pushed_in_a_day_is_counted_once_and_without_reviews(
    storage: Storage,
) -> None:
    # Half past four in the afternoon in Shanghai.
    wanted = Subscription(max_a_day=5, next_digest_at=NOW)
    one = await reader(storage, 1, wanted)
    signals = tuple([(await add_signal(storage)).id for _ in range(4)])
    assert await allowance(storage, one, NOW) == 5
    daily = planned(signals[:2])
    await storage.digests.plan_daily(daily, [Recipient(one.id, None, NOW)])
    alert = replace(planned(signals[1:3]), kind=DigestKind.INSTANT, group_key="alert")
    await storage.digests.plan_instant(alert, [Recipient(one.id)])
    review = replace(planned(signals), kind=DigestKind.WEEKLY, group_key="review")
    await storage.digests.plan_instant(review, [Recipient(one.id)])
    assert await allowance(storage, one, NOW) == 2
    held = replace(planned(signals[3:]), kind=DigestKind.INSTANT, group_key="held")
    tomorrow = NOW + timedelta(hours=14)  # half past six in the morning
    await storage.digests.plan_instant(held, [Recipient(one.id, not_before=tomorrow)])
    assert await allowance(storage, one, NOW) == 2
    assert await allowance(storage, one, tomorrow) == 4
    await storage.subscribers.set_active(one.chat_id, active=False, reason="gone", now=NOW)
    assert await allowance(storage, one, NOW) == 5  # what will never arrive is no push
    assert await allowance(storage, await reader(storage, 2, Subscription()), NOW) is None
