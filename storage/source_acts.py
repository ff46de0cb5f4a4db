"""What the staff does to sources: each an act with its audit row, taken back by `/undo`.

Sources are never deleted: their entries and signals stay with them. One that is not wanted any
more is retired, and comes back when its address is added again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import PollState, Source, SourceSpec, SourceState
from digest.sources.drafts import spec_of
from digest.sources.headers import Headers, checked_headers
from storage.acts import Act, Acts
from storage.audit import AuditEntry
from storage.database import Database
from storage.errors import DuplicateSource
from storage.schema import source_headers, source_import_rows, source_polls, sources
from storage.source_imports import RowState
from storage.source_rows import (
    find_source,
    holder_of,
    host_of,
    load_source,
    poll_values,
    spec_values,
    told,
)

_SPEC_FIELDS = frozenset(SourceSpec.__dataclass_fields__)
_RETIRED = {"state": SourceState.RETIRED.value}


@dataclass(frozen=True, slots=True)
class Done:
    """A source after an act, and the act; None when nothing had to be changed."""

    source: Source
    entry: AuditEntry | None


class SourceActs:
    """Adds, changes, rests and retires sources on behalf of somebody."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

    async def add(self, spec: SourceSpec, now: datetime, *, actor: str) -> Done:
        """Add a source, due at once; a retired one of the same address comes back as `spec`.

        Raises DuplicateSource when its key or address is taken, ValueError for an address of
        more than 2000 bytes or a header that cannot be.
        """
        async with self._acts.act(actor, "source.add", "source:new", now) as act:
            source_id = await _add(act, spec, actor)
            act.target = f"source:{source_id}"
            act.after = told(spec)
        return Done(await self._get(source_id), act.entry)

    async def edit(
        self,
        source_id: int,
        *,
        actor: str,
        now: datetime,
        expect: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> Done:
        """Change fields of a source's spec (except its key).

        A new address drops what the old one's server gave us, a new way of reading makes it read
        at once. The books show no header in full. Raises NotFound, Stale when a field is not as
        `expect`ed, DuplicateSource, ValueError for an address or a header that cannot be, and
        TypeError for a field that a spec does not have.
        """
        unknown = changes.keys() - (_SPEC_FIELDS - {"key"})
        if unknown:
            raise TypeError(f"a source has no field to edit called {', '.join(sorted(unknown))}")
        return await self._edit(source_id, actor, now, lambda _spec: changes, expect)

    async def put_header(
        self, source_id: int, name: str, value: str, *, actor: str, now: datetime
    ) -> Done:
        """Send a header with the polls of a source, in the place of one of the same name.

        Raises NotFound, and BadHeader for one that may not be sent or is one too many.
        """

        def changes(spec: SourceSpec) -> dict[str, Any]:
            others = _without(spec.headers, name)
            return {"headers": checked_headers((*others, (name, value)))}

        return await self._edit(source_id, actor, now, changes)

    async def drop_header(self, source_id: int, name: str, *, actor: str, now: datetime) -> Done:
        """Send a header no more. Raises NotFound."""

        def changes(spec: SourceSpec) -> dict[str, Any]:
            return {"headers": _without(spec.headers, name)}

        return await self._edit(source_id, actor, now, changes)

    async def set_state(
        self, source_id: int, state: SourceState, *, actor: str, now: datetime
    ) -> Done:
        """Pause, resume or retire a source. One that is resumed starts afresh, due at once.

        Raises NotFound.
        """
        async with self._acts.act(actor, "source.state", f"source:{source_id}", now) as act:
            source = await load_source(act.connection, source_id)
            await act.update(sources, {"id": source_id}, state=state.value)
            if state is SourceState.ACTIVE and source.state is not SourceState.ACTIVE:
                await _set_poll(act.connection, source_id, afresh(source.poll, now))
            act.before, act.after = source.state.value, state.value
        return Done(await self._get(source_id), act.entry)

    # --- imports --------------------------------------------------------------------------

    async def save_tried(
        self, import_id: int, *, actor: str, now: datetime, limit: int = 200
    ) -> int:
        """Save what was tried and found good of an import, as one act. Returns how many."""
        async with self._acts.act(actor, "source.import", f"import:{import_id}", now) as act:
            query = (
                select(source_import_rows)
                .where(
                    source_import_rows.c.import_id == import_id,
                    source_import_rows.c.state == RowState.TRIED,
                )
                .order_by(source_import_rows.c.place)
                .limit(limit)
                .with_for_update()
            )
            names: list[str] = []
            for row in (await act.connection.execute(query)).all():
                spec = spec_of(row.spec)
                try:
                    source_id = await _add(act, spec, actor)
                    state = RowState.SAVED
                    names.append(spec.title)
                except DuplicateSource as error:
                    source_id, state = error.existing.id, RowState.KNOWN
                await _settle(act.connection, row, state, source_id)
            act.after = names
        return len(names)

    async def take_back(
        self, import_id: int, *, actor: str, now: datetime
    ) -> tuple[AuditEntry | None, int]:
        """Retire all sources that an import has brought, as one act; how many those are."""
        async with self._acts.act(actor, "source.import_back", f"import:{import_id}", now) as act:
            query = select(source_import_rows.c.source_id).where(
                source_import_rows.c.import_id == import_id,
                source_import_rows.c.state == RowState.SAVED,
            )
            count = 0
            for source_id in (await act.connection.execute(query)).scalars().all():
                before = await act.update(
                    sources, {"id": source_id}, state=SourceState.RETIRED.value
                )
                count += before["state"] != SourceState.RETIRED
            act.after = count
        return act.entry, count

    # --- parts ----------------------------------------------------------------------------

    async def _edit(
        self,
        source_id: int,
        actor: str,
        now: datetime,
        changes_for: Callable[[SourceSpec], Mapping[str, Any]],
        expect: Mapping[str, Any] | None = None,
    ) -> Done:
        async with self._acts.act(actor, "source.edit", f"source:{source_id}", now) as act:
            source = await load_source(act.connection, source_id, lock=True)
            changes = changes_for(source.spec)
            url = changes.get("url", source.spec.url)
            moved = host_of(url) != host_of(source.spec.url)
            if moved and source.spec.headers:
                # What one server is told is no other's to know.
                changes = {"headers": (), **changes}
            spec = replace(source.spec, **changes)
            await _readdress(act, source, spec)
            values = spec_values(spec)
            if spec.headers != source.spec.headers:
                values["headers_id"] = await _keep_headers(act.connection, source_id, spec.headers)
            # Nor is it by taking the move back, once the new server has headers of its own.
            tied = ("headers_id",) if moved else ()
            await act.update(sources, {"id": source_id}, expect=expect, tied=tied, **values)
            act.before, act.after = told(source.spec, changes), told(spec, changes)
        return Done(await self._get(source_id), act.entry)

    async def _get(self, source_id: int) -> Source:
        async with self._database.read() as connection:
            return await load_source(connection, source_id)


async def _add(act: Act, spec: SourceSpec, origin: str) -> int:
    """Insert a source, or bring a retired one back. Raises DuplicateSource, ValueError."""
    connection = act.connection
    held = await holder_of(connection, spec.key, spec.url)
    values = spec_values(spec)
    if held is not None and held.state is not SourceState.RETIRED:
        raise DuplicateSource(held)
    if held is not None and held.spec.url == spec.url:
        values["headers_id"] = await _keep_headers(connection, held.id, spec.headers)
        await act.update(sources, {"id": held.id}, state=SourceState.ACTIVE.value, **values)
        await _set_poll(connection, held.id, reread(held.poll, act.now))
        return held.id
    if held is not None:  # another address had the same key
        raise DuplicateSource(held)
    key = await act.insert(
        sources,
        retire=_RETIRED,
        key=spec.key,
        state=SourceState.ACTIVE.value,
        origin=origin,
        created_at=act.now,
        **values,
    )
    source_id = int(key["id"])
    await connection.execute(
        source_polls.insert().values(source_id=source_id, **poll_values(PollState()))
    )
    if spec.headers:
        kept = await _keep_headers(connection, source_id, spec.headers)
        await connection.execute(
            update(sources).where(sources.c.id == source_id).values(headers_id=kept)
        )
    return source_id


async def _keep_headers(
    connection: AsyncConnection, source_id: int, headers: Headers
) -> int | None:
    """Keep headers in a row of their own: acts note its number, and no secret with it."""
    if not headers:
        return None
    pairs = [list(pair) for pair in checked_headers(headers)]
    made = await connection.execute(
        source_headers.insert().values(source_id=source_id, pairs=pairs)
    )
    return int((made.inserted_primary_key or (0,))[0])


async def _readdress(act: Act, source: Source, spec: SourceSpec) -> None:
    """A new address, or another way of reading, lets the source be read anew."""
    if spec.url != source.spec.url:
        taken = await find_source(act.connection, sources.c.url == spec.url)
        if taken is not None:
            raise DuplicateSource(taken)
    elif _way(spec) == _way(source.spec):
        return
    await _set_poll(act.connection, source.id, reread(source.poll, act.now))


def _way(spec: SourceSpec) -> tuple[object, ...]:
    return spec.kind, spec.recipe, spec.hot


async def _set_poll(connection: AsyncConnection, source_id: int, poll: PollState) -> None:
    await connection.execute(
        update(source_polls)
        .where(source_polls.c.source_id == source_id)
        .values(**poll_values(poll))
    )


async def _settle(connection: AsyncConnection, row: Any, state: RowState, source_id: int) -> None:
    await connection.execute(
        update(source_import_rows)
        .where(
            source_import_rows.c.import_id == row.import_id,
            source_import_rows.c.place == row.place,
        )
        .values(state=state, source_id=source_id, spec={})
    )


def _without(headers: Iterable[tuple[str, str]], name: str) -> Headers:
    return tuple(pair for pair in headers if pair[0].casefold() != name.casefold())


def afresh(poll: PollState, now: datetime) -> PollState:
    """The schedule of a source that starts again: due now, its failures forgotten."""
    return replace(
        poll,
        next_poll_at=now,
        errors=0,
        failing_since=None,
        error_code=None,
        error_text=None,
        told_at=None,
    )


def reread(poll: PollState, now: datetime) -> PollState:
    """The schedule of a source whose document is to be read whole, whatever it held."""
    return replace(afresh(poll, now), validators=None, body_hash=None)
