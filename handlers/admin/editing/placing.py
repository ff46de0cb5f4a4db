"""Where a signal stands: its column, its topics, who may read it."""

from digest.model import Access, Button, Message, Signal
from digest.render import escape
from handlers.admin.editing.sheet import sheet, sought
from handlers.admin.progress import watch_amending
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, ticked
from handlers.replies import show, toast
from storage.editing import Overtaken

_PER_PAGE = 16
_SUGGESTED = 6


async def show_columns(turn: Turn, signal_id: int) -> None:
    """All columns, that of the signal with ✓."""
    signal = await sought(turn, signal_id)
    if signal is not None:
        await show(turn, _columns_page(turn, signal))


def _columns_page(turn: Turn, signal: Signal) -> Message:
    here = signal.placement.column
    columns = sorted(turn.taxonomy.columns.values(), key=lambda one: one.position)
    buttons = [
        ticked(
            f"{one.emoji} {one.name(turn.lang)}",
            "ecolumn",
            signal.id,
            one.id,
            here,
            on=one.id == here,
        )
        for one in columns
    ]
    text = f"✏️ <b>{escape(turn.texts('chat.edit.field.column'))}</b>"
    return Message(f"{text}\n{_headline(signal)}", (*grid(buttons), _back(turn, signal)))


async def set_column(turn: Turn, signal_id: int, column: str, shown: str) -> None:
    """Move the signal from the column that was shown into another."""
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    if column not in turn.taxonomy.columns:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    try:
        await turn.storage.editing.move(signal_id, shown, column, turn.actor, turn.now)
    except Overtaken as error:
        name = turn.rendering.column(error.present)
        await toast(turn, turn.texts("chat.edit.overtaken.column", column=name), alert=True)
    await _shown_again(turn, signal_id)


async def open_topics(turn: Turn, signal_id: int) -> None:
    """The first page of topics."""
    await show_topics(turn, signal_id, 0)


async def show_topics(turn: Turn, signal_id: int, page: int) -> None:
    """The signal's topics with ✓, then those of like signals, then all others."""
    signal = await sought(turn, signal_id)
    if signal is not None:
        await show(turn, await _topics_page(turn, signal, page))


async def _topics_page(turn: Turn, signal: Signal, page: int) -> Message:
    own = signal.placement.topics
    near = await _suggested(turn, signal)
    others = [one for one in turn.taxonomy.topics if one not in own and one not in near]
    every = [*own, *near, *sorted(others, key=turn.rendering.topic)]
    pages = max(1, -(-len(every) // _PER_PAGE))
    page = max(0, min(pages - 1, page))
    buttons = [
        ticked(_topic_label(turn, one, near), "etopic", signal.id, one, page, on=one in own)
        for one in every[page * _PER_PAGE : (page + 1) * _PER_PAGE]
    ]
    turning = []
    if page:
        turning.append(act(turn.texts("chat.page.before"), "etopicp", signal.id, page - 1))
    if page < pages - 1:
        turning.append(act(turn.texts("chat.page.after"), "etopicp", signal.id, page + 1))
    lines = [
        f"✏️ <b>{escape(turn.texts('chat.edit.field.topics'))}</b>",
        _headline(signal),
        escape(turn.texts("chat.edit.topics")),
    ]
    rows: Rows = (*grid(buttons), tuple(turning), _back(turn, signal))
    return Message("\n".join(lines), tuple(row for row in rows if row))


def _topic_label(turn: Turn, topic: str, near: list[str]) -> str:
    name = turn.rendering.topic(topic)
    return f"💡 {name}" if topic in near else name


async def _suggested(turn: Turn, signal: Signal) -> list[str]:
    """Topics that signals near to this one have and it has not."""
    counts: dict[str, int] = {}
    near = list(await turn.storage.signals.related(signal.id, 20))
    if signal.story_id is not None:
        near += await turn.storage.storylines.some(signal.story_id)
    for other in near:
        for topic in other.placement.topics:
            if topic not in signal.placement.topics and topic in turn.taxonomy.topics:
                counts[topic] = counts.get(topic, 0) + 1
    return sorted(counts, key=lambda one: (-counts[one], one))[:_SUGGESTED]


async def toggle_topic(turn: Turn, signal_id: int, topic: str, page: int) -> None:
    """Give the signal a topic, or take it away."""
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    on = topic not in signal.placement.topics
    if on and topic not in turn.taxonomy.topics:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await turn.storage.editing.set_topic(signal_id, topic, turn.actor, turn.now, on=on)
    changed = await turn.storage.signals.get(signal_id)
    if changed is not None:
        await show(turn, await _topics_page(turn, changed, page))


async def set_access(turn: Turn, signal_id: int, access: str) -> None:
    """Say who may read the signal's page."""
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    if access not in set(Access):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await turn.storage.editing.set_access(signal_id, Access(access), turn.actor, turn.now)
    await _shown_again(turn, signal_id)


async def _shown_again(turn: Turn, signal_id: int) -> None:
    signal = await turn.storage.signals.get(signal_id)
    if signal is not None:
        await show(turn, await sheet(turn, signal))
        await toast(turn, turn.texts("chat.edit.saved"))
        await watch_amending(turn, signal_id)


def _headline(signal: Signal) -> str:
    return escape(signal.brief.headline)


def _back(turn: Turn, signal: Signal) -> tuple[Button, ...]:
    return (act(turn.texts("chat.back"), "esheet", signal.id),)
