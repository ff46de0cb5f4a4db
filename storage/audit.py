"""Who changed what, when: written in the transaction of the change itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.errors import NotFound
from storage.schema import audit

# So many acts are looked at for one that is not taken back yet.
_TRIED = 200


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act. `before` and `after` are plain data, None where there was or is nothing.

    `changes` is what it did to the tables (storage/changes.py), None when nothing takes it back;
    `undo_of` is the act that this one took back.
    """

    id: int
    at: datetime
    actor: str
    act: str
    target: str
    before: Any
    after: Any
    changes: list[Any] | None = None
    undo_of: int | None = None


async def write_audit(
    connection: AsyncConnection,
    actor: str,
    act: str,
    target: str,
    *,
    before: Any = None,
    after: Any = None,
    now: datetime,
) -> None:
    """Add an act to the books inside the caller's transaction."""
    await connection.execute(
        insert(audit).values(
            actor=actor, act=act, target=target, before=before, after=after, at=now
        )
    )


async def entry_of(connection: AsyncConnection, act_id: int) -> AuditEntry:
    """One row of the audit. Raises NotFound."""
    query = select(audit).where(audit.c.id == act_id)
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        raise NotFound(f"there is no act {act_id}")
    return AuditEntry(**row)


async def newest_of(connection: AsyncConnection, target: str) -> AuditEntry | None:
    """The newest act upon `target`."""
    query = select(audit).where(audit.c.target == target).order_by(audit.c.id.desc()).limit(1)
    row = (await connection.execute(query)).mappings().first()
    return AuditEntry(**row) if row else None


async def undone_by(connection: AsyncConnection, act_id: int) -> AuditEntry | None:
    """The act that took this one back and is still in effect, None when there is none."""
    query = select(audit).where(audit.c.undo_of == act_id).order_by(audit.c.id.desc()).limit(1)
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        return None
    # Who takes back a taking back brings the act itself into effect again.
    return None if await undone_by(connection, row["id"]) else AuditEntry(**row)


class Audit:
    """The books of admin acts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(
        self, actor: str, act: str, target: str, before: Any, after: Any, now: datetime
    ) -> None:
        """Add an act that no other store records with its change."""
        async with self._database.write() as connection:
            await write_audit(connection, actor, act, target, before=before, after=after, now=now)

    async def get(self, act_id: int) -> AuditEntry | None:
        """One act."""
        query = select(audit).where(audit.c.id == act_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
            return AuditEntry(**row) if row else None

    async def undone(self, act_ids: Iterable[int]) -> dict[int, AuditEntry]:
        """Which of these acts are taken back, and by which act."""
        async with self._database.read() as connection:
            found = {one: await undone_by(connection, one) for one in act_ids}
        return {one: by for one, by in found.items() if by is not None}

    async def origin(self, entry: AuditEntry) -> AuditEntry:
        """The act that an undo, or the undo of an undo, is about in the end; else itself."""
        while entry.undo_of is not None:
            earlier = await self.get(entry.undo_of)
            if earlier is None:
                break
            entry = earlier
        return entry

    async def last_undoable(self, actor: str) -> AuditEntry | None:
        """What somebody did last that can be taken back; taking back does not count."""
        query = (
            select(audit)
            .where(audit.c.actor == actor, audit.c.changes.is_not(None))
            .where(audit.c.undo_of.is_(None))
            .order_by(audit.c.id.desc())
            .limit(_TRIED)
        )
        async with self._database.read() as connection:
            for row in (await connection.execute(query)).mappings().all():
                if await undone_by(connection, row["id"]) is None:
                    return AuditEntry(**row)
        return None

    async def newest(self, target: str) -> AuditEntry | None:
        """The newest act upon a target."""
        async with self._database.read() as connection:
            return await newest_of(connection, target)

    async def list(
        self, limit: int = 50, before: int | None = None, *, actor: str | None = None
    ) -> tuple[AuditEntry, ...]:
        """The newest acts first; `before` is the id that the previous page ended with.

        With `actor`, only that one's.
        """
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        if actor is not None:
            query = query.where(audit.c.actor == actor)
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return tuple(AuditEntry(**row) for row in rows.mappings())
