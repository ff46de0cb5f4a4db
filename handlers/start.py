"""/start: a newcomer's first minute, a returning reader's overview, and links to the bot."""

from dataclasses import replace

from digest.model import Message
from handlers.arguments import USUAL_LIST, read_payload
from handlers.cards import quoted
from handlers.choosing import START, languages_page
from handlers.context import Turn
from handlers.keyboards import act
from handlers.payloads import HOME, open_payload
from handlers.replies import say
from handlers.subscriptions import what_follows, what_next


async def start(turn: Turn) -> None:
    """Welcome a newcomer, remind a returning reader, or open what a link points to.

    Whoever comes by a link sees first what it points to, and only then, once, the welcome.
    """
    payload = read_payload(turn.words)
    if payload is not None and await open_payload(turn, payload):
        if turn.is_private and turn.subscriber.created_at == turn.now:
            await say(turn, languages_page(turn))
        return
    newcomer = turn.subscription.considered_until is None
    message = languages_page(turn) if newcomer else _welcome_back(turn)
    if turn.words.strip() not in {"", HOME}:
        text = f"{turn.texts('chat.start.stale')}\n\n{message.text}"
        message = replace(message, text=text)
    await say(turn, message)


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
