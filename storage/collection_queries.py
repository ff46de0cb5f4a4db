"""Questions asked of collections; each reader sees only its own, or what was shared."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Collection, Saved, SavedSort
from storage.database import Database
from storage.looking import Ask, Question
from storage.schema import LIVE, collections, saved, signals
from storage.signal_rows import load_by_ids
from storage.together import Together
from storage.upsert import chunks

ListsBySignal = dict[int, list[int]]

_NEWEST_SAVED = (saved.c.saved_at.desc(), saved.c.signal_id.desc())
_ORDER: dict[SavedSort, tuple[ColumnElement[Any], ...]] = {
    SavedSort.SAVED: _NEWEST_SAVED,
    SavedSort.SCORE: (signals.c.score.desc(), *_NEWEST_SAVED),
    SavedSort.DATE: (signals.c.dated_at.desc(), signals.c.id.desc()),
}

_HOLDING = Question(
    select(collections.c.subscriber_id, saved.c.signal_id, saved.c.collection_id)
    .join(collections, collections.c.id == saved.c.collection_id)
    .where(collections.c.subscriber_id.in_(bindparam("readers", expanding=True)))
    .where(saved.c.signal_id.in_(bindparam("signals", expanding=True)))
    .order_by(collections.c.position, collections.c.id)
)


class CollectionQueries:
    """Everything that is asked of collections without changing them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._where_saved = Together(self._holding)
        self._defaults = Together(self._default_of)

    async def list(self, subscriber_id: int) -> tuple[Collection, ...]:
        """A reader's lists in the order that the reader gave them."""
        query = (
            collection_query()
            .where(collections.c.subscriber_id == subscriber_id)
            .order_by(collections.c.position, collections.c.id)
        )
        async with self._database.read() as connection:
            return tuple(read_collection(row) for row in await connection.execute(query))

    async def get(self, subscriber_id: int, collection_id: int) -> Collection | None:
        """A reader's own list; None for a list of somebody else."""
        async with self._database.read() as connection:
            return await load_collection(connection, own(subscriber_id, collection_id))

    async def shared(self, key: str) -> Collection | None:
        """The list that is shared by this key, None when there is none (any longer)."""
        if not key:
            return None
        async with self._database.read() as connection:
            return await load_collection(connection, collections.c.share_key == key)

    async def saved(
        self,
        collection_id: int,
        limit: int = 10,
        offset: int = 0,
        *,
        sort: SavedSort = SavedSort.SAVED,
        live_only: bool = False,
    ) -> tuple[Saved, ...]:
        """What is saved in a list, in the order of `sort`.

        `live_only` leaves out what the editors have withdrawn: its owner keeps it, others do not
        get to see it.
        """
        query = (
            select(saved)
            .where(saved.c.collection_id == collection_id)
            .order_by(*_ORDER[sort])
            .limit(limit)
            .offset(offset)
        )
        if live_only or sort is not SavedSort.SAVED:
            query = query.join(signals, signals.c.id == saved.c.signal_id)
        if live_only:
            query = query.where(LIVE)
        async with self._database.read() as connection:
            return await load_saved(connection, query)

    async def one_saved(self, collection_id: int, signal_id: int) -> Saved | None:
        """One signal as it is saved in a list, None when it is not."""
        query = select(saved).where(is_saved(collection_id, signal_id))
        async with self._database.read() as connection:
            found = await load_saved(connection, query)
            return found[0] if found else None

    async def some_saved(self, collection_id: int, signal_ids: Sequence[int]) -> tuple[Saved, ...]:
        """These signals as they are saved in a list, in this order; others are left out."""
        found: dict[int, Saved] = {}
        async with self._database.read() as connection:
            for some in chunks(signal_ids):
                query = select(saved).where(
                    saved.c.collection_id == collection_id, saved.c.signal_id.in_(some)
                )
                kept = await load_saved(connection, query)
                found |= {one.signal.id: one for one in kept}
        return tuple(found[number] for number in signal_ids if number in found)

    async def notes(self, collection_id: int) -> tuple[tuple[int, str], ...]:
        """Every signal saved in a list with the note on it, the last saved first."""
        query = (
            select(saved.c.signal_id, saved.c.note)
            .where(saved.c.collection_id == collection_id)
            .order_by(*_NEWEST_SAVED)
        )
        async with self._database.read() as connection:
            return tuple((row.signal_id, row.note) for row in await connection.execute(query))

    async def count(self, collection_id: int, *, live_only: bool = False) -> int:
        """How many signals are saved in a list."""
        query = (
            select(func.count()).select_from(saved).where(saved.c.collection_id == collection_id)
        )
        if live_only:
            query = query.join(signals, signals.c.id == saved.c.signal_id).where(LIVE)
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def where_saved(self, subscriber_id: int, signal_ids: Sequence[int]) -> ListsBySignal:
        """The ids of the reader's lists that hold each of these signals; others are left out."""
        wanted = tuple(signal_ids)
        return await self._where_saved.ask((subscriber_id, wanted)) or {}

    async def _default_of(self, readers: Sequence[int]) -> dict[int, Collection]:
        rows = await self._database.look(lambda ask: ask(_DEFAULTS, readers=list(readers)))
        return {row.subscriber_id: read_collection(row) for row in rows}

    async def _holding(
        self, asked: Sequence[tuple[int, tuple[int, ...]]]
    ) -> dict[tuple[int, tuple[int, ...]], ListsBySignal]:
        """For each reader and the signals asked about: the lists that hold them."""
        held: dict[int, ListsBySignal] = {reader: {} for reader, _ in asked}
        signal_ids = sorted({number for _, numbers in asked for number in numbers})

        def look(ask: Ask) -> list[Any]:
            rows: list[Any] = []
            for readers in chunks(tuple(held)):
                for some in chunks(signal_ids):
                    rows += ask(_HOLDING, readers=list(readers), signals=list(some))
            return rows

        for reader, signal_id, collection_id in await self._database.look(look):
            held[reader].setdefault(signal_id, []).append(collection_id)
        return {
            (reader, numbers): {
                number: lists for number, lists in held[reader].items() if number in numbers
            }
            for reader, numbers in asked
        }


