"""Trends are counted every minute and reported every few; everybody reads the kept report."""

from datetime import timedelta

from bot.clock import Clock
from storage import Storage

_SPEND = timedelta(seconds=45)  # of each minute, while there is a long past to count


class Trending:
    """Keeps the counts of the last weeks and the report of now."""

    def __init__(self, storage: Storage, *, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def run_due(self) -> int:
        """Count what has changed, and report when it is time. Returns what is left to be counted.

        While a long past is still being counted, nothing is reported: of what was counted in part
        nobody knows what is usual.
        """
        now = self._clock()
        trends = self._storage.trends
        await trends.counts.prepare(now)
        left = await trends.counts.count(now, spend=_SPEND)
        if not left:
            await trends.refresh(now)
        return left
