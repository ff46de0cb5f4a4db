"""The bot as in tests/handlers, on either database, for people who mean no good."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from handlers.guards import Pacer
from storage import Storage
from tests.databases import migrated
from tests.handlers.conftest import Chatting, Newsroom, chatting_over, newsroom_over


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database: on SQLite, or on PostgreSQL for the tests that ask for it."""
    with migrated(getattr(request, "param", "sqlite"), request, tmp_path) as address:
        yield address


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
