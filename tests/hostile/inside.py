"""A place inside that nobody may reach, one outside that anybody may, and who dials what.

Both listen on one port, which counts as a port of the web here: nothing but the judgement of
the address stands between the two. Outside is 127.0.0.2, named on the allow-list; inside is
127.0.0.1 and ::1.
"""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from bot import addresses
from bot.addresses import AddressPolicy
from bot.fetching import Fetcher
from tests.hostile.nameserver import Zone, name_server

OUTSIDE = "127.0.0.2"
SECRET = "canary-of-the-inner-server"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Dialled:
    """Every address that this process connects to while it is watched, told by Python itself.

    Nothing but loopback is let through: a guard that fails here must not send packets away.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []
        self.watching = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, values: tuple[Any, ...]) -> None:
        if event != "socket.connect" or not self.watching or not isinstance(values[1], tuple):
            return
        address = str(values[1][0])
        self.seen.append((address, int(values[1][1])))
        if not address.startswith("127.") and address != "::1":
            raise ConnectionRefusedError(f"{address} is not dialled in tests")


DIALLED = Dialled()


@dataclass
class Net:
    """The two servers, the name server, and the fetcher between them."""

    fetching: Callable[[], Fetcher]
    zone: Zone
    port: int
    answers: dict[str, Handler]
    outside: list[web.Request] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fetcher = self.fetching()

    @property
    def base(self) -> str:
        return f"http://{OUTSIDE}:{self.port}"

    def wrongly_dialled(self) -> list[tuple[str, int]]:
        """Where we connected though we should not have; forgotten afterwards."""
        wrong = [one for one in DIALLED.seen if one != (OUTSIDE, self.port)]
        DIALLED.seen.clear()
        return wrong


@asynccontextmanager
async def two_places(
    monkeypatch: pytest.MonkeyPatch, *, allow: tuple[str, ...] | None = None
) -> AsyncIterator[Net]:
    port = unused_port()
    monkeypatch.setattr(addresses, "WEB_PORTS", frozenset({*addresses.WEB_PORTS, port}))
    zone = Zone()
    allowed = (f"{OUTSIDE}:{port}",) if allow is None else allow
    async with name_server(zone) as names:

        def fetching() -> Fetcher:
            return Fetcher(
                user_agent="hexin-test",
                allow=AddressPolicy(allowed),
                resolver=names,
                timeout_s=3,
                per_host_gap_s=0,
            )

        net = Net(fetching, zone, port, {})

        async def trap(request: web.Request) -> web.StreamResponse:
            net.inside.append(f"{request.host}{request.path_qs}")
            return web.Response(text=f"<p>{SECRET}</p>", content_type="text/html")

        async def site(request: web.Request) -> web.StreamResponse:
            net.outside.append(request)
            found = net.answers.get(request.path)
            return await found(request) if found else web.Response(status=404)

        runners = [
            await _serve(trap, ("127.0.0.1", "::1"), port),
            await _serve(site, (OUTSIDE,), port),
        ]
        DIALLED.seen.clear()
        DIALLED.watching = True
        try:
            async with net.fetcher:
                yield net
        finally:
            DIALLED.watching = False
            for runner in runners:
                await runner.cleanup()


async def _serve(handler: Handler, hosts: tuple[str, ...], port: int) -> web.AppRunner:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    for host in hosts:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            if host != "::1":  # machines without IPv6 have nothing there to protect
                raise
    return runner
