"""Pushes of which nobody knows whether they arrived: of which digests, what becomes of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, and_, func, literal, not_, select

from digest.model import DigestKind
from storage.database import Database
from storage.schema import UNSURE, delivered, deliveries, digest_signals, digests, subscribers

# Digests of this kind are told of by the minute: those of one hour differ only by their wishes.
_ALIKE = frozenset({DigestKind.DAILY, DigestKind.WEEKLY, DigestKind.LOOK_BACK})


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is in doubt of one digest, or of all digests of a kind that were made at one minute.

    `signal_id` is its only signal, None where there are several. Of `unknown` messages the content
    of `came` has come to their readers since, that of `coming` comes with their next digest; the
    others bring nothing that could come again, or nothing will bring it.
    """

    kind: DigestKind
    at: datetime
    signal_id: int | None
    unknown: int
    came: int
    coming: int


class Doubts:
    """Looks at what is in doubt; by an index that holds nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, since: datetime, *, carried_since: datetime) -> tuple[Doubt, ...]:
        """What of the digests made since then is in doubt, the newest first.

        Digests carry again what was made from `carried_since` on.
        """
        here = and_(
            digest_signals.c.digest_id == deliveries.c.digest_id,
            digest_signals.c.part == deliveries.c.part,
            not_(digest_signals.c.taken_out),
        )
        has = and_(
            delivered.c.subscriber_id == deliveries.c.subscriber_id,
            delivered.c.signal_id == digest_signals.c.signal_id,
        )
        came = select(literal(1)).where(has).correlate(deliveries, digest_signals).exists()
        something = select(literal(1)).where(here).correlate(deliveries).exists()
        missing = select(literal(1)).where(here, ~came).correlate(deliveries).exists()
        comes = and_(
            missing,
            deliveries.c.created_at >= carried_since,
            subscribers.c.active,
            subscribers.c.next_digest_at.is_not(None),
        )
        query = (
            select(
                digests.c.kind,
                digests.c.created_at,
                digests.c.signal_ids,
                func.count().label("unknown"),
                func.sum(and_(something, ~missing).cast(Integer)).label("came"),
                func.sum(comes.cast(Integer)).label("coming"),
            )
            .join(digests, digests.c.id == deliveries.c.digest_id)
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(UNSURE, deliveries.c.created_at >= since)
            .group_by(digests.c.id)
        )
        async with self._database.read() as connection:
            return _together((await connection.execute(query)).all())

    async def settled(self, since: datetime) -> dict[DigestKind, tuple[int, datetime]]:
        """How many have been in doubt since then by kind, and since when the last of them."""
        query = (
            select(digests.c.kind, func.count(), func.max(deliveries.c.settled_at))
            .join(digests, digests.c.id == deliveries.c.digest_id)
            .where(UNSURE, deliveries.c.settled_at > since)
            .group_by(digests.c.kind)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return {DigestKind(kind): (count, last) for kind, count, last in rows}


def _together(rows: Iterable[Row[Any]]) -> tuple[Doubt, ...]:
    found: dict[tuple[DigestKind, datetime, int | None], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        kind = DigestKind(row.kind)
        minute = row.created_at.replace(second=0, microsecond=0)
        alone = len(row.signal_ids) == 1 and kind not in _ALIKE
        found[kind, minute, row.signal_ids[0] if alone else None].append(row)
    doubts = (
        Doubt(
            *key,
            sum(row.unknown for row in some),
            sum(row.came for row in some),
            sum(row.coming for row in some),
        )
        for key, some in found.items()
    )
    return tuple(sorted(doubts, key=lambda one: (one.at, one.unknown), reverse=True))