def own(subscriber_id: int, collection_id: int) -> ColumnElement[bool]:
    """The condition that a list is this reader's."""
    return (collections.c.subscriber_id == subscriber_id) & (collections.c.id == collection_id)


def is_saved(collection_id: int, signal_id: int) -> ColumnElement[bool]:
    """The condition that a row of `saved` is of this signal in this list."""
    return (saved.c.collection_id == collection_id) & (saved.c.signal_id == signal_id)


@cache
def collection_query() -> Select[Any]:
    """What `read_collection` needs of each list."""
    size = select(func.count()).where(saved.c.collection_id == collections.c.id)
    return select(collections, size.scalar_subquery().label("size"))


async def load_collection(
    connection: AsyncConnection, condition: ColumnElement[bool]
) -> Collection | None:
    """The list of which `condition` is true, None when there is none."""
    row = (await connection.execute(collection_query().where(condition))).first()
    return read_collection(row) if row else None


_DEFAULTS = Question(
    collection_query().where(
        collections.c.subscriber_id.in_(bindparam("readers", expanding=True)),
        collections.c.is_default,
    )
)


async def load_defaults(
    connection: AsyncConnection, readers: Sequence[int]
) -> dict[int, Collection]:
    """The lists that these readers save into first, by the readers that have one."""
    found: dict[int, Collection] = {}
    for some in chunks(readers):
        for row in await connection.execute(_DEFAULTS.statement, {"readers": list(some)}):
            found[row.subscriber_id] = read_collection(row)
    return found


def read_collection(row: Row[Any]) -> Collection:
    """A row of `collection_query` as a value."""
    return Collection(
        id=row.id,
        subscriber_id=row.subscriber_id,
        name=row.name,
        is_default=row.is_default,
        count=row.size,
        created_at=row.created_at,
        sort=SavedSort(row.sort),
        share_key=row.share_key or "",
        share_notes=row.share_notes,
    )


async def load_saved(connection: AsyncConnection, query: Select[Any]) -> tuple[Saved, ...]:
    """What `query`, which gives rows of `saved`, finds, in its order."""
    rows = (await connection.execute(query)).all()
    found = await load_by_ids(connection, list(dict.fromkeys(row.signal_id for row in rows)))
    signal_of = {signal.id: signal for signal in found}
    return tuple(
        Saved(row.collection_id, signal_of[row.signal_id], row.note, row.saved_at, row.by_rule)
        for row in rows
    )
