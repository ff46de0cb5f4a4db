"""The command line as tests call it, and a site on loopback for its commands to ask."""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.cli.shared import screen

ROOT = Path(__file__).parents[3]


class Hexin:
    """Calls `hexin …` in this process, with settings that are a test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env: dict[str, str | None] = {"CATALOG": "false", "COLUMNS": "80"}

    @property
    def database(self) -> Path:
        return self.folder / "data" / "hexin.db"

    def __call__(self, *arguments: str, input_: str | bytes | None = None) -> Result:
        screen.cache_clear()  # it remembers how wide the terminal was
        return CliRunner().invoke(app, arguments, input=input_, env=self.env)

    def lab(
        self, stage: str, *records: object, options: tuple[str, ...] = ()
    ) -> list[dict[str, Any]]:
        """One answer for each record; bytes go in as they are."""
        lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in records]
        result = self("lab", stage, *options, input_=b"\n".join(lines) + b"\n")
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        """The command and environment of a real process, for tests of signals and pipes."""
        given = {name: value for name, value in self.env.items() if value is not None}
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **given}
        return [sys.executable, "-m", "bot", *arguments], env


class Site:
    """Answers what a test tells it to, from a thread of its own: commands bring their loop."""

    def __init__(self) -> None:
        self.base = ""
        self.answers: dict[str, Callable[[], web.Response]] = {}
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return self.base.removeprefix("http://")

    def text(self, path: str, text: str, *, kind: str = "text/html", status: int = 200) -> str:
        self.answers[path] = lambda: web.Response(text=text, content_type=kind, status=status)
        return self.base + path

    def json(self, path: str, data: object, *, status: int = 200) -> str:
        self.answers[path] = lambda: web.json_response(data, status=status)
        return self.base + path

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        found = self.answers.get(request.path)
        return found() if found else web.Response(status=404, text="nothing here")


@contextmanager
def serving() -> Iterator[Site]:
    """A site for the time of the block."""
    site = Site()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> web.AppRunner:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", site.answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    runner = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield site
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
