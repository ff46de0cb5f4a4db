"""Processes of the bot as on machines of their own, and what stands before them."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web

from bot.sandbox.sandbox import Sandbox
from storage import Storage

# Before a balancer asks another process than the one that is silent.
PATIENCE_S = 3.0


@dataclass
class Machines:
    """The processes by name ("clock 1"), and what outlives them."""

    sandbox: Sandbox
    storage: Storage
    environment: dict[str, str]
    folder: Path
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    settings: dict[str, dict[str, str]] = field(default_factory=dict)

    def log(self, name: str) -> Path:
        """What a process said, over all its lives."""
        return self.folder / f"{name}.log"

    async def begin(self, name: str, **settings: str) -> None:
        """Start a process, with the settings of its first start where none are given."""
        settings = self.settings.setdefault(name, settings)
        log = self.log(name).open("ab")
        self.processes[name] = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", "--role", name.partition(" ")[0],
            env=self.environment | settings, start_new_session=True, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()

    async def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

    async def leader(self) -> str:
        """The name of the process that leads."""
        note = await self.storage.meta.get(f"lead:bot {self.sandbox.token.partition(':')[0]}")
        pid = int(note.rpartition(":")[2]) if note else 0
        return next((name for name, one in self.processes.items() if one.pid == pid), "")


@dataclass
class Balancer:
    """What stands before the web processes: the next one in turn, another when one is down."""

    ports: list[int]
    taken: list[int] = field(default_factory=list)
    # Whether each request is brought to all of them at the same moment, as one that tries again.
    doubles: bool = False

    async def all_up(self) -> bool:
        """Whether all of them take connections."""
        for port in self.ports:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                return False
            writer.close()
        return True

    async def pass_on(self, request: web.Request) -> web.Response:
        await request.read()
        if self.doubles:
            told = await asyncio.gather(*(self._bring(request, port) for port in self.ports))
            return next((answer for answer in told if answer), web.Response(status=502))
        for _ in self.ports:
            self.ports.append(self.ports.pop(0))
            if answer := await self._bring(request, self.ports[-1]):
                return answer
        return web.Response(status=502)

    async def _bring(self, request: web.Request, port: int) -> web.Response | None:
        """What the process at `port` answers, None when it does not."""
        try:
            async with request.app[SESSION].request(
                request.method, f"http://127.0.0.1:{port}{request.path_qs}",
                data=await request.read(), headers=request.headers,
            ) as answer:  # fmt: skip
                self.taken.append(port)
                return web.Response(status=answer.status, body=await answer.read())
        except (ClientError, TimeoutError):
            return None


SESSION = web.AppKey("session", ClientSession)


@asynccontextmanager
async def balanced(ports: list[int]) -> AsyncIterator[tuple[Balancer, str]]:
    balancer, app = Balancer(ports), web.Application()
    app.router.add_route("*", "/{path:.*}", balancer.pass_on)
    async with ClientSession(
        connector=TCPConnector(force_close=True), timeout=ClientTimeout(total=PATIENCE_S)
    ) as session:
        app[SESSION] = session
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield balancer, f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until(condition: Callable[[], Awaitable[bool]], within: float = 30) -> float:
    begun = time.monotonic()
    async with asyncio.timeout(within):
        while not await condition():
            await asyncio.sleep(0.05)
    return time.monotonic() - begun
