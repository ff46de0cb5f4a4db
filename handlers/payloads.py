"""Links to the bot (t.me/<bot>?start=…): what each kind of payload opens.

Anyone can make such a link. A payload opens only what its reader may see anyway; one that is
forged, damaged or points to what is gone is told so.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping

from digest.regexes import regex
from handlers.admin.inside import PAYLOAD as INSIDE
from handlers.admin.inside import open_inside
from handlers.admin.members import join
from handlers.arguments import QUERY_LIMIT, USUAL_LIST, Payload, plain
from handlers.cards import is_shown, open_card
from handlers.collections.sharing import open_shared
from handlers.context import Turn
from handlers.lists import send_shelf
from handlers.search import find
from handlers.story import send_story
from handlers.weekly import send_week

LIMIT = 64
HOME = "inline"
"""The payload of whoever comes over from inline mode without a question."""

_NUMBER = regex(r"[0-9]{1,18}")

Opens = Callable[[Turn, str], Awaitable[bool]]
"""Opens what the value of a payload points to; False when there is nothing of the kind."""


async def _signal(turn: Turn, value: str) -> bool:
    signal = await turn.storage.signals.get(int(value)) if _NUMBER.fullmatch(value) else None
    if signal is None or not await is_shown(turn, signal):
        return False
    await open_card(turn, signal.id)
    return True


async def _shelf(turn: Turn, shelf: str, *, known: bool) -> bool:
    if known:
        await send_shelf(turn, shelf, USUAL_LIST)
    return known


async def _topic(turn: Turn, value: str) -> bool:
    # A link of before a merge leads to what its topic is called today.
    return await _shelf(
        turn, f"t/{turn.taxonomy.topics.now(value)}", known=value in turn.taxonomy.topics
    )


async def _column(turn: Turn, value: str) -> bool:
    return await _shelf(
        turn, f"c/{turn.taxonomy.columns.now(value)}", known=value in turn.taxonomy.columns
    )


async def _story(turn: Turn, value: str) -> bool:
    return bool(_NUMBER.fullmatch(value)) and await send_story(turn, int(value))


async def _search(turn: Turn, value: str) -> bool:
    words = plain(_decoded(value))
    if not words or len(words) > QUERY_LIMIT:
        return False
    await find(turn, words)
    return True


# Kinds of payloads. Links live for ever in other people's chats: never change what a kind means.
PAYLOADS: Mapping[str, Opens] = {
    "s": _signal,
    "t": _topic,
    "col": _column,
    "story": _story,
    "week": send_week,
    "q": _search,
    "c": open_shared,
    INSIDE: open_inside,
    "e": join,
}


async def open_payload(turn: Turn, payload: Payload) -> bool:
    """Open what a link points to; False when there is nothing (any more)."""
    opens = PAYLOADS.get(payload.kind)
    return opens is not None and await opens(turn, payload.value)


def search_payload(words: str) -> str:
    """The payload of a search, "" when it is too long for a link."""
    value = base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")
    payload = f"q_{value}"
    return payload if len(payload) <= LIMIT else ""


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
