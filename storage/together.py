"""Questions that many ask at a time, put to the database as one.

What a question costs is hardly its rows but the way to the database and back. Those that come
while one is asked share the next, so each is asked only after it came and nobody is told of an
earlier moment than its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextvars import Context
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Together(Generic[K, V]):
    """Answers single questions by `look`, which answers several; None for what it leaves out."""

    def __init__(self, look: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._look = look
        self._page: dict[K, list[asyncio.Future[V | None]]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V | None:
        """What is found for `key`, looked up no earlier than now."""
        asked: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._page.setdefault(key, []).append(asked)
        if self._looking is None:
            # On nobody's behalf: it goes on for the others when one who asked is gone.
            self._looking = asyncio.create_task(self._run(), context=Context())
        return await asked

    async def _run(self) -> None:
        try:
            while self._page:
                page, self._page = self._page, {}
                await self._answer(page)
        finally:
            self._looking = None

    async def _answer(self, page: dict[K, list[asyncio.Future[V | None]]]) -> None:
        waiting = [(key, asked) for key, some in page.items() for asked in some]
        try:
            found = await self._look(tuple(page))
        except BaseException as error:
            for _, asked in waiting:
                if isinstance(error, Exception) and not asked.done():
                    asked.set_exception(error)
                asked.cancel()  # does nothing to one that is told
            if not isinstance(error, Exception):
                raise
            return
        for key, asked in waiting:
            if not asked.done():  # who waited may have been cancelled
                asked.set_result(found.get(key))
