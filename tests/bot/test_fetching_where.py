"""Where a fetch may lead: addresses in every spelling, names and redirects."""

import socket
import time

import pytest
from aiohttp import web
from aiohttp.abc import ResolveResult

from bot.fetching import DaemonResolver
from digest.errors import PollFailure, SourceError
from tests.bot.test_fetching import Names, answer, failure, fetching, serving


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
