"""Everything that is kept about one reader or chat: to be handed over, and to be erased.

What belongs to a reader is found by the tables' own references, so a new table that refers to
subscribers or collections is exported and erased without a line here. Only what is kept under a
Telegram id has to be named in BY_PERSON; a test walks the tables for such columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from graphlib import TopologicalSorter
from secrets import token_hex
from typing import Any

from sqlalchemy import Column, ColumnElement, RowMapping, Table, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import DigestKind
from storage.database import Database
from storage.readings import drop_unowned, drop_unread, private_of
from storage.schema import (
    collections,
    deliveries,
    digests,
    erasures,
    metadata,
    pasted_links,
    saved,
    subscribers,
)
from storage.signal_rows import load_by_ids
from storage.subscribers import moved_to
from storage.upsert import chunks

# Columns that point to a reader's rows without a foreign key.
POINTERS: Mapping[str, Table] = {"collection_id": collections}
# Columns with a person's or chat's Telegram id, besides the subscribers' own.
BY_PERSON: Mapping[str, str] = {
    "amendment_notices": "chat_id",
    "desks": "chat_id",
    "guests": "chat_id",
    "invites": "made_by",
    "pasted_links": "person_id",
    "queue_looks": "user_id",
    "queue_notes": "chat_id",
    "posts": "made_by",
    "report_notices": "admin_id",
    "reports": "user_id",
    "staff": "user_id",
    "staff_codes": "made_by",
    "staff_notes": "chat_id",
    "source_drafts": "chat_id",
    "source_imports": "chat_id",
    "source_notices": "chat_id",
}
# Columns that sound like a person and are none, or are kept for a reason that /privacy gives.
EXCUSED: Mapping[str, str] = {
    "broadcasts.chat_id": "where editors follow an announcement; kept with their acts",
    "broadcasts.confirmed_by": "acts of the bot's admins, kept for the bot's owner",
    "broadcasts.made_by": "acts of the bot's admins, kept for the bot's owner",
    "audit.actor": "acts of the bot's admins, kept for the bot's owner",
    "deliveries.owner": "the process that sends, not a person",
    "entries.author": "who wrote an article",
    "articles.author": "who wrote an article",
}

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose data: a chat with all its forum topics, or one topic of it.

    In a private chat the chat's id is the person's, and what the person did elsewhere belongs to
    it; a group owns only what was kept for the group.
    """

    chat_id: int
    thread_id: int | None = None

    @property
    def is_person(self) -> bool:
        """Whether this is a person and not a group or channel."""
        return self.chat_id > 0


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """Proof of an erasure: its number, when, and how many rows of each table. Not whose."""

    number: str
    at: datetime
    counts: Mapping[str, int]


