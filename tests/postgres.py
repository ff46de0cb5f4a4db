"""A PostgreSQL server of our own for tests: in a temporary folder, on a socket, forgetful.

Several test processes share one server: whoever comes first starts it, the last one to leave
stops it. `TEST_DATABASE_URL` names a server to use instead.
"""

import fcntl
import functools
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

_SETTINGS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
    " -c shared_buffers=64MB -c max_wal_size=256MB -c listen_addresses= -c timezone=Asia/Tokyo"
)
_ROOM_BYTES = 2 * 1024**3


class NoPostgres(Exception):  # noqa: N818  a reason to skip
    """There is no PostgreSQL to be had on this machine."""


@dataclass(frozen=True)
class Server:
    """A running server. `url` is its maintenance database."""

    url: URL

    def create(self, template: str | None = None, *, more: str = "") -> URL:
        """A new database, empty or a copy of `template`; `more` are options in SQL."""
        name = f"hexin_{uuid.uuid4().hex[:16]}"
        copy = f' TEMPLATE "{template}" {more}' if template else ""
        self._run(f'CREATE DATABASE "{name}"{copy}{self._strategy if template else ""}')
        return self.url.set(database=name)

    def drop(self, url: URL) -> None:
        """Remove a database, whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')

    @functools.cached_property
    def _strategy(self) -> str:
        """Files copied as they are: through the log it takes twice as long, where it is used."""
        version = self._maintenance.info.server_version
        return " STRATEGY FILE_COPY" if version >= 150_000 else ""

    def close(self) -> None:
        """End our own connection; the server goes on."""
        if "_maintenance" in vars(self):
            self._maintenance.close()

    def _run(self, statement: str) -> None:
        self._maintenance.execute(statement.encode())

    @functools.cached_property
    def _maintenance(self) -> psycopg.Connection:
        """One connection for all tests: hundreds make a database and drop it."""
        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)


@contextmanager
def postgres_server(shared: Path | None = None) -> Iterator[Server]:
    """A server for the time of the block. `shared` is a folder known to all test processes.

    Raises NoPostgres with the reason.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        with closing(Server(make_url(given))) as server:
            yield server
        return
    if shared is None:
        with _own_server() as folder, closing(Server(_url(folder))) as server:
            yield server
        return
    shared.mkdir(parents=True, exist_ok=True)
    folder = _join(shared)
    try:
        with closing(Server(_url(folder))) as server:
            yield server
    finally:
        _leave(shared)


def find_binaries() -> Path:
    """The folder with initdb and pg_ctl. Raises NoPostgres."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoPostgres("no PostgreSQL server binaries (initdb, pg_ctl) on this machine")


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0


def _url(folder: Path) -> URL:
    return URL.create(
        "postgresql", username="hexin", database="postgres", query={"host": str(folder)}
    )


@contextmanager
def _own_server() -> Iterator[Path]:
    folder = _start()
    try:
        yield folder
    finally:
        _stop(folder)


def _start() -> Path:
    binaries = find_binaries()
    # Socket paths are limited to about 100 bytes: pytest's own folders may be too deep.
    folder = Path(tempfile.mkdtemp(prefix="hexin-pg-", dir=_short_folder()))
    command = _as_nobody(folder)
    data = str(folder / "data")
    try:
        _call(
            *command,
            str(binaries / "initdb"),
            *("-D", data, "-U", "hexin", "-A", "trust", "-E", "UTF8", "--no-sync"),
            "--locale=C",
        )
        _call(
            *command,
            str(binaries / "pg_ctl"),
            *("-D", data, "-w", "-t", "60", "-l", str(folder / "log")),
            *("-o", f"-k {folder} {_SETTINGS}", "start"),
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _short_folder() -> Path:
    """Memory, where there is enough: a new database took 2 s on a busy disk, and 0.07 s there."""
    memory = Path("/dev/shm")  # noqa: S108  mkdtemp makes a folder of our own in it
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM_BYTES
    return memory if roomy else Path("/tmp")  # noqa: S108  as above


def _stop(folder: Path) -> None:
    _call(
        *_as_nobody(folder),
        str(find_binaries() / "pg_ctl"),
        *("-D", str(folder / "data"), "-m", "immediate", "-w", "stop"),
    )
    shutil.rmtree(folder, ignore_errors=True)


def _as_nobody(folder: Path) -> list[str]:
    """How to start a program that refuses to run as root; hands it the folder."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, user.pw_uid, user.pw_gid)
        setpriv = shutil.which("setpriv")
        if setpriv:
            ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}")
            return [setpriv, *ids, "--clear-groups"]
        runuser = shutil.which("runuser")
        if runuser:
            return [runuser, "-u", name, "--"]
    raise NoPostgres("running as root, without setpriv or runuser to become another user")


def _call(*command: str) -> None:
    # In files, not pipes: the server that pg_ctl leaves behind would hold a pipe open.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", check=False
        )
        if done.returncode:
            output.seek(0)
            raise NoPostgres(f"{command[-1]}: {output.read().decode(errors='replace').strip()}")


@contextmanager
def _locked(shared: Path) -> Iterator[Path]:
    with (shared / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared / "postgres.json"


def _join(shared: Path) -> Path:
    with _locked(shared) as note:
        if note.exists():
            known = json.loads(note.read_text())
        else:
            known = {"folder": str(_start()), "users": 0}
        note.write_text(json.dumps(known | {"users": known["users"] + 1}))
        return Path(known["folder"])


def _leave(shared: Path) -> None:
    with _locked(shared) as note:
        known = json.loads(note.read_text())
        if known["users"] > 1:
            note.write_text(json.dumps(known | {"users": known["users"] - 1}))
            return
        note.unlink()
        _stop(Path(known["folder"]))


@contextmanager
def server_or_skip(shared: Path | None = None) -> Iterator[Server]:
    """The server; without PostgreSQL the test is skipped, or fails where it is required."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgres_server(shared))
        except NoPostgres as reason:
            if os.environ.get("HEXIN_REQUIRE_POSTGRES") == "1":
                pytest.fail(f"PostgreSQL is required here: {reason}")
            pytest.skip(str(reason))
        yield server


def shared_folder(base: Path, worker_id: str) -> Path | None:
    """Where the workers of one run meet for their server; None where there is but one process."""
    return None if worker_id == "master" else base.parent / "postgres"
