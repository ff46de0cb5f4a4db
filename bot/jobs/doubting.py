"""Tell the staff, once, that pushes came into doubt: after a crash, or when answers were lost."""

import logging
from datetime import datetime, timedelta

from bot.clock import Clock
from handlers.staff import Staff
from storage import Storage
from storage.source_drafts import Where

log = logging.getLogger(__name__)

# A single lost answer is no news; it stands under /stats.
LEAST = 5
LOOKS_BACK = timedelta(hours=1)
GATHERED = timedelta(minutes=2)
_TOLD = "doubts.told"


class DoubtTeller:
    """Looks at what came into doubt within the last hour and was not told yet."""

    def __init__(self, storage: Storage, *, staff: Staff, clock: Clock) -> None:
        self._storage = storage
        self._staff = staff
        self._clock = clock

    async def run_due(self) -> None:
        """Tell what has gathered, once no more comes."""
        now = self._clock()
        kept = await self._storage.meta.get(_TOLD)
        told = datetime.fromisoformat(kept) if kept else now - LOOKS_BACK
        found = await self._storage.doubts.settled(max(told, now - LOOKS_BACK))
        count = sum(number for number, _ in found.values())
        if count < LEAST:
            return
        last = max(moment for _, moment in found.values())
        if now - last < GATHERED:
            return
        # Noted first: what is told twice after a crash is worse than what stands only in /stats.
        await self._storage.meta.set(_TOLD, last.isoformat())
        news = {"doubts": {kind.value: number for kind, (number, _) in found.items()}}
        places = await self._staff.places()
        where = [Where(one.chat_id, one.thread_id, one.lang) for one in places]
        await self._storage.source_news.owe(where, news, (), now)
