"""Stories as a whole: which are told now, by how many signals and sources."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Signal
from digest.stories import WINDOW, StorySummary
from storage.database import Database
from storage.schema import (
    LEADS,
    LIVE,
    SERIES,
    STANDING_OPEN,
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
        within = (signals.c.dated_at >= since) & (signals.c.dated_at < until)
        told = select(signals.c.story_id).where(within, LIVE, signals.c.story_id.is_not(None))
        mine = (signals.c.story_id == stories.c.id) & LIVE
        fresh = select(func.count()).select_from(signals).where(mine, within)
        query = _counted(fresh.correlate(stories).scalar_subquery())
        query = query.where(stories.c.id.in_(told)).limit(limit).offset(offset)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            return await _summaries(connection, rows)

    async def get(self, story_id: int) -> StorySummary | None:
        """One story, None when it is not told (any more).

        One that editors put into another leads on to that one.
        """
        async with self._database.read() as connection:
            for number in await leading_on(connection, story_id):
                query = _counted(stories.c.told, least=1).where(stories.c.id == number)
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
            rows = await _each(connection, _counted(stories.c.told), stories.c.id, ids)
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


def _counted(fresh: ColumnElement[int], *, least: int = _LEAST_SIGNALS) -> Select[Any]:
    """The stories that are told; `fresh` is how many of its signals count as such."""
    moment = signals.c.dated_at
    mine = (signals.c.story_id == stories.c.id) & LIVE
    newest = select(func.max(moment)).where(mine).correlate(stories).scalar_subquery()
    oldest = select(func.min(moment)).where(mine).correlate(stories).scalar_subquery()
    return (
        select(
            stories,
            newest.label("newest"),
            oldest.label("oldest"),
            fresh.label("fresh"),
        )
        .where(stories.c.told >= least)
        .order_by(
            stories.c.told_by.desc(),
            stories.c.told.desc(),
            newest.desc(),
            stories.c.id.desc(),
        )
    )


async def _summaries(
    connection: AsyncConnection, rows: Sequence[Row[Any]]
) -> tuple[StorySummary, ...]:
    ids = [row.id for row in rows]
    leads = await _leads(connection, ids)
    later = await _followed(connection, ids)
    return tuple(
        StorySummary(
            id=row.id,
            lead=leads[row.id],
            signals=row.told,
            sources=row.told_by,
            updated_at=row.newest,
            opened_at=row.oldest,
            fresh=row.fresh,
            closed_at=row.closed_at,
            follows=row.follows,
            followed_by=later.get(row.id),
            series_at=row.series_at,
        )
        for row in rows
        if row.id in leads
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
    query = select(signals.c.story_id, func.min(signals.c.id).label("id")).where(LEADS)
    query = query.group_by(signals.c.story_id)
    rows = await _each(connection, query, signals.c.story_id, story_ids)
    first = {row.story_id: row.id for row in rows}
    left = select(signals.c.story_id, func.min(signals.c.id).label("id")).where(LIVE)
    without = [number for number in story_ids if number not in first]
    rows = await _each(connection, left.group_by(signals.c.story_id), signals.c.story_id, without)
    first |= {row.story_id: row.id for row in rows}
    loaded = await load_by_ids(connection, list(first.values()))
    by_id = {signal.id: signal for signal in loaded}
    return {story_id: by_id[number] for story_id, number in first.items()}
