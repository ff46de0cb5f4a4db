"""reply_markup: inline keyboards and the others, checked as Telegram checks them."""

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.links import button_link
from bot.sandbox.state import Chat, Json
from bot.sandbox.webapps import app_link

MOST_BUTTONS = 100
MOST_IN_ROW = 8
DATA_BYTES = 64
COPY_CHARACTERS = 256

_ACTIONS = (
    "callback_data",
    "url",
    "copy_text",
    "web_app",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
)
_FIELDS = frozenset({"text", "style", "icon_custom_emoji_id", *_ACTIONS})
_KEYBOARD_BUTTON = frozenset({"text", "style", "icon_custom_emoji_id", "request_location"})
_STYLES = frozenset({"danger", "success", "primary"})
_REPLY_FIELDS = {
    "keyboard": frozenset(
        {
            "keyboard",
            "is_persistent",
            "resize_keyboard",
            "one_time_keyboard",
            "input_field_placeholder",
            "selective",
        }
    ),
    "remove_keyboard": frozenset({"remove_keyboard", "selective"}),
    "force_reply": frozenset({"force_reply", "input_field_placeholder", "selective"}),
}


def read_markup(markup: Json | None, chat: Chat, *, inline_only: bool = False) -> Json | None:
    """The markup as Telegram keeps it, None for none. Raises ApiError 400."""
    if not markup:
        return None
    if "inline_keyboard" in markup:
        _refuse_others(markup, frozenset({"inline_keyboard"}), "InlineKeyboardMarkup")
        rows = _rows(markup["inline_keyboard"], chat)
        return {"inline_keyboard": rows} if rows else None
    kind = next((name for name in _REPLY_FIELDS if markup.get(name)), None)
    if inline_only or kind is None:
        raise bad_request("object expected as reply markup")
    _refuse_others(markup, _REPLY_FIELDS[kind], "reply markup")
    if kind == "keyboard":
        _check_reply_keyboard(markup["keyboard"], chat)
    return markup


def _check_reply_keyboard(rows: Any, chat: Chat) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" must be of type Array')
    for button in (button for row in rows for button in row):
        given = {"text": button} if isinstance(button, str) else button
        if not isinstance(given, dict) or not str(given.get("text", "")).strip():
            raise bad_request("can't parse keyboard button: Can't find field \"text\"")
        _refuse_others(given, _KEYBOARD_BUTTON, "KeyboardButton")
        if given.get("request_location") and not chat.private:
            raise bad_request("location can be requested in private chats only")


def _refuse_others(given: Json, known: frozenset[str], where: str) -> None:
    for name in given:
        if name not in known:
            raise bad_request(f'unexpected field "{name}" in {where}')


def _rows(rows: Any, chat: Chat) -> list[list[Json]]:
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" must be of type Array')
    kept: list[list[Json]] = []
    for row in rows:
        if not isinstance(row, list):
            raise bad_request(
                "can't parse inline keyboard button: InlineKeyboardButton row must be an Array"
            )
        buttons = [_button(button, chat) for button in row]
        if len(buttons) > MOST_IN_ROW:
            raise bad_request("reply markup is too long")
        if buttons:
            kept.append(buttons)
    if sum(map(len, kept)) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return kept


def _button(button: Any, chat: Chat) -> Json:
    if not isinstance(button, dict):
        raise _unparsed("InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise _unparsed('Can\'t find field "text"')
    if not isinstance(button["text"], str):
        raise _unparsed('Field "text" must be of type String')
    if not button["text"].strip():
        raise _unparsed("Button text must be non-empty")
    _refuse_others(button, _FIELDS, "InlineKeyboardButton")
    if button.get("style", "primary") not in _STYLES:
        raise _unparsed("Unsupported button style specified")
    chosen = [name for name in _ACTIONS if button.get(name) not in (None, "")]
    chosen += [name for name in _ACTIONS[4:] if button.get(name) == ""]
    if not chosen:
        raise _unparsed("Text buttons are unallowed in the inline keyboard")
    if len(chosen) > 1:
        raise _unparsed("exactly one of the optional fields must be used")
    return _checked(chosen[0], button, chat)


def _checked(action: str, button: Json, chat: Chat) -> Json:
    value = button[action]
    if action == "callback_data" and (
        not isinstance(value, str) or len(value.encode()) > DATA_BYTES
    ):
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url":
        return {**button, "url": button_link(str(value))}
    if action == "copy_text":
        text = value.get("text", "") if isinstance(value, dict) else ""
        if not 1 <= len(text) <= COPY_CHARACTERS:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if action == "web_app":
        if not chat.private:
            raise bad_request("BUTTON_TYPE_INVALID")
        return {**button, "web_app": {"url": app_link(value, "inline keyboard button")}}
    return dict(button)


def _unparsed(text: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {text}")
