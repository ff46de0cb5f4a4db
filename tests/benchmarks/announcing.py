"""An announcement's readers in numbers, on both databases: counted, written down, let go."""

import os
import resource
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, text

from digest.audience import Audience, Circle, Place
from digest.broadcast import Announcement
from digest.model import Lang, Subscription, Wishes
from storage import Storage, migrate
from storage.broadcasts import Shown
from storage.schema import subscribers, subscriptions
from storage.subscribers import _wishes_values
from tests.benchmarks.databases import on_both
from tests.benchmarks.measure import Row

READERS = int(os.environ.get("HEXIN_BENCH_READERS", "100000"))
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HERE = Shown(1, 0, 0, Lang.ZH)
_CHUNK = 2000
_AUDIENCES = {
    "all subscribers": Audience(),
    "language, topic, kind of chat": Audience(
        lang=Lang.ZH, topics=("llm",), places=(Place.PRIVATE,)
    ),
    "active and sent something lately": Audience(used=30, received=7),
}


def rows() -> list[Row]:
    return on_both(_measured)


async def _measured(url: str, name: str) -> list[Row]:
    await migrate(url)
    storage = await Storage.open(url)
    try:
        await _fill(storage)
        found = [
            await _timed(f"{name}, {READERS:,} readers: size of {what}", storage, audience)
            for what, audience in _AUDIENCES.items()
        ]
        return [*found, *await _announced(storage, name)]
    finally:
        await storage.close()


async def _timed(work: str, storage: Storage, audience: Audience) -> Row:
    began = time.monotonic()
    size = await storage.audiences.size(audience, Circle(), NOW)
    spent = time.monotonic() - began
    return Row(work, f"{1000 * spent:.0f} ms", note=f"{size.total:,} fit")


async def _announced(storage: Storage, name: str) -> list[Row]:
    draft = await storage.broadcasts.create(
        Announcement("公告"), Audience(), made_by=1, shown=HERE, actor="cli", now=NOW
    )
    await storage.broadcasts.confirm(draft, confirmed_by=1, shown=HERE, actor="cli", now=NOW)
    running = await storage.broadcasts.get(draft.id)
    assert running is not None
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, longest, last = time.monotonic(), 0.0, time.monotonic()
    while await storage.announcing.gather(running, Circle(), NOW):
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    gathered = time.monotonic() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    running = await storage.broadcasts.get(draft.id)
    assert running is not None
    found = [
        Row(
            f"{name}: {running.total:,} readers written down",
            f"{gathered:.1f} s",
            note=f"longest transaction {1000 * longest:.0f} ms, memory +{grown:.0f} MB",
        )
    ]
    for what, work in (
        ("let go 108 of them", storage.announcing.let_go(running, NOW, 108)),
        ("counted", storage.announcing.counts(running, NOW)),
        ("called back by a pause", storage.announcing.hold(running)),
    ):
        began = time.monotonic()
        await work
        found.append(Row(f"{name}: {what}", f"{1000 * (time.monotonic() - began):.1f} ms"))
    return found


async def _fill(storage: Storage) -> None:
    wishes = [
        _wishes_values(Subscription(Wishes(topics=topics)))
        for topics in ((), ("llm",), ("chips", "llm"), ("robots",))
    ]
    for first in range(1, READERS + 1, _CHUNK):
        numbers = range(first, min(first + _CHUNK, READERS + 1))
        async with storage.database.write() as connection:
            await connection.execute(
                insert(subscribers),
                [
                    {
                        "id": one, "chat_id": one, "thread_id": 0, "kind": "private", "title": "",
                        "lang": "zh" if one % 3 else "en", "active": one % 20 > 0, "reason": "",
                        "created_at": NOW, "changed_at": NOW, "considered_until": NOW,
                        "used_at": NOW - timedelta(days=one % 90),
                    }
                    for one in numbers
                ],
            )  # fmt: skip
            await connection.execute(
                insert(subscriptions),
                [wishes[one % 4] | {"subscriber_id": one} for one in numbers],
            )
    if storage.database.dialect == "postgresql":
        async with storage.database.write() as connection:
            await connection.execute(text("ANALYZE"))
