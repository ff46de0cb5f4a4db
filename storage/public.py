"""What is public, counted and listed for calendars and search engines."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, cast, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Access, Relation
from storage.database import Database
from storage.schema import LIVE, signal_sources, signals, sources

PART = 5_000
"""How many signal numbers one part of the site map spans."""

_DAY_S = 86_400
_EPOCH = date(1970, 1, 1)
_LISTED = signals.c.relation != Relation.DUPLICATE


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A page by its number, and when it came to be."""

    number: int
    at: datetime


class Public:
    """Questions about everything that anybody may read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def days(
        self, date_from: datetime, date_to: datetime, offset: timedelta
    ) -> dict[date, int]:
        """How many signals lists show per day within [date_from, date_to); days without: absent.

        A day is one of the calendar of places that are `offset` ahead of UTC.
        """
        async with self._database.read() as connection:
            day = _day_number(connection, offset).label("day")
            query = (
                select(day, func.count())
                .where(signals.c.dated_at >= date_from, signals.c.dated_at < date_to)
                .where(LIVE, _LISTED)
                .group_by(day)
            )
            rows = await connection.execute(query)
            return {_EPOCH + timedelta(days=number): count for number, count in rows}

    async def first_date(self) -> datetime | None:
        """The date of the oldest live signal."""
        query = select(signals.c.dated_at).where(LIVE).order_by(signals.c.dated_at).limit(1)
        async with self._database.read() as connection:
            found: datetime | None = await connection.scalar(query)
            return found

    async def parts(self) -> tuple[PublicPage, ...]:
        """The parts that the public signals fall into, by PART, and the newest date in each."""
        part = (signals.c.id // PART).label("part")
        query = (
            _public(part, func.max(signals.c.live_at).label("newest"))
            .group_by(part)
            .order_by(part)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return tuple(PublicPage(row.part, row.newest) for row in rows)

    async def signals(self, part: int) -> tuple[PublicPage, ...]:
        """The public signals of one part, oldest first."""
        first = part * PART
        query = (
            _public(signals.c.id, signals.c.live_at)
            .where(signals.c.id >= first, signals.c.id < first + PART)
            .order_by(signals.c.id)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return tuple(PublicPage(row.id, row.live_at) for row in rows)

    async def stories(self, limit: int) -> tuple[PublicPage, ...]:
        """The newest stories that are told by at least two live signals, the newest first."""
        newest = func.max(signals.c.live_at)
        query = (
            select(signals.c.story_id, newest.label("newest"))
            .where(signals.c.story_id.is_not(None), LIVE)
            .group_by(signals.c.story_id)
            .having(func.count() > 1)
            .order_by(newest.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return tuple(PublicPage(row.story_id, row.newest) for row in rows)


def _public(*what: Any) -> Any:
    """Live signals that anybody may read; what repeats a story is left to its lead."""
    leads = (signal_sources.c.signal_id == signals.c.id) & (signal_sources.c.place == 0)
    access = func.coalesce(signals.c.access, sources.c.access, Access.PUBLIC.value)
    return (
        select(*what)
        .select_from(signals)
        .outerjoin(signal_sources, leads)
        .outerjoin(sources, sources.c.id == signal_sources.c.source_id)
        .where(LIVE, _LISTED, access == Access.PUBLIC.value)
    )


def _day_number(connection: AsyncConnection, offset: timedelta) -> ColumnElement[int]:
    """Days since 1970 where clocks are `offset` ahead of UTC."""
    ahead = int(offset.total_seconds())
    if connection.dialect.name == "postgresql":
        seconds = func.extract("epoch", signals.c.dated_at)
        return cast(func.floor((seconds + ahead) / _DAY_S), Integer)
    micros = type_coerce(signals.c.dated_at, BigInteger)
    return (micros + ahead * 1_000_000) // (_DAY_S * 1_000_000)
