"""The daily digest of very many readers, planned at once, beside one compose per reader.

`HEXIN_BENCH_READERS` says how many readers there are (10,000 unless it is told); each wish set
is shared by twenty of them, who stand apart in the database.
"""

import asyncio
import gc
import os
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select, text

from bot.heap import settle
from bot.jobs.planning import Planner
from bot.jobs.press import Press
from digest.compose import compose, next_push_at
from digest.model import DigestKind, Lang, Layout, Signal, Subscriber, Subscription, Wishes
from digest.render import Links, render_digest
from digest.taxonomy import load_taxonomy
from handlers.callbacks import pack
from storage import PlannedDigest, Recipient, Storage, migrate
from storage.schema import deliveries, digests, subscribers, subscriptions
from storage.subscribers import _wishes_values
from tests.benchmarks.databases import on_both
from tests.benchmarks.measure import Row
from tests.benchmarks.samples import sentence
from tests.newsdesk import Newsdesk

READERS = int(os.environ.get("HEXIN_BENCH_READERS", "10000"))
SHARED_BY = 20
SIGNALS = 300
ALONE = 100
"""So many readers are planned for one by one, to compare."""
NOW = datetime(2026, 3, 10, 0, 30, tzinfo=UTC)
_CHUNK = 2000
_ZONES = ("Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai", "America/New_York", "Europe/Berlin")
_NEVER = Subscription().quiet_from
_WORDS = ("芯片", "机器人", "cloud", "battery", "卫星", "market", "开源", "tariff")


def rows() -> list[Row]:
    return on_both(_measured)


async def _measured(url: str, name: str) -> list[Row]:
    await migrate(url)
    storage = await Storage.open(url)
    try:
        await _fill(storage)
        one = await _one_by_one(storage)
        return await _all_at_once(storage, name, one)
    finally:
        await storage.close()


def _planner(storage: Storage) -> Planner:
    return Planner(
        storage,
        taxonomy=load_taxonomy(),
        links=Links("https://hexin.example"),
        clock=lambda: NOW,
        pack=pack,
        wake_sender=lambda: None,
    )


async def _one_by_one(storage: Storage) -> float:
    """CPU seconds for a reader when each is composed for, rendered for and kept alone.

    The day's signals are read once for all of them.
    """
    press = Press(load_taxonomy(), Links("https://hexin.example"), lambda: NOW, pack)
    signals = await storage.signals.window(NOW - timedelta(days=1), NOW)
    due = await storage.subscribers.due(NOW, ALONE)
    await _plan_alone(storage, press, signals, due[0])  # what is loaded once is no reader's cost
    began = time.process_time()
    for reader in due[1:]:
        await _plan_alone(storage, press, signals, reader)
    return (time.process_time() - began) / len(due[1:])


async def _plan_alone(
    storage: Storage, press: Press, signals: Sequence[Signal], reader: Subscriber
) -> None:
    wishes, zone = reader.subscription.wishes, reader.subscription.zone
    since = NOW - timedelta(days=1)
    digest = compose(
        signals, wishes, kind=DigestKind.DAILY, window_from=since, window_to=NOW, zone=zone
    )
    due_at = reader.subscription.next_digest_at
    recipient = Recipient(reader.id, next_push_at(reader.subscription, NOW), due_at, NOW)
    if digest is None:
        await storage.digests.skip_daily([recipient])
        return
    messages = render_digest(digest, press.rendering(wishes, zone))
    planned = PlannedDigest(
        kind=DigestKind.DAILY,
        group_key=f"alone {reader.id}",
        window_from=since,
        window_to=NOW,
        lang=wishes.lang,
        signal_ids=tuple(one.id for one in digest.signals),
        parts=press.bodies(messages),
        part_signals=[message.signals for message in messages],
        wishes=wishes,
        look=press.rendering(wishes, zone).look,
        part_blocks=[message.blocks for message in messages],
    )
    await storage.digests.plan_daily(planned, [recipient])


