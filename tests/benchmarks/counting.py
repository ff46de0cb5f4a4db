"""The numbers: how long counting a day takes where there are millions of rows, and drawing."""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.engine.workers import WorkerPool
from bot.pictures.job import paint
from digest.model import Lang
from digest.numberpictures import PICTURES, picture_of
from digest.numbers import Count
from digest.render import Links, Rendering
from digest.taxonomy import load_taxonomy
from digest.texts import texts_for
from digest.trendpictures import trend_picture
from digest.trends.board import MOST, Span, View, board_of
from storage import Storage, migrate
from storage.column_types import to_microseconds
from tests.benchmarks.measure import Row
from tests.newsdesk import NOON
from tests.planted_figures import LAST, named, planted
from tests.postgres import NoPostgres, postgres_server
from tests.trending import report, trend

ROWS = int(os.environ.get("HEXIN_BENCH_DELIVERIES", "1000000"))
READERS, SIGNALS, ENTRIES, DIGESTS = 100_000, 100_000, 200_000, 5_000
DAYS = 30
NOW = datetime(LAST.year, LAST.month, LAST.day, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
START = NOW - timedelta(days=DAYS)


def counting_rows() -> list[Row]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        found += asyncio.run(_measured(f"sqlite:///{folder}/numbers.db", "SQLite"))
    try:
        with postgres_server() as server:
            url = server.create().render_as_string(hide_password=False)
            found += asyncio.run(_measured(url, "PostgreSQL"))
    except NoPostgres as reason:
        found.append(Row("PostgreSQL", "not measured", note=str(reason)))
    return found


async def _measured(url: str, name: str) -> list[Row]:
    await migrate(url)
    storage = await Storage.open(url)
    try:
        await _fill(storage)
        numbers = storage.numbers
        size = f"{ROWS:,} deliveries, {READERS:,} readers, {SIGNALS:,} signals"
        today, yesterday = numbers.today(NOW), numbers.today(NOW) - timedelta(days=1)
        found = [
            await _timed(
                f"{name}: counting a whole day, {size}", lambda: numbers.recount(yesterday, NOW)
            ),
            await _timed(f"{name}: counting today", lambda: numbers.recount(today, NOW)),
        ]
        began = time.perf_counter()
        while due := await numbers.due(NOW, 10):
            for day in due:
                await numbers.recount(day, NOW)
        spent = time.perf_counter() - began
        found.append(Row(f"{name}: counting {DAYS} days afterwards", f"{spent:.1f} s (wall)"))
        found += [
            await _timed(
                f"{name}: /stats, {days} days and those before",
                partial(numbers.latest, days, NOW),
            )
            for days in (7, 90)
        ]
        opens = {(Count.OPENS, kind): 9 for kind in ("signal", "home", "column", "search")}
        found.append(
            await _timed(f"{name}: writing opened pages down", lambda: numbers.add(today, opens))
        )
        return found
    finally:
        await storage.close()


async def _timed(work: str, ask: Callable[[], Awaitable[object]], rounds: int = 7) -> Row:
    await ask()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - began) * 1e3)
    times.sort()
    return Row(work, f"p50 {times[rounds // 2]:.0f} ms, worst {times[-1]:.0f} ms (wall)")


async def _fill(storage: Storage) -> None:
    async with storage.database.write() as connection:
        for table, count, columns in _TABLES:
            await _many(connection, table, count, columns)
        if connection.dialect.name == "postgresql":
            await connection.execute(text("ANALYZE"))


def _spread(connection: AsyncConnection, count: int) -> str:
    """SQL for a moment that goes from START to NOW with the number n of a row."""
    kind = "NUMERIC" if _is_postgres(connection) else "REAL"
    seconds = f"(CAST(n AS {kind}) * {DAYS * 86400} / {count})"
    if _is_postgres(connection):
        return f"TIMESTAMPTZ '{START.isoformat()}' + {seconds} * INTERVAL '1 second'"
    return f"CAST({to_microseconds(START)} + {seconds} * 1000000 AS INTEGER)"


def _is_postgres(connection: AsyncConnection) -> bool:
    return bool(connection.dialect.name == "postgresql")


