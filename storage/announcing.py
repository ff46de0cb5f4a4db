"""The readers of an announcement: written down, let go a few at a time, held, counted.

    held ─▶ pending ─▶ … as every delivery (storage/deliveries.py)
      ▲        │
      └─pause──┘

All readers are written down as `held` deliveries when an announcement is confirmed. Only a few
hundred at a time are made pending, so that whatever else is owed goes first, the outbox stays
short, and a pause has next to nothing to call back. Who stops the bot meanwhile is not written to.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Row, case, func, literal, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.audience import Circle
from digest.broadcast import Broadcast, BroadcastCounts, BroadcastState
from digest.compose import quiet_until
from digest.model import DeliveryState, Subscription
from storage.audience import fitting
from storage.column_types import Id, UtcTime
from storage.database import Database
from storage.digests import ANNOUNCING
from storage.schema import ANNOUNCED, broadcasts, deliveries, subscribers, subscriptions
from storage.upsert import chunks, insert

_LET_GO = (DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.CLAIMED)
_UNSETTLED = (DeliveryState.HELD, *_LET_GO, DeliveryState.SENDING)
# So many pages of sleepers are passed over at a time, for nobody else writes meanwhile.
_PAGES = 20
STOPPED = "unsubscribed"
"""Why a delivery is dead whose reader unsubscribed before it was sent."""
_FAILED = ("dead:", "plain:", "retry:")


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that reached its chat, to be corrected there."""

    delivery_id: int
    chat_id: int
    message_id: int
    sent_at: datetime


