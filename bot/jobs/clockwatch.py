"""When the clock was wrong: what it wrote further ahead than can be is put right."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.clock import Clock

log = logging.getLogger(__name__)

# A clock that is set, not one that is slowed down or sped up by a time server.
_SET_S = 30.0
# Another process may have had the wrong clock.
_EVERY_S = 600.0


class ClockWatch:
    """Calls `put_right` at first, when the clock was set back, and every ten minutes.

    It is given the time and returns how much it has changed.
    """

    def __init__(self, put_right: Callable[[datetime], Awaitable[int]], *, clock: Clock) -> None:
        self._put_right = put_right
        self._clock = clock
        self._ahead: float | None = None
        self._next = float("-inf")

    async def run_due(self) -> int:
        """Look at the clock. Returns how much was put right."""
        steady = asyncio.get_running_loop().time()
        now = self._clock()
        ahead = now.timestamp() - steady
        set_back = self._ahead is not None and ahead < self._ahead - _SET_S
        if set_back:
            log.warning("the clock was set back by %.0f s", (self._ahead or 0.0) - ahead)
        if not set_back and steady < self._next:
            self._ahead = ahead
            return 0
        changed = await self._put_right(now)
        self._ahead, self._next = ahead, steady + _EVERY_S
        if changed:
            log.warning("%d moments lay too far ahead and are put right", changed)
        return changed
