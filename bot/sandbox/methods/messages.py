"""sendMessage, editing, deleting, copying, forwarding, chat actions, answers to buttons."""

from typing import Any

from bot.sandbox.errors import NOT_MODIFIED, QUERY_TOO_OLD, bad_request
from bot.sandbox.keyboards import read_markup
from bot.sandbox.links import checked_link
from bot.sandbox.markup import utf16_length
from bot.sandbox.methods.compose import (
    DESTINATION,
    OPTIONS,
    editable,
    preview_fields,
    read_caption,
    read_text,
    send,
    text_fields,
)
from bot.sandbox.parameters import (
    CHAT,
    MESSAGE,
    Given,
    Method,
    Parameter,
    Type,
    array,
    boolean,
    integer,
    obj,
    string,
)
from bot.sandbox.state import Chat, Json, Record
from bot.sandbox.world import World

DELETE_WITHIN_S = 48 * 3600
ANSWER_CHARACTERS = 200
MOST_IDS = 100
_MEDIA = ("photo", "document")
_CARRIED = ("text", "entities", "caption", "caption_entities", *_MEDIA, "link_preview_options")
_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def send_message(world: World, given: Given) -> Json:
    """Send a text."""
    content = text_fields(read_text(given)) | preview_fields(given)
    return send(world, given, content).data


def edit_message_text(world: World, given: Given) -> Json | bool:
    """Replace the text; without reply_markup the buttons go."""
    chat, record, answer = editable(world, given)
    if any(kind in record.data for kind in _MEDIA):
        raise bad_request("there is no text in the message to edit")
    content = text_fields(read_text(given)) | preview_fields(given)
    put_in_place(world, chat, record, content, given)
    return answer  # type: ignore[no-any-return]  # the record's JSON or True


def edit_message_caption(world: World, given: Given) -> Json | bool:
    """Replace the caption of a photo or document."""
    chat, record, answer = editable(world, given)
    if not any(kind in record.data for kind in _MEDIA):
        raise bad_request("there is no caption in the message to edit")
    content = read_caption(given)
    content |= {kind: record.data[kind] for kind in _MEDIA if kind in record.data}
    put_in_place(world, chat, record, content, given)
    return answer  # type: ignore[no-any-return]  # the record's JSON or True


def edit_message_reply_markup(world: World, given: Given) -> Json | bool:
    """Replace only the buttons. Telegram does not call such a message edited."""
    chat, record, answer = editable(world, given)
    markup = read_markup(given.get("reply_markup"), chat, inline_only=True)
    if markup == record.data.get("reply_markup"):
        raise NOT_MODIFIED
    world.charge(chat, new=False)
    record.data.pop("reply_markup", None)
    if markup:
        record.data["reply_markup"] = markup
    world.touch(chat, record)
    return answer  # type: ignore[no-any-return]  # the record's JSON or True


def put_in_place(world: World, chat: Chat, record: Record, content: Json, given: Given) -> None:
    """Change content and buttons of a message together, if anything changes at all."""
    markup = read_markup(given.get("reply_markup"), chat, inline_only=True)
    if markup:
        content["reply_markup"] = markup
    old = {name: record.data[name] for name in (*_CARRIED, "reply_markup") if name in record.data}
    # A changed preview alone does not count as a change.
    if _without_preview(old) == _without_preview(content):
        raise NOT_MODIFIED
    world.charge(chat, new=False)
    for name in old:
        del record.data[name]
    record.data |= {"edit_date": int(world.now()), **content}
    world.touch(chat, record)


def _without_preview(content: Json) -> Json:
    return {name: value for name, value in content.items() if name != "link_preview_options"}


def delete_message(world: World, given: Given) -> bool:
    """Delete one message for everyone."""
    chat = world.writable(given["chat_id"])
    record = chat.records.get(given["message_id"])
    if record is None:
        raise bad_request("message to delete not found")
    if not _may_delete(world, chat, record):
        raise bad_request("message can't be deleted")
    world.remove(chat, record.id)
    return True


def _may_delete(world: World, chat: Chat, record: Record) -> bool:
    if world.now() - record.data["date"] > DELETE_WITHIN_S:
        return False
    admin = chat.members.get(world.bot.id) in {"administrator", "creator"}
    return record.by_bot or chat.private or admin


def delete_messages(world: World, given: Given) -> bool:
    """Delete many; those that are not there are passed over."""
    chat = world.writable(given["chat_id"])
    for message_id in _ids(given):
        record = chat.records.get(message_id)
        if record is not None and _may_delete(world, chat, record):
            world.remove(chat, record.id)
    return True


def _ids(given: Given) -> list[int]:
    ids = given["message_ids"]
    if not 1 <= len(ids) <= MOST_IDS or not all(isinstance(one, int) for one in ids):
        raise bad_request("message identifiers are not specified correctly")
    return list(ids)


def _source(world: World, given: Given, message_id: int, what: str) -> Record:
    source = world.find_chat(given["from_chat_id"])
    record = source.records.get(message_id)
    if record is None:
        raise bad_request(f"message to {what} not found")
    if record.data.get("has_protected_content"):
        raise bad_request(f"message can't be {'copied' if what == 'copy' else 'forwarded'}")
    return record


def copy_message(world: World, given: Given) -> Json:
    """Send the content of a message again, without saying where it comes from."""
    record = _source(world, given, given["message_id"], "copy")
    content = {name: record.data[name] for name in _CARRIED if name in record.data}
    if "caption" in given:
        content = {k: v for k, v in content.items() if not k.startswith("caption")}
        content |= read_caption(given)
    return {"message_id": send(world, given, content).id}


