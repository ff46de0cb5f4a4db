"""Amendments: what was sent, or waits to be sent, and shows a signal that has changed since.

    change ─▶ spread: each part that shows the signal is put right ─▶ one row per message
    pending ─▶ sending ─▶ done | gone | impossible

An edit of a message is idempotent, so whatever a killed process left in `sending` is simply
edited again; a part that changes once more takes its messages back to `pending`. A message that
is older than the bound stays as it is: the page shows the correction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, Row, Select, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.blocks import Block, Look
from digest.model import DeliveryState, Lang, Signal, SignalState
from storage.changes import Change
from storage.column_types import Id, UtcTime
from storage.database import Database
from storage.schema import (
    UNAMENDED,
    UNSPREAD,
    amended,
    amendment_notices,
    amendments,
    deliveries,
    digest_mentions,
    digest_parts,
    digest_signals,
    digests,
    edits,
    signal_changes,
    signals,
    subscribers,
)
from storage.search import reindex_signal
from storage.signal_queries import load_article
from storage.upsert import chunks, insert
from storage.values import read_blocks, read_brief, read_look, read_placement

AMENDED_FOR = timedelta(hours=48)
# A digest may have waited so much longer for its readers to wake.
_WAITED_FOR = timedelta(hours=24)
FOLLOWED_FOR = AMENDED_FOR + _WAITED_FOR
"""How old a digest may be that still follows its signals."""
# Whoever composed a digest had read its signals a little before or after the digest's own time.
_READ_WITHIN = timedelta(seconds=30)
# So late a message still rings that was taken out and is owed again.
_RINGS_FOR = timedelta(hours=1)
_UNSENT = (DeliveryState.PENDING, DeliveryState.RETRY)
_UNDER_WAY = (DeliveryState.CLAIMED, DeliveryState.SENDING)
NOTHING_LEFT = "everything in it was withdrawn"

SHOWN = ("brief", "column_id", "placement", "state")
"""The columns of a signal that messages are made from and that editors change."""


class AmendState(StrEnum):
    """Where the amending of one message stands."""

    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    GONE = "gone"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of a signal that is not spread yet."""

    id: int
    signal_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a digest that shows signals, as it was kept first.

    `amended` is how those who were sent it should see it now, None while nobody changed it.
    """

    digest_id: int
    part: int
    lang: Lang
    look: Look
    created_at: datetime
    body: dict[str, Any]
    blocks: tuple[tuple[int, Block], ...]
    waiting: dict[str, Any]
    amended: dict[str, Any] | None

    @property
    def signal_ids(self) -> frozenset[int]:
        """All signals that it shows."""
        named = (one for _, block in self.blocks for one in (block.signal_id, block.also))
        return frozenset(one for one in named if one)


@dataclass(frozen=True, slots=True)
class Before:
    """What a signal was before each of its changes since some moment, and what was wrong."""

    shown: tuple[Mapping[str, Any], ...]
    note: str

    def of(self, signal: Signal) -> tuple[Signal, ...]:
        """`signal` as it was, the oldest first."""
        return tuple(_as_shown(signal, one) for one in self.shown)


@dataclass(frozen=True, slots=True)
class Amending:
    """One message that has to be edited, with how it must read. `saved` by its reader or not."""

    delivery_id: int
    subscriber_id: int
    chat_id: int
    message_id: int
    version: int
    tries: int
    body: dict[str, Any]
    lang: Lang


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of one edit. With `again` it is tried once more from then on."""

    delivery_id: int
    version: int
    state: AmendState
    error: str = ""
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of ours that tells an editor how far a change has come."""

    change_id: int
    chat_id: int
    message_id: int
    told: str
    spread: bool


class Amendments:
    """The changes of signals, and the messages that follow them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- changes ---

    async def unspread(self, limit: int = 50) -> tuple[Changed, ...]:
        """The oldest changes of which nobody knows yet which messages they concern."""
        query = select(signal_changes).where(UNSPREAD).order_by(signal_changes.c.id).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            return tuple(Changed(row.id, row.signal_id, row.at) for row in rows)

    async def parts(self, signal_id: int, now: datetime) -> tuple[Part, ...]:
        """Every part that shows the signal and that somebody got lately or is still to get."""
        since = now - FOLLOWED_FOR
        shown = select(digest_signals.c.digest_id, digest_signals.c.part).where(
            digest_signals.c.signal_id == signal_id
        )
        named = select(digest_mentions.c.digest_id, digest_mentions.c.part).where(
            digest_mentions.c.signal_id == signal_id
        )
        either = shown.union(named).subquery()
        query = (
            _parts()
            .join(
                either,
                (either.c.digest_id == digest_parts.c.digest_id)
                & (either.c.part == digest_parts.c.part),
            )
            .where(digests.c.created_at >= since, digests.c.look.is_not(None))
            .order_by(digest_parts.c.digest_id.desc(), digest_parts.c.part)
        )
        async with self._database.read() as connection:
            return tuple(_part(row) for row in await connection.execute(query) if row.blocks)

    async def before(self, signal_ids: Iterable[int], moment: datetime) -> dict[int, Before]:
        """How those of the signals that changed after `moment` were before, and why now."""
        ids = sorted(signal_ids)
        found: dict[int, Before] = {}
        async with self._database.read() as connection:
            for some in chunks(ids):
                query = (
                    select(signal_changes.c.signal_id, signal_changes.c.before, edits.c.note)
                    .join(edits, edits.c.signal_id == signal_changes.c.signal_id, isouter=True)
                    .where(signal_changes.c.signal_id.in_(some))
                    .where(signal_changes.c.at > moment - _READ_WITHIN)
                    .order_by(signal_changes.c.id)
                )
                for row in await connection.execute(query):
                    earlier = found.get(row.signal_id, Before((), row.note or ""))
                    found[row.signal_id] = replace(earlier, shown=(*earlier.shown, row.before))
        return found

    async def put_right(
        self,
        part: Part,
        change_id: int,
        *,
        sent: Mapping[str, Any],
        waiting: Mapping[str, Any] | None,
        taken_out: Sequence[int],
        now: datetime,
    ) -> int:
        """Keep how a part must read for those who have it (`sent`) and for those to come.

        With nothing left for the latter (None) their deliveries end. Returns how many messages
        have to be edited; none when the part reads as it does already.
        """
        async with self._database.write() as connection:
            await _change_waiting(connection, part, waiting, taken_out, now)
            shown = part.amended if part.amended is not None else part.body
            if dict(sent) == shown:
                return 0
            version = await _keep_amended(connection, part, sent)
            return await _owe(connection, part, change_id, version, now)

    async def spread(self, change_id: int, now: datetime) -> None:
        """All parts that a change concerns are put right."""
        async with self._database.write() as connection:
            await connection.execute(
                update(signal_changes)
                .where(signal_changes.c.id == change_id)
                .values(spread_at=now)
            )

    # --- messages ---

    async def claim(self, now: datetime, limit: int) -> tuple[Amending, ...]:
        """Take messages to edit, those sent last first."""
        due = (
            select(amended.c.delivery_id)
            .join(deliveries, deliveries.c.id == amended.c.delivery_id)
            .where(amended.c.state == AmendState.PENDING, amended.c.not_before <= now)
            .where(deliveries.c.state.not_in(_UNDER_WAY))
            .order_by(amended.c.delivery_id.desc())
            .limit(limit)
        )
        async with self._database.write() as connection:
            ids = tuple((await connection.execute(due)).scalars())
            for some in chunks(ids):
                await connection.execute(
                    update(amended)
                    .where(amended.c.delivery_id.in_(some))
                    .values(state=AmendState.SENDING, tries=amended.c.tries + 1)
                )
            return await _load(connection, ids, now)

    async def settle(self, outcomes: Sequence[Settled], now: datetime) -> None:
        """Keep what came of edits; one that was overtaken by a newer version stays pending."""
        async with self._database.write() as connection:
            for one in outcomes:
                state = AmendState.PENDING if one.again else one.state
                mine = update(amended).where(
                    amended.c.delivery_id == one.delivery_id,
                    amended.c.state == AmendState.SENDING,
                )
                await connection.execute(
                    mine.where(amended.c.version == one.version).values(
                        state=state,
                        error=one.error,
                        not_before=one.again or now,
                        settled_at=None if one.again else now,
                    )
                )
                await connection.execute(
                    mine.where(amended.c.version != one.version).values(state=AmendState.PENDING)
                )

    async def recover(self) -> int:
        """After a crash: what was being edited is edited again. Returns how many."""
        async with self._database.write() as connection:
            result = await connection.execute(
                update(amended)
                .where(amended.c.state == AmendState.SENDING)
                .values(state=AmendState.PENDING)
            )
            return result.rowcount

    async def next_due(self) -> datetime | None:
        """When the next message may be edited (maybe in the past); None when none waits."""
        query = select(func.min(amended.c.not_before)).where(UNAMENDED)
        async with self._database.read() as connection:
            moment: datetime | None = await connection.scalar(query)
            return moment

    async def progress(self, change_id: int) -> Counter[AmendState]:
        """How many messages of a change stand where."""
        query = (
            select(amended.c.state, func.count())
            .where(amended.c.change_id == change_id)
            .group_by(amended.c.state)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            return Counter({AmendState(state): count for state, count in rows})

    async def newest_change(self, signal_id: int) -> int | None:
        """The last change of a signal."""
        query = select(func.max(signal_changes.c.id)).where(
            signal_changes.c.signal_id == signal_id
        )
        async with self._database.read() as connection:
            number: int | None = await connection.scalar(query)
            return number

    async def was_sent(self, signal_id: int, now: datetime) -> bool:
        """Whether messages that show the signal were sent lately."""
        query = (
            select(deliveries.c.id)
            .join(
                digest_signals,
                (digest_signals.c.digest_id == deliveries.c.digest_id)
                & (digest_signals.c.part == deliveries.c.part),
            )
            .where(digest_signals.c.signal_id == signal_id)
            .where(deliveries.c.state == DeliveryState.SENT)
            .where(deliveries.c.settled_at >= now - AMENDED_FOR)
            .limit(1)
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) is not None

    # --- who watches ---

    async def watch(self, change_id: int, chat_id: int, message_id: int, told: str) -> None:
        """Let a message of ours count on how far a change has come."""
        values = {"message_id": message_id, "told": told}
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, amendment_notices)
                .values(change_id=change_id, chat_id=chat_id, **values)
                .on_conflict_do_update(index_elements=["change_id", "chat_id"], set_=values)
            )

    async def watched(self) -> tuple[Notice, ...]:
        """The messages that count on."""
        query = select(amendment_notices, signal_changes.c.spread_at).join(
            signal_changes, signal_changes.c.id == amendment_notices.c.change_id
        )
        async with self._database.read() as connection:
            return tuple(
                Notice(row.change_id, row.chat_id, row.message_id, row.told, bool(row.spread_at))
                for row in await connection.execute(query)
            )

    async def unwatch(self, change_id: int, chat_id: int) -> None:
        """A message has told the end."""
        async with self._database.write() as connection:
            await connection.execute(
                amendment_notices.delete().where(
                    amendment_notices.c.change_id == change_id,
                    amendment_notices.c.chat_id == chat_id,
                )
            )


