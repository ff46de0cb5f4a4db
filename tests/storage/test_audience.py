"""Who is in an audience: each filter, the private bot's bounds, pages, and a great number."""

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import insert

from digest.audience import Among, Audience, AudienceSize, Circle, Place
from digest.days import Days
from digest.model import ChatKind, Lang, Layout, Subscription, WeeklyTime, Wishes
from storage import Storage
from storage.schema import guests, subscribers, subscriptions
from storage.subscribers import _wishes_values
from tests.storage.making import NOW, add_signal

ON = Subscription(Wishes())
OPEN = Circle()


async def join(
    storage: Storage,
    chat_id: int,
    subscription: Subscription = ON,
    *,
    kind: ChatKind = ChatKind.PRIVATE,
    thread_id: int = 0,
    lang: Lang = Lang.ZH,
    now: datetime = NOW,
) -> int:
    reader, _ = await storage.subscribers.enter(chat_id, thread_id, kind, "", lang, now)
    if subscription.considered_until is None and subscription.pushes:
        subscription = replace(subscription, considered_until=now)
    await storage.subscribers.save_subscription(reader.id, subscription)
    return reader.id


async def chats(
    storage: Storage, audience: Audience, circle: Circle = OPEN, now: datetime = NOW
) -> set[int]:
    """The chats that fit, which must be as many as the size says."""
    numbers = await storage.audiences.members(audience, circle, now)
    found = {one.chat_id for number in numbers if (one := await storage.subscribers.get(number))}
    assert len(found) == len(numbers)
    assert (await storage.audiences.size(audience, circle, now)).total == len(numbers)
    return found


async def test_among(storage: Storage) -> None:
    off = Subscription(instant=False, digest_times=())
    await join(storage, 1)
    await join(storage, 2, replace(ON, paused=True, considered_until=NOW))
    await join(storage, 3, replace(ON, paused=True))  # has only looked in
    await join(storage, 4, replace(ON, paused=True, stopped=True, considered_until=NOW))
    await join(storage, 5, replace(off, considered_until=NOW))
    await join(storage, 6, replace(off, weekly=WeeklyTime(1, time(9))))
    await join(storage, 7, replace(off, stories=(5,)))
    await join(storage, 8)
    await storage.subscribers.set_active(8, active=False, reason="blocked", now=NOW)
    assert await chats(storage, Audience()) == {1, 6, 7}
    assert await chats(storage, Audience(among=Among.PAUSED)) == {1, 2, 5, 6, 7}
    assert await chats(storage, Audience(among=Among.STARTED)) == {1, 2, 3, 5, 6, 7}
    staff = Circle(staff=frozenset({2, 4, 8, 9}))
    assert await chats(storage, Audience(among=Among.STAFF), staff) == {2}
    assert await chats(storage, Audience(ids=(1, 2, 4, 8, 99))) == {1, 2}


async def test_whoever_resumes_has_not_unsubscribed_any_more(storage: Storage) -> None:
    number = await join(storage, 1, replace(ON, paused=True, stopped=True, considered_until=NOW))
    await storage.subscribers.revise(number, lambda present: replace(present, paused=False))
    assert await chats(storage, Audience()) == {1}
    await storage.subscribers.revise(number, lambda present: replace(present, paused=True))
    assert await chats(storage, Audience(among=Among.PAUSED)) == {1}


async def test_filters(storage: Storage) -> None:
    await join(storage, 1, Subscription(Wishes(topics=("llm", "chips"), layout=Layout.COMPACT)))
    await join(storage, 2, Subscription(Wishes(columns=("ai",))), lang=Lang.EN)
    await join(storage, 3, now=NOW - timedelta(days=40))
    await join(storage, 4, Subscription(Wishes(topics=("llm_x", "xllm"), words=("llm",))))
    await join(storage, -5, kind=ChatKind.SUPERGROUP)
    await join(storage, -6, kind=ChatKind.GROUP)
    await join(storage, -7, kind=ChatKind.CHANNEL)
    assert await chats(storage, Audience(lang=Lang.EN)) == {2}
    assert await chats(storage, Audience(layout=Layout.COMPACT)) == {1}
    assert await chats(storage, Audience(topics=("llm",))) == {1}
    assert await chats(storage, Audience(topics=("l%m", "l_m"))) == set()
    assert await chats(storage, Audience(topics=("llm",), columns=("ai",))) == {1, 2}
    everything = Audience(topics=("llm",), everything=True)
    assert await chats(storage, everything) == {1, 3, -5, -6, -7}
    assert await chats(storage, Audience(places=(Place.GROUP,))) == {-5, -6}
    assert await chats(storage, Audience(places=(Place.PRIVATE, Place.CHANNEL))) == {
        1,
        2,
        3,
        4,
        -7,
    }
    assert await chats(storage, Audience(used=7)) == {1, 2, 4, -5, -6, -7}
    size = await storage.audiences.size(Audience(), OPEN, NOW)
    assert size == AudienceSize(private=4, groups=2, channels=1)