def copy_messages(world: World, given: Given) -> list[Json]:
    """Copy many; those that are not there are passed over."""
    return [{"message_id": record.id} for record in _many(world, given, forward=False)]


def forward_message(world: World, given: Given) -> Json:
    """Send a message again and say where it comes from."""
    record = _source(world, given, given["message_id"], "forward")
    return send(world, given, _forwarded(record)).data


def forward_messages(world: World, given: Given) -> list[Json]:
    """Forward many; those that are not there are passed over."""
    return [{"message_id": record.id} for record in _many(world, given, forward=True)]


def _many(world: World, given: Given, *, forward: bool) -> list[Record]:
    source = world.find_chat(given["from_chat_id"])
    found = [source.records[one] for one in _ids(given) if one in source.records]
    world.charge(world.writable(given["chat_id"]), count=len(found))
    sent = []
    for record in found:
        content = {name: record.data[name] for name in _CARRIED if name in record.data}
        if given.get("remove_caption"):
            content = {k: v for k, v in content.items() if not k.startswith("caption")}
        content = _forwarded(record) if forward else content
        sent.append(send(world, given, content, charged=True))
    return sent


def _forwarded(record: Record) -> Json:
    content = {name: record.data[name] for name in _CARRIED if name in record.data}
    origin: Json = {"date": record.data["date"]}
    if "from" in record.data:
        origin |= {"type": "user", "sender_user": record.data["from"]}
    else:
        origin |= {
            "type": "channel",
            "chat": record.data["sender_chat"],
            "message_id": record.id,
        }
    return {**content, "forward_origin": origin}


def send_chat_action(world: World, given: Given) -> bool:
    """Show "typing…" for five seconds."""
    if given["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = world.writable(given["chat_id"])
    thread = world.topic_of(chat, given.get("message_thread_id"))
    world.tell("action", chat.id, action=given["action"], thread=thread)
    return True


def send_message_draft(world: World, given: Given) -> bool:
    """Show a text that is still being written."""
    if not given["draft_id"]:
        raise bad_request("RANDOM_ID_INVALID")
    chat = world.writable(given["chat_id"])
    if not chat.private:
        raise bad_request("message drafts can be sent only to private chats")
    world.tell("action", chat.id, action="typing", thread=0)
    return True


def answer_callback_query(world: World, given: Given) -> bool:
    """End the waiting of a pressed button, with a toast or an alert."""
    query = world.queries.get(given["callback_query_id"])
    if query is None or query.answer is not None or not world.is_fresh(query.asked_at):
        raise QUERY_TOO_OLD
    text = given.get("text", "")
    if utf16_length(text) > ANSWER_CHARACTERS:
        raise bad_request("MESSAGE_TOO_LONG")
    if "url" in given and not checked_link(given["url"]):
        raise bad_request("URL_INVALID")
    query.answer = {"text": text, "show_alert": given.get("show_alert", False)}
    if given.get("url"):
        query.answer["url"] = given["url"]
    world.tell("answer", query.chat_id, query_id=query.id, user_id=query.user_id, **query.answer)
    return True


EDIT: tuple[Parameter, ...] = (
    Parameter("chat_id", Type.CHAT),
    integer("message_id"),
    string("inline_message_id"),
)
_TEXT = (string("parse_mode"), array("entities"), obj("link_preview_options"))
_CAPTION = (string("parse_mode"), array("caption_entities"), boolean("show_caption_above_media"))
_FROM = Parameter("from_chat_id", Type.CHAT, required=True, missing="from_chat_id is empty")
_QUIET = (boolean("disable_notification"), boolean("protect_content"))
_IDS = array("message_ids", required=True, missing="message identifiers are not specified")
_TEXT_EMPTY: dict[str, Any] = {"required": True, "missing": "message text is empty"}

METHODS = (
    Method(
        "sendMessage",
        send_message,
        (*DESTINATION, string("text", **_TEXT_EMPTY), *_TEXT, *OPTIONS),
    ),
    Method(
        "editMessageText",
        edit_message_text,
        (*EDIT, string("text"), *_TEXT, obj("reply_markup")),
    ),
    Method(
        "editMessageCaption",
        edit_message_caption,
        (*EDIT, string("caption"), *_CAPTION, obj("reply_markup")),
    ),
    Method("editMessageReplyMarkup", edit_message_reply_markup, (*EDIT, obj("reply_markup"))),
    Method("deleteMessage", delete_message, (CHAT, MESSAGE)),
    Method("deleteMessages", delete_messages, (CHAT, _IDS)),
    Method(
        "copyMessage",
        copy_message,
        (*DESTINATION, _FROM, MESSAGE, string("caption"), *_CAPTION, *OPTIONS),
    ),
    Method(
        "copyMessages",
        copy_messages,
        (*DESTINATION, _FROM, _IDS, *_QUIET, boolean("remove_caption")),
    ),
    Method("forwardMessage", forward_message, (*DESTINATION, _FROM, MESSAGE, *_QUIET)),
    Method("forwardMessages", forward_messages, (*DESTINATION, _FROM, _IDS, *_QUIET)),
    Method("sendChatAction", send_chat_action, (*DESTINATION, string("action", required=True))),
    Method(
        "sendMessageDraft",
        send_message_draft,
        (
            integer("chat_id", required=True, missing="chat_id is empty"),
            integer("message_thread_id"),
            integer("draft_id", required=True),
            string("text"),
            string("parse_mode"),
            array("entities"),
        ),
    ),
    Method(
        "answerCallbackQuery",
        answer_callback_query,
        (
            string("callback_query_id", required=True, missing=QUERY_TOO_OLD.description[13:]),
            string("text"),
            boolean("show_alert"),
            string("url"),
            integer("cache_time"),
        ),
    ),
)
