"""Changes of collections that can be taken back: removing, deleting, merging, importing.

Each is one transaction that first notes how everything it touches was. Taking it back puts that
state in its place again and uses up the note; notes that nobody used are forgotten after a while.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Undo, UndoAct
from storage.collection_queries import own
from storage.collections import MOST_COLLECTIONS, MOST_SAVED, place
from storage.database import Database
from storage.rules import touch_rules
from storage.schema import (
    collection_rules,
    collection_undo_signals,
    collection_undos,
    collections,
    rule_refusals,
    saved,
)
from storage.undo_rows import lists_as_data, restore
from storage.upsert import chunks, insert

UNDO_KEPT = timedelta(days=7)
"""How long a change can be taken back."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A signal as it is to be saved."""

    signal_id: int
    note: str
    saved_at: datetime
    by_rule: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """What is to be saved under a name: into the reader's list so called, else into a new one."""

    name: str
    saved: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """What `bring` did: how many signals were new and how many there already.

    `left` counts what the limits left out, `collection_ids` are the lists in the given order.
    """

    undo_id: int
    new: int
    present: int
    left: int
    collection_ids: tuple[int, ...]


class Undos:
    """Takes things out of readers' collections, or brings them in, so that it can be undone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remove(
        self, subscriber_id: int, collection_id: int, signal_id: int, now: datetime, title: str
    ) -> int | None:
        """Take a signal out of a reader's own list; None when it is not there.

        No rule brings it back. Returns the number by which it is undone.
        """
        async with self._database.write() as connection:
            row = await connection.execute(
                select(saved)
                .join(collections, collections.c.id == saved.c.collection_id)
                .where(own(subscriber_id, collection_id), saved.c.signal_id == signal_id)
            )
            found = row.first()
            if found is None:
                return None
            undo_id = await _note(connection, subscriber_id, UndoAct.REMOVE, title, now)
            kept = Kept(signal_id, found.note, found.saved_at, found.by_rule)
            await _note_saved(connection, undo_id, collection_id, [kept])
            await connection.execute(
                delete(saved).where(
                    saved.c.collection_id == collection_id, saved.c.signal_id == signal_id
                )
            )
            await connection.execute(
                insert(connection, rule_refusals)
                .values(collection_id=collection_id, signal_id=signal_id, refused_at=now)
                .on_conflict_do_update(
                    index_elements=["collection_id", "signal_id"], set_={"refused_at": now}
                )
            )
            return undo_id

    async def delete(self, subscriber_id: int, collection_id: int, now: datetime) -> int | None:
        """Delete a reader's own list and what is saved in it; never the default one.

        Returns the number by which it is undone, None when nothing was deleted.
        """
        async with self._database.write() as connection:
            mine = own(subscriber_id, collection_id) & ~collections.c.is_default
            name = await connection.scalar(select(collections.c.name).where(mine))
            if name is None:
                return None
            undo_id = await _note(
                connection, subscriber_id, UndoAct.DELETE, name, now, before=(collection_id,)
            )
            await _note_all_saved(connection, undo_id, collection_id)
            await _erase(connection, collection_id)
            return undo_id

    async def merge(
        self, subscriber_id: int, source_id: int, target_id: int, now: datetime
    ) -> int | None:
        """Put everything from one list of a reader into another, and delete the first.

        No signal is there twice: both notes are kept, and the later time. The rule moves along
        where the target has none; a default list makes its target the default one. None when one
        of them is not the reader's, or the target would hold more than MOST_SAVED.
        """
        async with self._database.write() as connection:
            names = await _names(connection, subscriber_id)
            if source_id == target_id or not {source_id, target_id} <= set(names):
                return None
            incoming = await _kept(connection, source_id)
            present = await _kept(connection, target_id, [one.signal_id for one in incoming])
            size = await _size(connection, target_id)
            if size + len(incoming) - len(present) > MOST_SAVED:
                return None
            undo_id = await _note(
                connection,
                subscriber_id,
                UndoAct.MERGE,
                names[source_id],
                now,
                before=(source_id,),
                into=target_id,
            )
            await _note_all_saved(connection, undo_id, source_id)
            await _put(connection, undo_id, target_id, incoming, present)
            await _hand_over(connection, undo_id, source_id, target_id)
            return undo_id

    async def bring(
        self,
        subscriber_id: int,
        act: UndoAct,
        title: str,
        incoming: Sequence[Incoming],
        now: datetime,
    ) -> Brought:
        """Save many signals at once, as an import or a copy does; unknown ids are the caller's.

        A signal that is there already keeps its note, to which another one is added.
        """
        async with self._database.write() as connection:
            undo_id = await _note(connection, subscriber_id, act, title, now)
            made: list[int] = []
            numbers: list[int] = []
            new = present = left = 0
            for one in incoming:
                number = await _list_called(connection, subscriber_id, one.name, now, made)
                if number is None:
                    left += len(one.saved)
                    continue
                numbers.append(number)
                known = await _kept(connection, number, [kept.signal_id for kept in one.saved])
                room = MOST_SAVED - await _size(connection, number)
                there = {kept.signal_id for kept in known}
                fresh = [kept for kept in _once(one.saved) if kept.signal_id not in there]
                again = [kept for kept in _once(one.saved) if kept.signal_id in there]
                await _put(connection, undo_id, number, [*fresh[:room], *again], known)
                new += len(fresh[:room])
                left += len(fresh[room:])
                present += len(again)
            await connection.execute(
                update(collection_undos)
                .where(collection_undos.c.id == undo_id)
                .values(data=await lists_as_data(connection, ()) | {"made": made})
            )
            return Brought(undo_id, new, present, left, tuple(numbers))

    async def list(self, subscriber_id: int, since: datetime, limit: int = 10) -> tuple[Undo, ...]:
        """What a reader did since then and can still take back, the last first."""
        count = select(func.count()).where(
            collection_undo_signals.c.undo_id == collection_undos.c.id
        )
        query = (
            select(collection_undos, count.scalar_subquery().label("size"))
            .where(collection_undos.c.subscriber_id == subscriber_id)
            .where(collection_undos.c.created_at >= since)
            .order_by(collection_undos.c.created_at.desc(), collection_undos.c.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple(
                Undo(row.id, UndoAct(row.act), row.title, row.size, row.created_at)
                for row in await connection.execute(query)
            )

    async def undo(self, subscriber_id: int, undo_id: int, since: datetime) -> Undo | None:
        """Take back what a reader did; None when it is not the reader's, too old, or done."""
        async with self._database.write() as connection:
            row = (
                await connection.execute(
                    select(collection_undos)
                    .where(
                        collection_undos.c.id == undo_id,
                        collection_undos.c.subscriber_id == subscriber_id,
                        collection_undos.c.created_at >= since,
                    )
                    .with_for_update()
                )
            ).first()
            if row is None:
                return None
            count = await restore(connection, row)
            touched = select(collection_undo_signals.c.collection_id).distinct()
            of_undo = collection_undo_signals.c.undo_id == undo_id
            lists = (await connection.execute(touched.where(of_undo).limit(2))).scalars().all()
            await _forget(connection, (undo_id,))
            await touch_rules(connection)
            only = lists[0] if len(lists) == 1 else 0
            return Undo(row.id, UndoAct(row.act), row.title, count, row.created_at, only)

    async def forget_before(self, moment: datetime, limit: int = 500) -> int:
        """Forget up to `limit` changes older than `moment`: they can no longer be taken back."""
        async with self._database.write() as connection:
            old = (
                select(collection_undos.c.id)
                .where(collection_undos.c.created_at < moment)
                .order_by(collection_undos.c.created_at)
                .limit(limit)
            )
            numbers = (await connection.execute(old)).scalars().all()
            await _forget(connection, numbers)
            return len(numbers)


