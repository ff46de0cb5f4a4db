"""Daily counts: read by pages, messages and pictures, kept by the job that counts."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.numbers import BY_DAY, HAPPENING, Count, Figures, Span, bounds, day_of
from storage.counting import count_day, first_moment
from storage.database import Database
from storage.schema import daily_counts
from storage.upsert import chunks, insert

LONGEST_LOOK_BACK = timedelta(days=400)
"""Older days are not counted afterwards, when counting begins on an old database."""

_ZONE = ZoneInfo("Asia/Shanghai")
_TODAY_EVERY, _OTHERS_EVERY = timedelta(minutes=10), timedelta(hours=1)
_FRESH = timedelta(seconds=10)
# What was sent late, or found out about a message after midnight, still belongs to its day.
_OPEN_FOR = timedelta(hours=24)


class Numbers:
    """What was counted, day by day. `zone` says when a day begins."""

    def __init__(self, database: Database, zone: ZoneInfo = _ZONE) -> None:
        self._database = database
        self.zone = zone

    def today(self, now: datetime) -> date:
        """The day it is."""
        return day_of(now, self.zone)

    async def totals(self, names: Iterable[Count], span: Span) -> dict[Count, dict[str, int]]:
        """The sum of each label over a span, for each of `names`."""
        query = (
            select(daily_counts.c.name, daily_counts.c.label, func.sum(daily_counts.c.count))
            .where(_within(names, span))
            .group_by(daily_counts.c.name, daily_counts.c.label)
        )
        found: dict[Count, dict[str, int]] = {name: {} for name in names}
        async with self._database.read() as connection:
            for name, label, count in await connection.execute(query):
                found[Count(name)][label] = int(count)
        return found

    async def days(
        self, names: Iterable[Count], span: Span
    ) -> dict[Count, dict[date, dict[str, int]]]:
        """What was counted on each day of a span; a day that was never counted is not there."""
        table = daily_counts.c
        query = select(table.name, table.day, table.label, table.count).where(_within(names, span))
        found: dict[Count, dict[date, dict[str, int]]] = {name: {} for name in names}
        async with self._database.read() as connection:
            for name, day, label, count in await connection.execute(query):
                found[Count(name)].setdefault(date.fromisoformat(day), {})[label] = count
        return found

    async def latest(self, days: int, now: datetime) -> Figures:
        """What was counted today (`days` 1, as of this moment), or in so many whole days.

        Whole days end yesterday: a day that goes on would make less of every span. On the very
        first day there is nothing but today.
        """
        await self.freshen(now, _FRESH)
        today = self.today(now)
        yesterday = today - timedelta(days=1)
        if days > 1 and await self.counted_days(Span(yesterday, yesterday)):
            return await self.figures(Span.ending(yesterday, days), now)
        return await self.figures(Span.ending(today, days), now)

    async def figures(self, span: Span, now: datetime) -> Figures:
        """What was counted in a span, and in as many days before."""
        both = Span(span.before.first, span.last)
        names = [name for name in Count if name is not Count.COUNTED]
        return Figures(
            span=span,
            now=await self.totals(names, span),
            before=await self.totals(names, span.before),
            days=await self.days(BY_DAY, both),
            known=frozenset(await self.counted_days(both)),
            today=span.last == self.today(now),
        )

    async def counted_days(self, span: Span) -> dict[date, datetime]:
        """The days of a span that were counted, and when they were last."""
        found = (await self.days((Count.COUNTED,), span))[Count.COUNTED]
        return {day: _at_minute(labels[""]) for day, labels in found.items()}

    async def add(self, day: date, counts: Mapping[tuple[Count, str], int]) -> None:
        """Add what happened on a day, all in one transaction."""
        rows = [
            {"name": name.value, "day": day.isoformat(), "label": label, "count": count}
            for (name, label), count in counts.items()
            if count
        ]
        if not rows:
            return
        async with self._database.write() as connection:
            for some in chunks(rows):
                new = insert(connection, daily_counts).values(list(some))
                await connection.execute(
                    new.on_conflict_do_update(
                        index_elements=["name", "day", "label"],
                        set_={"count": daily_counts.c.count + new.excluded.count},
                    )
                )

    async def recount(self, day: date, now: datetime) -> None:
        """Count a day anew from the tables, and put that in the place of what was counted."""
        start, end = bounds(day, self.zone)
        async with self._database.read() as connection:
            counted = await count_day(connection, start, end, is_today=start <= now < end)
        counted[Count.COUNTED] = {"": int(now.timestamp()) // 60}
        async with self._database.write() as connection:
            await _replace(connection, day, counted)

    async def freshen(self, now: datetime, older_than: timedelta) -> None:
        """Count today anew when that was last done longer ago than this."""
        today = self.today(now)
        counted = await self.counted_days(Span(today, today))
        if today not in counted or now - counted[today] >= older_than:
            await self.recount(today, now)

    async def due(self, now: datetime, limit: int) -> tuple[date, ...]:
        """The days to be counted now, newest first: not yet counted, or not over for good."""
        async with self._database.read() as connection:
            first = await first_moment(connection)
        today = self.today(now)
        oldest = self.today(max(first or now, now - LONGEST_LOOK_BACK))
        span = Span(min(oldest, today), today)
        counted = await self.counted_days(span)
        due = (day for day in reversed(span.days) if self._is_due(day, counted.get(day), now))
        return tuple(day for _, day in zip(range(limit), due, strict=False))

    def _is_due(self, day: date, counted: datetime | None, now: datetime) -> bool:
        if counted is None:
            return True
        start, end = bounds(day, self.zone)
        if counted >= end + _OPEN_FOR:
            return False
        return now - counted >= (_TODAY_EVERY if start <= now < end else _OTHERS_EVERY)


async def _replace(
    connection: AsyncConnection, day: date, counted: Mapping[Count, Mapping[str, int]]
) -> None:
    names = [name.value for name in Count if name not in HAPPENING and name in counted]
    mine = (daily_counts.c.name.in_(names), daily_counts.c.day == day.isoformat())
    await connection.execute(delete(daily_counts).where(*mine))
    rows = [
        {"name": name.value, "day": day.isoformat(), "label": label, "count": count}
        for name, labels in counted.items()
        for label, count in labels.items()
    ]
    for some in chunks(rows):
        await connection.execute(insert(connection, daily_counts).values(list(some)))


def _within(names: Iterable[Count], span: Span) -> Any:
    return daily_counts.c.name.in_([name.value for name in names]) & daily_counts.c.day.between(
        span.first.isoformat(), span.last.isoformat()
    )


def _at_minute(minutes: int) -> datetime:
    return datetime.fromtimestamp(minutes * 60, UTC)