class Personal:
    """Hands over and erases what is kept about somebody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def collect(self, owner: Owner) -> Rows:
        """All rows about `owner` by table, as plain data; tables without any are left out.

        "signals" gives headline and address of each signal that the rows name, "digests" the
        wishes that each digest was composed for.
        """
        found: Rows = {}
        named: set[int] = set()
        async with self._database.read() as connection:
            for table, mine in owned(owner).items():
                rows = (await connection.execute(select(table).where(mine))).mappings().all()
                if rows:
                    found[table.name] = [_plain(row) for row in rows]
                named.update(row["signal_id"] for row in rows if row.get("signal_id"))
            if named:
                found["signals"] = await _signals(connection, named)
            if "deliveries" in found:
                composed = {row["digest_id"] for row in found["deliveries"]}
                found["digests"] = await _digests(connection, composed)
        return found

    async def counts(self, owner: Owner) -> dict[str, int]:
        """How many rows of each table are about `owner`."""
        async with self._database.read() as connection:
            return {
                table.name: count
                for table, mine in owned(owner).items()
                if (count := await _count(connection, table, mine))
            }

    async def topics(self, chat_id: int) -> int:
        """How many places (forum topics and the rest) of a chat something is kept for."""
        query = select(func.count()).where(subscribers.c.chat_id == chat_id)
        async with self._database.read() as connection:
            return int(await connection.scalar(query) or 0)

    async def erase(self, owner: Owner, now: datetime) -> ErasureReceipt:
        """Erase everything about `owner` in one transaction, and keep a receipt without a name.

        What is being sent at this moment may still arrive; nothing that waits will. What was read
        or composed for this reader alone goes too: a digest holds the wishes it was made for.
        """
        number = f"{now:%Y%m%d}-{token_hex(5).upper()}"
        tables = owned(owner)
        counts: dict[str, int] = {}
        async with self._database.write() as connection:
            # Whoever plans for these readers at the same time waits here, and finds them gone.
            await connection.execute(
                select(subscribers.c.id).where(tables[subscribers]).with_for_update()
            )
            readings = await private_of(connection, await _named(connection, tables))
            composed = await _composed(connection, tables)
            for table, mine in reversed(tables.items()):
                result = await connection.execute(delete(table).where(mine))
                if result.rowcount:
                    counts[table.name] = result.rowcount
            await drop_unowned(connection, readings)
            await drop_unread(connection, composed)
            await connection.execute(
                erasures.insert().values(number=number, at=now, counts=counts)
            )
        return ErasureReceipt(number, now, counts)

    async def receipt(self, number: str) -> ErasureReceipt | None:
        """The receipt with this number."""
        async with self._database.read() as connection:
            row = (
                await connection.execute(select(erasures).where(erasures.c.number == number))
            ).first()
        return ErasureReceipt(row.number, row.at, row.counts) if row else None


def owned(owner: Owner) -> dict[Table, ColumnElement[bool]]:
    """The tables that may hold something about `owner`, owners first, and which rows do."""
    found: dict[Table, ColumnElement[bool]] = {subscribers: _places(owner)}
    for table in _owners_first():
        conditions: list[ColumnElement[bool]] = [
            column.in_(select(target).where(found[target.table]))
            for column, target in _references(table)
            if target.table in found
        ]
        if table.name == "guests" and owner.thread_id is None:
            conditions.append(table.columns["chat_id"] == owner.chat_id)
        elif owner.is_person and (name := BY_PERSON.get(table.name)):
            conditions.append(table.columns[name] == owner.chat_id)
        if conditions and table is not subscribers:
            found[table] = or_(*conditions)
    return found


@cache
def _owners_first() -> tuple[Table, ...]:
    """All tables, each after those that it refers to."""
    graph = {
        table: {target.table for _, target in _references(table)} - {table}
        for table in metadata.sorted_tables
    }
    return tuple(TopologicalSorter(graph).static_order())


def _references(table: Table) -> list[tuple[Column[Any], Column[Any]]]:
    """The columns of `table` that point to another table's, each with that one."""
    pairs = ((column, _target(column)) for column in table.columns)
    return [(column, target) for column, target in pairs if target is not None]


def _places(owner: Owner) -> ColumnElement[bool]:
    # What the chat had before it took over a group sleeps under the group's old id.
    here = or_(
        subscribers.c.chat_id == owner.chat_id, subscribers.c.reason == moved_to(owner.chat_id)
    )
    return here if owner.thread_id is None else here & (subscribers.c.thread_id == owner.thread_id)


def _target(column: Column[Any]) -> Column[Any] | None:
    """The column of another table that `column` points to, None when it points nowhere."""
    pointed = POINTERS.get(column.name)
    if pointed is not None and pointed is not column.table:
        return pointed.c.id
    for key in column.foreign_keys:
        if key.constraint is not None and len(key.constraint.columns) == 1:
            return key.column
    return None


async def _named(
    connection: AsyncConnection, tables: Mapping[Table, ColumnElement[bool]]
) -> set[int]:
    """The signals that the reader sent the link of or saved."""
    found: set[int] = set()
    for table in (pasted_links, saved):
        query = select(table.c.signal_id).where(tables[table], table.c.signal_id.is_not(None))
        found.update((await connection.execute(query)).scalars())
    return found


async def _count(connection: AsyncConnection, table: Table, mine: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table).where(mine)
    return int(await connection.scalar(query) or 0)


async def _signals(connection: AsyncConnection, ids: set[int]) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "headline": one.brief.headline, "title": one.title, "url": one.url}
        for one in await load_by_ids(connection, sorted(ids))
    ]


async def _composed(
    connection: AsyncConnection, tables: Mapping[Table, ColumnElement[bool]]
) -> set[int]:
    """The digests that were composed for the reader; an announcement never was."""
    query = (
        select(deliveries.c.digest_id)
        .join(digests, digests.c.id == deliveries.c.digest_id)
        .where(tables[deliveries], digests.c.kind != DigestKind.ANNOUNCEMENT)
        .distinct()
    )
    return set((await connection.execute(query)).scalars())


async def _digests(connection: AsyncConnection, ids: set[int]) -> list[dict[str, Any]]:
    """What is kept of each digest besides its text."""
    shown = (digests.c.id, digests.c.kind, digests.c.created_at, digests.c.lang, digests.c.wishes)
    found: list[dict[str, Any]] = []
    for some in chunks(sorted(ids)):
        query = select(*shown).where(digests.c.id.in_(some)).order_by(digests.c.id)
        found += [_plain(row) for row in (await connection.execute(query)).mappings()]
    return found


def _plain(row: RowMapping) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    """As JSON has it: moments and times of day as ISO text."""
    return value.isoformat() if isinstance(value, datetime | time) else value
