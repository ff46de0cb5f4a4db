"""A Bot API in a process of its own: answers everything after a latency, hands out updates.

What is measured beside it is our own work, not the speed of the other side.
"""

import asyncio
import multiprocessing
import re
import socket
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from aiohttp import web

TOKEN = "1000001:bench-bench-bench-bench-bench-bench"
_BOT = {"id": 1000001, "is_bot": True, "first_name": "b", "username": "bench_bot"}
READERS = 500
_CHAT = 2_000_000
_PER_POLL = 100
# Each run hands out ids of its own, for a database takes each update once.
_FIRST = time.time_ns() // 1_000_000


@contextmanager
def bot_api(*, latency_s: float = 0.0, updates: int = 0, per_second: float = 0.0) -> Iterator[str]:
    """The base URL of a Bot API; `updates` commands come out of it at `per_second` (0: at once).

    GET {base}/times gives when each update was due, when it was handed out and when it was
    answered (epoch seconds).
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=_serve, args=(there, latency_s, updates, per_second))
    server.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        server.terminate()
        server.join()


def command(number: int, chat: int, words: str) -> dict[str, Any]:
    """One update: a command typed in a private chat."""
    person = {"id": chat, "is_bot": False, "first_name": "P", "language_code": "zh-hans"}
    head = words.split(" ", maxsplit=1)[0]
    message = {
        "message_id": number,
        "date": 1_760_000_000,
        "chat": {"id": chat, "type": "private", "first_name": "P"},
        "from": person,
        "text": words,
        "entities": [{"type": "bot_command", "offset": 0, "length": len(head)}],
    }
    return {"update_id": _FIRST + number, "message": message}


def _serve(ready: Connection, latency_s: float, updates: int, per_second: float) -> None:
    asyncio.run(_Api(latency_s, updates, per_second).run(ready))


class _Api:
    def __init__(self, latency_s: float, updates: int, per_second: float) -> None:
        self.latency_s = latency_s
        self.updates = updates
        self.pause = 1 / per_second if per_second else 0.0
        self.began = 0.0
        self.due: dict[int, float] = {}
        self.handed: dict[int, float] = {}
        self.answered: dict[int, float] = {}
        self.waiting: dict[int, deque[int]] = defaultdict(deque)

    async def run(self, ready: Connection) -> None:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/getUpdates", self._updates)
        app.router.add_post("/bot{token}/{method}", self._answer)
        app.router.add_get("/times", self._times)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        await web.SockSite(runner, listening).start()
        ready.send(listening.getsockname()[1])
        await asyncio.Event().wait()

    async def _updates(self, request: web.Request) -> web.Response:
        offset = _number_in(await request.read(), b"offset")
        now = time.time()
        self.began = self.began or now
        first = max(1, offset - _FIRST)
        come = self.updates
        if self.pause:
            come = min(come, int((now - self.began) / self.pause))
        numbers = range(first, min(come, first + _PER_POLL - 1) + 1)
        for number in numbers:
            if number not in self.due:
                self.due[number] = self.began + number * self.pause if self.pause else now
                self.waiting[_CHAT + number % READERS].append(number)
        await asyncio.sleep(self.latency_s if numbers else 0.01)
        for number in numbers:
            self.handed.setdefault(number, time.time())
        return web.json_response(
            {
                "ok": True,
                "result": [command(one, _CHAT + one % READERS, "/latest") for one in numbers],
            }
        )

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        method = request.match_info["method"]
        await asyncio.sleep(self.latency_s)
        if method == "getMe":
            return web.json_response({"ok": True, "result": _BOT})
        if method != "sendMessage":
            return web.json_response({"ok": True, "result": True})
        chat = _number_in(body, b"chat_id")
        self._note(chat)
        message = {
            "message_id": 1,
            "date": 1_760_000_000,
            "chat": {"id": chat, "type": "private"},
            "from": _BOT,
            "text": "x",
        }
        return web.json_response({"ok": True, "result": message})

    def _note(self, chat: int) -> None:
        """Each answer is to the longest waiting update of its chat, for they are kept in order."""
        waiting = self.waiting.get(chat)
        if waiting:
            self.answered[waiting.popleft()] = time.time()

    async def _times(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {"due": self.due, "handed": self.handed, "answered": self.answered}
        )


def _number_in(body: bytes, name: bytes) -> int:
    """The number called `name` in a body, be it a form or JSON; 0 for none."""
    found = re.search(name + rb"[^0-9-]{1,12}(-?[0-9]+)", body)
    return int(found[1]) if found else 0
