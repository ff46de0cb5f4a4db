"""SQLite behind asyncio, with one errand to the connection's thread for each statement.

SQLAlchemy makes four of each: for the cursor, the statement, its rows and the end of the cursor.
An errand wakes a thread and the event loop and so costs more than most of our statements. All
four are one here, and BEGIN goes along with the first statement of its transaction.
"""

# ruff: noqa: SLF001  errands are the driver's own, and it is SQLAlchemy's cursor that runs them

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
)

T = TypeVar("T")
_ROWS_AT_ONCE = 64


class _Outcome(NamedTuple):
    """What a statement left behind."""

    description: Any
    rowcount: int
    lastrowid: int | None
    rows: Sequence[Any]


_NOTHING = _Outcome(None, -1, None, ())


class ErrandCursor(AsyncAdapt_aiosqlite_cursor):
    """A cursor whose rows are here once its statement has run; nothing is left to close."""

    __slots__ = ("_outcome",)

    def __init__(self, adapt_connection: Any) -> None:
        # Not the one it inherits, which opens a cursor at once.
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._outcome = _NOTHING

    @property
    def description(self) -> Any:
        """The columns of the rows, None for a statement that has none."""
        return self._outcome.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed, -1 when that means nothing."""
        return self._outcome.rowcount

    @property
    def lastrowid(self) -> Any:
        """The number of the row that was inserted last."""
        return self._outcome.lastrowid

    @property
    def arraysize(self) -> int:
        """How many rows `fetchmany` gives when it is not told."""
        return _ROWS_AT_ONCE

    @arraysize.setter
    def arraysize(self, value: int) -> None:
        """All rows are here already."""

    def close(self) -> None:
        """Drop the rows that were not fetched."""
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """The cursor was closed when its rows came."""

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._errand(sqlite3.Cursor.execute, operation, parameters or ())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._errand(sqlite3.Cursor.executemany, operation, seq_of_parameters)

    async def _errand(
        self, call: Callable[..., sqlite3.Cursor], operation: str, parameters: Any
    ) -> None:
        connection: Any = self._adapt_connection
        async with connection._execute_mutex:
            begin = connection.begun()
            self._outcome = await self._connection._execute(
                _run, self._connection, begin, call, operation, parameters
            )
            self._rows = deque(self._outcome.rows)


class ErrandConnection(AsyncAdapt_aiosqlite_connection):
    """A connection that is told how to begin (`begin_with_next`) before its first statement.

    Until then there is no transaction, and none after its commit: nothing to end.
    """

    __slots__ = ("_open", "begin_with_next")

    _cursor_cls = ErrandCursor
    # Whoever asks for rows as they come gets them from within the transaction too.
    _ss_cursor_cls: Any = ErrandCursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.begin_with_next = ""
        self._open = False

    def begun(self) -> str:
        """What to begin with, "" when nothing is to be begun now. It counts as begun from here."""
        begin, self.begin_with_next = self.begin_with_next, ""
        self._open = self._open or bool(begin)
        return begin

    def commit(self) -> None:
        """Commit what was begun."""
        self.begin_with_next = ""
        if self._open:
            super().commit()
            self._open = False

    def rollback(self) -> None:
        """Take back what was begun."""
        self.begin_with_next = ""
        if self._open:
            super().rollback()
            self._open = False

    async def at_once(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in the connection's thread, as one transaction and one errand."""
        async with self._execute_mutex:
            done: T = await self._connection._execute(_transact, self._connection, work)
            return done


def _transact(connection: Any, work: Callable[[sqlite3.Connection], T]) -> T:
    """In the connection's thread: all of one transaction."""
    plain: sqlite3.Connection = connection._conn
    plain.execute("BEGIN IMMEDIATE")
    try:
        done = work(plain)
        plain.execute("COMMIT")
    except BaseException:
        if plain.in_transaction:
            plain.execute("ROLLBACK")
        raise
    return done


def _run(
    connection: Any, begin: str, call: Callable[..., Any], operation: str, parameters: Any
) -> _Outcome:
    """In the connection's thread: all of one statement."""
    if begin:
        connection._conn.execute(begin)
    cursor = connection._conn.cursor()
    try:
        call(cursor, operation, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return _Outcome(cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    finally:
        cursor.close()
