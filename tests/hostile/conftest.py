"""The bot as in tests/handlers, on either database, for people who mean no good."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from handlers.guards import Pacer
from storage import Storage
from tests.handlers.conftest import Chatting, Newsroom, chatting_over, newsroom_over
from tests.postgres import Server


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database: on SQLite, or on PostgreSQL for the tests that ask for it."""
    if getattr(request, "param", "sqlite") == "sqlite":
        path = tmp_path / "hexin.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Server = request.getfixturevalue("postgres")
    address = server.create(request.getfixturevalue("postgres_template"))
    yield address.render_as_string(hide_password=False)
    server.drop(address)


@pytest.fixture
async def chatting(url: str) -> AsyncIterator[Chatting]:
    storage = await Storage.open(url)
    async with chatting_over(storage, Pacer(burst=1_000_000)) as bot:
        yield bot
    await storage.close()


@pytest.fixture
async def newsroom(url: str) -> AsyncIterator[Newsroom]:
    storage = await Storage.open(url)
    async with newsroom_over(storage, Pacer(burst=1_000_000)) as staffed:
        yield staffed
    await storage.close()
