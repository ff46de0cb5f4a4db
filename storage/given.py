"""What readers have been given, or are about to be: always asked for many readers at once.

Planning asks all of it of everybody who is due, so a question per reader would be what planning
costs. Every answer has an entry for each reader that was asked about.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import DeliveryState, DigestKind, Kind, Relation
from storage.amendment_messages import NOTHING_LEFT
from storage.amendments import FOLLOWED_FOR
from storage.database import Database
from storage.number_rows import among
from storage.schema import (
    LIVE,
    UNSURE,
    collections,
    delivered,
    deliveries,
    digest_signals,
    digests,
    saved,
    signals,
)
from storage.upsert import chunks

UNSENT = (
    DeliveryState.HELD,
    DeliveryState.PENDING,
    DeliveryState.RETRY,
    DeliveryState.CLAIMED,
)
_NOTHING = frozenset[int]()
_REMEMBERED = timedelta(minutes=1)
_REVIEWS = (DigestKind.WEEKLY, DigestKind.FIRST, DigestKind.LOOK_BACK)
_ALERTS = (DigestKind.INSTANT, DigestKind.STORY, DigestKind.TREND)
_PART = (deliveries.c.digest_id == digest_signals.c.digest_id) & (
    deliveries.c.part == digest_signals.c.part
)


class TrendTold(NamedTuple):
    """That somebody was told of a beginning trend, by its mark (digest/trends/telling.py)."""

    mark: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """When a reader was last sent something of a story, and how many signals of it in all."""

    at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class StoryNews:
    """An update or a follow-up, with what its cool-down goes by; `at` is when it came."""

    signal_id: int
    story_id: int
    at: datetime
    kind: Kind
    score: int


class Given:
    """Questions about what has come to readers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._news: tuple[datetime, tuple[StoryNews, ...]] | None = None

    async def delivered(
        self, readers: Sequence[int], signal_ids: Collection[int]
    ) -> dict[int, AbstractSet[int]]:
        """Which of these signals each reader has been sent."""
        if not signal_ids:
            return dict.fromkeys(readers, _NOTHING)
        # The key holds a reader's signals in order, so a span of them is one step.
        query = select(delivered.c.subscriber_id, delivered.c.signal_id).where(
            delivered.c.signal_id.between(min(signal_ids), max(signal_ids))
        )
        wanted = set(signal_ids)
        spans = await self._each(readers, query, delivered.c.subscriber_id)
        return {reader: found & wanted if found else found for reader, found in spans.items()}

    async def owed(self, readers: Sequence[int]) -> dict[int, AbstractSet[int]]:
        """The signals that are on their way to each reader and have not arrived yet."""
        query = (
            select(deliveries.c.subscriber_id, digest_signals.c.signal_id)
            .join(digest_signals, _PART)
            .where(deliveries.c.state.in_((*UNSENT, DeliveryState.SENDING)))
        )
        return await self._each(readers, query, deliveries.c.subscriber_id)

    async def coming_back(
        self, readers: Sequence[int], now: datetime
    ) -> dict[int, AbstractSet[int]]:
        """The signals of messages that ended because nothing was left in them.

        Once readers may see such a signal again its message is owed again (storage/amendments.py),
        whoever looks first: nothing else must bring it meanwhile.
        """
        query = (
            select(deliveries.c.subscriber_id, digest_signals.c.signal_id)
            .join(digest_signals, _PART)
            .join(digests, digests.c.id == deliveries.c.digest_id)
            .where(deliveries.c.state == DeliveryState.DEAD, deliveries.c.error == NOTHING_LEFT)
            .where(digests.c.created_at >= now - FOLLOWED_FOR)
        )
        return await self._each(readers, query, deliveries.c.subscriber_id)

    async def heard(self, readers: Sequence[int], since: datetime) -> dict[int, dict[int, Heard]]:
        """The stories of which each reader has been sent something since then, by number."""
        reader = delivered.c.subscriber_id
        query = (
            select(
                reader,
                signals.c.story_id,
                func.max(delivered.c.delivered_at).label("at"),
                func.count().label("times"),
            )
            .join(signals, signals.c.id == delivered.c.signal_id)
            .where(delivered.c.delivered_at >= since, signals.c.story_id.is_not(None))
            .group_by(reader, signals.c.story_id)
        )
        found: dict[int, dict[int, Heard]] = {number: {} for number in readers}
        async with self._database.read() as connection:
            for some in chunks(readers):
                theirs = query.where(among(connection, reader, some))
                for number, story, at, times in await connection.execute(theirs):
                    found[number][story] = Heard(at, times)
        return found

    async def stories_of(self, signal_ids: Collection[int]) -> dict[int, int]:
        """The stories of those of the signals that belong to one."""
        found: dict[int, int] = {}
        async with self._database.read() as connection:
            for some in chunks(sorted(signal_ids)):
                query = select(signals.c.id, signals.c.story_id).where(
                    signals.c.id.in_(some), signals.c.story_id.is_not(None)
                )
                found.update({row.id: row.story_id for row in await connection.execute(query)})
        return found

    async def story_news(self, since: datetime, until: datetime) -> tuple[StoryNews, ...]:
        """The news of stories that came in [since, until), oldest first.

        What was asked less than a minute before is answered from memory: planning asks again for
        every few hundred readers, and nothing cools down as quickly.
        """
        known = self._news
        if known and timedelta() <= until - known[0] < _REMEMBERED:
            return known[1]
        at = signals.c.live_at
        query = (
            select(signals.c.id, signals.c.story_id, at, signals.c.kind, signals.c.score)
            .where(LIVE, at >= since, at < until, ~signals.c.backlog)
            .where(signals.c.story_id.is_not(None))
            .where(signals.c.relation.in_([one.value for one in Relation if one.is_news]))
            .order_by(at, signals.c.id)
        )
        async with self._database.read() as connection:
            found = tuple(
                StoryNews(row.id, row.story_id, row.live_at, Kind(row.kind), row.score)
                for row in await connection.execute(query)
            )
        self._news = until, found
        return found

    async def carried(self, readers: Sequence[int], since: datetime) -> dict[int, tuple[int, ...]]:
        """Signals owed since then whose delivery may have failed, and that came no other way.

        They belong into the next digest: an unknown delivery is never repeated, its content is.
        """
        came = (
            select(delivered.c.signal_id)
            .where(delivered.c.subscriber_id == deliveries.c.subscriber_id)
            .where(delivered.c.signal_id == digest_signals.c.signal_id)
            .exists()
        )
        query = (
            select(deliveries.c.subscriber_id, digest_signals.c.signal_id)
            .join(digest_signals, _PART)
            .where(UNSURE, deliveries.c.created_at >= since, ~came)
        )
        found = await self._each(readers, query, deliveries.c.subscriber_id)
        return {reader: tuple(sorted(ids)) if ids else () for reader, ids in found.items()}

    async def pushed(
        self, readers: Sequence[int], since: datetime, until: datetime
    ) -> dict[int, int]:
        """How many signals were pushed, or will be, in [since, until); reviews do not count."""
        return await self._pushed(readers, since, until, digests.c.kind.not_in(_REVIEWS))

    async def alerted(
        self, readers: Sequence[int], since: datetime, until: datetime
    ) -> dict[int, int]:
        """How many of them came, or will, in messages of their own that said so at once."""
        return await self._pushed(readers, since, until, digests.c.kind.in_(_ALERTS))

    async def _pushed(
        self, readers: Sequence[int], since: datetime, until: datetime, kinds: ColumnElement[bool]
    ) -> dict[int, int]:
        reader = deliveries.c.subscriber_id
        query = (
            select(reader, func.count(digest_signals.c.signal_id.distinct()))
            .join(digest_signals, _PART)
            .join(digests, digests.c.id == deliveries.c.digest_id)
            .where(deliveries.c.not_before >= since, deliveries.c.not_before < until)
            .where(deliveries.c.state != DeliveryState.DEAD, kinds)
            .group_by(reader)
        )
        found = dict.fromkeys(readers, 0)
        async with self._database.read() as connection:
            for some in chunks(readers):
                for number, count in await connection.execute(query.where(reader.in_(some))):
                    found[number] = count
        return found

    async def trends(
        self, readers: Sequence[int], since: datetime
    ) -> dict[int, tuple[TrendTold, ...]]:
        """Of which beginning trends each was told since then, or may have been."""
        async with self._database.read() as connection:
            return await trends_told(connection, readers, since)

    async def knowing_story(self, story_id: int) -> set[int]:
        """The readers who were sent a signal of the story or have one saved."""
        mine = signals.c.story_id == story_id
        sent = (
            select(delivered.c.subscriber_id)
            .join(signals, signals.c.id == delivered.c.signal_id)
            .where(mine)
        )
        kept = (
            select(collections.c.subscriber_id)
            .join(saved, saved.c.collection_id == collections.c.id)
            .join(signals, signals.c.id == saved.c.signal_id)
            .where(mine)
        )
        async with self._database.read() as connection:
            return set((await connection.execute(sent.union(kept))).scalars())

    async def _each(
        self, readers: Sequence[int], query: Select[Any], reader: Any
    ) -> dict[int, AbstractSet[int]]:
        """What `query` finds for each of the readers, as pairs of reader and number."""
        # Most have nothing: a set for each of them would keep the garbage collector busy.
        found: dict[int, AbstractSet[int]] = dict.fromkeys(readers, _NOTHING)
        sets: dict[int, set[int]] = defaultdict(set)
        async with self._database.read() as connection:
            for some in chunks(readers):
                theirs = query.where(among(connection, reader, some))
                rows: Iterable[Any] = await connection.execute(theirs)
                for number, one in rows:
                    sets[number].add(one)
        return found | sets


async def trends_told(
    connection: AsyncConnection, readers: Sequence[int], since: datetime
) -> dict[int, tuple[TrendTold, ...]]:
    """See `Given.trends`; inside the caller's transaction."""
    reader = deliveries.c.subscriber_id
    query = (
        select(reader, digests.c.group_key, deliveries.c.created_at)
        .join(digests, digests.c.id == deliveries.c.digest_id)
        .where(digests.c.kind == DigestKind.TREND, deliveries.c.created_at >= since)
    )
    found: dict[int, tuple[TrendTold, ...]] = dict.fromkeys(readers, ())
    for some in chunks(readers):
        for number, key, at in await connection.execute(query.where(reader.in_(some))):
            found[number] += (TrendTold(key.rpartition("|")[0], at),)
    return found
