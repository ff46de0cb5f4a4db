"""A small world: a news site on loopback, a real database, real workers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.addresses import AddressPolicy
from bot.fetching import Fetcher
from bot.jobs.polling import Poller
from bot.jobs.reading import Reader
from digest.model import Signal, Source
from digest.sources.polling import PollDecision
from storage import Storage
from tests.bot.jobs.desk import Desk
from tests.bot.jobs.world import Time, World
from tests.databases import migrated_file
from tests.workers import LentPool


@pytest.fixture
def jobs_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database; modules that run on both kinds have their own."""
    return migrated_file(request, tmp_path)


@pytest.fixture
async def world(jobs_url: str) -> AsyncIterator[World]:
    answers: dict[str, web.Response | bytes | str] = {}
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        found = answers.get(request.path)
        if found is None:
            return web.Response(status=404, text="nothing here")
        if isinstance(found, web.Response):
            return web.Response(status=found.status, body=found.body, headers=dict(found.headers))
        kind = "application/xml" if request.path.startswith("/feed") else "text/html"
        body = found.encode() if isinstance(found, str) else found
        return web.Response(body=body, headers={"Content-Type": kind})

    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", answer)
    storage = await Storage.open(jobs_url)
    time = Time()
    workers = LentPool()
    async with TestServer(app) as server:
        base = f"http://127.0.0.1:{server.port}"
        policy = AddressPolicy((f"127.0.0.1:{server.port}",))
        async with Fetcher(user_agent="hexin-test", allow=policy) as fetcher:
            told: list[tuple[Source, PollDecision]] = []
            signals: list[Signal] = []

            async def tell(source: Source, decision: PollDecision) -> None:
                told.append((source, decision))

            async def on_signal(signal: Signal) -> None:
                signals.append(signal)

            poller = Poller(
                storage,
                fetcher,
                workers,
                clock=time,
                user_agent="hexin-test",
                backlog_per_source=8,
                tell_admins=tell,
            )
            reader = Reader(storage, fetcher, workers, clock=time, on_signal=on_signal)
            made = World(storage, poller, reader, time, base, answers, asked, told, signals)
            made.fetcher, made.workers = fetcher, workers
            yield made
    await workers.close()
    await storage.close()


@pytest.fixture
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    folder = tmp_path / "pushes"
    folder.mkdir()
    storage = await Storage.open(migrated_file(request, folder))
    yield Desk(storage)
    await storage.close()
