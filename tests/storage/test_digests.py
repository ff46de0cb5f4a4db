import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from digest.model import DeliveryState, DigestKind, Subscriber, Subscription
from storage import Recipient, Storage
from tests.storage.making import NOW, add_signal, add_subscriber, minutes, planned

TOMORROW = NOW + minutes(24 * 60)


async def due_readers(storage: Storage, count: int) -> list[Subscriber]:
    for chat in range(1, count + 1):
        one = await add_subscriber(storage, chat)
        await storage.subscribers.save_subscription(
            one.id, Subscription(instant=False, next_digest_at=NOW)
        )
    return list(await storage.subscribers.due(NOW, 100))


def recipients(readers: Sequence[Subscriber]) -> list[Recipient]:
    return [
        Recipient(one.id, TOMORROW, one.subscription.next_digest_at, considered_until=NOW)
        for one in readers
    ]


async def test_each_reader_is_owed_each_part_once(storage: Storage) -> None:
    signals = tuple([(await add_signal(storage)).id for _ in range(4)])
    readers = await due_readers(storage, 3)
    plan = planned(signals, parts=2)

    assert await storage.digests.plan_daily(plan, recipients(readers)) == 6
    assert await storage.digests.plan_daily(plan, recipients(readers)) == 0

    assert await storage.deliveries.counts() == {DeliveryState.PENDING: 6}
    assert await storage.subscribers.due(NOW, 10) == ()
    moved = await storage.subscribers.get(readers[0].id)
    assert moved is not None
    assert moved.subscription.next_digest_at == TOMORROW
    assert moved.subscription.considered_until == NOW


async def test_a_digest_reads_as_it_was_planned(storage: Storage) -> None:
    signals = tuple([(await add_signal(storage)).id for _ in range(3)])
    (reader,) = await due_readers(storage, 1)
    plan = planned(signals, parts=2)
    await storage.digests.plan_daily(plan, recipients([reader]))

    stored = await storage.digests.latest_for(reader.id)
    assert stored is not None
    assert stored.parts == tuple(plan.parts)
    for field in ("kind", "group_key", "window_from", "window_to", "lang", "signal_ids"):
        assert getattr(stored, field) == getattr(plan, field)
    assert await storage.digests.get(stored.id) == stored
    assert await storage.digests.get(99) is None
    assert await storage.digests.latest_for(99) is None


async def test_a_reader_whose_schedule_moved_is_skipped(storage: Storage) -> None:
    readers = await due_readers(storage, 3)
    await storage.subscribers.save_subscription(
        readers[1].id, Subscription(next_digest_at=NOW + minutes(30))
    )
    assert await storage.digests.plan_daily(planned(), recipients(readers)) == 2
    kept = await storage.subscribers.get(readers[1].id)
    assert kept is not None
    assert kept.subscription.next_digest_at == NOW + minutes(30)
    assert await storage.digests.latest_for(readers[1].id) is None


async def test_planners_at_the_same_time_owe_it_once(storage: Storage) -> None:
    readers = await due_readers(storage, 4)
    made = await asyncio.gather(
        *(storage.digests.plan_daily(planned(parts=2), recipients(readers)) for _ in range(5))
    )
    assert sum(made) == 8
    assert await storage.deliveries.counts() == {DeliveryState.PENDING: 8}


async def test_planners_with_other_windows_owe_one_digest_in_all(storage: Storage) -> None:
    # Two processes wake up within a second of each other: their windows end differently.
    readers = await due_readers(storage, 3)
    plans = [planned(until=NOW + minutes(number)) for number in range(4)]
    made = await asyncio.gather(
        *(storage.digests.plan_daily(plan, recipients(readers)) for plan in plans)
    )
    assert sorted(made) == [0, 0, 0, 3]


async def test_readers_may_come_in_several_batches(storage: Storage) -> None:
    readers = await due_readers(storage, 4)
    plan = planned()
    assert await storage.digests.plan_daily(plan, recipients(readers[:2])) == 2
    assert await storage.digests.plan_daily(plan, recipients(readers[1:])) == 2


