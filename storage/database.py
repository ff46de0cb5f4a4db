"""Connections: one writer and a few readers on SQLite, a pool on PostgreSQL.

One connection shared by coroutines loses one's insert on another's rollback, so on SQLite there
is exactly one writing connection, behind a lock, and every write begins with BEGIN IMMEDIATE.
Readers are separate connections that cannot write; with the write-ahead log they never wait.
"""

import asyncio
import os
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, event, exc, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.acting import Acting, acting
from storage.address import Address, make_folder, read_address
from storage.backup import backup
from storage.errors import DatabaseDamaged, SchemaOutdated, StorageUnavailable
from storage.looking import Ask, Lookers, Question, as_sqlalchemy, asking, in_runs, too_long
from storage.migrate import migrate, pending_migrations
from storage.schema import HEAD
from storage.sqlite_driver import ErrandConnection

__all__ = ["Database", "backup", "check_integrity", "migrate", "pending_migrations"]

T = TypeVar("T")
_READERS = 3
_ACTED = text("UPDATE updates SET acted = TRUE WHERE update_id = :update_id")
# Half a second of looking; above that only a file that was not closed properly is looked through.
_ALWAYS_CHECKED_BYTES = 128 * 1024 * 1024
# A process that hangs in the middle of a transaction would keep its rows from all others. Long
# reports reckon for seconds between two questions of one transaction.
_HANGS_MS = 30_000
_PRAGMAS = (
    "busy_timeout = 5000",
    "foreign_keys = ON",
    "synchronous = NORMAL",
    "temp_store = MEMORY",
    "mmap_size = 268435456",
)
# KB of pages that a connection keeps. A reader forgets all of them when anybody writes, and takes
# next to none of a file that is mapped; the writer's fill up and stay.
_KEPT_BY_READER, _KEPT_BY_WRITER = 16_384, 4_096


class Database:
    """An open database. `read` and `write` each give one transaction on one connection."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.dialect = address.dialect
        self._lock: AbstractAsyncContextManager[Any]
        self._lookers: Lookers | None = None
        if address.path:
            self._writer = _sqlite_engine(address, readers=0)
            self._reader = _sqlite_engine(address, readers=_READERS)
            self._lookers = Lookers(address.path, self._reader.dialect, _pragmas(_READERS))
            self._lock = asyncio.Lock()
        else:
            self._writer = _postgres_engine(address)
            self._reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")
            self._lock = nullcontext()

    @classmethod
    async def open(cls, url: str, *, check: bool = True) -> "Database":
        """Open the database at `url`, whose tables must exist (see `migrate`).

        Raises StorageUnavailable when it cannot be reached or written, SchemaOutdated when
        migrations are missing, and with `check` DatabaseDamaged when SQLite finds its file broken
        (large files are looked through only after a crash).
        """
        address = read_address(url)
        await asyncio.to_thread(make_folder, address)
        check = check and await asyncio.to_thread(_is_worth_checking, address)
        database = cls(address)
        try:
            await database._greet(check=check)
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Close every connection."""
        if self._lookers is not None:
            await self._lookers.close()
        if self._reader is not self._writer:
            await self._reader.dispose()
        await self._writer.dispose()

    @property
    def sql(self) -> Dialect:
        """How the database speaks SQL, and what its types are."""
        return self._reader.dialect

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for questions; on SQLite it sees one moment and refuses to write."""
        async with self._reader.connect() as connection:
            yield connection

    async def look(self, see: Callable[[Ask], T]) -> T:
        """What `see` finds by asking prepared questions, on SQLite all of one moment.

        There it runs in another thread (storage/looking.py), so it only asks and reckons.
        """
        if self._lookers is not None:
            return await self._lookers.look(see)
        async with self.read() as connection:
            return await connection.run_sync(lambda plain: see(_asking(plain)))

    async def change(self, do: Callable[[Ask], T]) -> T:
        """What `do` returns, all of whose prepared statements are one transaction.

        As with `look` it only asks and reckons. On SQLite it runs in the thread of the connection
        that writes, as one errand; who is cancelled meanwhile may have changed something.
        """
        if self._lookers is None or acting.get() is not None:
            async with self.write() as connection:
                return await connection.run_sync(lambda plain: do(_asking(plain)))
        async with self._lock, self._writer.connect() as connection:
            assert connection.sync_connection is not None  # noqa: S101  it is open
            driven: Any = connection.sync_connection.connection.dbapi_connection
            try:
                done: T = await driven.at_once(lambda plain: do(asking(plain, self.sql)))
            except sqlite3.Error as error:
                raise as_sqlalchemy(error) from error
            return done

    @asynccontextmanager
    async def write(
        self, behalf: Sequence[Acting] | None = None
    ) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end of the block, rolled back by an exception.

        It is made on `behalf` of these updates, of the one at work when they are not given.
        """
        at_work = acting.get()
        if behalf is None:
            behalf = [] if at_work is None else [at_work]
        async with self._lock, self._writer.begin() as connection:
            fresh = sorted({one.update_id for one in behalf if not one.noted})
            if fresh:
                await connection.execute(_ACTED, [{"update_id": number} for number in fresh])
            yield connection
        for one in behalf:
            one.noted = True

    async def _greet(self, *, check: bool) -> None:
        try:
            async with self.read() as connection:
                if check:
                    await check_integrity(connection)
                version = await _version(connection)
        except exc.DBAPIError as error:
            raise _explain(self.address, error) from error
        if version is None or version < HEAD:
            raise SchemaOutdated(f"the tables in {self.address} are not up to date: hexin migrate")


