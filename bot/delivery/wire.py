"""Prepared bodies, written straight to the connections of an aiohttp session.

A session makes every request from nothing: address, headers, cookies, timers, an answer with all
its parts. For thousands of messages that differ in their chat alone this costs twice what sending
costs. So the head is made once for each address, and one timer watches over all that is under way;
the connections are the session's own, with its names, TLS, limits and rest between requests, and
aiohttp's parser reads the answers.

What went wrong says when: `certainly_not_sent` is true of every error from before the write, and
of none from after it.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.hdrs import CONTENT_LENGTH, TRANSFER_ENCODING
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

_ADDRESSES = 64
_SWITCHING, _FINAL = 101, 200


@dataclass(slots=True, eq=False)
class _Exchange:
    """A request that was written: its answer has to begin by `until`, and to end by `at_last`."""

    protocol: ResponseHandler
    until: float
    at_last: float
    heard: Callable[[], None]
    content: aiohttp.StreamReader | None = None

    def begins(self, content: aiohttp.StreamReader) -> None:
        """The head of the answer came, and says that `content` follows."""
        self.content = content
        self.until = self.at_last
        self.heard()

    def give_up(self) -> None:
        """Let whoever reads the answer know that it does not come in time."""
        error = aiohttp.SocketTimeoutError("no answer in time")
        self.protocol.set_exception(error)
        if self.content is not None:
            self.content.set_exception(error)


class _Watch:
    """Gives up what takes too long. One timer for all, which is set anew only when it rang."""

    def __init__(self) -> None:
        self._under_way: set[_Exchange] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, one: _Exchange) -> None:
        self._under_way.add(one)
        if self._timer is None or one.until < self._timer.when():
            self._look_at(one.until)

    def end(self, one: _Exchange) -> None:
        self._under_way.discard(one)

    def _look(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for one in self._under_way:
            if one.until <= now:
                one.give_up()
        left = (one.until for one in self._under_way if one.until > now)
        self._look_at(min(left, default=math.inf))

    def _look_at(self, moment: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        # A moment that has passed meanwhile rings at once.
        rings = moment < math.inf
        self._timer = asyncio.get_running_loop().call_at(moment, self._look) if rings else None


class Wire:
    """Posts bodies of JSON over the connections of `session`."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._prepared = lru_cache(_ADDRESSES)(self._prepare)
        self._watch = _Watch()

    async def post(
        self,
        url: str,
        body: bytes,
        limits: aiohttp.ClientTimeout,
        heard: Callable[[], None] = lambda: None,
    ) -> tuple[int, bytes]:
        """Send one request, once. Returns the HTTP status and the body of the answer.

        `heard` is called as soon as an answer has begun, which may be lost all the same.
        Raises aiohttp.ClientError or TimeoutError.
        """
        at_last = _from_now(limits.total)
        request, head = self._prepared(url)
        connection = await self._connected(request, limits)
        if asyncio.get_running_loop().time() >= at_last:
            connection.release()
            raise aiohttp.ConnectionTimeoutError("no connection in time")
        try:
            until = min(_from_now(limits.sock_read), at_last)
            answer = await self._exchange(
                connection, head % len(body) + body, until, at_last, heard
            )
        except BaseException:
            connection.close()
            raise
        connection.release()
        return answer

    def _prepare(self, url: str) -> tuple[aiohttp.ClientRequest, bytes]:
        """What a session would have made of the address, and the head it would have written."""
        headers = {**self._session.headers, "Content-Type": "application/json"}
        request = aiohttp.ClientRequest("POST", URL(url), headers=headers, session=self._session)
        lines = [f"POST {request.url.raw_path_qs} HTTP/1.1"]
        framing = {CONTENT_LENGTH, TRANSFER_ENCODING}
        lines += [
            f"{name}: {text}" for name, text in request.headers.items() if name not in framing
        ]
        head = "\r\n".join(lines).replace("%", "%%")
        return request, f"{head}\r\n{CONTENT_LENGTH}: %d\r\n\r\n".encode()

    async def _connected(
        self, request: aiohttp.ClientRequest, limits: aiohttp.ClientTimeout
    ) -> aiohttp.connector.Connection:
        """A connection on which nothing waits to be read."""
        connector = self._session.connector
        if connector is None:
            raise aiohttp.ClientConnectionError("the session is closed")
        while True:
            try:
                connection = await connector.connect(request, [], limits)
            except TimeoutError as error:
                raise aiohttp.ConnectionTimeoutError("no connection in time") from error
            # What came while it rested answers nothing of ours.
            if connection.protocol is None or not len(connection.protocol):
                return connection
            connection.close()

    async def _exchange(
        self,
        connection: aiohttp.connector.Connection,
        request: bytes,
        until: float,
        at_last: float,
        heard: Callable[[], None],
    ) -> tuple[int, bytes]:
        """Write `request` and read its answer, which begins by `until` and ends by `at_last`."""
        protocol, transport = connection.protocol, connection.transport
        if protocol is None or transport is None or transport.is_closing():
            raise aiohttp.ClientConnectionResetError("the connection was lost at once")
        protocol.set_response_params(read_until_eof=True)
        transport.write(request)
        one = _Exchange(protocol, until, at_last, heard)
        self._watch.begin(one)
        try:
            answer = await _read(one)
        except HttpProcessingError as error:
            raise aiohttp.ClientPayloadError(f"no answer in HTTP: {error.message}") from error
        except aiohttp.EofStream as error:
            raise aiohttp.ServerDisconnectedError from error
        finally:
            self._watch.end(one)
        if transport.get_write_buffer_size():
            # An answer to what was not read to its end says nothing about the next request.
            protocol.force_close()
        return answer


async def _read(one: _Exchange) -> tuple[int, bytes]:
    while True:
        message, content = await one.protocol.read()
        if message.code >= _FINAL or message.code == _SWITCHING:
            break
    one.begins(content)
    if content.is_eof():
        return message.code, content.read_nowait()
    return message.code, await content.read()


def _from_now(seconds: float | None) -> float:
    return math.inf if seconds is None else asyncio.get_running_loop().time() + seconds
