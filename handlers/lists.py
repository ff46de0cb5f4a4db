"""Lists of signals in chat: everything, one column, one topic.

A shelf is where a list comes from: "" is everything, "c/ai" a column, "t/llm" a topic.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from digest.model import Action, Button, Message, Signal
from digest.render import render_list
from digest.taxonomy import Taxonomy
from handlers.cards import quoted
from handlers.context import Turn
from handlers.follow import follow_button
from handlers.keyboards import act, grid
from handlers.replies import say, show, toast
from handlers.rising import standing_line

RECENTLY = timedelta(days=7)


def shelf_called(taxonomy: Taxonomy, name: str) -> str | None:
    """The shelf that a reader calls `name` ("" is everything), None when there is none."""
    if not name:
        return ""
    if column := taxonomy.find_column(name):
        return f"c/{column.id}"
    if topic := taxonomy.find_topic(name):
        return f"t/{topic.id}"
    return None


def shelf_parts(taxonomy: Taxonomy, shelf: str) -> tuple[str | None, str | None] | None:
    """The column and the topic of a shelf (at most one is set), None when there is none such."""
    kind, _, id_ = shelf.partition("/")
    if not shelf:
        return None, None
    if kind == "c" and id_ in taxonomy.columns:
        return taxonomy.columns.now(id_), None
    if kind == "t" and id_ in taxonomy.topics:
        return None, taxonomy.topics.now(id_)
    return None


def shelf_button(shelf: str, label: str, size: int) -> Button:
    """A button that opens a shelf in the place of the tapped message."""
    return act(label, "page", "latest", shelf, 0, size)


def sift_button(turn: Turn, shelf: str) -> Button:
    """The button that opens the filters of a list; "" for one that carries its own question."""
    return act(turn.texts("chat.filter.open"), "sift", shelf, "menu", 0)


# --- a shelf -----------------------------------------------------------------------------


async def send_shelf(turn: Turn, shelf: str, size: int) -> None:
    """Send the newest signals of a shelf, or say that there are none and what to try."""
    message = await shelf_message(turn, shelf, 0, size)
    await say(turn, message or await empty_shelf(turn, shelf, size))


async def show_shelf(turn: Turn, shelf: str, before: int, size: int) -> None:
    """Show a page of a shelf in the place of the tapped message."""
    if shelf_parts(turn.taxonomy, shelf) is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    message = await shelf_message(turn, shelf, before, size)
    if message is None and before:
        await toast(turn, turn.texts("chat.list.end"))
        return
    await show(turn, message or await empty_shelf(turn, shelf, size))


async def shelf_message(turn: Turn, shelf: str, before: int, size: int) -> Message | None:
    """One page of a shelf, newest first, from below signal `before` (0: from the newest)."""
    column, topic = shelf_parts(turn.taxonomy, shelf) or (None, None)
    pins, found = await _on_shelf(turn, column, topic, before, size)
    leading = () if before else pins  # what leads the first page does not come again
    if not found:
        return None
    pinned = {signal.id for signal in pins}
    room = max(1, size - len(leading))
    others = tuple(signal for signal in found if signal.id not in pinned)
    more = None
    if not leading and not others:
        return None
    if len(others) > room:
        others = others[:room]
        more = Action("page", ("latest", shelf, others[-1].id, size))
    title = await _title(turn, column, topic)
    message = await _listed(turn, title, (*leading, *others), more, pinned)
    rows: list[tuple[Button, ...]] = []
    if before:
        rows.append((shelf_button(shelf, turn.texts("chat.list.newest"), size),))
    if topic:
        rows.append((follow_button(turn, topic),))
    rows.append((sift_button(turn, shelf), act(turn.texts("chat.list.shelves"), "topic", 0)))
    return replace(message, buttons=(*message.buttons, *rows))


async def _on_shelf(
    turn: Turn, column: str | None, topic: str | None, before: int, size: int
) -> tuple[tuple[Signal, ...], tuple[Signal, ...]]:
    """What leads a shelf, and its newest signals: looked up once for all who ask at a time."""

    async def look() -> tuple[tuple[Signal, ...], tuple[Signal, ...]]:
        pins = () if topic else await _pinned(turn, column)
        found = await turn.storage.signals.latest(
            column=column, topic=topic, before=before or None, limit=size + len(pins) + 1
        )
        return pins, found

    return await turn.services.shared.ask(("shelf", column, topic, before, size), look)


async def empty_shelf(turn: Turn, shelf: str, size: int) -> Message:
    """Say that a shelf is empty and what to try instead."""
    column, topic = shelf_parts(turn.taxonomy, shelf) or (None, None)
    counts = await turn.storage.signals.counts(turn.now - RECENTLY, by="topic")
    if column is None and topic is None:
        return Message(turn.texts("chat.latest.empty"))
    rows: list[tuple[Button, ...]] = []
    if topic:
        name = turn.taxonomy.topics[topic].name(turn.lang)
        followed = topic in turn.subscription.wishes.topics
        key = "chat.topic.empty.followed" if followed else "chat.topic.empty"
        text = turn.texts(key, name=quoted(name))
        rows.append((follow_button(turn, topic),))
    else:
        name = turn.taxonomy.columns[column or ""].name(turn.lang)
        text = turn.texts("chat.column.empty", name=quoted(name))
    busy = [id_ for id_ in busiest(turn.taxonomy, counts) if id_ != topic][:4]
    rows.extend(grid(topic_button(turn, id_, counts, size) for id_ in busy))
    rows.append((act(turn.texts("chat.list.all"), "page", "latest", "", 0, size),))
    return Message(text, tuple(rows))


def busiest(taxonomy: Taxonomy, counts: dict[str, int]) -> list[str]:
    """The known topics that have signals, most first."""
    known = [id_ for id_ in counts if id_ in taxonomy.topics and counts[id_] > 0]
    return sorted(known, key=lambda id_: (-counts[id_], id_))


def topic_button(turn: Turn, topic: str, counts: dict[str, int], size: int) -> Button:
    """A button that opens a topic, with ✓ when followed and the number of recent signals."""
    name = turn.taxonomy.topics[topic].name(turn.lang)
    mark = "✓ " if topic in turn.subscription.wishes.topics else ""
    count = counts.get(topic, 0)
    return shelf_button(f"t/{topic}", f"{mark}{name} · {count}", size)


async def _title(turn: Turn, column: str | None, topic: str | None) -> str:
    texts = turn.texts
    if column:
        shown = turn.taxonomy.columns[column]
        return texts("chat.list.column", emoji=shown.emoji, name=quoted(shown.name(turn.lang)))
    if topic:
        name = quoted(turn.taxonomy.topics[topic].name(turn.lang))
        title = texts.n("chat.list.topic", await _recent(turn, topic), name=name)
        standing = await standing_line(turn, topic)
        return f"{title}\n{standing}" if standing else title
    return texts("chat.list.latest")


async def _recent(turn: Turn, topic: str) -> int:
    """How many signals a topic has had lately: counted once for all who ask at a time."""

    async def look() -> int:
        since = turn.services.clock() - RECENTLY
        counts = await turn.storage.signals.counts(since, by="topic", only=topic)
        return counts.get(topic, 0)

    return await turn.services.shared.ask(("recent", topic), look)


async def _pinned(turn: Turn, column: str | None) -> tuple[Signal, ...]:
    """What editors let lead everything, or a column."""
    pinned = await turn.storage.pins.signals(turn.now)
    if column is None:
        return tuple(signal for signal, pin in pinned if pin.everywhere)
    return tuple(signal for signal, _ in pinned if signal.placement.column == column)


async def _listed(
    turn: Turn,
    title: str,
    signals: tuple[Signal, ...],
    more: Action | None,
    pinned: Collection[int] = (),
) -> Message:
    saved = await saved_among(turn, signals)
    rendering = turn.rendering
    return turn.services.rendered.recall(
        (title, more, frozenset(saved), frozenset(pinned)),
        signals,
        rendering,
        lambda: render_list(title, signals, rendering, more=more, saved=saved, pinned=pinned),
    )


async def saved_among(turn: Turn, signals: Sequence[Signal]) -> set[int]:
    """Those that the person has saved. In groups nobody's saves are shown."""
    if not turn.is_private:
        return set()
    ids = [signal.id for signal in signals]
    return set(await turn.storage.collections.where_saved(turn.subscriber.id, ids))
