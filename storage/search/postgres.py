"""Search by a tsvector of our own terms, with GIN.

For `ORDER BY id DESC LIMIT n` the planner likes to walk back through all ids until enough match,
which takes seconds for a rare word, or to collect every match of a common one. So we ask twice:
first among the newest signals without the index, then, if that was not enough, by the index alone.
"""

from collections.abc import Sequence

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

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


class TsVector:
    """The search table of PostgreSQL."""

    @staticmethod
    async def index(connection: AsyncConnection, signal_id: int, terms: Sequence[str]) -> None:
        """Make a signal findable by its terms."""
        await connection.execute(_INSERT, {"id": signal_id, "terms": _vector(terms)})

    @staticmethod
    async def reindex(
        connection: AsyncConnection,
        signal_id: int,
        old: Sequence[str],  # noqa: ARG004  the other database must be told
        new: Sequence[str],
    ) -> None:
        """Replace the terms of a signal."""
        await connection.execute(_UPDATE, {"id": signal_id, "terms": _vector(new)})

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
    async def count(
        connection: AsyncConnection, phrases: Sequence[Sequence[str]], cap: int
    ) -> int:
        """How many live signals contain all phrases, at most `cap`."""
        values = {"query": _query(phrases), "cap": cap}
        return await connection.scalar(_COUNT, values) or 0


async def _ids(
    connection: AsyncConnection, query: TextClause, values: dict[str, object]
) -> list[int]:
    return list((await connection.execute(query, values)).scalars())


def _vector(terms: Sequence[str]) -> str:
    return " ".join(f"{_quote(term)}:{place}" for place, term in enumerate(terms, 1))


def _query(phrases: Sequence[Sequence[str]]) -> str:
    joined = (" <-> ".join(_quote(term) for term in phrase) for phrase in phrases)
    return " & ".join(f"({phrase})" for phrase in joined)


def _quote(term: str) -> str:
    doubled = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
