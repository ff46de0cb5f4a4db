"""/saved: what a person has saved, page by page; open a card, note something, take one out."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from digest.model import Action, Button, Collection, Message, Saved, SavedSort
from digest.render import escape, render_list, shorten
from handlers.app import app_row
from handlers.arguments import USUAL_LIST, plain
from handlers.cards import quoted
from handlers.collections.access import called, is_alone, own, shelves_button, undo_button, unknown
from handlers.context import Turn
from handlers.keyboards import act, grid, ticked
from handlers.replies import say, show, toast

PER_PAGE = USUAL_LIST
_BUTTONS_PER_ROW = 5
_NOTE_UNITS = 160


class Mode(StrEnum):
    """What the numbers under a page do: open the card, note something, or take out."""

    OPEN = "open"
    NOTE = "note"
    TIDY = "tidy"


async def saved(turn: Turn) -> None:
    """Send the named collection, else the default one."""
    if not await is_alone(turn):
        return
    name = plain(turn.words)
    if name:
        collection = await called(turn, name)
    else:
        found = await turn.storage.collections.list(turn.subscriber.id)
        collection = next((one for one in found if one.is_default), None)
    if collection is None:
        await say(turn, await unknown(turn, name))
        return
    await say(turn, await collection_message(turn, collection, 0))


async def show_saved(turn: Turn, collection_id: int, offset: int) -> None:
    """Show a page of a collection in the place of the tapped message."""
    await _show(turn, collection_id, offset, Mode.OPEN)


async def jot(turn: Turn, collection_id: int, offset: int) -> None:
    """Let the number buttons of a collection's page lead to the notes."""
    await _show(turn, collection_id, offset, Mode.NOTE)


async def tidy(turn: Turn, collection_id: int, offset: int) -> None:
    """Let the number buttons of a collection's page remove instead of open."""
    await _show(turn, collection_id, offset, Mode.TIDY)


async def _show(turn: Turn, collection_id: int, offset: int, mode: Mode) -> None:
    collection = await own(turn, collection_id)
    if collection is not None:
        await show(turn, await collection_message(turn, collection, offset, mode))


async def drop(turn: Turn, collection_id: int, signal_id: int, offset: int) -> None:
    """Take a signal out of a collection, show what is left, and offer to take it back."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    kept = await turn.storage.collections.one_saved(collection_id, signal_id)
    title = (kept.signal.brief.headline or kept.signal.title) if kept else ""
    undo_id = await turn.storage.undos.remove(
        turn.subscriber.id, collection_id, signal_id, turn.now, title
    )
    fresh = await turn.storage.collections.get(turn.subscriber.id, collection_id)
    page = await collection_message(turn, fresh or collection, offset, Mode.TIDY)
    if undo_id is not None:
        page = replace(page, buttons=(*page.buttons, (undo_button(turn, undo_id),)))
    await show(turn, page)
    if undo_id is not None:
        await toast(turn, turn.texts("chat.save.removed", name=collection.name))


async def show_sorts(turn: Turn, collection_id: int) -> None:
    """Let the person choose what stands first in a collection."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    rows = [
        (
            ticked(
                turn.texts(f"chat.sort.{sort.value}"),
                "sorted",
                collection_id,
                sort.value,
                on=collection.sort is sort,
            ),
        )
        for sort in SavedSort
    ]
    rows.append((act(turn.texts("chat.back"), "saved", collection_id, 0),))
    text = turn.texts("chat.sort.title", name=quoted(collection.name))
    await show(turn, Message(text, tuple(rows)))


async def sort(turn: Turn, collection_id: int, value: str) -> None:
    """Show a collection in another order, from now on."""
    if value not in {one.value for one in SavedSort}:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    if await own(turn, collection_id) is not None:
        wanted = SavedSort(value)
        await turn.storage.collections.set_sort(turn.subscriber.id, collection_id, wanted)
        await _show(turn, collection_id, 0, Mode.OPEN)


# --- a page ------------------------------------------------------------------------------


async def collection_message(
    turn: Turn, collection: Collection, offset: int, mode: Mode = Mode.OPEN
) -> Message:
    """One page of a collection. Beyond the end it is the last page: much may have gone since."""
    offset = _within(collection, offset)
    found = await turn.storage.collections.saved(
        collection.id, PER_PAGE + 1, offset, sort=collection.sort
    )
    if not found:
        text = turn.texts("chat.saved.empty", name=quoted(collection.name))
        manage = act(turn.texts("chat.collection.manage"), "shelve", collection.id)
        return Message(text, ((manage, shelves_button(turn)),))
    more = None
    if len(found) > PER_PAGE:
        more = Action("saved", (collection.id, offset + PER_PAGE))
    title = turn.texts.n("chat.saved.title", collection.count, name=quoted(collection.name))
    page = listed(turn, title, found[:PER_PAGE], more, offset)
    if mode is not Mode.OPEN:
        return _with_other_numbers(turn, page, collection, offset, mode)
    rows = (*_rows(turn, collection, offset), *app_row(turn, f"saved/{collection.id}"))
    return replace(page, buttons=(*page.buttons, *rows))


def _within(collection: Collection, offset: int) -> int:
    last = (collection.count - 1) // PER_PAGE * PER_PAGE
    return max(0, min(offset - offset % PER_PAGE, last))


def listed(
    turn: Turn, title: str, found: Sequence[Saved], more: Action | None, offset: int = 0
) -> Message:
    """Saved signals as a numbered list, each with its note."""
    return render_list(
        title,
        [one.signal for one in found],
        turn.rendering,
        more=more,
        first=offset + 1,
        remarks={one.signal.id: _remark(turn, one) for one in found},
    )


def _remark(turn: Turn, one: Saved) -> str:
    """The line under a saved signal: that a rule saved it, and the note in about two lines."""
    parts = [turn.texts("chat.saved.by_rule")] if one.by_rule else []
    if one.note:
        lang = "zh" if any("\u3400" <= letter <= "\u9fff" for letter in one.note) else "en"
        parts.append(f"📝 {escape(shorten(one.note, _NOTE_UNITS, lang))}")
    return " · ".join(parts)


def _rows(turn: Turn, collection: Collection, offset: int) -> list[tuple[Button, ...]]:
    texts, number = turn.texts, collection.id
    rows: list[tuple[Button, ...]] = []
    if offset:
        before = act(texts("chat.page.before"), "saved", number, offset - PER_PAGE)
        rows.append((before,))
    rows.append(
        (
            act(texts("chat.note.mode"), "jot", number, offset),
            act(texts("chat.saved.tidy"), "tidy", number, offset),
            act(texts("chat.sort.button"), "sort", number),
        )
    )
    rows.append(
        (
            act(texts("chat.seek.button"), "seek", number),
            act(texts("chat.collection.manage"), "shelve", number),
            shelves_button(turn),
        )
    )
    return rows


def _with_other_numbers(
    turn: Turn, page: Message, collection: Collection, offset: int, mode: Mode
) -> Message:
    texts, number = turn.texts, collection.id
    buttons = [
        act(f"🗑 {place}", "drop", number, signal_id, offset)
        if mode is Mode.TIDY
        else act(f"📝 {place}", "note", number, signal_id)
        for place, signal_id in enumerate(page.signals, start=offset + 1)
    ]
    done = act(texts(f"chat.saved.done.{mode.value}"), "saved", number, offset)
    rows = (*grid(buttons, _BUTTONS_PER_ROW), (done,))
    hint = texts(f"chat.saved.hint.{mode.value}")
    return replace(page, text=f"{page.text}\n\n{hint}", buttons=rows)
