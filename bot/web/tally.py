"""How often pages are opened: counted in memory by kind of page, written down now and then.

Nothing is kept of who opened what: only that on this day so many pages of a kind were opened, by
people and apart from them by machines. A process that is killed loses the last half minute.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from bot.clock import Clock
from bot.web.miniapp.sessions import HEADER
from bot.web.readers import is_a_reading
from digest.numbers import Count
from storage import Storage

log = logging.getLogger(__name__)

EVERY_S = 30.0

# What is counted, by the route's pattern; the rest (files, probes, the staff's pages) is not.
KINDS = {
    "/": "home",
    "/s/{id}": "signal",
    "/app/s/{id}": "signal",
    "/column/{id}": "column",
    "/topic/{id}": "topic",
    "/story/{id}": "story",
    "/day/{day}": "archive",
    "/archive": "archive",
    "/archive/{month}": "archive",
    "/week/{week}": "week",
    "/week/{week}/{column}": "week",
    "/weeks": "week",
    "/c/{key}": "collection",
    "/search": "search",
    "/sources": "sources",
}


class Tally:
    """Counts what a web application has answered."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._waiting: Counter[tuple[Count, str]] = Counter()

    async def count(self, request: web.Request, response: web.StreamResponse) -> None:
        """Signal handler: count a page that was shown."""
        resource = request.match_info.route.resource
        kind = KINDS.get(resource.canonical) if resource else None
        shown = response.status in {200, 304} and request.method == "GET"
        if request.path.startswith("/app/") and not request.headers.get(HEADER):
            return  # the empty frame, which then asks for the signal
        if kind and shown and not _ahead(request):
            name = Count.OPENS if is_a_reading(request) else Count.MACHINES
            self._waiting[name, kind] += 1

    async def write(self) -> None:
        """Write down what was counted; what could not be written is tried again."""
        counted, self._waiting = self._waiting, Counter()
        today = self._storage.numbers.today(self._clock())
        try:
            await self._storage.numbers.add(today, counted)
        except Exception:  # pages are shown, counted or not
            log.exception("opened pages were not counted")
            self._waiting.update(counted)

    async def keep(self, _app: web.Application) -> AsyncIterator[None]:
        """Cleanup context of the application: write every half minute, and at the end."""
        task = asyncio.create_task(self._go_on())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await self.write()

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await self.write()


def _ahead(request: web.Request) -> bool:
    """Whether a browser asks ahead of a click: nobody has opened it yet, and no machine did."""
    return "prefetch" in request.headers.get("Sec-Purpose", "").lower()
