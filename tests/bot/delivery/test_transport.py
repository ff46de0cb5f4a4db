"""python-telegram-bot's own Bot, speaking through our transport to a server on loopback."""

import json
import logging
import socket
import traceback

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from bot.delivery.fates import NotSent, PerhapsSent
from bot.delivery.transport import AiohttpRequest, redacted
from tests.bot.delivery.wire import TOKEN, Drop, Sent, Wire, flood, refusal


def bot_on(base_url: str, session: aiohttp.ClientSession, **timeouts: float) -> Bot:
    return Bot(
        TOKEN,
        base_url=f"{base_url}/bot",
        base_file_url=f"{base_url}/file/bot",
        request=AiohttpRequest(session, **timeouts),
        get_updates_request=AiohttpRequest(session),
    )


async def test_values_travel_as_json_and_come_back(wire: Wire, session: aiohttp.ClientSession):
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("收藏", callback_data="1:save:5")]])
    message = await bot_on(wire.base_url, session).send_message(
        7, "核心信息 <b>&amp;</b> 😀", parse_mode="HTML", reply_markup=keyboard
    )
    assert message.message_id == 1
    (sent,) = wire.requests
    assert sent.method == "sendMessage"
    assert sent.body["text"] == "核心信息 <b>&amp;</b> 😀"
    assert sent.body["reply_markup"] == {
        "inline_keyboard": [[{"text": "收藏", "callback_data": "1:save:5"}]]
    }


def test_of_a_message_we_sent_what_we_said_in_it_is_not_read():
    said = {"entities": [{}], "caption_entities": [{}], "reply_markup": {}, "reply_to_message": {}}
    new = {"message_id": 5, "date": 1, "chat": {"id": 7}, "photo": [{"file_id": "x"}], "text": "x"}
    answer = json.dumps({"ok": True, "result": said | new}).encode()
    assert AiohttpRequest.parse_json_payload(answer) == {"ok": True, "result": new}
    # What others have said to us is read whole.
    polled = {"ok": True, "result": [{"update_id": 1, "message": said | new}]}
    assert AiohttpRequest.parse_json_payload(json.dumps(polled).encode()) == polled
    chat = {"ok": True, "result": {"id": 7, "pinned_message": said | new}}
    assert AiohttpRequest.parse_json_payload(json.dumps(chat).encode()) == chat
    assert AiohttpRequest.parse_json_payload(b'{"ok": true, "result": true}')["result"] is True


async def test_of_an_edit_only_that_it_was_made_is_read(
    wire: Wire, session: aiohttp.ClientSession
):
    bot = bot_on(wire.base_url, session)
    assert await bot.edit_message_text("x", 7, 1) is True
    (sent,) = wire.requests
    assert (sent.method, sent.body["text"]) == ("editMessageText", "x")
    wire.script = lambda _: refusal(400, "Bad Request: message is not modified")
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("x", 7, 1)


async def test_a_broken_surrogate_does_not_break_the_request(
    wire: Wire, session: aiohttp.ClientSession
):
    await bot_on(wire.base_url, session).send_message(7, "half \ud83d of it")
    assert wire.requests[0].body["text"] == "half ? of it"


async def test_files_go_as_multipart(wire: Wire, session: aiohttp.ClientSession):
    bot = bot_on(wire.base_url, session)
    await bot.send_document(7, b"%PDF-1.7", filename="报告.pdf", caption="<i>x</i>")
    (sent,) = wire.requests
    assert sent.files == {"document": b"%PDF-1.7"}
    assert sent.body == {"chat_id": "7", "caption": "<i>x</i>"}


