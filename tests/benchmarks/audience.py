"""Readers in numbers: subscribers with their wishes, each with a collection and a saved signal."""

from datetime import datetime

from sqlalchemy import insert, text

from digest.model import ChatKind, Lang, Subscription
from storage import Storage
from storage.schema import collections, saved, subscribers, subscriptions
from storage.subscribers import _wishes_values

READERS = 100_000
FIRST_CHAT = 1_000_000
CHUNK = 2000


async def gather(storage: Storage, signals: int, now: datetime) -> None:
    """Let 100,000 readers have subscribed and saved one of the `signals` each."""
    wishes = _wishes_values(Subscription())
    for first in range(1, READERS + 1, CHUNK):
        numbers = range(first, min(first + CHUNK, READERS + 1))
        async with storage.database.write() as connection:
            await connection.execute(insert(subscribers), [_reader(one, now) for one in numbers])
            await connection.execute(
                insert(subscriptions), [wishes | {"subscriber_id": one} for one in numbers]
            )
            await connection.execute(
                insert(collections),
                [
                    {
                        "id": one,
                        "subscriber_id": one,
                        "name": "默认收藏",
                        "is_default": True,
                        "created_at": now,
                    }
                    for one in numbers
                ],
            )
            await connection.execute(
                insert(saved),
                [
                    {
                        "collection_id": one,
                        "signal_id": one % signals + 1,
                        "note": "",
                        "saved_at": now,
                    }
                    for one in numbers
                ],
            )
    if storage.database.dialect == "postgresql":
        async with storage.database.write() as connection:
            for table in ("subscribers", "collections"):
                await connection.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {READERS})")
                )
            await connection.execute(text("ANALYZE"))


def _reader(number: int, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "chat_id": FIRST_CHAT + number,
        "thread_id": 0,
        "kind": ChatKind.PRIVATE,
        "title": f"读者 {number}",
        "lang": Lang.ZH,
        "active": True,
        "reason": "",
        "next_digest_at": now,
        "considered_until": now,
        "created_at": now,
        "changed_at": now,
    }
