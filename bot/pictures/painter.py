"""Has pictures drawn, off the event loop, and keeps those of this hour."""

import asyncio
from collections import OrderedDict
from datetime import datetime

from bot.clock import Clock
from bot.engine.workers import WorkerPool
from bot.pictures.job import paint
from bot.pictures.stripjob import paint_strips
from digest.pictures import Picture
from digest.trendpictures import TrendPicture

AnyPicture = Picture | TrendPicture

MOST_KEPT = 64
DEADLINE_S = 30.0
MEMORY_BYTES = 1_000_000_000
_LINGER_S = 20.0


class Painter:
    """Draws in one process that is started when needed and ends soon after.

    matplotlib takes some 70 MB, which nobody needs between two looks at the numbers.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[AnyPicture, bool], bytes] = OrderedDict()
        self._hour: datetime | None = None
        self._drawing = asyncio.Lock()
        self._pool: WorkerPool | None = None
        self._ending: asyncio.Task[None] | None = None

    async def png(self, picture: AnyPicture, *, dark: bool = False) -> bytes:
        """The picture as PNG. Raises WorkerFailed when it could not be drawn."""
        self._new_hour()
        async with self._drawing:  # whoever asks for the same one meanwhile finds it kept
            found = self._kept.get((picture, dark))
            if found is None:
                found = await self._drawn(picture, dark=dark)
                self._kept[picture, dark] = found
                if len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end((picture, dark))
        return found

    async def close(self) -> None:
        """End the process."""
        if self._ending is not None:
            self._ending.cancel()
        if self._pool is not None:
            await self._pool.close()

    def _new_hour(self) -> None:
        hour = self._clock().replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._kept.clear()
            self._hour = hour

    async def _drawn(self, picture: AnyPicture, *, dark: bool) -> bytes:
        if self._pool is None:
            self._pool = WorkerPool(1, deadline_s=DEADLINE_S, memory_bytes=MEMORY_BYTES)
        elif self._ending is not None:
            self._ending.cancel()
        try:
            if isinstance(picture, TrendPicture):
                return await self._pool.run(paint_strips, (picture, dark), urgent=True)
            return await self._pool.run(paint, (picture, dark), urgent=True)
        finally:
            self._ending = asyncio.create_task(self._end())

    async def _end(self) -> None:
        await asyncio.sleep(_LINGER_S)
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()
