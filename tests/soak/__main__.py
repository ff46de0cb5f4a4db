"""`make soak`: the bot as a process of its own, fed at many times the real rate, memory watched.

Settings by environment:

    HEXIN_SOAK_MINUTES  how long (30)
    HEXIN_SOAK_TIMES    how many times the real rate (50); the first third of the time twice as
                        many, so that what is kept up to a number has come to it when the watching
                        begins (at fifty times that takes a quarter of an hour)
    HEXIN_SOAK_REPORT   a file that the report is written to as well
    HEXIN_SOAK_WINDOW_MINUTES  how much the index of stories keeps (its seven days): with a few
                        minutes as much leaves it as comes, and memory must not grow by it at all

The real rate of the bundled catalog is taken as a hundred sources polled hourly that bring 1,200
articles a day, and 1,200 commands of readers. Telegram, the news site and the readers live in
this process, so that what is measured is the bot alone.
"""

import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from bot.clock import utc_now
from bot.sandbox import Sandbox
from bot.sandbox.people import Person
from digest.model import ChatKind, Lang, Subscription, Wishes
from storage import Storage, migrate
from tests.soak.memory import Sample, sample
from tests.soak.press import Press
from tests.soak.report import SETTLED, Findings, report

SOURCES = 100
POLL_EVERY_S = 3600
ARTICLES_A_DAY = COMMANDS_A_DAY = 1_200
READERS = 20
DAY_S = 86_400
WARMING = 2
SAMPLE_EVERY_S = 5.0
PATIENCE_S = 30.0
STOP_S = 20.0
COMMANDS = ("/latest", "/search 工厂", "/trends", "/saved", "/help", "/settings", "/topics")
# Whoever wants every signal at once, at any hour.
EAGER = Subscription(
    wishes=Wishes(min_score=0),
    instant_score=0,
    digest_times=(),
    quiet_from=clock_time(0),
    quiet_to=clock_time(0),
)


