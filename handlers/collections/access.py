"""Whose collections they are, and how they are called on buttons."""

from digest.model import Button, Collection, Message
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import say, toast


async def own(turn: Turn, collection_id: int) -> Collection | None:
    """The collection when it is this person's own; otherwise they are told that it is gone."""
    found = None
    if turn.is_private:
        found = await turn.storage.collections.get(turn.subscriber.id, collection_id)
    if found is None:
        await tell_gone(turn)
    return found


async def tell_gone(turn: Turn) -> None:
    """Say that the collection does not exist (any longer)."""
    if turn.query:
        await toast(turn, turn.texts("chat.collection.gone"), alert=True)
    else:
        await say(turn, turn.texts("chat.collection.gone"))


async def is_alone(turn: Turn) -> bool:
    """Whether the person is alone with the bot; otherwise they are told where to go."""
    if turn.is_private:
        return True
    if turn.query:
        await toast(turn, turn.texts("chat.saved.private_toast"), alert=True)
    else:
        await say(turn, private_only(turn))
    return False


def private_only(turn: Turn) -> Message:
    """Say in a group that collections are personal, with a button to the private chat."""
    url = f"https://t.me/{turn.bot.username}"
    return Message(
        turn.texts("chat.saved.private"),
        ((Button(turn.texts("chat.saved.open_private"), url=url),),),
    )


async def called(turn: Turn, name: str) -> Collection | None:
    """The person's collection of this name, in whatever capitals."""
    wanted = name.strip().casefold()
    found = await turn.storage.collections.list(turn.subscriber.id)
    exact = (one for one in found if one.name == name.strip())
    loose = (one for one in found if one.name.casefold() == wanted)
    return next(exact, None) or next(loose, None)


async def called_or_told(turn: Turn, name: str) -> Collection | None:
    """As `called`; when there is none the person is told, with what there is to choose from."""
    found = await called(turn, name)
    if found is None:
        await say(turn, await unknown(turn, name))
    return found


async def unknown(turn: Turn, name: str) -> Message:
    """Say that no collection is called so, with buttons to those that there are."""
    found = await turn.storage.collections.list(turn.subscriber.id)
    rows = tuple((act(f"{one.name} · {one.count}", "saved", one.id, 0),) for one in found)
    key = "chat.saved.unknown" if name.strip() and found else "chat.saved.none"
    return Message(turn.texts(key, name=quoted(name.strip()[:60])), rows)


def undo_button(turn: Turn, undo_id: int) -> Button:
    """The button that takes a change back."""
    return act(turn.texts("chat.undo.button"), "revert", undo_id)


def shelves_button(turn: Turn) -> Button:
    """The button that shows all collections."""
    return act(turn.texts("chat.saved.collections"), "shelves")
