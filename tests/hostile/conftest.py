"""The bot as in tests/handlers, on either database, for people who mean no good."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from handlers.guards import Pacer
from storage import Storage
from storage.migrate import migrate_now
from tests.handlers.conftest import Chatting, chatting_over
from tests.postgres import Server, server_or_skip, shared_folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate_now(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Server]:
    with server_or_skip(shared_folder(tmp_path_factory.getbasetemp(), worker_id)) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> Iterator[str]:
    url = postgres.create()
    migrate_now(url.render_as_string(hide_password=False))
    yield url.database or ""
    postgres.drop(url)


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
