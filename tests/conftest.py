"""Databases that are migrated once for the tests that copy them; what spares all tests time."""

import functools
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import database
from storage.migrate import migrate_now
from tests.compiled import SharedCompiled
from tests.postgres import Server, server_or_skip, shared_folder
from tests.workers import end_workers

_LONG = {"hostile", "e2e", "test_condense_hostile.py", "sandbox", "test_readable.py"}

# What is collected stays to the end: looking for garbage among it finds none, again and again.
gc.disable()


@pytest.hookimpl(trylast=True)  # after the order was drawn, which stays among the others
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest files and folders begin, so that two workers end together."""
    folder = Path(__file__).parent
    items.sort(key=lambda one: _LONG.isdisjoint(one.path.relative_to(folder).parts))


def pytest_collection_finish() -> None:
    """Let the collector leave alone what stays to the end: all modules, and thousands of tests."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """A database of a test outlives processes, but no power cut: nothing waits for the disk."""
    ours = [one for one in database._PRAGMAS if "synchronous" not in one]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_PRAGMAS", (*ours, "synchronous = OFF"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """Each test opens databases of its own, and would compile the same statements again."""
    options = {"compiled_cache": SharedCompiled()}
    open_engine = functools.partial(database.create_async_engine, execution_options=options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_async_engine", open_engine)
        yield


@pytest.fixture(scope="session", autouse=True)
def _workers_end() -> Iterator[None]:
    yield
    end_workers()


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
