"""/topic <name>: one topic's signals; without a name, all topics with their recent counts."""

from digest.model import Button, Message
from handlers.arguments import USUAL_LIST, plain
from handlers.context import Turn
from handlers.keyboards import act, grid
from handlers.latest import narrowed_shelf, unknown_name
from handlers.lists import (
    RECENTLY,
    send_shelf,
    shelf_button,
    shelf_called,
    topic_button,
)
from handlers.replies import say, show
from handlers.search import results

PER_PAGE = 16


async def topic(turn: Turn) -> None:
    """Send the named topic's signals, or the list of topics."""
    name = plain(turn.words)
    if not name:
        await say(turn, await topics_message(turn, 0))
        return
    shelf = shelf_called(turn.taxonomy, name)
    if shelf is not None:
        await send_shelf(turn, shelf, USUAL_LIST)
    elif (narrowed := narrowed_shelf(turn, name)) is not None:
        await say(turn, await results(turn, narrowed.request))
    else:
        await say(turn, await unknown_name(turn, name))


async def show_list(turn: Turn, page: int) -> None:
    """Show a page of the list of topics in the place of the tapped message."""
    await show(turn, await topics_message(turn, page))


async def topics_message(turn: Turn, page: int) -> Message:
    """Columns, then topics by their number of signals in the last 7 days, as buttons."""
    since = turn.now - RECENTLY
    counts = await turn.storage.signals.counts(since, by="topic")
    order = {id_: place for place, id_ in enumerate(turn.taxonomy.topics)}
    ranked = sorted(order, key=lambda id_: (-counts.get(id_, 0), order[id_]))
    pages = max(1, -(-len(ranked) // PER_PAGE))
    page = max(0, min(pages - 1, page))
    rows: list[tuple[Button, ...]] = []
    if page == 0:
        by_column = await turn.storage.signals.counts(since, by="column")
        rows.extend(grid(_column_button(turn, id_, by_column) for id_ in turn.taxonomy.columns))
    chosen = ranked[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows.extend(grid(topic_button(turn, id_, counts, USUAL_LIST) for id_ in chosen))
    rows.append(turning(turn, page, pages, "topic"))
    return Message(turn.texts("chat.topic.list"), tuple(row for row in rows if row))


def turning(turn: Turn, page: int, pages: int, verb: str, *args: str | int) -> tuple[Button, ...]:
    """Buttons to the page before and after; the page is the verb's last argument."""
    row: list[Button] = []
    if page > 0:
        row.append(act(turn.texts("chat.page.before"), verb, *args, page - 1))
    if page < pages - 1:
        row.append(act(turn.texts("chat.page.after"), verb, *args, page + 1))
    return tuple(row)


def _column_button(turn: Turn, column: str, counts: dict[str, int]) -> Button:
    shown = turn.taxonomy.columns[column]
    label = f"{shown.emoji} {shown.name(turn.lang)} · {counts.get(column, 0)}"
    return shelf_button(f"c/{column}", label, USUAL_LIST)
