"""Deliveries: the outbox, from owed to settled.

    pending ─▶ claimed ─▶ sending ─▶ sent
       ▲          │          ├─────▶ retry ─▶ claimed …
       └──lease───┘          ├─────▶ dead
                             └─lease▶ unknown

An announcement's deliveries begin as `held` and become pending a few at a time (see
storage/broadcasts.py); held again, they are not sent.

`claimed` is a lease: nothing was sent yet. `sending` is committed by itself right before the
request leaves, so whatever is found in it after a crash may have arrived. Telegram cannot tell
whether it did; such a delivery is unknown for ever and its signals come again in the next digest.
Where alerts are set to go once more (`resend_alerts`), one in doubt becomes `retry` instead, the
first time, and is marked as sent again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Delivery, DeliveryState, DigestKind, Wishes
from digest.reasons import Reason, read_reason
from storage import sending
from storage.database import Database
from storage.looking import Ask
from storage.schema import (
    DUE,
    OPEN,
    deliveries,
    digest_signals,
    digests,
    subscribers,
)
from storage.sending import IN_FLIGHT, SENDING_S, UNSETTLED
from storage.upsert import chunks
from storage.values import read_wishes

_ALERTS = (DigestKind.INSTANT, DigestKind.STORY, DigestKind.TREND)
_STOPPED = "the sender stopped"


@dataclass(frozen=True, slots=True)
class Pushed:
    """That a signal was pushed to a reader: in what, when, and why.

    `wishes` are those that the digest was composed for, `reason` what is kept with the delivery;
    at most one is set, none for deliveries older than both.
    """

    kind: DigestKind
    sent_at: datetime
    wishes: Wishes | None
    reason: Reason | None


class Deliveries:
    """The deliveries and their states.

    With `resend_alerts` an alert that may not have arrived goes once more, marked.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.resend_alerts = False

    async def claim(
        self, now: datetime, limit: int, owner: str, lease_s: int = 60
    ) -> tuple[Delivery, ...]:
        """Take deliveries that are due to active subscribers, the urgent ones first.

        The parts of a digest go to a reader in order: one is due only when those before it are
        settled. What is claimed is given back when it is not being sent by the end of the lease.
        """
        until = now + timedelta(seconds=lease_s)
        return await self._database.change(
            lambda ask: sending.claim(ask, self._database.dialect, now, limit, owner, until)
        )

    async def mark_sending(
        self, delivery_id: int, now: datetime, *, owner: str | None = None
    ) -> bool:
        """Commit that the request is about to leave; False when the row is no longer ours.

        Call it last before sending, and do not send on False.
        """
        mine = [deliveries.c.state == DeliveryState.CLAIMED, deliveries.c.lease_until > now]
        if owner is not None:
            mine.append(deliveries.c.owner == owner)
        return await self._change(
            delivery_id,
            mine,
            state=DeliveryState.SENDING,
            attempts=deliveries.c.attempts + 1,
            lease_until=now + timedelta(seconds=SENDING_S),
        )

    async def settle_sent(self, delivery_id: int, message_id: int, now: datetime) -> None:
        """Keep the receipt, and that the reader has now been sent the signals of this part.

        Proof that comes late also settles a delivery that was given up as unknown.
        """
        receipts = {delivery_id: message_id}
        await self._database.change(
            lambda ask: sending.settle_sent(ask, self._database.dialect, receipts, now)
        )

    async def advance(
        self,
        marks: Sequence[int],
        receipts: Mapping[int, int],
        now: datetime,
        *,
        owner: str,
    ) -> frozenset[int]:
        """`mark_sending` and `settle_sent` for many at once, in one transaction.

        `receipts` maps deliveries to their message ids. Returns which of `marks` may be sent.
        """
        dialect = self._database.dialect

        def advance(ask: Ask) -> frozenset[int]:
            if receipts:
                sending.settle_sent(ask, dialect, receipts, now)
            return sending.mark_sending(ask, dialect, marks, now, owner) if marks else frozenset()

        return await self._database.change(advance)

    async def settle_retry(self, delivery_id: int, not_before: datetime, error: str) -> None:
        """It was certainly not sent: try again from `not_before` on."""
        await self._change(
            delivery_id,
            [deliveries.c.state.in_(IN_FLIGHT)],
            state=DeliveryState.RETRY,
            not_before=not_before,
            error=error,
        )

    async def settle_dead(self, delivery_id: int, reason: str, now: datetime) -> None:
        """It will never be sent."""
        await self._change(
            delivery_id,
            [deliveries.c.state.in_(UNSETTLED)],
            state=DeliveryState.DEAD,
            error=reason,
            settled_at=now,
        )

    async def settle_unknown(self, delivery_id: int, error: str, now: datetime) -> None:
        """It may have been sent: never again, but its signals stay unread for the reader.

        An alert goes once more if alerts are set to.
        """
        mine = (deliveries.c.id == delivery_id, deliveries.c.state.in_(IN_FLIGHT))
        async with self._database.write() as connection:
            if self.resend_alerts:
                await _send_once_more(connection, mine, error, now)
            await connection.execute(
                update(deliveries)
                .where(*mine)
                .values(state=DeliveryState.UNKNOWN, error=error, settled_at=now)
            )

    async def release(self, ids: Iterable[int]) -> None:
        """Give back what was claimed and not sent."""
        async with self._database.write() as connection:
            for some in chunks(tuple(ids)):
                await connection.execute(
                    update(deliveries)
                    .where(deliveries.c.id.in_(some))
                    .where(deliveries.c.state == DeliveryState.CLAIMED)
                    .values(state=DeliveryState.PENDING, owner=None, lease_until=None)
                )

    async def recover(self, now: datetime, owner: str | None = None) -> tuple[int, int]:
        """Clean up after a crash: what was claimed is pending again, what was sending unknown.

        Takes what outlived its lease; with `owner`, as at that sender's start, also all its own.
        Returns how many went back, those that are sent once more among them, and how many are
        unknown.
        """
        orphaned: ColumnElement[bool] = deliveries.c.lease_until <= now
        if owner is not None:
            orphaned = orphaned | (deliveries.c.owner == owner)
        left = update(deliveries).where(OPEN, orphaned)
        async with self._database.write() as connection:
            back = await connection.execute(
                left.where(deliveries.c.state == DeliveryState.CLAIMED).values(
                    state=DeliveryState.PENDING, owner=None, lease_until=None
                )
            )
            begun, again = (OPEN, orphaned, deliveries.c.state == DeliveryState.SENDING), 0
            if self.resend_alerts:
                again = await _send_once_more(connection, begun, _STOPPED, now)
            unknown = await connection.execute(
                update(deliveries)
                .where(*begun)
                .values(state=DeliveryState.UNKNOWN, settled_at=now, error=_STOPPED)
            )
            return back.rowcount + again, unknown.rowcount

    async def take_over(self, owner: str) -> int:
        """Take back what other senders had claimed and not begun to send. Returns how much.

        For the sender that follows them: nobody else sends any more. Whoever comes back all the
        same finds that it is not theirs (`advance`).
        """
        left = update(deliveries).where(
            OPEN, deliveries.c.state == DeliveryState.CLAIMED, deliveries.c.owner != owner
        )
        async with self._database.write() as connection:
            back = await connection.execute(
                left.values(state=DeliveryState.PENDING, owner=None, lease_until=None)
            )
            return back.rowcount

    async def pushed(self, subscriber_id: int, signal_id: int) -> Pushed | None:
        """How a signal was last pushed to a reader; None when it never was."""
        query = (
            select(
                digests.c.kind,
                digests.c.wishes,
                deliveries.c.because,
                deliveries.c.settled_at,
            )
            .join(digests, digests.c.id == deliveries.c.digest_id)
            .join(
                digest_signals,
                (digest_signals.c.digest_id == deliveries.c.digest_id)
                & (digest_signals.c.part == deliveries.c.part),
            )
            .where(deliveries.c.subscriber_id == subscriber_id)
            .where(deliveries.c.state == DeliveryState.SENT)
            .where(digest_signals.c.signal_id == signal_id)
            .order_by(deliveries.c.id.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        return Pushed(
            kind=DigestKind(row.kind),
            sent_at=row.settled_at,
            wishes=read_wishes(row.wishes) if row.wishes else None,
            reason=read_reason(row.because) if row.because else None,
        )

    async def counts(self) -> dict[DeliveryState, int]:
        """How many deliveries stand where; states without any are left out."""
        query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        async with self._database.read() as connection:
            return {
                DeliveryState(state): count for state, count in await connection.execute(query)
            }

    async def digests_waiting(self, now: datetime, most: int) -> int:
        """How many messages of digests may be sent at once, counted up to `most`."""
        some = (
            select(literal(1))
            .where(DUE, deliveries.c.urgency == 1, deliveries.c.not_before <= now)
            .limit(most)
            .subquery()
        )
        async with self._database.read() as connection:
            return await connection.scalar(select(func.count()).select_from(some)) or 0

    async def next_due(self) -> datetime | None:
        """When the next delivery may be sent (maybe in the past); None when none is owed."""
        query = (
            select(func.min(deliveries.c.not_before))
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(DUE, subscribers.c.active)
        )
        async with self._database.read() as connection:
            moment: datetime | None = await connection.scalar(query)
            return moment

    async def _change(
        self, delivery_id: int, conditions: list[ColumnElement[bool]], **values: Any
    ) -> bool:
        async with self._database.write() as connection:
            return await _settle(connection, delivery_id, conditions, **values)


async def _settle(
    connection: AsyncConnection,
    delivery_id: int,
    conditions: list[ColumnElement[bool]],
    **values: Any,
) -> bool:
    result = await connection.execute(
        update(deliveries).where(deliveries.c.id == delivery_id, *conditions).values(**values)
    )
    return result.rowcount == 1


async def _send_once_more(
    connection: AsyncConnection, which: Sequence[ColumnElement[bool]], error: str, now: datetime
) -> int:
    """Let those of `which` that are alerts go again, unless they did. Returns how many do."""
    alerts = (
        select(literal(1))
        .where(digests.c.id == deliveries.c.digest_id, digests.c.kind.in_(_ALERTS))
        .exists()
    )
    result = await connection.execute(
        update(deliveries)
        .where(*which, ~deliveries.c.resent, alerts)
        .values(
            state=DeliveryState.RETRY,
            resent=True,
            not_before=now,
            owner=None,
            lease_until=None,
            error=error,
        )
    )
    return result.rowcount
