"""Updates on their way in: kept before Telegram knows that we have them, until they are answered.

Telegram forgets an update as soon as we ask for the next. So each is written down first, and
whatever a process that was killed had not answered is answered by the next one (see
docs/decisions/0008-updates-answered-once.md). By a webhook it is the processes of the pages that
write updates down, and the one that answers collects them.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot, Update

from handlers.places import concerns_us
from storage import Storage

log = logging.getLogger(__name__)

# In hand at once; what waits beyond that waits in the table.
MOST_IN_HAND = 2_000
# Telegram lets an inline query be answered for about ten seconds.
_INLINE_LASTS = timedelta(seconds=15)


class Inbox(asyncio.Queue[object]):
    """The application's queue of updates. Set `bot` before updates are received.

    The application takes each update out at once and answers it when its turn has come. So what
    counts as in hand is what was put in and is not done; at most `most` of them, for each takes
    tens of KB: whoever receives waits meanwhile, and Telegram keeps the others.
    """

    def __init__(
        self, storage: Storage, clock: Callable[[], datetime], *, most: int = MOST_IN_HAND
    ) -> None:
        super().__init__()
        self._updates = storage.updates
        self._clock = clock
        self._most = most
        self._in_hand = 0
        self._done = asyncio.Event()
        self.bot: Bot | None = None
        # Of the last poll, and not queued yet: whether it is new.
        self._polled: dict[int, bool] = {}

    async def keep(self, updates: Sequence[Update], brought: Mapping[int, Any]) -> None:
        """Write down what one poll `brought`, in one transaction; they are queued by `put`."""
        ours = {
            one.update_id: json.dumps(brought[one.update_id])
            for one in updates
            if self._is_kept(one)
        }
        try:
            fresh = await self._updates.keep_all(ours, self._clock())
        except Exception:  # `put` tries each alone
            log.exception("%d updates are not kept", len(ours))
            return
        self._polled = {update_id: update_id in fresh for update_id in ours}

    async def put(self, item: object) -> None:
        """Write an update down and queue it; one that was written down before is dropped."""
        if isinstance(item, Update):
            if not await self._is_new(item):
                return
            while self._in_hand >= self._most:
                self._done.clear()
                await self._done.wait()
        await super().put(item)

    def put_nowait(self, item: object) -> None:
        """Queue an update; all that is put in comes by here."""
        super().put_nowait(item)
        self._in_hand += 1

    def task_done(self) -> None:
        """Say that one that was taken out is answered."""
        super().task_done()
        self._in_hand -= 1
        self._done.set()

    async def _is_new(self, update: Update) -> bool:
        polled = self._polled.pop(update.update_id, None)
        if polled is not None:
            return polled
        if not self._is_kept(update):
            return True
        try:
            return await self._updates.keep(update.update_id, update.to_json(), self._clock())
        except Exception:  # an update that cannot be kept can still be answered
            log.exception("update %d is not kept", update.update_id)
            return True

    def _is_kept(self, update: Update) -> bool:
        """Whether it is written down.

        Answers to inline queries are worth nothing after seconds, and what is said in a group and
        not to us is nobody's to write down.
        """
        return self.bot is not None and concerns_us(update, self.bot.id)

    async def replay(self) -> int:
        """Queue what earlier processes left unanswered, in its order. Returns how many."""
        left = await self._updates.unanswered()
        for payload in left:
            await super().put(Update.de_json(json.loads(payload), self.bot))
        if left:
            log.warning("%d updates of the last process are still to be answered", len(left))
        return len(left)

    async def collect(self) -> int:
        """Queue what other processes have written down since, in its order. Returns how many."""
        kept = await self._updates.take(MOST_IN_HAND)
        for one in kept:
            update = Update.de_json(json.loads(one.payload), self.bot)
            if update.inline_query is not None:
                # Answered or not, it is worth nothing to a later process.
                await self._updates.finish(one.update_id)
                if self._clock() - one.received_at > _INLINE_LASTS:
                    continue
            await super().put(update)
        return len(kept)
