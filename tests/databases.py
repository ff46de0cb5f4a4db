"""Databases for tests: copies of one that was migrated once (tests/conftest.py)."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.postgres import Server


def migrated_file(request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of a migrated SQLite database in `folder`."""
    path = folder / "hexin.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@contextmanager
def migrated(dialect: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The address of a migrated database of that kind, "sqlite" or "postgresql"."""
    if dialect == "sqlite":
        yield migrated_file(request, folder)
        return
    server: Server = request.getfixturevalue("postgres")
    address = server.create(request.getfixturevalue("postgres_template"))
    yield address.render_as_string(hide_password=False)
    server.drop(address)
