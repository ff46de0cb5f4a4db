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
from bot.fetching import DaemonResolver, Fetched, Fetcher
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


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "javascript:alert(1)",
        "http://user:secret@example.com/",
        "http://127.0.0.1/",
        "http://[::1]:443/",
        "http://169.254.169.254/latest/meta-data/",
        "http://1.1.1.1:22/",
    ],
)
async def test_a_redirect_to_where_we_may_not_go_is_refused(target: str):
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": target})

    assert (await failure(handler)).code == PollFailure.REFUSED


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://１２７．０．０．１/",
        "http://1.1.1.1:6379/",
        "https://user@example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com/",
        "example.com",
        "http:///path",
        "http://[::1",
        "",
    ],
)
async def test_an_address_we_may_not_fetch_is_refused_in_every_spelling(url: str):
    async with fetching() as fetcher:
        with pytest.raises(SourceError) as caught:
            await fetcher.fetch(url)

    assert caught.value.code in {PollFailure.REFUSED, PollFailure.DNS}


async def test_a_public_name_that_leads_inside_is_refused():
    async with fetching(resolver=Names("127.0.0.1")) as fetcher:
        with pytest.raises(SourceError) as caught:
            await fetcher.fetch("http://innocent.example/")

    assert caught.value.code == PollFailure.REFUSED
    assert "127.0.0.1" in caught.value.detail


