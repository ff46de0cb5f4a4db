"""Every address under which an article was met, so that none is read twice."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.identity import canonical_url
from storage.schema import articles, signal_addresses, signals
from storage.upsert import insert


def url_key(url: str) -> str:
    """A key of fixed length for an address of any length, which an index could not hold."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


async def signal_at(connection: AsyncConnection, urls: Sequence[str]) -> int | None:
    """The signal of the article at the first of these canonical addresses that has one."""
    keys = [url_key(url) for url in urls]
    found: dict[str, int] = {}
    by_alias: Any = select(signal_addresses.c.url_key, signal_addresses.c.signal_id).where(
        signal_addresses.c.url_key.in_(keys)
    )
    by_own: Any = (
        select(articles.c.url_key, signals.c.id)
        .join(signals, signals.c.article_id == articles.c.id)
        .where(articles.c.url_key.in_(keys))
    )
    for query in (by_alias, by_own):  # what an article calls itself counts most
        found |= {row[0]: row[1] for row in await connection.execute(query)}
    return next((found[key] for key in keys if key in found), None)


async def note_addresses(connection: AsyncConnection, signal_id: int, urls: Iterable[str]) -> None:
    """Remember that the article of a signal was met at these addresses; the first one stays."""
    keys = dict.fromkeys(url_key(canonical_url(url)) for url in urls if url)
    if keys:
        await connection.execute(
            insert(connection, signal_addresses)
            .values([{"url_key": key, "signal_id": signal_id} for key in keys])
            .on_conflict_do_nothing()
        )
