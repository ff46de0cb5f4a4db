"""A PostgreSQL server that can be stopped, killed and starved, and folders of a given size."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL

from tests.postgres import NoPostgres, _as_nobody, _call, _url, find_binaries

# What is committed is safe from a crash of the server, which is what is drilled; not from one of
# the machine, so nothing waits for a disk.
_SETTINGS = (
    "-c fsync=off -c max_connections=120 -c shared_buffers=32MB -c listen_addresses="
    " -c min_wal_size=32MB -c max_wal_size=64MB -c wal_recycle=off -c wal_init_zero=on"
)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path | None]:
    """A file system of this size at `folder`; None where that is not allowed (only root may)."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={megabytes}m,mode=0755"
    made = os.geteuid() == 0 and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        check=False, capture_output=True,
    ).returncode  # fmt: skip
    try:
        yield folder if made else None
    finally:
        if made:
            subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


def fill(disk: Path) -> Path:
    """Leave not a byte free on a small disk. Returns what to delete to make room."""
    filler = disk / "filler"
    with filler.open("ab") as file, suppress(OSError):
        while file.write(bytes(1 << 20)):
            file.flush()
    with filler.open("ab", buffering=0) as file, suppress(OSError):
        while file.write(bytes(512)):
            pass
    return filler


class OwnServer:
    """Its folder is `folder`; clients come by the socket in there."""

    def __init__(self, folder: Path, data: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.data = data
        self.socket = str(folder / ".s.PGSQL.5432")
        self._environment = environment

    @property
    def url(self) -> str:
        """Its database."""
        return _url(self.folder).render_as_string(hide_password=False)

    def url_by(self, port: int) -> str:
        """The same by a port of this machine."""
        return URL.create(
            "postgresql", username="hexin", host="127.0.0.1", port=port, database="postgres",
            query={"sslmode": "disable"},
        ).render_as_string()  # fmt: skip

    async def make(self) -> None:
        """Make an empty one and start it. Raises NoPostgres."""
        self.data.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.data, _owner())
        self.data.chmod(0o700)
        await self._control("initdb", "-U", "hexin", "-A", "trust", "-E", "UTF8", "--no-sync",
                            "--locale=C")  # fmt: skip
        await self.start()

    async def start(self) -> None:
        """Start it, if it does not run."""
        with suppress(NoPostgres):
            await self._control("pg_ctl", "status")
            return
        log, options = str(self.folder / "log"), f"-k {self.folder} {_SETTINGS}"
        await self._control("pg_ctl", "-w", "-t", "60", "-l", log, "-o", options, "start")

    async def stop(self, mode: str) -> None:
        """Stop it: "fast" ends all connections in order, "immediate" is a crash."""
        await self._control("pg_ctl", "-m", mode, "-w", "stop")

    async def _control(self, program: str, *arguments: str) -> None:
        command = [
            *_as_nobody(self.folder),
            "env",
            *(f"{name}={value}" for name, value in self._environment.items()),
            str(find_binaries() / program),
        ]
        await asyncio.to_thread(_call, *command, "-D", str(self.data), *arguments)


def _owner() -> str:
    return "postgres" if _exists("postgres") else "nobody"


def _exists(user: str) -> bool:
    import pwd

    with suppress(KeyError):
        return bool(pwd.getpwnam(user))
    return False


@asynccontextmanager
async def own_server(disk: Path, environment: Mapping[str, str]) -> AsyncIterator[OwnServer]:
    """A server with its data on `disk`."""
    # Socket paths are limited to about 100 bytes.
    folder = Path(tempfile.mkdtemp(prefix="hexin-drill-", dir="/tmp"))
    server = OwnServer(folder, disk / "data", environment)
    try:
        await server.make()
        yield server
    finally:
        with suppress(NoPostgres):
            await server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
