"""A copy of everything while the bot runs."""

import asyncio
import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL

from storage.address import read_address
from storage.errors import StorageUnavailable


async def backup(url: str, target: Path, environment: Mapping[str, str]) -> Path:
    """Copy the database at `url` to the file `target` while others use it, and return `target`.

    SQLite gives a database file of one moment, PostgreSQL an archive for pg_restore. An existing
    `target` is replaced only by a complete copy. `environment` is all that pg_dump sees of ours.
    Raises StorageUnavailable with the reason.
    """
    address = read_address(url)
    part = target.with_name(target.name + ".part")
    try:
        await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
        if address.path:
            await asyncio.to_thread(_copy_sqlite, address.path, part)
        else:
            await _dump_postgres(address.url, part, environment)
        await asyncio.to_thread(part.replace, target)
    except (OSError, sqlite3.Error) as error:
        raise StorageUnavailable(f"no backup at {target}: {error}") from error
    finally:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(part.unlink, missing_ok=True)
    return target


def _copy_sqlite(path: Path, part: Path) -> None:
    if not path.exists():
        raise StorageUnavailable(f"there is no database at {path}")
    part.unlink(missing_ok=True)
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(part)) as copy,
    ):
        source.backup(copy)
        # One plain file: a copy that is carried away must not need its log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")


async def _dump_postgres(url: URL, part: Path, environment: Mapping[str, str]) -> None:
    program = _pg_dump()
    with tempfile.TemporaryDirectory() as folder:
        target = url
        if url.password:
            # On the command line everybody on the machine could read it.
            passwords = Path(folder) / "pgpass"
            passwords.touch(mode=0o600)
            secret = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
            passwords.write_text(f"*:*:*:*:{secret}\n", encoding="utf-8")
            target = URL.create(  # `set` cannot take a password away
                "postgresql",
                username=url.username,
                host=url.host,
                port=url.port,
                database=url.database,
                query={**url.query, "passfile": str(passwords)},
            )
        process = await asyncio.create_subprocess_exec(
            program,
            "--format=custom",
            f"--file={part}",
            f"--dbname={target.render_as_string(hide_password=False)}",
            "--no-password",
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, complaint = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
    if process.returncode:
        reason = complaint.decode(errors="replace").strip()
        raise StorageUnavailable(f"pg_dump failed: {reason}")


def _pg_dump() -> str:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))
    program = shutil.which("pg_dump") or (str(installed[-1]) if installed else None)
    if program is None:
        raise StorageUnavailable("a backup of PostgreSQL needs pg_dump (postgresql-client)")
    return program
