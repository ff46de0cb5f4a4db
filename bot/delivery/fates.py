"""What may be concluded about a message from how its sending ended. Pure.

sendMessage has no idempotency key, so everything turns on one question: was the message certainly
not sent? Only then may it be sent again.

    answer                                            fate
    429 with retry_after                              retry, not before then
    403, "chat not found", no right to write there    gone: the chat is switched off, its data kept
    400 about a closed or deleted forum topic         topic gone: that topic is switched off
    400 with migrate_to_chat_id                       migrated: again, to the new id
    400 about entities, buttons or a picture          plain: once more as plain text
    400 about the right to send pictures              no picture: once more without, to this chat
    other 400, 413                                    dead
    401, 404, 409                                     stop: the token is wrong or used elsewhere
    5xx, an answer that cannot be read                unknown
    any other refusal that no Bot API server wrote    unknown: a proxy or login page said it
    no connection (refused, DNS, TLS, timed out)      retry
    lost after connecting (read timeout, reset)       unknown
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
)

from digest.errors import DeliveryError, DeliveryFate
from digest.regexes import regex

# Refusals (lower case) that concern the chat, not the message.
_GONE = (
    "chat not found",
    "user not found",
    "user_is_blocked",
    "input_user_deactivated",
    "peer_id_invalid",
    "chat_write_forbidden",
    "chat_restricted",
    "not enough rights to send",
    "have no rights to send",
    "need administrator rights in the channel",
    "bot is not a member",
    "group chat was deactivated",
)
# Refusals that concern one forum topic; the rest of the group goes on.
_TOPIC_GONE = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
# A chat that takes texts but no pictures, which sounds like one that takes nothing.
_PICTURE = ("rights to send photos", "rights to send a photo", "rights to send media")
# Refusals that plain text without buttons can get around.
_FORM = (
    "entities",
    "entity_",
    "button",
    "reply markup",
    "reply_markup",
    "inline keyboard",
    "message is too long",
    "text is too long",
    "caption is too long",
    "photo_invalid",
    "photo_save_file_invalid",
    "image_process_failed",
    "wrong file identifier",
    "wrong remote file identifier",
    "wrong type of the web page content",
)
_AT_ONCE = frozenset(
    {DeliveryFate.MIGRATED, DeliveryFate.PLAIN, DeliveryFate.NO_PICTURE, DeliveryFate.STOP}
)
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=15)
_MOST_ATTEMPTS = 50
_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 400, 401, 403, 404
_CONFLICT, _TOO_LARGE, _TOO_MANY = 409, 413, 429


class NotSent(ConnectionError):  # noqa: N818  a finding, not a fault
    """The request certainly did not reach Telegram."""


class PerhapsSent(ConnectionError):  # noqa: N818  a finding, not a fault
    """The request may have reached Telegram; its answer did not reach us."""


class Unanswered(PerhapsSent):
    """Not a byte of an answer came, and what is still under way of the request is given up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What we read of Telegram's answer: `message_id` is 0 unless a message was sent.

    `retry_after` is in seconds, None when not given; `migrate_to` a chat id or None; `foreign`
    when it has not the form of the Bot API.
    """

    status: int
    message_id: int = 0
    description: str = ""
    retry_after: float | None = None
    migrate_to: int | None = None
    foreign: bool = False


# How a Bot API server begins to say that a message was sent; nothing that follows changes it.
_SENT = regex(rb'\{"ok": ?true, ?"result": ?\{"message_id": ?([1-9][0-9]{0,17}),')


def read_answer(status: int, body: bytes) -> Answer:
    """The answer to sendMessage in `body`; one that makes no sense has no message_id."""
    # The whole message comes back to us, and reading it all costs a fifth of sending it.
    if (sent := _SENT.match(body)) is not None and body.endswith(b"}}"):
        return Answer(status, int(sent[1]))
    try:
        data = json.loads(body)
    except ValueError:
        return Answer(status, description="an answer that is not JSON", foreign=True)
    if not isinstance(data, dict) or not isinstance(data.get("ok"), bool):
        return Answer(status, description="an answer of no Bot API", foreign=True)
    result = data.get("result")
    kept = data.get("ok") is True and isinstance(result, dict)
    message_id = result.get("message_id") if kept and isinstance(result, dict) else None
    given = data.get("parameters")
    parameters: dict[str, Any] = given if isinstance(given, dict) else {}
    wait, target = parameters.get("retry_after"), parameters.get("migrate_to_chat_id")
    return Answer(
        _whole(data.get("error_code")) or status,
        _whole(message_id) or 0,
        str(data.get("description", "")),
        float(wait) if isinstance(wait, int | float) and not isinstance(wait, bool) else None,
        _whole(target),
    )


def is_refusal(body: bytes) -> bool:
    """Whether a Bot API server wrote `body` to refuse a call."""
    answer = read_answer(_BAD_REQUEST, body)
    return not answer.foreign and not answer.message_id


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def fate_of(trouble: Answer | BaseException, now: datetime) -> DeliveryError:
    """The DeliveryError for an answer that is no success, or for the error of a request."""
    if isinstance(trouble, Answer):
        return _fate_of_answer(trouble, now)
    return _fate_of_error(trouble, now)


def _fate_of_answer(answer: Answer, now: datetime) -> DeliveryError:
    status, words = answer.status, answer.description
    detail = f"{status} {words}".strip()
    if status == _TOO_MANY:
        wait = timedelta(seconds=answer.retry_after or 1.0)
        return DeliveryError(DeliveryFate.RETRY, detail, not_before=now + wait)
    if answer.foreign and status != _TOO_LARGE:
        # It says nothing of our chat, our token or our message, and it may come after the fact.
        return DeliveryError(DeliveryFate.UNKNOWN, detail)
    if status == _BAD_REQUEST and answer.migrate_to is not None:
        return DeliveryError(DeliveryFate.MIGRATED, detail, new_chat_id=answer.migrate_to)
    if status in {_BAD_REQUEST, _TOO_LARGE}:
        return DeliveryError(_fate_of_refusal(words), detail)
    if status == _FORBIDDEN:
        return DeliveryError(DeliveryFate.GONE, detail)
    if status in {_UNAUTHORIZED, _NOT_FOUND}:
        return DeliveryError(
            DeliveryFate.STOP, f"Telegram does not know the bot's token ({detail})"
        )
    if status == _CONFLICT:
        return DeliveryError(DeliveryFate.STOP, f"another process uses the bot's token ({detail})")
    return DeliveryError(DeliveryFate.UNKNOWN, detail)


def _fate_of_refusal(words: str) -> DeliveryFate:
    lower = words.lower()
    if any(phrase in lower for phrase in _PICTURE):
        return DeliveryFate.NO_PICTURE
    if any(phrase in lower for phrase in _GONE):
        return DeliveryFate.GONE
    if any(phrase in lower for phrase in _TOPIC_GONE):
        return DeliveryFate.TOPIC_GONE
    if any(phrase in lower for phrase in _FORM):
        return DeliveryFate.PLAIN
    return DeliveryFate.DEAD


def _fate_of_error(error: BaseException, now: datetime) -> DeliveryError:
    # The library's own errors; BadRequest comes first, for it is a NetworkError.
    match error:
        case RetryAfter():
            wait = timedelta(seconds=seconds_of(error))
            return DeliveryError(DeliveryFate.RETRY, str(error), not_before=now + wait)
        case ChatMigrated():
            return DeliveryError(DeliveryFate.MIGRATED, str(error), new_chat_id=error.new_chat_id)
        case BadRequest():
            return DeliveryError(_fate_of_refusal(str(error)), str(error))
        case Forbidden():
            return DeliveryError(DeliveryFate.GONE, str(error))
        case InvalidToken() | Conflict():
            return DeliveryError(DeliveryFate.STOP, str(error))
        case NetworkError():  # TimedOut is one too
            sent = error.__cause__ is None or not certainly_not_sent(error.__cause__)
        case _:
            sent = not certainly_not_sent(error)
    fate = DeliveryFate.UNKNOWN if sent else DeliveryFate.RETRY
    return DeliveryError(fate, f"{type(error).__name__}: {error}")


def certainly_not_sent(error: BaseException) -> bool:
    """Whether `error` came before a byte of the request could be written."""
    return isinstance(
        error,
        NotSent
        | aiohttp.ClientConnectorError
        | aiohttp.ConnectionTimeoutError
        | aiohttp.InvalidURL,
    )


def seconds_of(error: RetryAfter) -> float:
    """The wait that a 429 asks for."""
    # The public property warns for as long as it gives an int; `_retry_after` is a timedelta.
    return error._retry_after.total_seconds()  # noqa: SLF001  the only form without a warning


def next_attempt(error: DeliveryError, attempts: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` tries, None when it must not or no longer be tried."""
    if attempts >= _MOST_ATTEMPTS:
        return None
    if error.fate in _AT_ONCE:
        return now
    if error.fate is not DeliveryFate.RETRY:
        return None
    if error.not_before is not None:
        return max(now, error.not_before)
    return now + min(_FIRST_WAIT * (1 << min(attempts, 10)), _LONGEST_WAIT)
