"""The sender, with a real database on one side and a real socket on the other."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count

import aiohttp
import pytest

from bot.clock import Clock, utc_now
from bot.delivery import sender as sending
from bot.delivery.limiter import Limiter
from bot.delivery.sender import Sender
from digest.errors import DeliveryError, DeliveryFate
from digest.model import DeliveryState
from tests.bot.delivery.outbox import Outbox
from tests.bot.delivery.plainserver import PlainServer
from tests.bot.delivery.wire import TOKEN, Drop, Sent, Wire, flood, refusal


@pytest.fixture
def sender(outbox: Outbox, wire: Wire, session: aiohttp.ClientSession) -> Sender:
    return a_sender(outbox, wire, session)


def a_sender(
    outbox: Outbox,
    wire: Wire | PlainServer,
    session: aiohttp.ClientSession,
    *,
    limiter: Limiter | None = None,
    owner: str = "me",
    clock: Clock = utc_now,
) -> Sender:
    return Sender(
        storage=outbox.storage,
        session=session,
        api_base=wire.base_url,
        token=TOKEN,
        limiter=limiter or Limiter(900, in_flight=10),
        clock=clock,
        owner=owner,
    )


@asynccontextmanager
async def running(sender: Sender) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(sender.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def settled(outbox: Outbox, seconds: float = 15.0) -> dict[str, int]:
    async with asyncio.timeout(seconds):
        while True:
            counts = await outbox.counts()
            if not set(counts) & {"pending", "claimed", "sending", "retry"}:
                return counts
            await asyncio.sleep(0.02)


async def test_each_reader_is_sent_each_digest_once(outbox: Outbox, wire: Wire, sender: Sender):
    first = await outbox.owe(1, 2, 3)
    second = await outbox.owe(2, 3)
    assert await sender.deliver_due(100) == 5
    assert wire.times() == {
        (1, first): 1,
        (2, first): 1,
        (3, first): 1,
        (2, second): 1,
        (3, second): 1,
    }
    assert await sender.deliver_due(100) == 0
    assert await outbox.counts() == {"sent": 5}


async def test_the_body_is_the_digests_with_the_chat_spliced_in(
    outbox: Outbox, wire: Wire, sender: Sender
):
    await outbox.reader(-100, thread_id=9)
    await outbox.owe(-100, html="<b>核心</b> 😀", silent=True)
    await sender.deliver_due(1)
    assert wire.requests[0].body == {
        "chat_id": -100,
        "message_thread_id": 9,
        "disable_notification": True,
        "text": "<b>核心</b> 😀",
        "parse_mode": "HTML",
    }


async def test_parts_arrive_in_order(outbox: Outbox, wire: Wire, sender: Sender):
    wire.latency_s = 0.02
    await outbox.owe(1, 2, parts=3)
    async with running(sender):
        await settled(outbox)
    for chat in (1, 2):
        assert wire.texts(chat) == [f"digest 1 part {part}" for part in range(3)]


async def test_what_is_not_due_waits(outbox: Outbox, wire: Wire, sender: Sender):
    await outbox.owe(1, due=utc_now() + timedelta(seconds=1.5))
    async with running(sender):
        await asyncio.sleep(0.3)
        assert wire.requests == []
        await until(lambda: len(wire.shown) == 1, 5.0)


async def test_a_wake_up_is_heard(outbox: Outbox, wire: Wire, sender: Sender):
    async with running(sender):
        await asyncio.sleep(0.1)
        await outbox.owe(1)
        sender.wake()
        await until(lambda: len(wire.shown) == 1, 1.0)


async def test_at_most_ten_are_under_way(outbox: Outbox, wire: Wire, sender: Sender):
    wire.latency_s = 0.15
    await outbox.owe(*range(1, 61))
    async with running(sender):
        await settled(outbox)
    assert 4 <= wire.most_under_way <= 10


async def test_a_blocked_bot_switches_the_chat_off(outbox: Outbox, wire: Wire, sender: Sender):
    wire.script = lambda _: refusal(403, "Forbidden: bot was blocked by the user")
    await outbox.owe(1)
    await sender.deliver_due(10)
    subscriber = await outbox.storage.subscribers.by_chat(1, 0)
    assert subscriber is not None
    assert not subscriber.active
    assert await outbox.counts() == {"dead": 1}


@pytest.mark.parametrize("words", ["message thread not found", "TOPIC_CLOSED"])
async def test_a_forum_topic_that_is_gone_is_switched_off_alone(
    outbox: Outbox, wire: Wire, sender: Sender, words: str
):
    def script(sent: Sent):
        gone = sent.body.get("message_thread_id") == 9
        return refusal(400, f"Bad Request: {words}") if gone else None

    wire.script = script
    await outbox.reader(-100, thread_id=9)
    await outbox.owe(-100)
    await outbox.reader(-100, thread_id=12)
    await outbox.owe(-100)
    await outbox.reader(-100, thread_id=9)
    await outbox.owe(-100, due=utc_now() + timedelta(hours=1))
    await sender.deliver_due(10)
    gone = await outbox.storage.subscribers.by_chat(-100, 9)
    kept = await outbox.storage.subscribers.by_chat(-100, 12)
    assert gone is not None
    assert kept is not None
    assert (gone.active, kept.active) == (False, True)
    # What was still owed to the topic is not kept waiting for it.
    assert await outbox.counts() == {"dead": 2, "sent": 1}


async def test_a_group_that_moved_is_followed_once_however_often_we_hear_of_it(
    outbox: Outbox, wire: Wire, sender: Sender
):
    def script(sent: Sent):
        if sent.chat_id == -5:
            return refusal(400, "group chat was upgraded", migrate_to_chat_id=-1005)
        return None

    wire.script = script
    await outbox.owe(-5)
    await outbox.owe(-5)
    async with running(sender):
        assert await settled(outbox) == {"sent": 2}
    await outbox.storage.subscribers.migrate_chat(-5, -1005)
    moved = await outbox.storage.subscribers.by_chat(-1005)
    assert moved is not None
    assert moved.active
    assert await outbox.storage.subscribers.by_chat(-5) is None


async def test_a_group_that_moved_gets_it_in_its_new_place(
    outbox: Outbox, wire: Wire, sender: Sender
):
    def script(sent: Sent):
        if sent.chat_id == -5:
            return refusal(400, "group chat was upgraded", migrate_to_chat_id=-1005)
        return None

    wire.script = script
    text = await outbox.owe(-5)
    async with running(sender):
        assert await settled(outbox) == {"sent": 1}
    assert wire.times() == {(-1005, text): 1}


async def test_a_flood_waits_and_then_delivers(outbox: Outbox, wire: Wire, sender: Sender):
    told: list[float] = []

    def script(sent: Sent):
        if sent.chat_id == 1 and not told:
            told.append(sent.at)
            return flood(1)
        return None

    wire.script = script
    text = await outbox.owe(1)
    await outbox.owe(2)
    async with running(sender):
        assert await settled(outbox) == {"sent": 2}
    assert wire.times()[1, text] == 1
    again = next(sent.at for sent in wire.shown if sent.chat_id == 1)
    assert again - told[0] >= 0.99
    assert next(sent.at for sent in wire.shown if sent.chat_id == 2) - told[0] < 0.5


async def test_bad_entities_are_sent_once_as_plain_text(
    outbox: Outbox, wire: Wire, sender: Sender
):
    def script(sent: Sent):
        if "parse_mode" in sent.body:
            return refusal(400, "Bad Request: can't parse entities: Unsupported start tag")
        return None

    wire.script = script
    await outbox.owe(1, 2, html="<x>a &lt; b</x>")
    async with running(sender):
        assert await settled(outbox) == {"sent": 2}
    assert wire.times() == {(1, "a < b"): 1, (2, "a < b"): 1}


async def test_what_is_refused_as_plain_text_too_is_dead(
    outbox: Outbox, wire: Wire, sender: Sender
):
    wire.script = lambda _: refusal(400, "Bad Request: can't parse entities")
    await outbox.owe(1)
    async with running(sender):
        assert await settled(outbox) == {"dead": 1}
    assert len(wire.requests) == 2


@pytest.mark.parametrize("after", [False, True])
async def test_a_lost_answer_is_unknown_and_never_sent_again(
    outbox: Outbox, wire: Wire, sender: Sender, *, after: bool
):
    def script(_: Sent):
        raise Drop(after=after)

    wire.script = script
    await outbox.owe(1)
    async with running(sender):
        assert await settled(outbox) == {"unknown": 1}
        await asyncio.sleep(0.3)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(("drops", "last"), [(1, "sent"), (2, "unknown")])
async def test_alerts_set_to_go_once_more_say_so(
    outbox: Outbox, wire: Wire, sender: Sender, drops: int, last: str
):
    asked = count(1)

    def script(_: Sent) -> None:
        if next(asked) <= drops:
            raise Drop(after=True)

    wire.script = script
    outbox.storage.deliveries.resend_alerts = True
    text = await outbox.owe(1)
    async with running(sender):
        assert await settled(outbox) == {last: 1}
    assert wire.texts(1) == [text, f"<i>🔁 补发：可能已经收到过</i>\n{text}"]


@pytest.mark.parametrize("reply", [(502, b"<html>"), (500, {"ok": False}), (200, b"{}")])
async def test_an_answer_that_says_nothing_is_unknown(
    outbox: Outbox, wire: Wire, sender: Sender, reply: tuple[int, dict[str, bool] | bytes]
):
    wire.script = lambda _: reply
    await outbox.owe(1)
    await sender.deliver_due(10)
    assert await outbox.counts() == {"unknown": 1}


async def test_an_outage_leaves_few_in_doubt_and_loses_none(
    outbox: Outbox, wire: Wire, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sending, "_OFFLINE_FIRST_S", 0.05)
    answers = count()

    def script(_: Sent):
        return (502, b"<html>bad gateway</html>") if next(answers) < 12 else None

    wire.script = script
    text = await outbox.owe(*range(1, 101))
    async with running(a_sender(outbox, wire, session)):
        counts = await settled(outbox)
    assert counts == {"sent": 88, "unknown": 12}
    assert set(wire.times().values()) == {1}
    assert sum(wire.times()[chat, text] for chat in range(1, 101)) == 88


async def test_no_connection_loses_nothing(
    outbox: Outbox, wire: Wire, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sending, "_OFFLINE_FIRST_S", 0.05)
    sender = a_sender(outbox, wire, session)
    address = sender._url
    sender._url = "http://127.0.0.1:9/bot1:x/sendMessage"
    await outbox.owe(*range(1, 31))
    async with running(sender):
        await asyncio.sleep(0.3)
        counts = await outbox.counts()
        assert "unknown" not in counts
        assert sum(counts.values()) == 30
        # Only those that were under way have used up a try; the others wait untouched.
        assert counts["retry"] <= 15
        sender._url = address
        assert await settled(outbox, 12) == {"sent": 30}
    assert set(wire.times().values()) == {1}


@pytest.mark.parametrize(("code", "words"), [(401, "token"), (409, "another process")])
async def test_a_refused_token_stops_with_a_clear_message(
    outbox: Outbox, wire: Wire, sender: Sender, code: int, words: str
):
    wire.script = lambda _: refusal(code, "no")
    await outbox.owe(*range(1, 21))
    with pytest.raises(DeliveryError, match=words) as caught:
        await asyncio.wait_for(sender.run(asyncio.Event()), 5)
    assert caught.value.fate is DeliveryFate.STOP
    counts = await outbox.counts()
    assert set(counts) <= {"pending", "retry"}
    assert sum(counts.values()) == 20


async def test_stopping_finishes_what_is_written_and_gives_back_the_rest(
    outbox: Outbox, wire: Wire, session: aiohttp.ClientSession
):
    wire.latency_s = 0.3
    await outbox.owe(*range(1, 101))
    async with running(a_sender(outbox, wire, session, limiter=Limiter(30, in_flight=10))):
        await until(lambda: len(wire.requests) >= 3)
    counts = await outbox.counts()
    assert set(counts) == {"pending", "sent"}
    assert counts["sent"] == len(wire.shown) == len(wire.requests)


async def test_what_does_not_finish_in_time_is_unknown(
    outbox: Outbox, wire: Wire, sender: Sender, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sending, "_DRAIN_S", 0.1)
    wire.latency_s = 5.0
    await outbox.owe(1)
    async with running(sender):
        await until(lambda: len(wire.requests) == 1)
    assert await outbox.counts() == {"unknown": 1}


async def test_a_start_clears_up_after_a_kill(outbox: Outbox, wire: Wire, sender: Sender):
    await outbox.owe(1, 2, 3)
    deliveries = outbox.storage.deliveries
    claimed = await deliveries.claim(utc_now(), 2, "me")
    assert await deliveries.mark_sending(claimed[0].id, utc_now())
    async with running(sender):
        assert await settled(outbox) == {"sent": 2, "unknown": 1}
    assert claimed[0].chat_id not in {sent.chat_id for sent in wire.requests}


async def test_two_senders_do_not_send_twice(
    outbox: Outbox, wire: Wire, session: aiohttp.ClientSession
):
    wire.latency_s = 0.01
    await outbox.owe(*range(1, 81))
    one = a_sender(outbox, wire, session, owner="one")
    two = a_sender(outbox, wire, session, owner="two")
    async with running(one), running(two):
        assert await settled(outbox) == {"sent": 80}
    assert set(wire.times().values()) == {1}
    assert len(wire.requests) == 80


async def test_what_was_taken_over_meanwhile_is_not_sent_again(
    outbox: Outbox, wire: Wire, session: aiohttp.ClientSession
):
    slow = Limiter(900)
    slow.penalise(1, 1.0)
    text = await outbox.owe(1)
    async with running(a_sender(outbox, wire, session, limiter=slow, owner="one")):
        while await outbox.counts() != {"claimed": 1}:
            await asyncio.sleep(0.01)
        # Its lease runs out while it waits for its turn, and another process is quicker.
        await outbox.storage.deliveries.recover(utc_now() + timedelta(minutes=5))
        assert await a_sender(outbox, wire, session, owner="two").deliver_due(10) == 1
        await asyncio.sleep(1.3)
    assert wire.times() == {(1, text): 1}


async def test_a_full_group_leaves_its_place_to_others(
    outbox: Outbox, wire: Wire, session: aiohttp.ClientSession
):
    limiter = Limiter(900)
    sender = a_sender(outbox, wire, session, limiter=limiter)
    for _ in range(30):
        await outbox.owe(-5)
    limiter.penalise(-5, 40)
    await outbox.owe(*range(1, 101))
    async with running(sender):
        await until(lambda: len(wire.shown) == 100, 8)
        await asyncio.sleep(0.5)
        assert await outbox.counts() == {"sent": 100, "retry": 30}


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_the_network_does_nobody_gets_it_twice_and_nothing_is_lost(
    outbox: Outbox,
    wire: Wire,
    session: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
):
    monkeypatch.setattr(sending, "_OFFLINE_FIRST_S", 0.02)
    monkeypatch.setattr(sending, "_OFFLINE_LONGEST_S", 0.05)
    chance, floods = random.Random(seed), count()
    wire.latency_s = 0.005

    def script(_: Sent):
        roll = chance.random()
        if roll < 0.04:
            raise Drop(after=chance.random() < 0.5)
        if roll < 0.07:
            return 502, b"<html>"
        if roll < 0.12 and next(floods) < 5:
            return flood(1)
        return None

    wire.script = script
    for _ in range(3):
        await outbox.owe(*range(1, 41), parts=2)
    for restart in range(20):
        sender = a_sender(outbox, wire, session, owner=f"process {restart}")
        async with running(sender):
            await asyncio.sleep(0.3)
        if not set(await outbox.counts()) & {"pending", "retry"}:
            break
    async with running(a_sender(outbox, wire, session)):
        counts = await settled(outbox, 40)
    assert sum(counts.values()) == 240
    assert set(counts) <= {"sent", "unknown"}
    assert max(wire.times().values()) == 1
    doubtful = counts.get(DeliveryState.UNKNOWN.value, 0)
    assert counts["sent"] <= len(wire.shown) <= counts["sent"] + doubtful
