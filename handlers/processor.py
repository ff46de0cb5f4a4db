"""How many updates are worked on at once: one per chat, in order, a bounded number in all.

Two taps on the same keyboard read and write the same settings, so they must not overtake each
other; people in different chats must not wait for each other.
"""

import asyncio
from collections.abc import Awaitable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

IN_FLIGHT = 64
WAITING = 4096


_waited: ContextVar[float] = ContextVar("waited", default=0.0)


@dataclass(slots=True)
class Work:
    """An update at work; `begun` by the loop's clock, `said` once something may have been sent."""

    begun: float
    said: bool = False


at_work: ContextVar[Work | None] = ContextVar("at_work", default=None)
"""The update that is answered here, None where nobody waits for an answer."""


def time_waited() -> timedelta:
    """How long the update at work had to wait for its turn, since it came in."""
    return timedelta(seconds=_waited.get())


class OrderedProcessor(BaseUpdateProcessor):
    """Runs updates of one chat one after the other, and `in_flight` chats at a time.

    `waiting` bounds the updates that have started at all; further ones queue in arrival order. It
    is far above `in_flight`, so that one chat's backlog cannot take every slot.
    """

    def __init__(self, in_flight: int = IN_FLIGHT, waiting: int = WAITING) -> None:
        super().__init__(waiting)
        self._slots = asyncio.Semaphore(in_flight)
        self._locks: dict[int, asyncio.Lock] = {}
        self._users: dict[int, int] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Await `coroutine` when it is this chat's turn."""
        key = _chat_of(update)
        loop = asyncio.get_running_loop()
        came = loop.time()
        if key is None:
            async with self._slots:
                await _done(coroutine)
            return
        # asyncio.Lock wakes its waiters first come, first served: that is the order we promise.
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._users[key] = self._users.get(key, 0) + 1
        try:
            async with lock, self._slots:
                _waited.set(loop.time() - came)
                await _done(coroutine)
        finally:
            self._users[key] -= 1
            if not self._users[key]:
                del self._users[key], self._locks[key]

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    @property
    def chats(self) -> int:
        """How many chats have an update at work or waiting."""
        return len(self._locks)


async def _done(coroutine: Awaitable[Any]) -> None:
    token = at_work.set(Work(asyncio.get_running_loop().time()))
    try:
        await coroutine
    finally:
        at_work.reset(token)


def _chat_of(update: object) -> int | None:
    if not isinstance(update, Update):
        return None
    if update.effective_chat:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user else None
