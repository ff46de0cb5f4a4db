"""The database that is moved: opened to read only, seen as of one moment, and by nobody else."""

import fcntl
import os
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Row, create_engine, func, inspect, select, text, tuple_
from sqlalchemy.pool import NullPool

from storage.address import Address
from storage.errors import StorageUnavailable
from storage.migrate import explained
from storage.moving.refusals import MoveRefused, Why
from storage.moving.values import Mended, Twin
from storage.schema import HEAD, metadata

_ROWS_AT_ONCE = 500
_HEAVY_ROWS_AT_ONCE = 50  # photos take some hundred KB each
# Every connection to a SQLite file with a log holds this byte of its -shm file
# (WAL's "dead man's switch", os_unix.c).
_IN_USE = 128
_FLOCK = "hhqqi4x"


class Source:
    """What is read of the database that is moved."""

    def __init__(self, address: Address, connection: Connection, mended: Mended) -> None:
        self.address = address
        self.mended = mended
        self.connection = connection
        self.dialect = connection.dialect.name

    @property
    def name(self) -> str:
        """Which database it is, without its password."""
        return str(self.address.path.resolve()) if self.address.path else str(self.address)

    def count(self, twin: Twin) -> int:
        """How many rows a table has."""
        return self.connection.scalar(select(func.count()).select_from(twin.plain)) or 0

    def rows(self, twin: Twin, after: Sequence[Any] | None = None) -> Iterator[Row[Any]]:
        """A table's rows in the order of its key, those behind `after`, as the driver has them."""
        key = [
            one.collate("C") if words and self.dialect == "postgresql" else one
            for one, words in zip(twin.key, twin.key_is_text, strict=True)
        ]
        query = select(twin.plain).order_by(*key)
        if after is not None:
            query = query.where(tuple_(*key) > tuple_(*twin.bound(after, self.dialect)))
        at_once = _HEAVY_ROWS_AT_ONCE if twin.heavy else _ROWS_AT_ONCE
        options = {"yield_per": at_once}
        with self.connection.execute(query, execution_options=options) as result:
            yield from result

    def counters(self) -> dict[str, int]:
        """The highest number that each table has ever given to a row."""
        if self.dialect == "sqlite":
            query = text("SELECT name, seq FROM sqlite_sequence")
            return {name: seq for name, seq in self.connection.execute(query) if seq}
        return {
            name: last
            for name in numbered()
            if (last := self.connection.scalar(_LAST, {"name": name}))
        }


_LAST = text(
    "SELECT last_value FROM pg_sequences WHERE schemaname || '.' || sequencename"
    " = pg_get_serial_sequence(:name, 'id')"
)


def numbered() -> list[str]:
    """The tables whose rows get numbers that are never used again."""
    return [
        table.name
        for table in metadata.sorted_tables
        if table.dialect_options["sqlite"]["autoincrement"]
    ]


@contextmanager
def open_source(address: Address) -> Iterator[Source]:
    """Raises MoveRefused when others use it or its tables are of another version."""
    mended = Mended()
    if address.path is not None:
        refuse_used_file(address.path)
        path = address.path

        def connect() -> sqlite3.Connection:
            uri = f"file:{quote(str(path.resolve()))}?mode=ro"
            opened = sqlite3.connect(uri, uri=True, isolation_level=None)
            opened.text_factory = mended.decode
            return opened

        engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    else:
        engine = create_engine(
            address.driver_sync,
            poolclass=NullPool,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )
    try:
        with explained(address), engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                _refuse_used_server(connection)
            _refuse_other_version(connection)
            yield Source(address, connection, mended)
    finally:
        engine.dispose()


def _refuse_other_version(connection: Connection) -> None:
    version = None
    if inspect(connection).has_table("alembic_version"):
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if version != HEAD:
        raise MoveRefused(Why.BEHIND, version or "—")


def _refuse_used_server(connection: Connection) -> None:
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE 'hexin%' AND pid <> pg_backend_pid()"
    )
    if connection.scalar(query):
        raise MoveRefused(Why.BUSY, "PostgreSQL")


def refuse_used_file(path: Path) -> None:
    """Raises MoveRefused when another process has the database open."""
    if not path.exists():
        raise StorageUnavailable(f"there is no database at {path}")
    shared = path.with_name(path.name + "-shm")
    if not shared.exists():
        return
    # Before SQLite opens the file: closing any descriptor lets go of all locks of a process.
    with closing_fd(shared) as descriptor:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _IN_USE, 1, 0)
        try:
            answer = fcntl.fcntl(descriptor, fcntl.F_GETLK, asked)
        except OSError:  # not told here; the check at the end finds what was written meanwhile
            return
    kind, _, _, _, holder = struct.unpack(_FLOCK, answer)
    if kind != fcntl.F_UNLCK:
        raise MoveRefused(Why.BUSY, str(holder))


@contextmanager
def closing_fd(path: Path) -> Iterator[int]:
    """An open descriptor of a file, to ask about its locks."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
