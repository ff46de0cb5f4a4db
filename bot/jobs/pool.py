"""Work through what is due, a bounded number at a time, without waiting for the slowest."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

# How soon free places look for new things to do while others are still at work.
LOOK_AGAIN_S = 2.0


async def work_through(
    claim: Callable[[int], Awaitable[Sequence[T]]],
    work: Callable[[T], Coroutine[Any, Any, R]],
    room: int,
) -> tuple[R, ...]:
    """Claim and work until nothing is left to claim; at most `room` at once.

    `claim(n)` takes up to n things to do. A place that becomes free is filled at once, and free
    places look again every two seconds, so one slow site or engine holds up nobody. Failures
    belong into `work`'s result: what it raises ends the round.
    """
    running: set[asyncio.Task[R]] = set()
    results: list[R] = []
    try:
        while True:
            if room > len(running):
                for thing in await claim(room - len(running)):
                    running.add(asyncio.create_task(work(thing)))
            if not running:
                return tuple(results)
            done, running = await asyncio.wait(
                running, timeout=LOOK_AGAIN_S, return_when=asyncio.FIRST_COMPLETED
            )
            results += [task.result() for task in done]
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
