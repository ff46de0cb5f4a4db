"""Callers who send a byte now and then, on many connections at once, and never an end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.parts.serving import listen, serve
from bot.web import make_web
from bot.web.miniapp.routes import MiniApp
from bot.web.patience import Patience, Terms
from bot.web.webhook import SECRET_HEADER, HookDoor
from digest.render import Links
from handlers.context import Services
from storage import Storage
from tests.bot.web.samples import NOW, TAXONOMY
from tests.bot.web.test_webhook import HOOK, RIGHT, TOKEN, said
from tests.databases import migrated_file

# Short enough for a test, and longer than a healthy answer takes on a busy machine.
SOON = Terms(first=1.5, following=60.0, body=1.5)
START = json.dumps(said(1, "/start")).encode()


def hook(headers: str, body: bytes = b"") -> bytes:
    return f"POST {HOOK.path} HTTP/1.1\r\nHost: b\r\n{headers}\r\n\r\n".encode() + body


WITH_SECRET = f"{SECRET_HEADER}: {HOOK.secret}\r\nContent-Length: {len(START)}"
FORM = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900"
# What is sent at once, what is dripped after it, and what is answered at the end.
SLOW: dict[str, tuple[bytes, bytes, bytes]] = {
    "nothing at all": (b"", b"", b""),
    "half a line": (b"POST /tele", b"g", b""),
    "headers without end": (b"GET / HTTP/1.1\r\nHost: b\r\n", b"X-A: b\r\n", b""),
    "an update": (hook(WITH_SECRET, START[:20]), b" ", b"408"),
    "an update in chunks": (
        hook(f"{SECRET_HEADER}: {HOOK.secret}\r\nTransfer-Encoding: chunked"),
        b"1\r\n \r\n",
        b"408",
    ),
    "an update without the secret": (hook("Content-Length: 900"), b" ", b"401"),
    "a form": (
        f"POST /app/session HTTP/1.1\r\nHost: b\r\n{FORM}\r\n\r\ninit_data=".encode(),
        b"a",
        b"408",
    ),
}


@pytest.fixture
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    opened = await Storage.open(migrated_file(request, tmp_path))
    yield opened
    await opened.close()


@asynccontextmanager
async def serving(storage: Storage, patience: Patience) -> AsyncIterator[int]:
    """The pages with webhook and Mini App, served as the bot serves them; its port."""

    async def report() -> dict[str, Any]:
        return {}

    services = Services(
        storage=storage,
        taxonomy=storage.taxonomy.current,
        links=Links("https://bot.example"),
        clock=lambda: NOW,
        wake_sender=lambda: None,
    )
    app = make_web(
        storage,
        TAXONOMY,
        clock=lambda: NOW,
        base_url="https://bot.example",
        bot_username=lambda: "hexin_bot",
        health=report,
        miniapp=MiniApp(TOKEN, lambda: services),
        hook=HookDoor(HOOK, storage, bot_id=4242, clock=lambda: NOW, wake=lambda: None),
        patience=patience,
    )
    async with AsyncExitStack() as stack:
        yield await serve(app, listen("127.0.0.1", 0), stack)


async def drip(port: int, first: bytes, more: bytes) -> bytes:
    """Send `first` and then `more` again and again; all that is answered until we are left."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)

    async def go_on() -> None:
        while more:
            writer.write(more)
            await asyncio.sleep(0.4)

    dripping = asyncio.create_task(go_on())
    answer = b""
    try:
        while some := await reader.read(4096):
            answer += some
    except ConnectionError:
        pass  # ended with bytes of ours unread
    finally:
        dripping.cancel()
        writer.close()
    return answer


async def answered(port: int, asked: bytes) -> bytes:
    """What is answered first."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(asked)
    told = await reader.read(4096)
    writer.close()
    return told


async def test_hundreds_of_slow_callers_are_left_and_others_answered(storage: Storage) -> None:
    async with serving(storage, Patience(SOON)) as port, asyncio.timeout(90):
        slow = {
            way: [asyncio.create_task(drip(port, first, more)) for _ in range(60)]
            for way, (first, more, _) in SLOW.items()
        }
        await asyncio.sleep(0.5)  # all of them have begun
        async with ClientSession(f"http://127.0.0.1:{port}") as session:
            for number in range(30):
                update = said(100 + number, "/latest")
                async with session.post(HOOK.path, json=update, headers=RIGHT) as answer:
                    assert answer.status == 200
                async with session.get("/healthz") as alive:
                    assert alive.status == 200
        for way, callers in slow.items():
            for told in await asyncio.gather(*callers):
                status = SLOW[way][2]
                assert told.split(b" ")[1:2] == ([status] if status else []), way
                assert HOOK.secret.encode() not in told
    assert len(await storage.updates.unanswered()) == 30


async def test_a_connection_in_use_is_not_ended(storage: Storage) -> None:
    """The terms of a first request are over, those of the next ones are not."""
    terms = Terms(first=0.3, following=60.0, body=5.0)
    async with serving(storage, Patience(terms)) as port, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: b\r\n\r\n")
            assert b" 200 " in await reader.read(4096)
            await asyncio.sleep(1.0)
        writer.close()


async def test_an_unused_connection_is_ended_later(storage: Storage) -> None:
    terms = Terms(first=0.2, following=0.5, body=5.0)
    async with serving(storage, Patience(terms)) as port, asyncio.timeout(30):
        assert b" 200 " in await drip(port, b"GET /healthz HTTP/1.1\r\nHost: b\r\n\r\n", b"")


async def test_whoever_does_not_read_the_answer_is_left(storage: Storage) -> None:
    """Thousands of pages are asked for, and not a byte of them is taken."""
    terms = Terms(first=0.2, following=1.0, body=5.0)
    async with serving(storage, Patience(terms)) as port, asyncio.timeout(40):
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        asking = b"GET /static/pages.css HTTP/1.1\r\nHost: b\r\n\r\n"
        while not writer.is_closing():
            writer.write(asking * 500)
            await asyncio.sleep(0.05)


async def test_never_more_connections_than_there_is_room_for(storage: Storage) -> None:
    patient = Patience(Terms(first=1.0, following=60.0, body=60.0), most=40)
    async with serving(storage, patient) as port, asyncio.timeout(40):
        # They asked once and would be borne with for a minute: too many for that.
        once = b"GET /healthz HTTP/1.1\r\nHost: b\r\n\r\n"
        held = [asyncio.create_task(drip(port, once, b"")) for _ in range(100)]
        done: set[asyncio.Task[bytes]] = set()
        while len(done) < 60:
            await asyncio.sleep(0.2)
            done = {one for one in held if one.done()}
        assert all(b" 200 " in one.result() for one in done)
        assert b" 200 " in await answered(port, once)
        for one in held:
            one.cancel()
        await asyncio.gather(*held, return_exceptions=True)
