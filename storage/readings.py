"""What was read for one reader alone: gone without a trace when nobody is left who may see it."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import SignalState
from storage.schema import articles, metadata, pasted_links, saved, signals
from storage.search import unindex_signal
from storage.signal_queries import load_article
from storage.upsert import chunks
from storage.values import read_brief


async def private_of(connection: AsyncConnection, ids: Iterable[int]) -> list[int]:
    """Which of these signals were read privately."""
    found: list[int] = []
    for some in chunks(sorted(set(ids))):
        query = select(signals.c.id).where(
            signals.c.id.in_(some), signals.c.state == SignalState.PRIVATE
        )
        found += (await connection.execute(query)).scalars()
    return found


async def drop_unowned(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """Drop those of these private readings that no reader sent or saved any more."""
    for signal_id in ids:
        owners = (
            select(table.c.signal_id).where(table.c.signal_id == signal_id).limit(1)
            for table in (pasted_links, saved)
        )
        if not [one for query in owners if (one := await connection.scalar(query))]:
            await _drop(connection, signal_id)


async def _drop(connection: AsyncConnection, signal_id: int) -> None:
    query = select(signals.c.article_id, signals.c.brief).where(signals.c.id == signal_id)
    row = (await connection.execute(query)).one()
    article = await load_article(connection, signal_id)
    if article is not None:
        await unindex_signal(connection, signal_id, article, read_brief(row.brief))
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is signals.c.id for key in column.foreign_keys):
                await connection.execute(delete(table).where(column == signal_id))
    await connection.execute(delete(signals).where(signals.c.id == signal_id))
    await connection.execute(delete(articles).where(articles.c.id == row.article_id))
