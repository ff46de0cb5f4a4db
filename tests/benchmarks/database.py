"""Latency of the questions readers ask, at 100,000 signals, on both databases."""

import os
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, text

from digest.finding import Narrowing
from digest.model import ArticleOrigin, Kind, Relation, SignalState
from digest.sources.catalog import load_catalog
from digest.taxonomy import load_taxonomy
from digest.text.segmentation import search_terms
from storage import Storage, migrate
from storage.schema import articles, signal_sources, signal_topics, signals, stories
from storage.search.postgres import TsVector
from storage.search.sqlite import Fts5
from storage.values import pack_paragraphs
from tests.benchmarks import answering, audience, serving
from tests.benchmarks.databases import on_postgresql, on_sqlite
from tests.benchmarks.measure import Row, percentile
from tests.benchmarks.samples import article_text, sentence

SIGNALS = int(os.environ.get("HEXIN_BENCH_SIGNALS", "100000"))
CHUNK = 1000
ROUNDS = 60
START = datetime(2026, 1, 1, tzinfo=UTC)
RARE = "海港分拣机"
ZONE = "Asia/Shanghai"
STORY_EVERY, STORY_SIZE = 30, 3
DRAWS = [place / 64 for place in range(64)]


def sqlite_rows() -> list[Row]:
    return on_sqlite(_measured)


def postgresql_rows() -> list[Row]:
    return on_postgresql(_measured)


async def _measured(url: str, name: str) -> list[Row]:
    await migrate(url)
    storage = await Storage.open(url)
    try:
        began = time.monotonic()
        await _fill(storage)
        spent = time.monotonic() - began
        rows = [
            Row(
                f"{name}: {SIGNALS:,} signals with search", f"{SIGNALS / spent:.0f}/s (bulk, wall)"
            )
        ]
        for work, ask in _questions(storage).items():
            rows.append(await _timed(f"{name}: {work}", ask))
        like = await _timed("", lambda: _like(storage), rounds=5)
        rows.append(Row(f"{name}: LIKE scan for a rare word, for comparison", "", like.ours))
        now = _at(SIGNALS + 1)
        await audience.gather(storage, SIGNALS, now)
        rows += await answering.rows(storage, name, SIGNALS, now)
        return rows + await serving.rows(storage, name, SIGNALS, now)
    finally:
        await storage.close()


def _questions(storage: Storage) -> dict[str, Callable[[], Awaitable[object]]]:
    topic = next(iter(load_taxonomy().topics))
    found, now = storage.search, _at(SIGNALS)
    week_ago = now - timedelta(days=7)
    one_source = Narrowing(sources=(5,))
    one_week = Narrowing(column="ai", since=week_ago, until=now)
    return {
        "/latest": lambda: storage.signals.latest(limit=10),
        "/latest of a column": lambda: storage.signals.latest(column="ai", limit=10),
        "/topic": lambda: storage.signals.latest(topic=topic, limit=10),
        "/search, common Chinese word": lambda: found.find("公司", limit=10),
        "/search, rare Chinese word": lambda: found.find(RARE, limit=10),
        "/search, common English word": lambda: found.find("market", limit=10),
        "/search, two words": lambda: found.find("robot tariff", limit=10),
        "/search, nothing found": lambda: found.find("无此词语呀", limit=10),
        "/search in order, common Chinese word": lambda: found.page(
            "公司", Narrowing(), zone=ZONE
        ),
        "/search in order, rare Chinese word": lambda: found.page(RARE, Narrowing(), zone=ZONE),
        "/search in order, common English word": lambda: found.page(
            "market", Narrowing(), zone=ZONE
        ),
        "/search, common word, one source": lambda: found.page("公司", one_source, zone=ZONE),
        "/search, common word, one column and week": lambda: found.page(
            "公司", one_week, zone=ZONE
        ),
        "/search, rare word, one source": lambda: found.page(RARE, one_source, zone=ZONE),
        "/latest of a source": lambda: found.page("", one_source, zone=ZONE),
        "/latest of a column and week": lambda: found.page("", one_week, zone=ZONE),
        "/trends, topics of 15 days": lambda: storage.signals.topic_days(15, now),
        "/story, stories of a week": lambda: storage.stories.active(week_ago, now),
        "/weekly, best of a week": lambda: storage.signals.best(week_ago, now, per_column=12),
        "/random": lambda: storage.look_backs.candidates(week_ago, DRAWS),
        "one signal": lambda: storage.signals.get(SIGNALS // 2),
    }


async def _timed(work: str, ask: Callable[[], Awaitable[object]], rounds: int = ROUNDS) -> Row:
    await ask()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - began) * 1e3)
    return Row(work, f"p50 {percentile(times, 0.5):.1f} ms, p95 {percentile(times, 0.95):.1f} ms")


