"""How long a page takes and how heavy it is, at 100,000 signals, asked for over a socket."""

import random
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, insert, select, update

from bot.web import make_web
from digest.taxonomy import load_taxonomy
from storage import Storage
from storage.schema import articles, collections, saved, signals, stories
from storage.values import pack_paragraphs
from tests.benchmarks.measure import Row, percentile
from tests.benchmarks.samples import sentence

ROUNDS = 40
HEAVIEST = 50_000
SHARED = "benchbenchbenchbench"


async def rows(storage: Storage, name: str, count: int, now: datetime) -> list[Row]:
    """Time and weight of each kind of page."""
    story = await _furnish(storage, count, now)

    async def health() -> dict[str, object]:
        return {}

    app = make_web(
        storage,
        load_taxonomy(),
        clock=lambda: now,
        base_url="https://pages.example",
        bot_username=lambda: "hexin_bot",
        health=health,
    )
    found = []
    async with TestClient(TestServer(app)) as client:
        for work, path in _paths(count, story, now).items():
            times, size = [], 0
            for _ in range(ROUNDS):
                began = time.perf_counter()
                async with client.get(path) as response:
                    size = len(await response.read())
                times.append((time.perf_counter() - began) * 1e3)
                if response.status != 200:
                    raise RuntimeError(f"{path} answered {response.status}")
            shown = f"p50 {percentile(times, 0.5):.1f} ms, p95 {percentile(times, 0.95):.1f} ms"
            share = f"{HEAVIEST / size:.1f}x"
            limit = f"at most {HEAVIEST / 1e3:.0f} kB"
            found.append(
                Row(f"{name}: page, {work}", f"{shown}, {size / 1e3:.1f} kB", limit, share)
            )
    return found


def _paths(count: int, story: int, now: datetime) -> Mapping[str, str]:
    week = (now - timedelta(days=7)).isocalendar()
    return {
        "home": "/",
        "column": "/column/ai",
        "topic": f"/topic/{next(iter(load_taxonomy().topics))}",
        "signal": f"/s/{count // 2}",
        "story": f"/story/{story}",
        "day": f"/day/{now - timedelta(days=2):%Y-%m-%d}",
        "weekly": f"/week/{week.year}-W{week.week:02}",
        "shared collection": f"/c/{SHARED}",
        "search": "/search?q=公司",
    }


async def _furnish(storage: Storage, count: int, now: datetime) -> int:
    """A story of twelve signals, a shared collection, a usual article. Returns the story's id."""
    dice = random.Random(3)
    paragraphs = tuple(tuple(sentence(dice, "zh") for _ in range(4)) for _ in range(8))
    told = list(range(count - 40, count - 28))
    async with storage.database.write() as connection:
        newest = (await connection.execute(select(func.max(stories.c.id)))).scalar()
        story = int(newest or 0) + 1
        await connection.execute(insert(stories).values(id=story, created_at=now, updated_at=now))
        await connection.execute(
            update(signals).where(signals.c.id.in_(told)).values(story_id=story)
        )
        await connection.execute(
            update(articles)
            .where(articles.c.id == count // 2)
            .values(text=pack_paragraphs(paragraphs))
        )
        await connection.execute(
            update(collections).where(collections.c.id == 1).values(share_key=SHARED)
        )
        await connection.execute(
            insert(saved),
            [
                {"collection_id": 1, "signal_id": one, "note": "", "saved_at": now}
                for one in range(count // 3, count // 3 + 40)
            ],
        )
    return story
