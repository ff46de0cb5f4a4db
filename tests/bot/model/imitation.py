"""A server that speaks like an OpenAI-compatible endpoint and behaves as each test wants."""

import asyncio
import functools
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.config import Settings
from bot.model import MemoryCalls, Model, make_model
from bot.model.asker import Patience
from tests.bot.model.clock import MovedClock

Request = dict[str, Any]
Reply = Callable[[web.Request, Request], Awaitable[web.StreamResponse]]


class Imitation:
    """Answers each request by the next of its replies, the last one for ever; keeps requests."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[Request] = []
        self.at_once = 0
        self.most_at_once = 0
        self.base = ""  # where it is asked

    async def answer(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.asked.append(asked)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await reply(request, asked)
        finally:
            self.at_once -= 1

    def prompts(self) -> list[str]:
        """The last message of each request."""
        return [asked["messages"][-1]["content"] for asked in self.asked]


@asynccontextmanager
async def talking_to(
    *replies: Reply, clock: MovedClock | None = None, store: Any = None, **settings: Any
) -> AsyncIterator[tuple[Model, Imitation, Any]]:
    """A model of ours beside an imitation that gives `replies`, and the store of its calls."""
    imitation = Imitation(*replies)
    application = web.Application(client_max_size=50_000_000)
    application.router.add_post("/v1/chat/completions", imitation.answer)
    server = TestServer(application)
    await server.start_server()
    kept = store if store is not None else MemoryCalls()
    imitation.base = str(server.make_url("/v1"))
    values = {"model_base_url": imitation.base, "model_name": "imitation-1"}
    model = make_model(
        Settings(_env_file=None, **{"model_timeout": 30.0, **values, **settings}),
        kept,
        clock or MovedClock(),
        patience=Patience(0.01),
    )
    assert model is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpcore2.default_ssl_context", _authorities)
        try:
            yield model, imitation, kept
        finally:
            await model.close()
            await server.close()


@functools.cache
def _authorities(*, _trust_env: bool = True) -> ssl.SSLContext:
    """Those of the system, read once: it takes each client longer than most of its tests."""
    return ssl.create_default_context()


# --- replies ------------------------------------------------------------------------------


def completion(text: str | None, *, finish: str = "stop", **message: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "imitation-1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, **message},
                "finish_reason": finish,
            }
        ],
        "usage": {"prompt_tokens": 900, "completion_tokens": 300, "total_tokens": 1200},
    }


def says(text: str | None, *, finish: str = "stop", **message: Any) -> Reply:
    async def reply(_: web.Request, __: Request) -> web.StreamResponse:
        return web.json_response(completion(text, finish=finish, **message))

    return reply


def answers(value: Any) -> Reply:
    return says(json.dumps(value, ensure_ascii=False))


def body(value: Any) -> Reply:
    async def reply(_: web.Request, __: Request) -> web.StreamResponse:
        return web.json_response(value)

    return reply


def fails(status: int, message: str = "no", *, headers: Any = None, **error: Any) -> Reply:
    async def reply(_: web.Request, __: Request) -> web.StreamResponse:
        told = {"error": {"message": message, "type": "error", "param": None, **error}}
        return web.json_response(told, status=status, headers=headers)

    return reply


def late(seconds: float) -> Reply:
    async def reply(_: web.Request, __: Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return web.json_response(completion("{}"))

    return reply


def huge(megabytes: int, *, declared: bool) -> Reply:
    async def reply(request: web.Request, _: Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        if declared:
            response.content_length = megabytes * 1_000_000
        await response.prepare(request)
        try:
            for _ in range(megabytes * 10):
                await response.write(b"x" * 100_000)
        except ConnectionError:
            pass  # what the test hopes for
        return response

    return reply


def resets() -> Reply:
    async def reply(request: web.Request, _: Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    return reply


def refuses_formats(*refused: str, then: Reply) -> Reply:
    """400 for the named types of `response_format`, as endpoints word it."""

    async def reply(request: web.Request, asked: Request) -> web.StreamResponse:
        kind = asked.get("response_format", {})
        shape = kind.get("type", "none") + ("+schema" if "schema" in kind else "")
        if shape in refused:
            told = f"This response_format type is unavailable now: {shape}"
            error = {"message": told, "type": "invalid_request_error", "param": None}
            return web.json_response({"error": error}, status=400)
        return await then(request, asked)

    return reply


def by_purpose(**replies: Any) -> Reply:
    """A reply by what is asked for: the property that the wanted object has."""

    async def reply(request: web.Request, asked: Request) -> web.StreamResponse:
        schema = asked["response_format"]["json_schema"]["schema"]
        name = next(iter(schema["properties"]))
        chosen: Reply = replies[name]
        return await chosen(request, asked)

    return reply


def lines_of(asked: Request) -> Sequence[str]:
    """The numbered lines that a request fences."""
    return [line for line in asked["messages"][1]["content"].splitlines() if line.startswith("[")]
