"""A server of bare sockets that fails in one phase of a request, and in no other."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

SENT = {
    "ok": True,
    "result": {"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "x"},
}


class Line:
    """One connection, seen from the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def request(self) -> bytes:
        """The body of the next request. Raises IncompleteReadError when the other hangs up."""
        return (await self.exchange())[1]

    async def exchange(self) -> tuple[bytes, bytes]:
        """Head and body of the next request. Raises IncompleteReadError."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
        return head, await self._reader.readexactly(int(fields.get(b"content-length", 0)))

    async def some(self, size: int) -> None:
        """The first `size` bytes of a request, no more."""
        await self._reader.readexactly(size)

    async def say(self, raw: bytes) -> None:
        """Write bytes as they are."""
        self._writer.write(raw)
        await self._writer.drain()

    async def answer(self) -> None:
        """That the message was sent."""
        raw = json.dumps(SENT).encode()
        await self.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(raw), raw))

    async def answer_last(self, status: int, body: bytes) -> None:
        """Anything, and the end of the connection."""
        head = f"HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        await self.say(head.encode() + body)

    def reset(self) -> None:
        """Break the connection off, so that the other side gets an error and no end."""
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        self._writer.transport.abort()

    def close(self) -> None:
        """End the connection in an orderly way."""
        self._writer.close()


class PlainServer:
    """Plays `play` with every connection; counts connections and what came whole."""

    def __init__(self, play: Callable[[Line], Awaitable[None]]) -> None:
        self.play = play
        self.connections = 0
        self.base_url = ""
        self._tasks: set[asyncio.Task[None] | None] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._tasks.add(asyncio.current_task())
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await self.play(Line(reader, writer))
                await asyncio.Event().wait()  # what is not closed stays open
        except asyncio.CancelledError:
            pass
        finally:
            writer.transport.abort()

    async def stop(self) -> None:
        tasks = [task for task in self._tasks if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def playing(play: Callable[[Line], Awaitable[None]]) -> AsyncIterator[PlainServer]:
    plain = PlainServer(play)
    # A small buffer, so that who does not read is felt by who writes.
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    server = await asyncio.start_server(plain.serve, sock=listening)
    plain.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield plain
    finally:
        server.close()
        await plain.stop()


@asynccontextmanager
async def nobody_home() -> AsyncIterator[str]:
    """The address of a host that does not answer: its queue of connections is full."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    callers = []
    for _ in range(4):
        caller = socket.socket()
        caller.setblocking(False)  # noqa: FBT003  the name of the method says it
        caller.connect_ex(listening.getsockname())
        callers.append(caller)
    await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        for caller in [*callers, listening]:
            caller.close()
