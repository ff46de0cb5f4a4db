"""How long the server waits for whoever connects: long enough for a slow line, never for ever.

The HTTP server by itself waits an hour for a request and without end for its body. Whoever sends
a byte a second on many connections would hold all that this process may open.
"""

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

from bot.web.guards import Handler

T = TypeVar("T")
_LOOK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Terms:
    """Seconds: for the first request of a connection, for the next ones, for a body.

    Proxies keep a connection for up to two minutes without using it; it must not end before,
    for the request that meets the end would be lost.
    """

    first: float = 15.0
    following: float = 150.0
    body: float = 15.0


class Patience:
    """Ends connections on which nothing is asked, and at most `most` of them are kept.

    By default half of the files that this process may open: sources, Telegram and the database
    need the others.
    """

    def __init__(self, terms: Terms | None = None, *, most: int = 0) -> None:
        self._terms = terms or Terms()
        self._most = most or _room()
        self._answered: set[web.RequestHandler] = set()
        self._ends: dict[web.RequestHandler, float] = {}

    async def body(self, reading: Awaitable[T]) -> T:
        """What is read of a request's body. Raises HTTPRequestTimeout when it does not come."""
        try:
            async with asyncio.timeout(self._terms.body):
                return await reading
        except TimeoutError:
            raise web.HTTPRequestTimeout from None

    async def answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer by `handler`; meanwhile the connection is nobody's to end."""
        connection = request.protocol
        self._answered.add(connection)
        try:
            return await handler(request)
        finally:
            self._answered.discard(connection)
            self._ends[connection] = _now() + self._terms.following

    @asynccontextmanager
    async def watching(self, server: web.Server) -> AsyncIterator[None]:
        """Look after the connections of `server` for the time of the block."""
        watch = asyncio.create_task(self._watch(server))
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    async def _watch(self, server: web.Server) -> None:
        while True:
            await asyncio.sleep(min(_LOOK_EVERY_S, self._terms.first))
            self._end(server.connections)

    def _end(self, connections: Iterable[web.RequestHandler]) -> None:
        now = _now()
        unknown = now + self._terms.first
        self._ends = {one: self._ends.get(one, unknown) for one in connections}
        quiet = sorted(self._ends.keys() - self._answered, key=self._ends.__getitem__)
        over = len(self._ends) - self._most
        for number, one in enumerate(quiet):
            if number >= over and self._ends[one] > now:
                break
            # Closed it would still wait for whoever does not read what we answered.
            if one.transport is not None:
                one.transport.abort()


PATIENCE = web.AppKey("patience", Patience)


@web.middleware
async def patient(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The first of all that surrounds a request."""
    return await request.app[PATIENCE].answering(request, handler)


def _room() -> int:
    may_open, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 65_536 if may_open == resource.RLIM_INFINITY else max(64, may_open // 2)


def _now() -> float:
    return asyncio.get_running_loop().time()
