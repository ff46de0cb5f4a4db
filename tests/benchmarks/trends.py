"""Trends: what the report costs where a month is full of signals, and what one more costs.

`HEXIN_BENCH_SIGNALS=1000000 python -m tests.benchmarks trends` fills the month; it takes minutes.
"""

import os
import random
import resource
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from digest.taxonomy import load_taxonomy
from digest.trends.hours import Telling, count_hour
from digest.trends.packing import pack_hour, pack_tellings
from storage import Storage, migrate
from storage.schema import trend_hours
from tests.benchmarks.databases import on_both
from tests.benchmarks.measure import Row, percentile
from tests.storage.making import add_signal, add_source, draft

SIGNALS = int(os.environ.get("HEXIN_BENCH_SIGNALS", "100000"))
DAYS, ARRIVING = 30, 60
_ROUNDS = 5 if SIGNALS <= 200_000 else 2
NOW = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
_TERMS, _SOURCES, _OF_A_SIGNAL = 200_000, 300, 8
_TOLD_APART = 96  # hours
_HOUR = timedelta(hours=1)


def rows() -> list[Row]:
    """On both databases."""
    return on_both(_measured)


async def _measured(url: str, name: str) -> list[Row]:
    await migrate(url)
    storage = await Storage.open(url)
    try:
        await storage.trends.counts.prepare(NOW)
        size = await _fill(storage)
        reports, work, topics, arriving = [], [], [], []
        for _ in range(_ROUNDS):
            began, busy = time.perf_counter(), time.process_time()
            report = await storage.trends.make(NOW)
            reports.append((time.perf_counter() - began) * 1e3)
            work.append(time.process_time() - busy)
            began = time.perf_counter()
            await storage.trends.report(NOW)
            topics.append((time.perf_counter() - began) * 1e3)
        source = await add_source(storage)
        for number in range(ARRIVING):
            made = draft(f"n{number}", at=NOW - number * timedelta(seconds=20), topics=("llm",))
            await add_signal(storage, f"n{number}", made=made, source=source, now=NOW)
            began = time.perf_counter()
            await storage.trends.counts.count(NOW)
            arriving.append((time.perf_counter() - began) * 1e3)
        what = f"trends, {name}"
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        note = (
            f"CPU p50 {percentile(work, 0.5):.1f} s; {len(report.rising)} rising; "
            f"{size / 1e6:.0f} MB of counts; at most {most:.0f} MB of memory so far"
        )
        return [
            Row(f"{what}: report of {SIGNALS:,} signals in {DAYS} days", _p(reports), note=note),
            Row(f"{what}: /trends reads the kept report", _p(topics)),
            Row(f"{what}: counting one more signal, alone in its run", _p(arriving)),
        ]
    finally:
        await storage.close()


def _p(times: list[float]) -> str:
    return f"p50 {percentile(times, 0.5):.1f} ms, p95 {percentile(times, 0.95):.1f} ms"


async def _fill(storage: Storage) -> int:
    """Hours as they are counted, of terms as frequent as words are. Returns their bytes."""
    dice = random.Random(7)
    weights = list(accumulate(1 / (rank + 20) for rank in range(_TERMS)))
    topics = list(load_taxonomy().topics)
    hours, size = DAYS * 24, 0
    each = SIGNALS // hours
    rows_: list[dict[str, Any]] = []
    for back in range(hours):
        start = NOW.replace(minute=0) - back * _HOUR
        if back < _TOLD_APART:
            told = [_telling(dice, start, back * each + n, weights, topics) for n in range(each)]
            row = {
                "counts": pack_hour(count_hour(start, told)),
                "tellings": pack_tellings(told),
            }
        else:  # what lies further back is only read as counts: other hours' will do
            row = rows_[_TOLD_APART - 24 + back % 24]
        rows_.append({**row, "hour": start})
        size += len(row["counts"]) + len(row["tellings"])
    async with storage.database.write() as connection:
        await connection.execute(trend_hours.insert(), rows_)
    return size


def _telling(
    dice: random.Random, start: datetime, number: int, weights: list[float], topics: list[str]
) -> Telling:
    terms = dice.choices(range(_TERMS), cum_weights=weights, k=_OF_A_SIGNAL)
    return Telling(
        -number - 1,
        start,
        dice.randrange(_SOURCES),
        number // 5,
        tuple(dice.sample(topics, 2)),
        {f"词{term}": f"词{term}" for term in terms},
    )
