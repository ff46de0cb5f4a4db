"""What was read or composed for one reader alone: gone when nobody is left who may see it."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import SignalState
from storage.article_rows import load_article
from storage.schema import (
    amendments,
    articles,
    deliveries,
    digest_mentions,
    digest_parts,
    digest_signals,
    digests,
    metadata,
    pasted_links,
    saved,
    signals,
)
from storage.search import unindex_signal
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


async def drop_unread(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """Drop those of these digests that nobody was or will be sent any more.

    One that is being planned for somebody else at this moment stays: its parts are locked.
    """
    for some in chunks(sorted(set(ids))):
        parts = select(digest_parts.c.digest_id).where(digest_parts.c.digest_id.in_(some))
        total = Counter((await connection.execute(parts)).scalars())
        free = Counter(
            (await connection.execute(parts.with_for_update(skip_locked=True))).scalars()
        )
        owed = select(deliveries.c.digest_id).where(deliveries.c.digest_id.in_(some))
        read = set((await connection.execute(owed)).scalars())
        vain = [number for number in some if number not in read and free[number] == total[number]]
        for table, column in (
            (digest_signals, digest_signals.c.digest_id),
            (digest_mentions, digest_mentions.c.digest_id),
            (amendments, amendments.c.digest_id),
            (digest_parts, digest_parts.c.digest_id),
            (digests, digests.c.id),
        ):
            await connection.execute(delete(table).where(column.in_(vain)))


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
