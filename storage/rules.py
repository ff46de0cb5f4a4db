"""Automatic rules: what of the new signals is saved into which collection by itself."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import Row, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Relation, Rule, Signal
from storage.collection_queries import own
from storage.database import Database
from storage.schema import (
    LIVE,
    collection_rules,
    collections,
    columns,
    meta,
    rule_refusals,
    saved,
    signal_topics,
    signals,
    topics,
)
from storage.signal_rows import load_by_ids, load_signals, signal_query
from storage.taxonomy import names_now
from storage.upsert import chunks, insert

_VERSION = "rules.version"


@dataclass(frozen=True, slots=True)
class Match:
    """A signal that a rule wants saved into its collection."""

    collection_id: int
    signal_id: int


class Rules:
    """The rules of all readers; each changes only its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, subscriber_id: int, collection_id: int) -> Rule | None:
        """The rule of a reader's own list, None when it has none."""
        query = _query().where(own(subscriber_id, collection_id))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
            return _rule(row) if row else None

    async def of(self, subscriber_id: int) -> dict[int, Rule]:
        """The rules of a reader, by the number of their list."""
        query = _query().where(collections.c.subscriber_id == subscriber_id)
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return {row.collection_id: _rule(row) for row in rows}

    async def set(self, subscriber_id: int, rule: Rule, now: datetime) -> bool:
        """Give a reader's own list this rule; False when there is no such list.

        It counts for signals that come from now on.
        """
        values: dict[str, Any] = {
            "words": list(rule.words),
            "paused": rule.paused,
            "changed_at": now,
        }
        mine = own(subscriber_id, rule.collection_id)
        async with self._database.write() as connection:
            found = await connection.scalar(select(collections.c.id).where(mine).with_for_update())
            if found is None:
                return False
            shelf = await names_now(connection, columns, (rule.column,))
            named = await names_now(connection, topics, rule.topics)
            values["column_id"] = shelf[rule.column]
            values["topics"] = list(dict.fromkeys(named.values()))
            await connection.execute(
                insert(connection, collection_rules)
                .values(collection_id=rule.collection_id, created_at=now, **values)
                .on_conflict_do_update(index_elements=["collection_id"], set_=values)
            )
            await touch_rules(connection)
            return True

    async def remove(self, subscriber_id: int, collection_id: int) -> bool:
        """Take the rule from a reader's own list; False when it had none."""
        mine = select(collections.c.id).where(own(subscriber_id, collection_id))
        async with self._database.write() as connection:
            result = await connection.execute(
                delete(collection_rules).where(collection_rules.c.collection_id.in_(mine))
            )
            await touch_rules(connection)
            return result.rowcount > 0

    # --- carrying them out ---------------------------------------------------------------

    async def version(self) -> str:
        """Changes with every change of any rule; "" before the first."""
        query = select(meta.c.value).where(meta.c.key == _VERSION)
        async with self._database.read() as connection:
            return await connection.scalar(query) or ""

    async def active(self) -> tuple[Rule, ...]:
        """All rules that are not paused, `since` when each is as it is."""
        query = _query().where(~collection_rules.c.paused)
        async with self._database.read() as connection:
            return tuple(_rule(row) for row in await connection.execute(query))

    async def arrivals(self, since: datetime, after: int, limit: int = 200) -> tuple[Signal, ...]:
        """Signals that went live since then, but for backlog and repetitions, oldest first.

        `after` is the last signal of the previous page, live since `since` (0 for none).
        """
        made = signals.c.live_at
        query = (
            signal_query()
            .where(made >= since, (made > since) | (signals.c.id > after))
            .where(LIVE, ~signals.c.backlog, signals.c.relation != Relation.DUPLICATE)
            .order_by(made, signals.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return await load_signals(connection, query)

    async def of_topics(
        self, topics: Sequence[str], since: datetime, limit: int
    ) -> tuple[Signal, ...]:
        """The newest live signals of any of these topics dated since then."""
        query = (
            select(signal_topics.c.signal_id, signal_topics.c.dated_at)
            .where(signal_topics.c.topic_id.in_(topics), signal_topics.c.dated_at >= since)
            .distinct()
            .order_by(signal_topics.c.dated_at.desc(), signal_topics.c.signal_id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            numbers = [row.signal_id for row in await connection.execute(query)]
            return await load_by_ids(connection, numbers)

    async def save(
        self,
        matches: Iterable[Match],
        now: datetime,
        *,
        most_saved: int,
        most_a_day: int | None = None,
    ) -> tuple[Match, ...]:
        """Save what rules want saved, in their order; returns what was new.

        What its reader took out, or is there already, is passed over. No list grows beyond
        `most_saved`, nor by more than `most_a_day` saved by rule within 24 hours. Harmless to
        repeat.
        """
        wanted = list(dict.fromkeys(matches))
        done: list[Match] = []
        async with self._database.write() as connection:
            for some in chunks(sorted({match.collection_id for match in wanted})):
                room = await _room(connection, some, now, most_saved, most_a_day)
                ours = [match for match in wanted if match.collection_id in room]
                for match in await _without_known(connection, ours):
                    if room[match.collection_id] > 0:
                        room[match.collection_id] -= 1
                        done.append(match)
            rows = [
                {
                    "collection_id": match.collection_id,
                    "signal_id": match.signal_id,
                    "note": "",
                    "saved_at": now,
                    "by_rule": True,
                }
                for match in done
            ]
            if rows:
                await connection.execute(insert(connection, saved).on_conflict_do_nothing(), rows)
        return tuple(done)

    async def saved_since(self, collection_id: int, since: datetime) -> int:
        """How many signals a rule has saved into a list since then."""
        query = (
            select(func.count())
            .select_from(saved)
            .where(saved.c.collection_id == collection_id)
            .where(saved.c.saved_at > since, saved.c.by_rule)
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def forget_refusals(self, moment: datetime) -> int:
        """Forget what readers took out before `moment`: no rule looks back so far."""
        async with self._database.write() as connection:
            result = await connection.execute(
                delete(rule_refusals).where(rule_refusals.c.refused_at < moment)
            )
            return result.rowcount


async def touch_rules(connection: AsyncConnection) -> None:
    """Let those who keep the rules in memory read them anew."""
    version = token_hex(8)
    await connection.execute(
        insert(connection, meta)
        .values(key=_VERSION, value=version)
        .on_conflict_do_update(index_elements=["key"], set_={"value": version})
    )


async def _room(
    connection: AsyncConnection,
    collection_ids: Sequence[int],
    now: datetime,
    most_saved: int,
    most_a_day: int | None,
) -> dict[int, int]:
    """How many more signals a rule may save into each of these lists; those gone are left out."""
    there = select(collections.c.id).where(collections.c.id.in_(collection_ids))
    # Locked, so that two processes at work on the same signals count one after the other.
    rows = await connection.execute(there.order_by(collections.c.id).with_for_update())
    room = dict.fromkeys(rows.scalars(), most_saved)
    in_list = saved.c.collection_id.in_(list(room))
    sizes = await _counts(connection, in_list)
    today: Counter[int] = Counter()
    if most_a_day is not None:
        day_ago = now - timedelta(days=1)
        today = await _counts(connection, in_list, saved.c.saved_at > day_ago, saved.c.by_rule)
    for number in room:
        room[number] -= sizes[number]
        if most_a_day is not None:
            room[number] = min(room[number], most_a_day - today[number])
    return room


async def _counts(connection: AsyncConnection, *conditions: Any) -> Counter[int]:
    query = (
        select(saved.c.collection_id, func.count().label("size"))
        .where(*conditions)
        .group_by(saved.c.collection_id)
    )
    return Counter({row.collection_id: row.size for row in await connection.execute(query)})


async def _without_known(connection: AsyncConnection, matches: Sequence[Match]) -> list[Match]:
    """`matches` without those that are saved already or were taken out by their reader."""
    known: set[Match] = set()
    by_list: dict[int, list[int]] = {}
    for match in matches:
        by_list.setdefault(match.collection_id, []).append(match.signal_id)
    for collection_id, signal_ids in by_list.items():
        for some in chunks(signal_ids):
            for table in (saved, rule_refusals):
                query = select(table.c.signal_id).where(
                    table.c.collection_id == collection_id, table.c.signal_id.in_(some)
                )
                numbers = (await connection.execute(query)).scalars()
                known.update(Match(collection_id, number) for number in numbers)
    return [match for match in matches if match not in known]


def _query() -> Any:
    return select(collection_rules).join(
        collections, collections.c.id == collection_rules.c.collection_id
    )


def _rule(row: Row[Any]) -> Rule:
    return Rule(
        collection_id=row.collection_id,
        words=tuple(row.words),
        topics=tuple(row.topics),
        column=row.column_id,
        paused=row.paused,
        since=row.changed_at,
    )
