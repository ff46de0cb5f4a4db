"""What a reader does not want to see: words, topics ("topic:llm") and sources ("source:12")."""

from handlers.context import Turn
from handlers.keyboards import Rows, act, grid

MOST = 50


async def rows(turn: Turn) -> Rows:
    """A button for each mute that takes it back, and one to mute another word."""
    words = turn.subscription.wishes.mutes[:MOST]
    buttons = [act(f"✕ {await name(turn, word)}", "unmute", word) for word in words]
    return (*grid(buttons), (act(turn.texts("chat.settings.mute.typed"), "ask", "mute"),))


async def name(turn: Turn, word: str) -> str:
    """A mute as people read it: a topic or source by its name, a word as it was typed."""
    kind, _, value = word.partition(":")
    if kind == "topic":
        topic = turn.taxonomy.topics.get(value)
        return turn.texts("chat.mute.topic", name=topic.name(turn.lang) if topic else value)
    if kind == "source" and value.isdecimal():
        source = await turn.storage.sources.get(int(value))
        return turn.texts("chat.mute.source", name=source.spec.title if source else value)
    return word
