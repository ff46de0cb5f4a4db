"""The sandbox opens Mini Apps as Telegram does: only what is offered, signed for this bot."""

import hashlib
import hmac
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl

import aiohttp

from bot.sandbox import Sandbox

Call = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]
LIN, URL = 1001, "https://app.example/x"


async def opened(port: int, **body: Any) -> tuple[int, dict[str, Any]]:
    """What the chat page is told when a button is pressed."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"http://127.0.0.1:{port}/chat/api/webapp",
            json={"as": "lin", **body},
            headers={"X-Sandbox": "test"},
        ) as answer,
    ):
        return answer.status, await answer.json()


async def test_the_menus_app_opens_with_init_data_that_is_signed(
    port: int, call: Call, sandbox: Sandbox
) -> None:
    sandbox.person("lin").start()
    button = {"type": "web_app", "text": "App", "web_app": {"url": URL}}
    assert (await call("setChatMenuButton", menu_button=button))[0] == 200
    assert (await call("getChatMenuButton"))[1]["result"] == button
    status, told = await opened(port)
    assert status == 200
    assert told["url"] == URL
    fields = dict(parse_qsl(told["init_data"], strict_parsing=True))
    signed = fields.pop("hash")
    check = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(b"WebAppData", sandbox.token.encode(), hashlib.sha256).digest()
    assert signed == hmac.new(secret, check.encode(), hashlib.sha256).hexdigest()
    assert {"query_id", "user", "auth_date", "signature"} == set(fields)
    assert '"id":1001' in fields["user"]


async def test_only_apps_that_a_message_offers_are_opened(
    port: int, call: Call, sandbox: Sandbox
) -> None:
    sandbox.person("lin").start()
    keys = {"inline_keyboard": [[{"text": "app", "web_app": {"url": URL}}]]}
    _, sent = await call("sendMessage", chat_id=LIN, text="x", reply_markup=keys)
    number = sent["result"]["message_id"]
    assert (await opened(port, message_id=number, url=URL))[0] == 200
    assert (await opened(port, message_id=number, url="https://evil.example/"))[0] == 400
    assert (await opened(port, message_id=number + 1, url=URL))[0] == 400
    assert (await opened(port))[0] == 400  # no menu button was set


async def test_menu_buttons_are_checked(call: Call) -> None:
    for button in (
        {"type": "web_app", "text": "", "web_app": {"url": URL}},
        {"type": "web_app", "text": "x"},
        {"type": "web_app", "text": "x", "web_app": {"url": "http://app.example"}},
        {"type": "other"},
    ):
        assert (await call("setChatMenuButton", menu_button=button))[0] == 400
    here = {"type": "web_app", "text": "x", "web_app": {"url": "http://127.0.0.1:8080/app"}}
    assert (await call("setChatMenuButton", menu_button=here))[0] == 200