class Announcing:
    """The deliveries of announcements; every method takes one that was confirmed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def gather(
        self, broadcast: Broadcast, circle: Circle, now: datetime, limit: int = 2000
    ) -> bool:
        """Write down some more of the readers; False when all are, and sending may begin.

        What was written down and how far that is are one transaction, so nobody is written down
        twice or left out, whenever this is interrupted.
        """
        async with self._database.write() as connection:
            row = await _locked(connection, broadcast.id)
            if row is None or row.state != BroadcastState.GATHERING:
                return False
            made = await _write_down(connection, row, broadcast, circle, now, limit)
            values: dict[str, Any] = {"total": row.total + len(made)}
            if len(made) < limit:
                values |= {"state": BroadcastState.SENDING, "gathered_to": row.gather_to}
            else:
                values["gathered_to"] = max(made)
            await connection.execute(
                update(broadcasts).where(broadcasts.c.id == broadcast.id).values(**values)
            )
            return len(made) == limit

    async def let_go(self, broadcast: Broadcast, now: datetime, room: int) -> int:
        """Make held deliveries pending until about `room` are on their way. Returns how many were.

        Readers in their quiet hours wait for the end of these, unless the announcement cannot.
        """
        async with self._database.write() as connection:
            row = await _locked(connection, broadcast.id)
            if row is None or row.state != BroadcastState.SENDING:
                return 0
            under_way = select(func.count()).where(
                _of(broadcast), deliveries.c.state.in_(_LET_GO), deliveries.c.not_before <= now
            )
            free = room - int(await connection.scalar(under_way) or 0)
            made = 0
            for _ in range(_PAGES):
                if made >= free:
                    break
                rows = (await connection.execute(_held(broadcast, now, room))).all()
                awake = await _sort(connection, broadcast, rows, now)
                await _change(connection, awake[: free - made], state=DeliveryState.PENDING)
                made += len(awake[: free - made])
                if len(rows) < room:
                    break
            return made

    async def hold(self, broadcast: Broadcast) -> int:
        """Call back what was let go and is not being written yet. Returns how many."""
        async with self._database.write() as connection:
            result = await connection.execute(
                update(deliveries)
                .where(_of(broadcast), deliveries.c.state.in_(_LET_GO))
                .values(state=DeliveryState.HELD, owner=None, lease_until=None)
            )
            return result.rowcount

    async def is_over(self, broadcast: Broadcast, now: datetime) -> bool:
        """Whether nothing is left to send; what waits for chats that are gone is given up."""
        left = select(deliveries.c.id).where(_of(broadcast), deliveries.c.state.in_(_UNSETTLED))
        async with self._database.write() as connection:
            held = left.where(deliveries.c.state == DeliveryState.HELD).limit(1)
            if (await connection.execute(held)).first() is not None:
                return False
            gone = (
                left.with_only_columns(deliveries.c.id, subscribers.c.reason)
                .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
                .where(subscribers.c.active != true())
                .where(deliveries.c.state != DeliveryState.SENDING)
            )
            for number, reason in (await connection.execute(gone)).all():
                await _give_up(connection, [number], f"gone: {reason}", now)
            return (await connection.execute(left.limit(1))).first() is None

    async def counts(self, broadcast: Broadcast, now: datetime) -> BroadcastCounts:
        """How many readers stand where."""
        states = (
            select(deliveries.c.state, func.count())
            .where(_of(broadcast))
            .group_by(deliveries.c.state)
        )
        asleep = select(func.count()).where(
            _of(broadcast),
            deliveries.c.state == DeliveryState.HELD,
            deliveries.c.not_before > now,
        )
        why = case(
            (deliveries.c.error == STOPPED, literal("stopped")),
            *((deliveries.c.error.startswith(one), literal("failed")) for one in _FAILED),
            else_=literal("gone"),
        )
        dead = (
            select(why, func.count())
            .where(_of(broadcast), deliveries.c.state == DeliveryState.DEAD)
            .group_by(why)
        )
        async with self._database.read() as connection:
            found = {state: int(count) for state, count in await connection.execute(states)}
            ends = {reason: int(count) for reason, count in await connection.execute(dead)}
            sleeping = int(await connection.scalar(asleep) or 0)
        return BroadcastCounts(
            sent=found.get(DeliveryState.SENT, 0),
            gone=ends.get("gone", 0),
            failed=ends.get("failed", 0),
            unknown=found.get(DeliveryState.UNKNOWN, 0),
            stopped=ends.get("stopped", 0),
            waiting=sum(found.get(state, 0) for state in _UNSETTLED),
            asleep=sleeping,
        )

    async def reasons(self, broadcast: Broadcast, limit: int = 20) -> dict[str, int]:
        """Why deliveries are dead, as Telegram or we put it, the most frequent first."""
        query = (
            select(deliveries.c.error, func.count())
            .where(_of(broadcast), deliveries.c.state == DeliveryState.DEAD)
            .group_by(deliveries.c.error)
            .order_by(func.count().desc(), deliveries.c.error)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return {error: int(count) for error, count in await connection.execute(query)}

    async def is_still(self, broadcast: Broadcast) -> bool:
        """Whether nothing is on its way: what is written now may still have to be corrected."""
        flying = (DeliveryState.CLAIMED, DeliveryState.SENDING)
        query = select(deliveries.c.id).where(_of(broadcast), deliveries.c.state.in_(flying))
        async with self._database.read() as connection:
            return (await connection.execute(query.limit(1))).first() is None

    async def sent_after(
        self, broadcast: Broadcast, after_id: int, limit: int
    ) -> tuple[SentMessage, ...]:
        """Messages that reached their chats, by delivery, from `after_id` on."""
        query = (
            select(
                deliveries.c.id,
                subscribers.c.chat_id,
                deliveries.c.message_id,
                deliveries.c.settled_at,
            )
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(_of(broadcast), deliveries.c.state == DeliveryState.SENT)
            .where(deliveries.c.id > after_id)
            .order_by(deliveries.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple(SentMessage(*row) for row in await connection.execute(query))


def _of(broadcast: Broadcast) -> Any:
    # By the urgency too, word for word, for only such deliveries are in the index.
    return (deliveries.c.digest_id == broadcast.digest_id) & ANNOUNCED


async def _locked(connection: AsyncConnection, broadcast_id: int) -> Row[Any] | None:
    query = select(broadcasts).where(broadcasts.c.id == broadcast_id).with_for_update()
    return (await connection.execute(query)).first()


async def _write_down(
    connection: AsyncConnection,
    row: Row[Any],
    broadcast: Broadcast,
    circle: Circle,
    now: datetime,
    limit: int,
) -> Sequence[int]:
    """The subscribers for whom a delivery was made, in no order."""
    confirmed = broadcast.confirmed_at or now
    some = (
        fitting(broadcast.audience, circle, confirmed)
        .where(subscribers.c.id > row.gathered_to, subscribers.c.id <= row.gather_to)
        .order_by(subscribers.c.id)
        .limit(limit)
        .subquery()
    )
    values: dict[str, Any] = {
        "subscriber_id": some.c.id,
        "digest_id": literal(row.digest_id, Id),
        "part": literal(0, Integer),
        "state": literal(DeliveryState.HELD.value),
        "urgency": literal(ANNOUNCING, Integer),
        "attempts": literal(0, Integer),
        "not_before": literal(confirmed, UtcTime),
        "silent": literal(broadcast.announcement.silent),
        "error": literal(""),
        "created_at": literal(confirmed, UtcTime),
    }
    result = await connection.execute(
        insert(connection, deliveries)
        .from_select(list(values), select(*values.values()).order_by(some.c.id))
        .returning(deliveries.c.subscriber_id)
    )
    made: Sequence[int] = result.scalars().all()
    return made


def _held(broadcast: Broadcast, now: datetime, limit: int) -> Any:
    return (
        select(
            deliveries.c.id,
            subscribers.c.active,
            subscribers.c.reason,
            subscriptions.c.stopped,
            subscriptions.c.zone,
            subscriptions.c.quiet_from,
            subscriptions.c.quiet_to,
        )
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .join(subscriptions, subscriptions.c.subscriber_id == deliveries.c.subscriber_id)
        .where(_of(broadcast), deliveries.c.state == DeliveryState.HELD)
        .where(deliveries.c.not_before <= now)
        .order_by(deliveries.c.not_before, deliveries.c.id)
        .limit(limit)
    )


async def _sort(
    connection: AsyncConnection, broadcast: Broadcast, rows: Iterable[Row[Any]], now: datetime
) -> list[int]:
    """Those to whom it may be sent now; the others are given up or wait until they wake."""
    awake: list[int] = []
    asleep: dict[datetime, list[int]] = defaultdict(list)
    gone: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        wake = (
            _wakes(row.zone, row.quiet_from, row.quiet_to, now)
            if broadcast.announcement.patient
            else None
        )
        if not row.active:
            gone[f"gone: {row.reason}"].append(row.id)
        elif row.stopped:
            gone[STOPPED].append(row.id)
        elif wake is not None:
            asleep[wake].append(row.id)
        else:
            awake.append(row.id)
    for reason, ids in gone.items():
        await _give_up(connection, ids, reason, now)
    for wake, ids in asleep.items():
        await _change(connection, ids, not_before=wake)
    return awake


@lru_cache(maxsize=1024)
def _wakes(zone: str, quiet_from: Any, quiet_to: Any, now: datetime) -> datetime | None:
    return quiet_until(Subscription(zone=zone, quiet_from=quiet_from, quiet_to=quiet_to), now)


async def _give_up(
    connection: AsyncConnection, ids: Sequence[int], reason: str, now: datetime
) -> None:
    await _change(connection, ids, state=DeliveryState.DEAD, error=reason, settled_at=now)


async def _change(connection: AsyncConnection, ids: Sequence[int], **values: Any) -> None:
    for some in chunks(ids):
        await connection.execute(
            update(deliveries).where(deliveries.c.id.in_(some)).values(**values)
        )
