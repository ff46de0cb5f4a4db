"""How many live signals tell a story, and which sources: counted as they come, not when asked.

So a story of ten thousand signals is read as fast as one of two. An arrival adds to the counts;
what editors do, which is rare, counts the story anew.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import LIVE, signal_sources, signals, sources, stories, story_sources
from storage.upsert import insert


async def recount(connection: AsyncConnection, story_id: int) -> None:
    """Count a story anew."""
    await _locked(connection, story_id)
    mine = story_sources.c.story_id == story_id
    await connection.execute(delete(story_sources).where(mine))
    within = (signals.c.story_id == story_id) & LIVE
    found = (
        select(
            signals.c.story_id,
            signal_sources.c.source_id,
            func.count(),
            func.min(signals.c.dated_at),
        )
        .join(signal_sources, signal_sources.c.signal_id == signals.c.id)
        .where(within)
        .group_by(signals.c.story_id, signal_sources.c.source_id)
    )
    names = ["story_id", "source_id", "told", "since"]
    await connection.execute(insert(connection, story_sources).from_select(names, found))
    told = select(func.count()).select_from(signals).where(within)
    await _write(connection, story_id, told=told.scalar_subquery())


async def count_signal(connection: AsyncConnection, story_id: int, signal_id: int) -> None:
    """Count one live signal more, with its sources."""
    await _locked(connection, story_id)
    carried = select(signal_sources.c.source_id, signals.c.dated_at)
    carried = carried.join(signals, signals.c.id == signal_sources.c.signal_id)
    rows = await connection.execute(carried.where(signal_sources.c.signal_id == signal_id))
    for row in rows.all():
        await _count(connection, story_id, row.source_id, row.dated_at)
    await _write(connection, story_id, told=stories.c.told + 1)


async def count_source(connection: AsyncConnection, signal_id: int, source_id: int) -> None:
    """Count that one more source carries a signal, if that is live and in a story."""
    query = select(signals.c.story_id, signals.c.dated_at).where(signals.c.id == signal_id, LIVE)
    row = (await connection.execute(query)).first()
    if row is not None and row.story_id is not None:
        await _locked(connection, row.story_id)
        await _count(connection, row.story_id, source_id, row.dated_at)
        await _write(connection, row.story_id)


async def sources_of(connection: AsyncConnection, story_id: int) -> list[str]:
    """The names of the sources that tell a story, in the order in which they reported."""
    query = (
        select(sources.c.title)
        .join(story_sources, story_sources.c.source_id == sources.c.id)
        .where(story_sources.c.story_id == story_id)
        .order_by(story_sources.c.since, sources.c.id)
    )
    return list(dict.fromkeys((await connection.execute(query)).scalars()))


async def _locked(connection: AsyncConnection, story_id: int) -> None:
    """Of two that count a story one waits for the other."""
    await connection.execute(
        select(stories.c.id).where(stories.c.id == story_id).with_for_update()
    )


async def _count(connection: AsyncConnection, story_id: int, source_id: int, at: datetime) -> None:
    one = insert(connection, story_sources).values(
        story_id=story_id, source_id=source_id, told=1, since=at
    )
    known = story_sources.c.since
    changed = {
        "told": story_sources.c.told + 1,
        "since": case((one.excluded.since < known, one.excluded.since), else_=known),
    }
    await connection.execute(
        one.on_conflict_do_update(index_elements=["story_id", "source_id"], set_=changed)
    )


async def _write(connection: AsyncConnection, story_id: int, **values: object) -> None:
    by = _sources(story_id).scalar_subquery()
    await connection.execute(
        update(stories).where(stories.c.id == story_id).values(told_by=by, **values)
    )


def _sources(story_id: int) -> Select[Any]:
    mine = story_sources.c.story_id == story_id
    return select(func.count()).select_from(story_sources).where(mine)
