"""Which messages follow a change, and what becomes of each, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from digest.blocks import Block, Form, Look
from digest.model import DeliveryState, Layout, Signal, Wording
from storage import Owner, Recipient, Storage
from storage.amendment_messages import AMENDED_FOR, NOTHING_LEFT
from storage.amendment_rows import AmendState, Part, Settled
from storage.schema import signals
from storage.signal_changes import note_change, shown_now
from storage.values import brief_data
from tests.storage.making import NOW, add_signal, add_subscriber, minutes, planned

LOOK = Look("Asia/Shanghai", Layout.FULL, Wording.TRANSLATION, NOW)


async def sent_to(storage: Storage, signal: Signal, *readers: int, key: str = "one") -> None:
    """A digest that shows the signal, sent to these readers with 100 + their id as message."""
    made = replace(
        planned((signal.id,), group_key=key),
        parts=[{"text": "头\n1. 旧的标题\n尾"}],
        part_signals=[(signal.id,)],
        look=LOOK,
        part_blocks=[(Block(Form.ITEM, "1. 旧的标题", signal.id, 1),)],
    )
    await storage.digests.plan_instant(made, [Recipient(one) for one in readers])
    for owed in await storage.deliveries.claim(NOW, 100, "test"):
        await storage.deliveries.mark_sending(owed.id, NOW)
        await storage.deliveries.settle_sent(owed.id, 100 + owed.subscriber_id, NOW)


async def change(storage: Storage, signal: Signal, headline: str) -> int:
    async with storage.database.write() as connection:
        before = await shown_now(connection, signal.id)
        assert before is not None
        brief = brief_data(replace(signal.brief, headline=headline))
        await connection.execute(
            update(signals).where(signals.c.id == signal.id).values(brief=brief)
        )
        return await note_change(connection, signal.id, before, NOW + minutes(1))


async def put(storage: Storage, part: Part, number: int, text: str | None, **given: Any) -> int:
    body = {"text": text or ""}
    waiting = given.pop("waiting", body)
    return await storage.amendments.put_right(
        part, number, sent=body, waiting=waiting, taken_out=(), now=NOW + minutes(1), **given
    )


async def only_part(storage: Storage, signal: Signal) -> Part:
    (part,) = await storage.amendments.parts(signal.id, NOW + minutes(1))
    return part


async def test_the_part_is_found_with_its_blocks_as_they_stand(storage: Storage) -> None:
    signal = await add_signal(storage)
    reader = await add_subscriber(storage, 1)
    await sent_to(storage, signal, reader.id)
    part = await only_part(storage, signal)
    assert part.look == LOOK
    assert part.blocks == ((2, Block(Form.ITEM, "1. 旧的标题", signal.id, 1)),)
    assert await storage.amendments.parts(signal.id + 1, NOW) == ()
    late = NOW + AMENDED_FOR + timedelta(hours=25)
    assert await storage.amendments.parts(signal.id, late) == ()


async def test_before_is_what_it_was_when_the_digest_was_made(storage: Storage) -> None:
    signal = await add_signal(storage)
    await change(storage, signal, "第一次")
    await change(storage, signal, "第二次")
    known = await storage.amendments.before([signal.id], NOW)
    assert [one.brief.headline for one in known[signal.id].of(signal)] == [
        signal.brief.headline,
        "第一次",
    ]
    assert known[signal.id].note == ""
    assert await storage.amendments.before([signal.id], NOW + minutes(5)) == {}


async def test_each_message_is_owed_once_however_often_the_part_changes(storage: Storage) -> None:
    signal = await add_signal(storage)
    readers = [await add_subscriber(storage, chat) for chat in (1, 2, 3)]
    await sent_to(storage, signal, *(one.id for one in readers))
    first = await change(storage, signal, "新的")
    assert await put(storage, await only_part(storage, signal), first, "新的") == 3
    # The same text again concerns nobody.
    assert await put(storage, await only_part(storage, signal), first, "新的") == 0
    claimed = await storage.amendments.claim(NOW + minutes(2), 2)
    assert [one.message_id for one in claimed] == [100 + readers[2].id, 100 + readers[1].id]
    second = await change(storage, signal, "更新的")
    assert await put(storage, await only_part(storage, signal), second, "更新的") == 3
    now = NOW + minutes(3)
    await storage.amendments.settle(
        [Settled(one.delivery_id, one.version, AmendState.DONE) for one in claimed], now
    )
    # What was edited with the older version is edited again.
    again = await storage.amendments.claim(now, 10)
    assert [one.body["text"] for one in again] == ["更新的"] * 3
    await storage.amendments.settle(
        [Settled(one.delivery_id, one.version, AmendState.DONE) for one in again], now
    )
    assert await storage.amendments.claim(now, 10) == ()
    assert await storage.amendments.progress(second) == {AmendState.DONE: 3}


async def test_what_a_killed_process_left_is_edited_again(storage: Storage) -> None:
    signal = await add_signal(storage)
    reader = await add_subscriber(storage, 1)
    await sent_to(storage, signal, reader.id)
    number = await change(storage, signal, "新的")
    await put(storage, await only_part(storage, signal), number, "新的")
    assert len(await storage.amendments.claim(NOW + minutes(2), 10)) == 1
    assert await storage.amendments.claim(NOW + minutes(2), 10) == ()
    assert await storage.amendments.recover() == 1
    (one,) = await storage.amendments.claim(NOW + minutes(2), 10)
    assert one.tries == 2
    late = NOW + minutes(9)
    await storage.amendments.settle(
        [Settled(one.delivery_id, one.version, AmendState.PENDING, "429", late)], NOW
    )
    assert await storage.amendments.next_due() == late
    assert await storage.amendments.claim(NOW + minutes(2), 10) == ()
    assert len(await storage.amendments.claim(late, 10)) == 1


async def test_old_messages_and_those_who_left_are_let_be(storage: Storage) -> None:
    signal = await add_signal(storage)
    reader = await add_subscriber(storage, 1)
    await sent_to(storage, signal, reader.id)
    number = await change(storage, signal, "新的")
    part = await only_part(storage, signal)
    late = NOW + AMENDED_FOR + minutes(1)
    made = await storage.amendments.put_right(
        part, number, sent={"text": "新的"}, waiting={"text": "新的"}, taken_out=(), now=late
    )
    assert made == 0
    await put(storage, await only_part(storage, signal), number, "更新的")
    await storage.subscribers.set_active(1, active=False, reason="blocked", now=NOW)
    assert await storage.amendments.claim(NOW + minutes(2), 10) == ()
    assert await storage.amendments.progress(number) == {AmendState.GONE: 1}


async def test_with_nothing_left_a_delivery_ends_and_may_come_back(storage: Storage) -> None:
    signal = await add_signal(storage)
    reader = await add_subscriber(storage, 1)
    await sent_to(storage, signal)
    made = replace(
        planned((signal.id,), group_key="two"),
        parts=[{"text": "1. 旧的标题"}],
        part_signals=[(signal.id,)],
        look=LOOK,
        part_blocks=[(Block(Form.ITEM, "1. 旧的标题", signal.id, 1),)],
    )
    await storage.digests.plan_instant(made, [Recipient(reader.id)])
    number = await change(storage, signal, "新的")
    part = (await storage.amendments.parts(signal.id, NOW))[0]
    await put(storage, part, number, "", waiting=None)
    assert await storage.deliveries.counts() == {DeliveryState.DEAD: 1}
    assert NOTHING_LEFT
    part = (await storage.amendments.parts(signal.id, NOW))[0]
    await put(storage, part, number, "1. 旧的标题")
    (owed,) = await storage.deliveries.claim(NOW, 10, "test")
    assert owed.body["text"] == "1. 旧的标题"


async def test_whoever_is_erased_leaves_no_amended_message(storage: Storage) -> None:
    signal, other = await add_signal(storage), await add_signal(storage)
    reader = await add_subscriber(storage, 1)
    made = replace(
        planned((signal.id,), group_key="week"),
        parts=[{"text": "1. 旧的标题\n另一条"}],
        part_signals=[(signal.id,)],
        look=LOOK,
        part_blocks=[
            (
                Block(Form.BARE, "1. 旧的标题", signal.id, 1),
                Block(Form.STORY, "另一条", other.id),
            )
        ],
    )
    await storage.digests.plan_instant(made, [Recipient(reader.id)])
    for owed in await storage.deliveries.claim(NOW, 100, "test"):
        await storage.deliveries.mark_sending(owed.id, NOW)
        await storage.deliveries.settle_sent(owed.id, 7, NOW)
    number = await change(storage, other, "新的")
    part = await only_part(storage, other)  # it is only named there
    assert await put(storage, part, number, "1. 旧的标题\n新的") == 1
    await storage.personal.erase(Owner(1), NOW)
    assert await storage.amendments.progress(number) == {}
    assert await storage.amendments.claim(NOW + minutes(2), 10) == ()
    assert await storage.amendments.parts(other.id, NOW) == ()
