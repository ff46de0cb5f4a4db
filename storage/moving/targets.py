"""The database that is moved into: made ready, filled, and set right at the end."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from sqlalchemy import (
    Connection,
    Engine,
    Select,
    Table,
    create_engine,
    event,
    exists,
    func,
    inspect,
    literal_column,
    select,
    text,
)
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, DropIndex

from storage.address import Address, make_folder
from storage.errors import StorageUnavailable
from storage.migrate import explained, migrate_now, take_over_transactions
from storage.moving.refusals import MoveRefused, Why
from storage.moving.values import Twin, Values
from storage.schema import HEAD, columns, metadata, topics
from storage.search.tables import POSTGRES, SEARCH_TABLE

# Two moves into one database would double each other's rows.
_LOCK = 4_851_337_103
_BUNDLED = (topics, columns)  # every migration brings them in (storage/migrate.py)


class Target(ABC):
    """What both databases do alike; what they do not is in the two classes below."""

    dialect: LiteralString

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def refuse_filled(self) -> None:
        """Raises MoveRefused unless there is nothing but what a fresh database has."""
        found = set(inspect(self.connection).get_table_names())
        if "alembic_version" not in found:
            raise MoveRefused(Why.FOREIGN, ", ".join(sorted(found)[:5]))
        version = self.connection.scalar(text("SELECT version_num FROM alembic_version"))
        if version != HEAD:
            raise MoveRefused(Why.OTHER_VERSION, version or "—")
        for table in metadata.sorted_tables:
            rows: Select[Any] = select(literal_column("1")).select_from(table)
            if table in _BUNDLED:
                rows = rows.where(table.c.edited)
            if self.connection.scalar(select(exists(rows))):
                raise MoveRefused(Why.FILLED, table.name)

    def make_bare(self) -> list[str]:
        """Take away what stands in the way or slows down; returns the triggers to bring back."""
        for table in metadata.sorted_tables:
            for index in table.indexes:
                self.connection.execute(DropIndex(index, if_exists=True))
        for table in _BUNDLED:
            self.connection.execute(table.delete())
        self.connection.execute(text("DELETE FROM alembic_version"))
        return self._stop_triggers()

    def index(self, table: Table) -> None:
        """Bring a table's indexes back."""
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            self.connection.execute(CreateIndex(index, if_not_exists=True))

    def finish(self, triggers: Sequence[str]) -> None:
        """Bring the triggers and the version back."""
        self._start_triggers(triggers)
        query = text("INSERT INTO alembic_version (version_num) VALUES (:version)")
        self.connection.execute(query, {"version": HEAD})

    def rows(self, twin: Twin) -> Iterator[Sequence[Any]]:
        """All rows of a table, in any order, as the driver has them."""
        at_once = {"yield_per": 50 if twin.heavy else 500}
        with self.connection.execute(select(twin.plain), execution_options=at_once) as result:
            yield from result

    def highest(self, name: str) -> int:
        """The highest number of a table's rows."""
        column = metadata.tables[name].c.id
        return self.connection.scalar(select(func.max(column))) or 0

    @abstractmethod
    def empty(self) -> None:
        """Take out what an unfinished move has brought."""

    @abstractmethod
    def insert(self, twin: Twin, rows: Iterable[Values]) -> None:
        """Add rows of canonical values."""

    @abstractmethod
    def index_search(self) -> None:
        """Bring back the index of the search rows, where there is one to bring."""

    @abstractmethod
    def count_on(self, name: str, number: int) -> None:
        """Let the next row of a table get a number above `number`."""

    @abstractmethod
    def settle(self) -> list[str]:
        """Let the planner know the tables; returns references that lead nowhere."""

    @abstractmethod
    def _stop_triggers(self) -> list[str]: ...

    @abstractmethod
    def _start_triggers(self, triggers: Sequence[str]) -> None: ...


