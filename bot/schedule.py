"""The day in ten lines: which step is woken how often. Every step does what is due, once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tick:
    """A step and how many seconds lie between its wake-ups."""

    name: str
    every_s: float
    step: Callable[[], Awaitable[Any]]


class Schedule:
    """Runs ticks on APScheduler; `nudge` wakes one early. A failing step never stops the day."""

    def __init__(self, ticks: tuple[Tick, ...]) -> None:
        # By default a tick that is 1 s late is dropped without a word (measured); never here.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._locks = {tick.name: asyncio.Lock() for tick in ticks}
        self._ticks = {tick.name: tick for tick in ticks}
        self._nudges: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Begin ticking, each step once at once."""
        for tick in self._ticks.values():
            self._scheduler.add_job(
                self._run, IntervalTrigger(seconds=tick.every_s), args=(tick.name,), id=tick.name
            )
            self.nudge(tick.name)
        self._scheduler.start()

    def nudge(self, name: str) -> None:
        """Wake a step now; several nudges while it runs become one more run."""
        waiting = self._nudges.get(name)
        if waiting is None or waiting.done():
            self._nudges[name] = asyncio.get_running_loop().create_task(self._run(name))

    async def stop(self) -> None:
        """Stop ticking and let the steps under way finish."""
        self._scheduler.shutdown(wait=False)
        for task in self._nudges.values():
            task.cancel()
        await asyncio.gather(*self._nudges.values(), return_exceptions=True)

    async def _run(self, name: str) -> None:
        async with self._locks[name]:
            try:
                await self._ticks[name].step()
            except Exception:  # the boundary: one failed step must not end the day
                log.exception("step %s failed; it will be tried again", name)
