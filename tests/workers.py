"""One worker process for all tests of a test process.

Starting one takes longer than most tests that need it: it imports what reads pages and condenses
them. The pool is the bot's own. It lives on a loop of its own, for each test has another.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from bot.engine.workers import WorkerPool

T = TypeVar("T")
R = TypeVar("R")


class LentPool(WorkerPool):
    """The shared pool for one test: closing it ends the test's jobs, and no process."""

    def __init__(self) -> None:
        super().__init__(0)
        self._running: set[Future[Any]] = set()

    async def run(
        self,
        function: Callable[[T], R],
        argument: T,
        *,
        deadline_s: float | None = None,
        urgent: bool = False,
    ) -> R:
        if self._closed:
            raise RuntimeError("the worker pool is closed")
        job = _SHARED.begin(function, argument, deadline_s=deadline_s, urgent=urgent)
        self._running.add(job)
        try:
            result: R = await asyncio.wrap_future(job)
        finally:
            self._running.discard(job)
        return result

    async def close(self) -> None:
        self._closed = True
        for job in tuple(self._running):
            job.cancel()


class _Shared:
    """The pool and the thread in which it runs, once there is a first job."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._pool: WorkerPool | None = None

    def begin(self, function: Any, argument: Any, **how: Any) -> Future[Any]:
        if self._loop is None or self._pool is None:
            self._loop, self._pool = asyncio.new_event_loop(), WorkerPool(1)
            self._thread = threading.Thread(target=self._loop.run_forever, name="workers")
            self._thread.start()
        job = self._pool.run(function, argument, **how)
        return asyncio.run_coroutine_threadsafe(job, self._loop)

    def end(self) -> None:
        if self._loop is None or self._pool is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._pool.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._pool = self._thread = None


_SHARED = _Shared()
end_workers = _SHARED.end
