"""Entries: what sources published, on their way to being read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Entry, EntryState
from storage.database import Database
from storage.schema import WAITING, entries
from storage.upsert import chunks, insert
from storage.values import pack_text, unpack_text

CLAIM_S = 20.0
"""Seconds until an entry is read by another when nobody says that it is still being read."""

_ORDER = (EntryState.NEW, EntryState.BACKLOG)


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """An entry that was claimed for reading. `tries` counts this attempt too."""

    id: int
    source_id: int
    entry: Entry
    state: EntryState
    tries: int


class Entries:
    """The entries and their states."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self,
        now: datetime,
        limit: int,
        lease_s: float = CLAIM_S,
        *,
        besides: Collection[int] = (),
    ) -> tuple[PendingEntry, ...]:
        """Take entries to read: new ones before the backlog, the newest first.

        They are ours for `lease_s` seconds, or for as long as we say so (`keep`); what is not
        finished by then may be claimed again. Those `besides` are in hand and not taken.
        """
        found: list[PendingEntry] = []
        async with self._database.write() as connection:
            for state in _ORDER:
                if len(found) < limit:
                    room = limit - len(found)
                    found += await _take(connection, state, room, now, lease_s, besides)
        return tuple(found)

    async def keep(self, ids: Collection[int], now: datetime, lease_s: float = CLAIM_S) -> None:
        """Say that these are still being read: their claims last for `lease_s` from now.

        What was put back meanwhile for later stays for later.
        """
        until = now + timedelta(seconds=lease_s)
        async with self._database.write() as connection:
            for some in chunks(tuple(ids)):
                await connection.execute(
                    update(entries)
                    .where(entries.c.id.in_(some), WAITING, entries.c.claimable_at < until)
                    .values(claimable_at=until)
                )

    async def finish(
        self,
        entry_id: int,
        state: EntryState,
        detail: str = "",
        *,
        now: datetime,
        signal_id: int | None = None,
    ) -> None:
        """End an entry in `state`. Nothing happens when it has ended before."""
        async with self._database.write() as connection:
            await finish_entry(
                connection, entry_id, state, detail=detail, now=now, signal_id=signal_id
            )

    async def retry(
        self, entry_id: int, not_before: datetime, detail: str, *, counts: bool = True
    ) -> None:
        """Give an entry back, to be claimed again from `not_before` on.

        A try that was cut short by no fault of the entry's is not among those that `counts`.
        """
        tries = entries.c.tries if counts else entries.c.tries - 1
        async with self._database.write() as connection:
            await connection.execute(
                update(entries)
                .where(entries.c.id == entry_id, WAITING)
                .values(claimable_at=not_before, detail=detail, tries=tries)
            )

    async def retire_backlog(self, source_id: int, *, keep: int, now: datetime) -> int:
        """End a source's backlog as `old` but for its `keep` newest entries. Returns how many."""
        mine = (WAITING, entries.c.source_id == source_id, entries.c.state == EntryState.BACKLOG)
        newest = (
            select(entries.c.id)
            .where(*mine)
            .order_by(entries.c.dated_at.desc(), entries.c.id)
            .limit(keep)
        )
        async with self._database.write() as connection:
            result = await connection.execute(
                update(entries)
                .where(*mine, entries.c.id.not_in(newest))
                .values(state=EntryState.OLD, finished_at=now, body=None)
            )
            return result.rowcount

    async def counts(self) -> dict[EntryState, int]:
        """How many entries stand where; states without any are left out."""
        query = select(entries.c.state, func.count()).group_by(entries.c.state)
        async with self._database.read() as connection:
            return {EntryState(state): count for state, count in await connection.execute(query)}

    async def waiting(self, now: datetime) -> int:
        """How many entries could be claimed now."""
        query = select(func.count()).where(WAITING, entries.c.claimable_at <= now)
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0


