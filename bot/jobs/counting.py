"""The days are counted: today again and again, yesterday until it is settled, the past once."""

import logging

from bot.clock import Clock
from storage import Storage

log = logging.getLogger(__name__)

AT_ONCE = 10
"""Days counted in one run, so that an old database does not keep everybody waiting."""


class Counting:
    """Keeps the daily counts up to date."""

    def __init__(self, storage: Storage, *, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def run_due(self) -> int:
        """Count what is due. Returns how many days were counted."""
        numbers = self._storage.numbers
        due = await numbers.due(self._clock(), AT_ONCE)
        for day in due:
            await numbers.recount(day, self._clock())
        return len(due)
