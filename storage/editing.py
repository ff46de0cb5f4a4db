"""Editing: what editors change of a signal's words and place, and how it was before.

Every change is an act. What a signal was before the first of them is kept for as long as any of
them stands, so that the original is never lost however often it is edited.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.editing import Field, sign
from digest.model import Access, Brief
from storage.acts import Act, Acts
from storage.audit import AuditEntry
from storage.curation import relist
from storage.database import Database
from storage.errors import NotFound, StorageError
from storage.newness import tell_anew
from storage.schema import edits, rewrites, signals
from storage.upsert import insert
from storage.values import brief_data, read_brief

_LONGEST_TOLD = 200


class Overtaken(StorageError):  # noqa: N818  a state of the signal, told to a person
    """What was shown is not there any more; `present` is what stands in its place."""

    def __init__(self, present: str) -> None:
        super().__init__("changed meanwhile")
        self.present = present


@dataclass(frozen=True, slots=True)
class Original:
    """A signal as it was before any editor touched it. `access` "" is as its source says."""

    brief: Brief
    column: str
    topics: tuple[str, ...]
    access: str


@dataclass(frozen=True, slots=True)
class Edit:
    """That a signal was edited: which fields, when last, and what was wrong."""

    signal_id: int
    fields: tuple[str, ...]
    note: str
    at: datetime
    original: Original


Alter = Callable[[Brief], Brief]
"""Gives the brief as it shall be. Raises Overtaken when it is not the one that was shown."""


class Editing:
    """The acts of editors upon what a signal says."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

    async def of(self, signal_id: int) -> Edit | None:
        """What editors changed of a signal, None while nobody did."""
        query = select(edits).where(edits.c.signal_id == signal_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
            return _edit(row) if row is not None else None

    async def publish_at(self, signal_id: int) -> datetime | None:
        """When a held signal is to be published by itself, None without a time."""
        query = select(signals.c.publish_at).where(signals.c.id == signal_id)
        async with self._database.read() as connection:
            moment: datetime | None = await connection.scalar(query)
            return moment

    async def rewrite(
        self, signal_id: int, field: Field, alter: Alter, actor: str, now: datetime
    ) -> AuditEntry | None:
        """Change the brief. Returns the act, None when nothing changed.

        Raises NotFound, and whatever `alter` raises.
        """
        async with self._acts.act(actor, "signal.edit", f"signal:{signal_id}", now) as act:
            row = await _locked(act.connection, signal_id)
            old = read_brief(row.brief)
            new = alter(old)
            if new == old:
                return None
            await _note_edit(act, row, field)
            await _set_brief(act, signal_id, new)
            act.before, act.after = _told(field, old), _told(field, new)
        return act.entry

    async def move(
        self, signal_id: int, shown: str, column: str, actor: str, now: datetime
    ) -> AuditEntry | None:
        """Put the signal into another column. Raises Overtaken when it is not in the one shown."""
        async with self._acts.act(actor, "signal.edit", f"signal:{signal_id}", now) as act:
            row = await _locked(act.connection, signal_id)
            if row.column_id != shown:
                raise Overtaken(row.column_id)
            if column == shown:
                return None
            await _note_edit(act, row, Field.COLUMN)
            await act.update(signals, {"id": signal_id}, column_id=column)
            act.before, act.after = {Field.COLUMN: shown}, {Field.COLUMN: column}
        return act.entry

    async def set_topic(
        self, signal_id: int, topic: str, actor: str, now: datetime, *, on: bool
    ) -> AuditEntry | None:
        """Give the signal a topic, or take it away; None when it is so already."""
        async with self._acts.act(actor, "signal.edit", f"signal:{signal_id}", now) as act:
            row = await _locked(act.connection, signal_id)
            old = tuple(row.placement.get("topics", ()))
            if (topic in old) is on:
                return None
            new = (*old, topic) if on else tuple(one for one in old if one != topic)
            await _note_edit(act, row, Field.TOPICS)
            await _set_topics(act, row, new)
            act.before, act.after = {Field.TOPICS: list(old)}, {Field.TOPICS: list(new)}
        return act.entry

    async def set_access(
        self, signal_id: int, access: Access, actor: str, now: datetime
    ) -> AuditEntry | None:
        """Say who may read the signal's page; None when it is so already."""
        async with self._acts.act(actor, "signal.edit", f"signal:{signal_id}", now) as act:
            row = await _locked(act.connection, signal_id)
            if row.access == access:
                return None
            await _note_edit(act, row, Field.ACCESS)
            await act.update(signals, {"id": signal_id}, access=access.value)
            act.before, act.after = {Field.ACCESS: row.access}, {Field.ACCESS: access.value}
        return act.entry

    async def set_note(
        self, signal_id: int, note: str, seen: str, actor: str, now: datetime
    ) -> AuditEntry | None:
        """Say what was wrong, for readers; "" says nothing more.

        Raises Overtaken when the note is not the one whose sign (digest/editing.py) was `seen`.
        """
        async with self._acts.act(actor, "signal.edit", f"signal:{signal_id}", now) as act:
            row = await _locked(act.connection, signal_id)
            known = await _known(act.connection, signal_id)
            old = known.note if known else ""
            if sign(old) != seen:
                raise Overtaken(old)
            if note == old:
                return None
            if known is None:
                await _note_edit(act, row, None)
            await act.update(edits, {"signal_id": signal_id}, note=note, edited_at=now)
            act.before, act.after = {Field.NOTE: old}, {Field.NOTE: note}
        return act.entry

    async def restore(
        self, signal_id: int, field: Field | None, actor: str, now: datetime
    ) -> AuditEntry | None:
        """Bring back one field, or the whole signal, as it was before any edit.

        None when nothing was edited.
        """
        async with self._acts.act(actor, "signal.restore", f"signal:{signal_id}", now) as act:
            row = await _locked(act.connection, signal_id)
            known = await _known(act.connection, signal_id)
            if known is None or (field is not None and field not in known.fields):
                return None
            fields = tuple(map(Field, known.fields)) if field is None else (field,)
            old = read_brief(row.brief)
            new = old
            for one in fields:
                new = _restored(new, known.original, one)
                await _restore_place(act, row, known.original, one)
            if new != old:
                await _set_brief(act, signal_id, new)
            left = [one for one in known.fields if one not in fields]
            if left:
                await act.update(edits, {"signal_id": signal_id}, fields=left, edited_at=now)
            else:
                await act.delete(edits, {"signal_id": signal_id})
            act.before = {one.value: _told(one, old).get(one) for one in fields}
            act.after = {one.value: _told(one, new).get(one) for one in fields}
        return act.entry

    async def adopt(
        self, signal_id: int, brief: Brief, basis: Brief, actor: str, now: datetime
    ) -> AuditEntry | None:
        """Put a whole brief into the place of `basis`. Raises Overtaken when another is there."""
        async with self._acts.act(actor, "signal.rewrite", f"signal:{signal_id}", now) as act:
            row = await _locked(act.connection, signal_id)
            old = read_brief(row.brief)
            if old != basis:
                raise Overtaken(old.headline)
            await _note_edit(act, row, Field.HEADLINE)
            await _note_edit(act, await _locked(act.connection, signal_id), Field.POINTS)
            await _set_brief(act, signal_id, brief)
            act.before = _told(Field.HEADLINE, old) | _told(Field.POINTS, old)
            act.after = _told(Field.HEADLINE, brief) | _told(Field.POINTS, brief)
        return act.entry

    # --- what a model wrote anew and no editor has judged yet ---

    async def offer(self, signal_id: int, brief: Brief, basis: Brief, now: datetime) -> None:
        """Keep what is offered in the place of `basis`, instead of any earlier offer."""
        values = {
            "state": "offered",
            "brief": brief_data(brief),
            "basis": brief_data(basis),
            "asked_at": now,
        }
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, rewrites)
                .values(signal_id=signal_id, **values)
                .on_conflict_do_update(index_elements=["signal_id"], set_=values)
            )

    async def offered(self, signal_id: int) -> tuple[Brief, Brief] | None:
        """The brief that is offered and that which it was to replace; None without an offer."""
        query = select(rewrites).where(rewrites.c.signal_id == signal_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
            return (read_brief(row.brief), read_brief(row.basis)) if row is not None else None

    async def drop_offer(self, signal_id: int) -> None:
        """An editor has judged."""
        async with self._database.write() as connection:
            await connection.execute(rewrites.delete().where(rewrites.c.signal_id == signal_id))


async def is_edited(connection: AsyncConnection, signal_id: int) -> bool:
    """Whether an editor's words stand in the signal: no engine may write over them."""
    return await _known(connection, signal_id) is not None


async def note_fields(act: Act, signal_id: int, fields: Iterable[Field]) -> None:
    """Keep what a signal was, as a part of the act that changes these fields of it."""
    for field in fields:
        await _note_edit(act, await _locked(act.connection, signal_id), field)


async def _locked(connection: AsyncConnection, signal_id: int) -> Row[Any]:
    query = select(signals).where(signals.c.id == signal_id).with_for_update()
    row = (await connection.execute(query)).first()
    if row is None:
        raise NotFound(f"there is no signal {signal_id}")
    return row


async def _known(connection: AsyncConnection, signal_id: int) -> Edit | None:
    query = select(edits).where(edits.c.signal_id == signal_id)
    row = (await connection.execute(query)).first()
    return _edit(row) if row is not None else None


async def _note_edit(act: Act, row: Row[Any], field: Field | None) -> None:
    """Keep what the signal was before its first edit, and that this field is edited."""
    known = await _known(act.connection, row.id)
    fields = sorted({*(known.fields if known else ()), *((field.value,) if field else ())})
    if known is None:
        original = {
            "brief": row.brief,
            "column": row.column_id,
            "topics": list(row.placement.get("topics", ())),
            "access": row.access or "",
        }
        await act.insert(
            edits,
            signal_id=row.id,
            original=original,
            fields=fields,
            note="",
            edited_at=act.now,
        )
    else:
        await act.update(edits, {"signal_id": row.id}, fields=fields, edited_at=act.now)


async def _set_brief(act: Act, signal_id: int, brief: Brief) -> None:
    # As the database gives it back: acts compare it later.
    data = json.loads(json.dumps(brief_data(brief)))
    await act.update(signals, {"id": signal_id}, brief=data)
    await tell_anew(act.connection, signal_id)


async def _set_topics(act: Act, row: Row[Any], topics: tuple[str, ...]) -> None:
    placement = {**row.placement, "topics": list(topics)}
    await act.update(signals, {"id": row.id}, placement=placement)
    await relist(act, row.id)


def _restored(brief: Brief, original: Original, field: Field) -> Brief:
    was = original.brief
    match field:
        case Field.HEADLINE:
            return replace(
                brief,
                headline=was.headline,
                headline_lang=was.headline_lang,
                headline_original=was.headline_original,
            )
        case Field.HEADLINE_EN:
            return replace(brief, headline_en=was.headline_en)
        case Field.POINTS:
            return replace(brief, points=was.points)
        case Field.WHY:
            return replace(brief, why=was.why)
        case _:
            return brief


async def _restore_place(act: Act, row: Row[Any], original: Original, field: Field) -> None:
    match field:
        case Field.COLUMN:
            await act.update(signals, {"id": row.id}, column_id=original.column)
        case Field.TOPICS:
            await _set_topics(act, row, original.topics)
        case Field.ACCESS:
            await act.update(signals, {"id": row.id}, access=original.access or None)
        case _:
            pass


def _told(field: Field, brief: Brief) -> dict[str, Any]:
    """What the audit says of a field, short."""
    match field:
        case Field.HEADLINE:
            return {field.value: brief.headline[:_LONGEST_TOLD]}
        case Field.HEADLINE_EN:
            return {field.value: brief.headline_en[:_LONGEST_TOLD]}
        case Field.POINTS:
            return {field.value: [point.text[:_LONGEST_TOLD] for point in brief.points]}
        case Field.WHY:
            return {field.value: brief.why.text[:_LONGEST_TOLD] if brief.why else ""}
        case _:
            return {}


def _edit(row: Row[Any]) -> Edit:
    was = row.original
    return Edit(
        signal_id=row.signal_id,
        fields=tuple(row.fields),
        note=row.note,
        at=row.edited_at,
        original=Original(
            read_brief(was["brief"]), was["column"], tuple(was["topics"]), was["access"]
        ),
    )
