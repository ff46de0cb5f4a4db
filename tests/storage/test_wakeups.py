"""A process wakes another over PostgreSQL; what is lost is called again or looked for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage import migrate
from storage.wakeups import Wakeups
from tests.databases import migrated


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with migrated("postgresql", request, tmp_path) as address:
        yield address


@pytest.fixture
async def begin() -> AsyncIterator[Callable[[Any], None]]:
    """Runs something until the test ends."""
    tasks: list[asyncio.Task[None]] = []
    yield lambda work: tasks.append(asyncio.create_task(work))
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(how, asyncio.CancelledError) for how in ended), ended


Begin = Callable[[Any], None]


async def until(heard: list[str], count: int) -> None:
    async with asyncio.timeout(10):
        while len(heard) < count:
            await asyncio.sleep(0.005)


async def ask(url: str, question: str) -> Any:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        return await (await connection.execute(question.encode())).fetchall()


async def test_one_process_wakes_another(url: str, begin: Begin) -> None:
    caller, hearer = Wakeups(url), Wakeups(url)
    heard: list[str] = []
    begin(caller.carry())
    for _ in range(3):
        caller.call("updates")
    caller.call("nobody's")
    async with asyncio.timeout(10):
        while len(await ask(url, "SELECT 1 FROM wakeups.pgqueuer")) < 2:
            await asyncio.sleep(0.01)
    begin(hearer.answer(["updates", "alerts"], heard.append))
    await until(heard, 2)
    assert heard == ["updates", "alerts"]  # what was called before anybody heard
    # One after the other, while the last one may not be crossed out yet.
    for count in range(3, 6):
        caller.call("updates")
        await until(heard, count)
    caller.call("alerts")
    await until(heard, 6)
    assert heard[2:] == ["updates"] * 3 + ["alerts"]


async def test_connections_that_break_are_made_anew(url: str, begin: Begin) -> None:
    caller, hearer = Wakeups(url), Wakeups(url)
    heard: list[str] = []
    begin(caller.carry())
    begin(hearer.answer(["updates"], heard.append))
    async with asyncio.timeout(10):
        while len(heard) < 2:  # who begins to listen clears what was called before
            caller.call("updates")
            await asyncio.sleep(0.1)
    await ask(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'hexin wakeups' AND datname = current_database()",
    )
    async with asyncio.timeout(10):
        known = len(heard)
        while len(heard) < known + 3:  # those of the broken moment may be lost: steps look too
            caller.call("updates")
            await asyncio.sleep(0.1)


async def test_to_migrate_again_changes_nothing(url: str) -> None:
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'wakeups'"
    before = await ask(url, tables)
    await migrate(url)
    assert await ask(url, tables) == before != []
