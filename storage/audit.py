"""Who changed what, when: written in the transaction of the change itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import audit


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act. `before` and `after` are plain data, None where there was or is nothing."""

    id: int
    at: datetime
    actor: str
    act: str
    target: str
    before: Any
    after: Any


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

    async def list(self, limit: int = 50, before: int | None = None) -> tuple[AuditEntry, ...]:
        """The newest acts first; `before` is the id that the previous page ended with."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return tuple(AuditEntry(**row) for row in rows.mappings())
