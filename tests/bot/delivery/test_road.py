"""Answers to people wait while Telegram is out of reach, and come once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
import pytest
from telegram.error import NetworkError
from telegram.ext import ExtBot

from bot.delivery.limiter import Limiter
from handlers.failures import Unsent
from handlers.processor import OrderedProcessor
from tests.bot.delivery.test_limiter import paced_bot
from tests.bot.delivery.wire import Wire
from tests.drill.wire import Wire as Cable

ME = {"id": 1, "is_bot": True, "first_name": "x", "username": "x_bot"}


def answering(call: Awaitable[object]) -> asyncio.Task[None]:
    """`call` as part of the work on somebody's update."""
    return asyncio.create_task(OrderedProcessor().do_process_update(None, call))


def shown(wire: Wire) -> list[str]:
    return sorted(sent.body["text"] for sent in wire.shown)


@asynccontextmanager
async def by_cable(
    wire: Wire, session: aiohttp.ClientSession
) -> AsyncIterator[tuple[Cable, ExtBot[int], Limiter]]:
    port = int(wire.base_url.rpartition(":")[2])
    usual = wire.script
    wire.script = lambda sent: (
        (200, {"ok": True, "result": ME}) if sent.method == "getMe" else usual(sent)
    )
    async with Cable(port).laid() as cable:
        limiter = Limiter()
        beside = Wire()
        beside.base_url = f"http://127.0.0.1:{cable.port}"
        bot = paced_bot(beside, session, limiter)
        limiter.road.ask = partial(bot.get_me, read_timeout=1, connect_timeout=1)
        yield cable, bot, limiter
        limiter.road.end()


async def test_an_answer_that_was_not_sent_comes_when_telegram_is_back(
    wire: Wire, session: aiohttp.ClientSession
):
    async with by_cable(wire, session) as (cable, bot, _):
        await cable.refuse()
        with pytest.raises(NetworkError):
            await bot.send_message(7, "nobody waits for this")
        asked = [answering(bot.send_message(chat, f"to {chat}")) for chat in (7, 8)]
        await asyncio.sleep(0.3)
        assert not any(one.done() for one in asked)
        await cable.mend()
        async with asyncio.timeout(5):
            await asyncio.gather(*asked)
    assert shown(wire) == ["to 7", "to 8"]


async def test_of_an_outage_only_the_first_answer_is_in_doubt(
    wire: Wire, session: aiohttp.ClientSession
):
    async with by_cable(wire, session) as (cable, bot, _):
        cable.reset()
        first = answering(bot.send_message(7, "perhaps"))
        with pytest.raises(NetworkError):
            await first
        asked = [answering(bot.send_message(chat, f"to {chat}")) for chat in range(10, 15)]
        await asyncio.sleep(0.3)
        await cable.mend()
        async with asyncio.timeout(5):
            await asyncio.gather(*asked)
    # What was perhaps sent is not sent again, though it did not arrive this time.
    assert shown(wire) == [f"to {chat}" for chat in range(10, 15)]


async def test_into_a_silence_nothing_more_is_sent(
    wire: Wire, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.delivery.road.SILENT_S", 0.1)
    async with by_cable(wire, session) as (cable, bot, _):
        cable.hold()
        first = answering(bot.send_message(7, "first", read_timeout=2))
        await asyncio.sleep(0.3)
        asked = [answering(bot.send_message(chat, f"to {chat}")) for chat in range(10, 15)]
        await asyncio.sleep(0.2)
        assert not any(one.done() for one in asked)
        await cable.mend()
        async with asyncio.timeout(5):
            await asyncio.gather(first, *asked)
    assert shown(wire) == ["first", *(f"to {chat}" for chat in range(10, 15))]


async def test_a_slow_answer_holds_others_only_until_telegram_is_seen_to_be_there(
    wire: Wire, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.delivery.road.SILENT_S", 0.1)
    async with by_cable(wire, session) as (_, bot, limiter):
        usual, looked = wire.script, limiter.road.ask
        assert looked is not None
        asked = []

        async def ask() -> object:
            asked.append(1)
            return await looked()

        limiter.road.ask = ask
        wire.latency_s = 0.5
        slow = answering(bot.send_message(7, "slow"))
        await asyncio.sleep(0.2)
        wire.latency_s = 0.0
        async with asyncio.timeout(5):
            await asyncio.gather(slow, answering(bot.send_message(8, "quick")))
        assert wire.script is usual
    assert asked
    assert shown(wire) == ["quick", "slow"]


@pytest.mark.parametrize("before", [(), ("first",)])
async def test_who_stops_leaves_what_nothing_was_said_to(
    wire: Wire, session: aiohttp.ClientSession, before: tuple[str, ...]
):
    async with by_cable(wire, session) as (cable, bot, limiter):

        async def work() -> None:
            for text in before:
                await bot.send_message(7, text)
            await cable.refuse()
            await asyncio.sleep(0.05)  # the connection that stood is seen to be gone
            await bot.send_message(7, "last")

        asked = answering(work())
        await asyncio.sleep(0.3)
        limiter.road.end()
        with pytest.raises(Unsent) as caught:
            await asked
        assert caught.value.left is not bool(before)


async def test_nobody_waits_for_ever(
    wire: Wire, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.delivery.limiter.PATIENCE_S", 0.2)
    async with by_cable(wire, session) as (cable, bot, _):
        await cable.refuse()
        async with asyncio.timeout(5):
            with pytest.raises(NetworkError):
                await answering(bot.send_message(7, "x"))


@pytest.mark.parametrize("known", [True, False])
async def test_what_is_begun_after_the_end_is_left_as_well(
    wire: Wire, session: aiohttp.ClientSession, known: bool
):
    async with by_cable(wire, session) as (cable, bot, limiter):
        await cable.refuse()
        if known:  # the outage was noticed before the end
            waiting = answering(bot.send_message(7, "first"))
            await asyncio.sleep(0.3)
        limiter.road.end()
        async with asyncio.timeout(5):
            if known:
                with pytest.raises(Unsent):
                    await waiting
            for chat in (7, 8):
                with pytest.raises(Unsent) as caught:
                    await answering(bot.send_message(chat, "later"))
                assert caught.value.left


async def test_after_the_end_answers_go_while_telegram_is_there(
    wire: Wire, session: aiohttp.ClientSession
):
    async with by_cable(wire, session) as (_, bot, limiter):
        limiter.road.end()
        await answering(bot.send_message(7, "last"))
    assert shown(wire) == ["last"]
