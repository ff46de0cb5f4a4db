"""Counting hours: what changed since they were counted is counted anew, the rest stays.

What an hour holds is kept telling by telling, so that one changed signal costs one signal's work.
Two processes that count at the same time do not spoil each other's counts: whoever finds the
changes already taken leaves its own work.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import SignalState
from digest.trends.hours import Telling, count_hour
from digest.trends.packing import pack_hour, pack_tellings, unpack_tellings
from digest.trends.terms import TERMS_VERSION, terms_of
from storage.books import Meta
from storage.database import Database
from storage.schema import (
    articles,
    signal_sources,
    signal_topics,
    signals,
    trend_changes,
    trend_hours,
)
from storage.upsert import chunks, insert
from storage.values import read_brief

KEPT = timedelta(days=32)
"""How long hours are kept: what the engine compares with, and a little."""

AWHILE = timedelta(seconds=5)
"""How long whoever waits for a report waits for counts at most."""

_HOUR = timedelta(hours=1)
_AT_ONCE = 1500  # changes
_HOURS_AT_ONCE = 6  # whole ones
_VERSION = "trends.terms"


@dataclass(frozen=True, slots=True)
class _Due:
    """Changes taken up: of which signals, which hours they touch, which are counted anew."""

    ids: tuple[int, ...]
    signals: frozenset[int]
    hours: frozenset[datetime]
    whole: frozenset[datetime]


class _Taken(Exception):  # noqa: N818  no error: another process was quicker
    """Some of the changes were counted by another process meanwhile."""


class TrendCounts:
    """Keeps the hours of the last weeks counted."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._meta = Meta(database)
        self._counting = asyncio.Lock()

    async def prepare(self, now: datetime) -> None:
        """Have everything counted anew where nothing was yet, or terms were read otherwise."""
        if await self._meta.get(_VERSION) == str(TERMS_VERSION):
            return
        since = now - KEPT
        async with self._database.write() as connection:
            first = await connection.scalar(
                select(func.min(signals.c.dated_at)).where(signals.c.dated_at >= since)
            )
            if first is not None:
                hours = _hours_back(now, max(first, since))
                for some in chunks(hours):
                    rows = [{"hour": hour} for hour in some]
                    await connection.execute(trend_changes.insert(), rows)
        await self._meta.set(_VERSION, str(TERMS_VERSION))

    async def count(self, now: datetime, *, spend: timedelta = AWHILE) -> int:
        """Count what has changed. Returns how many changes are left for the next time.

        The rest of a long past is left as soon as the time to `spend` is over.
        """
        async with self._counting:
            until = time.monotonic() + spend.total_seconds()
            while due := await self._due(now):
                try:
                    await self._settle(due)
                except _Taken:
                    break
                if time.monotonic() >= until:
                    break
        async with self._database.read() as connection:
            return await connection.scalar(select(func.count()).select_from(trend_changes)) or 0

    async def is_behind(self) -> bool:
        """Whether whole hours of the past are still to be counted."""
        query = select(trend_changes.c.id).where(trend_changes.c.signal_id.is_(None)).limit(1)
        async with self._database.read() as connection:
            return await connection.scalar(query) is not None

    async def forget(self, before: datetime) -> None:
        """Drop hours that nobody compares with any more."""
        async with self._database.write() as connection:
            await connection.execute(delete(trend_hours).where(trend_hours.c.hour < before))

    async def _due(self, now: datetime) -> _Due | None:
        oldest = hour_of(now - KEPT)
        own = select(
            trend_changes.c.id,
            trend_changes.c.signal_id,
            trend_changes.c.hour,
            signals.c.dated_at,
        ).outerjoin(signals, signals.c.id == trend_changes.c.signal_id)
        query = own.order_by(trend_changes.c.id).limit(_AT_ONCE)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        if not rows:
            return None
        rows = _few_whole(rows)
        whole = {row.hour for row in rows if row.signal_id is None and row.hour >= oldest}
        touched = {row.hour for row in rows if row.hour is not None}
        touched |= {hour_of(row.dated_at) for row in rows if row.dated_at is not None}
        return _Due(
            ids=tuple(row.id for row in rows),
            signals=frozenset(row.signal_id for row in rows if row.signal_id is not None),
            hours=frozenset(hour for hour in touched if hour >= oldest),
            whole=frozenset(whole),
        )

    async def _settle(self, due: _Due) -> None:
        """Count what is due."""
        async with self._database.read() as connection:
            kept = await _kept(connection, due.hours - due.whole)
            changed = await _changed(connection, due)
            topics = await _topics(connection, [row.id for row in changed])
        rows = await asyncio.to_thread(_counted, due, kept, changed, topics)
        async with self._database.write() as connection:
            gone = 0
            for ids in chunks(due.ids):
                result = await connection.execute(
                    delete(trend_changes).where(trend_changes.c.id.in_(ids))
                )
                gone += result.rowcount
            if gone != len(due.ids):
                raise _Taken
            for row in rows:
                await _keep(connection, row)


