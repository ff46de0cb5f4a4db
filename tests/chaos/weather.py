"""A Bot API server in a process of its own that cuts connections, and kills whoever it is told to.

`python -m tests.chaos.weather SEED READERS` serves the strict Bot API of the sandbox behind it and
says its address and token in one line. What chats were shown is kept here, in its own words.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import random
import re
import signal
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.limits import LimitRules
from bot.sandbox.sandbox import Sandbox

FIRST_CHAT = 100_000
AGAIN = "🔁"
_SIGNAL = re.compile(r"/s/(\d+)")
_HALF = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    b'{"ok":true,"result":{"message_'
)
_SLOWEST_S = 0.03


class Ill(StrEnum):
    """What goes wrong with a request, and whether Telegram has acted by then."""

    CUT_BEFORE = "connection cut before it acted"
    CUT_AFTER = "connection cut after it acted"
    HALF = "half an answer, after it acted"
    BROKEN_BEFORE = "502 before it acted"
    BROKEN_AFTER = "502 after it acted"
    TOO_MANY = "429, not acted"


SHARES = {
    Ill.CUT_BEFORE: 0.012,
    Ill.CUT_AFTER: 0.012,
    Ill.HALF: 0.004,
    Ill.BROKEN_BEFORE: 0.003,
    Ill.BROKEN_AFTER: 0.003,
    Ill.TOO_MANY: 0.004,
}


class Instant(StrEnum):
    """When somebody is killed: a request has come, was acted upon, or was answered."""

    ARRIVED = "a request had just arrived"
    ACTED = "acted upon, not yet answered"
    ANSWERED = "just answered"


@dataclass
class Strike:
    """Kill `pid` at an instant of the request that comes `after` so many."""

    pid: int
    at: Instant
    after: int

    def falls(self, at: Instant) -> None:
        """At this instant, if it is the one."""
        if self.at is at and self.after == 0 and self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self.pid = 0


class Weather:
    """Stands before the Bot API."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.calm = False
        self.ills = dict.fromkeys(Ill, 0)
        self.shown: list[list[Any]] = []
        self.strike = Strike(0, Instant.ARRIVED, -1)

    @web.middleware
    async def stand_before(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Pass a push on, as the weather lets it."""
        if not request.path.endswith("/sendMessage"):
            return await handler(request)
        # Whatever becomes of who asked from here on, Telegram has the request and may act.
        await request.read()
        ill = None if self.calm else self._ill()
        await asyncio.sleep(self._dice.uniform(0, _SLOWEST_S))
        self.strike.after -= 1
        mine = Strike(self.strike.pid, self.strike.at, self.strike.after)
        mine.falls(Instant.ARRIVED)
        if ill is not None:
            self.ills[ill] += 1
        if ill in {Ill.CUT_BEFORE, Ill.BROKEN_BEFORE, Ill.TOO_MANY}:
            return _went_wrong(request, ill)
        response = await handler(request)
        self._note(response)
        mine.falls(Instant.ACTED)
        if ill is not None:
            return _went_wrong(request, ill)
        # By then the answer is on its way, perhaps read, and hardly ever kept.
        asyncio.get_running_loop().call_later(
            self._dice.uniform(0, 0.004), mine.falls, Instant.ANSWERED
        )
        return response

    def _ill(self) -> Ill | None:
        (drawn,) = self._dice.choices(
            (*SHARES, None), (*SHARES.values(), 1 - sum(SHARES.values()))
        )
        return drawn

    def _note(self, response: web.StreamResponse) -> None:
        """Keep what a chat was shown: chat, its signals, whether marked, and the words' hash."""
        assert isinstance(response, web.Response)
        assert isinstance(response.body, bytes)
        answer = json.loads(response.body)
        if not answer["ok"]:
            raise ValueError(f"a push was refused: {answer}")
        message = answer["result"]
        addresses = " ".join(one.get("url", "") for one in message.get("entities", ()))
        signals = sorted({int(number) for number in _SIGNAL.findall(addresses)})
        mark, _, rest = message["text"].partition("\n")
        marked = mark.startswith(AGAIN)
        words = words_of(rest if marked else message["text"])
        self.shown.append([message["chat"]["id"], signals, marked, words])

    # --- for whoever leads the campaign ----------------------------------------------------

    async def set_strike(self, request: web.Request) -> web.Response:
        """Order a strike."""
        data = await request.json()
        self.strike = Strike(data["pid"], Instant(data["at"]), data["after"])
        return web.Response()

    async def set_calm(self, _request: web.Request) -> web.Response:
        """From now on nothing goes wrong."""
        self.calm = True
        return web.Response()

    async def tell(self, _request: web.Request) -> web.Response:
        """What was shown, and what went wrong."""
        return web.json_response({"shown": self.shown, "ills": self.ills})


def words_of(text: str) -> str:
    """What stands for a text."""
    return hashlib.sha256(text.strip().encode()).hexdigest()


def _went_wrong(request: web.Request, ill: Ill) -> web.Response:
    if ill in {Ill.BROKEN_BEFORE, Ill.BROKEN_AFTER}:
        return web.Response(status=502, text="<html>502 Bad Gateway</html>")
    if ill is Ill.TOO_MANY:
        refusal = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
        return web.json_response(refusal | {"parameters": {"retry_after": 1}}, status=429)
    if request.transport is not None:
        if ill is Ill.HALF and isinstance(request.transport, asyncio.WriteTransport):
            request.transport.write(_HALF)
            request.transport.close()
        else:
            request.transport.abort()
    return web.Response()


async def serve(seed: int, readers: int) -> None:
    """Serve until the end of standard input."""
    limits = LimitRules(overall=0, chat_rate=0, group=0)
    sandbox = Sandbox(newsroom=False, limits=limits, messages_per_chat=50)
    sandbox.add_people(readers, first_id=FIRST_CHAT)
    weather, app = Weather(seed), sandbox.make_app()
    app.middlewares.append(weather.stand_before)
    app.router.add_post("/-/strike", weather.set_strike)
    app.router.add_post("/-/calm", weather.set_calm)
    app.router.add_get("/-/book", weather.tell)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(json.dumps([f"http://{host}:{port}", sandbox.token]), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
