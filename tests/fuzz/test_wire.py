"""Servers that lie, drip or pack too much, each with its defined outcome.

What tests/bot/test_fetching.py holds already is not repeated here.
"""

import asyncio
import gzip
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import brotli
import pytest

from bot.addresses import AddressPolicy
from bot.fetching import Fetched, Fetcher
from digest.errors import ExtractionError, PollFailure, SourceError
from digest.extract import Page, extract
from digest.sources.feeds import parse_feed

MEBIBYTE = 1024 * 1024
NOW = datetime(2026, 11, 22, tzinfo=UTC)
OK = b"HTTP/1.1 200 OK\r\n"
RSS = b"<rss><channel><item><title>One</title><link>https://e.example/1</link></item></channel></rss>"


@asynccontextmanager
async def saying(
    answer: bytes, *, forever: bytes = b"", pause_s: float = 0.0
) -> AsyncIterator[str]:
    """A server that says these bytes whatever it is asked, and then `forever` again and again."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            while forever:
                writer.write(forever)
                await writer.drain()
                await asyncio.sleep(pause_s)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.sleep(0.02)  # whoever still talks notices that nobody listens


async def fetched(place: str, **limits: object) -> Fetched:
    async with Fetcher(
        user_agent="hexin-test/1",
        allow=AddressPolicy((place,)),
        **{"timeout_s": 2.0, **limits},  # type: ignore[arg-type]
    ) as fetcher:
        return await fetcher.fetch(f"http://{place}/")


async def outcome(
    answer: bytes, *, forever: bytes = b"", pause_s: float = 0.0, **limits: object
) -> str:
    async with saying(answer, forever=forever, pause_s=pause_s) as place:
        try:
            await fetched(place, **limits)
        except SourceError as error:
            return str(error.code)
        return "answer"


SLOW = {
    "headers, a byte at a time": (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
    "headers that never begin": (b"", b""),
    "one byte a while": (OK + b"Content-Length: 100000\r\n\r\n", b"x"),
    "chunks without end": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "empty gzip blocks": (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x")[:10],
    b"\x00\x00\x00\xff\xff"),
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
async def test_a_slow_server_costs_its_time_and_no_more(name: str) -> None:
    said, forever = SLOW[name]
    began = time.monotonic()
    if not said:
        async with asyncio.timeout(5):
            code = await outcome(b"", forever=b"\r", pause_s=0.05, timeout_s=0.4)
    else:
        code = await outcome(said, forever=forever, pause_s=0.05, timeout_s=0.4)
    assert code in {PollFailure.TIMEOUT, PollFailure.CONNECT}
    assert time.monotonic() - began < 3


ENDLESS = {
    "headers without end": (OK, b"X-More: " + b"a" * 1000 + b"\r\n"),
    "one header without end": (OK + b"X: ", b"a" * 65_536),
    "a status line without end": (b"HTTP/1.1 200 ", b"O" * 65_536),
    "a chunk size without end": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 65_536),
    "a trailer without end": (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n",
    b"X-T: " + b"a" * 1000 + b"\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDLESS)
async def test_what_never_ends_is_given_up_in_bounded_memory(name: str) -> None:
    said, forever = ENDLESS[name]
    tracemalloc.start()
    try:
        code = await outcome(said, forever=forever, timeout_s=1.0, max_bytes=MEBIBYTE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert code in {PollFailure.CONNECT, PollFailure.TIMEOUT, PollFailure.TOO_LARGE}
    assert peak < 24 * MEBIBYTE


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


ZEROS = bytes(40 * MEBIBYTE)
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", lambda: gzip.compress(ZEROS, 9)),
    "deflate": ("deflate", lambda: zlib.compress(ZEROS, 9)),
    "raw deflate": ("deflate", lambda: _raw_deflate(ZEROS)),
    "br": ("br", lambda: brotli.compress(ZEROS, quality=5)),
    "many gzip members": ("gzip", lambda: gzip.compress(bytes(MEBIBYTE), 9) * 40),
}


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_is_too_large_in_bounded_memory(name: str) -> None:
    encoding, pack = BOMBS[name]
    bomb = pack()
    head = f"Content-Encoding: {encoding}\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    tracemalloc.start()
    try:
        code = await outcome(OK + head + bomb, max_bytes=MEBIBYTE, timeout_s=5.0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert code == PollFailure.TOO_LARGE
    assert peak < 16 * MEBIBYTE


NESTED = gzip.compress(gzip.compress(RSS))
LYING = {
    "longer than announced": (b"Content-Length: 10\r\n\r\n" + RSS, "answer connect"),
    "shorter than announced": (b"Content-Length: 99999\r\n\r\n" + RSS, "connect"),
    "two lengths": (b"Content-Length: 10\r\nContent-Length: 20\r\n\r\n" + RSS, "connect"),
    "a length below nothing": (b"Content-Length: -5\r\n\r\n" + RSS, "connect"),
    "a length of words": (b"Content-Length: many\r\n\r\n" + RSS, "connect"),
    "a length and chunks": (
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", "connect"
    ),
    "gzip that is none": (b"Content-Encoding: gzip\r\nContent-Length: 96\r\n\r\n" + RSS[:96],
    "connect"),
    "br that is none": (b"Content-Encoding: br\r\nContent-Length: 96\r\n\r\n" + RSS[:96],
    "connect"),
    "an encoding that nobody knows": (
        b"Content-Encoding: aes128gcm\r\nContent-Length: 4\r\n\r\nabcd", "answer"
    ),
    "a NUL in a header": (b"X-A: a\x00b\r\nContent-Length: 0\r\n\r\n", "connect"),
    "a header without a colon": (b"this is no header\r\n\r\n", "connect"),
}  # fmt: skip


@pytest.mark.parametrize("name", LYING)
async def test_a_lie_about_the_body_has_its_outcome(name: str) -> None:
    said, wanted = LYING[name]
    assert await outcome(OK + said) in wanted.split()


async def test_what_is_packed_twice_is_unpacked_once_and_no_feed() -> None:
    head = f"Content-Encoding: gzip\r\nContent-Length: {len(NESTED)}\r\n\r\n".encode()
    async with saying(OK + head + NESTED) as place:
        got = await fetched(place)
    assert got.body == gzip.compress(RSS) or got.body[:2] == b"\x1f\x8b"
    with pytest.raises(SourceError, match="not_a_feed"):
        parse_feed(got.body, url="https://e.example/", now=NOW)


@pytest.mark.parametrize(
    ("status", "location"),
    [
        (301, "/"),
        (302, "//{place}/"),
        (307, "?x=1"),
        (308, "http://{place}/{place}"),
    ],
)
async def test_redirects_in_a_circle_end(status: int, location: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        target = location.format(place=place)
        writer.write(
            f"HTTP/1.1 {status} Go\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
        )
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        with pytest.raises(SourceError) as caught:
            await fetched(place)
    assert caught.value.code == PollFailure.REDIRECTS


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
LYING_TYPES = {
    "an image as a page": (PNG, "text/html"),
    "a page that says it is an image": (b"<html><body><p>Short.</p></body></html>", "image/png"),
    "a feed as a page": (RSS, "text/html; charset=utf-16"),
    "a PDF as a page": (b"%PDF-1.7\n" + bytes(range(256)) * 20, "text/html"),
    "a ZIP as a page": (b"PK\x03\x04" + bytes(range(256)) * 20, "application/xhtml+xml"),
    "a page in a charset that is none": (b"<p>Words.</p>", "text/html; charset=x-none"),
}  # fmt: skip


@pytest.mark.parametrize("name", LYING_TYPES)
def test_what_is_no_article_is_none_whatever_it_is_called(name: str) -> None:
    body, kind = LYING_TYPES[name]
    with pytest.raises(ExtractionError):
        extract(Page("https://e.example/a", body, kind), now=NOW)


def test_a_page_as_a_feed_is_none_and_a_feed_by_another_name_is_one() -> None:
    for body in (b"<html><body><rss></body></html>", PNG, b"%PDF-1.7", b"PK\x03\x04"):
        with pytest.raises(SourceError):
            parse_feed(body, url="https://e.example/", content_type="application/rss+xml", now=NOW)
    for kind in ("text/html", "image/png", "application/json", "text/xml; charset=utf-16", "x"):
        found = parse_feed(RSS, url="https://e.example/", content_type=kind, now=NOW)
        assert [one.title for one in found.entries] == ["One"]
