"""The limiter on a real event loop, and python-telegram-bot's calls through it."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from telegram.error import RetryAfter
from telegram.ext import ExtBot

from bot.delivery.fates import seconds_of
from bot.delivery.limiter import INTERACTIVE, PUSH, Limiter, PacedRateLimiter, is_group
from bot.delivery.transport import AiohttpRequest
from tests.bot.delivery.simulation import most_within
from tests.bot.delivery.wire import TOKEN, Sent, Wire, flood


async def pushed(limiter: Limiter, chat_id: int, at: list[float], busy_s: float = 0.0) -> None:
    with await limiter.acquire(chat_id, is_group=False, priority=PUSH) as turn:
        turn.begin()
        at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(busy_s)


async def test_pushes_keep_the_pace_on_a_real_clock():
    limiter = Limiter(90)
    at: list[float] = []
    await asyncio.gather(*(pushed(limiter, chat, at) for chat in range(1, 151)))
    assert most_within(sorted(at), 1.0) <= 100
    assert 1.2 <= max(at) - min(at) <= 3.0


async def test_an_answer_goes_before_waiting_pushes():
    limiter = Limiter(20)
    at: list[float] = []
    broadcast = [asyncio.create_task(pushed(limiter, chat, at)) for chat in range(1, 61)]
    await asyncio.sleep(0.3)
    loop = asyncio.get_running_loop()
    asked = loop.time()
    for chat in (901, 902, 903):
        await limiter.acquire(chat, is_group=False, priority=INTERACTIVE)
    assert loop.time() - asked < 0.3
    for task in broadcast:
        task.cancel()
    await asyncio.gather(*broadcast, return_exceptions=True)


async def test_an_end_lets_the_next_push_go():
    limiter = Limiter(500, in_flight=2)
    at: list[float] = []
    await asyncio.gather(*(pushed(limiter, chat, at, 0.1) for chat in range(1, 7)))
    assert 0.19 <= max(at) - min(at) < 0.5


async def test_who_gives_up_waiting_makes_room():
    limiter = Limiter(500, in_flight=1)
    first = await limiter.acquire(1, is_group=False, priority=PUSH)
    waiting = asyncio.create_task(limiter.acquire(2, is_group=False, priority=PUSH))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    first.end()
    async with asyncio.timeout(0.5):
        (await limiter.acquire(3, is_group=False, priority=PUSH)).end()


async def test_a_turn_that_came_with_a_cancellation_is_given_back():
    limiter = Limiter(500, in_flight=1)
    first = await limiter.acquire(1, is_group=False, priority=PUSH)
    task = asyncio.create_task(limiter.acquire(2, is_group=False, priority=PUSH))
    await asyncio.sleep(0.01)
    first.end()  # the turn is the task's now, though it has not noticed yet
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(0.5):
        (await limiter.acquire(3, is_group=False, priority=PUSH)).end()


async def test_a_penalty_is_waited_for():
    limiter = Limiter()
    limiter.penalise(7, 0.3)
    assert 0.2 < limiter.chat_wait(7) <= 0.3
    assert limiter.chat_wait(8) == 0
    loop = asyncio.get_running_loop()
    asked = loop.time()
    await limiter.acquire(7, is_group=False)
    assert loop.time() - asked >= 0.29


@pytest.mark.parametrize(
    ("chat_id", "group"), [(5, False), (-5, True), (-1001, True), ("@channel", True)]
)
def test_groups_are_told_by_their_id(chat_id: int | str, *, group: bool):
    assert is_group(chat_id) is group


def paced_bot(wire: Wire, session: aiohttp.ClientSession, limiter: Limiter) -> ExtBot[int]:
    return ExtBot(
        TOKEN,
        base_url=f"{wire.base_url}/bot",
        request=AiohttpRequest(session),
        get_updates_request=AiohttpRequest(session),
        rate_limiter=PacedRateLimiter(limiter),
    )


async def test_answers_to_buttons_and_typing_are_not_paced(
    wire: Wire, session: aiohttp.ClientSession
):
    wire.script = lambda _: (200, {"ok": True, "result": True})
    limiter = Limiter(1, ceiling=2)
    limiter.penalise(None, 30)
    bot = paced_bot(wire, session, limiter)
    async with asyncio.timeout(2):
        for _ in range(5):
            await bot.answer_callback_query("x")
            await bot.send_chat_action(7, "typing")
    assert len(wire.requests) == 10


async def test_turning_pages_quickly_is_not_held_up(wire: Wire, session: aiohttp.ClientSession):
    bot = paced_bot(wire, session, Limiter())
    async with asyncio.timeout(3):
        for _ in range(8):
            await bot.edit_message_text("page", chat_id=7, message_id=1)
    assert len(wire.requests) == 8


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
async def test_a_flood_is_waited_out_once(wire: Wire, session: aiohttp.ClientSession):
    floods = iter([flood(1)])
    wire.script = lambda _: next(floods, None)
    message = await paced_bot(wire, session, Limiter()).send_message(7, "x")
    assert message.message_id == 1
    first, second = wire.requests
    assert second.at - first.at >= 0.99


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
async def test_a_second_flood_and_a_long_one_are_told_to_the_caller(
    wire: Wire, session: aiohttp.ClientSession
):
    wire.script = lambda _: flood(1)
    bot = paced_bot(wire, session, Limiter())
    with pytest.raises(RetryAfter):
        await bot.send_message(7, "x")
    assert len(wire.requests) == 2
    wire.script = lambda _: flood(600)
    with pytest.raises(RetryAfter):
        await bot.send_message(8, "x")
    assert len(wire.requests) == 3


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
async def test_nobody_waits_an_hour_for_an_answer(wire: Wire, session: aiohttp.ClientSession):
    limiter = Limiter(500)
    bot = paced_bot(wire, session, limiter)
    limiter.penalise(7, 5)
    caught: list[float] = []

    async def asked(chat_id: int) -> None:
        with pytest.raises(RetryAfter) as told:
            await bot.send_message(chat_id, "x")
        caught.append(seconds_of(told.value))

    push = asyncio.create_task(limiter.acquire(7, is_group=False, priority=PUSH))
    waiting = asyncio.create_task(asked(7))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(1):
        limiter.penalise(7, 3600)
        await waiting
        await asked(7)
        await bot.send_message(8, "y")
        limiter.penalise(None, 3600)
        await asked(8)
    assert caught == [pytest.approx(3600, abs=1)] * 3
    assert [sent.chat_id for sent in wire.requests] == [8]
    assert not push.done()
    push.cancel()


@pytest.mark.parametrize("jump", [-3600.0, 3600.0])
async def test_the_clock_on_the_wall_may_jump(jump: float, monkeypatch: pytest.MonkeyPatch):
    limiter = Limiter(28)
    at: list[float] = []
    tasks = [asyncio.create_task(pushed(limiter, chat, at)) for chat in range(1, 20)]
    await asyncio.sleep(0.2)
    wall, true_time = time.time, time.time()
    monkeypatch.setattr(time, "time", lambda: wall() + jump)
    assert abs(time.time() - true_time) > 3000
    async with asyncio.timeout(2):
        await asyncio.gather(*tasks)
    assert 0.5 <= max(at) - min(at) <= 1.5


async def test_an_answer_is_quick_during_a_broadcast(wire: Wire, session: aiohttp.ClientSession):
    wire.latency_s = 0.05
    limiter = Limiter()
    bot = paced_bot(wire, session, limiter)
    at: list[float] = []
    broadcast = [asyncio.create_task(pushed(limiter, chat, at, 0.05)) for chat in range(1, 300)]
    loop = asyncio.get_running_loop()
    waits: list[float] = []
    for number in range(15):
        await asyncio.sleep(0.13)
        asked = loop.time()
        await bot.send_message(10_000 + number, "here")
        waits.append(loop.time() - asked)
    for task in broadcast:
        task.cancel()
    await asyncio.gather(*broadcast, return_exceptions=True)
    # 50 ms of it is the server's; the machine may be busy.
    assert sorted(waits)[7] < 0.2
    everything = sorted([*at, *(sent.at for sent in wire.requests)])
    assert most_within(everything, 1.0) <= 30


async def test_errors_other_than_floods_are_not_tried_again(
    wire: Wire, session: aiohttp.ClientSession
):
    def script(_: Sent) -> tuple[int, dict[str, Any] | bytes]:
        return 502, b"<html>"

    wire.script = script
    with pytest.raises(Exception, match="502"):
        await paced_bot(wire, session, Limiter()).send_message(7, "x")
    assert len(wire.requests) == 1