async def test_an_album_attaches_its_photos(wire: Wire, session: aiohttp.ClientSession):
    chat = {"id": 7, "type": "private"}
    wire.script = lambda _: (
        200,
        {"ok": True, "result": [{"message_id": 1, "date": 1, "chat": chat}]},
    )
    media = [InputMediaPhoto(b"one"), InputMediaPhoto(b"two", caption="二")]
    await bot_on(wire.base_url, session).send_media_group(7, media)
    (sent,) = wire.requests
    described = json.loads(sent.body["media"])
    names = [one["media"].removeprefix("attach://") for one in described]
    assert [sent.files[name] for name in names] == [b"one", b"two"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (refusal(400, "Bad Request: chat not found"), BadRequest),
        (refusal(403, "Forbidden: bot was blocked by the user"), Forbidden),
        (refusal(401, "Unauthorized"), InvalidToken),
        (refusal(409, "Conflict"), Conflict),
        (refusal(400, "upgraded", migrate_to_chat_id=-100), ChatMigrated),
        (refusal(502, "Bad Gateway"), NetworkError),
        ((502, b"<html>nginx</html>"), NetworkError),
    ],
)
async def test_refusals_become_the_librarys_errors(
    wire: Wire,
    session: aiohttp.ClientSession,
    reply: tuple[int, dict[str, object] | bytes],
    error: type[Exception],
):
    wire.script = lambda _: reply
    with pytest.raises(error):
        await bot_on(wire.base_url, session).send_message(7, "x")


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
async def test_a_flood_becomes_retry_after(wire: Wire, session: aiohttp.ClientSession):
    wire.script = lambda _: flood(3)
    with pytest.raises(RetryAfter):
        await bot_on(wire.base_url, session).send_message(7, "x")


async def test_no_connection_means_not_sent(session: aiohttp.ClientSession):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NetworkError) as caught:
        await bot_on(f"http://127.0.0.1:{port}", session).send_message(7, "x")
    assert isinstance(caught.value.__cause__, NotSent)


async def test_a_full_pool_means_not_sent(wire: Wire):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as narrow:
        bot = bot_on(wire.base_url, narrow, connect_timeout=0.05, pool_timeout=0.05)
        holding = await _hold_one(narrow, wire)
        with pytest.raises(TimedOut) as caught:
            await bot.send_message(7, "x")
        holding.close()
    assert isinstance(caught.value.__cause__, NotSent)
    assert [sent.chat_id for sent in wire.requests] == [1]


async def _hold_one(session: aiohttp.ClientSession, wire: Wire) -> aiohttp.ClientResponse:
    """A response that is not read and so keeps the only connection."""
    wire.script = lambda _: (200, b"x" * 3_000_000)
    return await session.post(f"{wire.base_url}/bot{TOKEN}/sendMessage", json={"chat_id": 1})


async def test_a_slow_answer_means_perhaps_sent(wire: Wire, session: aiohttp.ClientSession):
    wire.latency_s = 1.0
    with pytest.raises(TimedOut) as caught:
        await bot_on(wire.base_url, session, read_timeout=0.1).send_message(7, "x")
    assert isinstance(caught.value.__cause__, PerhapsSent)


async def test_a_lost_connection_means_perhaps_sent(wire: Wire, session: aiohttp.ClientSession):
    def script(_: Sent) -> None:
        raise Drop(after=True)

    wire.script = script
    with pytest.raises(NetworkError) as caught:
        await bot_on(wire.base_url, session).send_message(7, "x")
    assert isinstance(caught.value.__cause__, PerhapsSent)


async def test_the_token_is_in_no_error_and_no_log(
    wire: Wire, session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
):
    # Below INFO the library itself writes addresses; bot/observe.py redacts those.
    caplog.set_level(logging.INFO)
    wire.latency_s = 0.5
    found: list[str] = []
    addresses = (wire.base_url, "http://127.0.0.1:1", "http://no-such-host.invalid")
    for address in addresses:
        with pytest.raises(NetworkError) as caught:
            await bot_on(address, session, read_timeout=0.05).send_message(7, "x")
        found.append("".join(traceback.format_exception(caught.value)))
    assert len(found) == 3
    assert TOKEN not in "".join(found) + caplog.text


def test_addresses_lose_their_token():
    text = f"https://api.telegram.org/bot{TOKEN}/sendMessage and /file/bot{TOKEN}/x"
    assert redacted(text) == "https://api.telegram.org/bot…/sendMessage and /file/bot…/x"
