import asyncio
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import exc, select, text

from storage import (
    DatabaseDamaged,
    SchemaOutdated,
    Storage,
    StorageUnavailable,
    database,
    migrate,
)
from storage.address import read_address
from storage.schema import meta
from tests.postgres import Server

PRAGMAS = database._PRAGMAS  # before tests are spared the waiting for the disk


def copy(template: Path, target: Path) -> Path:
    return Path(shutil.copy(template, target))


def overwrite(path: Path, place: int, data: bytes) -> None:
    with path.open("r+b") as stream:
        stream.seek(place)
        stream.write(data)


def spoil_an_index(path: Path) -> None:
    connection = sqlite3.connect(path)
    query = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_updates_received_at'"
    (page,) = connection.execute(query).fetchone()
    connection.close()
    overwrite(path, (page - 1) * 4096, b"\xff" * 4096)


def names(folder: Path) -> list[str]:
    return [found.name for found in folder.iterdir()]


async def test_a_rollback_takes_nobody_elses_insert_along(storage: Storage) -> None:
    begun, failed = asyncio.Event(), asyncio.Event()

    async def fails() -> None:
        async with storage.database.write() as connection:
            await connection.execute(text("INSERT INTO meta VALUES ('lost', '1')"))
            begun.set()
            await asyncio.sleep(0.02)
            raise LookupError

    async def succeeds() -> None:
        await begun.wait()
        await storage.meta.set("kept", "1")
        failed.set()

    results = await asyncio.gather(fails(), succeeds(), return_exceptions=True)

    assert isinstance(results[0], LookupError)
    assert results[1] is None
    assert await storage.meta.get("lost") is None
    assert await storage.meta.get("kept") == "1"


async def test_a_reader_sees_nothing_before_the_commit(storage: Storage) -> None:
    async with storage.database.write() as connection:
        await connection.execute(text("INSERT INTO meta VALUES ('new', '1')"))
        assert await storage.meta.get("new") is None
    assert await storage.meta.get("new") == "1"


async def test_writers_take_turns(storage: Storage) -> None:
    async def raise_by_one() -> None:
        async with storage.database.write() as connection:
            query = select(meta.c.value).where(meta.c.key == "n").with_for_update()
            before = await connection.scalar(query) or ""
            await asyncio.sleep(0)
            await connection.execute(
                text("UPDATE meta SET value = :value WHERE key = 'n'"),
                {"value": str(int(before) + 1)},
            )

    await storage.meta.set("n", "0")
    await asyncio.gather(*(raise_by_one() for _ in range(30)))
    assert await storage.meta.get("n") == "30"


async def test_a_cancelled_writer_leaves_nothing_and_blocks_nobody(storage: Storage) -> None:
    async def writes_for_long(number: int) -> None:
        async with storage.database.write() as connection:
            await connection.execute(
                text("INSERT INTO meta VALUES (:key, '1')"), {"key": f"half {number}"}
            )
            await asyncio.sleep(10)

    for steps in range(12):
        task = asyncio.create_task(writes_for_long(steps))
        for _ in range(steps):
            await asyncio.sleep(0.0005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await asyncio.wait_for(storage.meta.set("after", "1"), 5)
    async with storage.database.read() as connection:
        keys = (await connection.execute(text("SELECT key FROM meta"))).scalars().all()
    assert keys == ["after"]


async def test_many_readers_at_once(storage: Storage) -> None:
    await storage.meta.set("key", "value")
    answers = await asyncio.gather(*(storage.meta.get("key") for _ in range(60)))
    assert set(answers) == {"value"}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_sqlite_readers_cannot_write(storage: Storage) -> None:
    with pytest.raises(exc.OperationalError, match="readonly"):
        async with storage.database.read() as connection:
            await connection.execute(text("INSERT INTO meta VALUES ('sly', '1')"))


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_sqlite_is_set_up_as_measured(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_PRAGMAS", PRAGMAS)
    opened = await Storage.open(url)
    async with opened.database.write() as connection:
        found = {
            name: await connection.scalar(text(f"PRAGMA {name}"))
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "busy_timeout",
                "cache_size",
            )
        }
    await opened.close()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "cache_size": -4096,  # KB of pages, which fill up and stay
    }


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_another_process_may_write_too(storage: Storage, url: str) -> None:
    other = await Storage.open(url)
    try:
        await asyncio.gather(
            *(one.meta.set(f"{n}", "1") for n in range(20) for one in (storage, other))
        )
        assert await other.meta.get("19") == "1"
    finally:
        await other.close()


