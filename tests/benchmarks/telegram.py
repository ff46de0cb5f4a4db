"""A Bot API of bare sockets in a process of its own: cheap enough never to be what is measured.

`latency_s` passes before each answer. With a `jitter_s` each message also takes up to so much
longer to arrive, as if it were on its way; when it came is written down then.
"""

import asyncio
import json
import multiprocessing
import random
import re
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from tests.benchmarks.sockets import Line, packed

TOKEN = "1000001:bench-bench-bench-bench-bench-bench"
BOT = {"id": 1000001, "is_bot": True, "first_name": "b", "username": "bench_bot"}
_LINE = "• <b>海港机器人</b>向林霍尔姆港出售 1200 台分拣机，合同金额 4500 万美元，两年内交付完毕；"
_LINK = (
    '<a href="https://example.org/s/{0}">全文</a>，另有 {0} 家报道。核心部件由本地供应商提供。\n'
)
TEXT = "<b>核心信息 · 早报</b>\n" + "".join(_LINE + _LINK.format(n) * 2 for n in range(1, 9))
KEYBOARD = {
    "inline_keyboard": [
        [{"text": "全文", "url": "https://example.org/s/1"}],
        [{"text": "收藏", "callback_data": "1:save:1"}, {"text": "更多", "callback_data": "1:m"}],
    ]
}
BODY = {
    "text": TEXT,
    "parse_mode": "HTML",
    "link_preview_options": {"is_disabled": True},
    "reply_markup": KEYBOARD,
}
_PLAIN = re.sub(r"<[^>]+>", "", TEXT)


def _message() -> bytes:
    """What Telegram answers to a digest: the whole message, with its entities and buttons."""
    links = [
        {"type": "text_link", "offset": 40 * n, "length": 2, "url": f"https://example.org/s/{n}"}
        for n in range(1, 17)
    ]
    message = {
        "message_id": 4711,
        "from": BOT,
        "chat": {"id": 10_001, "first_name": "P", "type": "private"},
        "date": 1_780_000_000,
        "text": _PLAIN,
        "entities": [{"type": "bold", "offset": 0, "length": 9}, *links],
        "link_preview_options": {"is_disabled": True},
        "reply_markup": KEYBOARD,
    }
    return packed({"ok": True, "result": message})


MESSAGE = _message()
_ME = packed({"ok": True, "result": BOT})
_CHAT = re.compile(rb"chat_id\D{1,80}?(-?\d+)")


@dataclass(frozen=True, slots=True)
class Came:
    """A message: its chat, when it was read from the socket, when it arrived (monotonic s)."""

    chat: int
    read: float
    arrived: float


class Telegram:
    """The server's address and what it has seen."""

    def __init__(self, base: str) -> None:
        self.base = base

    def came(self) -> list[Came]:
        """Every message so far, in order of arrival."""
        with urllib.request.urlopen(f"{self.base}/seen") as response:  # noqa: S310  our own
            rows = json.load(response)
        return sorted((Came(*row) for row in rows["came"]), key=lambda one: one.arrived)

    def connections(self) -> int:
        """How many connections were opened for what came."""
        with urllib.request.urlopen(f"{self.base}/seen") as response:  # noqa: S310  our own
            return int(json.load(response)["connections"]) - 1


@contextmanager
def telegram(*, latency_s: float = 0.0, jitter_s: float = 0.0) -> Iterator[Telegram]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=_serve, args=(there, latency_s, jitter_s))
    server.start()
    try:
        yield Telegram(f"http://127.0.0.1:{here.recv()}")
    finally:
        server.terminate()
        server.join()


class _Place:
    def __init__(self, latency_s: float, jitter_s: float) -> None:
        self.latency_s = latency_s
        self.jitter_s = jitter_s
        self.connections = 0
        self.came: list[tuple[int, float, float]] = []
        self.dice = random.Random(11)
        self.loop = asyncio.get_running_loop()

    def take(self, line: Line, path: bytes, body: bytes) -> None:
        if path == b"/seen":
            line.say(packed({"came": self.came, "connections": self.connections}))
        elif not path.lower().endswith(b"/sendmessage"):
            line.say(_ME)
        elif self.jitter_s:
            way = self.jitter_s * self.dice.random()
            self.loop.call_later(way, self.arrive, line, body, self.loop.time())
        else:
            self.arrive(line, body, self.loop.time())

    def arrive(self, line: Line, body: bytes, read: float) -> None:
        found = _CHAT.search(body)
        self.came.append((int(found[1]) if found else 0, read, self.loop.time()))
        if self.latency_s:
            self.loop.call_later(self.latency_s, line.say, MESSAGE)
        else:
            line.say(MESSAGE)


def _serve(ready: Connection, latency_s: float, jitter_s: float) -> None:
    asyncio.run(_listen(ready, latency_s, jitter_s))


async def _listen(ready: Connection, latency_s: float, jitter_s: float) -> None:
    place = _Place(latency_s, jitter_s)
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    server = await place.loop.create_server(lambda: Line(place), sock=listening)
    ready.send(listening.getsockname()[1])
    await server.serve_forever()
