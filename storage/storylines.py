"""A story as it is shown: some of its signals, in order, and how many there are besides.

Whatever the size of a story, only what is shown of it is read: how it began, the newest, and of
what repeats the rest its number. Each step of it is a signal that leads or moves on, with those
that only repeat it; the very first is a step, whatever it is. Steps are in the order of their
dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import literal

from digest.chronicle import Retelling
from digest.model import Relation, Signal
from storage.column_types import Id, UtcTime
from storage.database import Database
from storage.schema import LIVE, STEPS, articles, signal_sources, signals, sources, stories
from storage.signal_rows import load_by_ids
from storage.story_counts import sources_of

MOST = 60
"""Signals of a story that are read at once, where not all: the first of them and the newest."""
MOST_REPEATS = 12

_BEGINNING = 2
_MOMENT: Any = signals.c.dated_at
_NUMBER: Any = signals.c.id


@dataclass(frozen=True, slots=True)
class Course:
    """Some steps of a story: the first of them is step number `start` of `total`, from 0.

    `repeats` are the first `MOST_REPEATS` that only repeat a step, by its signal, and `counts`
    how many do.
    """

    start: int
    total: int
    steps: tuple[Signal, ...]
    repeats: Mapping[int, tuple[Retelling, ...]] = field(default_factory=dict)
    counts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Around:
    """The signals of a story beside one of them, by date, that one too.

    `earlier` were dated before it, of `total` altogether.
    """

    signals: tuple[Signal, ...]
    earlier: int
    total: int


class Storylines:
    """Questions about what a story's signals told in turn."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def some(self, story_id: int, most: int = MOST) -> tuple[Signal, ...]:
        """The live signals of a story by date, at most so many: the first two and the newest."""
        async with self._database.read() as connection:
            ids = await first_and_last(connection, story_id, _BEGINNING, most - _BEGINNING)
            return await load_by_ids(connection, ids)

    async def newest(self, story_id: int, most: int) -> tuple[Signal, ...]:
        """The newest live signals of a story, the last first."""
        query = _live(story_id).order_by(_MOMENT.desc(), _NUMBER.desc()).limit(most)
        async with self._database.read() as connection:
            return await load_by_ids(connection, (await connection.execute(query)).scalars().all())

    async def around(self, story_id: int, signal_id: int, most: int = MOST) -> Around | None:
        """The first signals of a story, those before one of them and after it; at most so many.

        None when the signal is not live or in another story.
        """
        async with self._database.read() as connection:
            mine = select(_MOMENT, _NUMBER).where(
                signal_id == _NUMBER, signals.c.story_id == story_id, LIVE
            )
            here = (await connection.execute(mine)).first()
            if here is None:
                return None
            before = _live(story_id).where(_before(here))
            after = _live(story_id).where(_after(here)).order_by(_MOMENT, _NUMBER)
            beside = before.order_by(_MOMENT.desc(), _NUMBER.desc()).limit(most // 2)
            ids = {signal_id, *await first_and_last(connection, story_id, _BEGINNING, 0)}
            for query in (beside, after.limit(most // 2 - _BEGINNING)):
                ids.update((await connection.execute(query)).scalars())
            earlier = await _count(connection, before)
            total = await connection.scalar(select(stories.c.told).where(stories.c.id == story_id))
            found = await load_by_ids(connection, sorted(ids))
        return Around(tuple(sorted(found, key=_order)), earlier, total or len(found))

    async def names(self, story_id: int) -> list[str]:
        """The names of all its sources, in the order in which they reported."""
        async with self._database.read() as connection:
            return await sources_of(connection, story_id)

    async def told_within(
        self, story_id: int, since: datetime, until: datetime
    ) -> tuple[int, int]:
        """How many of its live signals count to [since, until), and how many sources' they are.

        As digest/weeklies has it: what a new source still had counts at its own date.
        """
        moment = case((signals.c.backlog, _MOMENT), else_=signals.c.live_at)
        query = (
            select(
                func.count(_NUMBER.distinct()), func.count(signal_sources.c.source_id.distinct())
            )
            .join(signal_sources, signal_sources.c.signal_id == _NUMBER)
            .where(signals.c.story_id == story_id, LIVE, moment >= since, moment < until)
        )
        async with self._database.read() as connection:
            told, by = (await connection.execute(query)).one()
            return told, by

    async def place_of(self, story_id: int, signal_id: int) -> int:
        """How many steps of a story come before a signal of it; 0 for what is none of it."""
        here = select(_MOMENT, _NUMBER).where(signal_id == _NUMBER, signals.c.story_id == story_id)
        async with self._database.read() as connection:
            row = (await connection.execute(here.where(LIVE))).first()
            if row is None:
                return 0
            steps = await _count(connection, _steps(story_id).where(_before(row)))
            first = await _lone_first(connection, story_id)
            return steps + (first is not None and first.id != signal_id)

    async def length(self, story_id: int) -> int:
        """How many steps a story has."""
        async with self._database.read() as connection:
            return await _length(connection, story_id)

    async def course(self, story_id: int, start: int, most: int) -> Course:
        """The steps of a story from number `start` (from 0) on, `most` at most."""
        async with self._database.read() as connection:
            first = await _lone_first(connection, story_id)
            total = await _length(connection, story_id)
            rows = await _boundaries(connection, story_id, first, start, most + 1)
            shown = rows[:most]
            if not shown:
                return Course(start, total, ())
            steps = await load_by_ids(connection, [row.id for row in shown])
            end = rows[most] if len(rows) > most else None
            repeats, counts = await _repeats(connection, story_id, shown, end)
        return Course(start, total, steps, repeats, counts)


async def first_and_last(
    connection: AsyncConnection, story_id: int, first: int, last: int
) -> list[int]:
    """The first live signals of a story by date, and the newest, in this order, each once."""
    query = _live(story_id)
    begin = query.order_by(_MOMENT, _NUMBER).limit(first)
    end = query.order_by(_MOMENT.desc(), _NUMBER.desc()).limit(last)
    ids = list((await connection.execute(begin)).scalars())
    newest = list((await connection.execute(end)).scalars()) if last else []
    return list(dict.fromkeys((*ids, *reversed(newest))))


def _live(story_id: int) -> Select[Any]:
    return select(_NUMBER).where(signals.c.story_id == story_id, LIVE)


def _steps(story_id: int) -> Select[Any]:
    return select(_NUMBER).where(signals.c.story_id == story_id, STEPS)


def _before(row: Any) -> Any:
    return tuple_(_MOMENT, _NUMBER) < _place(row)


def _after(row: Any) -> Any:
    return tuple_(_MOMENT, _NUMBER) > _place(row)


def _place(row: Any) -> Any:
    # Inside a row value SQLAlchemy does not look for a column to take the type from.
    return tuple_(literal(row.dated_at, UtcTime), literal(row.id, Id))


async def _count(connection: AsyncConnection, query: Select[Any]) -> int:
    counted = query.with_only_columns(func.count(), maintain_column_froms=True)
    return await connection.scalar(counted) or 0


async def _lone_first(connection: AsyncConnection, story_id: int) -> Row[Any] | None:
    """The first signal of a story where that is a duplicate: a step all the same."""
    query = _live(story_id).add_columns(_MOMENT, signals.c.relation)
    row = (await connection.execute(query.order_by(_MOMENT, _NUMBER).limit(1))).first()
    return row if row is not None and row.relation == Relation.DUPLICATE else None


async def _length(connection: AsyncConnection, story_id: int) -> int:
    lone = await _lone_first(connection, story_id) is not None
    return await _count(connection, _steps(story_id)) + lone


async def _boundaries(
    connection: AsyncConnection, story_id: int, first: Row[Any] | None, start: int, most: int
) -> list[Row[Any]]:
    """Where the steps are, from number `start` on."""
    rows = [first] if first is not None and start == 0 else []
    query = _steps(story_id).add_columns(_MOMENT).order_by(_MOMENT, _NUMBER)
    skipped = max(0, start - (first is not None))
    found = await connection.execute(query.offset(skipped).limit(most - len(rows)))
    return [*rows, *found.all()]


async def _repeats(
    connection: AsyncConnection, story_id: int, steps: Sequence[Row[Any]], end: Row[Any] | None
) -> tuple[dict[int, tuple[Retelling, ...]], dict[int, int]]:
    """What only repeats each of these steps up to `end`: the first few, and how many."""
    after = signals.c.story_id == story_id, LIVE, _after(steps[0])
    before = (_before(end),) if end is not None else ()
    moved = func.sum(case((signals.c.relation == Relation.DUPLICATE, 0), else_=1))
    step = moved.over(order_by=(_MOMENT, _NUMBER)).label("step")
    told = select(_NUMBER, _MOMENT, signals.c.relation, step).where(*after, *before).subquery()
    ranked = (
        select(
            told.c.id,
            told.c.step,
            func.row_number()
            .over(partition_by=told.c.step, order_by=(told.c.dated_at, told.c.id))
            .label("place"),
            func.count().over(partition_by=told.c.step).label("size"),
        )
        .where(told.c.relation == Relation.DUPLICATE)
        .subquery()
    )
    few = select(ranked).where(ranked.c.place <= MOST_REPEATS)
    rows = (await connection.execute(few.order_by(ranked.c.step, ranked.c.place))).all()
    retold = await _retellings(connection, [row.id for row in rows])
    repeats: dict[int, list[Retelling]] = {}
    counts: dict[int, int] = {}
    for row in rows:
        of = steps[int(row.step)].id
        repeats.setdefault(of, []).append(retold[row.id])
        counts[of] = row.size
    return {of: tuple(some) for of, some in repeats.items()}, counts


async def _retellings(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Retelling]:
    leads = (signal_sources.c.signal_id == _NUMBER) & (signal_sources.c.place == 0)
    query = (
        select(
            _NUMBER,
            func.coalesce(articles.c.published_at, signals.c.created_at).label("at"),
            func.coalesce(sources.c.title, articles.c.site).label("source"),
        )
        .join(articles, articles.c.id == signals.c.article_id)
        .outerjoin(signal_sources, leads)
        .outerjoin(sources, sources.c.id == signal_sources.c.source_id)
        .where(_NUMBER.in_(ids))
    )
    rows = (await connection.execute(query)).all()
    return {row.id: Retelling(row.id, row.source or "", row.at) for row in rows}


def _order(signal: Signal) -> tuple[datetime, int]:
    return signal.when, signal.id
