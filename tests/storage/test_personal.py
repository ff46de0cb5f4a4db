"""Whatever is kept about somebody is handed over whole and erased whole."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Integer, Table, insert, text

from digest.model import ChatKind, Lang
from digest.wishes import Wishes
from storage import Owner, PrivateReading, Recipient, Sender, Storage
from storage.column_types import UtcTime
from storage.personal import BY_PERSON, EXCUSED, owned
from storage.schema import metadata
from tests.storage.making import NOW, add_signal, add_subscriber, draft, minutes, planned

ME, OTHER, GROUP = 101, 202, -300
_SOUNDS_PERSONAL = re.compile(
    r"user|person|member|reader|subscriber|chat|admin|guest|author|actor|owner|made_by|sender"
)


def test_no_column_that_names_somebody_is_forgotten() -> None:
    """A new table about readers is covered by its references, by name, or by an excuse."""
    covered = {f"{table.name}.{column.name}" for table in owned(Owner(ME)) for column in table.c}
    named = {f"{table}.{column}" for table, column in BY_PERSON.items()}
    assert named <= covered
    for table in metadata.sorted_tables:
        for column in table.columns:
            place = f"{table.name}.{column.name}"
            if _SOUNDS_PERSONAL.search(column.name) and place not in covered:
                assert place in EXCUSED, f"{place}: exported and erased by what?"


def test_all_tables_that_refer_to_a_reader_are_covered() -> None:
    reached = {"subscribers"}
    for _ in metadata.tables:
        for table in metadata.sorted_tables:
            targets = {key.column.table.name for key in table.foreign_keys}
            if targets & reached:
                reached.add(table.name)
    found = {table.name for table in owned(Owner(ME))}
    assert reached <= found
    assert {"subscriptions", "weights", "saved", "deliveries", "delivered"} <= found
    assert not found & {"signals", "articles", "sources", "digests", "stories", "audit"}


async def fill(storage: Storage, chat_id: int, thread_id: int = 0) -> int:
    """A row about this chat in each table that may hold one."""
    kind = ChatKind.PRIVATE if chat_id > 0 else ChatKind.SUPERGROUP
    reader, _ = await storage.subscribers.enter(
        chat_id, thread_id, kind, f"名字 {chat_id}", Lang.ZH, NOW
    )
    signal = await add_signal(storage)
    await storage.weights.put(reader.id, "topic", "llm", 2, NOW)
    await storage.reports.file(signal.id, "other", chat_id, "我的话", NOW)
    shelf = await storage.collections.default(reader.id, NOW, "默认收藏")
    await storage.collections.save(shelf.id, signal.id, NOW, note="私人笔记")
    await storage.subscribers.mark_delivered(reader.id, [signal.id], NOW)
    await storage.digests.plan_instant(
        planned((signal.id,), group_key=f"{chat_id}:{thread_id}"), [Recipient(reader.id)]
    )
    return reader.id


async def rows_of(storage: Storage, table: Table) -> int:
    async with storage.database.read() as connection:
        return len((await connection.execute(table.select())).all())


async def test_what_is_kept_is_handed_over_with_the_signals_it_names(storage: Storage) -> None:
    await fill(storage, ME)
    await fill(storage, OTHER)
    data = await storage.personal.collect(Owner(ME))
    assert {"subscribers", "subscriptions", "weights", "collections", "saved"} <= set(data)
    assert {"deliveries", "delivered", "reports", "signals"} <= set(data)
    assert [row["chat_id"] for row in data["subscribers"]] == [ME]
    assert data["saved"][0]["note"] == "私人笔记"
    assert data["reports"][0]["words"] == "我的话"
    assert data["weights"][0]["changed_at"] == NOW.isoformat()
    assert len(data["signals"]) == 1
    assert data["signals"][0]["id"] == data["saved"][0]["signal_id"]
    assert await storage.personal.counts(Owner(ME)) == {
        name: len(rows) for name, rows in data.items() if name not in {"signals", "digests"}
    }


async def test_erasing_leaves_nothing_of_one_and_everything_of_others(storage: Storage) -> None:
    await fill(storage, ME)
    await fill(storage, OTHER)
    others = await storage.personal.collect(Owner(OTHER))
    counts = await storage.personal.counts(Owner(ME))
    receipt = await storage.personal.erase(Owner(ME), NOW)
    assert receipt.counts == counts
    assert await storage.personal.collect(Owner(ME)) == {}
    assert await storage.personal.collect(Owner(OTHER)) == others
    assert await storage.deliveries.claim(NOW + minutes(1), 10, "test") != ()
    assert await storage.subscribers.by_chat(ME) is None


async def test_the_receipt_names_nobody(storage: Storage) -> None:
    await fill(storage, ME)
    receipt = await storage.personal.erase(Owner(ME), NOW)
    kept = await storage.personal.receipt(receipt.number)
    assert kept == receipt
    assert str(ME) not in repr(kept).replace(receipt.number, "")
    assert await storage.personal.receipt("nonsense") is None


async def test_what_is_on_its_way_is_not_sent_after_an_erasure(storage: Storage) -> None:
    await fill(storage, ME)
    (claimed,) = await storage.deliveries.claim(NOW + minutes(1), 10, "test")
    await storage.personal.erase(Owner(ME), NOW)
    assert not await storage.deliveries.mark_sending(claimed.id, NOW + minutes(1))
    await storage.deliveries.settle_sent(claimed.id, 7, NOW + minutes(2))
    assert await storage.personal.collect(Owner(ME)) == {}


async def test_what_was_composed_for_one_alone_goes_with_its_wishes(storage: Storage) -> None:
    me, other = await add_subscriber(storage, ME), await add_subscriber(storage, OTHER)
    signal = await add_signal(storage)
    mine = replace(planned((signal.id,), group_key="mine"), wishes=Wishes(words=("私人病名",)))
    ours = replace(planned((signal.id,), group_key="ours"), wishes=Wishes(words=("大家",)))
    await storage.digests.plan_instant(mine, [Recipient(me.id)])
    await storage.digests.plan_instant(ours, [Recipient(me.id), Recipient(other.id)])
    handed = await storage.personal.collect(Owner(ME))
    assert {"私人病名" in str(one["wishes"]) for one in handed["digests"]} == {True, False}
    await storage.personal.erase(Owner(ME), NOW)
    async with storage.database.read() as connection:
        kept = (await connection.execute(metadata.tables["digests"].select())).mappings().all()
    assert [one["group_key"] for one in kept] == ["ours"]
    assert "私人病名" not in str(kept)
    assert await rows_of(storage, metadata.tables["digest_parts"]) == 1
    assert await storage.deliveries.claim(NOW + minutes(1), 10, "test") != ()


async def test_what_was_read_for_one_alone_goes_and_what_others_see_stays(
    storage: Storage,
) -> None:
    me, other = await add_subscriber(storage, ME), await add_subscriber(storage, OTHER)
    one = await storage.signals.insert_private(PrivateReading(draft("one"), "1"), NOW)
    two = await storage.signals.insert_private(PrivateReading(draft("two"), "2"), NOW)
    mine, theirs = Sender(me.id, ME, 1), Sender(other.id, OTHER, 2)
    await storage.pasted.ask(mine, ["https://one.example/one"], NOW, known=one.id)
    await storage.pasted.ask(mine, ["https://one.example/two"], NOW, known=two.id)
    await storage.pasted.ask(theirs, ["https://one.example/two"], NOW, known=two.id)
    await storage.personal.erase(Owner(ME), NOW)
    assert await storage.signals.get(one.id) is None
    assert await storage.signals.article(one.id) is None
    assert await storage.signals.get(two.id) is not None
    # The same page, read again for somebody, is a new reading.
    again = await storage.signals.insert_private(PrivateReading(draft("one"), "1"), NOW)
    assert again.id != one.id
    await storage.personal.erase(Owner(OTHER), NOW)
    assert await storage.signals.get(two.id) is None


async def test_a_dropped_reading_is_found_by_no_search(storage: Storage) -> None:
    me = await add_subscriber(storage, ME)
    reading = PrivateReading(draft("one", text="罕见词组"), "1")
    made = await storage.signals.insert_private(reading, NOW)
    await storage.pasted.ask(Sender(me.id, ME, 1), ["https://one.example/1"], NOW, known=made.id)
    found = text("SELECT count(*) FROM signal_search WHERE signal_search MATCH '罕见'")
    if storage.database.dialect == "postgresql":
        found = text("SELECT count(*) FROM signal_search WHERE length(terms) > 0")
    counts = []
    for _ in range(2):
        async with storage.database.read() as connection:
            counts.append(await connection.scalar(found))
        await storage.personal.erase(Owner(ME), NOW)
    assert counts == [1, 0]


async def test_one_topic_of_a_forum_goes_alone(storage: Storage) -> None:
    await fill(storage, GROUP, 7)
    await fill(storage, GROUP, 9)
    assert await storage.personal.topics(GROUP) == 2
    await storage.personal.erase(Owner(GROUP, 7), NOW)
    assert await storage.subscribers.by_chat(GROUP, 7) is None
    assert await storage.subscribers.by_chat(GROUP, 9) is not None
    await storage.personal.erase(Owner(GROUP), NOW)
    assert await storage.personal.collect(Owner(GROUP)) == {}


async def test_what_a_supergroup_had_before_it_took_over_goes_too(storage: Storage) -> None:
    await fill(storage, -5)
    await fill(storage, GROUP)
    for chat in (-5, GROUP):
        await storage.guests.let_in(chat, NOW)
    await storage.subscribers.migrate_chat(-5, GROUP)
    await storage.subscribers.migrate_chat(-5, GROUP)
    assert len((await storage.personal.collect(Owner(GROUP)))["subscribers"]) == 2
    await storage.personal.erase(Owner(GROUP), NOW)
    for table in ("subscribers", "collections", "weights", "guests"):
        assert await rows_of(storage, metadata.tables[table]) == 0


async def test_a_shared_link_dies_with_its_owner(storage: Storage) -> None:
    reader = await fill(storage, ME)
    shelf = await storage.collections.default(reader, NOW, "默认收藏")
    key = await storage.collections.share(reader, shelf.id)
    assert key
    await storage.personal.erase(Owner(ME), NOW)
    assert await storage.collections.shared(key) is None


async def test_after_an_erasure_one_begins_anew(storage: Storage) -> None:
    old = await fill(storage, ME)
    await storage.personal.erase(Owner(ME), NOW)
    fresh = await add_subscriber(storage, ME, now=NOW + timedelta(hours=1))
    assert fresh.id != old
    assert fresh.subscription.considered_until is None
    assert fresh.subscription.wishes.weights == ()


@pytest.mark.parametrize("table", sorted(BY_PERSON))
async def test_rows_under_a_persons_id_go_and_are_handed_over(
    storage: Storage, table: str
) -> None:
    """Each table of BY_PERSON, filled by hand for two people."""
    reader = await add_subscriber(storage, OTHER)
    signal = await add_signal(storage)
    for person in (ME, OTHER):
        await _put(storage, metadata.tables[table], person, reader.id, signal.id)
    own = (await storage.personal.collect(Owner(ME)))[table]
    assert [row[BY_PERSON[table]] for row in own] == [ME]
    await storage.personal.erase(Owner(ME), NOW)
    assert await rows_of(storage, metadata.tables[table]) == 1


async def _put(storage: Storage, table: Table, person: int, reader: int, signal: int) -> None:
    known: dict[str, Any] = {
        BY_PERSON[table.name]: person,
        "subscriber_id": reader,
        "signal_id": signal,
        "code": f"code {person}",
        "code_hash": f"hash {person}",
        "url": f"https://one.example/{person}",
        "url_key": f"key {person}",
    }
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name in known:
            values[column.name] = known[column.name]
        elif not column.nullable and column.name != "id":
            values[column.name] = _any(column)
    async with storage.database.write() as connection:
        await connection.execute(insert(table).values(**values))


def _any(column: Column[Any]) -> Any:
    if isinstance(column.type, UtcTime):
        return NOW
    return 1 if isinstance(column.type, Integer) else "x"