async def test_joined_counts_days_of_the_editors_calendar(storage: Storage) -> None:
    shanghai = Circle(zone="Asia/Shanghai")
    # 00:30 on the 10th in Shanghai, still the 9th in London.
    await join(storage, 1, now=NOW.replace(hour=16, minute=30) - timedelta(days=1))
    day = date(2026, 3, 10)
    on = Audience(joined=Days(day, day))
    assert await chats(storage, on, shanghai) == {1}
    assert await chats(storage, on, Circle(zone="Europe/London")) == set()
    before = Audience(joined=Days(None, day - timedelta(days=1)))
    assert await chats(storage, before, shanghai) == set()
    assert await chats(storage, before, Circle(zone="Europe/London")) == {1}


async def test_received(storage: Storage) -> None:
    signal = await add_signal(storage)
    recent, old = [await join(storage, chat) for chat in (1, 2)]
    await join(storage, 3)
    await storage.subscribers.mark_delivered(recent, [signal.id], NOW - timedelta(days=6))
    await storage.subscribers.mark_delivered(old, [signal.id], NOW - timedelta(days=8))
    assert await chats(storage, Audience(received=7)) == {1}


async def test_a_group_is_told_once(storage: Storage) -> None:
    group, other = -100, -200
    paused = replace(ON, paused=True, considered_until=NOW)
    for thread, subscription in ((7, ON), (0, ON), (9, ON)):
        await join(storage, group, subscription, kind=ChatKind.SUPERGROUP, thread_id=thread)
    for thread, subscription in ((0, paused), (3, ON), (4, ON)):
        await join(storage, other, subscription, kind=ChatKind.SUPERGROUP, thread_id=thread)
    numbers = await storage.audiences.members(Audience(), OPEN, NOW)
    told = [await storage.subscribers.get(number) for number in numbers]
    assert {(one.chat_id, one.thread_id) for one in told if one} == {(group, 0), (other, 3)}
    assert (await storage.audiences.size(Audience(), OPEN, NOW)).groups == 2


@pytest.mark.parametrize(("invited", "fits"), [(False, {1, 2, -3, -4}), (True, {1, 2, -3, -4, 5})])
async def test_a_private_bot_writes_only_to_whom_it_has_let_in(
    storage: Storage, *, invited: bool, fits: set[int]
) -> None:
    for chat in (1, 2, 5, 6):
        await join(storage, chat)
    for chat in (-3, -4, -7):
        await join(storage, chat, kind=ChatKind.GROUP)
    async with storage.database.write() as connection:
        for chat in (5, -4):
            await connection.execute(guests.insert().values(chat_id=chat, let_in_at=NOW))
    circle = Circle(staff=frozenset({1}), named=frozenset({2, -3}), invited=invited)
    assert await chats(storage, Audience(), circle) == fits
    everyone = Audience(ids=(1, 2, -3, -4, 5, 6, -7))
    assert await chats(storage, everyone, circle) == fits


async def test_pages(storage: Storage) -> None:
    numbers = [await join(storage, chat) for chat in range(1, 8)]
    found: list[int] = []
    while page := await storage.audiences.members(
        Audience(), OPEN, NOW, after_id=found[-1] if found else 0, limit=3
    ):
        found += page
    assert found == numbers


async def test_use_is_noted(storage: Storage) -> None:
    number = await join(storage, 1, now=NOW - timedelta(days=40))
    assert await chats(storage, Audience(used=30)) == set()
    await storage.subscribers.note_use(number, NOW)
    assert await chats(storage, Audience(used=30)) == {1}


async def test_many_readers_are_counted_and_paged(storage: Storage) -> None:
    """A few thousand here; what 100,000 take stands in the benchmarks."""
    dice = random.Random(5)
    readers = range(1, 3_001)
    wishes = [
        _wishes_values(Subscription(Wishes(topics=topics)))
        for topics in ((), ("llm",), ("chips", "llm"), ("robots",))
    ]
    chosen = [dice.randrange(4) for _ in readers]
    async with storage.database.write() as connection:
        await connection.execute(
            insert(subscribers),
            [
                {
                    "id": one, "chat_id": one, "thread_id": 0, "kind": "private", "title": "",
                    "lang": "zh" if one % 2 else "en", "active": True, "reason": "",
                    "created_at": NOW, "changed_at": NOW,
                }
                for one in readers
            ],
        )  # fmt: skip
        await connection.execute(
            insert(subscriptions),
            [
                wishes[kind] | {"subscriber_id": one}
                for one, kind in zip(readers, chosen, strict=True)
            ],
        )
    wanted = Audience(lang=Lang.ZH, topics=("llm",))
    expected = [
        one for one, kind in zip(readers, chosen, strict=True) if one % 2 and kind in {1, 2}
    ]
    size = await storage.audiences.size(wanted, OPEN, NOW)
    assert size == AudienceSize(private=len(expected))
    last = await storage.audiences.members(wanted, OPEN, NOW, after_id=expected[-11], limit=100)
    assert list(last) == expected[-10:]
