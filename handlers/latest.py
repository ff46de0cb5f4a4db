"""/latest [column or topic] [n]: the newest signals."""

from dataclasses import dataclass, replace

from digest.asking import Request
from digest.days import read_days
from digest.model import Button, Message
from handlers.arguments import USUAL_LIST, plain, read_list_request
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import grid
from handlers.lists import (
    RECENTLY,
    busiest,
    send_shelf,
    shelf_called,
    shelf_parts,
    topic_button,
)
from handlers.replies import say
from handlers.search import read, results, search_button


async def latest(turn: Turn) -> None:
    """Send the newest signals of everything, or of what was named, within the given filters."""
    request = read_list_request(turn.words)
    shelf = shelf_called(turn.taxonomy, request.name)
    if shelf is None:
        # "/latest iphone 16": the number may belong to the name.
        shelf = shelf_called(turn.taxonomy, plain(turn.words))
    if shelf is not None:
        await send_shelf(turn, shelf, request.count)
    elif (narrowed := narrowed_shelf(turn, turn.words)) is not None:
        await say(turn, await results(turn, narrowed.request, size=narrowed.count))
    else:
        await say(turn, await unknown_name(turn, request.name))


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A shelf within filters, and how many signals of it to show."""

    request: Request
    count: int


def narrowed_shelf(turn: Turn, typed: str) -> Narrowed | None:
    """What "AI 8 来源:路透 昨天" asks for: a shelf and filters; None when they name no shelf.

    A day at the end needs no key.
    """
    request = read(turn, plain(typed))
    named = read_list_request(request.words)
    request = replace(request, words=named.name)
    if request.days is None:
        request = _with_last_day(turn, request)
    shelf = shelf_called(turn.taxonomy, request.words)
    if shelf is None or not (request.filters or request.unknown):
        return None
    column, topic = shelf_parts(turn.taxonomy, shelf) or (None, None)
    whole = replace(
        request, words="", column=column or request.column, topic=topic or request.topic
    )
    return Narrowed(whole, named.count)


def _with_last_day(turn: Turn, request: Request) -> Request:
    words = request.words.split(" ")
    for count in (1, 2):  # 昨天; last week
        days = read_days(" ".join(words[-count:]), turn.today) if len(words) >= count else None
        rest = " ".join(words[:-count])
        if days is not None and shelf_called(turn.taxonomy, rest) is not None:
            return replace(request, words=rest, days=days)
    return request


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
