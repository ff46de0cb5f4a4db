"""What the wire of the drills passes on, late or never."""

import asyncio

import pytest

from tests.drill.wire import Wire


@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("before", [True, False], ids=["stood before", "made meanwhile"])
@pytest.mark.parametrize("given_up", [True, False])
async def test_what_was_held_arrives_late_or_never(late: bool, before: bool, given_up: bool):
    arrived: list[bytes] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(await reader.read(9))
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server, Wire(server.sockets[0].getsockname()[1]).laid() as wire:
        if not before:
            wire.hold()
        _, writer = await asyncio.open_connection("127.0.0.1", wire.port)
        await asyncio.sleep(0.05)
        wire.hold()
        writer.write(b"x")
        await asyncio.sleep(0.05)
        if given_up:
            writer.close()
        await wire.mend(late=late)
        await asyncio.sleep(0.2)
        assert arrived.count(b"x") == late
        writer.close()
