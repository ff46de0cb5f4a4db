"""Digests: what was composed once, and to whom it is owed, written in one transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Integer, Row, Select, Table, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.blocks import Block, Look
from digest.model import DeliveryState, DigestKind, Lang, Wishes
from digest.reasons import Reason, reason_data
from storage.column_types import Id, Json, UtcTime
from storage.database import Database
from storage.given import TrendTold, trends_told
from storage.look_backs import note_shown
from storage.number_rows import among, number_rows
from storage.schema import (
    deliveries,
    digest_mentions,
    digest_parts,
    digest_signals,
    digests,
    subscribers,
    subscriptions,
)
from storage.upsert import chunks, insert
from storage.values import look_data, place_blocks, wishes_data

_AWAITED = frozenset({DigestKind.DAILY, DigestKind.WEEKLY, DigestKind.LOOK_BACK})
# Any number: those who plan alerts of trends go one after the other.
_TRENDS = 4_851_337_104
ANNOUNCING = 2
"""The urgency of announcements: what readers wait for goes first."""


@dataclass(frozen=True, slots=True)
class PlannedDigest:
    """A rendered digest before it is kept.

    `group_key` names the readers it is for (equal wishes), or the signal it is about; together
    with kind and `window_to` it is unique. `parts` are message bodies as JSON data;
    `part_signals` the ids of the signals that each part shows. `wishes` are those it was composed
    for, None when its readers' wishes differ (then each recipient has a reason of its own).
    `look` is how it was rendered and `part_blocks` where each part shows which signal: without
    them what was sent stays as it is, whatever becomes of its signals.
    """

    kind: DigestKind
    group_key: str
    window_from: datetime
    window_to: datetime
    lang: Lang
    signal_ids: tuple[int, ...]
    parts: Sequence[dict[str, Any]]
    part_signals: Sequence[Sequence[int]]
    wishes: Wishes | None = None
    look: Look | None = None
    part_blocks: Sequence[Sequence[Block]] = ()

    def __post_init__(self) -> None:
        if len(self.parts) != len(self.part_signals):
            raise ValueError("each part of a digest needs its list of signals")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One reader of a digest, and how the reader's schedule goes on.

    `expected_next` is the next time of this kind of digest that the planner read: when it has
    changed meanwhile, somebody else planned this digest, and the reader is skipped. Without
    `considered_until` the daily window stays open, for what was held back to come in the next
    digest. Nothing is sent before `not_before` (quiet hours). `because` says why this reader,
    where the digest's wishes do not.
    """

    subscriber_id: int
    next_digest_at: datetime | None = None
    expected_next: datetime | None = None
    considered_until: datetime | None = None
    not_before: datetime | None = None
    silent: bool = False
    because: Reason | None = None


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """A digest as it was kept, with its message bodies."""

    id: int
    kind: DigestKind
    group_key: str
    window_from: datetime
    window_to: datetime
    lang: Lang
    signal_ids: tuple[int, ...]
    parts: tuple[dict[str, Any], ...]
    created_at: datetime


class _Schedule(NamedTuple):
    """What readers of one digest mostly have in common, so that one statement moves them all."""

    expected: datetime | None
    upcoming: datetime | None
    considered: datetime | None


class _Terms(NamedTuple):
    not_before: datetime | None
    silent: bool
    because: Reason | None


