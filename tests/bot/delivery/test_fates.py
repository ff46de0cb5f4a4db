"""The table of fates, row by row."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.delivery.fates import (
    Answer,
    NotSent,
    PerhapsSent,
    certainly_not_sent,
    fate_of,
    next_attempt,
    read_answer,
)
from digest.errors import DeliveryError, DeliveryFate

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = ConnectionKey(
    "api.example", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)
REFUSED = aiohttp.ClientConnectorError(KEY, OSError(111, "refused"))


def caused(error: TelegramError, cause: BaseException) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("status", "description", "fate"),
    [
        (400, "Bad Request: chat not found", DeliveryFate.GONE),
        (400, "Bad Request: PEER_ID_INVALID", DeliveryFate.GONE),
        (400, "Bad Request: not enough rights to send text messages to the chat", "gone"),
        (400, "Bad Request: not enough rights to send photos to the chat", "no_picture"),
        (400, "Bad Request: wrong file identifier/HTTP URL specified", DeliveryFate.PLAIN),
        (400, "Bad Request: message caption is too long", DeliveryFate.PLAIN),
        (400, "Bad Request: need administrator rights in the channel chat", "gone"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", DeliveryFate.GONE),
        (400, 'Bad Request: can\'t parse entities: Unsupported start tag "x"', "plain"),
        (400, "Bad Request: inline keyboard button URL 'x' is invalid", DeliveryFate.PLAIN),
        (400, "Bad Request: BUTTON_DATA_INVALID", DeliveryFate.PLAIN),
        (400, "Bad Request: message is too long", DeliveryFate.PLAIN),
        (400, "Bad Request: message thread not found", DeliveryFate.TOPIC_GONE),
        (400, "Bad Request: TOPIC_CLOSED", DeliveryFate.TOPIC_GONE),
        (400, "Bad Request: TOPIC_DELETED", DeliveryFate.TOPIC_GONE),
        (400, "Bad Request: message text is empty", DeliveryFate.DEAD),
        (400, "", DeliveryFate.DEAD),
        (413, "Request Entity Too Large", DeliveryFate.DEAD),
        (403, "Forbidden: bot was blocked by the user", DeliveryFate.GONE),
        (403, "Forbidden: user is deactivated", DeliveryFate.GONE),
        (403, "Forbidden: bot was kicked from the supergroup chat", DeliveryFate.GONE),
        (401, "Unauthorized", DeliveryFate.STOP),
        (404, "Not Found", DeliveryFate.STOP),
        (409, "Conflict: terminated by other getUpdates request", DeliveryFate.STOP),
        (429, "Too Many Requests: retry after 7", DeliveryFate.RETRY),
        (500, "Internal Server Error", DeliveryFate.UNKNOWN),
        (502, "Bad Gateway", DeliveryFate.UNKNOWN),
        (503, "", DeliveryFate.UNKNOWN),
        (504, "Gateway Timeout", DeliveryFate.UNKNOWN),
        (302, "", DeliveryFate.UNKNOWN),
        (200, "an answer that is not JSON", DeliveryFate.UNKNOWN),
    ],
)
def test_every_answer_has_its_fate(status: int, description: str, fate: str):
    assert fate_of(Answer(status, description=description), NOW).fate == fate


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (REFUSED, DeliveryFate.RETRY),
        (aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "no name")), DeliveryFate.RETRY),
        (aiohttp.ClientConnectorSSLError(KEY, OSError(1, "tls")), DeliveryFate.RETRY),
        (aiohttp.ConnectionTimeoutError("no connection"), DeliveryFate.RETRY),
        (aiohttp.SocketTimeoutError("no answer"), DeliveryFate.UNKNOWN),
        (aiohttp.ServerDisconnectedError(), DeliveryFate.UNKNOWN),
        (aiohttp.ClientOSError(104, "reset"), DeliveryFate.UNKNOWN),
        (aiohttp.ClientPayloadError("half a body"), DeliveryFate.UNKNOWN),
        (TimeoutError(), DeliveryFate.UNKNOWN),
        (OSError("anything"), DeliveryFate.UNKNOWN),
        (asyncio.CancelledError(), DeliveryFate.UNKNOWN),
        (BadRequest("chat not found"), DeliveryFate.GONE),
        (BadRequest("can't parse entities"), DeliveryFate.PLAIN),
        (BadRequest("message text is empty"), DeliveryFate.DEAD),
        (Forbidden("bot was blocked by the user"), DeliveryFate.GONE),
        (InvalidToken("no"), DeliveryFate.STOP),
        (Conflict("two of us"), DeliveryFate.STOP),
        (caused(TimedOut(), NotSent()), DeliveryFate.RETRY),
        (caused(TimedOut(), PerhapsSent()), DeliveryFate.UNKNOWN),
        (caused(NetworkError("x"), NotSent()), DeliveryFate.RETRY),
        (caused(NetworkError("x"), PerhapsSent()), DeliveryFate.UNKNOWN),
        (NetworkError("Bad Gateway (502)"), DeliveryFate.UNKNOWN),
        (TelegramError("Invalid server response"), DeliveryFate.UNKNOWN),
    ],
)
def test_every_error_has_its_fate(error: BaseException, fate: DeliveryFate):
    assert fate_of(error, NOW).fate is fate


def test_only_what_came_before_the_first_byte_is_certainly_not_sent():
    assert certainly_not_sent(REFUSED)
    assert not certainly_not_sent(aiohttp.ClientOSError(32, "broken pipe"))


def test_a_flood_names_the_moment_from_which_to_try():
    answer = read_answer(
        429,
        json.dumps(
            {
                "ok": False,
                "error_code": 429,
                "description": "Too Many Requests: retry after 7",
                "parameters": {"retry_after": 7},
            }
        ).encode(),
    )
    assert fate_of(answer, NOW).not_before == NOW + timedelta(seconds=7)


def test_a_migration_names_the_new_chat():
    answer = read_answer(
        400,
        json.dumps(
            {
                "ok": False,
                "error_code": 400,
                "description": "group chat was upgraded",
                "parameters": {"migrate_to_chat_id": -1001234},
            }
        ).encode(),
    )
    error = fate_of(answer, NOW)
    assert (error.fate, error.new_chat_id) == (DeliveryFate.MIGRATED, -1001234)
    assert fate_of(ChatMigrated(-1001234), NOW).new_chat_id == -1001234


def test_only_an_ok_with_a_message_counts_as_sent():
    good = b'{"ok":true,"result":{"message_id":42,"date":1}}'
    assert read_answer(200, good).message_id == 42


@given(
    st.one_of(
        st.binary(max_size=60),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "ok",
                            "result",
                            "message_id",
                            "parameters",
                            "retry_after",
                            "error_code",
                            "description",
                            "migrate_to_chat_id",
                        ]
                    ),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_no_answer_breaks_the_reading(raw: bytes):
    answer = read_answer(200, raw)
    if not answer.message_id:
        assert fate_of(answer, NOW).fate in set(DeliveryFate)


def test_waits_grow_and_end():
    error = DeliveryError(DeliveryFate.RETRY)
    waits = [next_attempt(error, attempts, NOW) for attempts in range(60)]
    assert waits[0] == NOW + timedelta(seconds=5)
    assert waits[3] == NOW + timedelta(seconds=40)
    assert waits[30] == NOW + timedelta(minutes=15)
    assert waits[50] is None


@pytest.mark.parametrize("fate", [DeliveryFate.UNKNOWN, DeliveryFate.GONE, DeliveryFate.DEAD])
def test_what_is_settled_is_not_tried_again(fate: DeliveryFate):
    assert next_attempt(DeliveryError(fate), 0, NOW) is None


def test_a_flood_that_is_over_is_tried_now():
    error = DeliveryError(DeliveryFate.RETRY, not_before=NOW - timedelta(seconds=1))
    assert next_attempt(error, 3, NOW) == NOW


@pytest.mark.parametrize("fate", [DeliveryFate.MIGRATED, DeliveryFate.PLAIN, DeliveryFate.STOP])
def test_what_was_refused_for_its_form_or_place_is_tried_at_once(fate: DeliveryFate):
    assert next_attempt(DeliveryError(fate), 0, NOW) == NOW


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_what_a_whole_message_begins_with_says_what_the_whole_says(separators: tuple[str, str]):
    message = {"message_id": 4711, "chat": {"id": 7}, "text": '"message_id":5', "date": 1}
    kept = {"ok": True, "result": message}
    turned = {"result": dict(reversed(message.items())), "ok": True}
    odd = [
        kept | {"ok": False},
        kept | {"result": message | {"message_id": -3}},
        kept | {"result": message | {"message_id": 1.5}},
        kept | {"result": message | {"message_id": True}},
        kept | {"result": [message]},
    ]
    for answer in (kept, turned):
        read = read_answer(200, json.dumps(answer, separators=separators).encode())
        assert read == Answer(200, 4711)
    found = [read_answer(200, json.dumps(one, separators=separators).encode()) for one in odd]
    assert [one.message_id for one in found] == [0, -3, 0, 0, 0]
    whole = json.dumps(kept, separators=separators).encode()
    assert all(read_answer(200, whole[:cut]).foreign for cut in range(len(whole)))
