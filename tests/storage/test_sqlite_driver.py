"""Transactions on SQLite, whose BEGIN goes along with their first statement."""

import asyncio
import sqlite3
from pathlib import Path
from shutil import copy

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage import Storage

PUT = text("INSERT INTO meta (key, value) VALUES (:key, 'v')")
COUNT = text("SELECT count(*) FROM meta")


@pytest.fixture
async def opened(tmp_path: Path, sqlite_template: Path) -> Storage:
    path = copy(sqlite_template, tmp_path / "driven.db")
    return await Storage.open(f"sqlite:///{path}")


async def test_a_statement_is_one_errand(opened: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    errands = []
    plain = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, *args: object) -> object:
        errands.append(args)
        return await plain(self, *args)

    async with opened.database.read() as connection:  # it connects
        await connection.execute(COUNT)
    async with opened.database.write() as connection:
        await connection.execute(COUNT)
    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    async with opened.database.read() as connection:
        assert await connection.scalar(COUNT) == 0
    assert len(errands) == 2  # the question, the end
    errands.clear()
    async with opened.database.write() as connection:
        await connection.execute(PUT, [{"key": "a"}, {"key": "b"}])
        assert (await connection.execute(COUNT)).scalar() == 2
    assert len(errands) == 3  # two statements, the commit
    errands.clear()
    async with opened.database.write():
        pass
    assert errands == []
    await opened.close()


async def test_what_is_taken_back_was_never_there(opened: Storage) -> None:
    async def fail() -> None:
        async with opened.database.write() as connection:
            await connection.execute(PUT, {"key": "a"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with opened.database.read() as connection:
        assert await connection.scalar(COUNT) == 0
        await opened.meta.set("b", "later")
        assert await connection.scalar(COUNT) == 0, "a reader sees one moment"
    assert await opened.meta.get("b") == "later"
    await opened.close()


async def test_rows_that_come_one_by_one_are_of_the_transaction(opened: Storage) -> None:
    async with opened.database.write() as connection:  # it connects
        await connection.execute(COUNT)
    async with opened.database.read() as connection:
        streamed = await connection.stream(text("SELECT key FROM meta"))
        assert await streamed.all() == []
        async with opened.database.write() as other:
            await other.execute(PUT, {"key": "a"})
        assert await connection.scalar(COUNT) == 0, "a look at two states"
    async with opened.database.read() as connection:
        assert await connection.scalar(COUNT) == 1
    await opened.close()


async def test_who_cannot_begin_changes_nothing_and_may_try_again(opened: Storage) -> None:
    path = opened.database.address.path
    assert path is not None
    async with opened.database.write() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 1"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        async with opened.database.write() as connection:
            await connection.execute(PUT, {"key": "a"})
    other.execute("ROLLBACK")
    await opened.meta.set("a", "second try")
    async with opened.database.write() as connection:
        await connection.execute(COUNT)  # nothing changed yet, and yet nobody else may write
        other.execute("PRAGMA busy_timeout = 1")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()
    await opened.close()


async def test_who_is_cancelled_leaves_no_transaction_behind(opened: Storage) -> None:
    async def write() -> None:
        async with opened.database.write() as connection:
            await connection.execute(PUT, {"key": "half"})
            await connection.execute(COUNT)

    for turns in range(6):  # at whatever await it stands
        task = asyncio.create_task(write())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await opened.meta.set("whole", "v")
    assert await opened.meta.get("half") is None
    assert await opened.meta.get("whole") == "v"
    await opened.close()
