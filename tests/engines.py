"""Engines at the other end of the wire: a chat completions endpoint, a LibreTranslate server."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Json = dict[str, Any]


def _open() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Chat:
    """An OpenAI-compatible endpoint. `brief` answers; `status` and `wait_s` are troubles."""

    brief: Json | Callable[[str], Json]
    status: int = 200
    wait_s: float = 0.0
    url: str = ""
    asked: list[Json] = field(default_factory=list)
    _go: asyncio.Event = field(default_factory=_open)

    def hold(self) -> None:
        """From now on take requests and answer none."""
        self._go.clear()

    def release(self) -> None:
        """Answer what waits, and what comes."""
        self._go.set()

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        await asyncio.sleep(self.wait_s)
        await self._go.wait()
        if self.status != 200:
            return web.json_response({"error": {"message": "out of order"}}, status=self.status)
        text = json.dumps(self._content(body), ensure_ascii=False)
        choice = {"index": 0, "finish_reason": "stop"}
        choice["message"] = {"role": "assistant", "content": text}  # type: ignore[assignment]
        usage = {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000}
        made = {"id": "x", "object": "chat.completion", "created": 0, "model": body["model"]}
        return web.json_response({**made, "choices": [choice], "usage": usage})

    def _content(self, body: Json) -> Json:
        wanted = json.dumps(body.get("response_format", {}))
        if '"statements"' in wanted:
            return {"statements": []}
        asked = "\n".join(str(message["content"]) for message in body["messages"])
        return self.brief(asked) if callable(self.brief) else self.brief


@dataclass
class Libre:
    """A LibreTranslate server that knows these sentences; others come back in Chinese as unknown.

    Numbers of an unknown sentence are lost, so that it fails its check when it has any.
    """

    words: dict[str, str] = field(default_factory=dict)
    status: int = 200
    wait_s: float = 0.0
    url: str = ""
    asked: list[list[str]] = field(default_factory=list)
    _go: asyncio.Event = field(default_factory=_open)

    def hold(self) -> None:
        """From now on take requests and answer none."""
        self._go.clear()

    def release(self) -> None:
        """Answer what waits, and what comes."""
        self._go.set()

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body["q"])
        await asyncio.sleep(self.wait_s)
        await self._go.wait()
        if self.status != 200:
            return web.json_response({"error": "out of order"}, status=self.status)
        told = [self.words.get(text, "这句话没有人认得。") for text in body["q"]]
        return web.json_response({"translatedText": told})


@asynccontextmanager
async def serving(engine: Chat | Libre) -> AsyncIterator[str]:
    """Serve an engine on a free port; its `url` is what the settings want."""
    app = web.Application()
    path = "/v1/chat/completions" if isinstance(engine, Chat) else "/translate"
    app.router.add_post(path, engine.answer)
    async with TestServer(app) as server:
        base = f"http://127.0.0.1:{server.port}"
        engine.url = f"{base}/v1" if isinstance(engine, Chat) else base
        yield engine.url
