"""Databases that are migrated once, for the tests that copy them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.migrate import migrate_now
from tests.postgres import Server, server_or_skip, shared_folder

_LONG = ("hostile", "e2e")


@pytest.hookimpl(trylast=True)  # after the order was drawn, which stays among the others
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the folders of the longest files begin, so that two workers end together."""
    folder = Path(__file__).parent
    items.sort(key=lambda one: one.path.relative_to(folder).parts[0] not in _LONG)


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