async def note_change(
    connection: AsyncConnection,
    signal_id: int,
    before: Mapping[str, Any],
    now: datetime,
    *,
    audit_id: int | None = None,
) -> int:
    """Note that a signal changed, inside the caller's transaction: messages will follow.

    `before` holds the values of `SHOWN` as they were. Returns the change's id.
    """
    result = await connection.execute(
        signal_changes.insert()
        .values(
            signal_id=signal_id,
            audit_id=audit_id,
            before={name: before[name] for name in SHOWN},
            at=now,
        )
        .returning(signal_changes.c.id)
    )
    change_id: int = result.scalar_one()
    return change_id


async def shown_now(connection: AsyncConnection, signal_id: int) -> dict[str, Any] | None:
    """The values of `SHOWN` of a signal, None for an unknown one."""
    columns = [signals.c[name] for name in SHOWN]
    query = select(*columns).where(signals.c.id == signal_id)
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row is not None else None


def _as_shown(signal: Signal, shown: Mapping[str, Any]) -> Signal:
    column = shown["column_id"]
    return replace(
        signal,
        brief=read_brief(shown["brief"]),
        placement=read_placement(column, signal.placement.kind, shown["placement"]),
        state=SignalState(shown["state"]),
    )


def _parts() -> Select[Any]:
    return (
        select(
            digest_parts.c.digest_id,
            digest_parts.c.part,
            digest_parts.c.blocks,
            digest_parts.c.frozen,
            digest_parts.c.body.label("waiting"),
            digests.c.lang,
            digests.c.look,
            digests.c.created_at,
            amendments.c.body.label("amended"),
        )
        .join(digests, digests.c.id == digest_parts.c.digest_id)
        .join(
            amendments,
            (amendments.c.digest_id == digest_parts.c.digest_id)
            & (amendments.c.part == digest_parts.c.part),
            isouter=True,
        )
    )


