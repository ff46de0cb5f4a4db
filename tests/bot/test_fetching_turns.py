"""Fetches take turns: one at a time of a host, some at a time in all."""

import asyncio
import time

import pytest
from aiohttp import web

from bot.addresses import AddressPolicy
from bot.fetching import Fetcher
from digest.errors import SourceError
from tests.bot.test_fetching import Names, answer, fetching, serving


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
