"""Messages a second out of the outbox, against python-telegram-bot's own transport.

The Bot API on the other side is a process of its own that answers at once, so that what is
measured is our CPU, not its speed.
"""

import asyncio
import multiprocessing
import socket
import tempfile
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import aiohttp
from aiohttp import web
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.clock import utc_now
from bot.delivery.limiter import Limiter
from bot.delivery.sender import Sender
from bot.delivery.transport import AiohttpRequest
from digest.model import ChatKind, DigestKind, Lang
from storage import PlannedDigest, Recipient, Storage, migrate
from tests.benchmarks.measure import Row

MESSAGES = 1500
TOKEN = "1000001:bench-bench-bench-bench-bench-bench"
TEXT = "<b>核心信息</b> " + "海港机器人向林霍尔姆港出售 1200 台分拣机，合同金额 4500 万美元。" * 20
BODY = {
    "text": TEXT,
    "parse_mode": "HTML",
    "link_preview_options": {"is_disabled": True},
    "reply_markup": {"inline_keyboard": [[{"text": "全文", "url": "https://example.org/s/1"}]]},
}


def rows() -> list[Row]:
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,))
    server.start()
    try:
        base = f"http://127.0.0.1:{here.recv()}"
        ours = asyncio.run(_sender(base))
        default = asyncio.run(_ptb(base, HTTPXRequest(connection_pool_size=10)))
        carried = asyncio.run(_ptb_aiohttp(base))
    finally:
        server.terminate()
        server.join()
    return [
        Row(
            f"outbox → Telegram, {MESSAGES} messages, 10 in flight",
            f"{ours:.0f}/s",
            f"PTB default transport {default:.0f}/s",
            f"{ours / default:.1f}x",
            "ours includes claim, commit before write, receipt in SQLite; CPU seconds",
        ),
        Row(
            "one answer by python-telegram-bot",
            f"on our transport {carried:.0f}/s",
            f"on its own {default:.0f}/s",
            f"{carried / default:.1f}x",
        ),
    ]


async def _sender(base: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        await migrate(url)
        storage = await Storage.open(url)
        await _fill(storage)
        async with aiohttp.ClientSession() as session:
            # Pacing is not what is measured here.
            limiter = Limiter(rate=1_000_000.0, ceiling=1_000_000)
            sender = Sender(storage, session, base, TOKEN, limiter, utc_now, "bench")
            began, wall = time.process_time(), time.monotonic()
            sent = 0
            while sent < MESSAGES and time.monotonic() - wall < 60:
                sent += await sender.deliver_due(500)
            spent = time.process_time() - began
        await storage.close()
        if sent != MESSAGES:
            raise RuntimeError(f"only {sent} of {MESSAGES} were sent")
        return sent / spent


async def _fill(storage: Storage) -> None:
    now = utc_now()
    recipients = []
    for number in range(MESSAGES):
        subscriber, _ = await storage.subscribers.enter(
            10_000 + number, 0, ChatKind.PRIVATE, f"p{number}", Lang.ZH, now
        )
        recipients.append(Recipient(subscriber.id, None, None, None))
    await storage.digests.plan_instant(
        PlannedDigest(
            kind=DigestKind.INSTANT,
            group_key="bench",
            window_from=now,
            window_to=now,
            lang=Lang.ZH,
            signal_ids=(),
            parts=[BODY],
            part_signals=[()],
        ),
        recipients,
    )


async def _ptb(base: str, request: HTTPXRequest | AiohttpRequest) -> float:
    async with Bot(TOKEN, base_url=f"{base}/bot", request=request) as bot:
        gate = asyncio.Semaphore(10)

        async def one(number: int) -> None:
            async with gate:
                await bot.send_message(
                    10_000 + number,
                    TEXT,
                    parse_mode="HTML",
                    reply_markup=BODY["reply_markup"],  # type: ignore[arg-type]  # plain data
                )

        began = time.process_time()
        await asyncio.gather(*(one(number) for number in range(MESSAGES // 3)))
        return (MESSAGES // 3) / (time.process_time() - began)


async def _ptb_aiohttp(base: str) -> float:
    async with aiohttp.ClientSession() as session:
        return await _ptb(base, AiohttpRequest(session))


def _serve(ready: Connection) -> None:
    asyncio.run(_bot_api(ready))


async def _bot_api(ready: Connection) -> None:
    user = {"id": 1000001, "is_bot": True, "first_name": "b", "username": "bench_bot"}
    message = {
        "message_id": 1,
        "date": int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()),
        "chat": {"id": 1, "type": "private"},
        "from": user,
        "text": TEXT,
    }

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        method = request.match_info["method"]
        return web.json_response({"ok": True, "result": user if method == "getMe" else message})

    app = web.Application()
    app.router.add_post("/bot{token}/{method}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listening).start()
    ready.send(listening.getsockname()[1])
    await asyncio.Event().wait()
