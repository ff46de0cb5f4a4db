"""One search for both databases: cut the query once, ask the database's own index."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.finding import (
    Match,
    Narrowing,
    Page,
    by_day,
    day_of,
    page_after,
    ranked,
    strength,
    without_repeats,
)
from digest.model import Article, Brief, Relation, Signal, SignalDraft
from digest.text.segmentation import search_query
from digest.translation.script import simplified
from storage.database import Database
from storage.schema import LIVE, articles, signal_sources, signal_topics, signals
from storage.search.postgres import TsVector
from storage.search.sqlite import Fts5
from storage.search.tables import MATCH_COLUMNS
from storage.search.terms import MAX_TERMS, document_terms, shorten
from storage.signal_rows import load_by_ids
from storage.upsert import chunks

__all__ = [
    "MAX_TERMS",
    "WINDOW",
    "Search",
    "Sought",
    "index_signal",
    "reindex_signal",
    "unindex_signal",
]

WINDOW = 300
"""Only the newest so many matches are put in order: a common word has half of all signals."""

Phrases = Sequence[Sequence[str]]

# Some hundred briefs: their plain data is enough, and much quicker than the values.
_TEXTS = (
    select(signals.c.id, signals.c.brief, articles.c.title)
    .join(articles, articles.c.id == signals.c.article_id)
    .where(signals.c.id.in_(bindparam("ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Sought:
    """One page of a search: its signals, where it stands, and whether older matches are left."""

    signals: tuple[Signal, ...]
    page: Page
    capped: bool


class Search:
    """Full-text search over live signals: all newest first, or a page in a reader's order."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Around each page of a search, for whoever measures.
        self.timing: Callable[[], AbstractContextManager[None]] = nullcontext

    async def find(
        self,
        query: str,
        *,
        column: str | None = None,
        before: int | None = None,
        limit: int = 10,
    ) -> tuple[Signal, ...]:
        """The newest signals that contain every word of `query`; quoted words side by side.

        `before` is the smallest id of the previous page. Empty for a query without words.
        """
        phrases = _phrases(query)
        if not phrases or limit <= 0:
            return ()
        async with self._database.read() as connection:
            ids = await _table(connection).find(
                connection, phrases, column=column, before=before, limit=limit
            )
            return await load_by_ids(connection, ids)

    async def near(self, words: Sequence[str], *, each: int) -> tuple[int, ...]:
        """Live signals that have some of these words, those with most of them first.

        Of each word the newest `each`: a rare one finds all that have it, a common one the latest.
        """
        votes: Counter[int] = Counter()
        async with self._database.read() as connection:
            for word in dict.fromkeys(words):
                phrases = _phrases(f'"{word}"')
                if phrases:
                    votes.update(
                        await _table(connection).find(
                            connection, phrases, column=None, before=None, limit=each
                        )
                    )
        return tuple(sorted(votes, key=lambda number: (-votes[number], -number)))

    async def ids(self, query: str, limit: int) -> tuple[int, ...]:
        """The numbers of the newest signals that `find` would give."""
        phrases = _phrases(query)
        if not phrases:
            return ()
        async with self._database.read() as connection:
            found = await _table(connection).find(
                connection, phrases, column=None, before=None, limit=limit
            )
            return tuple(found)

    async def among(self, signal_ids: Sequence[int], query: str) -> set[int]:
        """Those of the signals, in whatever state, that contain every word of `query`."""
        phrases = _phrases(query)
        found: set[int] = set()
        if not phrases:
            return found
        async with self._database.read() as connection:
            for some in chunks(signal_ids):
                found.update(await _table(connection).among(connection, phrases, some))
        return found

    async def count(self, query: str, cap: int = 1000) -> int:
        """How many signals `find` would give in all, counted no further than `cap`."""
        phrases = _phrases(query)
        if not phrases:
            return 0
        async with self._database.read() as connection:
            return await _table(connection).count(connection, phrases, cap)

    async def page(
        self, query: str, narrowing: Narrowing, *, zone: str, after: int = 0, size: int = 5
    ) -> Sought:
        """A page of what `query` finds within `narrowing`, as digest/finding.py puts it in order.

        Days are those of `zone`. `after` is the id of the last signal of the page before, 0 for
        the first page. "" finds everything; a query without words finds nothing.
        """
        with self.timing():
            return await self._page(query, narrowing, zone, after, size)

    async def _page(
        self, query: str, narrowing: Narrowing, zone: str, after: int, size: int
    ) -> Sought:
        async with self._database.read() as connection:
            phrases, matches, capped = await _spelled_window(connection, query, narrowing)
            days = by_day(without_repeats(matches), zone)
            if phrases:
                days = await _put_in_order(connection, phrases, days, after, size)
            page = page_after([match.id for match in chain.from_iterable(days)], after, size)
            return Sought(await load_by_ids(connection, page.ids), page, capped)

    async def window(self, query: str, narrowing: Narrowing) -> tuple[Match, ...]:
        """What `page` leafs through, without what only repeats a story, in no order."""
        async with self._database.read() as connection:
            _, matches, _ = await _spelled_window(connection, query, narrowing)
            return tuple(without_repeats(matches))

    async def sources_among(self, ids: Sequence[int]) -> dict[int, int]:
        """How many of these signals each source carries, by its number."""
        return await self._among(signal_sources.c.source_id, signal_sources.c.signal_id, ids)

    async def topics_among(self, ids: Sequence[int]) -> dict[str, int]:
        """How many of these signals each topic has."""
        return await self._among(signal_topics.c.topic_id, signal_topics.c.signal_id, ids)

    async def _among(self, name: Any, number: Any, ids: Sequence[int]) -> dict[Any, int]:
        found: dict[Any, int] = {}
        async with self._database.read() as connection:
            for some in chunks(ids):
                query = select(name, func.count()).where(number.in_(some)).group_by(name)
                for key, count in await connection.execute(query):
                    found[key] = found.get(key, 0) + count
        return found


