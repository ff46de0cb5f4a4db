"""Fetching from hostile and slow servers: every limit, every failure by its name."""

import asyncio
import gzip
import socket
import ssl
import subprocess
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import brotli
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from bot.addresses import AddressPolicy
from bot.fetching import Fetched, Fetcher
from digest.errors import PollFailure, SourceError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
MEGABYTE = 1_000_000


class Names(AbstractResolver):
    """A name server for tests: every name leads to the addresses it is told, in turn."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002  the port's signature
    ) -> list[ResolveResult]:
        self.asked.append(host)
        address = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        found = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            ResolveResult(hostname=host, host=address, port=port, family=found, proto=0, flags=0)
        ]

    async def close(self) -> None:
        """Nothing to close."""


@asynccontextmanager
async def serving(
    handler: Handler, *, ssl_context: ssl.SSLContext | None = None
) -> AsyncIterator[TestServer]:
    application = web.Application()
    application.router.add_get("/{path:.*}", handler)
    server = TestServer(application, scheme="https" if ssl_context else "http")
    await server.start_server(ssl=ssl_context)
    try:
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def fetching(server: TestServer | None = None, **settings: object) -> AsyncIterator[Fetcher]:
    allow = (f"127.0.0.1:{server.port}",) if server else ()
    settings.setdefault("allow", AddressPolicy(allow))
    async with Fetcher(user_agent="hexin-test/1 (+https://e.test)", **settings) as fetcher:  # type: ignore[arg-type]
        yield fetcher


async def get(handler: Handler, path: str = "/", **settings: object) -> Fetched:
    async with serving(handler) as server, fetching(server, **settings) as fetcher:
        return await fetcher.fetch(str(server.make_url(path)))


async def failure(handler: Handler, path: str = "/", **settings: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await get(handler, path, **settings)
    return caught.value


async def answer(_: web.Request) -> web.StreamResponse:
    return web.Response(text="hello", headers={"ETag": '"x"', "X-Odd-Case": "Yes"})


async def test_an_answer_has_body_status_and_lower_case_headers():
    got = await get(answer, "/feed?a=1#part")

    assert (got.status, got.body, got.redirects) == (200, b"hello", ())
    assert got.headers["etag"] == '"x"'
    assert got.headers["x-odd-case"] == "Yes"
    assert got.url.endswith("/feed?a=1")
    assert got.requested_url.endswith("#part")
    assert got.elapsed_s > 0


@pytest.mark.parametrize("status", [204, 304, 404, 410, 429, 500, 503])
async def test_a_status_is_an_answer(status: int):
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Retry-After": "7"})

    got = await get(handler)

    assert got.status == status
    assert got.headers["retry-after"] == "7"


async def test_requests_are_stable_and_carry_no_cookies():
    seen: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append({name.lower(): value for name, value in request.headers.items()})
        return web.Response(headers={"Set-Cookie": "a=b; Path=/"})

    async with serving(handler) as server, fetching(server) as fetcher:
        url = str(server.make_url("/"))
        await fetcher.fetch(url)
        await fetcher.fetch(url, headers={"If-None-Match": '"x"', "Accept": "text/xml"})

    assert seen[0]["user-agent"] == "hexin-test/1 (+https://e.test)"
    assert seen[0]["accept-encoding"] == "gzip, deflate, br"
    assert "html" in seen[0]["accept"]
    assert (seen[1]["if-none-match"], seen[1]["accept"]) == ('"x"', "text/xml")
    assert not {"cookie", "referer"} & (seen[0].keys() | seen[1].keys())


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)],
)
async def test_bodies_arrive_decompressed(encoding: str, pack: Callable[[bytes], bytes]):
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(body=pack(b"plain"), headers={"Content-Encoding": encoding})

    assert (await get(handler)).body == b"plain"


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
async def test_a_decompression_bomb_stops_at_the_limit(
    encoding: str, pack: Callable[[bytes], bytes]
):
    bomb = pack(bytes(30 * MEGABYTE))
    assert len(bomb) < 100_000

    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(body=bomb, headers={"Content-Encoding": encoding})

    error = await failure(handler, max_bytes=MEGABYTE)

    assert error.code == PollFailure.TOO_LARGE


async def test_a_body_of_20_mb_is_refused_by_its_announced_length_unread():
    sent = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Length": str(20 * MEGABYTE)})
        await response.prepare(request)
        for _ in range(20):
            await response.write(bytes(MEGABYTE))
            sent += 1
        return response

    error = await failure(handler, max_bytes=3 * MEGABYTE)

    assert error.code == PollFailure.TOO_LARGE
    assert "announced" in error.detail
    assert sent < 20


async def test_an_endless_body_stops_at_the_limit():
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65_536)

    assert (await failure(handler, max_bytes=MEGABYTE)).code == PollFailure.TOO_LARGE


async def test_a_limit_may_be_set_for_one_fetch():
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(body=bytes(1_000))

    async with serving(handler) as server, fetching(server) as fetcher:
        url = str(server.make_url("/"))
        assert len((await fetcher.fetch(url, max_bytes=1_000)).body) == 1_000
        with pytest.raises(SourceError, match="too_large"):
            await fetcher.fetch(url, max_bytes=999)


async def test_a_server_that_drips_one_byte_at_a_time_is_stopped_in_time():
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b".")
            await asyncio.sleep(0.02)

    start = time.monotonic()
    error = await failure(handler, timeout_s=0.5)

    assert error.code == PollFailure.TIMEOUT
    assert time.monotonic() - start < 3


async def test_all_redirects_together_share_one_time_limit():
    async def handler(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.2)
        raise web.HTTPFound(f"/{int(request.path[1:] or 0) + 1}")

    assert (await failure(handler, timeout_s=0.5)).code == PollFailure.TIMEOUT


async def test_redirects_are_followed_and_told():
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/a":
            raise web.HTTPMovedPermanently("/b?x=1")
        if request.path == "/b":
            raise web.HTTPTemporaryRedirect("c#part")
        return web.Response(text=request.path)

    got = await get(handler, "/a")

    assert got.body == b"/c"
    assert [(status, url.rpartition("/")[2]) for status, url in got.redirects] == [
        (301, "b?x=1"),
        (307, "c"),
    ]
    assert got.url == got.redirects[-1][1]
    assert got.requested_url.endswith("/a")


async def test_five_redirects_pass_and_a_sixth_does_not():
    async def handler(request: web.Request) -> web.StreamResponse:
        left = int(request.path[1:])
        if left:
            raise web.HTTPFound(f"/{left - 1}")
        return web.Response(text="there")

    assert (await get(handler, "/5")).body == b"there"
    assert (await failure(handler, "/6")).code == PollFailure.REDIRECTS


async def test_a_redirect_without_a_target_is_an_answer():
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302)

    assert (await get(handler)).status == 302


# --- what fails ---------------------------------------------------------------------------


async def test_a_closed_port_is_a_connection_failure():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        async with fetching(allow=AddressPolicy((f"127.0.0.1:{port}",))) as fetcher:
            with pytest.raises(SourceError) as caught:
                await fetcher.fetch(f"http://127.0.0.1:{port}/")

    assert caught.value.code == PollFailure.CONNECT


@pytest.mark.parametrize(
    "answer_bytes",
    [
        b"",
        b"this is not HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ],
    ids=["nothing", "no HTTP", "cut short", "no gzip", "bad chunk"],
)
async def test_a_broken_answer_is_a_connection_failure(answer_bytes: bytes):
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer_bytes)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, fetching(allow=AddressPolicy((f"127.0.0.1:{port}",))) as fetcher:
        with pytest.raises(SourceError) as caught:
            await fetcher.fetch(f"http://127.0.0.1:{port}/")

    assert caught.value.code == PollFailure.CONNECT


async def test_a_certificate_nobody_signed_is_a_tls_failure(tmp_path: Path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(  # noqa: ASYNC221  half a second, once
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with serving(answer, ssl_context=context) as server, fetching(server) as fetcher:
        with pytest.raises(SourceError) as caught:
            await fetcher.fetch(f"https://127.0.0.1:{server.port}/")

    assert caught.value.code == PollFailure.TLS


async def test_long_headers_pass():
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(text="ok", headers={"Content-Security-Policy": "x" * 20_000})

    assert (await get(handler)).body == b"ok"
