"""Stories as a whole: which are told now, by how many signals and sources."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Relation, Signal
from digest.stories import WINDOW, StorySummary
from storage.database import Database
from storage.schema import (
    LIVE,
    SERIES,
    STANDING_OPEN,
    signal_sources,
    signals,
    stories,
)
from storage.signal_rows import load_by_ids
from storage.storyboard import leading_on
from storage.upsert import CHUNK, chunks

_LEAST_SIGNALS = 2


class Stories:
    """Questions about stories; a story is told when it has at least two live signals.

    One that returns to an earlier story is told from its first.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def active(
        self, since: datetime, until: datetime, *, limit: int = 10, offset: int = 0
    ) -> tuple[StorySummary, ...]:
        """Stories with a live signal dated in [since, until): most sources, then most signals.

        Among equals the one with the newest signal comes first. They are counted whole, with what
        came before `since`.
        """
        told = (
            select(signals.c.story_id)
            .where(signals.c.dated_at >= since, signals.c.dated_at < until)
            .where(LIVE, signals.c.story_id.is_not(None))
        )
        within = (signals.c.dated_at >= since) & (signals.c.dated_at < until)
        query = _counted(within).where(signals.c.story_id.in_(told)).limit(limit).offset(offset)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            return await _summaries(connection, rows)

    async def get(self, story_id: int) -> StorySummary | None:
        """One story, None when it is not told (any more).

        One that editors put into another leads on to that one.
        """
        async with self._database.read() as connection:
            for number in await leading_on(connection, story_id):
                query = _counted(true(), least=1).where(signals.c.story_id == number)
                rows = (await connection.execute(query)).all()
                found = next(iter(await _summaries(connection, rows)), None)
                if found and (found.signals >= _LEAST_SIGNALS or found.follows):
                    return found
        return None

    async def series(
        self,
        *,
        closed: tuple[datetime, datetime] | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[StorySummary, ...]:
        """专题 that go on, the one with the newest signal first; or those `closed` in [from, to).

        Closed ones in the order in which they closed, the last one first.
        """
        query = select(stories.c.id).where(SERIES).limit(limit).offset(offset)
        if closed is None:
            query = query.where(STANDING_OPEN, stories.c.merged_into.is_(None))
            query = query.order_by(stories.c.updated_at.desc(), stories.c.id.desc())
        else:
            query = query.where(stories.c.closed_at >= closed[0], stories.c.closed_at < closed[1])
            query = query.order_by(stories.c.closed_at.desc(), stories.c.id.desc())
        async with self._database.read() as connection:
            ids = list((await connection.execute(query)).scalars())
            rows = await _each(connection, _counted(true()), signals.c.story_id, ids)
            found = {one.id: one for one in await _summaries(connection, rows)}
            return tuple(found[id_] for id_ in ids if id_ in found)

    async def earlier(self, story_id: int) -> int | None:
        """The closed story to which this one returns."""
        query = select(stories.c.follows).where(stories.c.id == story_id)
        async with self._database.read() as connection:
            found: int | None = await connection.scalar(query)
            return found

    async def close_silent(self, now: datetime) -> int:
        """Close what nothing was told of for so long. Returns how many; a few at a time.

        Nothing hangs on when this runs: what has been silent takes nothing in, closed or not.
        """
        query = (
            select(stories.c.id, stories.c.updated_at)
            .where(STANDING_OPEN, stories.c.updated_at < now - WINDOW)
            .order_by(stories.c.updated_at)
            .limit(CHUNK)
        )
        closed = 0
        while True:
            async with self._database.write() as connection:
                rows = (await connection.execute(query)).all()
                for row in rows:
                    silent = (stories.c.id == row.id) & (stories.c.updated_at == row.updated_at)
                    at = row.updated_at + WINDOW
                    await connection.execute(update(stories).where(silent).values(closed_at=at))
            closed += len(rows)
            if len(rows) < CHUNK:
                return closed


def _counted(within: ColumnElement[bool], *, least: int = _LEAST_SIGNALS) -> Select[Any]:
    count = func.count(signals.c.id.distinct())
    sources = func.count(signal_sources.c.source_id.distinct())
    newest, oldest = func.max(signals.c.dated_at), func.min(signals.c.dated_at)
    fresh = func.count(case((within, signals.c.id)).distinct())
    return (
        select(
            signals.c.story_id,
            count.label("signals"),
            sources.label("sources"),
            newest.label("newest"),
            oldest.label("oldest"),
            fresh.label("fresh"),
        )
        .join(signal_sources, signal_sources.c.signal_id == signals.c.id)
        .where(LIVE)
        .group_by(signals.c.story_id)
        .having(count >= least)
        .order_by(sources.desc(), count.desc(), newest.desc(), signals.c.story_id.desc())
    )


async def _summaries(
    connection: AsyncConnection, rows: Sequence[Row[Any]]
) -> tuple[StorySummary, ...]:
    ids = [row.story_id for row in rows]
    leads = await _leads(connection, ids)
    kept = {row.id: row for row in await _each(connection, select(stories), stories.c.id, ids)}
    later = await _followed(connection, ids)
    return tuple(
        StorySummary(
            id=row.story_id,
            lead=leads[row.story_id],
            signals=row.signals,
            sources=row.sources,
            updated_at=row.newest,
            opened_at=row.oldest,
            fresh=row.fresh,
            closed_at=kept[row.story_id].closed_at,
            follows=kept[row.story_id].follows,
            followed_by=later.get(row.story_id),
            series_at=kept[row.story_id].series_at,
        )
        for row in rows
    )


async def _followed(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, int]:
    """The newest later story of each that readers can see something of, by the earlier one."""
    told = select(signals.c.id).where(signals.c.story_id == stories.c.id, LIVE).exists()
    query = select(stories.c.id, stories.c.follows).where(told).order_by(stories.c.id)
    found = await _each(connection, query, stories.c.follows, ids)
    return {row.follows: row.id for row in found}


async def _each(
    connection: AsyncConnection, query: Select[Any], name: ColumnElement[Any], ids: Sequence[int]
) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for some in chunks(ids):
        found.extend((await connection.execute(query.where(name.in_(some)))).all())
    return found


async def _leads(connection: AsyncConnection, story_ids: Sequence[int]) -> dict[int, Signal]:
    """The live signal that opened each story, else the first live one that is left of it."""
    first: dict[int, int] = {}
    for some in chunks(story_ids):
        query = (
            select(signals.c.id, signals.c.story_id)
            .where(signals.c.story_id.in_(some), LIVE)
            .order_by((signals.c.relation != Relation.LEAD), signals.c.id)
        )
        for row in await connection.execute(query):
            first.setdefault(row.story_id, row.id)
    loaded = await load_by_ids(connection, list(first.values()))
    by_id = {signal.id: signal for signal in loaded}
    return {story_id: by_id[number] for story_id, number in first.items()}
