"""The bot's processes and everything around them: Telegram, a news site, a database, wires."""

import asyncio
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp.test_utils import TestServer

from bot.clock import utc_now
from bot.sandbox import Fault, FaultKind
from bot.sandbox.limits import LimitRules
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.state import User
from storage import Storage, migrate
from tests.drill.clocks import NoClock, SetClock
from tests.drill.load import ASKERS_FROM, SOURCES, Load, Site
from tests.drill.server import OwnServer, own_server, small_disk
from tests.drill.wire import Wire
from tests.machines import Machines, balanced, free_port, until

RATE, ANSWER_S = 30, 0.08
POLL_FLOOR_S = 2
# Room for what is written in some minutes; what is left is filled by the drill.
_SQLITE_MB, _POSTGRES_MB = 48, 400
_NOTHING = "no answer"
# Alembic knows one migration at a time; the worlds are made side by side.
_migrating = asyncio.Lock()


@dataclass
class World:
    """All that a drill may break. What this machine cannot offer is None."""

    machines: Machines
    site: Site
    telegram: Wire
    watched: dict[str, str]
    database: OwnServer | None = None
    database_wire: Wire | None = None
    clock: SetClock | None = None
    disk: Path | None = None
    said: Counter[tuple[str, str]] = field(default_factory=Counter)
    ended: list[str] = field(default_factory=list)
    crowds: int = 0

    @property
    def sandbox(self) -> Sandbox:
        """Telegram."""
        return self.machines.sandbox

    def load(self, readers: int) -> Load:
        """The load of the next drill, with readers of its own."""
        self.crowds += 1
        crowd = self.sandbox.add_people(readers, first_id=1_000_000 * self.crowds)
        return Load(self.sandbox, self.machines.storage, self.site, crowd, utc_now())

    def wake(self, _name: str) -> None:
        """Nothing: whoever sends looks by itself."""

    async def begin(self, name: str) -> None:
        """Start a process again, as its supervisor would."""
        await self.machines.begin(name)

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process and its children."""
        os.killpg(self.machines.processes[name].pid, number)

    async def lead(self) -> str:
        """Who leads."""
        return await self.machines.leader() or next(iter(self.machines.processes))

    async def follower(self) -> str:
        """A clock that stands by."""
        first = await self.lead()
        return next(
            name for name in self.machines.processes if name != first and name.startswith("clock")
        )

    async def all_ready(self, within: float = 60.0) -> None:
        """Wait until every process says that it is ready."""
        async with aiohttp.ClientSession() as session:

            async def ready() -> bool:
                told = [await _ask(session, url) for url in self.watched.values()]
                return all(one == "200" for one in told)

            await until(ready, within)

    async def watch(self) -> None:
        """Note what /readyz says and who ends by itself, until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                for name in list(self.machines.processes):
                    told = await _ask(session, self.watched[name])
                    self.said[name.partition(" ")[0], told] += 1
                    process = self.machines.processes.get(name)
                    code = process.returncode if process else None
                    if code is not None and process is self.machines.processes.get(name):
                        self.ended.append(f"{name}: exit status {code}")
                        await self.begin(name)
                await asyncio.sleep(0.5)


async def _ask(session: aiohttp.ClientSession, url: str) -> str:
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=4)) as answer:
            report = await answer.json()
    except (aiohttp.ClientError, TimeoutError, OSError):
        return _NOTHING
    reasons = report.get("reasons") or ({} if report.get("database", True) else {"database": 1})
    return " ".join((str(answer.status), *reasons))


@asynccontextmanager
async def world(dialect: str) -> AsyncIterator[World]:
    """One process on SQLite, or two of each on PostgreSQL; all of them ready."""
    sandbox = Sandbox(newsroom=False, limits=LimitRules(overall=0, chat_rate=0, group=0))
    sandbox.faults.add(Fault(FaultKind.DELAY, "sendMessage", times=-1, delay_s=ANSWER_S))
    site = Site(SOURCES)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hexin-drill-")))
        os.chmod(folder, 0o755)  # noqa: PTH101, S103  for PostgreSQL, which is another user
        clock = _clock(folder)
        port = await stack.enter_async_context(sandbox.serve())
        server = await stack.enter_async_context(TestServer(site.app()))
        site.port = server.port or 0
        wire = await stack.enter_async_context(Wire(port).laid())
        megabytes = _SQLITE_MB if dialect == "sqlite" else _POSTGRES_MB
        disk = stack.enter_context(small_disk(folder / "disk", megabytes))
        made = World(Machines(sandbox, None, {}, folder), site, wire, {}, clock=clock, disk=disk)  # type: ignore[arg-type]
        url = f"sqlite:///{folder}/disk/hexin.db"
        if dialect == "postgresql":
            environment = clock.environment if clock else {}
            made.database = await stack.enter_async_context(
                own_server(folder / "disk", environment)
            )
            url = made.database.url
            made.database_wire = await stack.enter_async_context(Wire(made.database.socket).laid())
        async with _migrating:
            await migrate(url)
        storage = made.machines.storage = await Storage.open(url)
        stack.push_async_callback(storage.close)
        await _people_the_world(made)
        made.machines.environment = _environment(made, url)
        stack.push_async_callback(_end, made)
        await _start(made, stack, several=dialect == "postgresql")
        await made.all_ready(90)
        yield made


def _clock(folder: Path) -> SetClock | None:
    with suppress(NoClock):
        return SetClock(folder)
    return None


async def _people_the_world(made: World) -> None:
    for number in range(20):
        made.sandbox.add_person(
            User(ASKERS_FROM + number, f"a{number}", f"A{number}", language_code="zh-hans",
                 started=True)
        )  # fmt: skip
    await made.machines.storage.sources.seed(made.site.specs(POLL_FLOOR_S), utc_now())


def _environment(made: World, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": made.sandbox.token,
        "TELEGRAM_API_BASE_URL": f"http://127.0.0.1:{made.telegram.port}",
        "DATABASE_URL": url,
        "DATA_DIR": str(made.machines.folder / "disk" if made.database is None
                        else made.machines.folder),
        "FETCH_ALLOW": f"127.0.0.1:{made.site.port}",
        "CATALOG": "false",
        "SEND_RATE": str(RATE),
        "WORKERS": "1",
        "PORT": "0",
    }  # fmt: skip


async def _start(made: World, stack: AsyncExitStack, *, several: bool) -> None:
    names = ["all"]
    webs = {"web 1": free_port(), "web 2": free_port()}
    if several:
        names = ["web 1", "web 2", "worker 1", "worker 2", "clock 1", "clock 2"]
        _, base = await stack.enter_async_context(balanced(list(webs.values())))
        made.machines.environment |= {"WEBHOOK_URL": base, "PUBLIC_BASE_URL": base}
    for name in names:
        watched = free_port()
        made.watched[name] = f"http://127.0.0.1:{watched}/readyz"
        own = {"METRICS_PORT": str(watched)}
        if name in webs and several:
            own["PORT"] = str(webs[name])
        if name == "clock 1" and made.database and made.database_wire:
            own["DATABASE_URL"] = made.database.url_by(made.database_wire.port)
        if made.clock is not None and name in {"clock 1", "clock 2", "all"}:
            own |= made.clock.environment
        await made.machines.begin(name, **own)


async def _end(made: World) -> None:
    for name in list(made.machines.processes):
        with suppress(ProcessLookupError):
            made.send(name, signal.SIGCONT)
        await made.machines.kill(name)


def now() -> float:
    """The moment, on the steady clock."""
    return time.monotonic()
