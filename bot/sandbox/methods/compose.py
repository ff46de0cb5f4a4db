"""What sending methods share: text, markup, reply, topic, options."""

from typing import Any

from bot.sandbox.entities import Formatted, check_caption, check_message, format_text
from bot.sandbox.errors import bad_request
from bot.sandbox.keyboards import read_markup
from bot.sandbox.parameters import CHAT, Given, Parameter, boolean, integer, obj, string
from bot.sandbox.state import Chat, Json, Record
from bot.sandbox.world import World

_PREVIEW_FIELDS = frozenset(
    {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
)
_REPLY_FIELDS = frozenset(
    {
        "message_id",
        "chat_id",
        "allow_sending_without_reply",
        "quote",
        "quote_parse_mode",
        "quote_entities",
        "quote_position",
    }
)

DESTINATION: tuple[Parameter, ...] = (CHAT, integer("message_thread_id"))
OPTIONS: tuple[Parameter, ...] = (
    boolean("disable_notification"),
    boolean("protect_content"),
    boolean("allow_paid_broadcast"),
    string("message_effect_id"),
    obj("reply_parameters"),
    obj("reply_markup"),
)


def read_text(given: Given) -> Formatted:
    """The message text of a call. Raises ApiError 400."""
    text = given.get("text", "")
    return check_message(format_text(text, given.get("parse_mode"), given.get("entities")))


def read_caption(given: Given) -> Json:
    """The caption fields of a message, none when there is no caption."""
    formatted = format_text(
        given.get("caption", ""), given.get("parse_mode"), given.get("caption_entities")
    )
    return caption_fields(check_caption(formatted))


def caption_fields(caption: Formatted) -> Json:
    """A caption as message fields."""
    if not caption.text:
        return {}
    fields: Json = {"caption": caption.text}
    if caption.entities:
        fields["caption_entities"] = list(caption.entities)
    return fields


def text_fields(formatted: Formatted) -> Json:
    """A text as message fields."""
    fields: Json = {"text": formatted.text}
    if formatted.entities:
        fields["entities"] = list(formatted.entities)
    return fields


def preview_fields(given: Given) -> Json:
    """link_preview_options as message fields."""
    options = given.get("link_preview_options")
    if not options:
        return {}
    check_fields(options, _PREVIEW_FIELDS, "LinkPreviewOptions")
    return {"link_preview_options": options}


def check_fields(value: Json, known: frozenset[str], where: str) -> None:
    """Refuse fields that the Bot API does not know."""
    for name in value:
        if name not in known:
            raise bad_request(f'unexpected field "{name}" in {where}')


def reply_fields(world: World, chat: Chat, given: Given) -> Json:
    """reply_parameters as message fields. Raises ApiError 400 for a message that is gone."""
    reply = given.get("reply_parameters")
    if not reply:
        return {}
    check_fields(reply, _REPLY_FIELDS, "ReplyParameters")
    source = world.find_chat(reply["chat_id"]) if "chat_id" in reply else chat
    record = source.records.get(reply.get("message_id", 0))
    if record is not None:
        short = {k: v for k, v in record.data.items() if k != "reply_to_message"}
        return {"reply_to_message": short}
    if reply.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def send(
    world: World, given: Given, content: Json, *, count: int = 1, charged: bool = False
) -> Record:
    """Put a new message into the chat that the call names, if all checks allow it."""
    chat = world.writable(given["chat_id"])
    thread = world.topic_of(chat, given.get("message_thread_id"))
    markup = read_markup(given.get("reply_markup"), chat)
    options: Json = reply_fields(world, chat, given)
    if given.get("protect_content"):
        options["has_protected_content"] = True
    if given.get("message_effect_id"):
        if not chat.private:
            raise bad_request("EFFECT_ID_INVALID")
        options["effect_id"] = given["message_effect_id"]
    if not charged:
        world.charge(chat, count=count)
    shown = markup if markup and "inline_keyboard" in markup else None
    if shown:
        options["reply_markup"] = shown
    record = world.post(chat, world.bot, content | options, thread=thread)
    if markup and shown is None:
        world.tell("keyboard", chat.id, message_id=record.id, markup=markup)
    return record


def editable(
    world: World, given: Given, *, missing: str = "message to edit not found"
) -> tuple[Chat, Record, Any]:
    """The bot's own message that an edit names, and what the edit shall answer with."""
    inline_id = given.get("inline_message_id")
    if inline_id:
        if inline_id not in world.inline_messages:
            raise bad_request("MESSAGE_ID_INVALID")
        chat_id, message_id = world.inline_messages[inline_id]
        chat = world.chats[chat_id]
        record = chat.records.get(message_id)
    else:
        if given.get("chat_id") is None:
            raise bad_request("chat_id is empty")
        if not given.get("message_id"):
            raise bad_request("message identifier is not specified")
        chat = world.writable(given["chat_id"])
        record = chat.records.get(given["message_id"])
    if record is None:
        raise bad_request(missing)
    if not record.by_bot and not inline_id:
        raise bad_request("message can't be edited")
    return chat, record, True if inline_id else record.data
