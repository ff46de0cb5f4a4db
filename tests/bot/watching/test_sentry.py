"""A real client sends to a server on this machine: what arrives says where, and nothing else."""

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator

import pytest
import sentry_sdk
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.watching.sentry import set_up_sentry

TOKEN = "123456789:AAF-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
WISH = "a wish that nobody else may read"


@pytest.fixture
async def sentry() -> AsyncIterator[tuple[str, "asyncio.Queue[str]"]]:
    came: asyncio.Queue[str] = asyncio.Queue()

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        packed = request.headers.get("Content-Encoding") == "gzip" and body[:2] == b"\x1f\x8b"
        came.put_nowait((gzip.decompress(body) if packed else body).decode())
        return web.json_response({"id": "1"})

    app = web.Application()
    app.router.add_post("/api/7/envelope/", take)
    async with TestServer(app) as server:
        yield f"http://key@127.0.0.1:{server.port}/7", came
    # Nobody is sent anything from here on, and nothing of other libraries is changed.
    sentry_sdk.init(default_integrations=False, auto_enabling_integrations=False)


async def test_an_error_arrives_without_a_word_of_anybodys(
    sentry: tuple[str, "asyncio.Queue[str]"],
) -> None:
    dsn, came = sentry
    assert set_up_sentry(dsn, role="worker", release="hexin@1")
    wish = WISH
    try:
        raise RuntimeError(f"could not save {wish} with {TOKEN}")
    except RuntimeError:
        logging.getLogger("bot.somewhere").exception("chat %s asked for %s", 4242, wish)
    await asyncio.to_thread(sentry_sdk.flush, 5)
    told = await asyncio.wait_for(came.get(), 10)
    event = json.loads(told.splitlines()[2])
    (error,) = event["exception"]["values"]
    assert error["type"] == "RuntimeError"
    assert error["stacktrace"]["frames"][-1]["function"].startswith("test_an_error_arrives")
    assert event["logentry"]["message"] == "chat %s asked for %s"
    assert event["environment"] == "worker"
    for secret in (WISH, TOKEN, "AAF-", "4242", "abs_path", "server_name", "vars"):
        assert secret not in told, secret


def test_without_an_address_nothing_is_set_up() -> None:
    assert not set_up_sentry("", role="all", release="hexin@1")
