"""One search for both databases: cut the query once, ask the database's own index."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Article, Brief, Signal, SignalDraft
from digest.text.segmentation import search_query
from storage.database import Database
from storage.search.postgres import TsVector
from storage.search.sqlite import Fts5
from storage.search.terms import MAX_TERMS, document_terms, shorten
from storage.signal_rows import load_by_ids

__all__ = ["MAX_TERMS", "Search", "index_signal", "reindex_signal"]


class Search:
    """Full-text search over live signals, the newest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

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

    async def count(self, query: str, cap: int = 1000) -> int:
        """How many signals `find` would give in all, counted no further than `cap`."""
        phrases = _phrases(query)
        if not phrases:
            return 0
        async with self._database.read() as connection:
            return await _table(connection).count(connection, phrases, cap)


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


def _table(connection: AsyncConnection) -> type[Fts5] | type[TsVector]:
    return TsVector if connection.dialect.name == "postgresql" else Fts5


def _phrases(query: str) -> Sequence[Sequence[str]]:
    return [[shorten(term) for term in phrase] for phrase in search_query(query)]