async def _forget(connection: AsyncConnection, undo_ids: Sequence[int]) -> None:
    for some in chunks(undo_ids):
        await connection.execute(
            delete(collection_undo_signals).where(collection_undo_signals.c.undo_id.in_(some))
        )
        await connection.execute(delete(collection_undos).where(collection_undos.c.id.in_(some)))


# --- noting how it was -------------------------------------------------------------------


async def _note(
    connection: AsyncConnection,
    subscriber_id: int,
    act: UndoAct,
    title: str,
    now: datetime,
    *,
    before: Sequence[int] = (),
    into: int | None = None,
) -> int:
    """Begin a note, with the lists `before` as they are; returns its number."""
    data = await lists_as_data(connection, before, into=into)
    result = await connection.execute(
        insert(connection, collection_undos)
        .values(subscriber_id=subscriber_id, act=act.value, title=title, data=data, created_at=now)
        .returning(collection_undos.c.id)
    )
    number: int = result.scalar_one()
    return number


async def _note_all_saved(connection: AsyncConnection, undo_id: int, collection_id: int) -> None:
    rows = select(
        literal(undo_id),
        saved.c.collection_id,
        saved.c.signal_id,
        saved.c.note,
        saved.c.saved_at,
        saved.c.by_rule,
    ).where(saved.c.collection_id == collection_id)
    names = ["undo_id", "collection_id", "signal_id", "note", "saved_at", "by_rule"]
    await connection.execute(insert(connection, collection_undo_signals).from_select(names, rows))


async def _note_saved(
    connection: AsyncConnection,
    undo_id: int,
    collection_id: int,
    before: Iterable[Kept],
    absent: Iterable[int] = (),
) -> None:
    base = {"undo_id": undo_id, "collection_id": collection_id}
    rows: list[dict[str, Any]] = [
        {
            **base,
            "signal_id": one.signal_id,
            "note": one.note,
            "saved_at": one.saved_at,
            "by_rule": one.by_rule,
        }
        for one in before
    ]
    rows += [
        {**base, "signal_id": number, "note": "", "saved_at": None, "by_rule": False}
        for number in absent
    ]
    if rows:
        await connection.execute(
            insert(connection, collection_undo_signals).on_conflict_do_nothing(), rows
        )


# --- changing ----------------------------------------------------------------------------


