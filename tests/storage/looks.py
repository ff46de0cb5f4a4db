"""What is asked in looks and changes, of which no listener of SQLAlchemy hears."""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

Looked = tuple[str, Sequence[Any], int]
"""A statement, its values, and how many rows it gave."""


def looks_of(monkeypatch: pytest.MonkeyPatch) -> list[Looked]:
    """What looks and changes of storages that are not open yet are going to ask; it grows."""
    asked: list[Looked] = []

    class NotingCursor(sqlite3.Cursor):
        """Notes each statement whose rows are taken."""

        _said: tuple[str, Sequence[Any]] = ("", ())

        def execute(self, sql: str, parameters: Any = ()) -> "NotingCursor":
            self._said = (sql, parameters)
            super().execute(sql, parameters)
            return self

        def fetchall(self) -> list[Any]:
            rows = super().fetchall()
            asked.append((*self._said, len(rows)))
            return rows

    class NotingConnection(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            return self.cursor(NotingCursor).execute(sql, parameters)

    noting: Callable[..., sqlite3.Connection] = partial(sqlite3.connect, factory=NotingConnection)
    monkeypatch.setattr("storage.looking.connect", noting)
    monkeypatch.setattr(sqlite3, "connect", noting)  # which the writing connection is made by
    return asked
