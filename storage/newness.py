"""What signals add to their stories: read from what the others tell, written with each signal.

A signal is compared when it is read (bot/jobs/reading.py), and again when who tells its story
changed: others were shown or hidden, an editor moved it, or its own brief is another one. What
was said to be an update without being compared stays what it was said to be.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Adds, Kind, Relation
from digest.newness import Account, account_of, relate
from storage.article_rows import article_of
from storage.database import Database
from storage.schema import articles, signals
from storage.storylines import first_and_last
from storage.values import adds_data, read_adds, read_brief

if TYPE_CHECKING:
    from storage.acts import Act

MOST_TOLD = 12
"""So many signals of a story a new one is compared with: how it began, and the latest."""

MOST_AGAIN = 24
"""So many of the newest are compared again when a story changed."""

_T = TypeVar("_T")
_BEGINNING = 2
_READ_AGAIN = MOST_AGAIN + MOST_TOLD
_COLUMNS: tuple[Any, ...] = (
    signals.c.id.label("signal_id"),
    signals.c.relation,
    signals.c.adds,
    signals.c.kind,
    signals.c.brief,
    signals.c.dated_at,
    articles,
)


class Newness:
    """Questions about what stories have told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def told(self, signal_id: int) -> tuple[Account, ...]:
        """What a signal and the live ones of its story tell; none for one that is unknown."""
        async with self._database.read() as connection:
            query = select(signals.c.story_id).where(signals.c.id == signal_id)
            story_id = await connection.scalar(query)
            mine = signals.c.id == signal_id
            if story_id is None:
                return await _accounts(connection, mine)
            ids = await _chosen(connection, story_id, ())
            return await _accounts(connection, signals.c.id.in_({*ids, signal_id}))


async def retell_story(act: "Act", story_id: int, moved: Collection[int] = ()) -> None:
    """Compare the live signals of a story again, each with those before it.

    Only those that were compared, and those that an editor `moved`; who leads is not touched.
    """
    # The rest is neither compared again nor compared with.
    ids = await first_and_last(act.connection, story_id, _BEGINNING, _READ_AGAIN - _BEGINNING)
    rows = (await act.connection.execute(_rows(signals.c.id.in_(ids)))).all()
    told: list[Account] = []
    for place, row in enumerate(rows):
        mine = _account(row)
        compared = row.adds is not None or row.signal_id in moved
        if told and compared and row.relation != Relation.LEAD and len(rows) - place <= MOST_AGAIN:
            relation, adds = relate(mine, _most(told))
            if row.relation != relation or read_adds(row.adds) != adds:
                await act.update(
                    signals, {"id": row.signal_id}, relation=relation.value, adds=adds_data(adds)
                )
        told.append(mine)


async def tell_anew(connection: AsyncConnection, signal_id: int) -> None:
    """After a brief became another one: what it adds, by its own points and numbers."""
    found = (await connection.execute(_rows(signals.c.id == signal_id))).first()
    if found is None or found.adds is None:
        return
    adds = await _adds(connection, found)
    await connection.execute(
        update(signals).where(signals.c.id == signal_id).values(adds=adds_data(adds))
    )


async def _adds(connection: AsyncConnection, row: Row[Any]) -> Adds | None:
    query = select(signals.c.story_id).where(signals.c.id == row.signal_id)
    story_id = await connection.scalar(query)
    if story_id is None:
        return None
    ids = await _chosen(connection, story_id, (row.signal_id,))
    told = await _accounts(connection, signals.c.id.in_(ids))
    mine = _account(row)
    return relate(mine, [one for one in told if _order(one) < _order(mine)])[1]


async def _chosen(
    connection: AsyncConnection, story_id: int, without: Collection[int]
) -> Sequence[int]:
    """The live signals of a story to compare with: its first, and its latest."""
    spare = len(without)
    ids = await first_and_last(
        connection, story_id, _BEGINNING + spare, MOST_TOLD - _BEGINNING + spare
    )
    return _most([number for number in ids if number not in without])


def _most(ordered: Sequence[_T]) -> Sequence[_T]:
    if len(ordered) <= MOST_TOLD:
        return ordered
    return (*ordered[:_BEGINNING], *ordered[_BEGINNING - MOST_TOLD :])


async def _accounts(
    connection: AsyncConnection, which: ColumnElement[bool]
) -> tuple[Account, ...]:
    rows: Iterable[Row[Any]] = await connection.execute(_rows(which))
    return tuple(_account(row) for row in rows)


def _rows(which: ColumnElement[bool]) -> Any:
    return (
        select(*_COLUMNS)
        .join(articles, articles.c.id == signals.c.article_id)
        .where(which)
        .order_by(signals.c.dated_at, signals.c.id)
    )


def _account(row: Row[Any]) -> Account:
    return account_of(
        row.signal_id,
        article_of(row) if row.text is not None else None,
        read_brief(row.brief),
        title=row.title,
        lang=row.lang,
        kind=Kind(row.kind),
        at=row.dated_at,
    )


def _order(account: Account) -> tuple[Any, int]:
    return account.at, account.signal_id