async def _put(
    connection: AsyncConnection,
    undo_id: int,
    collection_id: int,
    incoming: Sequence[Kept],
    present: Sequence[Kept],
) -> None:
    """Save `incoming`; `present` are those of them that are saved there already."""
    known = {one.signal_id: one for one in present}
    absent = [one.signal_id for one in incoming if one.signal_id not in known]
    await _note_saved(connection, undo_id, collection_id, present, absent)
    rows = [
        {
            "collection_id": collection_id,
            "signal_id": one.signal_id,
            "note": one.note,
            "saved_at": one.saved_at,
            "by_rule": one.by_rule,
        }
        for one in (_merged(one, known.get(one.signal_id)) for one in incoming)
    ]
    if not rows:
        return
    statement = insert(connection, saved)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["collection_id", "signal_id"],
            set_={name: statement.excluded[name] for name in ("note", "saved_at", "by_rule")},
        ),
        rows,
    )


def _merged(one: Kept, there: Kept | None) -> Kept:
    """One saved signal of two: both notes, the later time, by rule only when both were."""
    if there is None:
        return one
    return Kept(
        one.signal_id,
        merged_notes(there.note, one.note),
        max(one.saved_at, there.saved_at),
        one.by_rule and there.by_rule,
    )


def merged_notes(first: str, second: str) -> str:
    """Both notes, one under the other, unless one says nothing that the other does not."""
    if second in first:
        return first
    if first in second:
        return second
    return f"{first}\n{second}"


def _once(kept: Sequence[Kept]) -> list[Kept]:
    """Each signal once, as `_merged` has it."""
    found: dict[int, Kept] = {}
    for one in kept:
        found[one.signal_id] = _merged(one, found.get(one.signal_id))
    return list(found.values())


async def _hand_over(
    connection: AsyncConnection, undo_id: int, source_id: int, target_id: int
) -> None:
    """Let the target take over what the source was, and end the source."""
    has_rule = exists().where(collection_rules.c.collection_id == target_id).correlate(None)
    moved = await connection.execute(
        update(collection_rules)
        .where(collection_rules.c.collection_id == source_id, ~has_rule)
        .values(collection_id=target_id)
    )
    if moved.rowcount:
        data: Any = await connection.scalar(
            select(collection_undos.c.data).where(collection_undos.c.id == undo_id)
        )
        await connection.execute(
            update(collection_undos)
            .where(collection_undos.c.id == undo_id)
            .values(data={**data, "rule_moved": True})
        )
    was_default = await connection.scalar(
        select(collections.c.is_default).where(collections.c.id == source_id)
    )
    await _erase(connection, source_id)
    if was_default:
        await connection.execute(
            update(collections).where(collections.c.id == target_id).values(is_default=True)
        )


async def _erase(connection: AsyncConnection, collection_id: int) -> None:
    await connection.execute(
        delete(collection_rules).where(collection_rules.c.collection_id == collection_id)
    )
    await connection.execute(delete(saved).where(saved.c.collection_id == collection_id))
    await connection.execute(delete(collections).where(collections.c.id == collection_id))
    await touch_rules(connection)


# --- looking up --------------------------------------------------------------------------


async def _names(connection: AsyncConnection, subscriber_id: int) -> dict[int, str]:
    """The reader's lists by number, locked against changes by another process."""
    rows = await connection.execute(
        select(collections.c.id, collections.c.name)
        .where(collections.c.subscriber_id == subscriber_id)
        .order_by(collections.c.id)
        .with_for_update()
    )
    return {row.id: row.name for row in rows}


async def _list_called(
    connection: AsyncConnection, subscriber_id: int, name: str, now: datetime, made: list[int]
) -> int | None:
    """The reader's list of this name, made (and noted in `made`) when there is room for one."""
    names = await _names(connection, subscriber_id)
    for number, known in names.items():
        if known == name:
            return number
    if len(names) >= MOST_COLLECTIONS:
        return None
    result = await connection.execute(
        insert(connection, collections)
        .values(
            subscriber_id=subscriber_id,
            name=name,
            is_default=False,
            created_at=now,
            position=await place(connection, subscriber_id, func.max(collections.c.position) + 1),
        )
        .returning(collections.c.id)
    )
    made.append(result.scalar_one())
    return made[-1]


async def _kept(
    connection: AsyncConnection, collection_id: int, among: Sequence[int] | None = None
) -> list[Kept]:
    """What is saved in a list, the oldest first; with `among` only those signals."""
    query = (
        select(saved)
        .where(saved.c.collection_id == collection_id)
        .order_by(saved.c.saved_at, saved.c.signal_id)
    )
    parts = (
        [query]
        if among is None
        else [query.where(saved.c.signal_id.in_(some)) for some in chunks(among)]
    )
    return [
        Kept(row.signal_id, row.note, row.saved_at, row.by_rule)
        for part in parts
        for row in await connection.execute(part)
    ]


async def _size(connection: AsyncConnection, collection_id: int) -> int:
    query = select(func.count()).select_from(saved).where(saved.c.collection_id == collection_id)
    return await connection.scalar(query) or 0
