"""A network that can be cut: what stands between a process and whom it speaks to."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_NOW = struct.pack("ii", 1, 0)  # closing sends a reset


class Wire:
    """Passes bytes on to a port of this machine or to a socket's path."""

    def __init__(self, target: int | str) -> None:
        self._target = target
        self._flows = asyncio.Event()
        self._flows.set()
        self._resets = False
        self._losses = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @asynccontextmanager
    async def laid(self) -> AsyncIterator["Wire"]:
        """There until the block ends."""
        await self._listen()
        try:
            yield self
        finally:
            self._flows.set()
            self.break_all()
            await self._close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- faults ---

    async def refuse(self) -> None:
        """Nobody is there: what stands is reset, what is new is refused."""
        await self._close()
        self.break_all()

    def reset(self) -> None:
        """Connections can be made, and break at once; also those that stand."""
        self._resets = True
        self.break_all()

    def hold(self) -> None:
        """Nothing arrives any more, and nobody is told."""
        self._flows.clear()

    def break_all(self) -> None:
        """Reset every connection."""
        for writer in self._writers:
            with suppress(OSError):
                writer.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, _NOW
                )
            writer.transport.abort()

    async def mend(self, *, late: bool = False) -> None:
        """All is well. What was held arrives `late`, or never."""
        self._resets = False
        if not late and not self._flows.is_set():
            self._losses += 1
            self.break_all()
        self._flows.set()
        if self._server is None:
            await self._listen()

    # --- passing on ---

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await asyncio.sleep(0)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._writers.add(writer)
        if self._resets:
            self.break_all()
        try:
            await self._pass_on(reader, writer)
        except OSError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        losses = self._losses
        await self._flowing(losses)
        if isinstance(self._target, str):
            behind = await asyncio.open_unix_connection(self._target)
        else:
            behind = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers.add(behind[1])
        ways = [
            asyncio.create_task(self._pump(reader, behind[1], losses)),
            asyncio.create_task(self._pump(behind[0], writer, losses)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._writers.discard(behind[1])
            behind[1].close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, losses: int
    ) -> None:
        while data := await reader.read(65536):
            await self._flowing(losses)
            writer.write(data)
            await writer.drain()

    async def _flowing(self, losses: int) -> None:
        """Wait until bytes pass. Raises when what came after so many `losses` is lost as well."""
        await self._flows.wait()
        if losses != self._losses:
            raise ConnectionResetError("lost on the way")
