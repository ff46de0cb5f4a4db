"""Sources: what we poll, when it is due, and how it fares."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Entry, PollState, Source, SourceSpec, SourceState
from storage.audit import write_audit
from storage.database import Database
from storage.entries import known_keys, record_entries
from storage.errors import DuplicateSource, NotFound
from storage.schema import host_blocks, source_polls, sources
from storage.source_rows import host_of, poll_values, source_of, spec_values, told
from storage.upsert import insert

_SPEC_FIELDS = frozenset(SourceSpec.__dataclass_fields__)


class Sources:
    """The sources and their schedules."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seed(self, specs: Iterable[SourceSpec], now: datetime) -> int:
        """Add the sources whose key and address are both new; never touch one that exists.

        Returns how many were added.
        """
        added = 0
        async with self._database.write() as connection:
            # An insert that meets its like uses up a number: sources would count by hundreds.
            known = set((await connection.execute(select(sources.c.key))).scalars())
            for spec in specs:
                if spec.key not in known:
                    added += await _insert(connection, spec, "catalog", now) is not None
        return added

    async def add(self, spec: SourceSpec, now: datetime, *, actor: str) -> Source:
        """Add a source on behalf of `actor`, due at once.

        Raises DuplicateSource when its key or address is taken, ValueError for an address of
        more than 2000 bytes.
        """
        async with self._database.write() as connection:
            source_id = await _insert(connection, spec, actor, now)
            if source_id is None:
                raise DuplicateSource(await _holder(connection, spec.key, spec.url))
            await write_audit(
                connection,
                actor,
                "source.add",
                f"source:{source_id}",
                after=told(spec),
                now=now,
            )
            return await _load(connection, source_id)

    async def get(self, source_id: int) -> Source | None:
        """The source with this id."""
        return await self._first(_query().where(sources.c.id == source_id))

    async def by_url(self, url: str) -> Source | None:
        """The source that polls exactly this address."""
        return await self._first(_query().where(sources.c.url == url))

    async def all(self) -> tuple[Source, ...]:
        """Every source, whatever its state, oldest first."""
        async with self._database.read() as connection:
            rows = await connection.execute(_query().order_by(sources.c.id))
            return tuple(source_of(row) for row in rows)

    async def claim_due(
        self, now: datetime, limit: int, lease_until: Callable[[Source], datetime]
    ) -> tuple[Source, ...]:
        """The active sources that are due, never polled ones first, then the longest overdue.

        Each one's next poll is moved to `lease_until(source)` before this returns, so that a
        crash during the fetch cannot make us poll it again at once. Blocked hosts are skipped.
        """
        blocked = exists().where(host_blocks.c.host == sources.c.host, host_blocks.c.until > now)
        due = or_(source_polls.c.next_poll_at.is_(None), source_polls.c.next_poll_at <= now)
        query = (
            _query()
            .where(sources.c.state == SourceState.ACTIVE, due, ~blocked)
            .order_by(source_polls.c.next_poll_at.asc().nulls_first(), sources.c.id)
            .limit(limit)
            .with_for_update(of=source_polls, skip_locked=True)
        )
        async with self._database.write() as connection:
            claimed = [source_of(row) for row in await connection.execute(query)]
            for source in claimed:
                await _set_poll(connection, source.id, next_poll_at=lease_until(source))
        return tuple(claimed)

    async def record_poll(
        self,
        source_id: int,
        poll: PollState,
        *,
        entries: Sequence[Entry] = (),
        state: SourceState | None = None,
        url: str | None = None,
        backlog: bool = False,
        now: datetime,
    ) -> int:
        """Write what a poll brought, in one transaction: schedule, validators and new entries.

        A known entry only takes over its new content hash. `backlog` marks the new ones as there
        before we came. `url` is the new address after a permanent move; when another source polls
        it already, this one is paused instead. Returns how many entries were new.
        """
        async with self._database.write() as connection:
            await _set_poll(connection, source_id, **poll_values(poll))
            if url is not None:
                state = await _move(connection, source_id, url, state, now)
            if state is not None:
                await connection.execute(
                    update(sources).where(sources.c.id == source_id).values(state=state)
                )
            return await record_entries(connection, source_id, entries, backlog=backlog, now=now)

    async def known_keys(self, source_id: int, keys: Iterable[str]) -> set[str]:
        """Which of `keys` this source has published before."""
        async with self._database.read() as connection:
            return set(await known_keys(connection, source_id, tuple(keys)))

    async def set_state(
        self, source_id: int, state: SourceState, *, actor: str, now: datetime
    ) -> Source:
        """Pause or resume a source. One that is resumed starts afresh and is due at once.

        Raises NotFound.
        """
        async with self._database.write() as connection:
            source = await _load(connection, source_id)
            await connection.execute(
                update(sources).where(sources.c.id == source_id).values(state=state)
            )
            if state is SourceState.ACTIVE and source.state is not SourceState.ACTIVE:
                await _set_poll(connection, source_id, **poll_values(_afresh(source.poll, now)))
            await write_audit(
                connection,
                actor,
                "source.state",
                f"source:{source_id}",
                before=source.state,
                after=state,
                now=now,
            )
            return await _load(connection, source_id)

    async def edit(self, source_id: int, *, actor: str, now: datetime, **changes: Any) -> Source:
        """Change fields of a source's spec (except its key) and return it.

        A new address drops what the old one's server gave us, a new way of reading makes it read
        at once. The books show no header in full. Raises NotFound, DuplicateSource,
        ValueError for an address or a header that cannot be, and TypeError for a field that a
        spec does not have.
        """
        unknown = changes.keys() - (_SPEC_FIELDS - {"key"})
        if unknown:
            raise TypeError(f"a source has no field to edit called {', '.join(sorted(unknown))}")
        async with self._database.write() as connection:
            source = await _load(connection, source_id)
            spec = replace(source.spec, **changes)
            if spec.url != source.spec.url:
                await self._readdress(connection, source, spec.url, now)
            elif (spec.kind, spec.recipe) != (source.spec.kind, source.spec.recipe):
                # The same document is to be read anew, in another way.
                await _set_poll(connection, source_id, **poll_values(_reread(source.poll, now)))
            await connection.execute(
                update(sources).where(sources.c.id == source_id).values(**spec_values(spec))
            )
            await write_audit(
                connection,
                actor,
                "source.edit",
                f"source:{source_id}",
                before=told(source.spec, changes),
                after=told(spec, changes),
                now=now,
            )
            return await _load(connection, source_id)

    async def block_host(self, host: str, until: datetime, reason: str) -> None:
        """Poll nothing on this host before `until`; every process sees it."""
        values = {"until": until, "reason": reason}
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, host_blocks)
                .values(host=host.lower(), **values)
                .on_conflict_do_update(index_elements=["host"], set_=values)
            )

    async def blocked_hosts(self, now: datetime) -> dict[str, datetime]:
        """The hosts that are left alone at the moment, and until when."""
        query = select(host_blocks.c.host, host_blocks.c.until).where(host_blocks.c.until > now)
        async with self._database.read() as connection:
            return {row.host: row.until for row in await connection.execute(query)}

    async def make_due(self, source_id: int | None, now: datetime) -> None:
        """Let one source, or with None every active one, be polled at the next opportunity."""
        polls = update(source_polls).values(next_poll_at=now)
        if source_id is None:
            active = select(sources.c.id).where(sources.c.state == SourceState.ACTIVE)
            polls = polls.where(source_polls.c.source_id.in_(active))
        else:
            polls = polls.where(source_polls.c.source_id == source_id)
        async with self._database.write() as connection:
            await connection.execute(polls)

    async def reschedule(self, times: Mapping[int, datetime]) -> None:
        """Set when sources are polled next, by source id."""
        async with self._database.write() as connection:
            for source_id, at in times.items():
                await _set_poll(connection, source_id, next_poll_at=at)

    async def _first(self, query: Select[Any]) -> Source | None:
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
            return source_of(row) if row else None

    @staticmethod
    async def _readdress(
        connection: AsyncConnection, source: Source, url: str, now: datetime
    ) -> None:
        taken = await _at_url(connection, url)
        if taken is not None:
            raise DuplicateSource(taken)
        await _set_poll(connection, source.id, **poll_values(_reread(source.poll, now)))


