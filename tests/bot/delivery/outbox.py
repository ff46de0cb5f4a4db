"""A real database with readers and things owed to them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from bot.clock import utc_now
from digest.model import ChatKind, DeliveryState, DigestKind, Lang
from storage import PlannedDigest, Recipient, Storage


class Outbox:
    """Readers by chat id, digests owed to them, and what became of it."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.subscribers: dict[int, int] = {}
        self._digests = 0

    async def reader(self, chat_id: int, thread_id: int = 0) -> int:
        kind = ChatKind.PRIVATE if chat_id > 0 else ChatKind.SUPERGROUP
        subscriber, _ = await self.storage.subscribers.enter(
            chat_id, thread_id, kind, f"chat {chat_id}", Lang.ZH, utc_now()
        )
        self.subscribers[chat_id] = subscriber.id
        return subscriber.id

    async def owe(
        self,
        *chat_ids: int,
        parts: int = 1,
        html: str = "",
        due: datetime | None = None,
        **to: Any,
    ) -> str:
        """Owe a new digest to the chats. Returns the text of its first part."""
        for chat_id in chat_ids:
            if chat_id not in self.subscribers:
                await self.reader(chat_id)
        self._digests += 1
        texts = [html or f"digest {self._digests} part {part}" for part in range(parts)]
        bodies = [{"text": text, "parse_mode": "HTML"} for text in texts]
        now = utc_now() - timedelta(seconds=1)
        made = await self.storage.digests.plan_instant(
            PlannedDigest(
                kind=DigestKind.INSTANT,
                group_key=f"test:{self._digests}",
                window_from=now,
                window_to=now,
                lang=Lang.ZH,
                signal_ids=(),
                parts=bodies,
                part_signals=[() for _ in bodies],
            ),
            [Recipient(self.subscribers[chat], not_before=due, **to) for chat in chat_ids],
        )
        assert made == len(chat_ids) * parts
        return texts[0]

    async def counts(self) -> dict[str, int]:
        counts = await self.storage.deliveries.counts()
        return {str(DeliveryState(state)): count for state, count in counts.items()}


@asynccontextmanager
async def an_outbox(url: str) -> AsyncIterator[Outbox]:
    """Over a migrated database."""
    storage = await Storage.open(url)
    try:
        yield Outbox(storage)
    finally:
        await storage.close()
