"""Columns and topics as they are now: kept in the database, the same in every process."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Placement, Wishes
from digest.taxonomy import Column, Taxonomy, Topic, load_taxonomy
from storage.column_types import clean
from storage.database import Database
from storage.looking import Question
from storage.schema import columns, topics

ACTIVE, RETIRED, MERGED = "active", "retired", "merged"
"""States of a column or topic."""

Rows = tuple[tuple[Row[Any], ...], tuple[Row[Any], ...]]


class Taxonomies:
    """Holds the taxonomy that everybody in this process shares, and keeps it that of the database.

    Until it is first read, it is the bundled one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reading = asyncio.Lock()
        self._rows: Rows | None = None
        self.current = Taxonomy((), ())
        self.current.become(load_taxonomy())

    async def refresh(self) -> bool:
        """Take over what any process has changed; whether there was anything."""
        # A few hundred short rows: comparing them is as quick as a counter that must be kept.
        async with self._reading:
            async with self._database.read() as connection:
                rows = await read_rows(connection)
            if rows == self._rows:
                return False
            self.current.become(taxonomy_of(rows))
            self._rows = rows
            return True


async def read_rows(connection: AsyncConnection) -> Rows:
    """All columns and topics, in their order, inside the caller's transaction."""
    by_position = [
        (await connection.execute(select(table).order_by(table.c.position, table.c.id))).all()
        for table in (columns, topics)
    ]
    return tuple(by_position[0]), tuple(by_position[1])


def taxonomy_of(rows: Rows) -> Taxonomy:
    """The taxonomy that the rows say."""
    of_columns, of_topics = rows
    return Taxonomy(
        [_column(place, row) for place, row in enumerate(_in_state(ACTIVE, of_columns))],
        [_topic(row) for row in _in_state(ACTIVE, of_topics)],
        former_columns={row.id: row.merged_into for row in _in_state(MERGED, of_columns)},
        former_topics={row.id: row.merged_into for row in _in_state(MERGED, of_topics)},
        retired=[_topic(row) for row in _in_state(RETIRED, of_topics)],
    )


async def names_now(
    connection: AsyncConnection, table: Table, ids: Iterable[str]
) -> dict[str, str]:
    """Which id (of `columns` or `topics`) stands for each of `ids` today.

    Whatever is kept under an id asks this in its own transaction: it may have been chosen before
    a merge that has happened since. The rows stay as they are until the transaction ends.
    """
    wanted = tuple(ids)
    former: dict[str, str] = {}
    asked = tuple(map(clean, wanted))  # typed or forged, an id may be any text
    while asked:
        query = select(table.c.id, table.c.merged_into).where(table.c.id.in_(asked))
        rows = (await connection.execute(query.with_for_update(read=True))).all()
        fresh = {row.id: row.merged_into for row in rows if row.merged_into}
        asked = tuple(new for old, new in fresh.items() if old not in former)
        former |= fresh
    return {id_: _end_of(id_, former) for id_ in wanted}


def _end_of(id_: str, former: dict[str, str]) -> str:
    seen: set[str] = set()
    while id_ in former and id_ not in seen:
        seen.add(id_)
        id_ = former[id_]
    return id_


async def placed_now(connection: AsyncConnection, placement: Placement) -> Placement:
    """`placement`, made with the taxonomy of a moment ago, by the ids of today."""
    column = await names_now(connection, columns, (placement.column,))
    now = await names_now(connection, topics, placement.topics)
    return led_on(replace(placement, column=column[placement.column]), now)


FORMER = Question(
    select(topics.c.id, topics.c.merged_into).where(topics.c.merged_into.is_not(None))
)


async def former_topics(connection: AsyncConnection) -> dict[str, str]:
    """Which topic each of those that were merged leads to."""
    return led_to((await connection.execute(FORMER.statement)).all())


def led_to(rows: Iterable[Row[Any]]) -> dict[str, str]:
    """Where each of the rows of `FORMER` leads to in the end."""
    former = {row.id: row.merged_into for row in rows}
    return {id_: _end_of(id_, former) for id_ in former}


def led_on(placement: Placement, former: Mapping[str, str]) -> Placement:
    """`placement` with the topics that stand for its own; `former` leads from each to its own.

    Signals keep the topics that they were given once: a merge is one row, however many there are.
    """
    if not any(former.get(topic, topic) != topic for topic in placement.topics):
        return placement
    cues: dict[str, tuple[str, ...]] = {}
    for name, words in placement.cues.items():
        now = former.get(name, name)
        cues[now] = _distinct((*cues.get(now, ()), *words))
    named = _distinct(former.get(topic, topic) for topic in placement.topics)
    return replace(placement, topics=named, cues=cues)


async def wishes_now(connection: AsyncConnection, wishes: Wishes) -> Wishes:
    """`wishes`, chosen a moment ago, by the ids of today."""
    muted = [(kind, id_) for one in wishes.mutes for kind, _, id_ in (one.partition(":"),)]
    of_columns = await names_now(
        connection, columns, (*wishes.columns, *(id_ for kind, id_ in muted if kind == "column"))
    )
    of_topics = await names_now(
        connection, topics, (*wishes.topics, *(id_ for kind, id_ in muted if kind == "topic"))
    )
    now = {f"column:{old}": f"column:{new}" for old, new in of_columns.items()}
    now |= {f"topic:{old}": f"topic:{new}" for old, new in of_topics.items()}
    if all(old == new for old, new in now.items()):
        return wishes
    return replace(
        wishes,
        columns=_distinct(of_columns[one] for one in wishes.columns),
        topics=_distinct(of_topics[one] for one in wishes.topics),
        mutes=_distinct(now.get(one, one) for one in wishes.mutes),
    )


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _in_state(state: str, rows: tuple[Row[Any], ...]) -> list[Row[Any]]:
    return [row for row in rows if row.state == state]


def _column(place: int, row: Row[Any]) -> Column:
    aliases, cues = tuple(row.aliases), tuple(row.cues)
    return Column(row.id, row.zh, row.en, row.emoji, place, aliases, cues)


def _topic(row: Row[Any]) -> Topic:
    aliases, cues = tuple(row.aliases), tuple(row.cues)
    return Topic(row.id, row.zh, row.en, aliases, cues, row.column_id)
