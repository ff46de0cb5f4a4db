"""Changes made together end as each would have ended alone."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from storage import Storage
from storage.acting import answering
from storage.errors import NotFound
from storage.schema import updates
from tests.storage.making import NOW, add_signal, add_subscriber

NOWHERE = 4711


async def _lists(storage: Storage, count: int) -> list[int]:
    readers = [(await add_subscriber(storage, 70 + number)).id for number in range(count)]
    made = await asyncio.gather(
        *(storage.collections.default(reader, NOW, "Mine") for reader in readers)
    )
    assert [one.subscriber_id for one in made] == readers
    return [one.id for one in made]


async def _save(storage: Storage, update_id: int, into: int, signal: int, note: str = "") -> bool:
    with answering(update_id):
        return await storage.collections.save(into, signal, NOW, note)


async def _acted(storage: Storage) -> list[int]:
    query = select(updates.c.update_id).where(updates.c.acted).order_by(updates.c.update_id)
    async with storage.database.read() as connection:
        return list((await connection.execute(query)).scalars())


@pytest.fixture
def transactions(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One more for each transaction that writes."""
    seen: list[int] = []
    plain = storage.database.write

    def counted(behalf: Sequence[object] | None = None) -> object:
        seen.append(1)
        return plain(behalf)  # type: ignore[arg-type]

    monkeypatch.setattr(storage.database, "write", counted)
    return seen


async def test_saves_at_a_time_share_a_transaction_and_mark_each_update(
    storage: Storage, transactions: list[int]
) -> None:
    lists = await _lists(storage, 3)
    signal = (await add_signal(storage)).id
    await storage.updates.keep_all(dict.fromkeys((1, 2, 3, 4), "{}"), NOW)
    transactions.clear()
    saves = [_save(storage, number, into, signal) for number, into in enumerate(lists, start=1)]
    assert await asyncio.gather(*saves) == [True, True, True]
    assert len(transactions) == 1
    assert await _acted(storage) == [1, 2, 3]


async def test_one_that_cannot_be_made_spoils_no_other(storage: Storage) -> None:
    lists = await _lists(storage, 3)
    signal = (await add_signal(storage)).id
    await storage.updates.keep_all(dict.fromkeys((1, 2, 3, 4), "{}"), NOW)
    told = await asyncio.gather(
        _save(storage, 1, lists[0], signal),
        _save(storage, 2, lists[1], NOWHERE),
        _save(storage, 3, NOWHERE, signal),
        _save(storage, 4, lists[2], signal),
        return_exceptions=True,
    )
    assert [told[0], told[3]] == [True, True]
    assert [type(one) for one in told[1:3]] == [NotFound, NotFound]
    assert str(told[1]) == f"there is no signal {NOWHERE}"
    assert await _acted(storage) == [1, 4]
    counts = [len(await storage.collections.saved(number)) for number in lists]
    assert counts == [1, 0, 1]


async def test_the_same_twice_is_new_once_and_a_later_note_is_kept(storage: Storage) -> None:
    (mine,) = await _lists(storage, 1)
    signal = (await add_signal(storage)).id
    notes = ("first", "", "last")
    told = await asyncio.gather(*(_save(storage, 1, mine, signal, note) for note in notes))
    assert told == [True, False, False]
    (kept,) = await storage.collections.saved(mine)
    assert kept.note == "last"


async def test_readers_who_save_for_the_first_time_at_once_have_one_list_each(
    storage: Storage,
) -> None:
    one, two = [(await add_subscriber(storage, chat)).id for chat in (70, 71)]
    named = await storage.collections.create(two, "Mine", NOW)
    asked = [(one, "Mine"), (two, "Mine"), (one, "Other"), (NOWHERE, "Mine")]
    made = await asyncio.gather(
        *(storage.collections.default(reader, NOW, name) for reader, name in asked),
        return_exceptions=True,
    )
    first, second, again, nobody = made
    assert not isinstance(first, BaseException)
    assert not isinstance(second, BaseException)
    assert (first.name, again) == ("Mine", first)
    assert second.id == named.id
    assert isinstance(nobody, Exception)
    assert [len(await storage.collections.list(reader)) for reader in (one, two)] == [1, 1]


async def test_what_a_machine_refused_is_not_tried_again_for_each(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = await _lists(storage, 2)
    signal = (await add_signal(storage)).id
    tried: list[int] = []

    def broken(_behalf: object = None) -> object:
        tried.append(1)
        raise OSError("no disk")

    monkeypatch.setattr(storage.database, "write", broken)
    told = await asyncio.gather(
        *(_save(storage, 1, into, signal) for into in lists), return_exceptions=True
    )
    assert [str(one) for one in told] == ["no disk", "no disk"]
    assert len(tried) == 1


async def test_uses_noted_at_a_time_are_each_ones_own(
    storage: Storage, transactions: list[int]
) -> None:
    readers = [(await add_subscriber(storage, chat)).id for chat in (70, 71)]
    transactions.clear()
    later = [NOW.replace(hour=number + 1) for number in range(2)]
    await asyncio.gather(*map(storage.subscribers.note_use, readers, later))
    noted = [await storage.subscribers.get(reader) for reader in readers]
    assert [one and one.used_at for one in noted] == later
    assert len(transactions) == 1
