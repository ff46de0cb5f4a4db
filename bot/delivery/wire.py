"""Prepared bodies, written straight to the connections of an aiohttp session.

A session makes every request from nothing: address, headers, cookies, timers, an answer with all
its parts. For thousands of messages that differ in their chat alone this costs twice what sending
costs. So the head is made once for each address; the connections are the session's own, with its
names, TLS, limits and rest between requests, and aiohttp's parser reads the answers.

What went wrong says when: `certainly_not_sent` is true of every error from before the write, and
of none from after it.
"""

import asyncio
from functools import lru_cache

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.hdrs import CONTENT_LENGTH, TRANSFER_ENCODING
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

_ADDRESSES = 64
_SWITCHING, _FINAL = 101, 200


class Wire:
    """Posts bodies of JSON over the connections of `session`."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._prepared = lru_cache(_ADDRESSES)(self._prepare)

    async def post(
        self, url: str, body: bytes, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        """Send one request, once. Returns the HTTP status and the body of the answer.

        Raises aiohttp.ClientError or TimeoutError.
        """
        loop = asyncio.get_running_loop()
        until = None if limits.total is None else loop.time() + limits.total
        request, head = self._prepared(url)
        connection = await self._connected(request, limits)
        try:
            async with asyncio.timeout_at(until):
                answer = await _exchange(connection, head % len(body) + body, limits.sock_read)
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
    connection: aiohttp.connector.Connection, request: bytes, patience: float | None
) -> tuple[int, bytes]:
    """Write `request` and read its answer, each piece of which may take `patience` seconds."""
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None or transport.is_closing():
        raise aiohttp.ClientConnectionResetError("the connection was lost at once")
    protocol.set_response_params(read_until_eof=True, read_timeout=patience)
    transport.write(request)
    protocol.start_timeout()
    try:
        answer = await _read(protocol)
    except HttpProcessingError as error:
        raise aiohttp.ClientPayloadError(f"no answer in HTTP: {error.message}") from error
    except aiohttp.EofStream as error:
        raise aiohttp.ServerDisconnectedError from error
    if transport.get_write_buffer_size():
        # An answer to what was not read to its end says nothing about the next request.
        protocol.force_close()
    return answer


async def _read(protocol: ResponseHandler) -> tuple[int, bytes]:
    while True:
        message, content = await protocol.read()
        if message.code >= _FINAL or message.code == _SWITCHING:
            return message.code, await content.read()
