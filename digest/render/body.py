"""A message as the JSON body that Telegram's sendMessage takes, without the chat."""

from collections.abc import Callable
from typing import Any

from digest.model import Action, Button, Message


def message_body(message: Message, pack: Callable[[Action], str]) -> dict[str, Any]:
    """The JSON of `message` for sendMessage or editMessageText, without `chat_id`.

    `pack` turns a button's action into its callback data (at most 64 bytes).
    """
    body: dict[str, Any] = {
        "text": message.text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if message.buttons:
        keyboard = [[_button(button, pack) for button in row] for row in message.buttons]
        body["reply_markup"] = {"inline_keyboard": keyboard}
    return body


def _button(button: Button, pack: Callable[[Action], str]) -> dict[str, str]:
    if button.action is not None:
        return {"text": button.label, "callback_data": pack(button.action)}
    return {"text": button.label, "url": button.url}
