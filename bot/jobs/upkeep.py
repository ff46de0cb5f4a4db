"""What has to be tidied now and then: leases of the dead, old update ids."""

import logging
from datetime import timedelta

from bot.clock import Clock
from storage import Storage

log = logging.getLogger(__name__)

UPDATES_KEPT = timedelta(days=2)


class Upkeep:
    """Returns what a crashed process had claimed and forgets what nobody asks for again."""

    def __init__(self, storage: Storage, *, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def recover(self) -> None:
        """Give back expired claims; what may have been sent becomes `unknown`."""
        back, unknown = await self._storage.deliveries.recover(self._clock(), None)
        if back or unknown:
            log.warning("recovered deliveries: %d given back, %d unknown", back, unknown)

    async def forget(self) -> None:
        """Drop update ids that Telegram can no longer repeat (it keeps updates for 24 h)."""
        await self._storage.updates.forget_before(self._clock() - UPDATES_KEPT)