async def _all_at_once(storage: Storage, name: str, one: float) -> list[Row]:
    before = await _counts(storage)
    settle()  # as the bot does once it is up
    memory = _Memory()
    watching = asyncio.create_task(memory.watch())
    began, wall = time.process_time(), time.monotonic()
    made = await _planner(storage).run_due()
    spent, wall = time.process_time() - began, time.monotonic() - wall
    watching.cancel()
    gc.unfreeze()
    after = await _counts(storage)
    readers, kept = after[0] - before[0], after[1] - before[1]
    sets = READERS // SHARED_BY
    return [
        Row(
            f"{name}: {readers:,} readers with {sets:,} wish sets, the day's digest",
            f"{spent:.1f} s, {1e6 * spent / readers:.0f} µs a reader",
            f"one compose per reader {1e6 * one:.0f} µs",
            f"{one * readers / spent:.1f}x",
            f"{wall:.1f} s by the clock; {made:,} messages owed by {kept:,} digests, "
            f"{1000 * spent / max(kept, 1):.1f} ms each; memory {memory.grown}",
        )
    ]


class _Memory:
    """How far this process grows: what is its own, and what is mapped of files."""

    def __init__(self) -> None:
        self._before = self._most = self._now()

    async def watch(self) -> None:
        while True:
            self._most = tuple(map(max, self._most, self._now()))
            await asyncio.sleep(0.1)

    @property
    def grown(self) -> str:
        pairs = zip(self._most, self._before, strict=True)
        own, mapped = (most - before for most, before in pairs)
        return f"+{own:.0f} MB of its own, +{mapped:.0f} MB of mapped files"

    def _now(self) -> tuple[float, ...]:
        lines = Path("/proc/self/status").read_text().splitlines()
        kept = dict(line.split(":", 1) for line in lines)
        return tuple(int(kept[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))


async def _counts(storage: Storage) -> tuple[int, int]:
    """For how many readers a digest is planned, and how many digests there are."""
    async with storage.database.read() as connection:
        readers = select(func.count(deliveries.c.subscriber_id.distinct()))
        found = await connection.execute(readers)
        return found.scalar_one(), (
            await connection.execute(select(func.count()).select_from(digests))
        ).scalar_one()


async def _fill(storage: Storage) -> None:
    dice = random.Random(7)
    await _publish(storage, dice)
    while await storage.trends.latest(NOW) is None:  # a minute's work at most, done every hour
        await storage.trends.make(NOW)
    chosen = [_wishes(dice) for _ in range(max(1, READERS // SHARED_BY))]
    values = [_wishes_values(one) for one in chosen]
    for first in range(1, READERS + 1, _CHUNK):
        numbers = range(first, min(first + _CHUNK, READERS + 1))
        async with storage.database.write() as connection:
            await connection.execute(insert(subscribers), [_reader(one) for one in numbers])
            await connection.execute(
                insert(subscriptions),
                [dice.choice(values) | {"subscriber_id": one} for one in numbers],
            )
    if storage.database.dialect == "postgresql":
        async with storage.database.write() as connection:
            await connection.execute(text("ANALYZE"))


async def _publish(storage: Storage, dice: random.Random) -> None:
    news = Newsdesk(storage)
    taxonomy = load_taxonomy()
    topics = [(one.id, one.column) for one in taxonomy.topics.values()]
    for number in range(SIGNALS):
        topic, column = dice.choice(topics)
        await news.publish(
            sentence(dice, "zh" if number % 2 else "en"),
            source=f"source-{number % 40}",
            at=NOW - timedelta(minutes=dice.randint(5, 1400)),
            column=column,
            topics=(topic,),
            total=dice.randint(30, 95),
        )


def _wishes(dice: random.Random) -> Subscription:
    taxonomy = load_taxonomy()
    wishes = Wishes(
        columns=tuple(dice.sample(sorted(taxonomy.columns), dice.randint(0, 3))),
        topics=tuple(dice.sample(sorted(taxonomy.topics), dice.randint(0, 4))),
        mutes=tuple(dice.sample(_WORDS, dice.randint(0, 1))),
        words=tuple(dice.sample(_WORDS, dice.randint(0, 2))),
        min_score=dice.choice((40, 50, 60)),
        max_items=dice.choice((8, 12, 15)),
        layout=dice.choice(tuple(Layout)),
    )
    return Subscription(wishes, zone=dice.choice(_ZONES), quiet_from=_NEVER, quiet_to=_NEVER)


def _reader(number: int) -> dict[str, object]:
    return {
        "id": number,
        "chat_id": number,
        "thread_id": 0,
        "kind": "private",
        "title": "",
        "lang": Lang.ZH,
        "active": True,
        "reason": "",
        "next_digest_at": NOW - timedelta(minutes=1),
        "considered_until": NOW - timedelta(days=1),
        "created_at": NOW,
        "changed_at": NOW,
    }
