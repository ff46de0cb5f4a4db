"""Requests written by ourselves, to servers of bare sockets that answer in every way there is.

What a failure says of the message is told in test_phases.py, where the sender writes this way.
"""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.delivery.fates import certainly_not_sent
from bot.delivery.transport import JSON_HEADERS, open_session
from bot.delivery.wire import Wire
from tests.bot.delivery.plainserver import SENT, Line, nobody_home, playing

BODY = json.dumps({"chat_id": 7, "text": "核心"}).encode()
ANSWER = json.dumps(SENT).encode()
QUICK = aiohttp.ClientTimeout(total=5, connect=0.5, sock_connect=0.3, sock_read=0.3)
LARGE = b"x" * 20_000_000


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session(1) as opened:
        yield opened


async def post(
    session: aiohttp.ClientSession,
    base_url: str,
    body: bytes = BODY,
    limits: aiohttp.ClientTimeout = QUICK,
) -> tuple[int, bytes]:
    return await Wire(session).post(f"{base_url}/bot1:x/sendMessage", body, limits)


async def test_the_request_is_the_one_a_session_would_have_written(
    session: aiohttp.ClientSession,
):
    came: list[tuple[bytes, bytes]] = []

    async def listens(line: Line) -> None:
        while True:
            came.append(await line.exchange())
            await line.answer()

    async with playing(listens) as server:
        url = f"{server.base_url}/bot1:%41%25x%2F/sendMessage"
        async with session.post(url, data=BODY, headers=JSON_HEADERS) as response:
            theirs = response.status, await response.read()
        assert await Wire(session).post(url, BODY, QUICK) == theirs == (200, ANSWER)
        assert server.connections == 1
    (one, other) = ((sorted(head.split(b"\r\n")), body) for head, body in came)
    assert one == other
    assert came[1][0].startswith(b"POST /bot1:")


def framed(head: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body


def in_chunks(raw: bytes) -> bytes:
    pieces = (raw[at : at + 7] for at in range(0, len(raw), 7))
    return b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in pieces) + b"0\r\n\r\n"


ZIPPED = gzip.compress(ANSWER)
LENGTH = b"Content-Length: %d\r\n"
WAYS = {
    "whole": framed(LENGTH % len(ANSWER), ANSWER),
    "chunked": framed(b"Transfer-Encoding: chunked\r\n", in_chunks(ANSWER)),
    "zipped": framed(LENGTH % len(ZIPPED) + b"Content-Encoding: gzip\r\n", ZIPPED),
    "zipped in chunks": framed(
        b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", in_chunks(ZIPPED)
    ),
    "after a sign of life": b"HTTP/1.1 102 Processing\r\n\r\n"
    + framed(LENGTH % len(ANSWER), ANSWER),
}


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("raw", WAYS.values(), ids=WAYS)
async def test_however_an_answer_is_framed_it_is_read_and_the_connection_kept(
    raw: bytes, session: aiohttp.ClientSession, *, at_once: bool
):
    async def answers(line: Line) -> None:
        while True:
            await line.request()
            for piece in [raw] if at_once else [raw[:20], raw[20:130], raw[130:]]:
                await line.say(piece)
                await asyncio.sleep(0.005)

    async with playing(answers) as server:
        for _ in range(3):
            assert await post(session, server.base_url) == (200, ANSWER)
        assert server.connections == 1


ENDS = {
    "it is asked to": framed(LENGTH % len(ANSWER) + b"Connection: close\r\n", ANSWER),
    "of an old server": b"HTTP/1.0 200 OK\r\n\r\n" + ANSWER,
    "there is no length": b"HTTP/1.1 200 OK\r\n\r\n" + ANSWER,
}


@pytest.mark.parametrize("raw", ENDS.values(), ids=ENDS)
async def test_a_connection_ends_when(raw: bytes, session: aiohttp.ClientSession):
    async def answers_and_ends(line: Line) -> None:
        await line.request()
        await line.say(raw)
        line.close()

    async with playing(answers_and_ends) as server:
        for _ in range(3):
            assert await post(session, server.base_url) == (200, ANSWER)
        assert server.connections == 3


