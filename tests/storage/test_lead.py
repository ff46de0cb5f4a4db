"""Of processes that share one PostgreSQL one leads at a time, another soon after it is gone."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import Storage
from storage.database import process_name
from storage.lead import Lead
from tests.databases import migrated

LEASE_S = 1.0
Make = Callable[[str, str], Lead]


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with migrated("postgresql", request, tmp_path) as address:
        yield address


@asynccontextmanager
async def leads(lead: Lead) -> AsyncIterator[None]:
    """It leads now; left as by a kill: nothing is said to anybody."""
    await asyncio.wait_for(lead.win(), 10)
    holding = asyncio.create_task(lead.hold())
    yield
    holding.cancel()
    with suppress(asyncio.CancelledError):
        await holding
    await lead._close()


async def wins(lead: Lead, within: float) -> float:
    begun = time.monotonic()
    await asyncio.wait_for(lead.win(), within)
    return time.monotonic() - begun


async def end_connections(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'hexin lead' AND datname = current_database()"
        )


@pytest.fixture
async def lead(url: str) -> AsyncIterator[Make]:
    """Makes them; at the end all are closed."""
    made: list[Lead] = []

    def make(name: str, owner: str) -> Lead:
        made.append(Lead(url, name, owner, lease_s=LEASE_S))
        return made[-1]

    yield make
    for one in made:
        await one.give_up()


async def test_one_leads_and_is_followed_at_once_when_it_ends_well(lead: Make) -> None:
    first, second = lead("bot 1", "a"), lead("bot 1", "b")
    await asyncio.wait_for(first.win(), 5)
    with pytest.raises(TimeoutError):
        await wins(second, 0.3)
    assert first.holds
    assert not second.holds
    other = lead("bot 2", "c")
    assert await wins(other, 5) < 1  # of another bot
    await first.give_up()
    assert not first.holds
    assert await wins(second, 5) < 1
    assert second.holds
    await other.give_up()


async def test_after_a_kill_nobody_begins_before_its_time_is_over(lead: Make) -> None:
    first, second = lead("bot 1", "a"), lead("bot 1", "b")
    async with leads(first):
        until = time.monotonic() + LEASE_S
    waited = await wins(second, 2 * LEASE_S)
    # The killed one might still be sending, cut off from the database, until then.
    assert until - 0.1 <= time.monotonic() <= until + LEASE_S, waited


async def test_a_leader_that_is_cut_off_stops_before_another_begins(lead: Make, url: str) -> None:
    first, second = lead("bot 1", "a"), lead("bot 1", "b")
    await first.win()
    holding = asyncio.create_task(first.hold())
    await end_connections(url)
    winning = asyncio.create_task(second.win())
    await asyncio.wait_for(holding, LEASE_S)  # noticed at the next beat
    assert not first.holds
    assert not second.holds
    await asyncio.wait_for(winning, 2 * LEASE_S)
    assert second.holds


async def test_a_leader_that_hangs_is_deposed(lead: Make) -> None:
    first, second = lead("bot 1", "a"), lead("bot 1", "b")
    await first.win()  # and never beats again, though its connection stands
    assert await wins(second, 6) > LEASE_S
    assert not first.holds
    await asyncio.wait_for(first.hold(), 5)  # it wakes up, and sees that it is over
    assert second.holds


async def test_what_a_leader_that_hangs_was_changing_is_free_at_once(lead: Make, url: str) -> None:
    first, second = lead("bot 1", process_name()), lead("bot 1", "b")
    hangs, other = await Storage.open(url), await Storage.open(url)
    try:
        await other.meta.set("name", "before")
        await first.win()
        with pytest.raises(DBAPIError):  # noqa: PT012  it hangs, then finds out
            async with hangs.database.write() as connection:
                await connection.execute(text("UPDATE meta SET value = 'hung' WHERE key = 'name'"))
                await wins(second, 6)
                async with asyncio.timeout(2):
                    await other.meta.set("name", "after")
                await connection.execute(text("SELECT 1"))
    finally:
        await hangs.close()
        await other.close()


async def test_who_cannot_ask_stands_by() -> None:
    stood: list[str] = []
    alone = Lead("postgresql://hexin@127.0.0.1:9/none", "bot 1", "a")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(alone.win(lambda: stood.append("by")), 0.5)
    assert stood
    assert not alone.holds
