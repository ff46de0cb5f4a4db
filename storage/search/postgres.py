"""Search by a tsvector of our own terms, with GIN.

For `ORDER BY id DESC LIMIT n` the planner likes to walk back through all ids until enough match,
which takes seconds for a rare word, or to collect every match of a common one. So we ask twice:
first among the newest signals without the index, then, if that was not enough, by the index alone.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, LiteralString

from sqlalchemy import Row, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import TextualSelect

from digest.finding import Narrowing
from storage.column_types import UtcTime
from storage.search.tables import MATCH_COLUMNS

_INSERT = text("INSERT INTO signal_search (id, terms) VALUES (:id, CAST(:terms AS tsvector))")
_UPDATE = text("UPDATE signal_search SET terms = CAST(:terms AS tsvector) WHERE id = :id")
_LAST = text("SELECT max(id) FROM signal_search")
# IS TRUE hides the condition from the index.
_RECENT = text(
    "SELECT f.id FROM signal_search f JOIN signals s ON s.id = f.id"
    " WHERE f.id > :floor AND f.id < :before"
    " AND (f.terms @@ CAST(:query AS tsquery)) IS TRUE AND s.state = 'live'"
    " AND (CAST(:column AS text) IS NULL OR s.column_id = :column)"
    " ORDER BY f.id DESC LIMIT :limit"
)
_ALL = text(
    "WITH m AS MATERIALIZED"
    " (SELECT id FROM signal_search WHERE terms @@ CAST(:query AS tsquery) AND id < :before)"
    " SELECT m.id FROM m JOIN signals s ON s.id = m.id WHERE s.state = 'live'"
    " AND (CAST(:column AS text) IS NULL OR s.column_id = :column)"
    " ORDER BY m.id DESC LIMIT :limit"
)
_COUNT = text(
    "WITH m AS MATERIALIZED"
    " (SELECT id FROM signal_search WHERE terms @@ CAST(:query AS tsquery))"
    " SELECT count(*) FROM (SELECT 1 FROM m JOIN signals s ON s.id = m.id"
    " WHERE s.state = 'live' LIMIT :cap) n"
)
_WINDOW = 1000
# How many of the newest signals are looked at without the index, to learn how common words are;
# and how many at most when they turn out to be so common that this is the shorter way.
_LOOK, _LOOK_FURTHER = 1_000, 10_000


# What a reader asked for, each only where it was asked: a condition that may be switched off by
# its value would keep the planner from beginning with it.
_OF_TOPIC = " AND id IN (SELECT signal_id FROM signal_topics WHERE topic_id = :topic)"
_OF_SOURCES = (
    " AND id IN (SELECT signal_id FROM signal_sources"
    " WHERE source_id = ANY(CAST(:sources AS bigint[])))"
)
# IS TRUE hides the words from their index here as well.
_STEP = " id BETWEEN :low AND :high AND (terms @@ CAST(:query AS tsquery)) IS TRUE"
_WHOLE = " terms @@ CAST(:query AS tsquery) AND id BETWEEN :low AND :high"


@cache
def _fitting(found: LiteralString, *, topic: bool, sources: bool) -> TextualSelect:
    """The newest of `found` (a condition on the search table) that fit what a reader asked for."""
    return (
        text(
            "WITH m AS MATERIALIZED (SELECT id FROM signal_search WHERE"  # noqa: S608  constants
            + found
            + (_OF_TOPIC if topic else "")
            + (_OF_SOURCES if sources else "")
            + ") SELECT s.id, s.dated_at, s.column_id, s.score, s.story_id, s.relation"
            " FROM m JOIN signals s ON s.id = m.id WHERE s.state = 'live'"
            " AND (CAST(:column AS text) IS NULL OR s.column_id = :column)"
            " AND (CAST(:since AS timestamptz) IS NULL OR s.dated_at >= :since)"
            " AND (CAST(:until AS timestamptz) IS NULL OR s.dated_at < :until)"
            " ORDER BY s.id DESC LIMIT :limit"
        )
        .bindparams(bindparam("since", type_=UtcTime), bindparam("until", type_=UtcTime))
        .columns(*MATCH_COLUMNS)
    )


# The rows are few and named; IS TRUE keeps the planner from asking the words' index first.
_AMONG = text(
    "SELECT id FROM signal_search WHERE id IN :ids AND (terms @@ CAST(:query AS tsquery)) IS TRUE"
).bindparams(bindparam("ids", expanding=True))


class TsVector:
    """The search table of PostgreSQL."""

    @staticmethod
    async def index(connection: AsyncConnection, signal_id: int, terms: Sequence[str]) -> None:
        """Make a signal findable by its terms."""
        await connection.execute(_INSERT, {"id": signal_id, "terms": vector(terms)})

    @staticmethod
    async def reindex(
        connection: AsyncConnection,
        signal_id: int,
        old: Sequence[str],  # noqa: ARG004  the other database must be told
        new: Sequence[str],
    ) -> None:
        """Replace the terms of a signal."""
        await connection.execute(_UPDATE, {"id": signal_id, "terms": vector(new)})

    @staticmethod
    async def find(
        connection: AsyncConnection,
        phrases: Sequence[Sequence[str]],
        *,
        column: str | None,
        before: int | None,
        limit: int,
    ) -> list[int]:
        """The ids of live signals that contain all phrases, newest first."""
        end = (await connection.scalar(_LAST) or 0) + 1
        if before is not None:
            end = min(before, end)
        values = {"query": _query(phrases), "before": end, "column": column, "limit": limit}
        floor = end - 1 - _WINDOW
        found = await _ids(connection, _RECENT, values | {"floor": floor})
        if len(found) < limit and floor > 0:
            found = await _ids(connection, _ALL, values)
        return found

    @staticmethod
    async def window(
        connection: AsyncConnection,
        phrases: Sequence[Sequence[str]],
        narrowing: Narrowing,
        *,
        among: tuple[int, int] | None,
        limit: int,
    ) -> Sequence[Row[Any]]:
        """The newest live signals that contain all phrases and fit, as rows of MATCH_COLUMNS.

        `among` bounds their ids.
        """
        newest = await connection.scalar(_LAST) or 0
        low, high = among or (0, newest)
        high = min(high, newest)
        values: dict[str, object] = {
            "query": _query(phrases),
            "high": high,
            "column": narrowing.column,
            "since": narrowing.since,
            "until": narrowing.until,
            "limit": limit,
        }
        asked: dict[str, object] = {}
        if narrowing.topic is not None:
            asked["topic"] = narrowing.topic
        if narrowing.sources:
            asked["sources"] = list(narrowing.sources)
        values |= asked
        step, whole = (
            _fitting(found, topic="topic" in asked, sources="sources" in asked)
            for found in (_STEP, _WHOLE)
        )
        look = _LOOK
        while look:
            floor = max(low, high - look)
            rows = (await connection.execute(step, values | {"low": floor})).all()
            if len(rows) >= limit or floor <= low:
                return rows
            look = _further(look, len(rows), limit)
        return (await connection.execute(whole, values | {"low": low})).all()

    @staticmethod
    async def among(
        connection: AsyncConnection, phrases: Sequence[Sequence[str]], ids: Sequence[int]
    ) -> list[int]:
        """Those of `ids` that contain all phrases."""
        values = {"query": _query(phrases), "ids": list(ids)}
        return list((await connection.execute(_AMONG, values)).scalars())

    @staticmethod
    async def count(
        connection: AsyncConnection, phrases: Sequence[Sequence[str]], cap: int
    ) -> int:
        """How many live signals contain all phrases, at most `cap`."""
        values = {"query": _query(phrases), "cap": cap}
        return await connection.scalar(_COUNT, values) or 0


def _further(looked: int, found: int, limit: int) -> int:
    """How many signals to look at next for `limit` finds; 0 when the index is the shorter way."""
    needed = looked * limit * 5 // (4 * found) if found else 0
    return needed if looked < needed <= _LOOK_FURTHER else 0


async def _ids(
    connection: AsyncConnection, query: TextClause, values: dict[str, object]
) -> list[int]:
    return list((await connection.execute(query, values)).scalars())


def vector(terms: Sequence[str]) -> str:
    """The terms, in their order, as a tsvector is written."""
    return " ".join(f"{_quote(term)}:{place}" for place, term in enumerate(terms, 1))


def _query(phrases: Sequence[Sequence[str]]) -> str:
    joined = (" <-> ".join(_quote(term) for term in phrase) for phrase in phrases)
    return " & ".join(f"({phrase})" for phrase in joined)


def _quote(term: str) -> str:
    doubled = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