async def known_keys(
    connection: AsyncConnection, source_id: int, keys: Sequence[str]
) -> dict[str, str]:
    """The content hash of each of `keys` that the source has published before."""
    known: dict[str, str] = {}
    for some in chunks(keys):
        query = select(entries.c.key, entries.c.content_hash).where(
            entries.c.source_id == source_id, entries.c.key.in_(some)
        )
        known.update({row.key: row.content_hash for row in await connection.execute(query)})
    return known


async def record_entries(
    connection: AsyncConnection,
    source_id: int,
    found: Sequence[Entry],
    *,
    backlog: bool,
    now: datetime,
) -> int:
    """Insert the entries with new keys, note the new content hash of known ones; count the new."""
    by_key = {entry.key: entry for entry in found}
    known = await known_keys(connection, source_id, tuple(by_key))
    for key in known.keys() & by_key.keys():
        if by_key[key].content_hash != known[key]:
            await connection.execute(
                update(entries)
                .where(entries.c.source_id == source_id, entries.c.key == key)
                .values(content_hash=by_key[key].content_hash)
            )
    state = EntryState.BACKLOG if backlog else EntryState.NEW
    rows = [
        _values(entry, now) | {"source_id": source_id, "state": state}
        for key, entry in by_key.items()
        if key not in known
    ]
    inserted = 0
    for some in chunks(rows):
        # Another process may have polled the same source just now.
        result = await connection.execute(
            insert(connection, entries)
            .values(list(some))
            .on_conflict_do_nothing(index_elements=["source_id", "key"])
            .returning(entries.c.id)
        )
        inserted += len(result.all())
    return inserted


async def finish_entry(
    connection: AsyncConnection,
    entry_id: int,
    state: EntryState,
    *,
    detail: str = "",
    now: datetime,
    signal_id: int | None = None,
) -> None:
    """End an entry inside the caller's transaction; its body is no longer needed."""
    await connection.execute(
        update(entries)
        .where(entries.c.id == entry_id, WAITING)
        .values(state=state, detail=detail, signal_id=signal_id, finished_at=now, body=None)
    )


async def _take(
    connection: AsyncConnection,
    state: EntryState,
    limit: int,
    now: datetime,
    lease_s: float,
    besides: Collection[int],
) -> list[PendingEntry]:
    chosen = (
        select(entries.c.id)
        .where(WAITING, entries.c.state == state, entries.c.claimable_at <= now)
        .where(entries.c.id.not_in(besides) if besides else true())
        .order_by(entries.c.dated_at.desc(), entries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = (await connection.execute(chosen)).scalars().all()
    result = await connection.execute(
        update(entries)
        .where(entries.c.id.in_(ids))
        .values(claimable_at=now + timedelta(seconds=lease_s), tries=entries.c.tries + 1)
        .returning(*entries.c)
    )
    taken = {row.id: _pending(row) for row in result}
    return [taken[entry_id] for entry_id in ids]


def _values(entry: Entry, now: datetime) -> dict[str, Any]:
    return {
        "key": entry.key,
        "url": entry.url,
        "title": entry.title,
        "author": entry.author,
        "body": pack_text(entry.body_html) if entry.body_html else None,
        "lang": entry.lang,
        "published_at": entry.published_at,
        "utc_offset_min": entry.utc_offset_min,
        "content_hash": entry.content_hash,
        "detail": "",
        "tries": 0,
        "dated_at": min(entry.published_at or now, now),
        "claimable_at": now,
        "created_at": now,
    }


def _pending(row: Row[Any]) -> PendingEntry:
    entry = Entry(
        key=row.key,
        url=row.url,
        title=row.title,
        author=row.author,
        body_html=unpack_text(row.body),
        lang=row.lang,
        published_at=row.published_at,
        utc_offset_min=row.utc_offset_min,
        content_hash=row.content_hash,
    )
    return PendingEntry(row.id, row.source_id, entry, EntryState(row.state), row.tries)
