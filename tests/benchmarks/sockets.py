"""A server of bare sockets: cheap enough never to be what is measured."""

import asyncio
import json
import re
from typing import Protocol

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Place(Protocol):
    """What requests are brought to; it answers by `Line.say`, at once or later."""

    connections: int

    def take(self, line: "Line", path: bytes, body: bytes) -> None:
        """One whole request."""


class Line(asyncio.Protocol):
    """A connection that is kept: one request after another, each with a length or no body."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.place.connections += 1

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self.buffer) < whole:
                return
            body, self.buffer = self.buffer[end + 4 : whole], self.buffer[whole:]
            self.place.take(self, head.split(b" ", 2)[1], body)

    def say(self, raw: bytes) -> None:
        """Answer, unless the other side has gone."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(raw)


def packed(body: object) -> bytes:
    """A whole answer in HTTP with `body` as its JSON."""
    raw = json.dumps(body).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(raw) + raw
