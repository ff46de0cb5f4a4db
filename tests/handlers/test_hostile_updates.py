"""Updates of odd shapes, past the door: answered or passed over, and the next one works."""

import json
from typing import Any

import pytest
from telegram import Update
from telegram.error import TelegramError

from tests.handlers.conftest import Chatting

LIN = {"id": 1001, "is_bot": False, "first_name": "林", "language_code": "zh-hans"}
CHAT = {"id": 1001, "type": "private", "first_name": "林"}
MESSAGE = {"message_id": 900, "date": 1_764_000_000, "chat": CHAT, "from": LIN, "text": "x"}
ODD: dict[str, dict[str, Any]] = {
    "half a character": {"message": {**MESSAGE, "text": "/search a\ud83d"}},
    "half a character as a word": {"message": {**MESSAGE, "text": "/follow \ud83d芯片"}},
    "half a character in a link": {"message": {**MESSAGE, "text": "https://e.example/\ud83d"}},
    "a name of half a character": {
        "message": {**MESSAGE, "text": "/start", "from": {**LIN, "id": 31, "first_name": "\ud83d"},
        "chat": {"id": 31, "type": "private", "first_name": "\ud83d"}}
    },
    "NUL": {"message": {**MESSAGE, "text": "/search \x00"}},
    "no text at all": {
        "message": {name: one for name, one in MESSAGE.items() if name not in {"from", "text"}}
    },
    "nobody who said it": {
        "message": {name: one for name, one in MESSAGE.items() if name != "from"}
    },
    "a marked part outside of the text": {
        "message": {**MESSAGE, "text": "/start",
        "entities": [{"type": "bot_command", "offset": 40, "length": 900}]}
    },
    "a link without an address": {
        "message": {**MESSAGE, "entities": [{"type": "text_link", "offset": 0, "length": 1}]}
    },
    "a button without a message": {
        "callback_query": {"id": "1", "from": LIN, "chat_instance": "1", "data": "1:save:12"}
    },
    "a button that is none": {
        "callback_query": {"id": "1", "from": LIN, "chat_instance": "1", "data": "\ud83d",
        "message": MESSAGE}
    },
    "a button of a game": {
        "callback_query": {"id": "1", "from": LIN, "chat_instance": "1", "game_short_name": "x",
        "message": MESSAGE}
    },
    "a message that is gone": {
        "callback_query": {"id": "1", "from": LIN, "chat_instance": "1", "data": "1:save:12",
        "message": {"message_id": 1, "date": 0, "chat": CHAT}}
    },
    "an inline query of half a character": {
        "inline_query": {"id": "1", "from": LIN, "query": "\ud83d", "offset": "\ud83d"}
    },
    "an answer to nothing of ours": {
        "message": {**MESSAGE, "reply_to_message": {"message_id": 1, "date": 0, "chat": CHAT}}
    },
    "nothing": {},
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_update_breaks_nothing(chatting: Chatting, name: str) -> None:
    bot = chatting.application.bot
    body = json.dumps({"update_id": 4_000_000, **ODD[name]})
    await chatting.say(chatting.lin, "/start")
    await chatting.application.update_queue.put(Update.de_json(json.loads(body), bot))
    await chatting.quiet()
    # That a query or a chat is none is what Telegram itself says of one that is made up.
    assert [one for one in chatting.errors if not isinstance(one, TelegramError)] == []
    chatting.errors.clear()
    said = await chatting.say(chatting.alex, "/help")
    assert said.text
