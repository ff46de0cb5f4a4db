"""An answer that went into a silence is said once more; what may have arrived is not.

Real calls over a wire that is cut (tests/drill/wire.py); counted is what chats are shown.
"""

import asyncio
import errno
import socket
from collections.abc import Callable

import aiohttp
import pytest
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.delivery import transport
from bot.delivery.limiter import Limiter
from handlers.failures import Unsent
from storage.acting import acting, answering
from tests.bot.delivery.test_limiter import paced_bot
from tests.bot.delivery.test_road import answering as at_work
from tests.bot.delivery.test_road import by_cable, shown
from tests.bot.delivery.wire import Drop, Reply, Sent, Wire, refusal
from tests.drill.wire import Wire as Cable

SILENT_S = 0.1
pytestmark = pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="nobody forgets what was written here"
)


@pytest.fixture(autouse=True)
def soon_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.road.SILENT_S", SILENT_S)


async def outcome(task: asyncio.Task[None]) -> TelegramError | None:
    async with asyncio.timeout(10):
        try:
            await task
        except TelegramError as error:
            return error
    return None


async def in_silence(cable: Cable, bot: ExtBot[int], read_timeout: float) -> asyncio.Task[None]:
    """What became of an answer that was written while nothing passed, when all is well again."""
    cable.hold()
    asked = at_work(bot.send_message(7, "x", read_timeout=read_timeout))
    await asyncio.sleep(3 * SILENT_S)
    return asked


@pytest.mark.parametrize("read_timeout", [2 * SILENT_S, 30.0], ids=["given up", "reset"])
async def test_what_went_into_a_silence_is_said_once_more(
    wire: Wire, session: aiohttp.ClientSession, read_timeout: float
):
    async with by_cable(wire, session) as (cable, bot, _):
        asked = await in_silence(cable, bot, read_timeout)
        await cable.mend()
        assert await outcome(asked) is None
    assert shown(wire) == ["x"]


async def test_what_arrives_late_after_all_is_not_said_again(
    wire: Wire, session: aiohttp.ClientSession
):
    async with by_cable(wire, session) as (cable, bot, _):
        asked = await in_silence(cable, bot, 30.0)
        await asyncio.sleep(1.5)  # until a question has failed as well
        await cable.mend(late=True)
        assert await outcome(asked) is None
    assert shown(wire) == ["x"]


