"""How long articles keep their text. Signals, briefs and collections are kept for ever.

The entries that articles came from stay too, without their bodies: a source that lists an old
entry again must not bring it back as news.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select, update

from storage.database import Database
from storage.schema import (
    HAS_TEXT,
    articles,
    collection_undo_signals,
    saved,
    signals,
    translations,
)


class Retention:
    """Takes the text out of old articles that nobody has saved."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def drop_texts(self, before: datetime, limit: int = 500) -> int:
        """Drop up to `limit` texts of articles kept since before that moment, and translations.

        Whatever a reader has in a collection, or can still bring back into one, stays whole.
        """
        old = (
            select(articles.c.id)
            .where(HAS_TEXT, articles.c.created_at < before)
            .where(~_wanted(saved.c.signal_id), ~_wanted(collection_undo_signals.c.signal_id))
            .order_by(articles.c.created_at)
            .limit(limit)
        )
        async with self._database.write() as connection:
            numbers = (await connection.execute(old)).scalars().all()
            if not numbers:
                return 0
            of_them = select(signals.c.id).where(signals.c.article_id.in_(numbers))
            await connection.execute(
                delete(translations).where(translations.c.signal_id.in_(of_them))
            )
            await connection.execute(
                update(articles).where(articles.c.id.in_(numbers)).values(text=None)
            )
            return len(numbers)


def _wanted(column: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(signals.c.article_id == articles.c.id, column == signals.c.id)
