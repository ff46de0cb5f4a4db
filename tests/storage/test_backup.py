import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.config import database_environment
from storage import Storage, StorageUnavailable, backup, migrate
from storage.backup import _pg_dump
from tests.postgres import Server
from tests.storage.making import add_signal


def pg_restore(*arguments: str) -> str:
    program = str(Path(_pg_dump()).with_name("pg_restore"))
    return subprocess.run([program, *arguments], capture_output=True, check=True, text=True).stdout


def names(folder: Path) -> list[str]:
    return [found.name for found in folder.iterdir()]


async def test_a_copy_taken_while_others_write_is_whole(
    storage: Storage, url: str, dialect: str, tmp_path: Path
) -> None:
    for _ in range(5):
        await add_signal(storage)
    target = tmp_path / "copies" / "copy"
    await asyncio.gather(
        backup(url, target, database_environment()), *(add_signal(storage) for _ in range(5))
    )

    if dialect == "sqlite":
        restored = await Storage.open(f"sqlite:///{target}")
        assert await restored.signals.total() >= 5
        await restored.close()
    else:
        assert "TABLE DATA public signal_search" in pg_restore("--list", str(target))
    assert names(target.parent) == ["copy"]


async def test_what_is_restored_is_as_it_was_then(
    url: str, dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The steps of docs/operations.md."""
    storage = await Storage.open(url)
    kept = await add_signal(storage, "芯片")
    copy = await backup(url, tmp_path / "copies" / "copy", database_environment())
    await add_signal(storage, "港口")
    await storage.close()

    if dialect == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        # What a process that was killed leaves beside its file.
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).write_bytes(b"of another file" * 1000)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).rename(tmp_path / f"aside{suffix}")
        shutil.copy(copy, path)
        address = url
    else:
        server: Server = request.getfixturevalue("postgres")
        fresh = server.create()
        address = fresh.render_as_string(hide_password=False)
        pg_restore("--no-owner", "--exit-on-error", "-d", address, str(copy))
    await migrate(address)
    restored = await Storage.open(address)
    assert await restored.search.find("芯片") == (kept,)
    assert await restored.search.find("港口") == ()
    fresh_one = await add_signal(restored, "海运")
    assert fresh_one.id > kept.id
    await restored.close()
    if dialect == "postgresql":
        server.drop(fresh)


async def test_a_failed_copy_leaves_the_last_one(tmp_path: Path) -> None:
    target = tmp_path / "copy"
    target.write_text("the last good copy")
    with pytest.raises(StorageUnavailable, match="no database"):
        await backup(f"sqlite:///{tmp_path}/missing.db", target, database_environment())
    with pytest.raises(StorageUnavailable, match="pg_dump"):
        await backup("postgresql://hexin:secret@127.0.0.1:1/hexin", target, database_environment())
    assert target.read_text() == "the last good copy"
    assert names(tmp_path) == ["copy"]


async def test_a_target_that_cannot_be_written_is_told(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageUnavailable, match="no backup at"):
        await backup(url, tmp_path / "file" / "copy", database_environment())


async def test_the_password_is_not_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "pg_dump"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {seen}\n'
        'file=$(echo "$@" | sed "s/.*passfile=\\([^& ]*\\).*/\\1/; s/%2F/\\//g")\n'
        f"cat $file >> {seen}\n"
        'for a; do case $a in --file=*) echo dump > "${a#--file=}";; esac; done\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    await backup(
        "postgresql://hexin:s%3Acret@db.example/hexin", tmp_path / "copy", database_environment()
    )

    arguments, password = seen.read_text().splitlines()
    assert "cret" not in arguments
    assert password == "*:*:*:*:s\\:cret"


async def test_pg_dump_sees_of_our_environment_what_it_goes_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "pg_dump"
    program.write_text(
        f"#!/bin/sh\nenv > {seen}\n"
        'for a; do case $a in --file=*) echo dump > "${a#--file=}";; esac; done\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    ours = ("TELEGRAM_BOT_TOKEN", "MODEL_API_KEY", "SENTRY_DSN", "DATABASE_URL", "METRICS_TOKEN")
    for name in ours:
        monkeypatch.setenv(name, "canary")
    monkeypatch.setenv("PGPASSWORD", "of-the-database")
    monkeypatch.setenv("PGSSLMODE", "require")

    await backup("postgresql://db.example/hexin", tmp_path / "copy", database_environment())

    told = seen.read_text()
    assert "canary" not in told
    assert {"PGPASSWORD=of-the-database", "PGSSLMODE=require"} <= set(told.splitlines())
