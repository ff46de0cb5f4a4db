"""The ways into the Mini App."""

from dataclasses import replace
from typing import Any

import pytest
from telegram.error import BadRequest

from digest.model import Button
from handlers.app import app_row
from handlers.context import Turn
from handlers.keyboards import markup
from handlers.registry import publish_menu_button
from tests.handlers.conftest import Chatting

URL = "https://hexin.example/app"


async def test_the_menu_button_opens_the_app_where_there_is_one(chatting: Chatting):
    bot, profile = chatting.application.bot, chatting.sandbox.world.profile
    await publish_menu_button(bot, URL)
    button = profile.menu_button(chatting.lin.id)
    assert button["web_app"] == {"url": URL}
    assert button["text"] == "App"
    await publish_menu_button(bot, "")  # the address is gone: so is the button
    assert profile.menu_button(chatting.lin.id) == {"type": "commands"}


@pytest.mark.parametrize("url", ["http://hexin.example/app", "ftp://x", "https://"])
async def test_telegram_takes_nothing_but_https(chatting: Chatting, url: str):
    bot = chatting.application.bot
    with pytest.raises(BadRequest, match=r"(?i)only https"):
        await publish_menu_button(bot, url)
    chatting.lin.start()
    await chatting.quiet()
    with pytest.raises(BadRequest, match=r"(?i)only https"):
        await bot.send_message(
            chatting.lin.id, "x", reply_markup=markup([[Button("b", web_app=url)]])
        )


async def test_app_buttons_are_for_private_chats(chatting: Chatting):
    group = chatting.sandbox.chat("group").id
    with pytest.raises(BadRequest, match=r"(?i)button_type_invalid"):
        await chatting.application.bot.send_message(
            group, "x", reply_markup=markup([[Button("b", web_app=URL)]])
        )


async def test_without_https_no_button_leads_there(chatting: Chatting):
    shown = await chatting.say(chatting.lin, "/settings")
    assert all("web_app" not in button for button in shown.buttons)


@pytest.mark.parametrize(("kind", "there"), [("private", True), ("group", False)])
async def test_with_https_private_chats_alone_have_it(
    chatting: Chatting, kind: str, there: bool, monkeypatch: pytest.MonkeyPatch
):
    services = replace(chatting.services, app_url=URL)
    await chatting.say(chatting.lin, "/settings")
    subscriber = await chatting.subscriber(chatting.lin)
    nobody: Any = None
    turn = Turn(services, nobody, nobody, subscriber, chatting.clock())
    monkeypatch.setattr(Turn, "is_private", kind == "private")
    rows = app_row(turn, "settings")
    assert bool(rows) is there
    assert not there or rows[0][0].web_app == f"{URL}/settings"