async def index_signal(connection: AsyncConnection, signal_id: int, draft: SignalDraft) -> None:
    """Make a new signal findable, inside the transaction that makes it."""
    await _table(connection).index(
        connection, signal_id, document_terms(draft.article, draft.brief)
    )


async def reindex_signal(
    connection: AsyncConnection, signal_id: int, article: Article, old: Brief, new: Brief
) -> None:
    """Make a signal findable by its new brief instead of the old, in the caller's transaction."""
    await _table(connection).reindex(
        connection, signal_id, document_terms(article, old), document_terms(article, new)
    )


async def retell_signal(
    connection: AsyncConnection,
    signal_id: int,
    old: tuple[Article, Brief],
    new: tuple[Article, Brief],
) -> None:
    """As `reindex_signal`, when its article says something else too."""
    await _table(connection).reindex(
        connection, signal_id, document_terms(*old), document_terms(*new)
    )


async def unindex_signal(
    connection: AsyncConnection, signal_id: int, article: Article, brief: Brief
) -> None:
    """Let nothing find a signal any more, in the transaction that drops it."""
    await _table(connection).reindex(connection, signal_id, document_terms(article, brief), ())


async def _spelled_window(
    connection: AsyncConnection, query: str, narrowing: Narrowing
) -> tuple[Phrases, list[Match], bool]:
    """What `query` finds; written in 繁體 it finds what is written in 简体, if nothing else."""
    found: tuple[Phrases, list[Match], bool] = ((), [], False)
    for phrases in _spellings(query):
        matches, capped = await _window(connection, phrases, narrowing)
        found = (phrases, matches, capped)
        if matches:
            break
    return found


def _spellings(query: str) -> list[Phrases]:
    """The phrases of a query as it is written, one in 繁體 also in mainland words and letters."""
    if not query.strip():
        return [()]
    simple = simplified(query)
    # Only for what is traditional: a simplified 程序 would be taken for Taiwan's.
    spelt = (query,) if simple == query else (query, simplified(query, words=True), simple)
    return [phrases for one in dict.fromkeys(spelt) if (phrases := _phrases(one))]


