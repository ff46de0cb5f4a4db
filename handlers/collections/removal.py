"""Deleting and merging collections, and taking any such change back for some days."""

from dataclasses import replace

from digest.model import Button, Collection, Message, Undo, UndoAct
from digest.render import cut
from handlers.cards import quoted
from handlers.collections.access import (
    called_or_told,
    is_alone,
    own,
    shelves_button,
    undo_button,
)
from handlers.collections.pages import collection_message
from handlers.collections.shelves import shelves_message
from handlers.context import Turn
from handlers.keyboards import act, grid
from handlers.replies import say, show, toast
from storage.collections import MOST_SAVED
from storage.undos import UNDO_KEPT

_LISTED = 8
_TITLE_UNITS = 60


# --- deleting ----------------------------------------------------------------------------


async def ask_delete(turn: Turn, collection_id: int) -> None:
    """Ask before a collection is deleted, saying what goes with it."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    if collection.is_default:
        await toast(turn, turn.texts("chat.collection.keep_default"), alert=True)
        return
    await show(turn, _sure(turn, collection))


def _sure(turn: Turn, collection: Collection) -> Message:
    texts = turn.texts
    text = texts.n("chat.collection.sure", collection.count, name=quoted(collection.name))
    yes = act(texts("chat.collection.yes"), "erased", collection.id)
    no = act(texts("chat.collection.no"), "shelve", collection.id)
    return Message(text, ((yes, no),))


async def delete(turn: Turn, collection_id: int) -> None:
    """Delete a collection, and offer to take that back."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    undo_id = await turn.storage.undos.delete(turn.subscriber.id, collection_id, turn.now)
    if undo_id is None:
        await toast(turn, turn.texts("chat.collection.keep_default"), alert=True)
        return
    text = turn.texts.n(
        "chat.collection.deleted",
        collection.count,
        name=quoted(collection.name),
        days=UNDO_KEPT.days,
    )
    await show(turn, Message(text, ((undo_button(turn, undo_id), shelves_button(turn)),)))


async def delete_called(turn: Turn, name: str) -> None:
    """Ask before the collection of this name is deleted."""
    collection = await called_or_told(turn, name)
    if collection is None:
        return
    if collection.is_default:
        await say(turn, turn.texts("chat.collection.keep_default"))
    else:
        await say(turn, _sure(turn, collection))


# --- merging -----------------------------------------------------------------------------


async def choose_target(turn: Turn, collection_id: int) -> None:
    """Let the person choose into which collection another one is merged."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    found = await turn.storage.collections.list(turn.subscriber.id)
    others = [
        act(f"{one.name} · {one.count}", "merged", collection_id, one.id)
        for one in found
        if one.id != collection_id
    ]
    if not others:
        await toast(turn, turn.texts("chat.merge.alone"), alert=True)
        return
    text = turn.texts("chat.merge.choose", name=quoted(collection.name))
    back = act(turn.texts("chat.back"), "shelve", collection_id)
    await show(turn, Message(text, (*grid(others), (back,))))


async def merge(turn: Turn, source_id: int, target_id: int) -> None:
    """Merge one collection into another, and offer to take that back."""
    source = await own(turn, source_id)
    target = await own(turn, target_id) if source else None
    if source is not None and target is not None:
        await show(turn, await _merged(turn, source, target))


async def merge_called(turn: Turn, source_name: str, target_name: str) -> None:
    """Merge the collection of the first name into that of the second."""
    source = await called_or_told(turn, source_name)
    target = await called_or_told(turn, target_name) if source else None
    if source is not None and target is not None:
        await say(turn, await _merged(turn, source, target))


async def _merged(turn: Turn, source: Collection, target: Collection) -> Message:
    texts = turn.texts
    names = {"source": quoted(source.name), "target": quoted(target.name)}
    undo_id = await turn.storage.undos.merge(turn.subscriber.id, source.id, target.id, turn.now)
    if undo_id is None:
        key = "chat.merge.same" if source.id == target.id else "chat.merge.full"
        text = texts(key, limit=MOST_SAVED, **names)
        return Message(text, ((shelves_button(turn),),))
    count = await turn.storage.collections.count(target.id)
    text = texts.n("chat.merge.done", count, days=UNDO_KEPT.days, **names)
    open_target = act(texts("chat.collection.open"), "saved", target.id, 0)
    return Message(text, ((open_target, undo_button(turn, undo_id)), (shelves_button(turn),)))


# --- taking back -------------------------------------------------------------------------


async def show_bin(turn: Turn) -> None:
    """Show what was changed of late and can be taken back."""
    if await is_alone(turn):
        await show(turn, await _bin(turn))


async def send_bin(turn: Turn) -> None:
    """Send what was changed of late and can be taken back."""
    await say(turn, await _bin(turn))


async def _bin(turn: Turn) -> Message:
    texts = turn.texts
    since = turn.now - UNDO_KEPT
    found = await turn.storage.undos.list(turn.subscriber.id, since, _LISTED)
    if not found:
        text = texts("chat.undo.none", days=UNDO_KEPT.days)
        return Message(text, ((shelves_button(turn),),))
    lines = [
        f"{place}. {_what(turn, one)} · {turn.rendering.clock(one.at)}"
        for place, one in enumerate(found, 1)
    ]
    buttons: list[Button] = [
        act(f"↩ {place}", "revert", one.id) for place, one in enumerate(found, 1)
    ]
    text = texts("chat.undo.title", days=UNDO_KEPT.days)
    return Message("\n".join((text, "", *lines)), (*grid(buttons, 4), (shelves_button(turn),)))


def _what(turn: Turn, undo: Undo) -> str:
    title = quoted(cut(undo.title, _TITLE_UNITS)) if undo.title else ""
    return turn.texts.n(f"chat.undo.act.{undo.act.value}", undo.count, title=title)


async def revert(turn: Turn, undo_id: int) -> None:
    """Take a change back, and show what it brought back."""
    if not await is_alone(turn):
        return
    since = turn.now - UNDO_KEPT
    undone = await turn.storage.undos.undo(turn.subscriber.id, undo_id, since)
    if undone is None:
        await toast(turn, turn.texts("chat.undo.late"), alert=True)
        return
    top = turn.texts("chat.undo.done", what=_what(turn, undone))
    collection = None
    if undone.act is UndoAct.REMOVE:
        collection = await turn.storage.collections.get(turn.subscriber.id, undone.collection_id)
    if collection is not None:
        page = await collection_message(turn, collection, 0)
        await show(turn, replace(page, text=f"{top}\n\n{page.text}"))
    else:
        await show(turn, await shelves_message(turn, top))
    await toast(turn, turn.texts("chat.undo.toast"))
