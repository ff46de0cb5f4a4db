"""Everything goes over, as it was, from either database into either."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, exc, select, text

from storage import SchemaOutdated, Storage, StorageUnavailable
from storage.migrate import migrate_now
from storage.moving.books import MoveUnfinished
from storage.moving.moving import Moved, Step, move
from storage.moving.refusals import MoveRefused, Why
from storage.schema import audit, metadata, stories
from tests.databases import migrated, migrated_file
from tests.postgres import Server
from tests.storage.filling import ROWS, fill
from tests.storage.test_migrations import definitions, look

ROOT = Path(__file__).parents[2]
COUNT_ON = {
    "sqlite": "UPDATE sqlite_sequence SET seq = 1000 WHERE name = 'stories'",
    "postgresql": "SELECT setval(pg_get_serial_sequence('stories', 'id'), 1000)",
}
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def source(url: str) -> str:
    """A database with something in every column."""
    look(url, fill)
    return url


@pytest.fixture
def target(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of the other kind."""
    folder = tmp_path / "target"
    folder.mkdir()
    with migrated(OTHER[dialect], request, folder) as address:
        yield address


def moved(source: str, target: str, *, again: bool = False) -> Moved:
    return move(source, target, lambda _step: None, again=again)


def refused(source: str, target: str) -> MoveRefused:
    with pytest.raises(MoveRefused) as refusal:
        moved(source, target)
    return refusal.value


def rows(connection: Connection) -> dict[str, list[str]]:
    """All rows of all tables, as the program reads them; SQLite knows no -0.0."""
    return {
        table.name: sorted(
            repr(tuple(row)).replace("-0.0,", "0.0,") for row in connection.execute(select(table))
        )
        for table in metadata.sorted_tables
    }


def triggers(connection: Connection) -> set[tuple[Any, ...]]:
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal"
    )
    return {tuple(row) for row in connection.execute(text(query))}


def run(url: str, statement: str, **values: Any) -> Any:
    return look(url, lambda found: found.execute(text(statement), values))


def test_the_filled_database_has_something_in_every_column(source: str) -> None:
    def gaps(connection: Connection) -> list[str]:
        found = []
        for table in metadata.sorted_tables:
            read = connection.execute(select(table)).mappings().all()
            assert len(read) == ROWS, table.name
            for column in table.columns:
                values = [row[column.name] for row in read]
                if all(value is None for value in values):
                    found.append(f"{column} never set")
                if column.nullable and None not in values:
                    found.append(f"{column} never NULL")
        return found

    assert look(source, gaps) == []