def _asking(connection: Connection) -> Ask:
    def ask(question: Question, **values: Any) -> Sequence[Any]:
        if too_long(values):
            return in_runs(ask, question, values)
        result = connection.execute(question.statement, values)
        return result.all() if result.returns_rows else ()

    return ask


async def check_integrity(connection: AsyncConnection) -> None:
    """Let SQLite look through its file. Raises DatabaseDamaged; PostgreSQL does this by itself."""
    if connection.dialect.name != "sqlite":
        return
    try:
        findings = (await connection.execute(text("PRAGMA quick_check(5)"))).scalars().all()
    except exc.DatabaseError as error:
        raise DatabaseDamaged(f"the database file is damaged: {error.orig}") from error
    if findings != ["ok"]:
        raise DatabaseDamaged(f"the database file is damaged: {'; '.join(findings)}")


async def _version(connection: AsyncConnection) -> str | None:
    try:
        row = await connection.execute(text("SELECT version_num FROM alembic_version"))
    except (exc.OperationalError, exc.ProgrammingError) as error:
        if "alembic_version" not in str(error.orig):
            raise
        return None
    version: str | None = row.scalar()
    return version


def _is_worth_checking(address: Address) -> bool:
    if address.path is None:
        return False
    log = address.path.with_name(address.path.name + "-wal")
    crashed = log.exists() and log.stat().st_size > 0
    return crashed or address.path.stat().st_size <= _ALWAYS_CHECKED_BYTES


def _explain(address: Address, error: exc.DBAPIError) -> Exception:
    cause = " ".join(str(error.orig).split())
    if address.path is None:
        return StorageUnavailable(f"PostgreSQL does not answer at {address}: {cause}")
    if "malformed" in cause or "not a database" in cause:
        return DatabaseDamaged(f"{address.path} is damaged: {cause}")
    return StorageUnavailable(f"the database file {address.path} cannot be used: {cause}")


def application_name() -> str:
    """What this process is called among a server's connections, which takes 63 bytes of it."""
    return f"hexin {process_name()}"[:63]


def process_name() -> str:
    """Who this process is, for what it claims and leads."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def _postgres_engine(address: Address) -> AsyncEngine:
    engine = create_async_engine(
        address.driver_async,
        hide_parameters=True,  # errors are logged; what people wrote is not
        pool_size=5,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "application_name": application_name()},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # Compiling a question takes longer than most of ours take: 200 ms beside 50 measured.
        cursor = connection.cursor()
        cursor.execute("SET jit = off")
        cursor.execute(f"SET idle_in_transaction_session_timeout = {_HANGS_MS}")
        cursor.close()
        connection.commit()

    return engine


def _pragmas(readers: int) -> Sequence[str]:
    """What is set for a connection that only reads, or for the one that writes."""
    if readers:
        return (*_PRAGMAS, f"cache_size = -{_KEPT_BY_READER}", "query_only = ON")
    return (*_PRAGMAS, f"cache_size = -{_KEPT_BY_WRITER}")


def _sqlite_engine(address: Address, *, readers: int) -> AsyncEngine:
    engine = create_async_engine(
        address.driver_async,
        hide_parameters=True,
        pool_size=readers or 1,
        max_overflow=0,
        # The one that was used last: what it has in hand need not be had by all of them.
        pool_use_lifo=True,
        # A reader may wait for its turn behind a slow page; the default of 30 s would drop it.
        pool_timeout=60,
    )

    @event.listens_for(engine.sync_engine, "do_connect")
    def connect(dialect: Any, _record: Any, args: Any, named: Any) -> ErrandConnection:
        plain = dialect.dbapi.connect(*args, **named)
        return ErrandConnection(dialect.dbapi, plain.driver_connection)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # Transactions begin by our own BEGIN below, not by the driver's guesses.
        connection.isolation_level = None
        cursor = connection.cursor()
        if not readers:
            cursor.execute("PRAGMA journal_mode = WAL")
        for pragma in _pragmas(readers):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        driven: Any = connection.connection.dbapi_connection
        driven.begin_with_next = "BEGIN" if readers else "BEGIN IMMEDIATE"

    return engine
