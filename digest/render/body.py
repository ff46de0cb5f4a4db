"""A message as the JSON body that Telegram's sendMessage or sendPhoto takes, without the chat."""

from collections.abc import Callable, Mapping
from typing import Any

from digest.model import Action, Button, Message
from digest.render.fit import MAX_CAPTION_UNITS, count_units, escape
from digest.texts import Texts

PHOTO = "photo"
"""The field that only a body for sendPhoto has."""


def message_body(message: Message, pack: Callable[[Action], str]) -> dict[str, Any]:
    """The JSON of `message`, without `chat_id`: for sendPhoto where it has a `photo`.

    `pack` turns a button's action into its callback data (at most 64 bytes).
    """
    body: dict[str, Any]
    if is_caption(message):
        assert message.picture is not None  # noqa: S101  is_caption has asked
        body = {PHOTO: message.picture.file_id, "caption": message.text, "parse_mode": "HTML"}
    else:
        body = {
            "text": message.text,
            "parse_mode": "HTML",
            "link_preview_options": preview_of(message),
        }
    if message.buttons:
        keyboard = [[_button(button, pack) for button in row] for row in message.buttons]
        body["reply_markup"] = {"inline_keyboard": keyboard}
    return body


def marked_again(body: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    """The same message, saying first that it goes once more and may have come before.

    Where a caption has no room for that, the words go without their picture.
    """
    place = "caption" if PHOTO in body else "text"
    words = f"<i>{escape(texts('digest.again'))}</i>\n{body.get(place, '')}"
    if place == "caption" and count_units(words) > MAX_CAPTION_UNITS:
        kept = {name: value for name, value in body.items() if name not in {PHOTO, "caption"}}
        return {"text": words, **kept, "link_preview_options": {"is_disabled": True}}
    return {**body, place: words}


def is_caption(message: Message) -> bool:
    """Whether the text goes under its picture: there is one, and a caption has room for it."""
    picture = message.picture
    return bool(picture and picture.file_id) and count_units(message.text) <= MAX_CAPTION_UNITS


def preview_of(message: Message) -> dict[str, Any]:
    """What Telegram previews of a text: its picture, large and on top, else nothing."""
    if message.picture is None or not message.picture.url:
        return {"is_disabled": True}
    return {"url": message.picture.url, "prefer_large_media": True, "show_above_text": True}


def _button(button: Button, pack: Callable[[Action], str]) -> dict[str, str]:
    if button.action is not None:
        return {"text": button.label, "callback_data": pack(button.action)}
    return {"text": button.label, "url": button.url}
