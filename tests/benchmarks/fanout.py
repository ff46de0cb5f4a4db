"""Ours, as a process of its own: `fanout WHAT BASE COUNT MORE` prints what it cost as JSON.

outbox     the sender as it runs: claims, marks, limits, sends, keeps receipts in SQLite
bodies     only what is done for each message between the database and the socket
calls      python-telegram-bot's send_message on our transport
paced      the sender at the usual pace, with answers to people by the same limiter
thousand   as outbox or bodies, at 1,000 messages a second
"""

import asyncio
import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from telegram import InlineKeyboardMarkup
from telegram.ext import ExtBot

from bot.clock import utc_now
from bot.delivery.bodies import Bodies
from bot.delivery.limiter import PUSH, Limiter, PacedRateLimiter
from bot.delivery.sender import Sender
from bot.delivery.transport import AiohttpRequest, open_session
from digest.model import ChatKind, Delivery, DeliveryState, DigestKind, Lang
from storage import PlannedDigest, Recipient, Storage, migrate
from tests.benchmarks.telegram import BODY, TOKEN

FIRST = 10_000
_CHUNK = 500


class Cost:
    """CPU and clock from its making on."""

    def __init__(self) -> None:
        self._cpu, self._wall = time.process_time(), time.monotonic()

    def of(self, messages: int, **more: Any) -> dict[str, Any]:
        return {
            "messages": messages,
            "cpu_s": time.process_time() - self._cpu,
            "wall_s": time.monotonic() - self._wall,
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            **more,
        }


@asynccontextmanager
async def outbox(count: int) -> AsyncIterator[Storage]:
    """A database in which `count` readers are owed one digest."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        await migrate(url)
        storage = await Storage.open(url)
        now, recipients = utc_now(), []
        for number in range(count):
            reader, _ = await storage.subscribers.enter(
                FIRST + number, 0, ChatKind.PRIVATE, f"p{number}", Lang.ZH, now
            )
            recipients.append(Recipient(reader.id, None, None, None))
        digest = PlannedDigest(
            kind=DigestKind.INSTANT,
            group_key="bench",
            window_from=now,
            window_to=now,
            lang=Lang.ZH,
            signal_ids=(),
            parts=[BODY],
            part_signals=[()],
        )
        await storage.digests.plan_instant(digest, recipients)
        yield storage
        await storage.close()


async def _until_sent(sender: Sender, storage: Storage, count: int) -> None:
    """Let the sender run as it runs in the bot until everything is sent."""
    stop = asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    async with asyncio.timeout(240):
        while (await storage.deliveries.counts()).get(DeliveryState.SENT, 0) < count:
            await asyncio.sleep(0.25)
    stop.set()
    await running


async def sent_from_outbox(base: str, count: int, limiter: Limiter) -> dict[str, Any]:
    async with outbox(count) as storage, open_session(limiter.in_flight) as session:
        sender = Sender(storage, session, base, TOKEN, limiter, utc_now, "bench")
        cost = Cost()
        await _until_sent(sender, storage, count)
        return cost.of(count)


def _owed(chat: int) -> Delivery:
    return Delivery(
        id=chat,
        digest_id=1,
        subscriber_id=chat,
        chat_id=chat,
        thread_id=0,
        part=0,
        state=DeliveryState.CLAIMED,
        attempts=0,
        body=BODY,
    )


async def sent_as_bodies(base: str, count: int, limiter: Limiter) -> dict[str, Any]:
    """The sender's own request, body, limiter and reading of answers, without a database."""
    bodies = Bodies()
    async with open_session(limiter.in_flight) as session:
        sender = Sender(_Nowhere(), session, base, TOKEN, limiter, utc_now, "bench")  # type: ignore[arg-type]  # never asked
        sender._bodies = bodies

        async def send(chat: int) -> None:
            with await limiter.acquire(chat, is_group=False, priority=PUSH) as turn:
                answer = await sender._write(_owed(chat), turn)
            if getattr(answer, "message_id", 0) == 0:
                raise RuntimeError(f"not sent: {answer}")

        return await _fan_out(send, count, limiter.in_flight)


