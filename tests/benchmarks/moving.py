"""What a million rows weigh on disk in both databases, and what moving them takes.

`hexin migrate --to` runs as a process of its own, SQLite to PostgreSQL, so that its memory is its
own. HEXIN_BENCH_SIGNALS and HEXIN_BENCH_READERS give other sizes.
"""

import asyncio
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import insert

from digest.model import ArticleOrigin, Kind, Relation, SignalState
from digest.sources.catalog import load_catalog
from digest.taxonomy import load_taxonomy
from digest.text.segmentation import search_terms
from storage import Storage, migrate
from storage.schema import (
    articles,
    delivered,
    deliveries,
    digest_parts,
    digests,
    entries,
    signal_sources,
    signal_topics,
    signals,
)
from storage.search.sqlite import Fts5
from storage.search.terms import MAX_TERMS
from storage.values import pack_paragraphs
from tests.benchmarks import audience
from tests.benchmarks.measure import Row
from tests.benchmarks.samples import article_text, sentence
from tests.postgres import NoPostgres, postgres_server

SIGNALS = int(os.environ.get("HEXIN_BENCH_SIGNALS", "40000"))
MESSAGES = audience.READERS * 2
CHUNK = 1000
TEXTS = 400
START = datetime(2026, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[2]

# What each kind of thing is made of.
_OF = {
    "source": ("sources", "source_polls"),
    "signal": (
        *("articles", "signals", "signal_topics", "signal_sources", "entries", "signal_search"),
    ),
    "subscriber": ("subscribers", "subscriptions"),
    "collection with one saved": ("collections", "saved"),
    "message owed or sent": ("deliveries", "delivered"),
}


def rows() -> list[Row]:
    """Fill, weigh, move, weigh."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        counts = asyncio.run(_fill(f"sqlite:///{path}"))
        sizes = _sqlite_sizes(path)
        found = [
            Row(f"SQLite: bytes per {what}", _bytes(sizes, what, counts[what])) for what in _OF
        ]
        found.append(Row("SQLite: the file", f"{path.stat().st_size / 1e6:,.0f} MB"))
        try:
            with postgres_server() as server:
                url = server.create().render_as_string(hide_password=False)
                found += _moved(path, url)
                sizes = _postgres_sizes(url)
                found += [
                    Row(f"PostgreSQL: bytes per {what}", _bytes(sizes, what, counts[what]))
                    for what in _OF
                ]
                found.append(Row("PostgreSQL: all", f"{sum(sizes.values()) / 1e6:,.0f} MB"))
        except NoPostgres as reason:
            found.append(Row("PostgreSQL", "not measured", note=str(reason)))
        return found


def _bytes(sizes: dict[str, int], what: str, count: int) -> str:
    parts = {name: sizes[name] for name in _OF[what]}
    shares = ", ".join(f"{name} {size / count:,.0f}" for name, size in parts.items())
    return f"{sum(parts.values()) / count:,.0f} ({shares})"


def _moved(path: Path, url: str) -> list[Row]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": f"sqlite:///{path}"}
    command = [sys.executable, "-m", "bot", "migrate", "--to", url]
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    log = path.with_name("moving.txt")
    with (
        log.open("wb") as out,
        subprocess.Popen(command, env=env, cwd=path.parent, stdout=out, stderr=out) as process,
    ):
        peak = 0
        while process.poll() is None:
            peak = max(peak, _peak_kb(process.pid))
            time.sleep(0.2)
    seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = log.read_text()
    if process.returncode:
        return [Row("moving", "failed", note=told)]
    stages = [line for line in told.splitlines() if "/秒" in line and "还需" not in line]
    summary = next(line for line in told.splitlines() if line.startswith("搬完了"))
    return [
        Row("hexin migrate --to, SQLite to PostgreSQL", f"{seconds:.0f} s wall", note=summary),
        Row("  its CPU time", f"{used.ru_utime - before:.0f} s (without the server's)"),
        Row("  most memory", f"{peak / 1024:.0f} MB"),
        *(Row("  stage", line) for line in stages),
    ]


def _peak_kb(process: int) -> int:
    """The most memory that a process has had; its rusage would count its parent's too."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _sqlite_sizes(path: Path) -> dict[str, int]:
    """Bytes of each table with its indexes."""
    sizes: dict[str, int] = defaultdict(int)
    query = (
        "SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat s"
        " LEFT JOIN sqlite_master m ON m.name = s.name GROUP BY 1"
    )
    with closing(sqlite3.connect(path)) as connection:
        for name, size in connection.execute(query):
            sizes["signal_search" if name.startswith("signal_search") else name] += size
    return sizes


def _postgres_sizes(url: str) -> dict[str, int]:
    query = (
        "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    with psycopg.connect(url) as connection:
        return dict(connection.execute(query).fetchall())


async def _fill(url: str) -> dict[str, int]:
    await migrate(url)
    storage = await Storage.open(url)
    try:
        await storage.sources.seed(load_catalog(), START)
        known = [source.id for source in await storage.sources.all()]
        await _fill_signals(storage, known)
        await audience.gather(storage, SIGNALS, START)
        await _fill_messages(storage)
    finally:
        await storage.close()
    return {
        "source": len(known),
        "signal": SIGNALS,
        "subscriber": audience.READERS,
        "collection with one saved": audience.READERS,
        "message owed or sent": MESSAGES,
    }


async def _fill_signals(storage: Storage, known: list[int]) -> None:
    dice = random.Random(11)
    texts = [article_text(dice, "zh" if one % 2 else "en") for one in range(TEXTS)]
    terms = [search_terms(text)[:MAX_TERMS] for text in texts]
    topics = list(load_taxonomy().topics)
    for numbers in _chunks(SIGNALS):
        async with storage.database.write() as connection:
            for table, made in (
                (articles, [_article(dice, one, texts[one % TEXTS]) for one in numbers]),
                (signals, [_signal(dice, one) for one in numbers]),
                (entries, [_entry(one, known) for one in numbers]),
                (signal_topics, [row for one in numbers for row in _topics(dice, one, topics)]),
                (signal_sources, [_source(one, known) for one in numbers]),
            ):
                await connection.execute(insert(table), made)
            for one in numbers:
                await Fts5.index(connection, one, terms[one % TEXTS])


async def _fill_messages(storage: Storage) -> None:
    made = {"id": 1, "kind": "daily", "group_key": "g", "lang": "zh", "signal_ids": [1, 2]}
    times = {"window_from": START, "window_to": START, "created_at": START}
    async with storage.database.write() as connection:
        await connection.execute(insert(digests), [made | times])
        parts = [{"digest_id": 1, "part": part, "body": {"text": "核"}} for part in (0, 1)]
        await connection.execute(insert(digest_parts), parts)
    for numbers in _chunks(MESSAGES):
        async with storage.database.write() as connection:
            await connection.execute(insert(deliveries), [_delivery(one) for one in numbers])
            await connection.execute(insert(delivered), [_delivered(one) for one in numbers])


def _chunks(count: int) -> Iterator[range]:
    for first in range(1, count + 1, CHUNK):
        yield range(first, min(first + CHUNK, count + 1))


def _at(number: int) -> datetime:
    return START + timedelta(seconds=30 * number)


def _article(dice: random.Random, number: int, text: str) -> dict[str, Any]:
    address = f"https://www.example.org/2026/01/news/an-article-with-a-title-{number}"
    return {
        "id": number,
        "url_key": f"{number:064x}",
        "fingerprint": f"{number:032x}",
        "url": address,
        "canonical_url": address,
        "title": sentence(dice, "en"),
        "lang": "en",
        "author": "A Reporter",
        "site": "Example",
        "published_at": _at(number),
        "origin": ArticleOrigin.PAGE,
        "note": "",
        "image_url": f"{address}.jpg",
        "text": pack_paragraphs(tuple((line,) for line in text.splitlines())),
        "created_at": _at(number),
    }


def _signal(dice: random.Random, number: int) -> dict[str, Any]:
    points = [
        {"text": sentence(dice, "zh"), "evidence": [place], "lang": "zh"} for place in range(3)
    ]
    return {
        "id": number,
        "article_id": number,
        "column_id": "ai",
        "kind": Kind.NEWS,
        "state": SignalState.LIVE,
        "story_id": None,
        "relation": Relation.LEAD,
        "score": dice.randint(30, 95),
        "score_parts": [["source", 10.0, 20.0, ""]] * 6,
        "brief": {"headline": sentence(dice, "zh"), "headline_lang": "zh", "points": points},
        "placement": {"topics": ["llm", "chips"], "cues": {"llm": ["模型"]}},
        "reading_minutes": 3,
        "views": 0,
        "backlog": False,
        "dated_at": _at(number),
        "created_at": _at(number),
    }


def _entry(number: int, known: list[int]) -> dict[str, Any]:
    address = f"https://www.example.org/2026/01/news/an-article-with-a-title-{number}"
    return {
        "source_id": known[number % len(known)],
        "key": address,
        "url": address,
        "title": f"Market robot cloud bank chip rose by {number} percent.",
        "author": "A Reporter",
        "body": None,
        "lang": "en",
        "published_at": _at(number),
        "content_hash": f"{number:032x}",
        "state": "done",
        "detail": "",
        "tries": 1,
        "dated_at": _at(number),
        "claimable_at": _at(number),
        "created_at": _at(number),
        "finished_at": _at(number),
        "signal_id": number,
    }


def _topics(dice: random.Random, number: int, topics: list[str]) -> Iterable[dict[str, Any]]:
    for topic in dice.sample(topics, 2):
        yield {"topic_id": topic, "dated_at": _at(number), "signal_id": number}


def _source(number: int, known: list[int]) -> dict[str, Any]:
    return {
        "signal_id": number,
        "source_id": known[number % len(known)],
        "url": f"https://www.example.org/2026/01/news/an-article-with-a-title-{number}",
        "seen_at": _at(number),
        "place": 0,
    }


def _delivery(number: int) -> dict[str, Any]:
    reader, part = divmod(number - 1, 2)
    return {
        "digest_id": 1,
        "part": part,
        "subscriber_id": reader + 1,
        "state": "sent",
        "urgency": 1,
        "attempts": 1,
        "not_before": START,
        "silent": False,
        "error": "",
        "message_id": number,
        "created_at": START,
        "settled_at": START,
    }


def _delivered(number: int) -> dict[str, Any]:
    reader, place = divmod(number - 1, 2)
    return {
        "subscriber_id": reader + 1,
        "signal_id": (reader + place) % SIGNALS + 1,
        "delivered_at": START,
    }
