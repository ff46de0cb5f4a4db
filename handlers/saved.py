"""/saved: what a person has saved, page by page; open a card, or take one out."""

from dataclasses import replace

from digest.model import Action, Button, Collection, Message
from digest.render import render_list
from handlers.arguments import USUAL_LIST, plain
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act, grid
from handlers.replies import say, show, toast

PER_PAGE = USUAL_LIST
_REMOVE_BUTTONS_PER_ROW = 5


async def saved(turn: Turn) -> None:
    """Send the named collection, else the default one."""
    if not turn.is_private:
        await say(turn, private_only(turn))
        return
    name = plain(turn.words)
    collections = await turn.storage.collections.list(turn.subscriber.id)
    collection = _called(collections, name)
    if collection is None:
        key = "chat.saved.unknown" if name and collections else "chat.saved.none"
        rows = grid(act(f"{one.name} · {one.count}", "saved", one.id, 0) for one in collections)
        await say(turn, Message(turn.texts(key, name=quoted(name[:60])), rows))
        return
    await say(turn, await collection_message(turn, collection, 0))


def _called(collections: tuple[Collection, ...], name: str) -> Collection | None:
    if not name:
        return next((one for one in collections if one.is_default), None)
    wanted = name.casefold()
    return next((one for one in collections if one.name.casefold() == wanted), None)


def private_only(turn: Turn) -> Message:
    """Say in a group that collections are personal, with a button to the private chat."""
    url = f"https://t.me/{turn.bot.username}"
    return Message(
        turn.texts("chat.saved.private"),
        ((Button(turn.texts("chat.saved.open_private"), url=url),),),
    )


async def own(turn: Turn, collection_id: int) -> Collection | None:
    """The collection when it is this person's own; otherwise they are told that it is gone."""
    found = None
    if turn.is_private:
        found = await turn.storage.collections.get(turn.subscriber.id, collection_id)
    if found is None:
        await toast(turn, turn.texts("chat.collection.gone"), alert=True)
    return found


async def show_saved(turn: Turn, collection_id: int, offset: int) -> None:
    """Show a page of a collection in the place of the tapped message."""
    collection = await own(turn, collection_id)
    if collection is not None:
        await show(turn, await collection_message(turn, collection, _within(collection, offset)))


def _within(collection: Collection, offset: int) -> int:
    """`offset`, or where the last page begins: much may have gone since its button was made."""
    last = (collection.count - 1) // PER_PAGE * PER_PAGE
    return max(0, min(offset, last))


async def collection_message(turn: Turn, collection: Collection, offset: int) -> Message:
    """One page of a collection, last saved first."""
    texts = turn.texts
    found = await turn.storage.collections.saved(collection.id, PER_PAGE + 1, offset)
    shelves = act(texts("chat.saved.collections"), "shelves")
    if not found:
        text = texts("chat.saved.empty", name=quoted(collection.name))
        return Message(text, ((shelves,),))
    more = None
    if len(found) > PER_PAGE:
        more = Action("saved", (collection.id, offset + PER_PAGE))
    title = texts.n("chat.saved.title", collection.count, name=quoted(collection.name))
    signals = [one.signal for one in found[:PER_PAGE]]
    message = render_list(title, signals, turn.rendering, more=more, first=offset + 1)
    rows: list[tuple[Button, ...]] = []
    if offset:
        before = max(0, offset - PER_PAGE)
        rows.append((act(texts("chat.page.before"), "saved", collection.id, before),))
    rows.append((act(texts("chat.saved.tidy"), "tidy", collection.id, offset), shelves))
    return replace(message, buttons=(*message.buttons, *rows))


async def tidy(turn: Turn, collection_id: int, offset: int) -> None:
    """Let the number buttons of a collection's page remove instead of open."""
    collection = await own(turn, collection_id)
    if collection is not None:
        await show(turn, await _tidy_message(turn, collection, offset))


async def drop(turn: Turn, collection_id: int, signal_id: int, offset: int) -> None:
    """Take a signal out of a collection and show what is left."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    removed = await turn.storage.collections.unsave(collection_id, signal_id)
    fresh = await turn.storage.collections.get(turn.subscriber.id, collection_id)
    await show(turn, await _tidy_message(turn, fresh or collection, offset))
    if removed:
        await toast(turn, turn.texts("chat.save.removed", name=collection.name))


async def _tidy_message(turn: Turn, collection: Collection, offset: int) -> Message:
    # When the last one of the last page was removed: back to where something is left.
    offset = _within(collection, offset)
    page = await collection_message(turn, collection, offset)
    if not page.signals:
        return page
    removers = [
        act(f"🗑 {offset + place}", "drop", collection.id, signal_id, offset)
        for place, signal_id in enumerate(page.signals, start=1)
    ]
    done = act(turn.texts("chat.saved.tidied"), "saved", collection.id, offset)
    rows = (*grid(removers, _REMOVE_BUTTONS_PER_ROW), (done,))
    return replace(page, text=f"{page.text}\n\n{turn.texts('chat.saved.tidy_hint')}", buttons=rows)
