"""Every storage test runs on both databases, each on a fresh copy of a migrated one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import Storage
from tests.databases import migrated
from tests.postgres import Server
from tests.storage.looks import Looked, looks_of


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.create()
    yield url.render_as_string(hide_password=False)
    server.drop(url)


@pytest.fixture
def url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database."""
    with migrated(dialect, request, tmp_path) as address:
        yield address


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Looked]:
    """What is asked in looks; wanted before whatever looks first."""
    return looks_of(monkeypatch)


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    opened = await Storage.open(url)
    yield opened
    await opened.close()
