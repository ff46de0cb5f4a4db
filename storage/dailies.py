"""The daily digests of very many readers, kept and owed in one transaction."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import DeliveryState
from digest.reasons import reason_data
from storage.column_types import Json, UtcTime
from storage.database import Database
from storage.digests import (
    PlannedDigest,
    Recipient,
    digest_values,
    keep_parts,
    move_schedules,
    owe,
)
from storage.number_rows import among, number_rows
from storage.schema import deliveries, digests, subscribers
from storage.upsert import chunks, insert

_AWAITED = 1


@dataclass(frozen=True, slots=True)
class Daily:
    """What is owed to these readers by now; no digest where nothing is worth sending."""

    planned: PlannedDigest | None
    recipients: Sequence[Recipient]


class _Key(NamedTuple):
    kind: str
    group_key: str


class _Terms(NamedTuple):
    """What most deliveries of a batch have in common."""

    not_before: datetime
    silent: bool
    at: datetime
    because: str


class _Owed(NamedTuple):
    subscriber_id: int
    part: int
    digest_id: int


class Dailies:
    """Keeps what was planned for many."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(self, dailies: Sequence[Daily]) -> int:
        """The same as `Digests.plan_daily` and `skip_daily` for each, all of them or nothing.

        Of the readers each is in one of them. A hundred digests cost as many statements as one.
        """
        everybody = [one for daily in dailies for one in daily.recipients]
        async with self._database.write() as connection:
            moved = {one.subscriber_id for one in await move_schedules(connection, everybody)}
            wanted = [
                (daily.planned, [one for one in daily.recipients if one.subscriber_id in moved])
                for daily in dailies
                if daily.planned is not None
            ]
            return await _keep_and_owe(connection, [one for one in wanted if one[1]])


async def _keep_and_owe(
    connection: AsyncConnection, wanted: Sequence[tuple[PlannedDigest, Sequence[Recipient]]]
) -> int:
    if not wanted:
        return 0
    numbers = await _keep(connection, [planned for planned, _ in wanted])
    made = 0
    fresh: list[tuple[int, PlannedDigest, Sequence[Recipient]]] = []
    for planned, recipients in wanted:
        number = numbers.get(_key(planned))
        if number is not None:
            fresh.append((number, planned, recipients))
        else:  # somebody else has kept it already: it stays as it is
            number = await _kept(connection, planned)
            made += await owe(connection, number, planned, recipients)
    return made + await _owe_fresh(connection, fresh)


def _key(planned: PlannedDigest) -> _Key:
    return _Key(planned.kind, planned.group_key)


async def _keep(connection: AsyncConnection, wanted: Sequence[PlannedDigest]) -> dict[_Key, int]:
    """Keep the digests that are new. Returns their numbers."""
    result = await connection.execute(
        insert(connection, digests)
        .on_conflict_do_nothing(index_elements=["kind", "group_key", "window_to"])
        .returning(digests.c.kind, digests.c.group_key, digests.c.id),
        [digest_values(one) for one in wanted],
    )
    numbers = {_Key(row.kind, row.group_key): row.id for row in result}
    kept = [(numbers[_key(one)], one) for one in wanted if _key(one) in numbers]
    await keep_parts(connection, kept)
    return numbers


async def _kept(connection: AsyncConnection, planned: PlannedDigest) -> int:
    same = select(digests.c.id).where(
        digests.c.kind == planned.kind,
        digests.c.group_key == planned.group_key,
        digests.c.window_to == planned.window_to,
    )
    number: int = (await connection.execute(same)).scalar_one()
    return number


async def _owe_fresh(
    connection: AsyncConnection,
    fresh: Sequence[tuple[int, PlannedDigest, Sequence[Recipient]]],
) -> int:
    """Owe digests whose parts were kept just now: each is known without asking."""
    active = await _active(connection, [one.subscriber_id for _, _, some in fresh for one in some])
    owed: dict[_Terms, list[_Owed]] = defaultdict(list)
    for number, planned, some in fresh:
        parts, at = range(len(planned.parts)), planned.window_to
        for one in some:
            if one.subscriber_id in active:
                because = reason_data(one.because) if one.because else None
                terms = _Terms(one.not_before or at, one.silent, at, json.dumps(because))
                owed[terms] += [_Owed(one.subscriber_id, part, number) for part in parts]
    for terms, rows in owed.items():
        # By reader, then part: the order in which they are sent.
        await connection.execute(_insert(connection, terms, sorted(rows)))
    return sum(map(len, owed.values()))


def _insert(connection: AsyncConnection, terms: _Terms, rows: Sequence[_Owed]) -> Any:
    of = number_rows(connection, _Owed._fields, rows).c
    values: dict[str, Any] = {
        "digest_id": of.digest_id,
        "part": of.part,
        "subscriber_id": of.subscriber_id,
        "state": literal(DeliveryState.PENDING.value),
        "urgency": literal(_AWAITED, Integer),
        "attempts": literal(0, Integer),
        "not_before": literal(terms.not_before, UtcTime),
        "silent": literal(terms.silent),
        "error": literal(""),
        "created_at": literal(terms.at, UtcTime),
        "because": literal(json.loads(terms.because), Json),
    }
    chosen = select(*values.values()).order_by(of.subscriber_id, of.part)
    return insert(connection, deliveries).from_select(list(values), chosen)


async def _active(connection: AsyncConnection, readers: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for some in chunks(readers):
        query = select(subscribers.c.id).where(
            subscribers.c.active, among(connection, subscribers.c.id, some)
        )
        found.update((await connection.execute(query)).scalars())
    return found