@dataclass
class Soak:
    """The world around the bot, and what was seen."""

    minutes: float
    times: float
    folder: Path
    sandbox: Sandbox = field(default_factory=lambda: Sandbox(newsroom=False))
    press: Press = field(default_factory=lambda: Press(SOURCES))
    samples: list[Sample] = field(default_factory=list)
    signals_at: list[tuple[float, int]] = field(default_factory=list)
    indexed: list[int] = field(default_factory=list)
    probes_ms: list[float] = field(default_factory=list)
    answers_ms: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    metrics: str = ""
    watched: str = ""

    @property
    def database(self) -> Path:
        """The bot's SQLite file."""
        return self.folder / "hexin.db"

    async def run(self) -> Findings:
        """Start the bot, feed it, watch it, stop it."""
        url = f"sqlite:///{self.database}"
        await migrate(url)
        async with TestServer(self.press.app()) as site, self.sandbox.serve() as telegram:
            self.press.port = site.port or 0
            readers = await self._prepare(url)
            async with self._bot(telegram) as (process, pages):
                began = time.monotonic()
                await self._feed(process, pages, readers)
                took = time.monotonic() - began
                code, stopped_s = await _stop(process)
        return Findings(
            self.minutes,
            self.times,
            took,
            code,
            stopped_s,
            tuple(self.samples),
            tuple(self.signals_at),
            tuple(self.indexed),
            tuple(self.probes_ms),
            tuple(self.answers_ms),
            Counter(self.counts) + self._rows(),
            self._log_lines(),
            self.metrics,
            self._inside(),
        )

    async def _prepare(self, url: str) -> list[Person]:
        storage = await Storage.open(url)
        now: datetime = utc_now()
        try:
            await storage.sources.seed(
                self.press.specs(max(1, round(POLL_EVERY_S / self.times))), now
            )
            readers = self.sandbox.add_people(READERS)
            for one in readers:
                subscriber, _ = await storage.subscribers.enter(
                    one.id, 0, ChatKind.PRIVATE, one.user.name, Lang.ZH, now
                )
                await storage.subscribers.save_subscription(subscriber.id, EAGER)
        finally:
            await storage.close()
        return readers

    @asynccontextmanager
    async def _bot(self, telegram: int) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
        port = _free_port()
        self.watched = f"http://127.0.0.1:{_free_port()}"
        environment = os.environ | {
            "TELEGRAM_BOT_TOKEN": self.sandbox.token,
            "TELEGRAM_API_BASE_URL": f"http://127.0.0.1:{telegram}",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "DATA_DIR": str(self.folder),
            "PORT": str(port),
            "CATALOG": "false",
            "FETCH_ALLOW": f"127.0.0.1:{self.press.port}",
            "LOG_LEVEL": "WARNING",
            "METRICS_PORT": self.watched.rpartition(":")[2],
        }
        pages = f"http://127.0.0.1:{port}"
        with (self.folder / "bot.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.soak.inside", str(self.folder / "inside.jsonl"),
                "run", env=environment, start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            await _answering(pages)
            yield process, pages
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()

    async def _feed(
        self, process: asyncio.subprocess.Process, pages: str, readers: list[Person]
    ) -> None:
        began = time.monotonic()
        ends, settled = began + self.minutes * 60, began + self.minutes * 60 * SETTLED
        articles = DAY_S / ARTICLES_A_DAY / self.times
        commands = DAY_S / COMMANDS_A_DAY / self.times

        async def publish() -> None:
            self.press.publish()
            self.counts["articles published"] += 1

        dice = random.Random(7)

        async def command() -> None:
            await self._ask(dice.choice(readers), dice.choice(COMMANDS))

        def faster(seconds: float) -> Callable[[], float]:
            return lambda: seconds / (WARMING if time.monotonic() < settled else 1)

        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
            group.create_task(_every(faster(articles), ends, publish))
            group.create_task(_every(faster(commands), ends, command))
            group.create_task(
                _every(lambda: SAMPLE_EVERY_S, ends, lambda: self._look(process, pages, session))
            )

    async def _ask(self, person: Person, text: str) -> None:
        began = time.monotonic()
        calls = self.sandbox.log.accepted.total()
        person.send(text)
        self.counts["commands"] += 1
        try:
            await person.wait_for(lambda seen: bool(seen.labels or seen.text), PATIENCE_S)
        except (TimeoutError, AssertionError):
            self.counts["commands without an answer"] += 1
            return
        self.answers_ms.append((time.monotonic() - began) * 1000)
        self.counts["calls"] += self.sandbox.log.accepted.total() - calls

    async def _look(
        self, process: asyncio.subprocess.Process, pages: str, session: aiohttp.ClientSession
    ) -> None:
        now = time.monotonic()
        self.samples.append(sample(process.pid, now))
        self.signals_at.append((now, self._count("SELECT count(*) FROM signals")))
        began = time.monotonic()
        try:
            async with session.get(f"{pages}/healthz", timeout=aiohttp.ClientTimeout(20)) as got:
                await got.read()
            async with session.get(
                f"{self.watched}/metrics", timeout=aiohttp.ClientTimeout(20)
            ) as told:
                self.metrics = await told.text()
        except (aiohttp.ClientError, TimeoutError):
            self.counts["probes without an answer"] += 1
        else:
            self.probes_ms.append((time.monotonic() - began) * 1000)
            self.indexed.append(_gauge(self.metrics, "hexin_story_index_signals"))

    def _count(self, query: str) -> int:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return int(connection.execute(query).fetchone()[0])

    def _rows(self) -> Counter[str]:
        rows = Counter(
            {
                "feeds asked for": self.press.asked,
                "signals": self._count("SELECT count(*) FROM signals"),
                "entries": self._count("SELECT count(*) FROM entries"),
                "messages sent to readers": self.sandbox.log.accepted["sendMessage"],
                "answers 429": sum(
                    number for (_, code), number in self.sandbox.log.refused.items() if code == 429
                ),
            }
        )
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            for table in ("entries", "deliveries"):
                for state, number in connection.execute(
                    f"SELECT state, count(*) FROM {table} GROUP BY state"  # noqa: S608  ours
                ):
                    rows[f"{table} {state}"] = number
        return rows

    def _inside(self) -> tuple[dict[str, Any], ...]:
        """What the onlookers in the bot's own process wrote down."""
        told = self.folder / "inside.jsonl"
        lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
        return tuple(json.loads(line) for line in lines)

    def _log_lines(self) -> Counter[str]:
        """How often the bot complained of what."""
        lines = (self.folder / "bot.log").read_text(encoding="utf-8", errors="replace")
        levels = ("WARNING", "ERROR")
        return Counter(
            line.split(" ", 2)[2][:90]
            for line in lines.splitlines()
            if any(f" {level}" in line for level in levels) and line.count(" ") > 1
        )


async def _every(pace: Callable[[], float], ends: float, act: Callable[[], object]) -> None:
    """Act every so many seconds; what takes longer than its turn is waited for by nobody."""
    following = time.monotonic()
    async with asyncio.TaskGroup() as group:
        while (now := time.monotonic()) < ends:
            if now < following:
                await asyncio.sleep(min(following, ends) - now)
                continue
            following += pace()
            group.create_task(act())  # type: ignore[arg-type]


def _gauge(metrics: str, name: str) -> int:
    """What a gauge of /metrics shows, 0 while it is not there."""
    shown = (line.split() for line in metrics.splitlines())
    return next((round(float(one[1])) for one in shown if one and one[0] == name), 0)


async def _answering(pages: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(120):
        while True:
            try:
                async with session.get(f"{pages}/healthz"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)


async def _stop(process: asyncio.subprocess.Process) -> tuple[int | None, float]:
    began = time.monotonic()
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            return None, STOP_S
    return process.returncode, time.monotonic() - began


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def main() -> int:
    """Soak, print the report; 1 when memory grew or something was lost."""
    minutes = float(os.environ.get("HEXIN_SOAK_MINUTES", "30"))
    times = float(os.environ.get("HEXIN_SOAK_TIMES", "50"))
    with tempfile.TemporaryDirectory(prefix="hexin-soak-") as folder:
        found = asyncio.run(Soak(minutes, times, Path(folder)).run())
    text, well = report(found)
    print(text)
    target = os.environ.get("HEXIN_SOAK_REPORT", "")
    if target:
        Path(target).write_text(text, encoding="utf-8")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
