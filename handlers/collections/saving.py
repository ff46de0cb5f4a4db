"""收藏 under a card: one tap into the default collection, a second one to choose where."""

from digest.model import Action, Button, Collection, Signal
from handlers.cards import back_button, find, own_buttons
from handlers.collections.access import is_alone, own
from handlers.context import Turn
from handlers.guards import enter_person
from handlers.keyboards import act, replaced, ticked
from handlers.replies import change_keyboard, show_buttons, toast
from storage.collections import MOST_SAVED


async def save(turn: Turn, signal_id: int) -> None:
    """First tap: into the default collection. Second tap: choose where it belongs."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    person = await enter_person(turn)
    collections = turn.storage.collections
    places = await collections.where_saved(person.id, [signal_id])
    if places.get(signal_id):
        if turn.is_private:
            await show_places(turn, signal)
            await toast(turn)
        else:
            await toast(turn, turn.texts("chat.save.already"))
        return
    name = turn.texts("chat.save.default")
    default = await collections.default(person.id, turn.now, name)
    if default.count >= MOST_SAVED:
        await tell_full(turn, default)
        return
    await collections.save(default.id, signal_id, turn.now)
    if turn.is_private:
        await mark_saved(turn, signal)
    key = "chat.save.done" if turn.is_private else "chat.save.done_group"
    await toast(turn, turn.texts(key, name=default.name))


async def tell_full(turn: Turn, collection: Collection) -> None:
    """Say that a collection holds as much as it can."""
    text = turn.texts("chat.save.full", name=collection.name, limit=MOST_SAVED)
    await toast(turn, text, alert=True)


async def show_places(turn: Turn, signal: Signal) -> None:
    """Put the person's collections under the card, those that hold the signal with ✓."""
    collections = await turn.storage.collections.list(turn.subscriber.id)
    places = await turn.storage.collections.where_saved(turn.subscriber.id, [signal.id])
    holding = places.get(signal.id, [])
    rows: list[tuple[Button, ...]] = []
    for one in collections:
        row = [ticked(one.name, "put", one.id, signal.id, on=one.id in holding)]
        if one.id in holding and not one.is_default:
            row.append(act(turn.texts("chat.save.prefer"), "prefer", one.id, signal.id))
        rows.append(tuple(row))
    fresh = act(turn.texts("chat.save.fresh"), "fresh", signal.id)
    if holding:
        note = act(turn.texts("chat.note.button"), "note", holding[0], signal.id)
        rows.append((note, fresh))
        rows.append((back_button(turn, signal.id),))
    else:
        rows.append((fresh, back_button(turn, signal.id)))
    await show_buttons(turn, rows)


async def put(turn: Turn, collection_id: int, signal_id: int) -> None:
    """Put the signal into a collection of the person, or take it out."""
    signal = await find(turn, signal_id)
    if signal is None or not await is_alone(turn):
        return
    collection = await own(turn, collection_id)
    if collection is None:
        return
    collections, undos = turn.storage.collections, turn.storage.undos
    title = signal.brief.headline or signal.title
    if await undos.remove(turn.subscriber.id, collection_id, signal_id, turn.now, title):
        key = "chat.save.removed"
    elif collection.count >= MOST_SAVED:
        await tell_full(turn, collection)
        return
    else:
        await collections.save(collection_id, signal_id, turn.now)
        key = "chat.save.done_in"
    await show_places(turn, signal)
    await toast(turn, turn.texts(key, name=collection.name))


async def prefer(turn: Turn, collection_id: int, signal_id: int) -> None:
    """Let the collection be the one that the first tap saves into."""
    signal = await find(turn, signal_id)
    collection = await own(turn, collection_id) if signal else None
    if signal is None or collection is None:
        return
    await turn.storage.collections.make_default(turn.subscriber.id, collection_id)
    await show_places(turn, signal)
    await toast(turn, turn.texts("chat.collection.main_done", name=collection.name))


async def mark_saved(turn: Turn, signal: Signal) -> None:
    """Show on the tapped message that the signal is saved, and change nothing else on it."""
    verb = Action("save", (signal.id,))
    rows = own_buttons(turn, signal, saved=True)
    fresh = next((b for row in rows for b in row if b.action == verb), None)
    if fresh is None or turn.message is None:
        return
    keyboard = replaced(turn.message.reply_markup, verb, fresh)
    if keyboard is not None:
        await change_keyboard(turn, keyboard)