def _part(row: Row[Any]) -> Part:
    body = row.frozen or row.waiting
    return Part(
        digest_id=row.digest_id,
        part=row.part,
        lang=Lang(row.lang),
        look=read_look(row.look),
        created_at=row.created_at,
        body=body,
        blocks=read_blocks(body, row.blocks),
        waiting=row.waiting,
        amended=row.amended,
    )


async def _change_waiting(
    connection: AsyncConnection,
    part: Part,
    body: Mapping[str, Any] | None,
    taken_out: Sequence[int],
    now: datetime,
) -> None:
    """What is still to be sent of a part, and which of its signals then count as delivered."""
    mine = (digest_signals.c.digest_id == part.digest_id) & (digest_signals.c.part == part.part)
    out = digest_signals.c.signal_id.in_(taken_out)
    await connection.execute(update(digest_signals).where(mine).values(taken_out=out))
    if body is None:
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.digest_id == part.digest_id, deliveries.c.part == part.part)
            .where(deliveries.c.state.in_(_UNSENT))
            .values(state=DeliveryState.DEAD, error=NOTHING_LEFT, settled_at=now)
        )
        return
    await connection.execute(
        # Not before they may be sent: those that ended with nothing left are owed again.
        update(deliveries)
        .where(deliveries.c.digest_id == part.digest_id, deliveries.c.part == part.part)
        .where(deliveries.c.state == DeliveryState.DEAD, deliveries.c.error == NOTHING_LEFT)
        .values(
            state=DeliveryState.PENDING,
            error="",
            settled_at=None,
            # Whoever should have had it hours ago may be asleep by now.
            silent=deliveries.c.silent | (deliveries.c.not_before < now - _RINGS_FOR),
        )
    )
    if dict(body) != part.waiting:
        await connection.execute(
            update(digest_parts)
            .where(digest_parts.c.digest_id == part.digest_id, digest_parts.c.part == part.part)
            .values(body=dict(body), frozen=part.body, version=digest_parts.c.version + 1)
        )


