"""What is costly to find out and stays right for a while."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


class Lasting(Generic[T]):
    """The last answer to one question, for as long as it may be shown.

    Whoever asks while it is being found out waits for that: however many come at once, the
    database is asked once.
    """

    def __init__(self, lifetime: timedelta) -> None:
        self._lifetime = lifetime
        self._finding = asyncio.Lock()
        self._found: tuple[datetime, T] | None = None

    async def get(self, now: datetime, find: Callable[[], Awaitable[T]]) -> T:
        """The answer, by `find` when there is none of `now` yet."""
        async with self._finding:
            if self._found is None or not timedelta() <= now - self._found[0] < self._lifetime:
                self._found = now, await find()
            return self._found[1]
