"""A Bot API server on loopback that does as it is told: slow, flooded, broken, gone."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "123456:AAtest-token_of-nobody"


@dataclass
class Sent:
    """One request as it arrived."""

    at: float
    method: str
    body: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def chat_id(self) -> int:
        return int(self.body["chat_id"])


class Drop(Exception):  # noqa: N818  an order, not an error
    """Close the connection; `after` having done what was asked."""

    def __init__(self, *, after: bool) -> None:
        super().__init__()
        self.after = after


def refusal(code: int, description: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return code, body


def flood(seconds: int = 1) -> tuple[int, dict[str, Any]]:
    return refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


Reply = tuple[int, dict[str, Any] | bytes] | None
Script = Callable[[Sent], Reply]


class Wire:
    """What arrived (`requests`) and what chats have been shown (`shown`)."""

    def __init__(self) -> None:
        self.requests: list[Sent] = []
        self.shown: list[Sent] = []
        self.script: Script = lambda _: None
        self.latency_s = 0.0
        self.connections: set[object] = set()
        self.under_way = 0
        self.most_under_way = 0
        self.base_url = ""

    def texts(self, chat_id: int) -> list[str]:
        return [sent.body["text"] for sent in self.shown if sent.chat_id == chat_id]

    def times(self) -> Counter[tuple[int, str]]:
        """How often each chat was shown each text."""
        return Counter((sent.chat_id, sent.body["text"]) for sent in self.shown)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert request.match_info["token"] == TOKEN
        assert request.transport is not None
        self.connections.add(request.transport.get_extra_info("peername"))
        sent = await _read(request)
        self.requests.append(sent)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(self.latency_s)
            reply = self.script(sent)
        except Drop as drop:
            if drop.after:
                self.shown.append(sent)
            request.transport.abort()
            return web.Response()
        finally:
            self.under_way -= 1
        if reply is None:
            self.shown.append(sent)
            reply = 200, {"ok": True, "result": self._message(sent)}
        status, body = reply
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return web.Response(status=status, body=raw, content_type="application/json")

    def _message(self, sent: Sent) -> dict[str, Any]:
        chat = {"id": int(sent.body.get("chat_id", 0)), "type": "private"}
        return {"message_id": len(self.shown), "date": 1, "chat": chat, "text": "…"}


async def _read(request: web.Request) -> Sent:
    at = asyncio.get_running_loop().time()
    method = request.match_info["method"]
    if request.content_type == "application/json":
        return Sent(at, method, await request.json())
    body: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = value.file.read()
        else:
            body[name] = value
    return Sent(at, method, body, files)


@asynccontextmanager
async def listening() -> AsyncIterator[Wire]:
    wire = Wire()
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", wire.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    wire.base_url = f"http://127.0.0.1:{port}"
    try:
        yield wire
    finally:
        await runner.cleanup()
