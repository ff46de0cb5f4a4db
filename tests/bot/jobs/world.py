"""What the tests of the steps hold in hand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import web

from bot.engine.workers import WorkerPool
from bot.fetching import Fetcher
from bot.jobs.enriching import Enricher
from bot.jobs.polling import Poller, PollResult
from bot.jobs.reading import Reader, ReadResult
from digest.model import Signal, Source, SourceSpec
from digest.sources.polling import PollDecision
from storage import Storage

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
    fetcher: Fetcher | None = None
    workers: WorkerPool | None = None

    def enrich(self, enricher: Enricher) -> None:
        """From now on drafts are bettered before they are published."""
        assert self.fetcher is not None
        assert self.workers is not None

        async def on_signal(signal: Signal) -> None:
            self.signals.append(signal)

        self.reader = Reader(
            self.storage,
            self.fetcher,
            self.workers,
            clock=self.time,
            on_signal=on_signal,
            enricher=enricher,
        )

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
        return list(await self.reader.run_due())

    async def poll_and_read(self) -> list[ReadResult]:
        await self.poll()
        return await self.read()
