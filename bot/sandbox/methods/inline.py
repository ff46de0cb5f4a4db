"""answerInlineQuery: what the bot offers to somebody who types @bot in any chat."""

from typing import Any

from bot.sandbox.entities import check_message, format_text
from bot.sandbox.errors import QUERY_TOO_OLD, ApiError, bad_request
from bot.sandbox.keyboards import read_markup
from bot.sandbox.methods.compose import preview_fields
from bot.sandbox.parameters import Given, Method, array, boolean, integer, obj, string
from bot.sandbox.state import Chat, Json
from bot.sandbox.world import World
from digest.regexes import regex

MOST_RESULTS = 50
ID_BYTES = 64
OFFSET_BYTES = 64
_START = regex(r"[A-Za-z0-9_-]{1,64}\Z")
_ARTICLE = frozenset(
    {
        "type",
        "id",
        "title",
        "input_message_content",
        "reply_markup",
        "url",
        "description",
        "thumbnail_url",
        "thumbnail_width",
        "thumbnail_height",
    }
)
_TEXT = frozenset({"message_text", "parse_mode", "entities", "link_preview_options"})
_BUTTON = frozenset({"text", "web_app", "start_parameter"})
# Where a result will be sent is not known yet; buttons of private chats are not for everyone.
_ANYWHERE = Chat(0, "group")


def answer_inline_query(world: World, given: Given) -> bool:
    """Answer what somebody typed behind @bot in any chat. Only articles are known here."""
    query = world.inline_queries.get(given["inline_query_id"])
    if query is None or query.answer is not None or not world.is_fresh(query.asked_at):
        raise QUERY_TOO_OLD
    results = given["results"]
    if len(results) > MOST_RESULTS:
        raise bad_request("too many inline query results specified")
    for result in results:
        _check_result(result)
    if len({str(result["id"]) for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    offset = given.get("next_offset", "")
    if len(offset.encode()) > OFFSET_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    button = given.get("button")
    if button:
        _check_button(button)
    query.answer = {"results": results, "next_offset": offset, "button": button or None}
    world.tell("inline", query.user_id, query_id=query.id, **query.answer)
    return True


def _check_result(result: Any) -> None:
    if not isinstance(result, dict):
        raise bad_request("can't parse inline query result: expected an Object")
    identifier = str(result.get("id", ""))
    if not 1 <= len(identifier.encode()) <= ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    if result.get("type") != "article":
        raise _unparsed("Unsupported inline query result type")
    _refuse_others(result, _ARTICLE, "InlineQueryResultArticle")
    if not str(result.get("title", "")).strip():
        raise _unparsed('Field "title" must be non-empty')
    content = result.get("input_message_content")
    if not isinstance(content, dict):
        raise _unparsed('Can\'t find field "input_message_content"')
    _refuse_others(content, _TEXT, "InputTextMessageContent")
    text = str(content.get("message_text", ""))
    check_message(format_text(text, content.get("parse_mode"), content.get("entities")))
    preview_fields(Given(content, {}))
    read_markup(result.get("reply_markup"), _ANYWHERE, inline_only=True)


def _check_button(button: Json) -> None:
    _refuse_others(button, _BUTTON, "InlineQueryResultsButton")
    if not str(button.get("text", "")).strip():
        raise bad_request("inline query results button text must be non-empty")
    if bool(button.get("web_app")) == ("start_parameter" in button):
        raise bad_request("exactly one of the optional fields must be used")
    if "start_parameter" in button and not _START.match(str(button["start_parameter"])):
        raise bad_request("START_PARAM_INVALID")


def _refuse_others(given: Json, known: frozenset[str], where: str) -> None:
    for name in given:
        if name not in known:
            raise bad_request(f'unexpected field "{name}" in {where}')


def _unparsed(text: str) -> ApiError:
    return bad_request(f"can't parse inline query result: {text}")


METHODS = (
    Method(
        "answerInlineQuery",
        answer_inline_query,
        (
            string("inline_query_id", required=True),
            array("results", required=True),
            integer("cache_time"),
            boolean("is_personal"),
            string("next_offset"),
            obj("button"),
        ),
    ),
)