async def _like(storage: Storage) -> None:
    query = text("SELECT id FROM articles WHERE title LIKE :word ORDER BY id DESC LIMIT 10")
    async with storage.database.read() as connection:
        (await connection.execute(query, {"word": f"%{RARE}%"})).all()


async def _fill(storage: Storage) -> None:
    await storage.sources.seed(load_catalog(), START)
    source_ids = [source.id for source in await storage.sources.all()]
    made = {"created_at": START, "updated_at": START}
    async with storage.database.write() as connection:
        count = SIGNALS // STORY_EVERY + 1
        await connection.execute(
            insert(stories), [made | {"id": number} for number in range(1, count + 1)]
        )
    dice = random.Random(7)
    topics = list(load_taxonomy().topics)
    for first in range(1, SIGNALS + 1, CHUNK):
        numbers = range(first, min(first + CHUNK, SIGNALS + 1))
        titles = {number: _title(dice, number) for number in numbers}
        async with storage.database.write() as connection:
            await connection.execute(
                insert(articles), [_article(number, titles[number]) for number in numbers]
            )
            await connection.execute(
                insert(signals), [_signal(dice, number, titles[number]) for number in numbers]
            )
            await connection.execute(
                insert(signal_topics),
                [
                    {"topic_id": topic, "dated_at": _at(number), "signal_id": number}
                    for number in numbers
                    for topic in dice.sample(topics, 2)
                ],
            )
            await connection.execute(
                insert(signal_sources),
                [
                    {
                        "signal_id": number,
                        "source_id": source_ids[number % len(source_ids)],
                        "url": f"https://example.org/{number}",
                        "seen_at": _at(number),
                        "place": 0,
                    }
                    for number in numbers
                ],
            )
            table = TsVector if connection.dialect.name == "postgresql" else Fts5
            for number in numbers:
                words = f"{titles[number]}\n{article_text(dice, 'zh', 3)}"
                await table.index(connection, number, search_terms(words))
    if storage.database.dialect == "postgresql":
        async with storage.database.write() as connection:
            await connection.execute(text("ANALYZE"))


def _title(dice: random.Random, number: int) -> str:
    lang = "zh" if number % 2 else "en"
    title = sentence(dice, lang)
    return f"{RARE}{title}" if number % 9973 == 0 else title


def _at(number: int) -> datetime:
    return START + timedelta(seconds=30 * number)


def _article(number: int, title: str) -> dict[str, object]:
    return {
        "id": number,
        "url_key": f"{number:064d}",
        "fingerprint": None,
        "url": f"https://example.org/{number}",
        "canonical_url": f"https://example.org/{number}",
        "title": title,
        "lang": "zh" if number % 2 else "en",
        "author": "",
        "site": "Example",
        "published_at": _at(number),
        "utc_offset_min": 0,
        "origin": ArticleOrigin.PAGE,
        "note": "",
        "image_url": "",
        "text": pack_paragraphs(((title,),)),
        "created_at": _at(number),
    }


def _signal(dice: random.Random, number: int, title: str) -> dict[str, object]:
    point = {"text": title, "evidence": [0], "lang": "zh"}
    return {
        "id": number,
        "article_id": number,
        "column_id": dice.choice(list(load_taxonomy().columns)),
        "kind": Kind.NEWS,
        "state": SignalState.LIVE,
        "story_id": number // STORY_EVERY + 1 if number % STORY_EVERY < STORY_SIZE else None,
        "relation": Relation.UPDATE
        if number % STORY_EVERY in range(1, STORY_SIZE)
        else Relation.LEAD,
        "score": dice.randint(30, 95),
        "score_parts": [["source", 10.0, 20.0, ""]],
        "brief": {"headline": title, "headline_lang": "zh", "points": [point] * 3},
        "placement": {"topics": [], "cues": {}},
        "reading_minutes": 3,
        "views": 0,
        "backlog": False,
        "dated_at": _at(number),
        "created_at": _at(number),
    }