# {at}: the moment of row n; {no} and {yes} as the database writes them.
_TABLES: tuple[tuple[str, int, dict[str, str]], ...] = (
    (
        "subscribers",
        READERS,
        {
            "id": "n", "chat_id": "n + 100000", "thread_id": "0", "kind": "'private'",
            "title": "'r'", "lang": "'zh'", "active": "{yes}", "reason": "''",
            "created_at": "{at}", "changed_at": "{at}",
        },
    ),
    (
        "articles",
        SIGNALS,
        {
            "id": "n", "url_key": "CAST(n AS VARCHAR(64))", "url": "'u'", "canonical_url": "'u'",
            "title": "'t'", "lang": "'zh'", "author": "''", "site": "''", "published_at": "{at}",
            "origin": "'page'", "note": "''", "image_url": "''", "created_at": "{at}",
        },
    ),
    (
        "signals",
        SIGNALS,
        {
            "id": "n", "article_id": "n", "column_id": "'ai'", "kind": "'news'",
            "state": "'live'", "relation": "'lead'", "score": "50", "score_parts": "'[]'",
            "brief": "'{{}}'", "placement": "'{{}}'", "reading_minutes": "2", "views": "0",
            "backlog": "{no}", "dated_at": "{at}", "created_at": "{at}",
        },
    ),
    (
        "signal_topics",
        SIGNALS,
        {"topic_id": "'topic' || (n % 90)", "dated_at": "{at}", "signal_id": "n"},
    ),
    (
        "sources",
        300,
        {
            "id": "n", "key": "'k' || n", "url": "'u' || n", "host": "'h'", "title": "'s' || n",
            "column_id": "'ai'", "lang": "'zh'", "weight": "1", "site_url": "''",
            "kind": "'feed'", "state": "'active'", "origin": "'catalog'", "created_at": "{at}",
        },
    ),
    (
        "entries",
        ENTRIES,
        {
            "id": "n", "source_id": "n % 300 + 1", "key": "'e' || n", "url": "'u'",
            "title": "'t'", "author": "''", "lang": "'zh'", "content_hash": "''",
            "state": "'done'", "detail": "''", "tries": "1", "dated_at": "{at}",
            "claimable_at": "{at}", "created_at": "{at}", "finished_at": "{at}",
            "signal_id": f"n % {SIGNALS} + 1",
        },
    ),
    (
        "digests",
        DIGESTS,
        {
            "id": "n", "kind": "'daily'", "group_key": "'g' || n", "window_from": "{at}",
            "window_to": "{at}", "lang": "'zh'", "signal_ids": "'[]'", "created_at": "{at}",
        },
    ),
    ("digest_parts", DIGESTS, {"digest_id": "n", "part": "0", "body": "'{{}}'"}),
    (
        "digest_signals",
        DIGESTS * 10,
        {
            "digest_id": f"(n - 1) % {DIGESTS} + 1", "part": "0",
            "signal_id": f"((n - 1) % {DIGESTS}) * 20 + (n - 1) / {DIGESTS} + 1",
        },
    ),
    (
        "deliveries",
        ROWS,
        {
            "id": "n", "digest_id": f"(n - 1) / {ROWS // DIGESTS} + 1", "part": "0",
            "subscriber_id": f"n % {READERS} + 1",
            "state": "CASE WHEN n % 50 = 0 THEN 'dead' ELSE 'sent' END", "urgency": "1",
            "attempts": "1", "not_before": "{at}", "silent": "{no}",
            "error": "CASE WHEN n % 50 = 0 THEN '403 Forbidden' ELSE '' END",
            "created_at": "{at}", "settled_at": "{at}",
        },
    ),
)  # fmt: skip


async def _many(
    connection: AsyncConnection, table: str, count: int, columns: dict[str, str]
) -> None:
    at = _spread(connection, count)
    values = ", ".join(value.format(at=at, no="FALSE", yes="TRUE") for value in columns.values())
    await connection.execute(
        text(
            f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers"  # noqa: S608  our own table
            f" WHERE n < {count}) INSERT INTO {table} ({', '.join(columns)})"
            f" SELECT {values} FROM numbers"
        )
    )


def drawing_rows() -> list[Row]:
    """CPU of one picture each, and what drawing them takes in time and memory from the start."""
    from bot.pictures.drawing import Drawing, draw

    found = []
    for name in PICTURES:
        times = []
        picture = picture_of(name, planted(30), texts_for(Lang.ZH), named(Lang.ZH))
        for _ in range(4):
            began = time.process_time()
            body = draw(Drawing(picture))
            times.append(time.process_time() - began)
        note = f"{len(body) / 1000:.0f} kB"
        found.append(Row(f"drawing {name}, 30 days", f"{min(times) * 1e3:.0f} ms", note=note))
    return [*found, _trends_row(), asyncio.run(_in_a_worker())]


def _trends_row() -> Row:
    """The picture of /trends with all that it has room for."""
    from bot.pictures.strips import draw_strips

    every = load_taxonomy().topics
    told = [trend(key, rank=place) for place, key in enumerate([*every][:MOST], 1)]
    links = Links("https://hexin.example")
    reader = Rendering(links, texts_for(Lang.ZH), load_taxonomy(), "Asia/Shanghai", NOON)
    picture = trend_picture(board_of(report(*told), View.ALL, Span.DAY), reader, {})
    times = []
    for _ in range(4):
        began = time.process_time()
        body = draw_strips(picture)
        times.append(time.process_time() - began)
    note = f"{len(body) / 1000:.0f} kB"
    return Row(f"drawing /trends, {MOST} lines", f"{min(times) * 1e3:.0f} ms", note=note)


async def _in_a_worker() -> Row:
    pool = WorkerPool(1, deadline_s=60)
    try:
        picture = picture_of("readers", planted(90), texts_for(Lang.ZH), named(Lang.ZH))
        began = time.perf_counter()
        await pool.run(paint, (picture, False))
        spent = time.perf_counter() - began
        peak = await pool.run(peak_mb, None)
    finally:
        await pool.close()
    return Row("drawing: first picture of a new process", f"{spent:.1f} s (wall), {peak:.0f} MB")


def peak_mb(_nothing: None) -> float:
    """The most memory that this process has had; getrusage would count its parent's in."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = [one for one in status.splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024