async def _insert(
    connection: AsyncConnection, spec: SourceSpec, origin: str, now: datetime
) -> int | None:
    values = spec_values(spec) | {"key": spec.key, "origin": origin, "created_at": now}
    result = await connection.execute(
        insert(connection, sources)
        .values(state=SourceState.ACTIVE, **values)
        .on_conflict_do_nothing()
        .returning(sources.c.id)
    )
    source_id: int | None = result.scalar()
    if source_id is not None:
        await connection.execute(
            source_polls.insert().values(source_id=source_id, **poll_values(PollState()))
        )
    return source_id


async def _move(
    connection: AsyncConnection,
    source_id: int,
    url: str,
    state: SourceState | None,
    now: datetime,
) -> SourceState | None:
    source = await _load(connection, source_id)
    taken = await _at_url(connection, url)
    if taken is None:
        values = {"url": url, "host": host_of(url)}
        await connection.execute(update(sources).where(sources.c.id == source_id).values(**values))
    elif taken.id != source_id:
        state = SourceState.PAUSED
    await write_audit(
        connection,
        "hexin",
        "source.move",
        f"source:{source_id}",
        before=source.spec.url,
        after=url if taken is None else f"source:{taken.id}",
        now=now,
    )
    return state


async def _holder(connection: AsyncConnection, key: str, url: str) -> Source:
    query = _query().where(or_(sources.c.url == url, sources.c.key == key))
    # The same address says more than the same key.
    rows = [source_of(row) for row in await connection.execute(query)]
    return next((source for source in rows if source.spec.url == url), rows[0])


async def _at_url(connection: AsyncConnection, url: str) -> Source | None:
    row = (await connection.execute(_query().where(sources.c.url == url))).first()
    return source_of(row) if row else None


async def _load(connection: AsyncConnection, source_id: int) -> Source:
    row = (await connection.execute(_query().where(sources.c.id == source_id))).first()
    if row is None:
        raise NotFound(f"there is no source {source_id}")
    return source_of(row)


async def _set_poll(connection: AsyncConnection, source_id: int, **values: Any) -> None:
    await connection.execute(
        update(source_polls).where(source_polls.c.source_id == source_id).values(**values)
    )


def _afresh(poll: PollState, now: datetime) -> PollState:
    return replace(
        poll,
        next_poll_at=now,
        errors=0,
        failing_since=None,
        error_code=None,
        error_text=None,
        told_at=None,
    )


def _reread(poll: PollState, now: datetime) -> PollState:
    return replace(_afresh(poll, now), validators=None, body_hash=None)


def _query() -> Select[Any]:
    return select(sources, source_polls).join(
        source_polls, source_polls.c.source_id == sources.c.id
    )