class PostgresTarget(Target):
    """PostgreSQL: rows come in by COPY, numbers by sequences."""

    dialect = "postgresql"

    def empty(self) -> None:  # noqa: D102  as above
        names = ", ".join(self._quoted(name) for name in [*metadata.tables, SEARCH_TABLE])
        self.connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))

    def insert(self, twin: Twin, rows: Iterable[Values]) -> None:  # noqa: D102  as above
        names = ", ".join(self._quoted(column.name) for column in twin.plain.columns)
        statement = f"COPY {self._quoted(twin.name)} ({names}) FROM STDIN"
        with copying(self.connection, statement) as copy:
            for row in twin.written(rows, self.dialect):
                copy.write_row(row)

    def make_bare(self) -> list[str]:  # noqa: D102  as above
        self.connection.execute(text("DROP INDEX IF EXISTS ix_signal_search_terms"))
        return super().make_bare()

    def index_search(self) -> None:  # noqa: D102  as above
        if not self.connection.scalar(text("SELECT to_regclass('ix_signal_search_terms')")):
            self.connection.execute(text(POSTGRES[1]))

    def count_on(self, name: str, number: int) -> None:  # noqa: D102  as above
        query = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :number)")
        self.connection.execute(query, {"name": name, "number": number})

    def settle(self) -> list[str]:  # noqa: D102  as above
        self.connection.execute(text("ANALYZE"))
        return []  # references were checked row by row

    def _stop_triggers(self) -> list[str]:
        for name in metadata.tables:
            self.connection.execute(text(f"ALTER TABLE {self._quoted(name)} DISABLE TRIGGER USER"))
        return []

    def _start_triggers(self, triggers: Sequence[str]) -> None:  # noqa: ARG002  the other's
        for name in metadata.tables:
            self.connection.execute(text(f"ALTER TABLE {self._quoted(name)} ENABLE TRIGGER USER"))

    def _quoted(self, name: str) -> str:
        return self.connection.dialect.identifier_preparer.quote(name)


class SqliteTarget(Target):
    """SQLite: one file, its triggers kept in the book of the move meanwhile."""

    dialect = "sqlite"

    def empty(self) -> None:  # noqa: D102  as above
        for table in reversed(metadata.sorted_tables):
            self.connection.execute(table.delete())
        self.connection.execute(
            text("INSERT INTO signal_search (signal_search) VALUES ('delete-all')")
        )

    def insert(self, twin: Twin, rows: Iterable[Values]) -> None:  # noqa: D102  as above
        names = ", ".join(f'"{column.name}"' for column in twin.plain.columns)
        marks = ", ".join("?" * len(twin.plain.columns))
        statement = f'INSERT INTO "{twin.name}" ({names}) VALUES ({marks})'  # noqa: S608  names of ours
        self.connection.exec_driver_sql(statement, [tuple(row) for row in rows])

    def index_search(self) -> None:
        """FTS5 is one."""

    def count_on(self, name: str, number: int) -> None:  # noqa: D102  as above
        values = {"name": name, "number": number}
        self.connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        query = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)")
        self.connection.execute(query, values)

    def settle(self) -> list[str]:  # noqa: D102  as above
        self.connection.execute(text("ANALYZE"))
        broken = self.connection.execute(text("PRAGMA foreign_key_check")).all()
        return sorted({f"{row[0]} → {row[2]}" for row in broken})

    def _stop_triggers(self) -> list[str]:
        query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        found = self.connection.execute(query).all()
        for name, _ in found:
            self.connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        return [sql for _, sql in found]

    def _start_triggers(self, triggers: Sequence[str]) -> None:
        for statement in triggers:
            self.connection.exec_driver_sql(statement)


@contextmanager
def copying(connection: Connection, statement: str) -> Iterator[Any]:
    """PostgreSQL's COPY, to write rows to.

    Raises StorageUnavailable when the server is lost or full, MoveRefused for what it refuses.
    """
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            yield copy
    except psycopg.OperationalError as error:
        raise StorageUnavailable(f"PostgreSQL: {' '.join(str(error).split())}") from error
    except psycopg.Error as error:
        raise MoveRefused(Why.VALUE, " ".join(str(error).split())) from error


@contextmanager
def open_target(address: Address) -> Iterator[Target]:
    """The target, migrated when it was empty, and nobody else's until the block ends.

    Raises MoveRefused when another process moves into it.
    """
    make_folder(address)
    engine = create_engine(address.driver_sync, poolclass=NullPool)
    if address.path is not None:
        _hold_file(engine)
    try:
        with explained(address):
            with engine.begin() as connection:
                fresh = not inspect(connection).get_table_names()
            if fresh:
                migrate_now(str(address.url.render_as_string(hide_password=False)))
            with engine.connect() as connection:
                yield _taken(connection)
    finally:
        engine.dispose()


def _taken(connection: Connection) -> Target:
    if connection.dialect.name == "sqlite":
        connection.commit()
        return SqliteTarget(connection)
    free = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK})
    encoding = connection.scalar(text("SHOW server_encoding"))
    connection.commit()
    if not free:
        raise MoveRefused(Why.AT_WORK)
    if encoding != "UTF8":
        raise MoveRefused(Why.ENCODING, str(encoding))
    return PostgresTarget(connection)


def _hold_file(engine: Engine) -> None:
    take_over_transactions(engine)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # From its first look until it is closed: nobody else may move in or begin to work there.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
