"""What a poll and a new signal cost, from the wire to the database, in CPU time of `hexin poll`.

A local site with feeds and pages; each pass is a process of its own with its workers, and what
starting costs (a pass with nothing due) is taken off.
"""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from aiohttp.test_utils import TestServer

from bot.clock import utc_now
from storage import Storage, migrate
from tests.benchmarks.measure import Row
from tests.soak.press import Press

SOURCES = 150
NEW = 300
ROOT = Path(__file__).parents[2]


def rows() -> list[Row]:
    """A pass over silent feeds, one over feeds with news, one over the same again."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measured(f"sqlite:///{folder}/bench.db", folder))


async def _measured(url: str, folder: str) -> list[Row]:
    press = Press(SOURCES)
    async with TestServer(press.app()) as site:
        press.port = site.port or 0
        await migrate(url)
        storage = await Storage.open(url)
        try:
            await storage.sources.seed(press.specs(900), utc_now())
        finally:
            await storage.close()
        passed = _passing(url, folder, press.port)
        await asyncio.to_thread(passed)  # the first answers of all sources, without entries
        idle = await asyncio.to_thread(passed)
        for _ in range(NEW):
            press.publish()
        await _make_due(url)
        news = await asyncio.to_thread(passed)
        await _make_due(url)
        asked = press.asked
        again = await asyncio.to_thread(passed)
        polls = press.asked - asked
        kept = await _count(url)
    poll, signal = (again - idle) / polls, (news - again) / kept
    return [
        Row("a poll that brings nothing new", f"{poll * 1e3:.1f} ms CPU", note=f"{polls} feeds"),
        Row("a new signal", f"{signal * 1e3:.0f} ms CPU", note=f"{kept} of {NEW}, rules tier"),
    ]


def _passing(url: str, folder: str, port: int) -> Callable[[], float]:
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": url,
        "DATA_DIR": folder,
        "CATALOG": "false",
        "FETCH_ALLOW": f"127.0.0.1:{port}",
    }

    def run() -> float:
        before = _spent()
        subprocess.run(
            [sys.executable, "-m", "bot", "poll", "--once"],
            env=env,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return _spent() - before

    return run


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _make_due(url: str) -> None:
    storage = await Storage.open(url)
    try:
        await storage.sources.make_due(None, utc_now())
    finally:
        await storage.close()


async def _count(url: str) -> int:
    storage = await Storage.open(url)
    try:
        return await storage.signals.total()
    finally:
        await storage.close()
