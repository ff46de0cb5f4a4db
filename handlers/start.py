"""/start: a newcomer's first minute, a returning reader's overview, and links to the bot."""

from dataclasses import replace

from digest.model import Message
from handlers.arguments import USUAL_LIST, read_payload
from handlers.cards import open_card, quoted
from handlers.choosing import START, languages_page
from handlers.context import Turn
from handlers.keyboards import act
from handlers.lists import send_shelf
from handlers.replies import say
from handlers.subscriptions import what_follows, what_next


async def start(turn: Turn) -> None:
    """Welcome a newcomer, remind a returning reader, or open what a link points to."""
    payload = read_payload(turn.words)
    if payload is not None and payload.kind == "signal":
        await open_card(turn, int(payload.value))
    elif payload is not None and payload.value in turn.taxonomy.topics:
        await send_shelf(turn, f"t/{payload.value}", USUAL_LIST)
    elif turn.subscription.considered_until is None:
        await say(turn, languages_page(turn))
    else:
        await say(turn, _welcome_back(turn))


def _welcome_back(turn: Turn) -> Message:
    texts = turn.texts
    text = texts(
        "chat.start.again",
        follows=quoted(what_follows(turn)),
        next=what_next(texts, turn.subscription, turn.now),
    )
    again = act(texts("chat.start.change"), "setup", START, "columns", 0)
    first = languages_page(turn)
    rows = (
        (act(texts("chat.list.all"), "page", "latest", "", 0, USUAL_LIST),),
        (again, act(texts("chat.start.settings"), "settings", "main")),
        (act(texts("chat.start.now"), "now"),),
        *first.buttons,
    )
    return replace(first, text=text, buttons=rows)
