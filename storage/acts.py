"""Acts: what the staff changes, each with its audit row, in one transaction, and how it is undone.

    async with storage.acts.act(actor, "signal.reject", "signal:12", now) as act:
        await act.update(signals, {"id": 12}, expect={"state": "held"}, state="rejected")
        act.before, act.after = "held", "rejected"

Everything changed through `act` is noted row by row; `undo` puts it back, as an act of its own, so
that undoing can be undone. An undo is refused (`Changed`) when one of the rows has become another
since: the later act is named, and has to be undone first. An act that changed nothing leaves no
row. `before` and `after` are for people who read the audit: plain data, short.

Names of acts are "what.verb"; their texts are "chat.act.<name>". Targets are "signal:12",
"source:3", "topic:ai". Actors are `staff_actor(user_id)`, "hexin" (the bot itself) or "cli".
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, exc, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.audit import AuditEntry, entry_of, newest_of, undone_by
from storage.changes import Bulk, Change, Values, change_data, key_is, read_change
from storage.database import Database
from storage.errors import NotFound, StorageError
from storage.follow_ups import FOLLOW_UPS, RESTLESS
from storage.schema import audit

UNDO = "undo"
SYSTEM = "hexin"
_LOOK_BACK = 2_000


class Stale(StorageError):  # noqa: N818  a state of the row, told to a person
    """The row is not as it was shown any more; `found` holds the columns that were expected.

    `by` is the newest act upon the same target, None when none is known.
    """

    def __init__(self, found: Values, by: AuditEntry | None = None) -> None:
        super().__init__(f"changed meanwhile: {dict(found)}")
        self.found = found
        self.by = by


class Changed(StorageError):  # noqa: N818  a state of the row, told to a person
    """What the act left has been changed since, by the act `by` (None: not by an act)."""

    def __init__(self, by: AuditEntry | None) -> None:
        super().__init__(f"changed since by act {by.id if by else '?'}")
        self.by = by


class NotUndoable(StorageError):  # noqa: N818  a property of the act, told to a person
    """The act cannot be taken back, or is taken back already (`already` is that act)."""

    def __init__(self, entry: AuditEntry, already: AuditEntry | None = None) -> None:
        super().__init__(f"act {entry.id} ({entry.act}) cannot be taken back")
        self.entry = entry
        self.already = already


def staff_actor(user_id: int) -> str:
    """How a member of the staff is named in the audit."""
    return f"user:{user_id}"


@dataclass(slots=True)
class Act:
    """An act under way: changes rows and notes what they were.

    `final` says that nothing takes it back (a message that is out). `id` is the audit row's, once
    the act is over and has changed something.
    """

    connection: AsyncConnection
    actor: str
    name: str
    target: str
    now: datetime
    before: Any = None
    after: Any = None
    final: bool = False
    undo_of: int | None = None
    changes: list[Change | Bulk] = field(default_factory=list)
    entry: AuditEntry | None = None

    async def update(
        self,
        table: Table,
        key: Values,
        *,
        expect: Values | None = None,
        tied: Collection[str] = (),
        **values: Any,
    ) -> Values:
        """Set columns of one row. Returns what they were.

        Columns that have the value already are not noted, but for those that are `tied` to the
        others: the act is not taken back once one of them has become another. Raises NotFound,
        and Stale when the row does not hold what is to be `expect`ed.
        """
        names = {*values, *(expect or {}), *tied}
        query = select(*(table.c[name] for name in sorted(names))).where(key_is(table, key))
        row = (await self.connection.execute(query.with_for_update())).mappings().first()
        if row is None:
            raise NotFound(f"no such row of {table.name}: {dict(key)}")
        if expect is not None and any(not _same(row[name], expect[name]) for name in expect):
            found = {name: row[name] for name in expect}
            raise Stale(found, await newest_of(self.connection, self.target))
        new = {name: value for name, value in values.items() if not _same(row[name], value)}
        if new:
            new |= {name: values.get(name, row[name]) for name in tied}
            await self.connection.execute(update(table).where(key_is(table, key)).values(**new))
            self.changes.append(Change(table, key, {name: row[name] for name in new}, new))
        return {name: row[name] for name in values}

    async def insert(
        self, table: Table, *, retire: Values | None = None, **values: Any
    ) -> dict[str, Any]:
        """Make a row. Returns its primary key.

        Taking it back deletes the row, unless `retire` says which values it gets instead: for
        rows that others will point to.
        """
        result = await self.connection.execute(insert(table).values(**values))
        made = result.inserted_primary_key or ()
        key = {column.name: value for column, value in zip(table.primary_key, made, strict=True)}
        if retire is None:
            self.changes.append(Change(table, key, None, await self._row(table, key)))
        else:
            after = {name: values[name] for name in retire}
            self.changes.append(Change(table, key, dict(retire), after))
        return key

    async def delete(self, table: Table, key: Values) -> Values:
        """Take a row away. Returns what it was. Raises NotFound."""
        row = await self._row(table, key)
        await self.connection.execute(delete(table).where(key_is(table, key)))
        self.changes.append(Change(table, key, row, None))
        return row

    async def bulk(self, change: Bulk) -> None:
        """Change very many rows at once, in a form that is kept in short (storage/bulk.py).

        Taking it back is never refused: rows that are others by then stay as they are.
        """
        await change.apply(self.connection)
        self.changes.append(change)

    async def put(self, table: Table, key: Values, **values: Any) -> None:
        """Set columns of a row that is made when it is not there (all others: by default)."""
        query = select(table).where(key_is(table, key)).with_for_update()
        if (await self.connection.execute(query)).first() is None:
            try:
                async with self.connection.begin_nested():
                    await self.insert(table, **key, **values)
            except exc.IntegrityError:  # a row that is not there cannot be locked
                await self.update(table, key, **values)
        else:
            await self.update(table, key, **values)

    async def _row(self, table: Table, key: Values) -> dict[str, Any]:
        query = select(table).where(key_is(table, key)).with_for_update()
        row = (await self.connection.execute(query)).mappings().first()
        if row is None:
            raise NotFound(f"no such row of {table.name}: {dict(key)}")
        return dict(row)

    async def apply(self, change: Change | Bulk) -> None:
        """Make a change that turns a kept one round. Raises Changed when it does not fit."""
        if not isinstance(change, Change):
            await self.bulk(change)
            return
        query = select(change.table).where(change.where).with_for_update()
        row = (await self.connection.execute(query)).mappings().first()
        if not _fits(change, row):
            raise Changed(None)
        if change.after is None:
            await self.connection.execute(delete(change.table).where(change.where))
        elif change.before is None:
            await self.connection.execute(insert(change.table).values(**change.after))
        else:
            await self.connection.execute(
                update(change.table).where(change.where).values(**change.after)
            )
        self.changes.append(change)


class Acts:
    """Begins acts and takes them back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watchers: list[tuple[frozenset[str], Callable[[], Awaitable[Any]]]] = []

    def watch(self, tables: Iterable[Table], watcher: Callable[[], Awaitable[Any]]) -> None:
        """Call `watcher` after each act, or undo, that has changed one of `tables`."""
        self._watchers.append((frozenset(table.name for table in tables), watcher))

    async def _tell(self, act: Act) -> None:
        touched = {change.table.name for change in act.changes}
        for tables, watcher in self._watchers:
            if tables & touched:
                await watcher()

    @asynccontextmanager
    async def act(self, actor: str, name: str, target: str, now: datetime) -> AsyncIterator[Act]:
        """One act: everything in the block is one transaction, written to the audit at its end."""
        async with self._database.write() as connection:
            act = Act(connection, actor, name, target, now)
            yield act
            await finish(act)
        await self._tell(act)

    async def undo(self, act_id: int, actor: str, now: datetime) -> AuditEntry:
        """Take an act back. Returns the audit row of doing so, which can be undone in turn.

        Raises NotFound, NotUndoable when it is final or taken back already, and Changed when what
        it left has been changed since.
        """
        async with self._database.write() as connection:
            entry = await entry_of(connection, act_id)
            if entry.changes is None:
                raise NotUndoable(entry)
            already = await undone_by(connection, entry.id)
            if already is not None:
                raise NotUndoable(entry, already)
            act = Act(
                connection,
                actor,
                UNDO,
                entry.target,
                now,
                before=entry.after,
                after=entry.before,
                undo_of=entry.id,
            )
            await _turn_round(act, entry)
            await finish(act)
            if act.entry is None:
                raise NotUndoable(entry)
        await self._tell(act)
        return act.entry


