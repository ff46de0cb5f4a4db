"""The day in ten lines: which step is woken how often. Every step does what is due, once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot import meters

log = logging.getLogger(__name__)

STOP_S = 3.0
_LATE_S, _LATE_TURNS = 300.0, 10
_HANGS_S = 6 * 3600.0
# A step that nobody woke for so much longer than its turn was forgotten: a clock was set.
_FORGOTTEN_S = 1.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A step and how many seconds lie between its wake-ups."""

    name: str
    every_s: float
    step: Callable[[], Awaitable[Any]]


class Schedule:
    """Runs ticks on APScheduler; `nudge` wakes one early. A failing step never stops the day.

    APScheduler goes by the time of day: set back by an hour, it would hold every step for an
    hour. What it leaves alone for too long by the steady clock is woken besides.
    """

    def __init__(self, ticks: tuple[Tick, ...]) -> None:
        # By default a tick that is 1 s late is dropped without a word (measured); never here.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._ticks = {tick.name: tick for tick in ticks}
        self._locks = {tick.name: asyncio.Lock() for tick in ticks}
        self._waiting: set[str] = set()
        self._woken: dict[str, float] = {}
        self._watching: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: dict[str, float] = {}
        self._under_way: dict[str, float] = {}
        self._began = 0.0

    def start(self) -> None:
        """Begin ticking, each step once at once."""
        self._began = asyncio.get_running_loop().time()
        for tick in self._ticks.values():
            self._scheduler.add_job(
                self._tick, IntervalTrigger(seconds=tick.every_s), args=(tick.name,), id=tick.name
            )
            self.nudge(tick.name)
        self._scheduler.start()
        self._woken = dict.fromkeys(self._ticks, self._began)
        self._watching = asyncio.create_task(self._watch())

    @property
    def names(self) -> tuple[str, ...]:
        """The steps."""
        return tuple(self._ticks)

    def runs(self, name: str) -> bool:
        """Whether a step of this name is ours."""
        return name in self._ticks

    def nudge(self, name: str) -> None:
        """Wake a step now; however many nudges come while it runs, one more run follows.

        A step that this process does not run is left to those that do.
        """
        if name not in self._ticks or name in self._waiting:
            return
        self._waiting.add(name)
        task = asyncio.get_running_loop().create_task(self._run(name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def late(self) -> dict[str, float]:
        """Steps that have not ended well for far too long, and for how many seconds.

        One that fails is late after ten of its turns and five minutes. One under way may be a
        long round of honest work, so it is late only after six hours.
        """
        now = asyncio.get_running_loop().time()
        late: dict[str, float] = {}
        for name, tick in self._ticks.items():
            begun = self._under_way.get(name)
            since = now - (self._ended.get(name, self._began) if begun is None else begun)
            patience = _LATE_S + _LATE_TURNS * tick.every_s if begun is None else _HANGS_S
            if since > patience:
                late[name] = since
        return late

    async def stop(self) -> None:
        """Stop ticking; steps under way get a moment to finish, their leases outlive the rest."""
        self._scheduler.shutdown(wait=False)
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=STOP_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _tick(self, name: str) -> None:
        self._woken[name] = asyncio.get_running_loop().time()
        self.nudge(name)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_FORGOTTEN_S)
            now = asyncio.get_running_loop().time()
            for name, tick in self._ticks.items():
                if now - self._woken[name] > tick.every_s + _FORGOTTEN_S:
                    self._scheduler.reschedule_job(
                        name, trigger=IntervalTrigger(seconds=tick.every_s)
                    )
                    await self._tick(name)

    async def _run(self, name: str) -> None:
        async with self._locks[name]:
            # From here on a nudge may stand for work that this run does not see.
            self._waiting.discard(name)
            self._under_way[name] = asyncio.get_running_loop().time()
            try:
                with meters.timed(meters.STEP_TIME.labels(name)):
                    await self._ticks[name].step()
            except Exception:  # the boundary: one failed step must not end the day
                meters.STEPS.labels(name, "failed").inc()
                log.exception("step %s failed; it will be tried again", name)
            else:
                meters.STEPS.labels(name, "done").inc()
                meters.STEP_ENDED.labels(name).set_to_current_time()
                self._ended[name] = asyncio.get_running_loop().time()
            finally:
                del self._under_way[name]
