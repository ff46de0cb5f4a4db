"""Which phase of a request failed decides whether the message may be sent again.

Each case fails in just that phase, at a server of bare sockets, and is played to both who send:
python-telegram-bot's Bot on our transport, and the sender of pushes.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.clock import utc_now
from bot.delivery import sender as sending
from bot.delivery.fates import NotSent, PerhapsSent, Unanswered, fate_of
from bot.delivery.limiter import Limiter
from bot.delivery.transport import AiohttpRequest, open_session
from digest.errors import DeliveryFate
from tests.bot.delivery.outbox import Outbox
from tests.bot.delivery.plainserver import Line, PlainServer, nobody_home, playing
from tests.bot.delivery.test_sender import a_sender
from tests.bot.delivery.wire import TOKEN, Wire

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Play = Callable[[Line], Awaitable[None]]


async def resets_at_once(line: Line) -> None:
    line.reset()


async def resets_when_read(line: Line) -> None:
    await line.request()
    line.reset()


async def ends_when_read(line: Line) -> None:
    await line.request()
    line.close()


async def says_nothing(line: Line) -> None:
    await line.request()


async def cuts_its_answer(line: Line) -> None:
    await line.request()
    await line.say(b'HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n{"ok":true,"result":{"mess')
    line.close()


async def says_half_and_waits(line: Line) -> None:
    await line.request()
    await line.say(b'HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n{"ok":true')


async def is_no_server(line: Line) -> None:
    await line.request()
    await line.say(b"SSH-2.0-OpenSSH_9.2\r\n")


def answers(status: int, body: bytes) -> Play:
    async def play(line: Line) -> None:
        await line.request()
        await line.answer_last(status, body)

    play.__name__ = f"answers_{status}_{body[:6].decode()}"
    return play


PERHAPS: tuple[Play, ...] = (
    resets_at_once,  # what we wrote may have been read before
    resets_when_read,
    ends_when_read,
    says_nothing,
    cuts_its_answer,
    says_half_and_waits,
    is_no_server,
    answers(502, b"<html>502 Bad Gateway</html>"),
    answers(504, b""),
    answers(200, b"<html>It works!</html>"),
    answers(200, b'{"ok":true'),
    answers(200, b"[]"),
    answers(302, b"<html>log in</html>"),
    # A proxy or a login page of a network says nothing about our token, chat or message.
    answers(401, b"<html>proxy</html>"),
    answers(403, b"<html>forbidden by policy</html>"),
    answers(404, b"<html>not here</html>"),
    answers(400, b'{"error":"bad"}'),
    answers(409, b"busy"),
)


def quick_bot(base_url: str, session: aiohttp.ClientSession, **timeouts: float) -> Bot:
    quick = {"connect_timeout": 0.3, "read_timeout": 0.15, "pool_timeout": 0.05} | timeouts
    request = AiohttpRequest(session, **quick)
    return Bot(TOKEN, base_url=f"{base_url}/bot", request=request)


async def said_to_bot(base_url: str, session: aiohttp.ClientSession) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await quick_bot(base_url, session).send_message(7, "x")
    return caught.value


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = aiohttp.ClientTimeout(total=5, sock_connect=0.3, sock_read=0.15)
    monkeypatch.setattr(sending, "_TIMEOUT", quick)


@pytest.mark.parametrize("play", PERHAPS, ids=lambda play: play.__name__)
async def test_what_may_have_been_read_is_never_sent_again(
    play: Play, outbox: Outbox, session: aiohttp.ClientSession
):
    await outbox.owe(7)
    async with playing(play) as server:
        error = await said_to_bot(server.base_url, session)
        assert fate_of(error, NOW).fate is DeliveryFate.UNKNOWN
        assert server.connections == 1
        sender = a_sender(outbox, server, session)
        for _ in range(2):
            assert await sender.deliver_due(1) == 0
        assert server.connections == 2
    assert await outbox.counts() == {"unknown": 1}
    subscriber = await outbox.storage.subscribers.by_chat(7)
    assert subscriber is not None
    assert subscriber.active


@pytest.mark.parametrize(
    ("play", "begun"),
    [
        (says_nothing, False),
        (ends_when_read, False),
        (resets_when_read, False),
        (cuts_its_answer, True),
        (says_half_and_waits, True),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
async def test_an_answer_that_has_begun_is_told_from_a_silence(
    play: Play, *, begun: bool, session: aiohttp.ClientSession
):
    """What went into a silence may be said once more; what was answered never is."""
    async with playing(play) as server:
        error = await said_to_bot(server.base_url, session)
    assert isinstance(error.__cause__, PerhapsSent)
    assert isinstance(error.__cause__, Unanswered) is not begun


@asynccontextmanager
async def refusing() -> AsyncIterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{free.getsockname()[1]}"


@asynccontextmanager
async def no_such_host() -> AsyncIterator[str]:
    yield "http://no-such-host.invalid"


@asynccontextmanager
async def speaking_no_tls() -> AsyncIterator[str]:
    async with playing(is_no_tls) as server:
        yield server.base_url.replace("http:", "https:")


async def is_no_tls(line: Line) -> None:
    await line.some(5)
    await line.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    line.close()


@pytest.mark.parametrize("place", [refusing, nobody_home, no_such_host, speaking_no_tls])
async def test_what_never_reached_a_server_is_sent_later(
    place: Callable[[], AbstractAsyncContextManager[str]],
    outbox: Outbox,
    wire: Wire,
    session: aiohttp.ClientSession,
):
    await outbox.owe(7)
    async with place() as address:
        error = await said_to_bot(address, session)
        assert isinstance(error.__cause__, NotSent)
        assert fate_of(error, NOW).fate is DeliveryFate.RETRY
        lost = PlainServer(says_nothing)
        lost.base_url = address
        assert await a_sender(outbox, lost, session).deliver_due(1) == 0
    assert await outbox.counts() == {"retry": 1}
    later = a_sender(outbox, wire, session, clock=lambda: utc_now() + timedelta(minutes=1))
    assert await later.deliver_due(1) == 1
    assert [sent.chat_id for sent in wire.requests] == [7]


async def test_a_file_that_is_not_taken_ends_writing_in_its_own_time(
    session: aiohttp.ClientSession,
):
    async def takes_a_little(line: Line) -> None:
        await line.some(1000)

    async with playing(takes_a_little) as server:
        bot = quick_bot(server.base_url, session, upload_timeout=0.3)
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(TimedOut) as caught:
            await bot.send_document(7, b"x" * 20_000_000, filename="big")
        # Neither as soon as reading would end (0.15 s) nor as late as everything together.
        assert 0.25 <= loop.time() - began < 0.6
    assert isinstance(caught.value.__cause__, PerhapsSent)


async def test_a_connection_lost_while_writing_leaves_it_open(session: aiohttp.ClientSession):
    async def breaks_in_the_middle(line: Line) -> None:
        await line.some(1_000_000)
        line.reset()

    async with playing(breaks_in_the_middle) as server:
        with pytest.raises(NetworkError) as caught:
            await quick_bot(server.base_url, session).send_document(7, b"x" * 20_000_000)
    assert isinstance(caught.value.__cause__, PerhapsSent)


async def test_an_answer_that_dribbles_comes_to_an_end(session: aiohttp.ClientSession):
    async def dribbles(line: Line) -> None:
        await line.request()
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while True:
            await line.say(b" ")
            await asyncio.sleep(0.05)

    async with playing(dribbles) as server:
        bot = quick_bot(server.base_url, session, write_timeout=0.1)
        async with asyncio.timeout(2):
            with pytest.raises(TimedOut) as caught:
                await bot.send_message(7, "x")
    assert isinstance(caught.value.__cause__, PerhapsSent)


async def test_one_connection_serves_calls_and_pushes(outbox: Outbox, wire: Wire):
    await outbox.owe(*range(1, 31))
    async with open_session(10) as session:
        bot = quick_bot(wire.base_url, session)
        for _ in range(30):
            await bot.send_message(7, "x")
        assert len(wire.connections) == 1
        sender = a_sender(outbox, wire, session, limiter=Limiter(900, in_flight=1))
        assert await sender.deliver_due(30) == 30
    assert len(wire.requests) == 60
    assert len(wire.connections) == 1


async def test_pushes_at_once_share_as_many_connections(outbox: Outbox, wire: Wire):
    wire.latency_s = 0.01
    await outbox.owe(*range(1, 101))
    async with open_session(5) as session:
        sender = a_sender(outbox, wire, session, limiter=Limiter(900, in_flight=5))
        assert await sender.deliver_due(100) == 100
    assert 1 < len(wire.connections) <= 5


async def test_a_connection_the_server_has_closed_is_not_used_again():
    async def one_answer_each(line: Line) -> None:
        await line.request()
        await line.answer()
        line.close()

    async with playing(one_answer_each) as server, open_session(1) as session:
        bot = quick_bot(server.base_url, session)
        for _ in range(5):
            assert (await bot.send_message(7, "x")).message_id == 5
            await asyncio.sleep(0.01)  # the end of the connection comes in
        assert server.connections == 5


async def test_a_connection_closed_just_as_it_is_used_again_leaves_it_open(outbox: Outbox):
    came: list[bytes] = []

    async def closes_on_the_second(line: Line) -> None:
        came.append(await line.request())
        await line.answer()
        came.append(await line.request())
        line.close()

    await outbox.owe(7)
    async with playing(closes_on_the_second) as server, open_session(1) as session:
        bot = quick_bot(server.base_url, session)
        await bot.send_message(7, "first")
        with pytest.raises(NetworkError) as caught:
            await bot.send_message(7, "second")
        # Nothing was repeated behind our back.
        assert [b"first" in came[0], b"second" in came[1], len(came)] == [True, True, 2]
        assert isinstance(caught.value.__cause__, PerhapsSent)
        await bot.send_message(7, "third")
        assert await a_sender(outbox, server, session).deliver_due(1) == 0
    assert len(came) == 4
    assert await outbox.counts() == {"unknown": 1}
