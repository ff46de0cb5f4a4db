"""A bell for work that waits in tables: whoever adds to it rings, whoever does it waits."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

log = logging.getLogger(__name__)


class Bell:
    """Wakes a worker early; rung ever so often while it is busy, it wakes once more."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """There is something to do."""
        self._rung.set()

    @property
    def is_rung(self) -> bool:
        """Whether somebody rang whom nobody has heard yet."""
        return self._rung.is_set()

    async def wait(self, ending: asyncio.Task[bool], timeout_s: float) -> None:
        """Until it rings, `ending` is over, or `timeout_s` seconds have passed."""
        ringing = asyncio.create_task(self._rung.wait())
        with suppress(asyncio.CancelledError):
            await asyncio.wait(
                {ringing, ending}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
            )
        ringing.cancel()
        self._rung.clear()

    async def rounds(
        self,
        what: str,
        look: Callable[[], Awaitable[None]],
        stop: asyncio.Event,
        again_s: float,
    ) -> None:
        """Look at once, and whenever it rings or `again_s` seconds are over, until `stop`.

        `what` is looked at, for the log.
        """
        self.ring()
        ending = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                await self.wait(ending, again_s)
                try:
                    await look()
                except Exception:  # the boundary: storage may be back in a moment
                    log.exception("%s could not be looked at", what)
        finally:
            ending.cancel()
