"""What a sender asks of the outbox again and again: claim, mark, settle, each for many at once.

A bot that sends a thousand messages a second asks a hundred times a second, and building a
statement takes longer than running it. So each is built once, and takes one value for all its
rows. What the states mean is told in storage/deliveries.py.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    literal,
    or_,
    select,
    update,
)

from digest.model import Delivery, DeliveryState, Lang
from storage.column_types import UtcTime
from storage.looking import Ask, Question
from storage.number_rows import rows_given, rows_to_come
from storage.schema import (
    DUE,
    delivered,
    deliveries,
    digest_parts,
    digest_signals,
    digests,
    subscribers,
)
from storage.upsert import insert

IN_FLIGHT = (DeliveryState.CLAIMED, DeliveryState.SENDING)
UNSETTLED = (DeliveryState.PENDING, DeliveryState.RETRY, *IN_FLIGHT)
# A request that was started is answered or given up well within this time.
SENDING_S = 120
_LANGS = {str(lang): lang for lang in Lang}
_NOW = bindparam("moment", type_=UtcTime)


def claim(
    ask: Ask, dialect: str, now: datetime, limit: int, owner: str, until: datetime
) -> tuple[Delivery, ...]:
    """Lease what is due, the urgent first."""
    rows = ask(_DUE, moment=now, most=limit)
    if not rows:
        return ()
    ids = _ids(dialect, [row.id for row in rows])
    ask(_leasing(dialect), claimed_by=owner, until=until, **ids)
    # Body and version of each part, read once however many readers are owed it.
    found = ask(_PARTS, digests=sorted({row.digest_id for row in rows}))
    parts = {(row.digest_id, row.part): (row.body, row.version) for row in found}
    return tuple(_delivery(row, parts) for row in rows)


def mark_sending(
    ask: Ask, dialect: str, ids: Sequence[int], now: datetime, owner: str
) -> frozenset[int]:
    """Note of what `owner` has claimed that it is about to be sent. Returns of which it was."""
    until = now + timedelta(seconds=SENDING_S)
    given = _ids(dialect, ids)
    marked = ask(_marking(dialect), moment=now, claimed_by=owner, until=until, **given)
    return frozenset(row.id for row in marked)


def settle_sent(ask: Ask, dialect: str, receipts: Mapping[int, int], now: datetime) -> None:
    """Keep message ids, and that the readers have now been sent the signals of these parts."""
    ask(_settling(dialect), moment=now, **rows_given(dialect, list(receipts.items())))
    ask(_noting(dialect), moment=now, **_ids(dialect, list(receipts)))


def _ids(dialect: str, ids: Sequence[int]) -> dict[str, Any]:
    return rows_given(dialect, [(one,) for one in ids])


def _are_given(dialect: str) -> ColumnElement[bool]:
    return deliveries.c.id.in_(select(rows_to_come(dialect, ["delivery"]).c.delivery))


def _due() -> Select[Any]:
    earlier = deliveries.alias("earlier")
    waits = (
        select(literal(1))
        .where(earlier.c.digest_id == deliveries.c.digest_id)
        .where(earlier.c.subscriber_id == deliveries.c.subscriber_id)
        .where(earlier.c.part < deliveries.c.part, earlier.c.state.in_(UNSETTLED))
        .exists()
    )
    return (
        select(
            *(deliveries.c[name] for name in _OF_DELIVERY),
            subscribers.c.chat_id,
            subscribers.c.thread_id,
            digests.c.lang,
        )
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .join(digests, digests.c.id == deliveries.c.digest_id)
        .where(DUE, deliveries.c.not_before <= _NOW, subscribers.c.active, ~waits)
        .order_by(deliveries.c.urgency, deliveries.c.not_before, deliveries.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=deliveries, skip_locked=True)
    )


_OF_DELIVERY = ("id", "digest_id", "subscriber_id", "part", "attempts", "silent", "resent")
_DUE = Question(_due())
_PARTS = Question(
    select(digest_parts).where(digest_parts.c.digest_id.in_(bindparam("digests", expanding=True)))
)


@lru_cache(2)
def _leasing(dialect: str) -> Question:
    return Question(
        update(deliveries)
        .where(_are_given(dialect))
        .values(
            state=DeliveryState.CLAIMED,
            owner=bindparam("claimed_by"),
            lease_until=bindparam("until", type_=UtcTime),
        )
    )


@lru_cache(2)
def _marking(dialect: str) -> Question:
    return Question(
        update(deliveries)
        .where(_are_given(dialect), deliveries.c.state == DeliveryState.CLAIMED)
        .where(deliveries.c.lease_until > _NOW, deliveries.c.owner == bindparam("claimed_by"))
        .values(
            state=DeliveryState.SENDING,
            attempts=deliveries.c.attempts + 1,
            lease_until=bindparam("until", type_=UtcTime),
        )
        .returning(deliveries.c.id)
    )


@lru_cache(2)
def _settling(dialect: str) -> Question:
    given = rows_to_come(dialect, ["delivery", "message"])
    possible = or_(
        deliveries.c.state.in_((*IN_FLIGHT, DeliveryState.UNKNOWN)),
        # Its proof came after all, before it went once more.
        and_(deliveries.c.state == DeliveryState.RETRY, deliveries.c.resent),
    )
    return Question(
        update(deliveries)
        .where(deliveries.c.id == given.c.delivery, possible)
        .values(state=DeliveryState.SENT, message_id=given.c.message, settled_at=_NOW, error="")
    )


@lru_cache(2)
def _noting(dialect: str) -> Question:
    shown = (
        select(deliveries.c.subscriber_id, digest_signals.c.signal_id, _NOW)
        .distinct()
        .join(
            digest_signals,
            (digest_signals.c.digest_id == deliveries.c.digest_id)
            & (digest_signals.c.part == deliveries.c.part),
        )
        .where(_are_given(dialect), deliveries.c.state == DeliveryState.SENT)
        .where(digest_signals.c.taken_out.is_(False))
    )
    return Question(
        insert(dialect, delivered)
        .from_select(["subscriber_id", "signal_id", "delivered_at"], shown)
        .on_conflict_do_nothing()
    )


def _delivery(
    row: Sequence[Any], parts: Mapping[tuple[int, int], tuple[dict[str, Any], int]]
) -> Delivery:
    number, digest_id, subscriber_id, part, attempts, silent, resent, *to = row
    chat_id, thread_id, lang = to
    body, version = parts[digest_id, part]
    return Delivery(
        id=number,
        digest_id=digest_id,
        subscriber_id=subscriber_id,
        chat_id=chat_id,
        thread_id=thread_id,
        part=part,
        state=DeliveryState.CLAIMED,
        attempts=attempts,
        body=body,
        silent=silent,
        version=version,
        resent=resent,
        lang=_LANGS[lang],
    )
