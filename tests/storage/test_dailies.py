"""Many digests kept at once: what each reader is owed is what one at a time would owe."""

from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import Boolean, exc, text

from digest.model import Subscriber, Subscription, Wishes
from storage import Daily, Recipient, Storage, due
from storage.column_types import UtcTime
from tests.storage.making import NOW, add_signal, add_subscriber, minutes, planned

TOMORROW = NOW + minutes(24 * 60)


async def due_readers(storage: Storage, *wishes: Wishes) -> list[Subscriber]:
    for chat, wished in enumerate(wishes, start=1):
        one = await add_subscriber(storage, chat)
        wanted = Subscription(wished, instant=False, next_digest_at=NOW)
        await storage.subscribers.save_subscription(one.id, wanted)
    return list(await storage.subscribers.due(NOW, 100))


def recipient(reader: Subscriber) -> Recipient:
    due_at = reader.subscription.next_digest_at
    return Recipient(reader.id, TOMORROW, due_at, considered_until=NOW)


async def owed(storage: Storage) -> list[tuple[str, int, int]]:
    """Group, reader and part of everything that is owed, in the order in which it is sent."""
    query = (
        "SELECT group_key, subscriber_id, part FROM deliveries "
        "JOIN digests ON digests.id = digest_id ORDER BY deliveries.id"
    )
    async with storage.database.read() as connection:
        return [(row[0], row[1], row[2]) for row in await connection.execute(text(query))]


async def test_each_reader_is_owed_the_own_digest_once_and_moves_on(storage: Storage) -> None:
    signals = tuple([(await add_signal(storage)).id for _ in range(4)])
    one, two, three, moved, gone = await due_readers(storage, *[Wishes()] * 5)
    elsewhere = replace(moved.subscription, next_digest_at=NOW + minutes(30))
    await storage.subscribers.save_subscription(moved.id, elsewhere)
    await storage.subscribers.set_active(gone.chat_id, active=False, reason="blocked", now=NOW)
    dailies = [
        Daily(planned(signals, group_key="b", parts=2), [recipient(two), recipient(moved)]),
        Daily(planned(signals[:1], group_key="a"), [recipient(one), recipient(gone)]),
        Daily(None, [recipient(three)]),
    ]
    assert await storage.dailies.plan(dailies) == 3
    assert await storage.dailies.plan(dailies) == 0
    assert await owed(storage) == [("a", one.id, 0), ("b", two.id, 0), ("b", two.id, 1)]
    assert await storage.subscribers.due(NOW, 10) == ()
    kept = await storage.digests.latest_for(two.id)
    assert kept is not None
    assert kept.signal_ids == signals
    assert kept.parts == tuple(planned(signals, group_key="b", parts=2).parts)
    assert await storage.given.owed([one.id, two.id]) == {one.id: {signals[0]}, two.id: {*signals}}


async def test_a_digest_that_is_kept_already_stays_and_is_owed_to_others_too(
    storage: Storage,
) -> None:
    one, two, three = await due_readers(storage, *[Wishes()] * 3)
    await storage.digests.plan_daily(planned(parts=2), [recipient(one)])
    dailies = [
        Daily(planned(parts=2), [recipient(one), recipient(two)]),
        Daily(planned(group_key="other"), [recipient(three)]),
    ]
    assert await storage.dailies.plan(dailies) == 3
    mine = [await storage.digests.latest_for(reader.id) for reader in (one, two)]
    assert mine[0] == mine[1]


async def test_what_cannot_be_kept_leaves_all_readers_as_they_were(storage: Storage) -> None:
    one, two = await due_readers(storage, Wishes(), Wishes())
    dailies = [
        Daily(planned(group_key="good"), [recipient(one)]),
        Daily(planned((99,), group_key="of a signal that is not there"), [recipient(two)]),
    ]
    with pytest.raises(exc.IntegrityError):
        await storage.dailies.plan(dailies)
    assert await owed(storage) == []
    assert len(await storage.subscribers.due(NOW, 10)) == 2


async def test_who_is_due_comes_with_those_of_the_same_wishes(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "_ROWS", 2)
    kinds = [Wishes(words=("芯片",)), Wishes(columns=("ai",)), Wishes(min_score=7)]
    readers = await due_readers(storage, *(kinds * 3))
    late = readers.pop()
    later = replace(late.subscription, next_digest_at=TOMORROW)
    await storage.subscribers.save_subscription(late.id, later)
    numbers = await storage.subscribers.due_by_wishes(NOW)
    found = await storage.subscribers.due_among(numbers, NOW)
    assert sorted(numbers) == [reader.id for reader in readers]
    assert [one.id for one in found] == list(numbers)
    turns = [one.subscription.wishes for one in found]
    changes = sum(before != after for before, after in pairwise(turns))
    assert changes == len(kinds) - 1
    assert await storage.subscribers.due_among([*numbers, late.id], NOW) == found


async def test_readers_of_one_digest_keep_their_own_terms(storage: Storage) -> None:
    readers = await due_readers(storage, *[Wishes()] * 4)
    later = NOW + minutes(45)
    terms = [
        recipient(readers[0]),
        replace(recipient(readers[1]), not_before=later),
        replace(recipient(readers[2]), silent=True),
        recipient(readers[3]),
    ]
    assert await storage.dailies.plan([Daily(planned(parts=2), terms)]) == 8
    query = "SELECT subscriber_id, part, silent, not_before, because FROM deliveries"
    async with storage.database.read() as connection:
        columns = {"silent": Boolean(), "not_before": UtcTime()}
        rows = await connection.execute(text(f"{query} ORDER BY 1, 2").columns(**columns))
        found = [tuple(row) for row in rows]
    assert found == [
        (one.id, part, one is readers[2], later if one is readers[1] else NOW, None)
        for one in readers
        for part in (0, 1)
    ]
