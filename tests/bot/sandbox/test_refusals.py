"""What Telegram refuses, in its own words and codes."""

from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Sandbox

Call = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]
LIN = 1001


@pytest.fixture(autouse=True)
def _started(sandbox: Sandbox) -> None:
    sandbox.person("lin").start()


def keyboard(**button: object) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


BROKEN = "can't parse inline keyboard button: "


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": LIN}, "message text is empty"),
        ({"chat_id": LIN, "text": "  "}, "message text is empty"),
        ({"chat_id": LIN, "text": "核" * 4097}, "message is too long"),
        ({"chat_id": LIN, "text": "核" * 11_000}, "text is too long"),
        ({"chat_id": 5, "text": "x"}, "chat not found"),
        ({"chat_id": "@nobody_here", "text": "x"}, "chat not found"),
        ({"chat_id": LIN, "text": "x", "parse_mode": "html5"}, "unsupported parse_mode"),
        (
            {"chat_id": LIN, "text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            {"chat_id": LIN, "text": "x", "disable_web_page_preview": True},
            'unexpected parameter "disable_web_page_preview" in sendMessage',
        ),
        (
            {"chat_id": LIN, "text": "x", "link_preview_options": {"off": True}},
            'unexpected field "off" in LinkPreviewOptions',
        ),
        (
            {"chat_id": LIN, "text": "x", "disable_notification": "perhaps"},
            'parameter "disable_notification" must be of type Boolean',
        ),
        ({"chat_id": LIN, "text": "x", "message_thread_id": 9}, "message thread not found"),
        (
            {"chat_id": LIN, "text": "x", "reply_parameters": {"message_id": 99}},
            "message to be replied not found",
        ),
    ],
)
async def test_send_message(call: Call, body: dict[str, Any], problem: str) -> None:
    assert await call("sendMessage", **body) == (
        400,
        {"ok": False, "error_code": 400, "description": f"Bad Request: {problem}"},
    )


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        (keyboard(text="x", callback_data="核" * 22), "BUTTON_DATA_INVALID"),
        (
            keyboard(text="x", url="not-a-url"),
            "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
        ),
        (
            keyboard(text="x", url="http://localhost:8080/"),
            "inline keyboard button URL 'http://localhost:8080/' is invalid: Wrong HTTP URL",
        ),
        (
            keyboard(text="x", url="ftp://e.com"),
            "inline keyboard button URL 'ftp://e.com' is invalid: Unsupported URL protocol",
        ),
        (keyboard(text="x"), f"{BROKEN}Text buttons are unallowed in the inline keyboard"),
        (keyboard(callback_data="x"), f'{BROKEN}Can\'t find field "text"'),
        (keyboard(text=5, callback_data="x"), f'{BROKEN}Field "text" must be of type String'),
        (keyboard(text="x", data="y"), 'unexpected field "data" in InlineKeyboardButton'),
        (
            {"inline_keyboard": [[{"text": "x", "callback_data": "y"}] * 9]},
            "reply markup is too long",
        ),
        (
            {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]] * 101},
            "reply markup is too long",
        ),
        ({"buttons": []}, "object expected as reply markup"),
    ],
)
async def test_buttons(call: Call, markup: dict[str, Any], problem: str) -> None:
    status, answer = await call("sendMessage", chat_id=LIN, text="x", reply_markup=markup)
    assert (status, answer["description"]) == (400, f"Bad Request: {problem}")


async def test_sixty_four_bytes_of_data_pass(call: Call) -> None:
    markup = keyboard(text="x", callback_data="核" * 21 + "x")
    status, _answer = await call("sendMessage", chat_id=LIN, text="x", reply_markup=markup)
    assert status == 200


