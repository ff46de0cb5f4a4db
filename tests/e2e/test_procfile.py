"""The Procfile's lines, started by a Procfile runner, each as on a machine of its own."""

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from bot.sandbox.limits import LimitRules
from bot.sandbox.sandbox import Sandbox
from tests.machines import free_port, until
from tests.postgres import Server

ROOT = Path(__file__).parents[2]
LINES = re.findall(r"^(\w+):", (ROOT / "Procfile").read_text(), re.MULTILINE)
Process = asyncio.subprocess.Process


class Dynos:
    """Starts lines by name; each has a port for watching of its own."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment, self.folder = environment, folder
        self.started: dict[str, Process] = {}
        self.port = free_port()
        self.watched: dict[str, int] = {}

    async def begin(self, line: str) -> Process:
        self.watched[line] = free_port()
        own = {"METRICS_PORT": str(self.watched[line]), "PORT": str(self.port)}
        with self.output(line).open("wb") as output:
            self.started[line] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "honcho", "-f", str(ROOT / "Procfile"),
                "-d", str(self.folder), "start", line, cwd=self.folder,
                env=self.environment | own, stdout=output, stderr=output,
            )  # fmt: skip
        return self.started[line]

    def output(self, line: str) -> Path:
        return self.folder / f"{line}.log"

    async def end(self) -> None:
        """By the runner, which kills what it started when that does not end in 5 s."""
        for process in self.started.values():
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


@pytest.fixture
async def dynos(postgres: Server, tmp_path: Path) -> AsyncIterator[Dynos]:
    sandbox = Sandbox(newsroom=False, limits=LimitRules(overall=0, chat_rate=0, group=0))
    async with AsyncExitStack() as stack:
        url = postgres.create()
        stack.callback(postgres.drop, url)
        port = await stack.enter_async_context(sandbox.serve())
        made = Dynos(
            {
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "DATABASE_URL": url.set(drivername="postgres").render_as_string(
                    hide_password=False
                ),
                "TELEGRAM_BOT_TOKEN": sandbox.token,
                "TELEGRAM_API_BASE_URL": f"http://127.0.0.1:{port}",
                "PUBLIC_BASE_URL": "https://news.example",
                "DATA_DIR": str(tmp_path / "data"),
                "CATALOG": "false",
            },
            tmp_path,
        )
        stack.push_async_callback(made.end)
        yield made


async def test_every_line_starts_answers_and_ends(dynos: Dynos) -> None:
    assert LINES == ["release", "web", "worker", "clock"]
    release = await dynos.begin("release")
    assert await asyncio.wait_for(release.wait(), 60) == 0, dynos.output("release").read_text()

    lasting = LINES[1:]
    for line in lasting:
        await dynos.begin(line)
    async with ClientSession() as session:

        async def answers(address: str) -> bool:
            with suppress(ClientError):
                async with session.get(address) as answer:
                    return answer.status == 200
            return False

        for line in lasting:
            port = dynos.watched[line]
            await until(lambda port=port: answers(f"http://127.0.0.1:{port}/readyz"), 60)
        # Not the address it listens on by default: a platform's router comes from elsewhere.
        await until(lambda: answers(f"http://127.0.0.2:{dynos.port}/healthz"))

    begun = time.monotonic()
    for line in lasting:
        dynos.started[line].terminate()
    async with asyncio.timeout(10):
        await asyncio.gather(*(dynos.started[line].wait() for line in lasting))
    assert time.monotonic() - begun < 10
    for line in lasting:
        # The runner kills by force what does not end by itself, and says so.
        text = dynos.output(line).read_text()
        assert "SIGTERM" in text
        assert "SIGKILL" not in text, text
