"""What waits to be sent and would tell a story again, once two stories turned out to be one.

An alert is planned when its story is news to a reader. Editors may find out before it is sent, as
with what waits for the end of quiet hours, that another alert is about the same event.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import DeliveryState, DigestKind, Relation
from storage.schema import delivered, deliveries, digest_signals, digests, signals
from storage.upsert import chunks

if TYPE_CHECKING:
    from storage.changes import Change

TOLD = "its story was told already"
LEFT = "it was taken out of its story"

_WAITING = (DeliveryState.HELD, DeliveryState.PENDING, DeliveryState.RETRY)
_UNDER_WAY = (DeliveryState.CLAIMED, DeliveryState.SENDING)
_ALERTS = (DigestKind.INSTANT, DigestKind.STORY)
_REPEATS = (Relation.LEAD.value, Relation.DUPLICATE.value)
_PART = (deliveries.c.digest_id == digest_signals.c.digest_id) & (
    deliveries.c.part == digest_signals.c.part
)


async def tell_once(connection: AsyncConnection, story_id: int, now: datetime) -> int:
    """Let nobody get an alert of a story that they have, or get by another message that waits.

    News of the story stays; so does what no alert is. Returns how many alerts are not sent.
    """
    query = (
        select(deliveries.c.id, deliveries.c.subscriber_id, deliveries.c.state, digests.c.kind)
        .join(digest_signals, _PART)
        .join(digests, digests.c.id == deliveries.c.digest_id)
        .join(signals, signals.c.id == digest_signals.c.signal_id)
        .where(signals.c.story_id == story_id, signals.c.relation.in_(_REPEATS))
        .where(deliveries.c.state.in_((*_WAITING, *_UNDER_WAY)))
        .order_by(deliveries.c.not_before, deliveries.c.id)
    )
    rows = (await connection.execute(query)).all()
    told = await _told(connection, story_id, [row.subscriber_id for row in rows])
    # Only an alert can be left out, so whatever else waits comes first.
    told |= {row.subscriber_id for row in rows if _stays(row.kind, row.state)}
    again: list[int] = []
    for row in rows:
        if _stays(row.kind, row.state):
            continue
        if row.subscriber_id in told:
            again.append(row.id)
        told.add(row.subscriber_id)
    for some in chunks(again):
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(some), deliveries.c.state.in_(_WAITING))
            .values(state=DeliveryState.DEAD, error=TOLD, settled_at=now)
        )
    return len(again)


async def tell_no_more(
    connection: AsyncConnection, changes: "Sequence[Change]", now: datetime
) -> None:
    """Follow up on signals that left a story: nobody gets them any more as news of it."""
    left = [int(one.key["id"]) for one in changes if (one.before or {}).get("story_id")]
    for some in chunks(left):
        news = (
            select(digest_signals.c.digest_id)
            .join(digests, digests.c.id == digest_signals.c.digest_id)
            .join(signals, signals.c.id == digest_signals.c.signal_id)
            .where(digests.c.kind == DigestKind.STORY, signals.c.id.in_(some))
            .where(signals.c.relation.in_(_REPEATS))
        )
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.digest_id.in_(news), deliveries.c.state.in_(_WAITING))
            .values(state=DeliveryState.DEAD, error=LEFT, settled_at=now)
        )


def _stays(kind: str, state: str) -> bool:
    return kind not in _ALERTS or state in _UNDER_WAY


async def _told(connection: AsyncConnection, story_id: int, readers: Sequence[int]) -> set[int]:
    """Who of these was sent a signal of the story."""
    found: set[int] = set()
    for some in chunks(sorted(set(readers))):
        query = (
            select(delivered.c.subscriber_id)
            .join(signals, signals.c.id == delivered.c.signal_id)
            .where(signals.c.story_id == story_id, delivered.c.subscriber_id.in_(some))
        )
        found.update((await connection.execute(query)).scalars())
    return found
