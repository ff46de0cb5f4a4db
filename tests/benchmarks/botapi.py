"""A Bot API in a process of its own: answers everything after a latency, hands out updates.

What is measured beside it is our own work, not the speed of the other side. Half of the latency
is the way there and half the way back; a poll waits on the other side until something is due.
"""

import asyncio
import json
import multiprocessing
import re
import socket
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import parse_qsl

from tests.benchmarks.sockets import Line, packed

TOKEN = "1000001:bench-bench-bench-bench-bench-bench"
_BOT = {"id": 1000001, "is_bot": True, "first_name": "b", "username": "bench_bot"}
READERS = 1000
_CHAT = 2_000_000
_PER_POLL = 100
# What a reader says after what they said before; with no length of a list in common.
_NEXT = 3
# Answered with the message that they lead to.
_TELLS = {"sendMessage", "editMessageText", "editMessageReplyMarkup"}
# Each run hands out ids of its own, for a database takes each update once.
_FIRST = time.time_ns() // 1_000_000


@contextmanager
def bot_api(
    *,
    latency_s: float = 0.0,
    updates: int = 0,
    per_second: float = 0.0,
    said: Sequence[str] = ("/latest",),
) -> Iterator[str]:
    """The base URL of a Bot API; `updates` come out of it at `per_second` (0: at once).

    `said` is what they are: commands, and taps of buttons, which are what does not begin with "/".
    Each reader begins at another place of it than the one before, and goes through all of it.

    GET {base}/times gives when each update was due, when it was handed out and when it was
    answered (epoch seconds).
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(
        target=_serve, args=(there, latency_s, updates, per_second, tuple(said))
    )
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


def tap(number: int, chat: int, data: str) -> dict[str, Any]:
    """One update: a button tapped in a private chat."""
    update = command(number, chat, "/x")
    message = update.pop("message")
    button = {"inline_keyboard": [[{"text": "收藏", "callback_data": data}]]}
    query = {
        "id": str(number),
        "from": message["from"],
        "chat_instance": "1",
        "data": data,
        "message": message | {"reply_markup": button},
    }
    return update | {"callback_query": query}


def _serve(
    ready: Connection, latency_s: float, updates: int, per_second: float, said: tuple[str, ...]
) -> None:
    asyncio.run(_run(ready, latency_s, updates, per_second, said))


async def _run(
    ready: Connection, latency_s: float, updates: int, per_second: float, said: tuple[str, ...]
) -> None:
    await _Api(latency_s, updates, per_second, said).run(ready)


class _Api:
    def __init__(
        self, latency_s: float, updates: int, per_second: float, said: tuple[str, ...]
    ) -> None:
        self.way = latency_s / 2
        self.updates = updates
        self.pause = 1 / per_second if per_second else 0.0
        self.said = said
        self.loop = asyncio.get_running_loop()
        self.connections = 0
        self.began = 0.0
        self.due: dict[int, float] = {}
        self.handed: dict[int, float] = {}
        self.answered: dict[int, float] = {}
        self.waiting: dict[int, deque[int]] = defaultdict(deque)

    async def run(self, ready: Connection) -> None:
        listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        server = await self.loop.create_server(lambda: Line(self), sock=listening)
        ready.send(listening.getsockname()[1])
        await server.serve_forever()

    def take(self, line: Line, path: bytes, body: bytes) -> None:
        """One request: what happens on this side happens half the latency after it left."""
        method = path.rsplit(b"/", 1)[-1].decode()
        if method == "times":
            line.say(packed({"due": self.due, "handed": self.handed, "answered": self.answered}))
        elif method == "getUpdates":
            patience = time.time() + _number_in(body, b"timeout")
            first = max(1, _number_in(body, b"offset") - _FIRST)
            self.loop.call_later(self.way, self._look, line, first, patience)
        else:
            self.loop.call_later(2 * self.way, self._answer, line, method, body)

    def _look(self, line: Line, first: int, patience: float) -> None:
        """Hand out what is due, or look again soon."""
        self.began = self.began or time.time()
        numbers = self._due_from(first)
        if not numbers and time.time() < patience:
            self.loop.call_later(0.002, self._look, line, first, patience)
            return
        for number in numbers:
            if number not in self.due:
                self.due[number] = self.began + number * self.pause
                self.waiting[_CHAT + number % READERS].append(number)
        raw = packed({"ok": True, "result": [self._update(one) for one in numbers]})
        self.loop.call_later(self.way, self._hand_out, line, numbers, raw)

    def _hand_out(self, line: Line, numbers: range, raw: bytes) -> None:
        now = time.time()
        for number in numbers:
            self.handed.setdefault(number, now)
        line.say(raw)

    def _due_from(self, first: int) -> range:
        come = self.updates
        if self.pause:
            come = min(come, int((time.time() - self.began) / self.pause))
        return range(first, min(come, first + _PER_POLL - 1) + 1)

    def _update(self, number: int) -> dict[str, Any]:
        turn, reader = divmod(number, READERS)
        said = self.said[(reader + turn * _NEXT) % len(self.said)]
        return (command if said.startswith("/") else tap)(number, _CHAT + reader, said)

    def _answer(self, line: Line, method: str, body: bytes) -> None:
        if method == "getMe":
            line.say(packed({"ok": True, "result": _BOT}))
            return
        chat = _number_in(body, b"chat_id")
        if chat:
            self._note(chat)
        told = _message(chat, body) if method in _TELLS else True
        line.say(packed({"ok": True, "result": told}))

    def _note(self, chat: int) -> None:
        """Each answer is to the longest waiting update of its chat, for they are kept in order."""
        waiting = self.waiting.get(chat)
        if waiting:
            self.answered[waiting.popleft()] = time.time()


def _message(chat: int, body: bytes) -> dict[str, Any]:
    """The message that was sent, as Telegram tells it: with its links and its buttons."""
    message: dict[str, Any] = {
        "message_id": 1,
        "date": 1_760_000_000,
        "chat": {"id": chat, "type": "private"},
        "from": _BOT,
        "text": "x",
    }
    if body.startswith(b"{"):
        sent = json.loads(body)
    else:
        sent = dict(parse_qsl(body.decode()))
        if "reply_markup" in sent:
            sent["reply_markup"] = json.loads(sent["reply_markup"])
    sent.setdefault("text", "")
    bold = sent["text"].count("<b>")
    links = re.findall('href="([^"]*)"', sent["text"])
    message["text"] = re.sub("<[^>]*>", "", sent["text"])
    message["entities"] = [{"type": "bold", "offset": 0, "length": 1}] * bold
    message["entities"] += [
        {"type": "text_link", "offset": 0, "length": 1, "url": url} for url in links
    ]
    if "reply_markup" in sent:
        message["reply_markup"] = sent["reply_markup"]
    return message


def _number_in(body: bytes, name: bytes) -> int:
    """The number called `name` in a body, be it a form or JSON; 0 for none."""
    found = re.search(name + rb"[^0-9-]{1,12}(-?[0-9]+)", body)
    return int(found[1]) if found else 0