async def test_a_database_without_tables_says_what_to_do(empty_url: str) -> None:
    with pytest.raises(SchemaOutdated, match="hexin migrate"):
        await Storage.open(empty_url)


async def test_closing_leaves_one_plain_file(tmp_path: Path, sqlite_template: Path) -> None:
    path = copy(sqlite_template, tmp_path / "own.db")
    opened = await Storage.open(f"sqlite:///{path}")
    await opened.meta.set("key", "value")
    await opened.close()
    assert names(tmp_path) == ["own.db"]


async def test_a_damaged_file_is_told_apart(tmp_path: Path, sqlite_template: Path) -> None:
    path = copy(sqlite_template, tmp_path / "broken.db")
    overwrite(path, 8192, b"\xff" * 12288)
    with pytest.raises(DatabaseDamaged, match="damaged"):
        await Storage.open(f"sqlite:///{path}")

    overwrite(path, 0, b"this is no database at all, but long enough to look at")
    with pytest.raises(DatabaseDamaged, match="damaged"):
        await Storage.open(f"sqlite:///{path}")


async def test_large_files_are_looked_through_only_after_a_crash(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database._ALWAYS_CHECKED_BYTES", 10_000)
    path = copy(sqlite_template, tmp_path / "large.db")
    spoil_an_index(path)
    await (await Storage.open(f"sqlite:///{path}")).close()

    overwrite(copy(path, tmp_path / "large.db-wal"), 0, b"left behind")
    with pytest.raises(DatabaseDamaged):
        await Storage.open(f"sqlite:///{path}")


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageUnavailable, match=r"hexin\.db cannot be written"):
        await Storage.open(f"sqlite:///{tmp_path / 'file' / 'hexin.db'}")
    with pytest.raises(StorageUnavailable, match="cannot be written"):
        await Storage.open(f"sqlite:///{tmp_path}")


async def test_an_unreachable_server_is_told_without_its_password() -> None:
    with pytest.raises(StorageUnavailable, match="PostgreSQL does not answer") as caught:
        await Storage.open("postgresql://hexin:secret@127.0.0.1:1/hexin")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "dialect", "driver"),
    [
        ("sqlite:///data/a.db", "sqlite", "sqlite+aiosqlite:///data/a.db"),
        ("sqlite+aiosqlite:////srv/a.db", "sqlite", "sqlite+aiosqlite:////srv/a.db"),
        ("postgresql://u@h/n", "postgresql", "postgresql+psycopg://u@h/n?client_encoding=utf8"),
        ("postgres://u@h/n", "postgresql", "postgresql+psycopg://u@h/n?client_encoding=utf8"),
        (
            "postgresql+asyncpg://u@h:5/n",
            "postgresql",
            "postgresql+psycopg://u@h:5/n?client_encoding=utf8",
        ),
    ],
)
def test_addresses_are_read_in_every_spelling(given: str, dialect: str, driver: str) -> None:
    address = read_address(given)
    assert address.dialect == dialect
    assert address.driver_async.render_as_string() == driver


@pytest.mark.parametrize(
    "given", ["", "hexin.db", "mysql://u@h/n", "sqlite://", "sqlite:///:memory:"]
)
def test_other_addresses_are_refused_with_a_hint(given: str) -> None:
    with pytest.raises(StorageUnavailable, match="sqlite:///"):
        read_address(given)


@pytest.mark.skipif(os.name != "posix", reason="files are locked otherwise")
async def test_a_locked_file_is_told(tmp_path: Path, sqlite_template: Path) -> None:
    path = copy(sqlite_template, tmp_path / "locked.db")
    opened = await Storage.open(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        async with opened.database.read() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM meta")) == 0
        other.execute("ROLLBACK")
        await opened.meta.set("key", "value")
    finally:
        other.close()
        await opened.close()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_for_other_letters_is_refused_with_a_hint(
    postgres: Server, encoding: str
) -> None:
    options = f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
    url = postgres.create("template0", more=options)
    with pytest.raises(StorageUnavailable, match=f"{encoding}.*ENCODING 'UTF8'"):
        await migrate(url.render_as_string(hide_password=False))
    postgres.drop(url)
