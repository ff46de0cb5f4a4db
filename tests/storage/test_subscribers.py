from dataclasses import replace
from datetime import time, timedelta

import pytest

from digest.model import (
    ChatKind,
    DeliveryState,
    DigestKind,
    Lang,
    Layout,
    Relation,
    Subscriber,
    Subscription,
    WeeklyTime,
    Wishes,
    Wording,
)
from digest.stories import StoryPlacement
from storage import NotFound, Recipient, Storage
from storage.given import Heard
from tests.storage.making import NOW, add_signal, add_subscriber, minutes, planned

EVERYTHING = Subscription(
    wishes=Wishes(
        ("ai", "tech"),
        ("llm",),
        ("广告", "it's"),
        55,
        7,
        Lang.EN,
        (3, 12),
        ("晶片", "C++"),
        Layout.COMPACT,
        Wording.BOTH,
    ),
    paused=True,
    instant=False,
    weekly=WeeklyTime(6, time(21, 5)),
    story_updates=True,
    stories=(4, 9),
    max_a_day=20,
    next_weekly_at=NOW + minutes(90),
    digest_times=(time(8, 30), time(20, 0, 30)),
    zone="America/New_York",
    quiet_from=time(22, 15),
    quiet_to=time(6, 45),
    instant_score=91,
    next_digest_at=NOW + minutes(60),
    considered_until=NOW,
)


async def reread(storage: Storage, one: Subscriber) -> Subscriber:
    found = await storage.subscribers.get(one.id)
    assert found is not None
    return found


async def test_a_chat_enters_once(storage: Storage) -> None:
    first, is_new = await storage.subscribers.enter(
        -100123456789012, 0, ChatKind.CHANNEL, "频道", Lang.EN, NOW
    )
    assert is_new
    assert first.subscription == Subscription(Wishes(lang=Lang.EN))
    assert (first.active, first.created_at, first.kind) == (True, NOW, ChatKind.CHANNEL)

    again, is_new = await storage.subscribers.enter(
        -100123456789012, 0, ChatKind.CHANNEL, "改名", Lang.ZH, NOW + minutes(1)
    )
    assert not is_new
    assert again == replace(first, title="改名")
    assert await storage.subscribers.by_chat(-100123456789012) == again
    assert await storage.subscribers.by_chat(5) is None


async def test_forum_topics_are_subscribers_of_their_own(storage: Storage) -> None:
    whole, topic = await add_subscriber(storage, 5), await add_subscriber(storage, 5, thread_id=9)
    assert whole.id != topic.id
    assert await storage.subscribers.by_chat(5, 9) == topic


async def test_wishes_and_schedule_read_as_they_were_saved(storage: Storage) -> None:
    one = await add_subscriber(storage)
    await storage.subscribers.save_subscription(one.id, EVERYTHING)
    assert (await reread(storage, one)).subscription == EVERYTHING
    with pytest.raises(NotFound):
        await storage.subscribers.save_subscription(999, EVERYTHING)


async def test_a_window_never_moves_back(storage: Storage) -> None:
    one = await add_subscriber(storage)
    await storage.subscribers.save_subscription(one.id, EVERYTHING)
    for stale in (None, NOW - minutes(60)):
        await storage.subscribers.save_subscription(
            one.id, replace(EVERYTHING, considered_until=stale)
        )
        assert (await reread(storage, one)).subscription.considered_until == NOW


async def test_the_language_is_of_texts_and_digests(storage: Storage) -> None:
    one = await add_subscriber(storage)
    await storage.subscribers.set_lang(one.id, Lang.EN)
    changed = await reread(storage, one)
    assert (changed.lang, changed.subscription.wishes.lang) == (Lang.EN, Lang.EN)


async def test_due_subscribers_are_active_and_the_longest_waiting_first(
    storage: Storage,
) -> None:
    for chat, next_digest_at in enumerate(
        (NOW, NOW - minutes(5), NOW + minutes(1), None, NOW - minutes(9)), start=1
    ):
        one = await add_subscriber(storage, chat)
        await storage.subscribers.save_subscription(
            one.id, Subscription(next_digest_at=next_digest_at)
        )
    await storage.subscribers.set_active(5, active=False, reason="blocked", now=NOW)

    assert [one.chat_id for one in await storage.subscribers.due(NOW, 10)] == [2, 1]
    assert [one.chat_id for one in await storage.subscribers.due(NOW, 1)] == [2]


async def test_who_wants_instant_pushes_is_listed_by_id(storage: Storage) -> None:
    made = []
    for chat, wanted in enumerate(
        (
            Subscription(digest_times=()),
            Subscription(instant=False),
            Subscription(),
            Subscription(paused=True),
        )
    ):
        one = await add_subscriber(storage, chat + 1)
        await storage.subscribers.save_subscription(one.id, wanted)
        made.append(one.id)
    wanting = [one.id for one in await storage.subscribers.wanting_instant(10)]
    assert wanting == [made[0], made[2]]
    after = await storage.subscribers.wanting_instant(10, after_id=wanting[0])
    assert [one.id for one in after] == wanting[1:]


