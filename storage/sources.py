"""Sources: what we poll, when it is due, and how it fares."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.hot import HotTitle
from digest.model import (
    Entry,
    PollNote,
    PollState,
    SignalState,
    Source,
    SourceSpec,
    SourceState,
)
from storage.audit import write_audit
from storage.database import Database
from storage.entries import known_keys, record_entries
from storage.hot import note_ranks, note_unchanged
from storage.schema import (
    entries as entries_table,
)
from storage.schema import (
    host_blocks,
    signal_sources,
    signals,
    source_polls,
    sources,
)
from storage.source_acts import SourceActs
from storage.source_news import Event, News, note_news
from storage.source_rows import (
    find_source,
    host_of,
    load_source,
    poll_values,
    source_of,
    source_query,
    spec_values,
)
from storage.upsert import chunks, insert

MOST_NOTES = 10
"""So many polls of each source are remembered."""
_WEEK, _MONTH = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SourceYield:
    """What a source brought in a week and in 30 days: entries, and signals that readers see."""

    entries_week: int
    entries_month: int
    signals_week: int
    signals_month: int


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
        """As `SourceActs.add`, for whoever needs no way back."""
        return (await SourceActs(self._database).add(spec, now, actor=actor)).source

    async def get(self, source_id: int) -> Source | None:
        """The source with this id."""
        return await self._first(source_query().where(sources.c.id == source_id))

    async def by_url(self, url: str) -> Source | None:
        """The source that polls exactly this address."""
        return await self._first(source_query().where(sources.c.url == url))

    async def all(self) -> tuple[Source, ...]:
        """Every source but the retired ones, whatever its state, oldest first."""
        query = source_query().where(sources.c.state != SourceState.RETIRED)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(sources.c.id))
            return tuple(source_of(row) for row in rows)

    async def known(self, urls: Iterable[str]) -> set[str]:
        """Which of these addresses are polled, or rest; not those of retired sources."""
        found: set[str] = set()
        async with self._database.read() as connection:
            for some in chunks(tuple(urls)):
                query = select(sources.c.url).where(
                    sources.c.url.in_(some), sources.c.state != SourceState.RETIRED
                )
                found.update((await connection.execute(query)).scalars())
        return found

    async def yields(self, now: datetime) -> dict[int, tuple[int, int]]:
        """Entries that came in 30 days, and signals of them that readers see, by source."""
        month = now - _MONTH
        came = (
            select(entries_table.c.source_id, func.count())
            .where(entries_table.c.created_at >= month)
            .group_by(entries_table.c.source_id)
        )
        out = (
            select(signal_sources.c.source_id, func.count())
            .join(signals, signals.c.id == signal_sources.c.signal_id)
            .where(signal_sources.c.seen_at >= month, signals.c.state == SignalState.LIVE)
            .group_by(signal_sources.c.source_id)
        )
        async with self._database.read() as connection:
            found = {number: (count, 0) for number, count in await connection.execute(came)}
            for number, count in await connection.execute(out):
                found[number] = (found.get(number, (0, 0))[0], count)
        return found

    async def yield_of(self, source_id: int, now: datetime) -> SourceYield:
        """What a source brought in the last week and month."""
        week, month = now - _WEEK, now - _MONTH
        came = select(func.count().filter(entries_table.c.created_at >= week), func.count()).where(
            entries_table.c.source_id == source_id, entries_table.c.created_at >= month
        )
        out = (
            select(func.count().filter(signal_sources.c.seen_at >= week), func.count())
            .join(signals, signals.c.id == signal_sources.c.signal_id)
            .where(
                signal_sources.c.source_id == source_id,
                signal_sources.c.seen_at >= month,
                signals.c.state == SignalState.LIVE,
            )
        )
        async with self._database.read() as connection:
            entries_week, entries_month = (await connection.execute(came)).one()
            signals_week, signals_month = (await connection.execute(out)).one()
        return SourceYield(entries_week, entries_month, signals_week, signals_month)

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
            source_query()
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

    async def record_poll(  # noqa: PLR0913  all that one poll brings is one transaction
        self,
        source_id: int,
        poll: PollState,
        *,
        entries: Sequence[Entry] = (),
        state: SourceState | None = None,
        url: str | None = None,
        backlog: bool = False,
        news: Event | None = None,
        ranks: Sequence[HotTitle] | None = None,
        now: datetime,
    ) -> int:
        """Write what a poll brought, in one transaction: schedule, validators and new entries.

        A known entry only takes over its new content hash. `backlog` marks the new ones as there
        before we came. `url` is the new address after a permanent move; when another source polls
        it already, this one is paused instead. `news` is what the staff is to hear of it. `ranks`
        is the order of a hot list, () for one that is as it was. Returns how many entries were
        new.
        """
        async with self._database.write() as connection:
            new = await record_entries(connection, source_id, entries, backlog=backlog, now=now)
            note = PollNote(now, new, (poll.error_code or "") if poll.errors else "")
            poll = replace(poll, history=(note, *poll.history[: MOST_NOTES - 1]))
            await _set_poll(connection, source_id, **poll_values(poll))
            if ranks:
                await note_ranks(connection, source_id, ranks, now)
            elif ranks is not None:
                await note_unchanged(connection, source_id, now)
            if url is not None:
                state = await _move(connection, source_id, url, state, now)
            if state is not None:
                await connection.execute(
                    update(sources).where(sources.c.id == source_id).values(state=state)
                )
            if news is not None:
                told_of = News(source_id, news, poll.error_code or "", poll.failing_since, now)
                await note_news(connection, told_of)
            return new

    async def known_keys(self, source_id: int, keys: Iterable[str]) -> set[str]:
        """Which of `keys` this source has published before."""
        async with self._database.read() as connection:
            return set(await known_keys(connection, source_id, tuple(keys)))

    async def set_state(
        self, source_id: int, state: SourceState, *, actor: str, now: datetime
    ) -> Source:
        """As `SourceActs.set_state`, for whoever needs no way back."""
        acts = SourceActs(self._database)
        return (await acts.set_state(source_id, state, actor=actor, now=now)).source

    async def edit(self, source_id: int, *, actor: str, now: datetime, **changes: Any) -> Source:
        """As `SourceActs.edit`, for whoever needs no way back."""
        acts = SourceActs(self._database)
        return (await acts.edit(source_id, actor=actor, now=now, **changes)).source

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
    source = await load_source(connection, source_id)
    taken = await find_source(connection, sources.c.url == url)
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


async def _set_poll(connection: AsyncConnection, source_id: int, **values: Any) -> None:
    await connection.execute(
        update(source_polls).where(source_polls.c.source_id == source_id).values(**values)
    )
