"""How long one update takes, from Telegram's JSON to Telegram's yes, at 100,000 readers.

Beside it stands what one would write without us: the bare query and python-telegram-bot's own
transport, with a message of the same length.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiohttp
from sqlalchemy import text
from telegram import Bot, Update
from telegram.ext import Application
from telegram.request import HTTPXRequest

from bot.delivery.transport import AiohttpRequest
from digest.render import Links
from digest.taxonomy import load_taxonomy
from handlers.context import Services
from handlers.guards import Pacer
from handlers.registry import install
from storage import Storage
from tests.benchmarks.audience import FIRST_CHAT, READERS
from tests.benchmarks.botapi import TOKEN, bot_api, command, tap
from tests.benchmarks.measure import Row, percentile

ROUNDS = 150
Times = dict[str, list[float]]


async def rows(storage: Storage, name: str, signals: int, now: datetime) -> list[Row]:
    """Handler time per kind of update, beside the bare way."""
    with bot_api() as base:
        async with application(storage, base, now) as ours:
            mine = await _times(_updates(signals), lambda data: _handled(ours, data))
        async with Bot(TOKEN, base_url=f"{base}/bot", request=HTTPXRequest()) as bot:
            bare = _bare(storage, bot, signals, now)
            theirs = {
                work: await _timed([data for _, data in enumerate(range(ROUNDS))], bare[work])
                for work in mine
            }
    return [
        Row(
            f"{name}: one update, {work}",
            _shown(mine[work]),
            f"bare query and PTB's transport {_shown(theirs[work])}",
            f"{percentile(theirs[work], 0.5) / percentile(mine[work], 0.5):.1f}x",
            f"{signals:,} signals, {READERS:,} readers; ours with admission, wishes and rendering",
        )
        for work in mine
    ]


def _shown(times: list[float]) -> str:
    return f"p50 {percentile(times, 0.5):.1f} ms, p95 {percentile(times, 0.95):.1f} ms"


@asynccontextmanager
async def application(
    storage: Storage, base: str, now: datetime, **more: Any
) -> AsyncIterator[Application[Any, Any, Any, Any, Any, Any]]:
    """Our handlers on our transport, as the bot assembles them. `more` goes to the builder."""
    services = Services(
        storage=storage,
        taxonomy=load_taxonomy(),
        links=Links("https://hexin.example"),
        clock=lambda: now,
        wake_sender=lambda: None,
    )
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=256)) as session:
        builder = Application.builder().token(TOKEN).base_url(f"{base}/bot")
        builder.request(AiohttpRequest(session)).get_updates_request(AiohttpRequest(session))
        for setting, value in more.items():
            getattr(builder, setting)(value)
        built = builder.build()
        install(built, services, Pacer(burst=10**9))
        failures: list[object] = []

        async def note(_update: object, context: Any) -> None:
            failures.append(context.error)

        built.add_error_handler(note)
        await built.initialize()
        yield built
        await built.shutdown()
        if failures:
            raise RuntimeError(f"{len(failures)} updates failed, the first with {failures[0]!r}")


def _updates(signals: int) -> Mapping[str, Callable[[int], dict[str, Any]]]:
    """What is measured: the update of each round, from a reader of its own."""

    def typed(words: str) -> Callable[[int], dict[str, Any]]:
        return lambda number: command(number, FIRST_CHAT + 1 + number * 97 % READERS, words)

    return {
        "/latest": typed("/latest"),
        "/topic": typed("/topic 大模型"),
        "/search": typed("/search 公司"),
        "save": lambda number: _tap(number, f"1:save:{signals - number}"),
        "/settings": typed("/settings"),
    }


def _tap(number: int, data: str) -> dict[str, Any]:
    return tap(number, FIRST_CHAT + 1 + number * 97 % READERS, data)


async def _times(
    kinds: Mapping[str, Callable[[int], dict[str, Any]]],
    handle: Callable[[dict[str, Any]], Awaitable[object]],
) -> Times:
    number = 0
    found: Times = {}
    for work, make in kinds.items():
        updates = []
        for _ in range(ROUNDS):
            number += 1
            updates.append(make(number))
        found[work] = await _timed(updates, handle)
    return found


async def _timed(things: list[Any], act: Callable[[Any], Awaitable[object]]) -> list[float]:
    """Milliseconds (wall) of each act; the first ten warm up."""
    times = []
    for thing in things:
        began = time.perf_counter()
        await act(thing)
        times.append((time.perf_counter() - began) * 1e3)
    return times[10:]


async def _handled(app: Application[Any, Any, Any, Any, Any, Any], data: dict[str, Any]) -> None:
    await app.process_update(Update.de_json(data, app.bot))


def _bare(
    storage: Storage, bot: Bot, signals: int, now: datetime
) -> Mapping[str, Callable[[int], Awaitable[object]]]:
    """The same by hand: one statement, one message, no wishes, no words, no second thought."""
    lines = "核心信息：海港机器人向林霍尔姆港出售 1200 台分拣机。\n" * 20
    topic = next(iter(load_taxonomy().topics))

    async def asked(statement: str, **values: object) -> None:
        async with storage.database.read() as connection:
            (await connection.execute(text(statement), values)).all()
        await bot.send_message(FIRST_CHAT, lines)

    async def saved(number: int) -> None:
        async with storage.database.write() as connection:
            await connection.execute(
                text(
                    "INSERT INTO saved (collection_id, signal_id, note, saved_at)"
                    " VALUES (:reader, :signal, '', :now)"
                ),
                {"reader": number + 1, "signal": signals - number, "now": _stored(storage, now)},
            )
        await bot.answer_callback_query("1", "saved")
        await bot.edit_message_reply_markup(FIRST_CHAT, 1)

    return {
        "/latest": lambda _: asked("SELECT * FROM signals ORDER BY dated_at DESC LIMIT 5"),
        "/topic": lambda _: asked(
            "SELECT s.* FROM signals s JOIN signal_topics t ON t.signal_id = s.id"
            " WHERE t.topic_id = :topic ORDER BY t.dated_at DESC LIMIT 5",
            topic=topic,
        ),
        "/search": lambda _: asked(
            "SELECT * FROM articles WHERE title LIKE :word ORDER BY id DESC LIMIT 5", word="%公司%"
        ),
        "save": saved,
        "/settings": lambda number: asked(
            "SELECT * FROM subscriptions WHERE subscriber_id = :reader", reader=number + 1
        ),
    }


def _stored(storage: Storage, now: datetime) -> object:
    return now if storage.database.dialect == "postgresql" else int(now.timestamp() * 1e6)
