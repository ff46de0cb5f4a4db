"""Collections: readers' named lists, and what they saved in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, exc, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Collection, Saved
from storage.database import Database
from storage.errors import DuplicateName, NotFound
from storage.schema import collections, saved, signals
from storage.signal_rows import load_by_ids
from storage.upsert import chunks, insert

ListsBySignal = dict[int, list[int]]


class Collections:
    """The collections of all readers; each sees only its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def default(self, subscriber_id: int, now: datetime, name: str) -> Collection:
        """The list that a reader saves into without naming one; made as `name` at first."""
        query = _query().where(
            collections.c.subscriber_id == subscriber_id, collections.c.is_default
        )
        async with self._database.write() as connection:
            row = (await connection.execute(query)).first()
            if row is None:
                # A list that the reader called so before becomes the default one.
                await connection.execute(
                    insert(connection, collections)
                    .values(
                        subscriber_id=subscriber_id, name=name, is_default=True, created_at=now
                    )
                    .on_conflict_do_update(
                        index_elements=["subscriber_id", "name"], set_={"is_default": True}
                    )
                )
                row = (await connection.execute(query)).one()
            return _collection(row)

    async def create(self, subscriber_id: int, name: str, now: datetime) -> Collection:
        """A new list. Raises DuplicateName."""
        async with self._database.write() as connection:
            result = await connection.execute(
                insert(connection, collections)
                .values(subscriber_id=subscriber_id, name=name, is_default=False, created_at=now)
                .on_conflict_do_nothing(index_elements=["subscriber_id", "name"])
                .returning(collections.c.id)
            )
            number = result.scalar()
            if number is None:
                raise DuplicateName(name)
            row = await connection.execute(_query().where(collections.c.id == number))
            return _collection(row.one())

    async def list(self, subscriber_id: int) -> tuple[Collection, ...]:
        """A reader's lists: the default one, then by age."""
        query = (
            _query()
            .where(collections.c.subscriber_id == subscriber_id)
            .order_by(collections.c.is_default.desc(), collections.c.id)
        )
        async with self._database.read() as connection:
            return tuple(_collection(row) for row in await connection.execute(query))

    async def get(self, subscriber_id: int, collection_id: int) -> Collection | None:
        """A reader's own list; None for a list of somebody else."""
        async with self._database.read() as connection:
            row = await connection.execute(_query().where(_own(subscriber_id, collection_id)))
            found = row.first()
            return _collection(found) if found else None

    async def rename(self, subscriber_id: int, collection_id: int, name: str) -> bool:
        """Rename a reader's own list; False when there is none. Raises DuplicateName."""
        try:
            async with self._database.write() as connection:
                result = await connection.execute(
                    update(collections).where(_own(subscriber_id, collection_id)).values(name=name)
                )
                return result.rowcount > 0
        except exc.IntegrityError as error:
            raise DuplicateName(name) from error

    async def delete(self, subscriber_id: int, collection_id: int) -> bool:
        """Delete a reader's own list and what was saved in it; never the default one."""
        async with self._database.write() as connection:
            mine = _own(subscriber_id, collection_id) & ~collections.c.is_default
            if await connection.scalar(select(collections.c.id).where(mine)) is None:
                return False
            await connection.execute(delete(saved).where(saved.c.collection_id == collection_id))
            await connection.execute(delete(collections).where(mine))
            return True

    async def save(
        self, collection_id: int, signal_id: int, now: datetime, note: str = ""
    ) -> bool:
        """Put a signal into a list; False when it was there (a note that is given replaces its).

        Raises NotFound for an unknown list or signal.
        """
        async with self._database.write() as connection:
            await _require(connection, collection_id, signal_id)
            result = await connection.execute(
                insert(connection, saved)
                .values(collection_id=collection_id, signal_id=signal_id, note=note, saved_at=now)
                .on_conflict_do_nothing()
                .returning(saved.c.signal_id)
            )
            is_new = result.scalar() is not None
            if not is_new and note:
                await connection.execute(
                    update(saved).where(_is_saved(collection_id, signal_id)).values(note=note)
                )
            return is_new

    async def unsave(self, collection_id: int, signal_id: int) -> bool:
        """Take a signal out of a list; False when it was not there."""
        async with self._database.write() as connection:
            result = await connection.execute(
                delete(saved).where(_is_saved(collection_id, signal_id))
            )
            return result.rowcount > 0

    async def saved(
        self, collection_id: int, limit: int = 10, offset: int = 0
    ) -> tuple[Saved, ...]:
        """What is saved in a list, the newest first."""
        query = (
            select(saved)
            .where(saved.c.collection_id == collection_id)
            .order_by(saved.c.saved_at.desc(), saved.c.signal_id.desc())
            .limit(limit)
            .offset(offset)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            found = await load_by_ids(connection, [row.signal_id for row in rows])
        return tuple(
            Saved(collection_id, signal, row.note, row.saved_at)
            for row, signal in zip(rows, found, strict=True)
        )

    async def where_saved(self, subscriber_id: int, signal_ids: Sequence[int]) -> ListsBySignal:
        """The ids of the reader's lists that hold each of these signals; others are left out."""
        found: ListsBySignal = {}
        async with self._database.read() as connection:
            for some in chunks(signal_ids):
                query = (
                    select(saved.c.signal_id, saved.c.collection_id)
                    .join(collections, collections.c.id == saved.c.collection_id)
                    .where(collections.c.subscriber_id == subscriber_id)
                    .where(saved.c.signal_id.in_(some))
                    .order_by(saved.c.collection_id)
                )
                for signal_id, collection_id in await connection.execute(query):
                    found.setdefault(signal_id, []).append(collection_id)
        return found


async def _require(connection: AsyncConnection, collection_id: int, signal_id: int) -> None:
    for table, number in ((collections, collection_id), (signals, signal_id)):
        if await connection.scalar(select(table.c.id).where(table.c.id == number)) is None:
            raise NotFound(f"there is no {table.name[:-1]} {number}")


def _own(subscriber_id: int, collection_id: int) -> Any:
    return (collections.c.subscriber_id == subscriber_id) & (collections.c.id == collection_id)


def _is_saved(collection_id: int, signal_id: int) -> Any:
    return (saved.c.collection_id == collection_id) & (saved.c.signal_id == signal_id)


def _query() -> Select[Any]:
    size = select(func.count()).where(saved.c.collection_id == collections.c.id)
    return select(collections, size.scalar_subquery().label("size"))


def _collection(row: Row[Any]) -> Collection:
    return Collection(
        row.id, row.subscriber_id, row.name, row.is_default, row.size, row.created_at
    )
