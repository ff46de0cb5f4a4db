"""A real name server on loopback, and a resolver that asks it over the wire: UDP, RFC 1035.

Names and what they lead to are in the hands of the test, as they are in an attacker's.
"""

import asyncio
import secrets
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import cast

from aiohttp.abc import AbstractResolver, ResolveResult

from bot.fetching import DaemonResolver

A, CNAME, AAAA = 1, 5, 28
_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
_ANSWERS_AND_IS_ASKED = 0x8580
_NO_SUCH_NAME = 3

Rule = Callable[[str], Sequence[str] | None]


@dataclass
class Zone:
    """What the server says: by name, one list of answers per question, the last for ever.

    An answer is an address, or another name to go on with. `rule` answers for whole families
    of names ("10.0.0.1.wild.test").
    """

    names: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    rule: Rule = lambda _: None
    asked: list[str] = field(default_factory=list)

    def answers(self, name: str) -> Sequence[str] | None:
        self.asked.append(name)
        turns = self.names.get(name.rstrip("."))
        if turns is None:
            return self.rule(name.rstrip("."))
        return turns.pop(0) if len(turns) > 1 else turns[0]


class _Server(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone) -> None:
        self._zone = zone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # No isinstance here: Python 3.11's own datagram transport fails it.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        name, end = _name(data, _HEADER.size)
        found = self._zone.answers(name.lower())
        records = b"".join(_record(one) for one in found or ())
        flags = _ANSWERS_AND_IS_ASKED | (_NO_SUCH_NAME if found is None else 0)
        header = _HEADER.pack(_HEADER.unpack_from(data)[0], flags, 1, len(found or ()), 0, 0)
        self._transport.sendto(header + data[_HEADER.size : end + 4] + records, addr)


def _record(answer: str) -> bytes:
    try:
        address = ip_address(answer)
    except ValueError:
        kind, value = CNAME, _packed(answer)
    else:
        kind, value = (A if address.version == 4 else AAAA), address.packed
    return b"\xc0\x0c" + _RECORD.pack(kind, 1, 0, len(value)) + value


def _packed(name: str) -> bytes:
    labels = (label.encode() for label in name.rstrip(".").split("."))
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\0"


def _name(data: bytes, at: int) -> tuple[str, int]:
    labels = []
    while length := data[at]:
        labels.append(data[at + 1 : at + 1 + length].decode("latin-1"))
        at += 1 + length
    return ".".join(labels), at + 1


@asynccontextmanager
async def name_server(zone: Zone) -> AsyncIterator["Asking"]:
    """The server, answering on loopback, and what asks it."""
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Server(zone), local_addr=("127.0.0.1", 0)
    )
    yield Asking(transport.get_extra_info("sockname")[1])
    transport.close()


class Asking(AbstractResolver):
    """Asks the server on that port; what libc takes for an address by itself, libc is asked for.

    ("127.1", "0x7f000001" and "localhost" reach no name server on a real machine either.)
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._system = DaemonResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if not host.rstrip(".").endswith(".test"):
            return await self._system.resolve(host, port, family)
        found: list[str] = []
        wanted = [host]
        for _ in range(8):
            if not wanted:
                break
            for answer in await self._ask(wanted.pop()):
                _sort(answer, found, wanted)
        if not found:
            raise OSError(None, f"no address for {host}")
        return [_result(host, one, port) for one in found]

    async def _ask(self, name: str) -> list[str]:
        if name == "localhost":
            return ["127.0.0.1", "::1"]
        loop = asyncio.get_running_loop()
        number = secrets.randbelow(1 << 16)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.setblocking(False)  # noqa: FBT003  the socket's own signature
            question = _packed(name) + struct.pack("!HH", A, 1)
            request = _HEADER.pack(number, 0x0100, 1, 0, 0, 0) + question
            await loop.sock_sendto(asking, request, ("127.0.0.1", self._port))
            async with asyncio.timeout(2):
                data = await loop.sock_recv(asking, 4096)
        return list(_read(data, len(question)))

    async def close(self) -> None:
        """Nothing is held."""


def _read(data: bytes, question: int) -> Iterator[str]:
    count = _HEADER.unpack_from(data)[3]
    at = _HEADER.size + question
    for _ in range(count):
        kind, _, _, length = _RECORD.unpack_from(data, at + 2)
        at += 2 + _RECORD.size
        value = data[at : at + length]
        at += length
        yield _name(value, 0)[0] if kind == CNAME else str(ip_address(value))


def _sort(answer: str, found: list[str], wanted: list[str]) -> None:
    try:
        ip_address(answer)
    except ValueError:
        wanted.append(answer)
    else:
        found.append(answer)


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
