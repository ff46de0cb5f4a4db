"""One worker process for all tests of a test process.

Starting one takes longer than most tests that need it: it imports what reads pages and condenses
them. The pool is the bot's own. It lives on a loop of its own, for each test has another.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from bot.engine.workers import WorkerPool

T = TypeVar("T")
R = TypeVar("R")
# As they are, whatever `lending` puts in their place for a while.
_MADE, _RUN, _CLOSE = WorkerPool.__init__, WorkerPool.run, WorkerPool.close


class LentPool(WorkerPool):
    """The shared pool for one test: closing it ends the test's jobs, and no process."""

    def __init__(self) -> None:
        _MADE(self, 0)
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


@contextmanager
def lending() -> Iterator[None]:
    """Pools of the usual kind that the program makes meanwhile are lent; each must be closed."""
    lent: dict[WorkerPool, LentPool] = {}

    def make(pool: WorkerPool, size: int, **special: Any) -> None:
        _MADE(pool, size, **special)
        if not special:
            lent[pool] = LentPool()

    async def run(pool: WorkerPool, function: Any, argument: Any, **how: Any) -> Any:
        if pool in lent:
            return await lent[pool].run(function, argument, **how)
        return await _RUN(pool, function, argument, **how)

    async def close(pool: WorkerPool) -> None:
        if pool in lent:
            await lent[pool].close()
        await _CLOSE(pool)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WorkerPool, "__init__", make)
        patch.setattr(WorkerPool, "run", run)
        patch.setattr(WorkerPool, "close", close)
        yield
    assert [pool for pool, own in lent.items() if not own._closed] == []


class _Shared:
    """The pool and the thread in which it runs, once there is a first job."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._pool: WorkerPool | None = None

    def begin(self, function: Any, argument: Any, **how: Any) -> Future[Any]:
        if self._loop is None or self._pool is None:
            self._loop, self._pool = asyncio.new_event_loop(), WorkerPool.__new__(WorkerPool)
            _MADE(self._pool, 1)
            self._thread = threading.Thread(target=self._loop.run_forever, name="workers")
            self._thread.start()
        job = _RUN(self._pool, function, argument, **how)
        return asyncio.run_coroutine_threadsafe(job, self._loop)

    def end(self) -> None:
        if self._loop is None or self._pool is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(_CLOSE(self._pool), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._pool = self._thread = None


_SHARED = _Shared()
end_workers = _SHARED.end
