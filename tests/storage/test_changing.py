"""Changes by prepared statements are whole or not there, and taken back like all others."""

import asyncio
import sqlite3
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import bindparam, exc, func, insert, select, text, update

from storage import Storage
from storage.acting import answering
from storage.looking import Ask, Question
from storage.schema import meta, updates
from tests.storage.making import NOW

_PUT = Question(insert(meta).values(key=bindparam("name"), value="v"))
_CHANGE = Question(
    update(meta).where(meta.c.key == bindparam("name")).values(value="w").returning(meta.c.key)
)
_COUNT = Question(select(func.count().label("many")).select_from(meta))


async def _kept(storage: Storage) -> int:
    many: int = (await storage.database.look(lambda ask: ask(_COUNT)))[0].many
    return many


def _put_two(ask: Ask) -> int:
    ask(_PUT, name="a")
    ask(_PUT, name="b")
    many: int = ask(_COUNT)[0].many
    return many


async def test_a_change_sees_itself_and_tells_what_it_changed(storage: Storage) -> None:
    before = await _kept(storage)
    assert await storage.database.change(_put_two) == before + 2
    changed = await storage.database.change(
        lambda ask: (ask(_CHANGE, name="a"), ask(_CHANGE, name="nobody"), ask(_PUT, name="c"))
    )
    assert [[row.key for row in rows] for rows in changed] == [["a"], [], []]
    assert await storage.meta.get("a") == "w"
    assert await _kept(storage) == before + 3


async def test_what_fails_half_way_was_never_there(storage: Storage) -> None:
    before = await _kept(storage)

    def fail(ask: Ask) -> None:
        _put_two(ask)
        raise ZeroDivisionError

    def twice(ask: Ask) -> None:
        _put_two(ask)
        ask(_PUT, name="a")

    with pytest.raises(ZeroDivisionError):
        await storage.database.change(fail)
    with pytest.raises(exc.IntegrityError):
        await storage.database.change(twice)
    assert await _kept(storage) == before
    assert await storage.database.change(_put_two) == before + 2


async def test_changes_and_other_writes_follow_each_other(storage: Storage) -> None:
    before = await _kept(storage)
    await asyncio.gather(
        *(storage.database.change(lambda ask, n=n: ask(_PUT, name=f"a{n}")) for n in range(20)),
        *(storage.meta.set(f"b{number}", "v") for number in range(20)),
    )
    assert await _kept(storage) == before + 40


async def test_who_answers_an_update_notes_that_it_changed_something(storage: Storage) -> None:
    assert await storage.updates.first_time(5, NOW)
    with answering(5):
        await storage.database.change(_put_two)
    acted = Question(select(updates.c.acted).where(updates.c.update_id == 5))
    assert (await storage.database.look(lambda ask: ask(acted)))[0].acted


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_change_is_one_errand(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    errands = []
    plain = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, *args: object) -> Any:
        errands.append(args)
        return await plain(self, *args)

    await storage.meta.set("k", "v")  # it connects
    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    await storage.database.change(_put_two)
    assert len(errands) == 1


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_who_is_cancelled_leaves_all_or_nothing(storage: Storage) -> None:
    before = await _kept(storage)
    for turns in range(8):  # at whatever await it stands
        task = asyncio.create_task(storage.database.change(_put_two))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await storage.meta.set("k", "v")  # which waits for what was begun
        assert await _kept(storage) - before in {1, 3}
        async with storage.database.write() as connection:
            await connection.execute(text("DELETE FROM meta WHERE key IN ('a', 'b')"))
    await storage.database.change(_put_two)
    assert await _kept(storage) == before + 3


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_who_cannot_begin_changes_nothing_and_may_try_again(storage: Storage) -> None:
    path = storage.database.address.path
    assert path is not None
    before = await _kept(storage)
    async with storage.database.write() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 1"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(exc.OperationalError, match="locked"):
        await storage.database.change(_put_two)
    other.execute("ROLLBACK")
    other.close()
    assert await storage.database.change(_put_two) == before + 2