class _Nowhere:
    deliveries = None


async def sent_as_calls(base: str, count: int, in_flight: int) -> dict[str, Any]:
    async with open_session(in_flight) as session:
        request = AiohttpRequest(session)
        async with ExtBot(TOKEN, base_url=f"{base}/bot", request=request) as bot:
            return await _fan_out(_sending(bot), count, in_flight)


def _sending(bot: ExtBot[Any]) -> Callable[[int], Awaitable[object]]:
    keyboard = InlineKeyboardMarkup.de_json(BODY["reply_markup"], None)  # type: ignore[arg-type]  # plain data

    async def send(chat: int) -> object:
        return await bot.send_message(
            chat,
            str(BODY["text"]),
            parse_mode="HTML",
            disable_web_page_preview=True,
            reply_markup=keyboard,
        )

    return send


async def _fan_out(
    send: Callable[[int], Awaitable[object]], count: int, in_flight: int
) -> dict[str, Any]:
    for number in range(50):
        await send(FIRST + number)
    numbers = iter(range(50, 50 + count))

    async def worker() -> None:
        for number in numbers:
            await send(FIRST + number)

    cost = Cost()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    return cost.of(count)


async def paced(base: str, count: int, replies: int) -> dict[str, Any]:
    """A broadcast out of the outbox, and now and then an answer to a person."""
    limiter = Limiter()
    asked: list[tuple[float, float]] = []
    async with outbox(count) as storage, open_session(limiter.in_flight) as session:
        sender = Sender(storage, session, base, TOKEN, limiter, utc_now, "bench")
        bot = ExtBot(
            TOKEN,
            base_url=f"{base}/bot",
            request=AiohttpRequest(session),
            rate_limiter=_Watched(limiter, asked),
        )
        send = _sending(bot)
        cost = Cost()
        broadcast = asyncio.create_task(_until_sent(sender, storage, count))
        waits: list[float] = []

        async def answer(number: int) -> None:
            began = time.monotonic()
            await send(900_000 + number)
            waits.append(time.monotonic() - began)

        await asyncio.sleep(1.0)
        answers = []
        for number in range(replies):
            answers.append(asyncio.create_task(answer(number)))
            await asyncio.sleep(0.2)
        await asyncio.gather(broadcast, *answers)
        return cost.of(count, waits=waits, limited=[waited for _, waited in asked])


class _Watched(PacedRateLimiter):
    """Notes how long each answer waits for its turn."""

    def __init__(self, limiter: Limiter, waits: list[tuple[float, float]]) -> None:
        super().__init__(limiter)
        self._waits = waits

    async def process_request(self, callback: Any, *args: Any, **more: Any) -> Any:
        asked = time.monotonic()

        async def noted(*inner: Any, **named: Any) -> Any:
            self._waits.append((asked, time.monotonic() - asked))
            return await callback(*inner, **named)

        return await super().process_request(noted, *args, **more)


async def _work(what: str, base: str, count: int, more: int) -> dict[str, Any]:
    free = Limiter(1e6, ceiling=10**6, in_flight=more)
    match what:
        case "outbox":
            return await sent_from_outbox(base, count, free)
        case "bodies":
            return await sent_as_bodies(base, count, free)
        case "calls":
            return await sent_as_calls(base, count, more)
        case "paced":
            return await paced(base, count, more)
        case "thousand-outbox":
            return await sent_from_outbox(base, count, Limiter(1000))
        case "thousand-bodies":
            return await sent_as_bodies(base, count, Limiter(1000))
    raise SystemExit(f"no such work: {what}")


def main() -> None:
    what, base, count, more = sys.argv[1:]
    gc.collect()
    gc.freeze()  # as the bot does once it is up
    print(json.dumps(asyncio.run(_work(what, base, int(count), int(more)))))


if __name__ == "__main__":
    main()