async def _keep_amended(connection: AsyncConnection, part: Part, body: Mapping[str, Any]) -> int:
    result = await connection.execute(
        insert(connection, amendments)
        .values(digest_id=part.digest_id, part=part.part, version=1, body=dict(body))
        .on_conflict_do_update(
            index_elements=["digest_id", "part"],
            set_={"body": dict(body), "version": amendments.c.version + 1},
        )
        .returning(amendments.c.version)
    )
    version: int = result.scalar_one()
    return version


async def _owe(
    connection: AsyncConnection, part: Part, change_id: int, version: int, now: datetime
) -> int:
    """A row for each message of the part that was sent lately, or is being sent now."""
    sent = (deliveries.c.state == DeliveryState.SENT) & (
        deliveries.c.settled_at >= now - AMENDED_FOR
    )
    values: dict[str, Any] = {
        "delivery_id": deliveries.c.id,
        "version": literal(version, Integer),
        "state": literal(AmendState.PENDING.value),
        "change_id": literal(change_id, Id),
        "tries": literal(0, Integer),
        "not_before": literal(now, UtcTime),
        "error": literal(""),
    }
    chosen = (
        select(*values.values())
        .where(deliveries.c.digest_id == part.digest_id, deliveries.c.part == part.part)
        .where(or_(sent, deliveries.c.state.in_(_UNDER_WAY)))
    )
    statement = insert(connection, amended).from_select(list(values), chosen)
    newer = {
        name: getattr(statement.excluded, name)
        for name in ("version", "state", "change_id", "tries", "not_before", "error")
    }
    # What is being edited at this moment is found out of date when it settles.
    newer["state"] = _unless_under_way()
    result = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["delivery_id"],
            set_=newer,
            where=amended.c.state.not_in((AmendState.GONE, AmendState.IMPOSSIBLE)),
        ),
        execution_options={"preserve_rowcount": True},
    )
    return result.rowcount


