"""Search by FTS5: a contentless table whose row ids are signal ids."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.finding import Narrowing
from storage.column_types import UtcTime
from storage.search.tables import MATCH_COLUMNS

_INSERT = text("INSERT INTO signal_search (rowid, terms) VALUES (:id, :terms)")
# A table without content can only be told what to take out. Terms that it does not have (because
# a release cuts words otherwise) do no harm.
_DELETE = text(
    "INSERT INTO signal_search (signal_search, rowid, terms) VALUES ('delete', :id, :terms)"
)
# CROSS JOIN keeps the order: first what matches, newest first, then the signal of each.
_FIND = text(
    "SELECT f.rowid FROM signal_search f CROSS JOIN signals s ON s.id = f.rowid"
    " WHERE signal_search MATCH :query AND f.rowid < :before"
    " AND s.state = 'live' AND (:column IS NULL OR s.column_id = :column)"
    " ORDER BY f.rowid DESC LIMIT :limit"
)
_COUNT = text(
    "SELECT count(*) FROM (SELECT 1 FROM signal_search f CROSS JOIN signals s ON s.id = f.rowid"
    " WHERE signal_search MATCH :query AND s.state = 'live' LIMIT :cap)"
)
# The dates come last: reading them off the signals' own index would sort every signal first.
_WINDOW = (
    text(
        "SELECT s.id, s.dated_at, s.column_id, s.score, s.story_id, s.relation"
        " FROM signal_search f CROSS JOIN signals s ON s.id = f.rowid"
        " WHERE signal_search MATCH :query AND f.rowid BETWEEN :low AND :high"
        " AND s.state = 'live' AND (:column IS NULL OR s.column_id = :column)"
        " AND (:topic IS NULL OR EXISTS (SELECT 1 FROM signal_topics t"
        " WHERE t.signal_id = s.id AND t.topic_id = :topic))"
        " AND (:sources IS NULL OR EXISTS (SELECT 1 FROM signal_sources x"
        " WHERE x.signal_id = s.id AND x.source_id IN (SELECT value FROM json_each(:sources))))"
        " AND (:since IS NULL OR s.dated_at >= :since) AND (:until IS NULL OR s.dated_at < :until)"
        " ORDER BY f.rowid DESC LIMIT :limit"
    )
    .bindparams(bindparam("since", type_=UtcTime), bindparam("until", type_=UtcTime))
    .columns(*MATCH_COLUMNS)
)
_AMONG = text(
    "SELECT rowid FROM signal_search WHERE signal_search MATCH :query AND rowid IN :ids"
).bindparams(bindparam("ids", expanding=True))
_NEWEST = 2**63 - 1


class Fts5:
    """The search table of SQLite."""

    @staticmethod
    async def index(connection: AsyncConnection, signal_id: int, terms: Sequence[str]) -> None:
        """Make a signal findable by its terms."""
        await connection.execute(_INSERT, {"id": signal_id, "terms": " ".join(terms)})

    @staticmethod
    async def reindex(
        connection: AsyncConnection, signal_id: int, old: Sequence[str], new: Sequence[str]
    ) -> None:
        """Replace the terms of a signal."""
        await connection.execute(_DELETE, {"id": signal_id, "terms": " ".join(old)})
        await Fts5.index(connection, signal_id, new)

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
        values = {
            "query": _match(phrases),
            "before": _NEWEST if before is None else before,
            "column": column,
            "limit": limit,
        }
        return list((await connection.execute(_FIND, values)).scalars())

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
        low, high = among or (0, _NEWEST)
        values = {
            "query": _match(phrases),
            "low": low,
            "high": high,
            "column": narrowing.column,
            "topic": narrowing.topic,
            "sources": json.dumps(narrowing.sources) if narrowing.sources else None,
            "since": narrowing.since,
            "until": narrowing.until,
            "limit": limit,
        }
        return (await connection.execute(_WINDOW, values)).all()

    @staticmethod
    async def among(
        connection: AsyncConnection, phrases: Sequence[Sequence[str]], ids: Sequence[int]
    ) -> list[int]:
        """Those of `ids` that contain all phrases."""
        values = {"query": _match(phrases), "ids": list(ids)}
        return list((await connection.execute(_AMONG, values)).scalars())

    @staticmethod
    async def count(
        connection: AsyncConnection, phrases: Sequence[Sequence[str]], cap: int
    ) -> int:
        """How many live signals contain all phrases, at most `cap`."""
        values = {"query": _match(phrases), "cap": cap}
        return await connection.scalar(_COUNT, values) or 0


def _match(phrases: Sequence[Sequence[str]]) -> str:
    # Terms hold letters and digits only, but a quote would change what the query means.
    quoted = (" ".join(phrase).replace('"', "") for phrase in phrases)
    return " AND ".join(f'"{phrase}"' for phrase in quoted)