class Digests:
    """The digests, and how they become deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan_daily(self, planned: PlannedDigest, recipients: Iterable[Recipient]) -> int:
        """Keep the digest, owe it to each reader and move the reader's schedule, all or nothing.

        Readers whose schedule has moved since it was read are skipped, so however often and by
        however many this is called, each reader is owed the digest once. Returns how many
        deliveries (parts times readers) were made.
        """
        async with self._database.write() as connection:
            moved = await move_schedules(connection, recipients)
            if not moved:
                return 0
            digest_id = await _keep(connection, planned)
            return await owe(connection, digest_id, planned, moved)

    async def plan_weekly(self, planned: PlannedDigest, recipients: Iterable[Recipient]) -> int:
        """The same as `plan_daily` for a weekly, which has a schedule of its own."""
        async with self._database.write() as connection:
            moved = await _move_weeklies(connection, recipients)
            if not moved:
                return 0
            digest_id = await _keep(connection, planned)
            return await owe(connection, digest_id, planned, moved)

    async def plan_look_back(self, planned: PlannedDigest, recipients: Iterable[Recipient]) -> int:
        """The same for a look-back, noting that its readers have now been shown its signals."""
        async with self._database.write() as connection:
            moved = await _move_look_backs(connection, recipients)
            if not moved:
                return 0
            digest_id = await _keep(connection, planned)
            readers = [one.subscriber_id for one in moved]
            await note_shown(connection, readers, planned.signal_ids, planned.window_to)
            return await owe(connection, digest_id, planned, moved)

    async def skip_look_back(self, recipients: Iterable[Recipient]) -> int:
        """The same as `skip_daily` for a look-back."""
        async with self._database.write() as connection:
            return len(await _move_look_backs(connection, recipients))

    async def skip_weekly(self, recipients: Iterable[Recipient]) -> int:
        """The same as `skip_daily` for a weekly."""
        async with self._database.write() as connection:
            return len(await _move_weeklies(connection, recipients))

    async def skip_daily(self, recipients: Iterable[Recipient]) -> int:
        """Nothing is worth sending: only move the schedules. Returns how many were moved."""
        async with self._database.write() as connection:
            return len(await move_schedules(connection, recipients))

    async def plan_instant(self, planned: PlannedDigest, recipients: Iterable[Recipient]) -> int:
        """Keep the digest and owe it to each reader once; schedules stay as they are.

        Repeats with the same kind, group key and `window_to` add only readers not yet owed it.
        """
        async with self._database.write() as connection:
            digest_id = await _keep(connection, planned)
            return await owe(connection, digest_id, planned, tuple(recipients))

    async def plan_trend(
        self,
        planned: PlannedDigest,
        recipients: Sequence[Recipient],
        *,
        since: datetime,
        may_be_told: Callable[[Sequence[TrendTold]], bool],
    ) -> int:
        """The same for an alert of a trend, to those who `may_be_told` it still.

        That is asked with what each was told since then. Of two processes that plan alerts at
        once the second sees what the first has planned.
        """
        async with self._database.write() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
                await connection.execute(select(func.pg_advisory_xact_lock(_TRENDS)))
            told = await trends_told(connection, [one.subscriber_id for one in recipients], since)
            left = [one for one in recipients if may_be_told(told[one.subscriber_id])]
            if not left:
                return 0
            digest_id = await _keep(connection, planned)
            return await owe(connection, digest_id, planned, left)

    async def get(self, digest_id: int) -> StoredDigest | None:
        """The digest with this id."""
        return await self._first(select(digests).where(digests.c.id == digest_id))

    async def latest_for(self, subscriber_id: int) -> StoredDigest | None:
        """The digest that was last planned for this subscriber."""
        last = (
            select(deliveries.c.digest_id)
            .where(deliveries.c.subscriber_id == subscriber_id, deliveries.c.urgency < ANNOUNCING)
            .order_by(deliveries.c.id.desc())
            .limit(1)
        )
        return await self._first(select(digests).where(digests.c.id == last.scalar_subquery()))

    async def _first(self, query: Select[Any]) -> StoredDigest | None:
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            bodies = await connection.execute(
                select(digest_parts.c.body)
                .where(digest_parts.c.digest_id == row.id)
                .order_by(digest_parts.c.part)
            )
            return _stored(row, tuple(bodies.scalars()))


async def move_schedules(
    connection: AsyncConnection, recipients: Iterable[Recipient]
) -> list[Recipient]:
    """Those whose daily schedule was as it was read; it has moved on now."""
    groups: dict[_Schedule, dict[int, Recipient]] = defaultdict(dict)
    for one in recipients:
        key = _Schedule(one.expected_next, one.next_digest_at, one.considered_until)
        groups[key][one.subscriber_id] = one
    moved: list[Recipient] = []
    for schedule, members in groups.items():
        values: dict[str, Any] = {"next_digest_at": schedule.upcoming}
        if schedule.considered is not None:
            values["considered_until"] = schedule.considered
        for some in chunks(sorted(members)):
            result = await connection.execute(
                update(subscribers)
                .where(among(connection, subscribers.c.id, some))
                .where(subscribers.c.next_digest_at.is_not_distinct_from(schedule.expected))
                .values(**values)
                .returning(subscribers.c.id)
            )
            moved += [members[number] for number in result.scalars()]
    return moved


async def _move_weeklies(
    connection: AsyncConnection, recipients: Iterable[Recipient]
) -> list[Recipient]:
    return await _move(connection, recipients, subscriptions.c.next_weekly_at)


async def _move_look_backs(
    connection: AsyncConnection, recipients: Iterable[Recipient]
) -> list[Recipient]:
    return await _move(connection, recipients, subscriptions.c.next_look_back_at)


async def _move(
    connection: AsyncConnection, recipients: Iterable[Recipient], due: Column[datetime]
) -> list[Recipient]:
    groups: dict[_Schedule, dict[int, Recipient]] = defaultdict(dict)
    for one in recipients:
        key = _Schedule(one.expected_next, one.next_digest_at, None)
        groups[key][one.subscriber_id] = one
    moved: list[Recipient] = []
    for schedule, members in groups.items():
        for some in chunks(sorted(members)):
            result = await connection.execute(
                update(subscriptions)
                .where(subscriptions.c.subscriber_id.in_(some))
                .where(due.is_not_distinct_from(schedule.expected))
                .values({due: schedule.upcoming})
                .returning(subscriptions.c.subscriber_id)
            )
            moved += [members[number] for number in result.scalars()]
    return moved


async def _keep(connection: AsyncConnection, planned: PlannedDigest) -> int:
    """The digest's id; the one that another call has kept already stays as it is."""
    result = await connection.execute(
        insert(connection, digests)
        .values(**digest_values(planned))
        .on_conflict_do_nothing(index_elements=["kind", "group_key", "window_to"])
        .returning(digests.c.id)
    )
    digest_id: int | None = result.scalar()
    if digest_id is None:
        same = select(digests.c.id).where(
            digests.c.kind == planned.kind,
            digests.c.group_key == planned.group_key,
            digests.c.window_to == planned.window_to,
        )
        kept: int = (await connection.execute(same)).scalar_one()
        return kept
    await keep_parts(connection, [(digest_id, planned)])
    return digest_id