def _unless_under_way() -> Any:
    return case(
        (amended.c.state == AmendState.SENDING, literal(AmendState.SENDING.value)),
        else_=literal(AmendState.PENDING.value),
    )


async def _load(
    connection: AsyncConnection, ids: Sequence[int], now: datetime
) -> tuple[Amending, ...]:
    """What was claimed, newest first; what never arrived needs no amending and is settled."""
    found: dict[int, Amending] = {}
    for some in chunks(ids):
        query = (
            select(
                amended,
                amendments.c.body,
                amendments.c.version.label("newest"),
                digests.c.lang,
                deliveries.c.message_id,
                deliveries.c.state.label("delivery"),
                deliveries.c.subscriber_id,
                subscribers.c.chat_id,
                subscribers.c.active,
            )
            .join(deliveries, deliveries.c.id == amended.c.delivery_id)
            .join(digests, digests.c.id == deliveries.c.digest_id)
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .join(
                amendments,
                (amendments.c.digest_id == deliveries.c.digest_id)
                & (amendments.c.part == deliveries.c.part),
            )
            .where(amended.c.delivery_id.in_(some))
        )
        for row in await connection.execute(query):
            state = _without_editing(row)
            if state is None:
                found[row.delivery_id] = _amending(row)
                continue
            await connection.execute(
                update(amended)
                .where(amended.c.delivery_id == row.delivery_id)
                .values(state=state, settled_at=now)
            )
    return tuple(found[number] for number in ids if number in found)


def _without_editing(row: Row[Any]) -> AmendState | None:
    """How a message ends that cannot be edited, None when it can be tried."""
    if row.delivery in _UNSENT:
        return AmendState.DONE  # it will be sent as it should read
    if row.delivery != DeliveryState.SENT or not row.message_id:
        return AmendState.IMPOSSIBLE
    return None if row.active else AmendState.GONE


def _amending(row: Row[Any]) -> Amending:
    return Amending(
        delivery_id=row.delivery_id,
        subscriber_id=row.subscriber_id,
        chat_id=row.chat_id,
        message_id=row.message_id,
        version=row.newest,
        tries=row.tries,
        body=row.body,
        lang=Lang(row.lang),
    )


async def follow_signals(
    connection: AsyncConnection, changes: Sequence[Change], now: datetime
) -> None:
    """What follows from acts upon signals: messages and search say what the signals say now."""
    for signal_id, was in _were(changes).items():
        present = await shown_now(connection, signal_id)
        if present is None or not set(SHOWN) & set(was):
            continue
        before = {name: was.get(name, present[name]) for name in SHOWN}
        await note_change(connection, signal_id, before, now)
        article = await load_article(connection, signal_id) if "brief" in was else None
        if article is not None:  # else the index still has its words, and we do not
            old, new = read_brief(before["brief"]), read_brief(present["brief"])
            await reindex_signal(connection, signal_id, article, old, new)


def _were(changes: Sequence[Change]) -> dict[int, dict[str, Any]]:
    """The columns of each changed signal as they were before the first of its changes."""
    found: dict[int, dict[str, Any]] = {}
    for change in reversed(changes):
        if change.before is not None and change.after is not None:
            found.setdefault(int(change.key["id"]), {}).update(change.before)
    return found


async def follow_edits(
    connection: AsyncConnection, changes: Sequence[Change], now: datetime
) -> None:
    """What follows from acts upon edits: messages say what was wrong in the editor's new words."""
    for change in changes:
        before, after = change.before or {}, change.after or {}
        if before.get("note", "") == after.get("note", ""):
            continue
        present = await shown_now(connection, int(change.key["signal_id"]))
        if present is not None:
            await note_change(connection, int(change.key["signal_id"]), present, now)