async def test_a_chat_that_is_gone_keeps_its_wishes_and_is_owed_nothing(
    storage: Storage,
) -> None:
    one, topic = await add_subscriber(storage, 5), await add_subscriber(storage, 5, thread_id=2)
    other = await add_subscriber(storage, 6)
    await storage.subscribers.save_subscription(one.id, EVERYTHING)
    everyone = [Recipient(found.id) for found in (one, topic, other)]
    await storage.digests.plan_instant(planned(kind=DigestKind.INSTANT, parts=2), everyone)
    claimed = await storage.deliveries.claim(NOW, 1, "sender")

    await storage.subscribers.set_active(5, active=False, reason="blocked", now=NOW)

    assert not await storage.deliveries.mark_sending(claimed[0].id, NOW)
    assert await storage.deliveries.counts() == {
        DeliveryState.DEAD: 4,
        DeliveryState.PENDING: 2,
    }
    gone = await reread(storage, one)
    assert (gone.active, gone.subscription) == (False, EVERYTHING)
    assert await storage.subscribers.counts() == {"active": 1, "gone": 2, "private": 1}
    back, is_new = await storage.subscribers.enter(5, 0, ChatKind.PRIVATE, "", Lang.ZH, NOW)
    assert (back.active, is_new, back.subscription) == (True, False, EVERYTHING)


async def test_a_group_that_became_a_supergroup_keeps_everything(storage: Storage) -> None:
    one, topic = await add_subscriber(storage, -5), await add_subscriber(storage, -5, thread_id=3)
    await storage.subscribers.save_subscription(one.id, EVERYTHING)
    await storage.digests.plan_instant(planned(kind=DigestKind.INSTANT), [Recipient(one.id)])

    await storage.subscribers.migrate_chat(-5, -1005)

    moved = await storage.subscribers.by_chat(-1005)
    assert moved is not None
    assert (moved.id, moved.kind) == (one.id, ChatKind.SUPERGROUP)
    assert moved.subscription == EVERYTHING
    assert (await reread(storage, topic)).chat_id == -1005
    assert await storage.subscribers.by_chat(-5) is None
    (delivery,) = await storage.deliveries.claim(NOW, 10, "sender")
    assert delivery.chat_id == -1005


async def test_a_desk_that_became_a_supergroup_stays_a_desk(storage: Storage) -> None:
    staff = storage.staff
    for chat_id, thread_id in ((-5, 0), (-5, 3), (-1005, 3), (-6, 0)):
        await staff.open_desk(chat_id, thread_id, "编辑部", Lang.ZH, actor="cli", now=NOW)

    for _ in range(2):  # it is heard of several times
        await storage.subscribers.migrate_chat(-5, -1005)

    found = {(desk.chat_id, desk.thread_id) for desk in await staff.desks()}
    assert found == {(-1005, 0), (-1005, 3), (-6, 0)}


async def test_a_supergroup_that_spoke_first_gives_way_to_the_old_group(
    storage: Storage,
) -> None:
    old, new = await add_subscriber(storage, -5), await add_subscriber(storage, -1005)
    await storage.subscribers.save_subscription(old.id, EVERYTHING)
    await storage.subscribers.migrate_chat(-5, -1005)
    await storage.subscribers.migrate_chat(-1005, -1005)

    moved = await storage.subscribers.by_chat(-1005)
    assert moved is not None
    assert (moved.id, moved.active, moved.subscription) == (old.id, True, EVERYTHING)
    assert not (await reread(storage, new)).active


async def test_what_was_delivered_is_known_per_reader(storage: Storage) -> None:
    one, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    lead = await add_signal(storage, "lead")
    story = StoryPlacement(story_of=lead.id, relation=Relation.UPDATE, similarity=0.9)
    update = await add_signal(storage, "update", story=story)
    alone = await add_signal(storage, "alone")
    await storage.subscribers.mark_delivered(one.id, [update.id, alone.id], NOW)
    await storage.subscribers.mark_delivered(one.id, [update.id], NOW + timedelta(days=9))

    asked = [lead.id, update.id, alone.id, 999]
    assert await storage.given.delivered([one.id], asked) == {one.id: {update.id, alone.id}}
    assert await storage.given.delivered([other.id], asked) == {other.id: set()}
    assert await storage.given.heard([one.id], NOW) == {one.id: {update.story_id: Heard(NOW, 1)}}
    assert await storage.given.heard([one.id], NOW + minutes(1)) == {one.id: {}}
    assert await storage.given.heard([other.id], NOW) == {other.id: {}}


async def test_who_is_read_together_keeps_what_is_their_own(storage: Storage) -> None:
    """Equal subscriptions are read once for many readers: none may get another's."""
    awake = replace(EVERYTHING, paused=False, next_digest_at=NOW)
    others = (
        awake,
        replace(awake, wishes=replace(awake.wishes, columns=("ai",))),
        replace(awake, wishes=replace(awake.wishes, mutes=())),
        replace(awake, digest_times=(time(8, 31),)),
        replace(awake, weekly=None),
        replace(awake, quiet_to=time(6, 46)),
        replace(awake, next_digest_at=NOW - minutes(1)),
        replace(awake, considered_until=NOW + minutes(1)),
        replace(awake, next_weekly_at=NOW + minutes(91)),
        replace(awake, zone="Europe/Berlin"),
        awake,
    )
    readers = [await add_subscriber(storage, chat) for chat in range(1, len(others) + 1)]
    for one, wanted in zip(readers, others, strict=True):
        await storage.subscribers.save_subscription(one.id, wanted)
    await storage.subscribers.set_lang(readers[0].id, Lang.ZH)
    await storage.weights.put(readers[-1].id, "topic", "llm", 2, NOW)
    alone = tuple([await reread(storage, one) for one in readers])
    expected = [replace(one, wishes=replace(one.wishes, lang=Lang.EN)) for one in others]
    expected[0] = replace(awake, wishes=replace(awake.wishes, lang=Lang.ZH))
    weights = (("topic:llm", 2),)
    expected[-1] = replace(awake, wishes=replace(awake.wishes, weights=weights))

    assert await storage.subscribers.due_among([one.id for one in readers], NOW) == alone
    assert [one.subscription for one in alone] == expected
    assert [one.lang for one in alone] == [Lang.ZH] * len(others)