async def test_a_name_that_changes_its_mind_is_refused_at_the_redirect():
    async def handler(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("http://rebinding.example/secret")

    async with serving(handler) as server:
        names = Names("127.0.0.1", "10.0.0.1")
        async with fetching(server, resolver=names) as fetcher:
            with pytest.raises(SourceError) as caught:
                await fetcher.fetch(f"http://rebinding.example:{server.port}/")

    assert caught.value.code == PollFailure.REFUSED
    assert names.asked == ["rebinding.example", "rebinding.example"]


async def test_international_names_are_asked_for_in_their_own_form():
    async with serving(answer) as server:
        names = Names("127.0.0.1")
        async with fetching(server, resolver=names) as fetcher:
            got = await fetcher.fetch(f"http://例え.テスト:{server.port}/日本?q=語")

    assert got.body == b"hello"
    assert names.asked == ["xn--r8jz45g.xn--zckzah"]


async def test_an_unknown_name_fails_fast_by_name():
    class NoNames(Names):
        async def resolve(self, *_: object, **__: object) -> list[ResolveResult]:
            raise OSError(None, "Name or service not known")

    async with fetching(resolver=NoNames("")) as fetcher:
        with pytest.raises(SourceError) as caught:
            await fetcher.fetch("https://nowhere.example/")

    assert caught.value.code == PollFailure.DNS


async def test_the_real_name_lookup_finds_localhost_and_not_the_impossible():
    resolver = DaemonResolver()

    found = await resolver.resolve("localhost", 80, socket.AF_INET)
    assert {entry["host"] for entry in found} == {"127.0.0.1"}
    for name in ("x" * 70 + ".example", "does-not-exist.invalid"):
        with pytest.raises(OSError, match=r".+"):
            await resolver.resolve(name, 80)


async def test_a_name_server_that_never_answers_does_not_hold_us_up(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("bot.fetching._LOOKUP_S", 0.05)
    monkeypatch.setattr("bot.fetching.socket.getaddrinfo", lambda *_, **__: time.sleep(0.5) or [])
    async with fetching() as fetcher:
        with pytest.raises(SourceError) as caught:
            await fetcher.fetch("https://slow.example/")

    assert caught.value.code == PollFailure.DNS


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


async def test_one_host_sees_one_request_at_a_time_with_a_pause_between_starts():
    starts: list[float] = []
    running = most = 0

    async def handler(_: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        starts.append(time.monotonic())
        await asyncio.sleep(0.02)
        running -= 1
        return web.Response()

    async with serving(handler) as server:
        names = Names("127.0.0.1")
        async with fetching(server, resolver=names, per_host_gap_s=0.15) as fetcher:
            url = f"http://one.example:{server.port}/"
            begun = time.monotonic()
            await asyncio.gather(*(fetcher.fetch(url) for _ in range(3)))

    assert most == 1
    assert starts[-1] - begun >= 0.3


async def test_our_own_server_is_not_made_to_wait():
    async with serving(answer) as server, fetching(server, per_host_gap_s=5) as fetcher:
        start = time.monotonic()
        for _ in range(3):
            await fetcher.fetch(str(server.make_url("/")))

    assert time.monotonic() - start < 2


async def test_different_hosts_go_side_by_side_up_to_the_total():
    running = most = 0

    async def handler(_: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.1)
        running -= 1
        return web.Response()

    async with serving(handler) as server:
        names = Names("127.0.0.1")
        async with fetching(server, resolver=names, total=3) as fetcher:
            urls = [f"http://h{number}.example:{server.port}/" for number in range(8)]
            await asyncio.gather(*(fetcher.fetch(url) for url in urls))

    assert most == 3


async def test_a_host_that_said_429_gets_more_air(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.fetching._WARNED_GAP_S", 0.4)
    starts: list[float] = []

    async def handler(_: web.Request) -> web.StreamResponse:
        starts.append(time.monotonic())
        return web.Response(status=429)

    async with serving(handler) as server, fetching(server) as fetcher:
        url = str(server.make_url("/"))
        begun = time.monotonic()
        await fetcher.fetch(url)
        await fetcher.fetch(url)

    assert starts[1] - begun >= 0.4


async def test_a_failed_fetch_leaves_its_host_free_for_the_next():
    calls = 0

    async def handler(_: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        if calls == 1:
            await asyncio.sleep(5)
        return web.Response(text="back")

    async with serving(handler) as server, fetching(server, timeout_s=0.2) as fetcher:
        url = str(server.make_url("/"))
        with pytest.raises(SourceError, match="timeout"):
            await fetcher.fetch(url)
        assert (await fetcher.fetch(url)).body == b"back"


async def test_hosts_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.fetching._REMEMBERED_HOSTS", 3)
    async with (
        serving(answer) as server,
        fetching(server, resolver=Names("127.0.0.1")) as fetcher,
    ):
        loop = asyncio.get_running_loop()
        for number in range(6):
            await fetcher.fetch(f"http://h{number}.example:{server.port}/")
            for host in fetcher._hosts.values():
                host.last_start = loop.time() - 120

        assert len(fetcher._hosts) <= 3


async def test_a_closed_fetcher_says_so():
    fetcher = Fetcher(user_agent="x", allow=AddressPolicy())

    with pytest.raises(RuntimeError, match="not open"):
        await fetcher.fetch("https://example.com/")


async def test_own_headers_stay_on_the_host_they_are_for():
    seen: list[tuple[str, str, str]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        sent = request.headers
        seen.append((request.path, sent.get("X-Key", ""), sent["User-Agent"]))
        if request.path == "/start":
            raise web.HTTPFound("/same")
        if request.path == "/same":
            raise web.HTTPFound(f"http://localhost:{request.url.port}/other")
        if request.path == "/other":
            raise web.HTTPFound(f"http://127.0.0.1:{request.url.port}/back")
        return web.Response(text="there")

    own = {"x-key": "secret", "user-agent": "theirs"}
    async with (
        serving(handler) as server,
        fetching(server, resolver=Names("127.0.0.1")) as fetcher,
    ):
        await fetcher.fetch(str(server.make_url("/start")), own_headers=own)

    ours = "hexin-test/1 (+https://e.test)"
    assert seen == [
        ("/start", "secret", "theirs"),
        ("/same", "secret", "theirs"),
        ("/other", "", ours),
        ("/back", "secret", "theirs"),
    ]
