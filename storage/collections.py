"""Collections: readers' named lists, and what they saved in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import bindparam, exc, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Collection, SavedSort
from storage.collection_queries import (
    CollectionQueries,
    collection_query,
    is_saved,
    load_collection,
    load_defaults,
    own,
    read_collection,
)
from storage.column_types import Id
from storage.database import Database
from storage.errors import DuplicateName, NotFound
from storage.jointly import Jointly
from storage.schema import collections, saved, signals, subscribers
from storage.upsert import chunks, insert

MOST_COLLECTIONS = 30
"""Lists that one reader may have: as many as can still be told apart by buttons."""

MOST_SAVED = 2000
"""Signals that one list may hold."""

MOST_A_DAY = 50
"""Signals that a rule may save into one list within 24 hours."""

_KEY_BYTES = 24
"""192 bits: nobody finds a shared collection by trying, and its link still fits everywhere."""


@dataclass(frozen=True, slots=True)
class _First:
    """The list that a reader without one is given to save into."""

    subscriber_id: int
    name: str
    now: datetime


@dataclass(frozen=True, slots=True)
class _Save:
    """A signal to be put into a list."""

    collection_id: int
    signal_id: int
    now: datetime
    note: str


class Collections(CollectionQueries):
    """The collections of all readers; each changes only its own."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._firsts = Jointly(database, _make_firsts)
        self._saves = Jointly(database, _save)

    async def default(self, subscriber_id: int, now: datetime, name: str) -> Collection:
        """The list that a reader saves into without naming one; made as `name` at first."""
        known = await self._defaults.ask(subscriber_id)
        if known is not None:
            return known
        return await self._firsts.ask(_First(subscriber_id, name, now))

    async def create(self, subscriber_id: int, name: str, now: datetime) -> Collection:
        """A new list, after all others. Raises DuplicateName."""
        async with self._database.write() as connection:
            last = func.max(collections.c.position) + 1
            result = await connection.execute(
                insert(connection, collections)
                .values(
                    subscriber_id=subscriber_id,
                    name=name,
                    is_default=False,
                    created_at=now,
                    position=await place(connection, subscriber_id, last),
                )
                .on_conflict_do_nothing(index_elements=["subscriber_id", "name"])
                .returning(collections.c.id)
            )
            number = result.scalar()
            if number is None:
                raise DuplicateName(name)
            row = await connection.execute(collection_query().where(collections.c.id == number))
            return read_collection(row.one())

    async def rename(self, subscriber_id: int, collection_id: int, name: str) -> bool:
        """Rename a reader's own list; False when there is none. Raises DuplicateName."""
        try:
            return await self._change(subscriber_id, collection_id, name=name)
        except exc.IntegrityError as error:
            raise DuplicateName(name) from error

    async def set_sort(self, subscriber_id: int, collection_id: int, sort: SavedSort) -> bool:
        """Let a reader's own list be shown in this order; False when there is none."""
        return await self._change(subscriber_id, collection_id, sort=sort.value)

    async def make_default(self, subscriber_id: int, collection_id: int) -> bool:
        """Let a reader's own list be the one saved into first; False when there is none."""
        mine = collections.c.subscriber_id == subscriber_id
        async with self._database.write() as connection:
            # The readers' rows are locked one after the other: only one can be the default.
            rows = await connection.execute(
                select(collections.c.id).where(mine).order_by(collections.c.id).with_for_update()
            )
            if collection_id not in rows.scalars().all():
                return False
            await connection.execute(
                update(collections).where(mine, collections.c.is_default).values(is_default=False)
            )
            await connection.execute(
                update(collections)
                .where(collections.c.id == collection_id)
                .values(is_default=True)
            )
            return True

    async def move(self, subscriber_id: int, collection_id: int, by: int) -> bool:
        """Move a reader's own list `by` places down (up when negative), as far as there are any.

        False when there is no such list or it stands there already.
        """
        async with self._database.write() as connection:
            rows = await connection.execute(
                select(collections.c.id)
                .where(collections.c.subscriber_id == subscriber_id)
                .order_by(collections.c.position, collections.c.id)
                .with_for_update()
            )
            order = list(rows.scalars())
            if collection_id not in order:
                return False
            before = order.index(collection_id)
            after = max(0, min(len(order) - 1, before + by))
            order.insert(after, order.pop(before))
            for position, number in enumerate(order):
                await connection.execute(
                    update(collections).where(collections.c.id == number).values(position=position)
                )
            return before != after

    # --- what is saved -------------------------------------------------------------------

    async def save(
        self, collection_id: int, signal_id: int, now: datetime, note: str = ""
    ) -> bool:
        """Put a signal into a list; False when it was there (a note that is given replaces its).

        Raises NotFound for an unknown list or signal.
        """
        try:
            return await self._saves.ask(_Save(collection_id, signal_id, now, note))
        except exc.IntegrityError:
            # Hardly ever; so it is not asked before each.
            async with self._database.read() as connection:
                await _require(connection, collection_id, signal_id)
            raise

    async def annotate(self, collection_id: int, signal_id: int, note: str) -> bool:
        """Write the note on a saved signal ("" takes it away); False when it is not saved."""
        async with self._database.write() as connection:
            result = await connection.execute(
                update(saved).where(is_saved(collection_id, signal_id)).values(note=note)
            )
            return result.rowcount > 0

    # --- sharing -------------------------------------------------------------------------

    async def share(self, subscriber_id: int, collection_id: int) -> str | None:
        """The key by which others may look at a reader's own list; None when there is none.

        A list that is shared keeps its key; after `revoke` the next one is another.
        """
        async with self._database.write() as connection:
            await connection.execute(
                update(collections)
                .where(own(subscriber_id, collection_id), collections.c.share_key.is_(None))
                .values(share_key=token_urlsafe(_KEY_BYTES))
            )
            found = await load_collection(connection, own(subscriber_id, collection_id))
            return found.share_key if found else None

    async def revoke(self, subscriber_id: int, collection_id: int) -> bool:
        """Let nobody look at a reader's own list any longer; False when nobody could."""
        async with self._database.write() as connection:
            result = await connection.execute(
                update(collections)
                .where(own(subscriber_id, collection_id), collections.c.share_key.is_not(None))
                .values(share_key=None)
            )
            return result.rowcount > 0

    async def set_share_notes(
        self, subscriber_id: int, collection_id: int, *, share_notes: bool
    ) -> bool:
        """Say whether those who look at a shared list see its notes; False for no such list."""
        return await self._change(subscriber_id, collection_id, share_notes=share_notes)

    async def _change(self, subscriber_id: int, collection_id: int, **values: Any) -> bool:
        async with self._database.write() as connection:
            result = await connection.execute(
                update(collections).where(own(subscriber_id, collection_id)).values(**values)
            )
            return result.rowcount > 0


