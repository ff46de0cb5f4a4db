"""Pressed buttons that were never there: made by hand, sent as Telegram would send them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice, product
from secrets import randbelow
from typing import Any

from bot.sandbox.people import Person
from bot.sandbox.state import CallbackQuery
from digest.model import Action
from handlers.callbacks import LIMIT, SIGNATURES, VERSION, fits, pack, unpack
from tests.handlers.conftest import Chatting

Types = tuple[type[int] | type[str], ...]


class Envelope(Enum):
    """What Telegram says of the message that carried the button."""

    MESSAGE = "as it is"
    OLD = "too old to be shown"
    INLINE = "sent by way of the inline mode"


@dataclass(frozen=True)
class Forged:
    """What is pressed, and on which message of which chat."""

    chat: int
    message: int
    data: str
    envelope: Envelope = Envelope.MESSAGE


async def press(
    chatting: Chatting,
    person: Person,
    chat: int,
    message: int,
    data: str,
    envelope: Envelope = Envelope.MESSAGE,
) -> dict[str, Any]:
    """Let `person` send `data` as if it stood behind a button; return the answer they get."""
    return await person.answer_to(_press(chatting, person, Forged(chat, message, data, envelope)))


async def press_all(
    chatting: Chatting, person: Person, forged: Iterable[Forged]
) -> list[tuple[str, dict[str, Any]]]:
    """Press one after the other, awaiting no answer in between: what was sent, and its answer.

    The bot takes them in order, a hundred at a time, which is what one getUpdates brings.
    """
    answered, left = [], iter(forged)
    while some := [(one.data, _press(chatting, person, one)) for one in islice(left, 100)]:
        answered += [(data, await person.answer_to(query, 60)) for data, query in some]
    return answered


def _press(chatting: Chatting, person: Person, forged: Forged) -> CallbackQuery:
    world, chat, message = chatting.sandbox.world, forged.chat, forged.message
    query = world.ask(
        CallbackQuery(
            id=str(randbelow(1 << 63)),
            user_id=person.id,
            chat_id=chat,
            message_id=message,
            data=forged.data,
            asked_at=world.now(),
        )
    )
    payload: dict[str, Any] = {
        "id": query.id,
        "from": person.user.data(),
        "chat_instance": str(chat),
        "data": forged.data,
    }
    place = world.chats[chat]
    if forged.envelope is Envelope.MESSAGE:
        payload["message"] = place.records[message].data
    elif forged.envelope is Envelope.OLD:
        payload["message"] = {"chat": world.chat_data(place), "message_id": message, "date": 0}
    else:
        payload["inline_message_id"] = f"inline-{randbelow(1 << 40)}"
    world.updates.push("callback_query", payload)
    return query


# --- what is pressed ---------------------------------------------------------------------

_NUMBERS = (
    "",
    "x",
    "1.5",
    "+1",
    " 1",
    "1 ",
    "1e3",
    "0x10",
    "NaN",
    "٣",
    "１",
    "1\n",
    "9" * 19,
    "--1",
)
_SPOILT = ("\x00", "x%00", "\ud800")
_WORDS = ("", "none", "../..", "'; DROP TABLE signals; --", "<b>", "%", "%00", "\u202e", "字" * 8)
_OUT_OF_RANGE = (0, -1, 999_999, 10**17, -(10**17), 2**31, 2**31 - 1)


def broken(verb: str) -> Iterator[str]:
    """Payloads of a verb that no keyboard of ours carries: none may do anything."""
    types = SIGNATURES[verb]
    whole = pack(Action(verb, tuple(1 if one is int else "x" for one in types)))
    yield from (whole[:end] for end in range(len(whole)) if unpack(whole[:end]) is None)
    yield from (
        f"{version}{whole[len(VERSION) :]}" for version in ("", "0", "2", "１", "1 ", "-1")
    )
    yield from (f"{whole}:", f"{whole}:1", f" {whole}", f"{whole}\ud800", whole.upper())
    yield f"{whole}{'x' * LIMIT}" if types and types[-1] is str else f"{whole}:{'1' * LIMIT}"
    for place, wanted in enumerate(types):
        for text in _NUMBERS if wanted is int else _SPOILT:
            values = ["1" if one is int else "x" for one in types]
            values[place] = text
            yield ":".join((VERSION, verb, *values))


def far_fetched(verb: str) -> Iterator[str]:
    """Well-formed payloads of a verb whose words and numbers mean nothing."""
    for values in _combined(SIGNATURES[verb], _OUT_OF_RANGE, _WORDS):
        action = Action(verb, values)
        if fits(action):
            yield pack(action)


def with_ids(verb: str, ids: tuple[int, ...]) -> Iterator[str]:
    """Well-formed payloads of a verb that point to these ids, which belong to somebody else."""
    for values in product(*(ids if one is int else ("x",) for one in SIGNATURES[verb])):
        yield pack(Action(verb, values))


def _combined(
    types: Types, numbers: tuple[int, ...], words: tuple[str, ...]
) -> Iterator[tuple[int | str, ...]]:
    """Each number and word at each place, the other places filled with plain ones."""
    usual: list[int | str] = [numbers[2] if one is int else words[1] for one in types]
    if types:
        yield tuple(usual)
    for place, wanted in enumerate(types):
        for value in numbers if wanted is int else words:
            changed = list(usual)
            changed[place] = value
            yield tuple(changed)
