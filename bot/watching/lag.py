"""How late the event loop is: a sleeper that is woken late tells how long others had the loop."""

import asyncio

from bot import meters

EVERY_S = 0.5


class LoopWatch:
    """Measures until it is stopped. `worst_s` is the longest delay since it was last asked."""

    def __init__(self) -> None:
        self._worst_s = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to measure."""
        self._task = asyncio.create_task(self._measure())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def worst_s(self) -> float:
        """The longest delay since the last call."""
        worst, self._worst_s = self._worst_s, 0.0
        return worst

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + EVERY_S
            await asyncio.sleep(EVERY_S)
            late = max(0.0, loop.time() - due)
            meters.LOOP_LAG.observe(late)
            self._worst_s = max(self._worst_s, late)