async def place(connection: AsyncConnection, subscriber_id: int, at: Any) -> int:
    """The position `at` (an expression over the reader's lists), 0 for the first of all."""
    query = select(at).where(collections.c.subscriber_id == subscriber_id)
    return await connection.scalar(query) or 0


async def _make_firsts(
    connection: AsyncConnection, firsts: Sequence[_First]
) -> Sequence[Collection]:
    wanted = {one.subscriber_id: one for one in reversed(firsts)}
    readers = sorted(wanted)
    # Two taps at once: whoever comes second waits here, and finds the list made.
    for some in chunks(readers):
        locked = select(subscribers.c.id).where(subscribers.c.id.in_(some))
        await connection.execute(locked.order_by(subscribers.c.id).with_for_update())
    found = await load_defaults(connection, readers)
    missing = [wanted[number] for number in readers if number not in found]
    if missing:
        place = func.coalesce(func.min(collections.c.position) - 1, 0)
        reader = bindparam("reader", type_=Id)
        # A list that the reader called so before becomes the default one.
        await connection.execute(
            insert(connection, collections)
            .values(
                subscriber_id=reader,
                name=bindparam("called"),
                is_default=True,
                created_at=bindparam("now"),
                position=select(place)
                .where(collections.c.subscriber_id == reader)
                .scalar_subquery(),
            )
            .on_conflict_do_update(
                index_elements=["subscriber_id", "name"], set_={"is_default": True}
            ),
            [{"reader": one.subscriber_id, "called": one.name, "now": one.now} for one in missing],
        )
        found |= await load_defaults(connection, [one.subscriber_id for one in missing])
    return [found[one.subscriber_id] for one in firsts]


async def _save(connection: AsyncConnection, saves: Sequence[_Save]) -> Sequence[bool]:
    rows = {
        (one.collection_id, one.signal_id): {
            "collection_id": one.collection_id,
            "signal_id": one.signal_id,
            "note": one.note,
            "saved_at": one.now,
            "by_rule": False,
        }
        for one in reversed(saves)  # of two for the same place the first counts
    }
    result = await connection.execute(
        insert(connection, saved)
        .on_conflict_do_nothing()
        .returning(saved.c.collection_id, saved.c.signal_id),
        # In one order: processes that write the same rows do not wait for each other in turn.
        [rows[place] for place in sorted(rows)],
    )
    fresh = {(row.collection_id, row.signal_id) for row in result}
    told: list[bool] = []
    for one in saves:
        place = (one.collection_id, one.signal_id)
        told.append(place in fresh)
        if place not in fresh and one.note:
            await connection.execute(update(saved).where(is_saved(*place)).values(note=one.note))
        fresh.discard(place)
    return told


async def _require(connection: AsyncConnection, collection_id: int, signal_id: int) -> None:
    for table, number in ((collections, collection_id), (signals, signal_id)):
        if await connection.scalar(select(table.c.id).where(table.c.id == number)) is None:
            raise NotFound(f"there is no {table.name[:-1]} {number}")
