"""A pool of worker processes whose jobs can be killed.

Pages and feeds from the open network go through C parsers that may loop for minutes or eat all
memory. A thread cannot be stopped and `ProcessPoolExecutor` cannot stop one job, so each job runs
in a process of ours that is killed at its deadline and replaced.
"""

import asyncio
import contextlib
import os
import pickle
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from bot.config import plain_environment
from bot.engine.places import Places
from bot.engine.worker import LENGTH
from digest.errors import HexinError

T = TypeVar("T")
R = TypeVar("R")

# Starting Python and importing a job's libraries, on a machine that is busy with other things.
_START_S = 60.0
_JOBS_PER_PROCESS = 1_000
# The longest that one look at the clock may count for, see `_within`.
_BEAT_S = 1.0
_CLOSE_S = 1.0
_ROOT = Path(__file__).resolve().parents[2]
# The bound is one of addresses. The allocator of a library written in Rust (rensa) would set a
# gigabyte of them aside, unused, and leave little of it to the page.
_ENVIRONMENT = {"MIMALLOC_ARENA_RESERVE": "64MiB"}


class WorkerFailed(HexinError):  # noqa: N818  the root of two outcomes
    """A job brought no result, and the process that ran it is gone."""


class WorkerTimeout(WorkerFailed):
    """The job was killed at its deadline."""


class WorkerCrashed(WorkerFailed):
    """The process ended on the job: out of memory, or a crash in a library."""


class WorkerPool:
    """At most `size` jobs at a time, each in a killable process of its own.

    Processes start with the first job that needs them. A job over its deadline (seconds of wall
    time) or over `memory_bytes` of address space costs only itself. Close the pool when done.
    """

    def __init__(
        self, size: int, *, deadline_s: float = 10.0, memory_bytes: int = 1_000_000_000
    ) -> None:
        self._deadline_s = deadline_s
        self._places = Places(size)
        # Last in, first out: one process does all the work until two jobs meet.
        self._idle = [_Worker(memory_bytes) for _ in range(size)]
        self._workers = tuple(self._idle)
        self._closed = False

    async def run(
        self,
        function: Callable[[T], R],
        argument: T,
        *,
        deadline_s: float | None = None,
        urgent: bool = False,
    ) -> R:
        """`function(argument)`, run in a worker; whatever it raises is raised here.

        The function must be importable by name; argument, result and exception must pickle. If
        its module has a function `warm_up`, that runs once per process before the first job.
        `urgent` jobs, for which a person waits, go before all others that wait for a place.
        Raises `WorkerTimeout` and `WorkerCrashed`, and RuntimeError when the pool is closed.
        """
        async with self._places.one(urgent=urgent):
            if self._closed:
                raise RuntimeError("the worker pool is closed")
            worker = self._idle.pop()
            try:
                limit_s = self._deadline_s if deadline_s is None else deadline_s
                result: R = await worker.run(function, argument, limit_s)
            finally:
                self._idle.append(worker)
        return result

    async def close(self) -> None:
        """End all processes; running jobs raise `WorkerCrashed`. May be called twice."""
        self._closed = True
        await asyncio.gather(*(worker.stop() for worker in self._workers))


class _Worker:
    """One place in the pool and the process that holds it now, if any."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._process: asyncio.subprocess.Process | None = None
        self._loaded: object = None
        self._jobs = 0
        self._ended = False

    async def run(self, function: Callable[[Any], Any], argument: Any, deadline_s: float) -> Any:
        """One job; the process is gone afterwards unless it answered in time."""
        name = f"{function.__module__}.{function.__qualname__}"
        try:
            await self._prepare(function)
            verdict, value = await _within(deadline_s, self._ask(("run", argument, deadline_s)))
        except TimeoutError as error:
            await self._kill()
            raise WorkerTimeout(f"{name} took over {deadline_s:g} s") from error
        except (EOFError, ConnectionError) as error:
            code = await self._finish()
            raise WorkerCrashed(f"{name} ended its process (status {code})") from error
        except BaseException:
            # Cancelled, or an argument that does not pickle: the pipe may hold half a message.
            await self._kill()
            raise
        self._jobs += 1
        if self._jobs >= _JOBS_PER_PROCESS:
            await self._finish()
        if verdict == "error":
            raise value
        return value

    async def stop(self) -> None:
        """End the process for good, also one that is just starting."""
        self._ended = True
        await self._finish()

    async def _finish(self) -> int | None:
        """End the process politely, then firmly; its exit status, None when there was none."""
        process = self._process
        if process is None:
            return None
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_S):
                await process.wait()
        return await self._kill()

    async def _prepare(self, function: Callable[[Any], Any]) -> None:
        """A live process that has imported the function."""
        async with asyncio.timeout(_START_S):
            if self._process is None or self._process.returncode is not None:
                await self._kill()
                await self._start()
            if self._loaded is not function:
                verdict, value = await self._ask(("load", function))
                if verdict == "error":
                    raise value
                self._loaded = function

    async def _start(self) -> None:
        self._loaded, self._jobs = None, 0
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.engine.worker",
            str(os.getpid()),
            str(self._memory_bytes),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=_ROOT,
            # A hole in a parser must not find the token lying beside it.
            env=plain_environment() | _ENVIRONMENT,
            start_new_session=True,
        )
        if self._ended:
            raise EOFError

    async def _ask(self, message: tuple[Any, ...]) -> tuple[str, Any]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise EOFError
        packed = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        process.stdin.write(LENGTH.pack(len(packed)) + packed)
        await process.stdin.drain()
        (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        answer = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301  our child's
        return str(answer[0]), answer[1]

    async def _kill(self) -> int | None:
        """End the process now and reap it; its exit status, None when there was none."""
        process, self._process = self._process, None
        if process is None:
            return None
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        # A second cancellation must not leave a zombie behind.
        return await asyncio.shield(process.wait())


async def _within(seconds: float, asking: Coroutine[Any, Any, R]) -> R:
    """What `asking` brings within so many seconds. Raises TimeoutError.

    Seconds in which this process was stopped itself (a machine that slept, a hypervisor that
    paused it) do not count: nobody could take the answer then, and the job is not to blame.
    """
    task = asyncio.create_task(asking)
    try:
        while not task.done() and seconds > 0:
            await asyncio.wait([task], timeout=min(seconds, _BEAT_S))
            seconds -= _BEAT_S
        if task.done():
            return task.result()
        raise TimeoutError
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
