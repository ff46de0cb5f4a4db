"""Who is owed an amended message, and what they are still to get; inside a transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Row, case, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import DeliveryState, Lang
from storage.amendment_rows import Amending, AmendState, Part
from storage.column_types import Id, UtcTime
from storage.schema import (
    amended,
    amendments,
    deliveries,
    digest_parts,
    digest_signals,
    digests,
    subscribers,
)
from storage.upsert import chunks, insert

AMENDED_FOR = timedelta(hours=48)
# So late a message still rings that was taken out and is owed again.
_RINGS_FOR = timedelta(hours=1)
_UNSENT = (DeliveryState.PENDING, DeliveryState.RETRY)
UNDER_WAY = (DeliveryState.CLAIMED, DeliveryState.SENDING)
NOTHING_LEFT = "everything in it was withdrawn"


async def change_waiting(
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


async def keep_amended(connection: AsyncConnection, part: Part, body: Mapping[str, Any]) -> int:
    """How those who have the part should see it from now on; returns the version of that."""
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


async def owe_amended(
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
        .where(or_(sent, deliveries.c.state.in_(UNDER_WAY)))
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


async def load_amending(
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
                deliveries.c.resent,
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
        resent=row.resent,
    )