async def test_token_and_method(port: int, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    base = sandbox.api_base_url(port)
    cases = [
        (f"{base}1:wrong/getMe", 401, "Unauthorized"),
        (f"{base}nonsense/getMe", 404, "Not Found"),
        (f"{base}{sandbox.token}/doMagic", 404, "Not Found"),
        (f"{base}{sandbox.token}/GETME", 200, None),
    ]
    for url, status, description in cases:
        async with http.get(url) as answer:
            assert answer.status == status
            assert (await answer.json()).get("description") == description


async def test_every_kind_of_request_body(
    port: int, sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    url = f"{sandbox.api_base_url(port)}{sandbox.token}/sendMessage"
    fields = {"chat_id": str(LIN), "text": "核心", "link_preview_options": '{"is_disabled":true}'}
    multipart = aiohttp.FormData(fields, default_to_multipart=True)
    requests = [
        http.get(url, params=fields),
        http.post(url, data=fields),
        http.post(url, data=multipart),
        http.post(url, json=fields),
        http.post(url, json={**fields, "link_preview_options": {"is_disabled": True}}),
        http.post(url, params={"chat_id": LIN}, json={"text": "核心"}),
    ]
    for request in requests:
        async with request as answer:
            body = await answer.json()
            assert answer.status == 200, body
            assert body["result"]["text"] == "核心"
    async with http.post(url, data=b"[1]", headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400


async def test_where_a_bot_may_not_write(call: Call, sandbox: Sandbox) -> None:
    forbidden = {
        1002: "Forbidden: bot can't initiate conversation with a user",
        LIN: "Forbidden: bot was blocked by the user",
        sandbox.chat("forum").id: "Forbidden: bot is not a member of the supergroup chat",
    }
    sandbox.person("lin").block()
    await call("leaveChat", chat_id=sandbox.chat("forum").id)
    for chat_id, description in forbidden.items():
        status, answer = await call("sendMessage", chat_id=chat_id, text="x")
        assert (status, answer["description"]) == (403, description)
    sandbox.person("lin").unblock()
    assert (await call("sendMessage", chat_id=LIN, text="x"))[0] == 200


async def test_an_upgraded_group_says_where_it_went(call: Call, sandbox: Sandbox) -> None:
    old = sandbox.chat("group").id
    new = sandbox.upgrade_group()
    status, answer = await call("sendMessage", chat_id=old, text="x")
    assert status == 400
    assert answer["parameters"] == {"migrate_to_chat_id": new}
    assert answer["description"] == ("Bad Request: group chat was upgraded to a supergroup chat")
    assert (await call("sendMessage", chat_id=new, text="x"))[0] == 200


async def test_edits_that_cannot_be(call: Call, sandbox: Sandbox) -> None:
    _status, sent = await call("sendMessage", chat_id=LIN, text="<b>x</b>", parse_mode="HTML")
    mine = sandbox.person("lin").messages[0].id
    number = sent["result"]["message_id"]
    same = (
        "message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message"
    )
    cases: list[tuple[dict[str, Any], str]] = [
        ({"message_id": 999, "text": "y"}, "message to edit not found"),
        ({"message_id": mine, "text": "y"}, "message can't be edited"),
        ({"text": "y"}, "message identifier is not specified"),
        ({"message_id": number, "text": "<b>x</b>", "parse_mode": "HTML"}, same),
        ({"message_id": number, "text": ""}, "message text is empty"),
    ]
    for body, problem in cases:
        status, answer = await call("editMessageText", chat_id=LIN, **body)
        assert (status, answer["description"]) == (400, f"Bad Request: {problem}")
    status, answer = await call("editMessageText", chat_id=LIN, message_id=number, text="x")
    assert (status, answer["result"]["edit_date"] > 0) == (200, True)


async def test_deleting(call: Call, clock: Any) -> None:
    _status, sent = await call("sendMessage", chat_id=LIN, text="x")
    number = sent["result"]["message_id"]
    assert await call("deleteMessage", chat_id=LIN, message_id=number) == (
        200,
        {"ok": True, "result": True},
    )
    status, answer = await call("deleteMessage", chat_id=LIN, message_id=number)
    assert answer["description"] == "Bad Request: message to delete not found"
    _status, old = await call("sendMessage", chat_id=LIN, text="x")
    clock.push(49 * 3600)
    status, answer = await call(
        "deleteMessage", chat_id=LIN, message_id=old["result"]["message_id"]
    )
    assert (status, answer["description"]) == (400, "Bad Request: message can't be deleted")


async def test_a_button_is_answered_once_and_in_time(
    call: Call, sandbox: Sandbox, clock: Any
) -> None:
    lin = sandbox.person("lin")
    await call(
        "sendMessage", chat_id=LIN, text="x", reply_markup=keyboard(text="k", callback_data="d")
    )
    query = lin.press(lin.inbox[-1], "k")
    late = lin.press(lin.inbox[-1], "k")
    assert (await call("answerCallbackQuery", callback_query_id=query.id, text="好"))[0] == 200
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    for asked, seconds in ((query.id, 0), (late.id, 16), ("nonsense", 0)):
        clock.push(seconds)
        status, answer = await call("answerCallbackQuery", callback_query_id=asked)
        assert (status, answer["description"]) == (400, too_old)
    assert await lin.answer_to(query, 1) == {"text": "好", "show_alert": False}


async def test_lenient_mode_passes_over_unknown_parameters(http: aiohttp.ClientSession) -> None:
    sandbox = Sandbox(newsroom=False, strict=False)
    sandbox.person("lin").start()
    async with sandbox.serve() as port:
        url = f"{sandbox.api_base_url(port)}{sandbox.token}/sendMessage"
        async with http.post(url, json={"chat_id": LIN, "text": "x", "odd": 1}) as answer:
            assert answer.status == 200
