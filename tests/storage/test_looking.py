"""Looks see one moment, take and give values as all other questions do, and fail alike."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, exc, select, text, update
from sqlalchemy.dialects import sqlite

from storage import Storage
from storage.looking import Ask, Question, asking
from storage.schema import meta, signals, updates
from tests.storage.making import add_signal

_BY_IDS = Question(
    select(signals.c.id, signals.c.dated_at, signals.c.brief, signals.c.backlog)
    .where(signals.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(signals.c.id)
)
_SINCE = Question(select(signals.c.id).where(signals.c.dated_at >= bindparam("since")))
_NOTES = Question(select(meta.c.value).where(meta.c.key == bindparam("key")))


@pytest.mark.parametrize("wanted", [0, 1, 2, 3, 5, 9])
async def test_a_list_of_any_length_finds_what_is_in_it(storage: Storage, wanted: int) -> None:
    ids = [(await add_signal(storage, f"n{number}")).id for number in range(9)]
    rows = await storage.database.look(lambda ask: ask(_BY_IDS, ids=ids[:wanted]))
    assert [row.id for row in rows] == ids[:wanted]


async def test_a_list_of_many_thousands_finds_each_once(storage: Storage) -> None:
    """SQLite has 32,766 places in a statement, PostgreSQL 65,535."""
    ids = [(await add_signal(storage, f"n{number}")).id for number in range(5)]
    far = list(range(10**6, 10**6 + 70_000))
    for asked in (ids + far[:39_995], far + ids, far[:20_000] + ids + far, ids * 9_000, far):
        rows = await storage.database.look(lambda ask, asked=asked: ask(_BY_IDS, ids=asked))
        assert [row.id for row in rows] == (ids if ids[0] in asked else [])


@pytest.mark.parametrize("wanted", [8_191, 8_192, 8_193, 16_384, 16_385, 32_767, 40_000])
def test_a_statement_keeps_to_what_sqlite_takes(wanted: int) -> None:
    """As it is built by itself; that of some systems takes more."""
    connection = sqlite3.connect(":memory:")
    connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)
    connection.execute("CREATE TABLE updates (update_id INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO updates VALUES (?)", ((n,) for n in range(50_000)))
    question = Question(
        select(updates.c.update_id).where(
            updates.c.update_id.in_(bindparam("ids", expanding=True)),
            updates.c.update_id.not_in(bindparam("none", expanding=True)),
        )
    )
    ask = asking(connection, sqlite.dialect(paramstyle="qmark"))
    rows = ask(question, ids=list(range(wanted)), none=list(range(-wanted, 0))[:8_192])
    assert [row.update_id for row in rows] == list(range(wanted))
    connection.close()


async def test_two_long_lists_are_asked_for_with_each_other(storage: Storage) -> None:
    ids = [(await add_signal(storage, f"n{number}")).id for number in range(4)]
    far = list(range(10**6, 10**6 + 17_000))
    both = Question(
        select(signals.c.id)
        .where(signals.c.id.in_(bindparam("some", expanding=True)))
        .where(signals.c.id.in_(bindparam("others", expanding=True)))
    )
    rows = await storage.database.look(
        lambda ask: ask(both, some=[*far, *ids[:2]], others=[*ids[1:], *far])
    )
    assert [row.id for row in rows] == [ids[1]]


async def test_a_long_list_changes_what_it_names_in_one_transaction(storage: Storage) -> None:
    ids = [(await add_signal(storage, f"n{number}")).id for number in range(3)]
    far = list(range(10**6, 10**6 + 40_000))
    hide = Question(
        update(signals).where(signals.c.id.in_(bindparam("ids", expanding=True))).values(views=7)
    )

    def fail_then(ask: Ask) -> None:
        ask(hide, ids=[*ids, *far])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await storage.database.change(fail_then)
    assert [one.views for one in await storage.signals.get_many(ids)] == [0, 0, 0]
    await storage.database.change(lambda ask: ask(hide, ids=[ids[0], *far, *ids[1:]]))
    assert [one.views for one in await storage.signals.get_many(ids)] == [7, 7, 7]


async def test_values_are_what_sqlalchemy_gives(storage: Storage) -> None:
    signal = await add_signal(storage)
    (row,) = await storage.database.look(lambda ask: ask(_BY_IDS, ids=[signal.id]))
    async with storage.database.read() as connection:
        (same,) = await connection.execute(_BY_IDS.statement, {"ids": [signal.id]})
    assert tuple(row) == tuple(same)
    assert row.dated_at.tzinfo is UTC
    assert row.backlog is False
    dated: datetime = row.dated_at
    look = storage.database.look
    assert await look(lambda ask: ask(_SINCE, since=dated))
    assert not await look(lambda ask: ask(_SINCE, since=dated + timedelta(microseconds=1)))


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_look_sees_one_moment_and_the_next_what_came_meanwhile(storage: Storage) -> None:
    await add_signal(storage)
    loop = asyncio.get_running_loop()

    async def note() -> None:
        async with storage.database.write() as connection:
            await connection.execute(meta.insert().values(key="k", value="v"))

    def look(ask: Ask) -> tuple[list[Any], list[Any]]:
        before = ask(_NOTES, key="k")
        asyncio.run_coroutine_threadsafe(note(), loop).result(10)
        return list(before), list(ask(_NOTES, key="k"))

    assert await storage.database.look(look) == ([], [])
    assert await storage.database.look(lambda ask: ask(_NOTES, key="k"))


async def test_what_a_look_raises_is_raised_to_whoever_looked(storage: Storage) -> None:
    def look(_ask: Ask) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await storage.database.look(look)
    assert not await storage.database.look(lambda ask: ask(_NOTES, key="k"))


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_errors_of_the_database_are_those_of_sqlalchemy(storage: Storage) -> None:
    gone = Question(select(updates.c.update_id).where(text("no_such_column = 1")))
    with pytest.raises(exc.OperationalError, match="no_such_column"):
        await storage.database.look(lambda ask: ask(gone))
    assert not await storage.database.look(lambda ask: ask(_NOTES, key="k"))


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_whoever_is_gone_leaves_the_others_their_answers(storage: Storage) -> None:
    wait = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(ask: Ask) -> list[Any]:
        asyncio.run_coroutine_threadsafe(wait.wait(), loop).result(10)
        return list(ask(_NOTES, key="k"))

    looking = [asyncio.create_task(storage.database.look(slow)) for _ in range(3)]
    await asyncio.sleep(0.01)
    looking[0].cancel()
    wait.set()
    told = await asyncio.gather(*looking, return_exceptions=True)
    assert isinstance(told[0], asyncio.CancelledError)
    assert told[1:] == [[], []]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_look_cannot_write(storage: Storage) -> None:
    write: Any = text("INSERT INTO meta VALUES ('a', 'b') RETURNING key").columns(meta.c.key)
    with pytest.raises(exc.OperationalError, match="readonly"):
        await storage.database.look(lambda ask: ask(Question(write)))