async def test_everything_arrives_as_it_was_and_works_there(
    source: str, target: str, dialect: str
) -> None:
    run(source, COUNT_ON[dialect])
    spelled, ready = look(target, definitions), look(target, triggers)

    done = moved(source, target)

    assert look(target, rows) == look(source, rows)
    assert set(done.tables) == set(metadata.tables)
    assert done.rows == ROWS * len(metadata.tables)
    assert (done.resumed, done.mended, done.shortened) == (False, 0, ROWS // 3)
    # The tables, indexes and triggers are those of a database that was only migrated.
    assert look(target, definitions) == spelled
    assert look(target, triggers) == ready
    assert len(ready) >= 4
    for statement in (audit.delete(), audit.update().values(actor="x")):
        with pytest.raises(exc.DBAPIError, match="audit"):
            look(target, lambda found, given=statement: found.execute(given))
    # What was found is found; of a signal whose text is gone, what is left.
    opened = await Storage.open(target)
    by_point = set(await opened.search.ids("芯片", limit=20))
    by_text = set(await opened.search.ids("海港", limit=20))
    await opened.close()
    assert by_point == set(range(1, ROWS + 1))
    assert by_text == {number for number in by_point if number % 3}
    # New rows get numbers above all that were ever given.
    assert look(target, _next, stories) == 1001
    assert look(target, _next, metadata.tables["collection_undos"]) == ROWS + 1


def _next(connection: Connection, table: Table) -> int:
    row = dict(connection.execute(select(table)).mappings().first() or {})
    del row["id"]
    key = connection.execute(table.insert().values(**row)).inserted_primary_key
    return int(key[0]) if key else 0


async def test_a_move_that_is_stopped_again_and_again_arrives(source: str, target: str) -> None:
    stops = [("copy", "signals"), ("copy", "amended"), ("search", "signal_search")]
    for stage, table in [*stops, ("index", "digests"), ("check", "")]:
        with pytest.raises(_Stopped):
            move(source, target, _stop_at(stage, table))
    # Nothing works in it meanwhile, nor takes it for one that has only to be migrated.
    with pytest.raises(SchemaOutdated):
        await Storage.open(target)
    with pytest.raises(MoveUnfinished):
        migrate_now(target)
    assert moved(source, target).resumed
    assert look(target, rows) == look(source, rows)
    migrate_now(target)


class _Stopped(Exception):  # noqa: N818  not a fault
    pass


def _stop_at(stage: str, table: str) -> Callable[[Step], None]:
    def tell(step: Step) -> None:
        if (step.stage, step.table) == (stage, table):
            raise _Stopped

    return tell


def test_what_was_changed_in_the_target_is_found(source: str, target: str) -> None:
    with pytest.raises(_Stopped):
        move(source, target, _stop_at("index", "guests"))
    run(target, "UPDATE subscribers SET title = 'x' WHERE id = 3")
    run(target, "DELETE FROM weights WHERE subscriber_id = 2")
    run(target, "UPDATE model_calls SET cost = cost + 1e-9 WHERE id = 1")
    refusal = refused(source, target)
    assert refusal.why is Why.DIFFERS
    told = refusal.detail.splitlines()
    assert [line.split(":")[0] for line in told] == ["model_calls", "subscribers", "weights"]
    assert told[2] == f"weights: {ROWS} → {ROWS - 1}"
    # It does not heal by itself, and begun again it arrives.
    assert refused(source, target).why is Why.DIFFERS
    moved(source, target, again=True)
    assert look(target, rows) == look(source, rows)


def test_a_server_that_is_lost_on_the_way_is_said_and_gone_on_with(
    source: str, target: str, dialect: str
) -> None:
    if dialect == "postgresql":
        pytest.skip("the target is a file")

    def lose(step: Step) -> None:
        if (step.stage, step.table, step.done % ROWS) == ("copy", "signals", 0) and not lost:
            lost.append(step)
            run(
                target,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )

    lost: list[Step] = []
    with pytest.raises(StorageUnavailable):
        move(source, target, lose)
    assert moved(source, target).resumed
    assert look(target, rows) == look(source, rows)


async def test_a_server_at_which_a_bot_works_is_not_moved(
    url: str, dialect: str, target: str
) -> None:
    if dialect == "sqlite":
        pytest.skip("only another process counts there (tests/bot/cli/test_moving.py)")
    working = await Storage.open(url)
    assert refused(url, target).why is Why.BUSY
    await working.close()
    moved(url, target)


def test_targets_with_something_in_them_are_refused(source: str, target: str) -> None:
    run(target, "INSERT INTO meta (key, value) VALUES ('k', 'v')")
    assert (refused(source, target).why, refused(source, target).detail) == (Why.FILLED, "meta")
    run(target, "DELETE FROM meta")
    run(target, "UPDATE alembic_version SET version_num = '0007'")
    assert refused(source, target).why is Why.OTHER_VERSION
    run(target, "DROP TABLE alembic_version")
    assert refused(source, target).why is Why.FOREIGN
    assert refused(source, source).why is Why.SAME
    run(source, "UPDATE alembic_version SET version_num = '0007'")
    assert refused(source, target).why is Why.BEHIND


def test_values_that_sqlite_takes_and_postgresql_does_not(
    tmp_path: Path, request: pytest.FixtureRequest, postgres: Server
) -> None:
    source = migrated_file(request, tmp_path)
    path = tmp_path / "hexin.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        put = "INSERT INTO meta (key, value) VALUES (?, ?)"
        connection.execute(put, ("nul", "a\0b"))
        connection.execute("INSERT INTO meta VALUES ('bytes', CAST(x'e6a0b8ff' AS TEXT))")
        connection.execute(put, ("json", '"\\u0000"'))
        connection.execute(
            "INSERT INTO host_blocks VALUES ('h', 9223372036854775807, 'far too late')"
        )
    address = postgres.create(request.getfixturevalue("postgres_template"))
    target = address.render_as_string(hide_password=False)
    refusal = refused(source, target)
    assert refusal.why is Why.VALUE
    assert refusal.detail == "host_blocks ['h'] until: 9223372036854775807"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE host_blocks SET until = 0")

    done = moved(source, target)

    assert (done.resumed, done.mended) == (True, 2)
    found = look(target, lambda one: one.execute(text("SELECT key, value FROM meta")).all())
    found = dict(map(tuple, found))
    assert found == {"nul": "ab", "bytes": "核\ufffd", "json": '"\\u0000"'}
    postgres.drop(address)
