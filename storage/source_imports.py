"""Lists of sources that editors bring along: asked about, tried one by one, saved, taken back.

Every place on a list is a row, so that a process that ends anywhere loses none and tries none
twice, and the report can name each. What was tried is saved in runs; each run is one act.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import SourceSpec
from storage.database import Database
from storage.schema import source_import_rows, source_imports, sources
from storage.source_drafts import Where
from storage.upsert import chunks, insert

KEPT = timedelta(days=30)
"""How long the report of an import can be asked for."""


class ImportState(StrEnum):
    """`asked` waits for a word of the editor; `running`; `done`; `stopped` by somebody."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class RowState(StrEnum):
    """Where a place on a list stands.

    `waiting` to be tried, `tried` and good, `saved`; the others end it: `known` here already,
    `failed` with a reason, `unusable` (no address), `dropped` when the import was stopped.
    """

    WAITING = "waiting"
    TRIED = "tried"
    SAVED = "saved"
    KNOWN = "known"
    FAILED = "failed"
    UNUSABLE = "unusable"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class SourceImport:
    """An import as it stands. `counts` are its rows by state."""

    id: int
    where: Where
    message_id: int | None
    actor: str
    name: str
    state: ImportState
    repeated: int
    created_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    counts: Mapping[RowState, int]

    def count(self, *states: RowState) -> int:
        """How many rows are in one of `states`."""
        return sum(self.counts.get(state, 0) for state in states)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One place on a list. `reason` is a code of why it failed; `spec` plain data once tried."""

    import_id: int
    place: int
    state: RowState
    address: str
    title: str
    column: str
    lang: str
    spec: Mapping[str, Any]
    reason: str
    source_id: int | None


@dataclass(frozen=True, slots=True)
class Brought:
    """What a list holds: specs to try, addresses known already, names without an address."""

    name: str
    fresh: Sequence[SourceSpec]
    known: Sequence[SourceSpec]
    unusable: Sequence[tuple[str, str]]
    repeated: int = 0


class SourceImports:
    """The imports of all desks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, where: Where, brought: Brought, actor: str, now: datetime) -> SourceImport:
        """Keep a list until its editor says whether to import it."""
        rows = [_row_of(RowState.WAITING, spec) for spec in brought.fresh]
        rows += [_row_of(RowState.KNOWN, spec) for spec in brought.known]
        rows += [
            {"state": RowState.UNUSABLE, "address": address, "title": name, "column_id": ""}
            | {"lang": ""}
            for name, address in brought.unusable
        ]
        async with self._database.write() as connection:
            made = await connection.execute(
                insert(connection, source_imports)
                .values(
                    chat_id=where.chat_id,
                    thread_id=where.thread_id,
                    lang=where.lang,
                    actor=actor,
                    name=brought.name,
                    state=ImportState.ASKED,
                    repeated=brought.repeated,
                    created_at=now,
                )
                .returning(source_imports.c.id)
            )
            import_id = int(made.scalar_one())
            fixed = {"import_id": import_id, "spec": {}, "reason": "", "claimable_at": now}
            numbered = [row | fixed | {"place": place} for place, row in enumerate(rows)]
            for some in chunks(numbered):
                await connection.execute(source_import_rows.insert(), list(some))
            return await load_import(connection, import_id)

    async def get(self, import_id: int) -> SourceImport | None:
        """The import with this number."""
        async with self._database.read() as connection:
            return await _first(connection, import_id)

    async def set_message(self, import_id: int, message_id: int) -> None:
        """Note which message of ours shows how far it has come."""
        async with self._database.write() as connection:
            await connection.execute(
                update(source_imports)
                .where(source_imports.c.id == import_id)
                .values(message_id=message_id)
            )

    async def begin(self, import_id: int, now: datetime) -> bool:
        """Let it run. False when it is not being asked about any more."""
        return await self._move(
            import_id, (ImportState.ASKED,), state=ImportState.RUNNING, begun_at=now
        )

    async def stop(self, import_id: int, now: datetime) -> bool:
        """Stop it; what is not tried yet is dropped. False when it had ended."""
        open_ = (ImportState.ASKED, ImportState.RUNNING)
        if not await self._move(import_id, open_, state=ImportState.STOPPED, ended_at=now):
            return False
        async with self._database.write() as connection:
            await connection.execute(
                update(source_import_rows)
                .where(
                    source_import_rows.c.import_id == import_id,
                    source_import_rows.c.state == RowState.WAITING,
                )
                .values(state=RowState.DROPPED)
            )
        return True

    async def end(self, import_id: int, now: datetime) -> bool:
        """End one that has come through. False when it had ended."""
        return await self._move(
            import_id, (ImportState.RUNNING,), state=ImportState.DONE, ended_at=now
        )

    async def running(self) -> tuple[SourceImport, ...]:
        """The imports under way, oldest first."""
        query = (
            select(source_imports.c.id)
            .where(source_imports.c.state == ImportState.RUNNING)
            .order_by(source_imports.c.id)
        )
        async with self._database.read() as connection:
            ids = (await connection.execute(query)).scalars().all()
            return tuple([await load_import(connection, import_id) for import_id in ids])

    async def claim(
        self, import_id: int, now: datetime, room: int, lease_s: float
    ) -> tuple[ImportRow, ...]:
        """Take at most `room` places to try; they are ours for `lease_s` seconds."""
        query = (
            select(source_import_rows)
            .where(
                source_import_rows.c.import_id == import_id,
                source_import_rows.c.state == RowState.WAITING,
                source_import_rows.c.claimable_at <= now,
            )
            .order_by(source_import_rows.c.place)
            .limit(room)
            .with_for_update(skip_locked=True)
        )
        async with self._database.write() as connection:
            claimed = [_row(row) for row in await connection.execute(query)]
            if claimed:
                await connection.execute(
                    update(source_import_rows)
                    .where(
                        source_import_rows.c.import_id == import_id,
                        source_import_rows.c.place.in_([row.place for row in claimed]),
                    )
                    .values(claimable_at=now + timedelta(seconds=lease_s))
                )
        return tuple(claimed)

    async def take_back(self, now: datetime) -> None:
        """What a process that has ended was trying may be tried at once."""
        async with self._database.write() as connection:
            await connection.execute(
                update(source_import_rows)
                .where(source_import_rows.c.state == RowState.WAITING)
                .values(claimable_at=now)
            )

    async def settle(self, row: ImportRow, state: RowState, **values: Any) -> None:
        """Note what became of a place that was waiting: `spec`, `reason` or `source_id`."""
        async with self._database.write() as connection:
            await connection.execute(
                update(source_import_rows)
                .where(
                    source_import_rows.c.import_id == row.import_id,
                    source_import_rows.c.place == row.place,
                    source_import_rows.c.state == RowState.WAITING,
                )
                .values(state=state, **values)
            )

    async def rows(self, import_id: int, *states: RowState) -> tuple[ImportRow, ...]:
        """Its places in these states, in the order of the list."""
        query = (
            select(source_import_rows)
            .where(
                source_import_rows.c.import_id == import_id,
                source_import_rows.c.state.in_(states),
            )
            .order_by(source_import_rows.c.place)
        )
        async with self._database.read() as connection:
            return tuple(_row(row) for row in await connection.execute(query))

    async def forget(self, now: datetime) -> None:
        """Drop imports whose report nobody will ask for."""
        old = select(source_imports.c.id).where(
            source_imports.c.created_at < now - KEPT,
            source_imports.c.state != ImportState.RUNNING,
        )
        async with self._database.write() as connection:
            ids = (await connection.execute(old)).scalars().all()
            for some in chunks(ids):
                for table, column in (
                    (source_import_rows, source_import_rows.c.import_id),
                    (source_imports, source_imports.c.id),
                ):
                    await connection.execute(delete(table).where(column.in_(some)))

    async def _move(self, import_id: int, found: Iterable[ImportState], **values: Any) -> bool:
        async with self._database.write() as connection:
            result = await connection.execute(
                update(source_imports)
                .where(source_imports.c.id == import_id, source_imports.c.state.in_(found))
                .values(**values)
            )
            return bool(result.rowcount)


