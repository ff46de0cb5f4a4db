"""A small world: a news site on loopback, a real database, real workers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.addresses import AddressPolicy
from bot.engine.workers import WorkerPool
from bot.fetching import Fetcher
from bot.jobs.polling import Poller, PollResult
from bot.jobs.reading import Reader, ReadResult
from digest.model import Signal, Source, SourceSpec
from digest.sources.polling import PollDecision
from storage import Storage, migrate

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class Time:
    """A clock that tests move by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class World:
    """The parts under test, wired as the runtime wires them."""

    storage: Storage
    poller: Poller
    reader: Reader
    time: Time
    base: str
    answers: dict[str, web.Response | bytes | str]
    asked: list[web.Request]
    told: list[tuple[Source, PollDecision]] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)

    async def source(self, path: str, *, lang: str = "en", column: str = "tech") -> Source:
        spec = SourceSpec(
            key=f"test:{path}",
            url=self.base + path,
            title=f"Source {path}",
            column=column,
            lang=lang,
            poll_floor_s=60,
        )
        return await self.storage.sources.add(spec, self.time(), actor="test")

    async def poll(self) -> tuple[PollResult, ...]:
        await self.storage.sources.make_due(None, self.time())
        return await self.poller.run_due()

    async def read(self) -> list[ReadResult]:
        results: list[ReadResult] = []
        while batch := await self.reader.run_due():
            results += batch
        return results

    async def poll_and_read(self) -> list[ReadResult]:
        await self.poll()
        return await self.read()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
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
    url = f"sqlite:///{tmp_path}/jobs.db"
    await migrate(url)
    storage = await Storage.open(url)
    time = Time()
    workers = WorkerPool(1)
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
            yield World(storage, poller, reader, time, base, answers, asked, told, signals)
    await workers.close()
    await storage.close()
