"""Updates a second of one process over HTTP, with a Bot API that takes 50 ms for everything.

Ours is the chat side as it runs: every update written down before it is answered, paced, limited
and measured. Beside it the same handlers in python-telegram-bot's own loop, which keeps nothing.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from telegram.ext import Application

from bot.application import BotApi, build_application
from bot.delivery.limiter import Limiter
from bot.delivery.transport import open_session
from bot.heap import settle
from digest.render import Links
from digest.taxonomy import load_taxonomy
from handlers.context import Services
from handlers.guards import Pacer
from handlers.registry import install
from storage import Storage, migrate
from tests.benchmarks.botapi import READERS, TOKEN, bot_api
from tests.benchmarks.measure import Row, percentile
from tests.newsdesk import Newsdesk

LATENCY_S = 0.05
UPDATES = READERS
ASKED = 300
NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
LATEST = ("/latest",)
# Before all others: every second reader has kept something, and so has a list.
KNOWN = ("/latest", "1:save:9")
# What people say: they read lists, turn their pages, keep signals, look at their settings. Half
# of those who keep something do so for the first time.
USUAL = (
    "/latest",
    "1:save:12",
    "/topic 大模型",
    "1:page:latest::8:5",
    "/latest",
    "/settings",
    "1:save:11",
    "/latest",
    "1:card:10",
    "/search 消息",
)

App = Application[Any, Any, Any, Any, Any, Any]


def rows() -> list[Row]:
    return asyncio.run(_rows())


async def _rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        await migrate(url)
        storage = await Storage.open(url)
        desk = Newsdesk(storage)
        for _ in range(12):
            await desk.publish(topics=("llm",))
        await _ours(storage, READERS, 0, KNOWN)  # from now on everyone is known
        settle()  # as the bot does once it is up; the others gain by it as well
        most = await _ours(storage, UPDATES, 0)
        usual = await _ours(storage, UPDATES, 0, USUAL)
        offered = [
            (f"{name}, {pace}/s offered", await _ours(storage, pace * 5, pace, said))
            for name, said, pace in (
                ("/latest", LATEST, max(1, round(most.per_second / 2))),
                ("/latest", LATEST, ASKED),
                ("a usual mix", _later(USUAL, 3), ASKED),
            )
        ]
        default = await _theirs(storage, 60, concurrent=False)
        concurrent = await _theirs(storage, UPDATES // 2, concurrent=True)
        mixed = await _theirs(storage, UPDATES // 2, _later(USUAL, 6), concurrent=True)
        await storage.close()
    return [
        Row(
            f"/latest over HTTP, API latency {LATENCY_S * 1e3:.0f} ms, one process",
            most.shown,
            f"PTB default {default.shown}; with concurrent_updates {concurrent.shown}",
            f"{most.per_second / default.per_second:.1f}x",
            "wall; the same handlers on the same database; ours also keeps each update",
        ),
        Row(
            "a usual mix of commands and taps, the same way",
            usual.shown,
            f"PTB with concurrent_updates {mixed.shown}",
            f"{usual.per_second / mixed.per_second:.1f}x",
            "of ten: 3 /latest, a topic, a page turned, 2 saves (one the reader's first), a card, "
            "/settings, a search; each reader says another thing each time",
        ),
        *(
            Row(
                name,
                f"{run.per_second:.0f}/s answered; due → yes {_percentiles(run.waits_ms)}",
                "at most 150 ms",
                f"{150 / percentile(run.waits_ms, 0.99):.1f}x",
                f"handed out → yes {_percentiles(run.ours_ms)}; of the way there and back for "
                "the poll and for the answer come up to 125 ms",
            )
            for name, run in offered
        ),
    ]


def _later(said: Sequence[str], places: int) -> Sequence[str]:
    """So that nobody says in this run what they said in the one before."""
    return (*said[places:], *said[:places])


def _percentiles(times_ms: list[float]) -> str:
    return f"p50 {percentile(times_ms, 0.5):.0f} ms, p99 {percentile(times_ms, 0.99):.0f} ms"


@dataclass(frozen=True, slots=True)
class _Run:
    """How a run went: updates a second of wall and of CPU time, and how long each waited.

    `waits_ms` are from when it was due, `ours_ms` from when it was handed out.
    """

    per_second: float
    per_cpu_second: float
    waits_ms: list[float]
    ours_ms: list[float]

    @property
    def shown(self) -> str:
        return f"{self.per_second:.0f}/s ({self.per_cpu_second:.0f} per CPU second)"


async def _ours(storage: Storage, count: int, pace: float, said: Sequence[str] = LATEST) -> _Run:
    with bot_api(latency_s=LATENCY_S, updates=count, per_second=pace, said=said) as base:
        async with _whole(storage, base) as app:
            return await _polled(app, base, count)


async def _theirs(
    storage: Storage, count: int, said: Sequence[str] = LATEST, *, concurrent: bool
) -> _Run:
    with bot_api(latency_s=LATENCY_S, updates=count, said=said) as base:
        async with _default(storage, base, concurrent=concurrent) as app:
            return await _polled(app, base, count)


@asynccontextmanager
async def _whole(storage: Storage, base: str) -> AsyncIterator[App]:
    """The chat side as a process runs it; its pace is the fastest that Telegram sells."""
    limiter = Limiter(rate=1000.0)
    async with open_session(limiter.in_flight) as session:
        app = build_application(BotApi(base, TOKEN), session, limiter, _services(storage))
        await app.initialize()
        yield app
        await app.shutdown()


@asynccontextmanager
async def _default(storage: Storage, base: str, *, concurrent: bool) -> AsyncIterator[App]:
    """python-telegram-bot as it comes, with our handlers."""
    builder = Application.builder().token(TOKEN).base_url(f"{base}/bot")
    app = builder.concurrent_updates(concurrent).build()
    install(app, _services(storage), Pacer(burst=10**9))
    await app.initialize()
    yield app
    await app.shutdown()


def _services(storage: Storage) -> Services:
    return Services(
        storage=storage,
        taxonomy=load_taxonomy(),
        links=Links("https://hexin.example"),
        clock=lambda: NOW,
        wake_sender=lambda: None,
    )


async def _polled(app: App, base: str, count: int) -> _Run:
    """From the first update handed out to the last one answered."""
    assert app.updater is not None
    await app.start()
    began = time.process_time()
    await app.updater.start_polling(poll_interval=0, timeout=1)
    try:
        times = await _until_answered(base, count)
        spent = time.process_time() - began
    finally:
        await app.updater.stop()
        await app.stop()
    due, handed, answered = (times[name] for name in ("due", "handed", "answered"))
    waits, ours = (
        [(answered[number] - since[number]) * 1e3 for number in answered]
        for since in (due, handed)
    )
    wall = max(answered.values()) - min(due.values())
    return _Run(count / wall, count / spent, waits, ours)


async def _until_answered(base: str, count: int) -> dict[str, dict[str, float]]:
    deadline = time.monotonic() + 120
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < deadline:
            async with session.get(f"{base}/times") as response:
                times: dict[str, dict[str, float]] = await response.json()
            if len(times["answered"]) >= count:
                return times
            await asyncio.sleep(0.5)
    raise RuntimeError(f"only {len(times['answered'])} of {count} updates were answered")