async def _window(
    connection: AsyncConnection, phrases: Phrases, narrowing: Narrowing
) -> tuple[list[Match], bool]:
    """The newest matches, and whether there are older ones."""
    if phrases:
        among = await _ids_between(connection, narrowing)
        rows = await _table(connection).window(
            connection, phrases, narrowing, among=among, limit=WINDOW + 1
        )
    else:
        rows = await _listed(connection, narrowing, WINDOW + 1)
    return [_match(row) for row in rows[:WINDOW]], len(rows) > WINDOW


def _match(row: Row[Any]) -> Match:
    return Match(
        id=row.id,
        dated_at=row.dated_at,
        column=row.column_id,
        score=row.score,
        story_id=row.story_id,
        repeats=row.relation == Relation.DUPLICATE,
    )


async def _ids_between(
    connection: AsyncConnection, narrowing: Narrowing
) -> tuple[int, int] | None:
    """The bounds of the ids dated in the time asked for, which lets the index skip the rest."""
    if narrowing.since is None and narrowing.until is None:
        return None
    # Adding nothing keeps PostgreSQL from walking all ids to the first that is dated so.
    number = signals.c.id + 0
    query = select(func.min(number), func.max(number)).where(LIVE)
    low, high = (await connection.execute(_dated(query, narrowing))).one()
    return (low, high) if low is not None else (1, 0)


async def _listed(
    connection: AsyncConnection, narrowing: Narrowing, limit: int
) -> Sequence[Row[Any]]:
    """The newest live signals that fit, by their date; what repeats a story is left out."""
    query = select(*MATCH_COLUMNS).where(LIVE, signals.c.relation != Relation.DUPLICATE)
    query = _dated(query, narrowing)
    if narrowing.column is not None:
        query = query.where(signals.c.column_id == narrowing.column)
    if narrowing.topic is not None:
        ids = select(signal_topics.c.signal_id)
        query = query.where(
            signals.c.id.in_(ids.where(signal_topics.c.topic_id == narrowing.topic))
        )
    if narrowing.sources:
        ids = select(signal_sources.c.signal_id)
        carried = ids.where(signal_sources.c.source_id.in_(narrowing.sources))
        query = query.where(signals.c.id.in_(carried))
    query = query.order_by(signals.c.dated_at.desc(), signals.c.id.desc()).limit(limit)
    return (await connection.execute(query)).all()


def _dated(query: Any, narrowing: Narrowing) -> Any:
    if narrowing.since is not None:
        query = query.where(signals.c.dated_at >= narrowing.since)
    if narrowing.until is not None:
        query = query.where(signals.c.dated_at < narrowing.until)
    return query


async def _put_in_order(
    connection: AsyncConnection, phrases: Phrases, days: list[list[Match]], after: int, size: int
) -> list[list[Match]]:
    """`days` with those ranked that the page after `after`, and the one before it, can touch."""
    ends = list(accumulate(len(day) for day in days))
    here = day_of(days, after)
    first = (ends[here - 1] if here else 0) - size
    last = (ends[here] if ends else 0) + size
    touched = [
        place for place, end in enumerate(ends) if end >= first and end - len(days[place]) <= last
    ]
    ids = [match.id for place in touched for match in days[place]]
    strengths = await _strengths(connection, phrases, ids)
    ordered = list(days)
    for place in touched:
        ordered[place] = ranked(days[place], strengths)
    return ordered


async def _strengths(
    connection: AsyncConnection, phrases: Phrases, ids: Sequence[int]
) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in chunks(ids):
        for row in await connection.execute(_TEXTS, {"ids": list(some)}):
            brief = row.brief
            body = (*(point["text"] for point in brief["points"]), *brief.get("keywords", ()))
            found[row.id] = strength(phrases, (brief["headline"], row.title), body)
    return found


def _table(connection: AsyncConnection) -> type[Fts5] | type[TsVector]:
    return TsVector if connection.dialect.name == "postgresql" else Fts5


def _phrases(query: str) -> Sequence[Sequence[str]]:
    return [[shorten(term) for term in phrase] for phrase in search_query(query)]