async def known_urls(connection: AsyncConnection, urls: Sequence[str]) -> dict[str, int]:
    """The sources that poll one of these addresses, whatever their state."""
    found: dict[str, int] = {}
    for some in chunks(urls):
        query = select(sources.c.url, sources.c.id).where(sources.c.url.in_(some))
        found |= {row.url: row.id for row in await connection.execute(query)}
    return found


async def load_import(connection: AsyncConnection, import_id: int) -> SourceImport:
    """An import that is known to be there."""
    found = await _first(connection, import_id)
    assert found is not None  # noqa: S101  ids of rows just read
    return found


async def _first(connection: AsyncConnection, import_id: int) -> SourceImport | None:
    query = select(source_imports).where(source_imports.c.id == import_id)
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    counted = await connection.execute(
        select(source_import_rows.c.state, func.count())
        .where(source_import_rows.c.import_id == import_id)
        .group_by(source_import_rows.c.state)
    )
    counts = {RowState(state): count for state, count in counted}
    return SourceImport(
        id=row.id,
        where=Where(row.chat_id, row.thread_id, row.lang),
        message_id=row.message_id,
        actor=row.actor,
        name=row.name,
        state=ImportState(row.state),
        repeated=row.repeated,
        created_at=row.created_at,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        counts=counts,
    )


def _row_of(state: RowState, spec: SourceSpec) -> dict[str, Any]:
    return {
        "state": state,
        "address": spec.url,
        "title": spec.title,
        "column_id": spec.column,
        "lang": spec.lang,
    }


def _row(row: Row[Any]) -> ImportRow:
    return ImportRow(
        import_id=row.import_id,
        place=row.place,
        state=RowState(row.state),
        address=row.address,
        title=row.title,
        column=row.column_id,
        lang=row.lang,
        spec=row.spec,
        reason=row.reason,
        source_id=row.source_id,
    )
