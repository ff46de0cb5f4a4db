"""The others, as they come: `client.py WHAT BASE COUNT IN_FLIGHT` prints what it cost as JSON.

Runs on the packages of requirements.txt alone, so it imports nothing of ours: what is sent comes
in on standard input.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[int], Awaitable[object]]
FIRST = 10_000
WARM_UP = 50
BEAT_S = 0.01


async def fan_out(send: Send, count: int, in_flight: int) -> dict[str, float]:
    """`count` messages, `in_flight` at a time; the first fifty warm up."""
    numbers = iter(range(count + 50))

    async def worker(until: int) -> None:
        for number in numbers:
            await send(FIRST + number)
            if number >= until:
                return

    await worker(49)
    began, wall = time.process_time(), time.monotonic()
    await asyncio.gather(*(worker(10**9) for _ in range(in_flight)))
    return {
        "messages": count,
        "cpu_s": time.process_time() - began,
        "wall_s": time.monotonic() - wall,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


async def paced(send: Send, count: int, rate: int) -> dict[str, float]:
    """`count` messages, `rate` a second: so many at every beat, whatever is still under way."""
    for number in range(WARM_UP):
        await send(FIRST + number)
    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[object]] = []
    began, wall = time.process_time(), loop.time()
    while len(tasks) < count:
        due = min(count, int((loop.time() - wall) * rate) + 1)
        tasks += [loop.create_task(send(FIRST + WARM_UP + n)) for n in range(len(tasks), due)]
        await asyncio.sleep(BEAT_S)
    await asyncio.gather(*tasks)
    return {
        "messages": count,
        "cpu_s": time.process_time() - began,
        "wall_s": loop.time() - wall,
    }


async def broadcast(send: Send, reply: Send, count: int, replies: int) -> dict[str, Any]:
    """All of a broadcast at once, as its users do, and now and then an answer to a person."""
    tasks = [asyncio.ensure_future(send(FIRST + number)) for number in range(count)]
    waits = []
    answers = []

    async def answer(number: int) -> None:
        asked = time.monotonic()
        await reply(900_000 + number)
        waits.append(time.monotonic() - asked)

    await asyncio.sleep(1.0)
    for number in range(replies):
        answers.append(asyncio.ensure_future(answer(number)))
        await asyncio.sleep(0.2)
    await asyncio.gather(*tasks, *answers)
    return {"waits": waits}


async def with_ptb(base: str, body: dict[str, Any], work: list[str]) -> dict[str, Any]:
    from telegram import InlineKeyboardMarkup
    from telegram.ext import AIORateLimiter, Application

    builder = Application.builder().token("1:x").base_url(f"{base}/bot")
    what, count, more = work[0], int(work[1]), int(work[2])
    if what == "ptb-limited":
        builder = builder.rate_limiter(AIORateLimiter())
    bot = builder.build().bot
    keyboard = InlineKeyboardMarkup.de_json(body["reply_markup"], None)

    async def send(chat: int) -> object:
        return await bot.send_message(
            chat,
            body["text"],
            parse_mode=body["parse_mode"],
            disable_web_page_preview=True,
            reply_markup=keyboard,
        )

    async with bot:
        if what == "ptb-limited":
            return await broadcast(send, send, count, more)
        return await fan_out(send, count, more)


async def with_aiogram(base: str, body: dict[str, Any], work: list[str]) -> dict[str, Any]:
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions

    session = AiohttpSession(api=TelegramAPIServer.from_base(base))
    keyboard = InlineKeyboardMarkup.model_validate(body["reply_markup"])
    preview = LinkPreviewOptions(is_disabled=True)
    async with Bot("1000001:bench", session=session) as bot:

        async def send(chat: int) -> object:
            return await bot.send_message(
                chat,
                body["text"],
                parse_mode=body["parse_mode"],
                link_preview_options=preview,
                reply_markup=keyboard,
            )

        return await fan_out(send, int(work[1]), int(work[2]))


async def with_aiohttp(base: str, body: dict[str, Any], work: list[str]) -> dict[str, Any]:
    import aiohttp

    tail = json.dumps(body, ensure_ascii=False).encode()[1:]
    url, headers = f"{base}/bot1:x/sendMessage", {"Content-Type": "application/json"}
    what, count, more = work[0], int(work[1]), int(work[2])
    connector = aiohttp.TCPConnector(limit=0 if what == "aiohttp-paced" else 100)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def send(chat: int) -> object:
            data = b'{"chat_id":%d,' % chat + tail
            async with session.post(url, data=data, headers=headers) as response:
                return json.loads(await response.read())["ok"]

        return await (paced if what == "aiohttp-paced" else fan_out)(send, count, more)


def main() -> None:
    what, base, *rest = sys.argv[1:]
    body = json.load(sys.stdin)
    work = [what, *rest]
    runs = {"aiogram": with_aiogram, "aiohttp": with_aiohttp, "aiohttp-paced": with_aiohttp}
    run = runs.get(what, with_ptb)
    print(json.dumps(asyncio.run(run(base, body, work))))


if __name__ == "__main__":
    main()