async def test_an_answer_without_a_body_is_one(session: aiohttp.ClientSession):
    async def has_nothing_to_say(line: Line) -> None:
        await line.request()
        await line.say(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with playing(has_nothing_to_say) as server:
        assert await post(session, server.base_url) == (204, b"")


async def test_a_redirect_is_an_answer_and_not_followed(session: aiohttp.ClientSession):
    async def sends_elsewhere(line: Line) -> None:
        await line.request()
        await line.say(b"HTTP/1.1 302 X\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n")

    async with playing(sends_elsewhere) as server:
        assert await post(session, server.base_url) == (302, b"")
        assert server.connections == 1


async def test_an_answer_of_any_size_is_read(session: aiohttp.ClientSession):
    async def talks_long(line: Line) -> None:
        await line.request()
        await line.say(framed(LENGTH % len(LARGE), LARGE))

    async with playing(talks_long) as server:
        status, body = await post(session, server.base_url)
        assert (status, len(body)) == (200, len(LARGE))


async def test_after_an_answer_to_what_was_not_read_the_connection_is_not_used_again(
    session: aiohttp.ClientSession,
):
    async def answers_before_it_has_read(line: Line) -> None:
        await line.some(100)
        await line.answer_last(413, b"{}")

    async def answers_early(line: Line) -> None:
        await line.some(100)
        await line.say(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}")

    for play in (answers_before_it_has_read, answers_early):
        async with playing(play) as server:
            for _ in range(2):
                assert await post(session, server.base_url, LARGE) == (413, b"{}")
            assert server.connections == 2


async def test_what_came_while_a_connection_rested_is_no_answer(session: aiohttp.ClientSession):
    came: list[bytes] = []
    resting, said = asyncio.Event(), asyncio.Event()

    async def says_something_later(line: Line) -> None:
        came.append(await line.request())
        await line.answer()
        await resting.wait()
        await line.say(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
        said.set()
        came.append(await line.request())

    async with playing(says_something_later) as server:
        for _ in range(3):
            resting.clear()
            said.clear()
            assert await post(session, server.base_url) == (200, ANSWER)
            resting.set()
            await said.wait()
            await asyncio.sleep(0.02)  # it comes in
        assert (server.connections, len(came)) == (3, 3)


Play = Callable[[Line], Awaitable[None]]


async def has_too_long_a_head(line: Line) -> None:
    await line.request()
    await line.say(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n")


async def has_no_end_of_chunks(line: Line) -> None:
    await line.request()
    await line.say(framed(b"Transfer-Encoding: chunked\r\n", b"5\r\n{'ok'\r\n"))
    line.close()


async def has_false_chunks(line: Line) -> None:
    await line.request()
    await line.say(framed(b"Transfer-Encoding: chunked\r\n", b"zz\r\n{'ok'\r\n"))


async def is_not_zipped(line: Line) -> None:
    await line.request()
    await line.say(framed(LENGTH % len(ANSWER) + b"Content-Encoding: gzip\r\n", ANSWER))


async def takes_nothing(_line: Line) -> None:
    await asyncio.Event().wait()


async def dribbles(line: Line) -> None:
    await line.request()
    await line.say(framed(LENGTH % 9999, b""))
    while True:
        await line.say(b" ")
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "play",
    [
        has_too_long_a_head,
        has_no_end_of_chunks,
        has_false_chunks,
        is_not_zipped,
        takes_nothing,
        dribbles,
    ],
)
async def test_what_is_no_answer_leaves_it_open_and_the_connection_unused(
    play: Play, session: aiohttp.ClientSession
):
    quick = aiohttp.ClientTimeout(total=0.5, connect=0.4, sock_read=0.2)
    async with playing(play) as server:
        for body in (BODY, LARGE) if play is takes_nothing else (BODY, BODY):
            async with asyncio.timeout(3):
                with pytest.raises((aiohttp.ClientError, TimeoutError)) as caught:
                    await post(session, server.base_url, body, quick)
            assert not certainly_not_sent(caught.value)
        assert server.connections == 2


async def test_a_connection_that_does_not_come_in_time_sent_nothing(
    session: aiohttp.ClientSession,
):
    async with nobody_home() as address:
        for quick in (
            aiohttp.ClientTimeout(total=5, connect=5, sock_connect=0.1),
            aiohttp.ClientTimeout(total=5, connect=0.1, sock_connect=5),
        ):
            with pytest.raises((aiohttp.ClientError, TimeoutError)) as caught:
                await post(session, address, limits=quick)
            assert certainly_not_sent(caught.value)


@asynccontextmanager
async def silence() -> AsyncIterator[str]:
    async def says_nothing(line: Line) -> None:
        await line.request()

    async with playing(says_nothing) as server:
        yield server.base_url


async def test_who_waited_too_long_for_a_connection_writes_nothing():
    came: list[bytes] = []

    async def answers_late(line: Line) -> None:
        while True:
            came.append((await line.exchange())[1])
            await asyncio.sleep(0.4)
            await line.answer()

    connector = aiohttp.TCPConnector(limit=1)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        playing(answers_late) as server,
    ):
        wire, url = Wire(session), f"{server.base_url}/bot1:x/sendMessage"
        first = asyncio.create_task(wire.post(url, BODY, aiohttp.ClientTimeout(total=5)))
        await asyncio.sleep(0.1)
        with pytest.raises(aiohttp.ConnectionTimeoutError) as failure:
            await wire.post(url, BODY, aiohttp.ClientTimeout(total=0.1, sock_read=5))
        assert certainly_not_sent(failure.value)
        assert await first == (200, ANSWER)
        assert len(came) == 1
        assert await wire.post(url, BODY, aiohttp.ClientTimeout(total=5)) == (200, ANSWER)
        assert server.connections == 1


@pytest.mark.parametrize("place", [silence, nobody_home])
async def test_who_is_stopped_takes_the_connection_along(
    place: Callable[[], "asynccontextmanager[str]"],
):
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=connector) as session, place() as address:
        patient = aiohttp.ClientTimeout(total=20)
        for _ in range(3):
            writing = asyncio.create_task(post(session, address, limits=patient))
            await asyncio.sleep(0.05)
            writing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await writing

        async def answers(line: Line) -> None:
            await line.request()
            await line.answer()

        # None of the three holds the one place there is.
        async with playing(answers) as server:
            assert (await post(session, server.base_url))[0] == 200


async def test_an_answer_nobody_waits_for_any_more_is_not_the_next_ones(
    session: aiohttp.ClientSession,
):
    asked: list[bytes] = []

    async def answers_with_what_it_was_asked(line: Line) -> None:
        while True:
            body = await line.request()
            asked.append(body)
            await asyncio.sleep(0.1)
            await line.say(framed(LENGTH % len(body), body))

    async with playing(answers_with_what_it_was_asked) as server:
        stopped = asyncio.create_task(post(session, server.base_url, b"one"))
        while not asked:
            await asyncio.sleep(0.005)
        stopped.cancel()
        await asyncio.gather(stopped, return_exceptions=True)
        for body in (b"two", b"three"):
            assert await post(session, server.base_url, body) == (200, body)
        assert server.connections == 2


async def test_a_closed_session_sends_nothing():
    async with open_session(1) as session:
        pass
    with pytest.raises(aiohttp.ClientError):
        await post(session, "http://127.0.0.1:9")
