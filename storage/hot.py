"""Hot lists: who stands where now, and stood in each hour of the last weeks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.hot import HotItem, HotTitle
from digest.model import HotList, SourceState
from storage.database import Database
from storage.schema import hot_items, hot_ranks, sources
from storage.upsert import chunks, insert

KEPT = timedelta(days=35)
"""How long a title is remembered after it was last seen on its list."""

_OFF = HotList.NO.value


class HotLists:
    """What hot lists show, written by polls and read by trends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget(self, before: datetime) -> int:
        """Drop titles that were last seen before that moment, and ranks before it."""
        old = select(hot_items.c.id).where(hot_items.c.last_seen_at < before)
        async with self._database.write() as connection:
            await connection.execute(
                delete(hot_ranks).where((hot_ranks.c.hour < before) | hot_ranks.c.item_id.in_(old))
            )
            gone = await connection.execute(
                delete(hot_items).where(hot_items.c.last_seen_at < before)
            )
            return gone.rowcount

    async def items(
        self, since: datetime, until: datetime, *, standing: bool = False
    ) -> tuple[HotItem, ...]:
        """What was on a list at some time in [since, until), with its course in those hours.

        `standing` only takes what is on its list now. In the order of lists and places.
        """
        query = _items().where(hot_items.c.last_seen_at >= since)
        query = query.where(hot_items.c.first_seen_at < until)
        if standing:
            query = query.where(hot_items.c.rank.is_not(None))
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            courses = await _courses(connection, [row.id for row in rows], since, until)
        return tuple(_item(row, courses.get(row.id, ())) for row in rows)

    async def lists(self) -> int:
        """How many active sources are hot lists."""
        query = (
            select(func.count())
            .select_from(sources)
            .where(sources.c.hot != _OFF, sources.c.state == SourceState.ACTIVE)
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0


async def note_ranks(
    connection: AsyncConnection, source_id: int, titles: Sequence[HotTitle], now: datetime
) -> None:
    """Note what a list shows now; what it shows no more has left it.

    Two processes may have read the same list: of what both bring anew one makes the rows, and
    who comes late with what was seen earlier changes no place of now.
    """
    known = await _known(connection, source_id, [title.key for title in titles])
    fresh = [title for title in titles if title.key not in known]
    late = await _seen_since(connection, source_id, now)
    if fresh:
        await _add(connection, source_id, fresh, now, standing=not late)
        known |= await _known(connection, source_id, [title.key for title in fresh])
    if not late:
        await _leave(connection, source_id, [known[title.key].id for title in titles])
        for title in titles:
            await _move(connection, known[title.key], title, now)
    ranks = [
        {"item_id": known[title.key].id, "hour": _hour(now), "rank": title.rank}
        for title in titles
    ]
    if ranks:
        await _note_hours(connection, ranks)


async def _add(
    connection: AsyncConnection,
    source_id: int,
    fresh: Sequence[HotTitle],
    now: datetime,
    *,
    standing: bool,
) -> None:
    """Make the rows of titles, but for those that somebody else makes meanwhile."""
    rows = [
        {
            "source_id": source_id,
            "key": title.key,
            "title": title.title,
            "url": title.url,
            "rank": title.rank if standing else None,
            "best": title.rank,
            "first_seen_at": now,
            "last_seen_at": now,
        }
        # In one order, so that no two wait for each other.
        for title in sorted(fresh, key=lambda one: one.key)
    ]
    await connection.execute(insert(connection, hot_items).on_conflict_do_nothing(), rows)


async def _seen_since(connection: AsyncConnection, source_id: int, now: datetime) -> bool:
    """Whether the list was read later than at `now` already."""
    query = (
        select(hot_items.c.id)
        .where(hot_items.c.source_id == source_id, hot_items.c.last_seen_at > now)
        .limit(1)
    )
    return await connection.scalar(query) is not None


async def _move(
    connection: AsyncConnection, row: Row[Any], title: HotTitle, now: datetime
) -> None:
    """Put an item in its place of now."""
    if (row.rank, row.last_seen_at) == (title.rank, now):
        return
    best = min(row.best, title.rank)
    values = {"rank": title.rank, "best": best, "url": title.url, "last_seen_at": now}
    await connection.execute(update(hot_items).where(hot_items.c.id == row.id).values(**values))


async def note_unchanged(connection: AsyncConnection, source_id: int, now: datetime) -> None:
    """A poll found the list as it was: all stand where they stood."""
    here = (hot_items.c.source_id == source_id) & hot_items.c.rank.is_not(None)
    await connection.execute(update(hot_items).where(here).values(last_seen_at=now))
    rows = await connection.execute(select(hot_items.c.id, hot_items.c.rank).where(here))
    ranks = [{"item_id": row.id, "hour": _hour(now), "rank": row.rank} for row in rows]
    if ranks:
        await _note_hours(connection, ranks)


async def _note_hours(connection: AsyncConnection, ranks: Sequence[Mapping[str, Any]]) -> None:
    for some in chunks(ranks, 200):
        statement = insert(connection, hot_ranks).values(list(some))
        new, old = statement.excluded.rank, hot_ranks.c.rank
        # The best place of the hour; the two databases call the smaller of two unlike.
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["item_id", "hour"], set_={"rank": new}, where=new < old
            )
        )


async def _known(
    connection: AsyncConnection, source_id: int, keys: Sequence[str]
) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    for some in chunks(keys):
        query = select(
            hot_items.c.key,
            hot_items.c.id,
            hot_items.c.rank,
            hot_items.c.best,
            hot_items.c.last_seen_at,
        ).where(hot_items.c.source_id == source_id, hot_items.c.key.in_(some))
        found.update({row.key: row for row in await connection.execute(query)})
    return found


async def _leave(connection: AsyncConnection, source_id: int, staying: Iterable[int]) -> None:
    await connection.execute(
        update(hot_items)
        .where(hot_items.c.source_id == source_id, hot_items.c.rank.is_not(None))
        .where(hot_items.c.id.not_in(list(staying)))
        .values(rank=None)
    )


def _items() -> Select[Any]:
    return (
        select(hot_items, sources.c.title.label("list_title"))
        .join(sources, sources.c.id == hot_items.c.source_id)
        .where(sources.c.hot != _OFF, sources.c.state == SourceState.ACTIVE)
        .order_by(
            hot_items.c.source_id,
            hot_items.c.rank.is_(None),
            hot_items.c.rank,
            hot_items.c.last_seen_at.desc(),
            hot_items.c.id,
        )
    )


async def _courses(
    connection: AsyncConnection, ids: Sequence[int], since: datetime, until: datetime
) -> dict[int, tuple[tuple[datetime, int], ...]]:
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for some in chunks(ids):
        query = (
            select(hot_ranks)
            .where(hot_ranks.c.item_id.in_(some))
            .where(hot_ranks.c.hour >= _hour(since), hot_ranks.c.hour < until)
            .order_by(hot_ranks.c.item_id, hot_ranks.c.hour)
        )
        for row in await connection.execute(query):
            found[row.item_id].append((row.hour, row.rank))
    return {number: tuple(course) for number, course in found.items()}


def _item(row: Row[Any], course: tuple[tuple[datetime, int], ...]) -> HotItem:
    return HotItem(
        id=row.id,
        source_id=row.source_id,
        list_title=row.list_title,
        title=row.title,
        url=row.url,
        rank=row.rank,
        best=row.best,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        course=course,
    )


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
