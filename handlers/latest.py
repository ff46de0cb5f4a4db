"""/latest [column or topic] [n]: the newest signals."""

from digest.model import Button, Message
from handlers.arguments import USUAL_LIST, plain, read_list_request
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import grid
from handlers.lists import (
    RECENTLY,
    busiest,
    search_button,
    send_shelf,
    shelf_called,
    topic_button,
)
from handlers.replies import say


async def latest(turn: Turn) -> None:
    """Send the newest signals of everything, or of what was named."""
    request = read_list_request(turn.words)
    shelf = shelf_called(turn.taxonomy, request.name)
    if shelf is None:
        # "/latest iphone 16": the number may belong to the name.
        shelf = shelf_called(turn.taxonomy, plain(turn.words))
    if shelf is None:
        await say(turn, await unknown_name(turn, request.name))
        return
    await send_shelf(turn, shelf, request.count)


async def unknown_name(turn: Turn, name: str) -> Message:
    """Say that no column or topic has this name, and offer the nearest ones as buttons."""
    counts = await turn.storage.signals.counts(turn.now - RECENTLY, by="topic")
    near = [topic.id for topic in turn.taxonomy.suggest_topics(name)]
    key = "chat.topic.unknown.near" if near else "chat.topic.unknown"
    offered = near or busiest(turn.taxonomy, counts)[:4]
    rows: list[tuple[Button, ...]] = list(
        grid(topic_button(turn, id_, counts, USUAL_LIST) for id_ in offered)
    )
    if button := search_button(turn, name):
        rows.append((button,))
    return Message(turn.texts(key, name=quoted(name[:60])), tuple(rows))