def hour_of(moment: datetime) -> datetime:
    """The beginning of the hour, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _hours_back(now: datetime, since: datetime) -> list[datetime]:
    hour, last = hour_of(now), hour_of(since)
    return [hour - step * _HOUR for step in range((hour - last) // _HOUR + 1)]


def _few_whole(rows: Sequence[Any]) -> Sequence[Any]:
    """`rows` up to where they have as many whole hours as are counted at once."""
    seen = 0
    for place, row in enumerate(rows):
        seen += row.signal_id is None
        if seen == _HOURS_AT_ONCE:
            return rows[: place + 1]
    return rows


async def _kept(connection: AsyncConnection, hours: Iterable[datetime]) -> dict[datetime, bytes]:
    found: dict[datetime, bytes] = {}
    for some in chunks(sorted(hours)):
        query = select(trend_hours.c.hour, trend_hours.c.tellings)
        rows = await connection.execute(query.where(trend_hours.c.hour.in_(some)))
        found.update({row.hour: row.tellings for row in rows})
    return found


async def _changed(connection: AsyncConnection, due: _Due) -> list[Any]:
    """The changed signals that readers may see, and all of the hours that are counted anew."""
    lead = signal_sources.alias()
    query = (
        select(
            signals.c.id,
            signals.c.dated_at,
            signals.c.story_id,
            signals.c.backlog,
            signals.c.brief,
            articles.c.title,
            articles.c.lang,
            lead.c.source_id,
        )
        .join(articles, articles.c.id == signals.c.article_id)
        .outerjoin(lead, (lead.c.signal_id == signals.c.id) & (lead.c.place == 0))
        .where(signals.c.state == SignalState.LIVE)
    )
    found: dict[int, Any] = {}
    for some in chunks(sorted(due.signals)):
        rows = await connection.execute(query.where(signals.c.id.in_(some)))
        found.update({row.id: row for row in rows})
    for hour in due.whole:
        dated = signals.c.dated_at
        rows = await connection.execute(query.where(dated >= hour, dated < hour + _HOUR))
        found.update({row.id: row for row in rows})
    return list(found.values())


async def _topics(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for some in chunks(ids):
        query = select(signal_topics.c.signal_id, signal_topics.c.topic_id)
        for row in await connection.execute(query.where(signal_topics.c.signal_id.in_(some))):
            found[row.signal_id].append(row.topic_id)
    return found


def _counted(
    due: _Due,
    kept: Mapping[datetime, bytes],
    changed: Iterable[Any],
    topics: Mapping[int, list[str]],
) -> list[dict[str, Any]]:
    """The rows of the touched hours, each with what it keeps and what came new."""
    told: dict[datetime, dict[int, Telling]] = {hour: {} for hour in due.hours | due.whole}
    for hour, packed in kept.items():
        told[hour] = {
            one.signal_id: one
            for one in unpack_tellings(packed)
            if one.signal_id not in due.signals
        }
    for row in changed:
        if (hour := hour_of(row.dated_at)) in told:
            told[hour][row.id] = _telling(row, topics.get(row.id, ()))
    return [
        {
            "hour": hour,
            "counts": pack_hour(count_hour(hour, tellings.values())),
            "tellings": pack_tellings(tellings.values()),
        }
        for hour, tellings in sorted(told.items())
    ]


def _telling(row: Any, topics: Iterable[str]) -> Telling:
    return Telling(
        signal_id=row.id,
        at=row.dated_at,
        # Somebody's own words have no source: each is one of its own.
        source=-row.id if row.source_id is None else row.source_id,
        story=row.story_id,
        topics=tuple(sorted(topics)),
        terms=terms_of(row.title, row.lang, read_brief(row.brief)),
        backlog=row.backlog,
    )


async def _keep(connection: AsyncConnection, row: dict[str, Any]) -> None:
    statement = insert(connection, trend_hours).values(**row)
    new = statement.excluded
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["hour"], set_={"counts": new.counts, "tellings": new.tellings}
        )
    )
