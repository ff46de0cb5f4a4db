"""Bring a database to the tables of this program, by Alembic, from any working directory."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, exc, inspect, text
from sqlalchemy.pool import NullPool

from digest.taxonomy import load_taxonomy
from storage.address import Address, make_folder, read_address
from storage.errors import DatabaseDamaged, StorageUnavailable
from storage.moving.books import refuse_unfinished
from storage.schema import HEAD, columns, topics
from storage.upsert import insert

if TYPE_CHECKING:
    from alembic.config import Config

    from storage.database import Database

_FOLDER = Path(__file__).parent / "migrations"
# Any number, the same for all: two release steps at once must go one after the other.
_LOCK = 4_851_337_102
# Alembic's `op` and `context` are of the whole process, whatever the thread or the database.
_one_at_a_time = threading.Lock()


async def migrate(url: str) -> None:
    """Create or upgrade every table at `url` and bring the bundled columns and topics in.

    Harmless to repeat.

    Raises StorageUnavailable when the database cannot be reached or written, DatabaseDamaged when
    SQLite's file is none.
    """
    await asyncio.to_thread(migrate_now, url)


def migrate_now(url: str) -> None:
    """The same as `migrate`, for callers without an event loop."""
    address = read_address(url)
    with _connect(address) as connection:
        refuse_unfinished(connection)
        if version_of(connection) != HEAD:
            _upgrade(connection)
        _seed_taxonomy(connection)
    if address.path is None:
        _install_wakeups(address)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415  takes 7 MB, and few starts need it

    with _one_at_a_time:
        command.upgrade(make_config(connection), "head")


def _install_wakeups(address: Address) -> None:
    from storage.wakeups import install  # noqa: PLC0415  on SQLite nothing of it is needed

    with ThreadPoolExecutor(1) as apart:  # whether or not this thread has an event loop
        apart.submit(lambda: asyncio.run(install(address))).result()


def pending_migrations(url: str) -> tuple[str, ...]:
    """The versions that `migrate` would still apply, oldest first. Blocks; see `migrate`."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  as in `migrate_now`

    scripts = ScriptDirectory.from_config(make_config(None))
    with _connect(read_address(url)) as connection:
        applied = version_of(connection)
    newer = scripts.iterate_revisions("head", applied or "base")
    return tuple(script.revision for script in newer)[::-1]


async def at_head(database: "Database") -> bool:
    """Whether an open database has every table of this program, or newer ones."""
    async with database.read() as connection:
        applied = await connection.run_sync(version_of)
    # A newer program may have migrated already, while we are still to be replaced.
    return applied is not None and applied >= HEAD


def version_of(connection: Connection) -> str | None:
    """Which version the tables are of, None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def make_config(connection: Connection | None) -> "Config":
    """Alembic's configuration without an ini file: scripts from this package, our connection."""
    from alembic.config import Config  # noqa: PLC0415  as in `migrate_now`

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


@contextmanager
def _connect(address: Address) -> Iterator[Connection]:
    make_folder(address)
    engine = create_engine(address.driver_sync, poolclass=NullPool)
    if address.path:
        take_over_transactions(engine)
    try:
        with explained(address), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                _refuse_other_letters(connection, address)
            yield connection
    finally:
        engine.dispose()


def _refuse_other_letters(connection: Connection, address: Address) -> None:
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise StorageUnavailable(
            f"{address} keeps texts as {encoding}: make a database with ENCODING 'UTF8' "
            "(CREATE DATABASE hexin ENCODING 'UTF8' TEMPLATE template0)"
        )


@contextmanager
def explained(address: Address) -> Iterator[None]:
    """Let what the drivers say of an unusable database be an error of ours."""
    try:
        yield
    except exc.OperationalError as error:
        cause = " ".join(str(error.orig).split())
        raise StorageUnavailable(f"{address} cannot be used: {cause}") from error
    except exc.DatabaseError as error:
        if address.path is None or not _damaged(error):
            raise
        raise DatabaseDamaged(f"{address.path}: {error.orig}") from error


def _damaged(error: exc.DatabaseError) -> bool:
    """Whether SQLite says that the file is none of its own, or torn."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }


def take_over_transactions(engine: Engine) -> None:
    """Let transactions of a SQLite engine begin with us, as writing ones."""

    # The driver would commit before each CREATE: with our own BEGIN a failure leaves nothing.
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 5000")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _seed_taxonomy(connection: Connection) -> None:
    taxonomy = load_taxonomy()
    for column in taxonomy.columns.values():
        _seed(connection, columns, asdict(column))
    for position, topic in enumerate(taxonomy.topics.values()):
        values = asdict(topic)
        values["column_id"] = values.pop("column")
        _seed(connection, topics, values | {"position": position})


def _seed(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """The row as bundled, unless editors have made it theirs."""
    given = insert(connection, table).values(**values)
    connection.execute(
        given.on_conflict_do_update(
            index_elements=["id"], set_=values, where=table.c.edited.is_(False)
        )
    )