async def test_once_more_is_once(
    wire: Wire, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.delivery.road._SIGN_S", 0.0)
    async with by_cable(wire, session) as (cable, bot, _):
        usual = wire.script

        def silent_from_now(sent: Sent) -> Reply:
            if sent.method == "sendMessage":
                cable.hold()
            return usual(sent)

        asked = await in_silence(cable, bot, 5 * SILENT_S)
        wire.script = silent_from_now
        await cable.mend()
        await asyncio.sleep(1.5)
        wire.script = usual
        assert shown(wire) == ["x"]  # said again, and its answer is held
        await cable.mend()
        assert isinstance(await outcome(asked), NetworkError)
        await asyncio.sleep(3 * SILENT_S)
    assert shown(wire) == ["x"]


async def test_what_was_written_before_the_silence_is_not_said_again(
    wire: Wire, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.delivery.road.SILENT_S", 4 * SILENT_S)
    async with by_cable(wire, session) as (cable, bot, _):
        wire.latency_s = 0.3
        first = at_work(bot.send_message(7, "first", read_timeout=1))
        await asyncio.sleep(0.1)
        wire.latency_s = 0.0
        await at_work(bot.send_message(8, "quick"))  # Telegram was still there
        cable.hold()
        await asyncio.sleep(1.6)  # until a question has failed as well
        assert shown(wire) == ["first", "quick"]
        await cable.mend()
        assert isinstance(await outcome(first), NetworkError)
    assert shown(wire) == ["first", "quick"]


@pytest.mark.parametrize("read_timeout", [1, 30], ids=["given up", "reset"])
async def test_what_was_written_just_after_a_sign_of_telegram_is_not_said_again(
    wire: Wire, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, read_timeout: int
):
    monkeypatch.setattr("bot.delivery.road._SIGN_S", 5.0)
    async with by_cable(wire, session) as (cable, bot, _):
        await at_work(bot.send_message(8, "quick"))
        wire.latency_s = 0.3
        first = at_work(bot.send_message(7, "first", read_timeout=read_timeout))
        await asyncio.sleep(0.1)
        cable.hold()
        await asyncio.sleep(1.6)
        await cable.mend()
        # Told to whoever asked, as a broken connection is not (handlers/failures.py).
        assert isinstance(await outcome(first), TimedOut)
    assert shown(wire) == ["first", "quick"]


async def test_a_connection_that_breaks_while_telegram_is_there_says_nothing(
    wire: Wire, session: aiohttp.ClientSession
):
    async with by_cable(wire, session) as (_, bot, __):
        usual = wire.script

        def breaks(sent: Sent) -> Reply:
            if sent.method == "sendMessage":
                raise Drop(after=True)
            return usual(sent)

        wire.script, wire.latency_s = breaks, 2 * SILENT_S
        assert isinstance(await outcome(at_work(bot.send_message(7, "x"))), NetworkError)
        await asyncio.sleep(3 * SILENT_S)
    assert shown(wire) == ["x"]


async def test_a_gateway_that_gives_up_says_that_the_call_had_come_so_far(
    wire: Wire, session: aiohttp.ClientSession
):
    async with by_cable(wire, session) as (_, bot, __):
        usual, wire.latency_s = wire.script, 2 * SILENT_S
        wire.script = lambda _: (504, b"<html>timed out</html>")
        asked = at_work(bot.send_message(7, "x"))
        await asyncio.sleep(5 * SILENT_S)
        wire.script = usual
        assert isinstance(await outcome(asked), NetworkError)
        await asyncio.sleep(3 * SILENT_S)
    assert shown(wire) == []


async def test_nobody_repeats_a_call_that_answers_nobody(
    wire: Wire, session: aiohttp.ClientSession
):
    async with by_cable(wire, session) as (cable, bot, _):
        cable.hold()
        pushed = asyncio.create_task(bot.send_message(7, "push", read_timeout=5 * SILENT_S))
        asked = at_work(bot.send_message(8, "x", read_timeout=5 * SILENT_S))
        await asyncio.sleep(10 * SILENT_S)
        await cable.mend()
        assert isinstance(await outcome(pushed), NetworkError)
        assert await outcome(asked) is None
    assert shown(wire) == ["x"]


def of_an_update_that_has_acted(call: Callable[[], object]) -> asyncio.Task[None]:
    async def work() -> None:
        with answering(1):
            at = acting.get()
            assert at is not None
            at.noted = True
            await call()  # type: ignore[misc]

    return at_work(work())


async def test_of_an_update_that_has_changed_something_only_edits_are_made_again(
    wire: Wire, session: aiohttp.ClientSession
):
    async with by_cable(wire, session) as (cable, bot, _):
        cable.hold()
        said = of_an_update_that_has_acted(lambda: bot.send_message(7, "said"))
        edit = of_an_update_that_has_acted(lambda: bot.edit_message_text("edited", 8, 5))
        await asyncio.sleep(3 * SILENT_S)
        await cable.mend()
        assert isinstance(await outcome(said), NetworkError)
        assert await outcome(edit) is None
    assert shown(wire) == ["edited"]


async def test_an_edit_whose_answer_was_lost_is_made_again_and_stands_there_already(
    wire: Wire, session: aiohttp.ClientSession
):
    async with by_cable(wire, session) as (_, bot, __):
        usual = wire.script

        def loses_the_first(sent: Sent) -> Reply:
            if sent.method != "editMessageText":
                return usual(sent)
            if not wire.shown:
                raise Drop(after=True)
            return refusal(400, "Bad Request: message is not modified")

        wire.script = loses_the_first
        assert await outcome(at_work(bot.edit_message_text("x", 7, 5))) is None
        # Who taps twice is still told that it stood there.
        refused = await outcome(at_work(bot.edit_message_text("x", 7, 5)))
        assert "not modified" in str(refused)
    assert [sent.method for sent in wire.requests].count("editMessageText") == 3


@pytest.mark.parametrize("silent", [True, False])
async def test_who_stops_leaves_what_went_into_a_silence(
    wire: Wire, session: aiohttp.ClientSession, silent: bool
):
    async with by_cable(wire, session) as (cable, bot, limiter):
        if silent:
            asked = await in_silence(cable, bot, 2 * SILENT_S)
        else:
            cable.reset()
            asked = at_work(bot.send_message(7, "x"))
            await asyncio.sleep(SILENT_S)
        limiter.road.end()
        error = await outcome(asked)
        assert (isinstance(error, Unsent) and error.left) is silent


async def test_the_system_does_not_go_on_delivering_what_was_given_up(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
):
    """A peer that takes nothing more: the connection ends before anybody stops waiting."""
    monkeypatch.setattr(transport, "_FORGET_AFTER_MS", 300)
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        wire.base_url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        async with transport.open_session(1) as session, asyncio.timeout(20):
            bot = paced_bot(wire, session, Limiter())
            with pytest.raises(NetworkError) as caught:
                await bot.send_message(7, "x" * 900_000)
    assert f"[Errno {errno.ETIMEDOUT}]" in str(caught.value)


async def test_answers_are_asked_for_longer_than_anything_is_delivered():
    async with transport.open_session(1) as session:
        waits = transport.AiohttpRequest(session).read_timeout
    assert waits is not None
    assert waits * 1000 > transport._FORGET_AFTER_MS
