"""Save new signals into the collections whose rules want them."""

import asyncio
import logging
from datetime import datetime, timedelta

from bot.clock import Clock
from digest.rules import RuleIndex
from storage import Match, Storage
from storage.collections import MOST_A_DAY, MOST_SAVED

log = logging.getLogger(__name__)

_MARK = "rules.looked_until"
# Signals are numbered before they are committed, so one may show up behind another that was seen:
# each run looks a little further back. Saving twice changes nothing.
_LOOK_BACK = timedelta(minutes=5)
_MARK_EVERY = timedelta(minutes=1)
_AT_MOST_BACK = timedelta(days=7)


class RuleSaver:
    """Carries out the rules of all readers.

    Where it stands is kept in the database and moved on only after what came before is saved, so
    a crash repeats a little and loses nothing. The rules themselves are kept in memory and read
    anew only when one of them was changed.
    """

    def __init__(self, storage: Storage, *, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._version: str | None = None
        self._index = RuleIndex(())

    async def run_due(self) -> int:
        """Look at what came since the last time; returns how many signals were saved."""
        now = self._clock()
        await self._refresh()
        mark = await self._storage.meta.get(_MARK)
        since = max(datetime.fromisoformat(mark), now - _AT_MOST_BACK) if mark else now
        moment, after, count = since - _LOOK_BACK, 0, 0
        while page := await self._storage.rules.arrivals(moment, after):
            matches = [
                Match(rule.collection_id, signal.id)
                for signal in page
                for rule in self._index.wanting(signal)
            ]
            saved = await self._storage.rules.save(
                matches, now, most_saved=MOST_SAVED, most_a_day=MOST_A_DAY
            )
            count += len(saved)
            moment, after = page[-1].arrived_at, page[-1].id
        if mark is None or now - since > _MARK_EVERY:
            await self._storage.meta.set(_MARK, now.isoformat())
        if count:
            log.info("rules saved %d signals", count)
        return count

    async def _refresh(self) -> None:
        version = await self._storage.rules.version()
        if version != self._version:
            rules = await self._storage.rules.active()
            # Very many take seconds to sort in; people are answered meanwhile.
            self._index = await asyncio.to_thread(RuleIndex, rules)
            self._version = version
