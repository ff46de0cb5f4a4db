"""Changes of very many rows that an act keeps in short: which rows, and what happened to them.

Merging and splitting topics touches every signal and reader of theirs. Kept row by row that
would be megabytes; and taking it back must not be refused because one reader has since tapped a
button. So each of these says what it does to rows in general, keeps their numbers, and turns
itself round: rows that are another by now are left as they are.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.changes import bulk_kind
from storage.rules import touch_rules
from storage.schema import LIVE, collection_rules, metadata, signal_topics, signals, weights
from storage.upsert import chunks, insert

Data = dict[str, Any]


def pack_ids(ids: Iterable[int]) -> str:
    """Numbers of rows, each once, as a short text: 100,000 of them are some 100 KB."""
    ordered = sorted(set(ids))
    steps = [now - before for before, now in zip([0, *ordered], ordered, strict=False)]
    return b64encode(zlib.compress(json.dumps(steps, separators=(",", ":")).encode())).decode()


def unpack_ids(packed: str) -> tuple[int, ...]:
    """The numbers that `pack_ids` wrote, ascending."""
    total, found = 0, []
    for step in json.loads(zlib.decompress(b64decode(packed))):
        total += step
        found.append(total)
    return tuple(found)


@bulk_kind("@listed")
@dataclass(frozen=True, slots=True)
class Listed:
    """Signals listed under topics (`added`) and taken from under topics (`removed`), by topic."""

    added: Mapping[str, Sequence[int]]
    removed: Mapping[str, Sequence[int]]
    table: Table = field(default=signal_topics, init=False)

    @property
    def inverse(self) -> "Listed":
        """Back as it was."""
        return Listed(self.removed, self.added)

    async def apply(self, connection: AsyncConnection) -> None:
        """Change the lists; only live signals are in any."""
        for topic, ids in self.removed.items():
            for some in chunks(ids):
                await connection.execute(
                    delete(signal_topics).where(
                        signal_topics.c.signal_id.in_(some), signal_topics.c.topic_id == topic
                    )
                )
        for topic, ids in self.added.items():
            for some in chunks(ids):
                await _list(connection, topic, some)

    def data(self) -> Data:
        """As it is kept."""
        return {
            "added": {topic: pack_ids(ids) for topic, ids in self.added.items()},
            "removed": {topic: pack_ids(ids) for topic, ids in self.removed.items()},
        }

    @classmethod
    def read(cls, data: Data) -> "Listed":
        """What `data` wrote."""
        return cls(
            {topic: unpack_ids(ids) for topic, ids in data["added"].items()},
            {topic: unpack_ids(ids) for topic, ids in data["removed"].items()},
        )


async def _list(connection: AsyncConnection, topic: str, ids: Sequence[int]) -> None:
    live = select(literal(topic), signals.c.dated_at, signals.c.id)
    live = live.where(signals.c.id.in_(ids), LIVE)
    rows = insert(connection, signal_topics).from_select(
        ["topic_id", "dated_at", "signal_id"], live
    )
    await connection.execute(rows.on_conflict_do_nothing())


Names = tuple[str, ...]


@bulk_kind("@placed")
@dataclass(frozen=True, slots=True)
class Placed:
    """Signals whose placement names other topics: what it named, names now, and which signals."""

    groups: Sequence[tuple[Names, Names, Sequence[int]]]
    table: Table = field(default=signals, init=False)

    @property
    def inverse(self) -> "Placed":
        """Back as it was."""
        return Placed([(after, before, ids) for before, after, ids in self.groups])

    async def apply(self, connection: AsyncConnection) -> None:
        """Change the placements; one that an editor changed since keeps the rest of it."""
        for before, after, ids in self.groups:
            for some in chunks(ids):
                query = select(signals.c.id, signals.c.placement).where(signals.c.id.in_(some))
                rows = (await connection.execute(query.with_for_update())).all()
                named = [
                    _renamed(tuple(row.placement.get("topics", ())), before, after) for row in rows
                ]
                placed = [
                    {"number": row.id, "fresh": row.placement | {"topics": list(topics)}}
                    for row, topics in zip(rows, named, strict=True)
                ]
                await _set(connection, signals, "placement", placed)

    def data(self) -> Data:
        """As it is kept."""
        return {"groups": [[*names, pack_ids(ids)] for *names, ids in self.groups]}

    @classmethod
    def read(cls, data: Data) -> "Placed":
        """What `data` wrote."""
        return cls(
            [
                (tuple(before), tuple(after), unpack_ids(ids))
                for before, after, ids in data["groups"]
            ]
        )


def _renamed(topics: Names, before: Names, after: Names) -> Names:
    if topics == before:
        return after
    kept = [topic for topic in topics if topic in after or topic not in before]
    return tuple(dict.fromkeys([*kept, *(topic for topic in after if topic not in before)]))


@bulk_kind("@valued")
@dataclass(frozen=True, slots=True)
class Valued:
    """Rows (by number) whose column `name` was `old` and is `new`."""

    table: Table
    name: str
    old: str
    new: str
    ids: Sequence[int]

    @property
    def inverse(self) -> "Valued":
        """Back as it was."""
        return Valued(self.table, self.name, self.new, self.old, self.ids)

    async def apply(self, connection: AsyncConnection) -> None:
        """Set the column where it is still `old`."""
        number, column = _number_of(self.table), self.table.c[self.name]
        for some in chunks(self.ids):
            await connection.execute(
                update(self.table)
                .where(number.in_(some), column == self.old)
                .values({self.name: self.new})
            )
        if self.table is collection_rules:
            await touch_rules(connection)

    def data(self) -> Data:
        """As it is kept."""
        return {
            "table": self.table.name,
            "name": self.name,
            "old": self.old,
            "new": self.new,
            "ids": pack_ids(self.ids),
        }

    @classmethod
    def read(cls, data: Data) -> "Valued":
        """What `data` wrote."""
        return cls(
            metadata.tables[data["table"]],
            data["name"],
            data["old"],
            data["new"],
            unpack_ids(data["ids"]),
        )


@bulk_kind("@members")
@dataclass(frozen=True, slots=True)
class Members:
    """Lists of names, each in column `name` of one row, in which names change.

    `swaps`: rows (by number) in which `old` became `new`, in its place. `drops`: rows with the
    place at which `old` stood beside `new`, and went. `adds`: rows with the place at which `new`
    came beside `old`. All three are about the one pair of names.
    """

    table: Table
    name: str
    old: str
    new: str
    swaps: Sequence[int] = ()
    drops: Sequence[tuple[int, int]] = ()
    adds: Sequence[tuple[int, int]] = ()

    @property
    def inverse(self) -> "Members":
        """Back as it was."""
        return Members(
            self.table, self.name, self.new, self.old, self.swaps, self.adds, self.drops
        )

    async def apply(self, connection: AsyncConnection) -> None:
        """Change the lists that still are as they were in this."""
        added, dropped = dict(self.adds), dict(self.drops)
        touched = sorted({*self.swaps, *added, *dropped})
        number, column = _number_of(self.table), self.table.c[self.name]
        for some in chunks(touched):
            query = select(number, column).where(number.in_(some)).with_for_update()
            rows = [(id_, list(names)) for id_, names in (await connection.execute(query)).all()]
            fresh = [
                {"number": id_, "fresh": self._changed(names, added.get(id_), dropped.get(id_))}
                for id_, names in rows
            ]
            await _set(connection, self.table, self.name, fresh)
        if self.table is collection_rules:
            await touch_rules(connection)

    def _changed(self, names: list[str], added: int | None, dropped: int | None) -> list[str]:
        if self.old not in names:
            return names
        if added is not None:
            return names if self.new in names else [*names[:added], self.new, *names[added:]]
        if dropped is not None:
            return [one for one in names if one != self.old] if self.new in names else names
        swapped = [self.new if one == self.old else one for one in names]
        return list(dict.fromkeys(swapped))

    def data(self) -> Data:
        """As it is kept."""
        return {
            "table": self.table.name,
            "name": self.name,
            "old": self.old,
            "new": self.new,
            "swaps": pack_ids(self.swaps),
            "drops": [list(one) for one in self.drops],
            "adds": [list(one) for one in self.adds],
        }

    @classmethod
    def read(cls, data: Data) -> "Members":
        """What `data` wrote."""
        return cls(
            metadata.tables[data["table"]],
            data["name"],
            data["old"],
            data["new"],
            unpack_ids(data["swaps"]),
            [(id_, place) for id_, place in data["drops"]],
            [(id_, place) for id_, place in data["adds"]],
        )


@bulk_kind("@weighed")
@dataclass(frozen=True, slots=True)
class Weighed:
    """Readers' weights of topics. `swaps`: readers whose weight of `old` became one of `new`.

    `drops`: weights of `old` that went, `adds`: weights of `new` that came, as (reader, steps,
    ISO time of the last change).
    """

    old: str
    new: str
    swaps: Sequence[int] = ()
    drops: Sequence[tuple[int, int, str]] = ()
    adds: Sequence[tuple[int, int, str]] = ()
    table: Table = field(default=weights, init=False)

    @property
    def inverse(self) -> "Weighed":
        """Back as it was."""
        return Weighed(self.new, self.old, self.swaps, self.adds, self.drops)

    async def apply(self, connection: AsyncConnection) -> None:
        """Change the weights; a reader who has one of `new` by now keeps it."""
        reader, target = weights.c.subscriber_id, weights.c.target
        of_topics = weights.c.kind == "topic"
        for some in chunks(self.swaps):
            have = select(reader).where(reader.in_(some), of_topics, target == self.new)
            present = set((await connection.execute(have)).scalars())
            moving = [id_ for id_ in some if id_ not in present]
            await connection.execute(
                update(weights)
                .where(reader.in_(moving), of_topics, target == self.old)
                .values(target=self.new)
            )
        for some in chunks([id_ for id_, _, _ in self.drops]):
            await connection.execute(
                delete(weights).where(reader.in_(some), of_topics, target == self.old)
            )
        rows = [
            {
                "subscriber_id": id_,
                "kind": "topic",
                "target": self.new,
                "steps": steps,
                "changed_at": datetime.fromisoformat(at),
            }
            for id_, steps, at in self.adds
        ]
        if rows:
            await connection.execute(insert(connection, weights).on_conflict_do_nothing(), rows)

    def data(self) -> Data:
        """As it is kept."""
        return {
            "old": self.old,
            "new": self.new,
            "swaps": pack_ids(self.swaps),
            "drops": [list(one) for one in self.drops],
            "adds": [list(one) for one in self.adds],
        }

    @classmethod
    def read(cls, data: Data) -> "Weighed":
        """What `data` wrote."""
        return cls(
            data["old"],
            data["new"],
            unpack_ids(data["swaps"]),
            [(id_, steps, at) for id_, steps, at in data["drops"]],
            [(id_, steps, at) for id_, steps, at in data["adds"]],
        )


async def _set(connection: AsyncConnection, table: Table, name: str, rows: Sequence[Data]) -> None:
    """Give one column of each row (`number`) its `fresh` value, all in one call."""
    if rows:
        await connection.execute(
            update(table)
            .where(_number_of(table) == bindparam("number"))
            .values({name: bindparam("fresh", type_=table.c[name].type)}),
            rows,
        )


def _number_of(table: Table) -> Any:
    (number,) = table.primary_key.columns
    return number
