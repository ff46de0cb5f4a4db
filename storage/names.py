"""Names that articles taught: how often, by how many sources, with which other spelling."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select

from digest.model import NameSeen
from storage.database import Database
from storage.schema import learned_names
from storage.upsert import insert

MOST_KEPT = 20_000
MOST_KNOWN = 3_000
SURE_ARTICLES, SURE_SOURCES = 3, 2
"""Of so many articles, by so many sources, a name must be to be known."""
SURE_PAIRS = 2
"""Articles, of different sources, that must give both spellings of a name."""


class Names:
    """The growing part of the gazetteer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def learn(self, names: Sequence[NameSeen], source_id: int, now: datetime) -> None:
        """Count the names of one article of a source; each spelling once."""
        rows = [
            {
                "spelling": name.text,
                "kind": name.kind,
                "pair": name.pair,
                "articles": 1,
                "paired": 1 if name.pair else 0,
                "source_id": source_id,
                "pair_source_id": source_id,
                "sources": 1,
                "pair_sources": 1 if name.pair else 0,
                "seen_at": now,
            }
            # In one order, so that two processes never wait for each other's rows.
            for name in sorted({name.text: name for name in names}.values(), key=_spelling)
        ]
        if not rows:
            return
        async with self._database.write() as connection:
            statement = insert(connection, learned_names)
            changed = _changed(learned_names.c, statement.excluded)
            await connection.execute(
                statement.values(rows).on_conflict_do_update(
                    index_elements=["spelling"], set_=changed
                )
            )

    async def known(self) -> tuple[NameSeen, ...]:
        """The names that are sure by now, the most frequent first, at most `MOST_KNOWN`.

        A second spelling is given only where several sources gave the same one.
        """
        table = learned_names.c
        query = (
            select(table.spelling, table.kind, table.pair, _paired())
            .where(_sure())
            .order_by(table.articles.desc(), table.spelling)
            .limit(MOST_KNOWN)
        )
        async with self._database.read() as connection:
            return tuple(
                NameSeen(spelling, kind, pair if paired else "")
                for spelling, kind, pair, paired in await connection.execute(query)
            )

    async def forget(self, unsure_before: datetime, all_before: datetime) -> int:
        """Drop unsure names not seen since the one moment, all not seen since the other.

        Beyond `MOST_KEPT` the longest unseen go too. Returns how many went.
        """
        table = learned_names.c
        kept = (
            select(table.spelling)
            .order_by(table.seen_at.desc(), table.articles.desc(), table.spelling)
            .limit(MOST_KEPT)
        )
        old = or_(table.seen_at < all_before, and_(table.seen_at < unsure_before, ~_sure()))
        async with self._database.write() as connection:
            gone = await connection.execute(delete(learned_names).where(old))
            total = await connection.scalar(select(func.count()).select_from(learned_names)) or 0
            if total <= MOST_KEPT:
                return gone.rowcount
            more = await connection.execute(
                delete(learned_names).where(table.spelling.not_in(kept))
            )
            return gone.rowcount + more.rowcount


def _spelling(name: NameSeen) -> str:
    return name.text


def _sure() -> ColumnElement[bool]:
    table = learned_names.c
    return or_(and_(table.articles >= SURE_ARTICLES, table.sources >= SURE_SOURCES), _paired())


def _paired() -> ColumnElement[bool]:
    table = learned_names.c
    return and_(table.paired >= SURE_PAIRS, table.pair_sources >= SURE_SOURCES)


def _changed(old: Any, new: Any) -> dict[str, Any]:
    """What one more article changes of a name.

    A pair is counted on when it comes again; another one takes its place while it is unsure.
    More than two sources need not be told apart.
    """
    same = and_(new.pair != "", new.pair == old.pair)
    other = and_(new.pair != "", new.pair != old.pair, old.paired < SURE_PAIRS)
    again = and_(same, old.pair_source_id != new.source_id)
    return {
        "articles": old.articles + 1,
        "kind": case((old.kind == "", new.kind), else_=old.kind),
        "sources": case((old.source_id != new.source_id, SURE_SOURCES), else_=old.sources),
        "seen_at": new.seen_at,
        "pair": case((other, new.pair), else_=old.pair),
        "paired": case((other, 1), (same, old.paired + 1), else_=old.paired),
        "pair_source_id": case((other, new.source_id), else_=old.pair_source_id),
        "pair_sources": case((other, 1), (again, SURE_SOURCES), else_=old.pair_sources),
    }