async def finish(act: Act) -> None:
    """Write the act into the audit and do what follows from it; nothing when nothing changed."""
    if not act.changes and not act.final:
        return
    by_table: defaultdict[str, list[Change]] = defaultdict(list)
    for change in act.changes:
        if isinstance(change, Change):
            by_table[change.table.name].append(change)
    for name, changes in by_table.items():
        for follow in FOLLOW_UPS.get(name, ()):
            await follow(act.connection, changes, act.now)
    values = {
        "at": act.now,
        "actor": act.actor,
        "act": act.name,
        "target": act.target,
        "before": act.before,
        "after": act.after,
        "changes": None if act.final else [change_data(change) for change in act.changes],
        "undo_of": act.undo_of,
    }
    row = await act.connection.execute(insert(audit).values(**values))
    act.entry = AuditEntry(id=(row.inserted_primary_key or (0,))[0], **values)


async def _turn_round(act: Act, entry: AuditEntry) -> None:
    changes = [read_change(data) for data in entry.changes or ()]
    try:
        async with act.connection.begin_nested():  # after a refusal PostgreSQL answers no more
            for change in reversed(changes):
                await act.apply(change.inverse)
    except (Changed, exc.IntegrityError) as error:  # or other rows rest on what the act made
        raise Changed(await _later(act.connection, entry, changes)) from error


async def _later(
    connection: AsyncConnection, entry: AuditEntry, changes: Iterable[Change | Bulk]
) -> AuditEntry | None:
    """The newest later act upon one of the same rows, as far as its changes tell."""
    mine = {_named(change_data(change)) for change in changes}
    query = (
        select(audit)
        .where(audit.c.id > entry.id, audit.c.changes.is_not(None))
        .order_by(audit.c.id.desc())
        .limit(_LOOK_BACK)
    )
    tables = {change.table.name for change in changes}
    many: AuditEntry | None = None
    for row in (await connection.execute(query)).mappings():
        if any(_named(data) in mine for data in row["changes"]):
            return AuditEntry(**row)
        # What changed very many rows keeps them in short: it is named when nothing else is.
        if many is None and any(_is_bulk_of(tables, data) for data in row["changes"]):
            many = AuditEntry(**row)
    return many


def _is_bulk_of(tables: Collection[str], data: list[Any]) -> bool:
    change = read_change(data)
    return not isinstance(change, Change) and change.table.name in tables


def _named(data: Sequence[Any]) -> str:
    """The row that a kept change is about."""
    return f"{data[0]} {sorted(data[1].items())}"


def _fits(change: Change, row: Any) -> bool:
    """Whether the row is still as the change that is turned round has left it."""
    if change.before is None:
        return row is None
    restless = RESTLESS.get(change.table.name, frozenset())
    return row is not None and all(
        _same(row[name], value) for name, value in change.before.items() if name not in restless
    )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return list(one) == list(other)
    return bool(one == other)