@pytest.mark.parametrize("statement", range(1, 7))
async def test_a_crash_anywhere_in_planning_leaves_nothing(
    storage: Storage, statement: int
) -> None:
    signals = ((await add_signal(storage)).id,)
    readers = await due_readers(storage, 2)
    uneven = [replace(recipients(readers)[0], silent=True), recipients(readers)[1]]
    seen = 0

    def crash(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        nonlocal seen
        if sql.startswith(("INSERT", "UPDATE")):
            seen += 1
            if seen == statement:
                raise OSError("killed")

    engine = storage.database._writer.sync_engine
    event.listen(engine, "after_cursor_execute", crash)
    try:
        with pytest.raises(OSError, match="killed"):
            await storage.digests.plan_daily(planned(signals), uneven)
    finally:
        event.remove(engine, "after_cursor_execute", crash)

    assert await storage.deliveries.counts() == {}
    assert len(await storage.subscribers.due(NOW, 10)) == 2
    assert await storage.digests.get(1) is None
    # And the repeat does all of it.
    assert await storage.digests.plan_daily(planned(signals), uneven) == 2


async def test_silence_only_moves_the_schedules(storage: Storage) -> None:
    readers = await due_readers(storage, 3)
    assert await storage.digests.skip_daily(recipients(readers)) == 3
    assert await storage.digests.skip_daily(recipients(readers)) == 0
    assert await storage.subscribers.due(NOW, 10) == ()
    assert await storage.deliveries.counts() == {}


async def test_a_reader_without_schedule_can_be_planned_for(storage: Storage) -> None:
    one = await add_subscriber(storage)
    assert await storage.digests.plan_daily(planned(), [Recipient(one.id, TOMORROW)]) == 1
    assert await storage.digests.plan_daily(planned(), [Recipient(one.id, TOMORROW)]) == 0


async def test_repeats_of_an_instant_digest_add_only_new_readers(storage: Storage) -> None:
    one, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    plan = planned(kind=DigestKind.INSTANT, group_key="signal:1")
    assert await storage.digests.plan_instant(plan, [Recipient(one.id), Recipient(one.id)]) == 1
    both = [Recipient(one.id), Recipient(other.id)]
    assert await storage.digests.plan_instant(plan, both) == 1
    assert await storage.digests.plan_instant(plan, both) == 0


async def test_readers_who_are_gone_are_owed_nothing(storage: Storage) -> None:
    readers = await due_readers(storage, 2)
    await storage.subscribers.set_active(1, active=False, reason="blocked", now=NOW)
    assert await storage.digests.plan_daily(planned(), recipients(readers)) == 1


async def test_quiet_hours_hold_a_delivery_back(storage: Storage) -> None:
    one, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    waking = NOW + minutes(30)
    await storage.digests.plan_instant(
        planned(kind=DigestKind.INSTANT),
        [Recipient(one.id, not_before=waking, silent=True), Recipient(other.id)],
    )
    (now_due,) = await storage.deliveries.claim(NOW, 10, "sender")
    assert (now_due.chat_id, now_due.silent) == (2, False)
    assert await storage.deliveries.next_due() == waking
    (later,) = await storage.deliveries.claim(waking, 10, "sender")
    assert (later.chat_id, later.silent) == (1, True)


async def test_parts_and_their_signals_belong_together() -> None:
    with pytest.raises(ValueError, match="list of signals"):
        replace(planned(parts=2), part_signals=[()])


async def test_thousands_of_readers_in_one_plan(storage: Storage) -> None:
    one = await add_subscriber(storage, 10_000)
    async with storage.database.write() as connection:
        await connection.execute(
            text(
                "INSERT INTO subscribers (chat_id, thread_id, kind, title, lang, active, reason,"
                " created_at, changed_at) SELECT :base + n, 0, 'private', '', 'zh', active, '',"
                " created_at, changed_at FROM subscribers CROSS JOIN (WITH RECURSIVE c(n) AS"
                " (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1999) SELECT n FROM c) AS many"
            ),
            {"base": one.chat_id},
        )
    everyone = [Recipient(number, TOMORROW) for number in range(1, 2001)]
    assert await storage.digests.plan_daily(planned(), everyone) == 2000
