"""Readers' weights: how far each topic or source is drawn nearer or pushed away."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.weights import Weight, bounded, weight_name
from storage.database import Database
from storage.number_rows import among
from storage.schema import topics, weights
from storage.taxonomy import names_now
from storage.upsert import chunks, insert

WishWeights = tuple[tuple[str, int], ...]


class Weights:
    """The weights of all readers; each is asked for its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, subscriber_id: int) -> tuple[Weight, ...]:
        """A reader's weights, the last changed first."""
        query = (
            select(weights)
            .where(weights.c.subscriber_id == subscriber_id)
            .order_by(weights.c.changed_at.desc(), weights.c.kind, weights.c.target)
        )
        async with self._database.read() as connection:
            return tuple(
                Weight(row.kind, row.target, row.steps, row.changed_at)
                for row in await connection.execute(query)
            )

    async def put(
        self, subscriber_id: int, kind: str, target: str, steps: int, now: datetime
    ) -> int:
        """Set one weight; steps beyond ±3 are cut to it, 0 removes it. Returns the steps."""
        steps = bounded(steps)
        async with self._database.write() as connection:
            if kind == "topic":
                target = (await names_now(connection, topics, (target,)))[target]
            if steps == 0:
                await connection.execute(delete(weights).where(_mine(subscriber_id, kind, target)))
                return 0
            row = {"steps": steps, "changed_at": now}
            await connection.execute(
                insert(connection, weights)
                .values(subscriber_id=subscriber_id, kind=kind, target=target, **row)
                .on_conflict_do_update(
                    index_elements=["subscriber_id", "kind", "target"], set_=row
                )
            )
            return steps

    async def reset(self, subscriber_id: int) -> int:
        """Remove all weights of a reader. Returns how many there were."""
        async with self._database.write() as connection:
            result = await connection.execute(
                delete(weights).where(weights.c.subscriber_id == subscriber_id)
            )
            return result.rowcount


async def load_weights(
    connection: AsyncConnection, subscriber_ids: Sequence[int]
) -> dict[int, WishWeights]:
    """The weights of several readers as they stand in wishes; readers without any are left out."""
    found: dict[int, list[tuple[str, int]]] = {}
    for some in chunks(subscriber_ids):
        query = select(weights).where(among(connection, weights.c.subscriber_id, some))
        for row in await connection.execute(query):
            name = weight_name(row.kind, row.target)
            found.setdefault(row.subscriber_id, []).append((name, row.steps))
    return in_order(found)


def in_order(found: Mapping[int, Sequence[tuple[str, int]]]) -> dict[int, WishWeights]:
    """Weights as they stand in wishes."""
    return {number: tuple(sorted(some)) for number, some in found.items()}


def _mine(subscriber_id: int, kind: str, target: str) -> Any:
    return (
        (weights.c.subscriber_id == subscriber_id)
        & (weights.c.kind == kind)
        & (weights.c.target == target)
    )
