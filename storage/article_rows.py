"""Articles, read from their rows."""

from typing import Any

from sqlalchemy import (
    Row,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Article, ArticleOrigin
from storage.schema import articles, signals
from storage.values import unpack_paragraphs


async def load_article(connection: AsyncConnection, signal_id: int) -> Article | None:
    """See `SignalQueries.article`; inside the caller's transaction."""
    query = (
        select(articles)
        .join(signals, signals.c.article_id == articles.c.id)
        .where(signals.c.id == signal_id)
    )
    row = (await connection.execute(query)).first()
    return None if row is None or row.text is None else article_of(row)


def article_of(row: Row[Any]) -> Article:
    """The article of a row with the columns of `articles`, its text among them."""
    return Article(
        url=row.url,
        canonical_url=row.canonical_url,
        title=row.title,
        paragraphs=unpack_paragraphs(row.text),
        lang=row.lang,
        author=row.author,
        site=row.site,
        published_at=row.published_at,
        utc_offset_min=row.utc_offset_min,
        origin=ArticleOrigin(row.origin),
        note=row.note,
        image_url=row.image_url,
    )
