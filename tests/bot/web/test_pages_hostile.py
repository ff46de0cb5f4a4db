"""Whatever is asked, in bytes as they are written: nothing sealed is shown, nothing fails."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from digest.model import Access
from digest.passes import KEY_NAME as DESK_KEY
from digest.passes import LINK, SESSION
from digest.seals import KEY_NAME, POST, make_seal
from storage import Storage
from tests.bot.web.conftest import SPEC, Newsroom
from tests.bot.web.samples import NOW

Client = TestClient[Any, Any]
TOLD = b"three rivers"
"""Stands on the page of the sample, when it is open."""

SEALS = {
    "another kind of page": "/s/1?k={post}",
    "another page": "/s/1?k={other}",
    "of a fortnight hence": "/s/1?k={day}-{mac}",
    "a link to the desk": "/s/1?k={link}",
    "a cookie of the desk": "/s/1?k={session}",
    "the day alone": "/s/1?k={hex}-",
    "behind another": "/s/1?k=x&k={seal}",
    "under a name in other letters": "/s/1?K={seal}",
    "under a name that looks the same": "/s/1?%EF%BD%8B={seal}",
    "of a fragment": "/s/1#k={seal}",
    "divided otherwise": "/s/1?a=1;k={seal}",
    "a list": "/s/1?k[]={seal}",
    "in wide digits": "/s/1?k=%EF%BC%95{seal}",
    "half a character": "/s/1?k={hex}-%ED%A0%80",
    "no character": "/s/1?k={hex}-%FF",
    "a raw byte": "/s/1?k={hex}-\xff",
    "a line of its own": "/s/1?k={seal}%0d%0aSet-Cookie:%20a=b",
    "an end within": "/s/1?k={seal}%00",
    "encoded twice": "/s/1?k={twice}",
    "without its last letter": "/s/1?k={cut}",
    "very long": "/s/1?k={hex}-" + "A" * 7000,
    "longer than a line may be": "/s/1?k={hex}-" + "A" * 70_000,
    "a day beyond all": "/s/1?k=" + "f" * 60 + "-x",
    "of the app": "/app/s/1?k={seal}",
    "up and down": "/app/../s/1",
    "up and down in per cent": "/app/%2e%2e/s/1?k=x",
    "a picture": "/s/1/photo.jpg?k={post}",
    "a post": "/post/1?k={seal}",
    "the desk": "/desk/enter?pass={seal}",
    "a session for a link": "/desk/enter?pass={session}",
    "onward by a line": "/desk/enter?pass={cut}&page=stats%0d%0aX:%20y",
}


async def raw(client: Client, request: str) -> tuple[int, dict[str, str], bytes]:
    """What the server answers to these very bytes: status, headers (lower case), body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    try:
        writer.write(request.encode("latin-1"))
        await writer.drain()
        async with asyncio.timeout(10):
            answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return int(first.split()[1]), {name.lower(): value for name, _, value in pairs}, body


def asking(path: str, method: str = "GET", *lines: str) -> str:
    usual = ("Host: pages.example", "Connection: close", "User-Agent: Mozilla/5.0")
    return "\r\n".join((f"{method} {path} HTTP/1.1", *usual, *lines, "", ""))


@pytest.fixture
async def proofs(newsroom: Newsroom, storage: Storage) -> dict[str, str]:
    kept = await newsroom.add(spec=replace(SPEC, access=Access.SUBSCRIBERS))
    assert kept.id == 1
    key, desk = await storage.meta.secret(KEY_NAME), await storage.meta.secret(DESK_KEY)
    seal = make_seal(key, 1, NOW)
    return {
        "seal": seal,
        "cut": seal[:-1],
        "twice": "".join(f"%25{ord(one):02x}" for one in seal),
        "hex": seal.partition("-")[0],
        "mac": seal.partition("-")[2],
        "day": make_seal(key, 1, NOW + timedelta(days=14)).partition("-")[0],
        "other": make_seal(key, 2, NOW),
        "post": make_seal(key, 1, NOW, of=POST),
        "link": LINK.make(desk, 7, NOW, "nonceNonce"),
        "session": SESSION.make(desk, 7, NOW, "nonceNonce"),
    }


async def test_the_right_seal_opens_the_page(client: Client, proofs: dict[str, str]) -> None:
    status, headers, body = await raw(client, asking("/s/1?k={seal}".format_map(proofs)))
    assert (status, headers["cache-control"]) == (200, "private, no-cache")
    assert TOLD in body


@pytest.mark.parametrize("name", SEALS)
async def test_nothing_else_opens_it(client: Client, proofs: dict[str, str], name: str) -> None:
    status, headers, body = await raw(client, asking(SEALS[name].format_map(proofs)))
    assert status < 500
    assert TOLD not in body
    assert "public" not in headers.get("cache-control", "")
    assert not {"set-cookie", "x", "access-control-allow-origin"} & headers.keys()


OTHER_HEADERS = {
    "an address for a proxy": ("X-Original-URL: /s/1?k={seal}", "X-Rewrite-URL: /s/1?k={seal}"),
    "another host": ("X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"),
    "another method": ("X-HTTP-Method-Override: GET",),
    "from elsewhere": ("Origin: https://evil.example", "Referer: https://evil.example/"),
    "the seal as a cookie": ("Cookie: k={seal}; hexin_desk={seal}",),
    "a link as a cookie": ("Cookie: hexin_desk={link}",),
    "the same cookie thrice": ("Cookie: hexin_desk=a; hexin_desk=b", "Cookie: hexin_desk=\xff"),
    "a proof of the app": ("X-App-Session: {session}", "X-App-Session: {seal}"),
    "raw bytes": ("If-None-Match: \xff", "Accept-Language: \xff;q=9", "Authorization: \xff"),
    "a part": ("Range: bytes=0-99999", "If-Range: x"),
}


@pytest.mark.parametrize("name", OTHER_HEADERS)
@pytest.mark.parametrize("path", ["/s/1", "/desk", "/desk/stats", "/app", "/metrics", "/post/1"])
async def test_no_header_opens_anything(
    client: Client, proofs: dict[str, str], name: str, path: str
) -> None:
    lines = (line.format_map(proofs) for line in OTHER_HEADERS[name])
    status, headers, body = await raw(client, asking(path, "GET", *lines))
    assert status in ({200} if path == "/s/1" else {404})
    assert TOLD not in body
    assert b"evil.example" not in body
    assert not {"set-cookie", "access-control-allow-origin"} & headers.keys()


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "POST", "LOCK"])
@pytest.mark.parametrize("path", ["/s/1?k={seal}", "/desk/enter?pass={link}", "/post/1?k={post}"])
async def test_pages_are_only_read(
    client: Client, proofs: dict[str, str], method: str, path: str
) -> None:
    asked = asking(path.format_map(proofs), method, "Content-Length: 0")
    status, headers, body = await raw(client, asked)
    assert (status, headers["allow"]) == (405, "GET,HEAD")
    assert headers["referrer-policy"] == "no-referrer"
    assert TOLD not in body
    assert "set-cookie" not in headers


async def test_looking_only_at_the_head_is_no_reading(
    client: Client, proofs: dict[str, str], storage: Storage
) -> None:
    head, _, body = await raw(client, asking("/s/1?k={seal}".format_map(proofs), "HEAD"))
    assert (head, body) == (200, b"")
    kept = await storage.signals.get(1)
    assert kept is not None
    assert kept.views == 0
