"""What editors want as a source: kept from the moment it is asked for until it is saved.

A draft is talked about in one message of ours that everybody at the desk sees and taps, so each
change is one short transaction upon the newest state, and saving happens once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import TRYING, source_drafts
from storage.upsert import insert

KEPT = timedelta(days=14)
"""How long a draft that nobody saves can be taken up again."""


class DraftState(StrEnum):
    """`trying` is being read, `ready` was, `saved` and `dropped` are the ends."""

    TRYING = "trying"
    READY = "ready"
    SAVED = "saved"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Where:
    """A chat, a topic of it, and the language that is spoken there."""

    chat_id: int
    thread_id: int
    lang: str


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A draft as it stands. `trial` and `asked` are plain data (digest/sources/drafts.py).

    `asked` is the spec to be tried, {} when the `words` are; `edits` what editors changed on what
    was found; `replaces_id` the source whose address it is to become.
    """

    id: int
    where: Where
    message_id: int | None
    words: str
    state: DraftState
    replaces_id: int | None
    asked: Mapping[str, Any]
    trial: Mapping[str, Any]
    edits: Mapping[str, Any]
    source_id: int | None
    ended_by: str
    tries: int
    created_at: datetime


class SourceDrafts:
    """The drafts of all desks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self,
        where: Where,
        words: str,
        now: datetime,
        *,
        replaces_id: int | None = None,
        asked: Mapping[str, Any] | None = None,
    ) -> SourceDraft:
        """Keep what is wanted; it waits to be tried."""
        async with self._database.write() as connection:
            made = await connection.execute(
                insert(connection, source_drafts)
                .values(
                    chat_id=where.chat_id,
                    thread_id=where.thread_id,
                    lang=where.lang,
                    words=words,
                    state=DraftState.TRYING,
                    replaces_id=replaces_id,
                    asked=dict(asked or {}),
                    trial={},
                    edits={},
                    ended_by="",
                    tries=0,
                    claimable_at=now,
                    created_at=now,
                )
                .returning(source_drafts)
            )
            return _draft(made.one())

    async def get(self, draft_id: int) -> SourceDraft | None:
        """The draft with this number."""
        async with self._database.read() as connection:
            return await _load(connection, draft_id)

    async def set_message(self, draft_id: int, message_id: int | None) -> None:
        """Note which message of ours shows it."""
        await self._set(draft_id, message_id=message_id)

    async def claim(self, now: datetime, room: int, lease_s: float) -> tuple[SourceDraft, ...]:
        """Take at most `room` drafts to try, the oldest first; they are ours for `lease_s`."""
        query = (
            select(source_drafts)
            .where(TRYING, source_drafts.c.claimable_at <= now)
            .order_by(source_drafts.c.id)
            .limit(room)
            .with_for_update(skip_locked=True)
        )
        async with self._database.write() as connection:
            found = [_draft(row) for row in await connection.execute(query)]
            drafts = [replace(draft, tries=draft.tries + 1) for draft in found]
            for draft in drafts:
                await connection.execute(
                    update(source_drafts)
                    .where(source_drafts.c.id == draft.id)
                    .values(claimable_at=now + timedelta(seconds=lease_s), tries=draft.tries)
                )
        return tuple(drafts)

    async def take_back(self, now: datetime) -> None:
        """What a process that has ended was trying may be tried at once."""
        async with self._database.write() as connection:
            await connection.execute(update(source_drafts).where(TRYING).values(claimable_at=now))

    async def found(self, draft_id: int, trial: Mapping[str, Any]) -> SourceDraft | None:
        """Note what came of trying it. None when it is not being tried any more."""
        async with self._database.write() as connection:
            row = await connection.execute(
                update(source_drafts)
                .where(source_drafts.c.id == draft_id, TRYING)
                .values(state=DraftState.READY, trial=dict(trial), tries=0)
                .returning(source_drafts)
            )
            made = row.first()
            return _draft(made) if made else None

    async def change(self, draft_id: int, **edits: Any) -> SourceDraft | None:
        """Lay changes over what was found; those of others stay. None when it is not `ready`."""
        async with self._database.write() as connection:
            draft = await _load(connection, draft_id, lock=True)
            if draft is None or draft.state is not DraftState.READY:
                return None
            return await _put(connection, draft_id, edits={**draft.edits, **edits})

    async def again(
        self, draft_id: int, now: datetime, asked: Mapping[str, Any] | None = None
    ) -> SourceDraft | None:
        """Let it be tried once more, as `asked` when given. None when it is not `ready`."""
        async with self._database.write() as connection:
            draft = await _load(connection, draft_id, lock=True)
            if draft is None or draft.state is not DraftState.READY:
                return None
            return await _put(
                connection,
                draft_id,
                state=DraftState.TRYING,
                asked=draft.asked if asked is None else dict(asked),
                claimable_at=now,
            )

    async def end(
        self, draft_id: int, state: DraftState, by: str, source_id: int | None = None
    ) -> bool:
        """End a draft. False when somebody else has ended it, or it is being tried."""
        async with self._database.write() as connection:
            return await end_draft(connection, draft_id, state, by, source_id)

    async def forget(self, now: datetime) -> None:
        """Drop the drafts that nobody will take up again."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(source_drafts).where(source_drafts.c.created_at < now - KEPT)
            )

    async def _set(self, draft_id: int, **values: Any) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                update(source_drafts).where(source_drafts.c.id == draft_id).values(**values)
            )


async def end_draft(
    connection: AsyncConnection,
    draft_id: int,
    state: DraftState,
    by: str,
    source_id: int | None = None,
) -> bool:
    """End a draft inside the caller's transaction; what may hold a secret goes with it."""
    open_ = (DraftState.READY, DraftState.TRYING)
    result = await connection.execute(
        update(source_drafts)
        .where(source_drafts.c.id == draft_id, source_drafts.c.state.in_(open_))
        .values(state=state, ended_by=by, source_id=source_id, asked={}, edits={})
    )
    return bool(result.rowcount)


async def _load(
    connection: AsyncConnection, draft_id: int, *, lock: bool = False
) -> SourceDraft | None:
    query = select(source_drafts).where(source_drafts.c.id == draft_id)
    row = (await connection.execute(query.with_for_update() if lock else query)).first()
    return _draft(row) if row else None


async def _put(connection: AsyncConnection, draft_id: int, **values: Any) -> SourceDraft:
    result = await connection.execute(
        update(source_drafts)
        .where(source_drafts.c.id == draft_id)
        .values(**values)
        .returning(source_drafts)
    )
    return _draft(result.one())


def _draft(row: Row[Any]) -> SourceDraft:
    return SourceDraft(
        id=row.id,
        where=Where(row.chat_id, row.thread_id, row.lang),
        message_id=row.message_id,
        words=row.words,
        state=DraftState(row.state),
        replaces_id=row.replaces_id,
        asked=row.asked,
        trial=row.trial,
        edits=row.edits,
        source_id=row.source_id,
        ended_by=row.ended_by,
        tries=row.tries,
        created_at=row.created_at,
    )
