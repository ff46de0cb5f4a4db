"""The queue: what waits for an editor, the oldest first, and all that he has to know of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Relation, Signal, SignalState
from digest.policy import EDITOR, Hold, Reason
from digest.review import QueueFilter
from storage.audit import AuditEntry
from storage.curation import Rejection, last_act
from storage.database import Database
from storage.schema import (
    HELD,
    LIVE,
    articles,
    queue_looks,
    reports,
    signal_sources,
    signals,
)
from storage.signal_rows import load_by_ids, load_signals, signal_query
from storage.upsert import insert
from storage.values import read_brief, read_hold, read_placement

LOOKED_FOR = timedelta(minutes=5)
"""How long somebody who opened a card counts as looking at it."""
_FORGET_AFTER = timedelta(hours=1)
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """One signal of the queue in short. `sources` are the numbers of those that carried it."""

    id: int
    headline: str
    score: int
    column: str
    topics: tuple[str, ...]
    sources: tuple[int, ...]
    lang: str
    held_at: datetime
    falls_at: datetime | None
    outcome: SignalState
    backlog: bool
    reported: bool

    def fits(self, wanted: QueueFilter, now: datetime) -> bool:
        """Whether a filter lets it through."""
        high = wanted.max_score is None or self.score <= wanted.max_score
        return (
            high
            and (wanted.min_score is None or self.score >= wanted.min_score)
            and (not wanted.columns or self.column in wanted.columns)
            and (not wanted.topics or bool(set(wanted.topics) & set(self.topics)))
            and (not wanted.sources or bool(set(wanted.sources) & set(self.sources)))
            and (not wanted.langs or self.lang in wanted.langs)
            and (wanted.waited is None or now - self.held_at >= wanted.waited)
            and (self.reported or not wanted.reported)
        )


@dataclass(frozen=True, slots=True)
class QueueCard:
    """A signal as an editor sees it, with why it waits and what of its story is out already.

    `held_at` is None for what never waited, `decided` the newest act upon the signal, `looking`
    who else opened the card a moment ago, `reported` by how many readers it was.
    """

    signal: Signal
    state: SignalState
    held_at: datetime | None
    hold: Hold | None
    publish_at: datetime | None
    rejection: Rejection | None
    story: tuple[Signal, ...]
    decided: AuditEntry | None
    looking: tuple[int, ...]
    reported: int

    @property
    def waits(self) -> bool:
        """Whether it is in the queue."""
        return self.state is SignalState.HELD and self.publish_at is None


class Queue:
    """Questions about what waits for review, and who looks at it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(
        self, now: datetime, wanted: QueueFilter | None = None
    ) -> tuple[Waiting, ...]:
        """What waits (at most 5,000), the oldest first."""
        told = exists().where(reports.c.signal_id == signals.c.id)
        query = (
            select(signals, articles.c.lang, told.label("reported"))
            .join(articles, articles.c.id == signals.c.article_id)
            .where(HELD, signals.c.publish_at.is_(None))
            .order_by(signals.c.held_at, signals.c.id)
            .limit(_MOST)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            carried = await _carried(connection)
        found = (_waiting(row, carried[row.id]) for row in rows)
        return tuple(one for one in found if wanted is None or one.fits(wanted, now))

    async def length(self) -> int:
        """How many signals wait."""
        query = select(func.count()).select_from(signals)
        async with self._database.read() as connection:
            waiting = query.where(HELD, signals.c.publish_at.is_(None))
            return await connection.scalar(waiting) or 0

    async def scheduled(self) -> tuple[tuple[int, datetime], ...]:
        """The signals that have a time to be published at, by that time."""
        query = (
            select(signals.c.id, signals.c.publish_at)
            .where(HELD, signals.c.publish_at.is_not(None))
            .order_by(signals.c.publish_at, signals.c.id)
        )
        async with self._database.read() as connection:
            return tuple((row.id, row.publish_at) for row in await connection.execute(query))

    async def card(self, signal_id: int, reader: int, now: datetime) -> QueueCard | None:
        """All about one signal, in whatever state, for the editor `reader` (a Telegram id).

        None also for what was read for one reader's link: it is nobody else's.
        """
        async with self._database.read() as connection:
            loaded = await load_by_ids(connection, (signal_id,))
            if not loaded:
                return None
            query = select(signals).where(signals.c.id == signal_id)
            row = (await connection.execute(query)).one()
            if row.state == SignalState.PRIVATE:
                return None
            return QueueCard(
                signal=loaded[0],
                state=SignalState(row.state),
                held_at=row.held_at,
                hold=read_hold(row.hold, row.falls_at) if row.hold else None,
                publish_at=row.publish_at,
                rejection=_rejection(row.rejection),
                story=await _of_story(connection, loaded[0]),
                decided=await last_act(connection, signal_id),
                looking=await _looking(connection, signal_id, reader, now),
                reported=await _reported(connection, signal_id),
            )

    async def look(self, signal_id: int, reader: int, now: datetime) -> None:
        """Note that an editor opened a card. Whoever looks at another lets go of the last."""
        async with self._database.write() as connection:
            old = (queue_looks.c.looked_at < now - _FORGET_AFTER) | (
                queue_looks.c.user_id == reader
            )
            await connection.execute(delete(queue_looks).where(old))
            await connection.execute(
                insert(connection, queue_looks).values(
                    user_id=reader, signal_id=signal_id, looked_at=now
                )
            )

    async def rejected_for(self, signal_id: int) -> Reason | None:
        """Why a signal was rejected, None when it was not."""
        query = select(signals.c.rejection).where(
            signals.c.id == signal_id, signals.c.state == SignalState.REJECTED
        )
        async with self._database.read() as connection:
            found = _rejection(await connection.scalar(query))
            return found.reason if found else None


async def _carried(connection: AsyncConnection) -> dict[int, tuple[int, ...]]:
    """The sources of each signal that waits, the leading one first."""
    query = (
        select(signal_sources.c.signal_id, signal_sources.c.source_id)
        .join(signals, signals.c.id == signal_sources.c.signal_id)
        .where(HELD)
        .order_by(signal_sources.c.signal_id, signal_sources.c.place)
    )
    found: dict[int, tuple[int, ...]] = defaultdict(tuple)
    for row in await connection.execute(query):
        found[row.signal_id] += (row.source_id,)
    return found


def _waiting(row: Row[Any], sources: Iterable[int]) -> Waiting:
    hold = read_hold(row.hold, row.falls_at) if row.hold else Hold(EDITOR)
    return Waiting(
        id=row.id,
        headline=read_brief(row.brief).headline,
        score=row.score,
        column=row.column_id,
        topics=read_placement(row.column_id, row.kind, row.placement).topics,
        sources=tuple(sources),
        lang=row.lang,
        held_at=row.held_at or row.created_at,
        falls_at=row.falls_at,
        outcome=hold.outcome(row.score),
        backlog=row.backlog,
        reported=bool(row.reported),
    )


async def _of_story(connection: AsyncConnection, signal: Signal) -> tuple[Signal, ...]:
    """The others of its story that readers see, the lead first."""
    if signal.story_id is None:
        return ()
    query = signal_query().where(
        LIVE, signals.c.story_id == signal.story_id, signals.c.id != signal.id
    )
    first = signals.c.relation != Relation.LEAD
    return await load_signals(connection, query.order_by(first, signals.c.id))


async def _looking(
    connection: AsyncConnection, signal_id: int, reader: int, now: datetime
) -> tuple[int, ...]:
    query = select(queue_looks.c.user_id).where(
        queue_looks.c.signal_id == signal_id,
        queue_looks.c.user_id != reader,
        queue_looks.c.looked_at > now - LOOKED_FOR,
    )
    return tuple((await connection.execute(query.order_by(queue_looks.c.looked_at))).scalars())


async def _reported(connection: AsyncConnection, signal_id: int) -> int:
    query = select(func.count(reports.c.user_id.distinct())).where(
        reports.c.signal_id == signal_id
    )
    return await connection.scalar(query) or 0


def _rejection(data: Any) -> Rejection | None:
    return Rejection(Reason(data["reason"]), data.get("words", "")) if data else None
