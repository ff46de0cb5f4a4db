"""收藏 under a card: one tap into the default collection, a second one to choose where."""

from digest.model import Action, Signal
from handlers.cards import back_button, card_buttons, find
from handlers.context import Turn
from handlers.guards import enter_person
from handlers.keyboards import act, replaced, ticked
from handlers.replies import change_keyboard, show_buttons, toast


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
    await collections.save(default.id, signal_id, turn.now)
    if turn.is_private:
        await mark_saved(turn, signal)
    key = "chat.save.done" if turn.is_private else "chat.save.done_group"
    await toast(turn, turn.texts(key, name=default.name))


async def show_places(turn: Turn, signal: Signal) -> None:
    """Put the person's collections under the card, those that hold the signal with ✓."""
    collections = await turn.storage.collections.list(turn.subscriber.id)
    places = await turn.storage.collections.where_saved(turn.subscriber.id, [signal.id])
    holding = places.get(signal.id, [])
    rows = [
        (ticked(one.name, "put", one.id, signal.id, on=one.id in holding),) for one in collections
    ]
    fresh = act(turn.texts("chat.save.fresh"), "fresh", signal.id)
    await show_buttons(turn, (*rows, (fresh, back_button(turn, signal.id))))


async def put(turn: Turn, collection_id: int, signal_id: int) -> None:
    """Put the signal into a collection of the person, or take it out."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    collection = await turn.storage.collections.get(turn.subscriber.id, collection_id)
    if collection is None or not turn.is_private:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    places = await turn.storage.collections.where_saved(turn.subscriber.id, [signal_id])
    if collection_id in places.get(signal_id, []):
        await turn.storage.collections.unsave(collection_id, signal_id)
        key = "chat.save.removed"
    else:
        await turn.storage.collections.save(collection_id, signal_id, turn.now)
        key = "chat.save.done_in"
    await show_places(turn, signal)
    await toast(turn, turn.texts(key, name=collection.name))


async def mark_saved(turn: Turn, signal: Signal) -> None:
    """Show on the tapped message that the signal is saved, and change nothing else on it."""
    verb = Action("save", (signal.id,))
    rows = await card_buttons(turn, signal)
    fresh = next((b for row in rows for b in row if b.action == verb), None)
    if fresh is None or turn.message is None:
        return
    keyboard = replaced(turn.message.reply_markup, verb, fresh)
    if keyboard is not None:
        await change_keyboard(turn, keyboard)