def digest_values(planned: PlannedDigest) -> dict[str, Any]:
    """The row of a digest."""
    return {
        "kind": planned.kind,
        "group_key": planned.group_key,
        "window_from": planned.window_from,
        "window_to": planned.window_to,
        "lang": planned.lang,
        "signal_ids": planned.signal_ids,
        "created_at": planned.window_to,
        "wishes": wishes_data(planned.wishes) if planned.wishes else None,
        "look": look_data(planned.look) if planned.look else None,
    }


async def keep_parts(
    connection: AsyncConnection, kept: Iterable[tuple[int, PlannedDigest]]
) -> None:
    """The messages of new digests, with the signals that they show and name."""
    parts: list[dict[str, Any]] = []
    shown: dict[Table, list[tuple[int, int, int]]] = {digest_signals: [], digest_mentions: []}
    for digest_id, planned in kept:
        blocks = dict(enumerate(planned.part_blocks))
        parts += [
            {
                "digest_id": digest_id,
                "part": part,
                "body": body,
                "blocks": place_blocks(body, blocks[part]) if part in blocks else None,
            }
            for part, body in enumerate(planned.parts)
        ]
        shown[digest_signals] += [
            (digest_id, part, signal_id)
            for part, ids in enumerate(planned.part_signals)
            for signal_id in dict.fromkeys(ids)
        ]
        shown[digest_mentions] += [
            (digest_id, part, signal_id)
            for part, some in blocks.items()
            for signal_id in dict.fromkeys(
                number for block in some for number in (block.signal_id, block.also)
            )
            if signal_id and signal_id not in planned.part_signals[part]
        ]
    if parts:
        await connection.execute(digest_parts.insert(), parts)
    names = ("digest_id", "part", "signal_id")
    for table, rows in shown.items():
        if rows:
            chosen = select(number_rows(connection, names, rows))
            await connection.execute(table.insert().from_select(names, chosen))


async def owe(
    connection: AsyncConnection,
    digest_id: int,
    planned: PlannedDigest,
    recipients: Sequence[Recipient],
) -> int:
    """Owe a kept digest to its readers. Returns how many deliveries were made."""
    groups: dict[_Terms, list[int]] = defaultdict(list)
    for one in recipients:
        groups[_Terms(one.not_before, one.silent, one.because)].append(one.subscriber_id)
    made = 0
    for terms, members in groups.items():
        for some in chunks(sorted(set(members))):
            result = await connection.execute(
                _fan_out(connection, digest_id, planned, terms, some),
                # Else SQLAlchemy does not ask PostgreSQL how many rows an insert made.
                execution_options={"preserve_rowcount": True},
            )
            made += result.rowcount
    return made


def _fan_out(
    connection: AsyncConnection,
    digest_id: int,
    planned: PlannedDigest,
    terms: _Terms,
    members: Sequence[int],
) -> Any:
    urgency = 1 if planned.kind in _AWAITED else 0
    rows: dict[str, Any] = {
        "digest_id": digest_parts.c.digest_id,
        "part": digest_parts.c.part,
        "subscriber_id": subscribers.c.id,
        "state": literal(DeliveryState.PENDING.value),
        "urgency": literal(urgency, Integer),
        "attempts": literal(0, Integer),
        "not_before": literal(terms.not_before or planned.window_to, UtcTime),
        "silent": literal(terms.silent),
        "error": literal(""),
        "created_at": literal(planned.window_to, UtcTime),
        "because": literal(reason_data(terms.because) if terms.because else None, Json),
    }
    chosen = (
        select(*rows.values())
        .select_from(digest_parts.join(subscribers, literal(value=True)))
        .where(digest_parts.c.digest_id == literal(digest_id, Id))
        .where(subscribers.c.active, subscribers.c.id.in_(members))
        # By reader, then part: the order in which they are sent.
        .order_by(subscribers.c.id, digest_parts.c.part)
    )
    return (
        insert(connection, deliveries)
        .from_select(list(rows), chosen)
        .on_conflict_do_nothing(index_elements=["digest_id", "subscriber_id", "part"])
    )


def _stored(row: Row[Any], parts: tuple[dict[str, Any], ...]) -> StoredDigest:
    return StoredDigest(
        id=row.id,
        kind=DigestKind(row.kind),
        group_key=row.group_key,
        window_from=row.window_from,
        window_to=row.window_to,
        lang=Lang(row.lang),
        signal_ids=tuple(row.signal_ids),
        parts=parts,
        created_at=row.created_at,
    )
