"""/collections: a person's collections with their counts; open, create, rename, delete."""

from digest.model import Button, Collection, Message
from handlers.arguments import NAME_LIMIT, read_name
from handlers.cards import find, quoted
from handlers.context import Turn
from handlers.keyboards import act
from handlers.prompts import FRESH, RENAME, Prompt, put_question
from handlers.replies import say, show, toast
from handlers.saved import own, private_only
from storage.errors import DuplicateName

MOST = 30
_NEW_WORDS = ("new", "新建", "create")


async def collections(turn: Turn) -> None:
    """Send the list of collections, or create one by "/collections new NAME"."""
    if not turn.is_private:
        await say(turn, private_only(turn))
        return
    verb, _, name = turn.words.strip().partition(" ")
    if verb.casefold() in _NEW_WORDS:
        if name.strip():
            await create(turn, name, 0)
        else:
            await ask_name(turn, 0)
        return
    await say(turn, await shelves_message(turn))


async def show_shelves(turn: Turn) -> None:
    """Show the list of collections in the place of the tapped message."""
    if turn.is_private:
        await show(turn, await shelves_message(turn))
    else:
        await toast(turn, turn.texts("chat.saved.private_toast"), alert=True)


async def shelves_message(turn: Turn) -> Message:
    """All collections of the person as buttons, each opening its own menu."""
    texts = turn.texts
    found = await turn.storage.collections.list(turn.subscriber.id)
    rows: list[tuple[Button, ...]] = [
        (
            act(f"{one.name} · {one.count}", "saved", one.id, 0),
            act(texts("chat.collection.manage"), "shelve", one.id),
        )
        for one in found
    ]
    if len(found) < MOST:
        rows.append((act(texts("chat.collection.new"), "fresh", 0),))
    key = "chat.collection.list" if found else "chat.collection.none"
    return Message(texts(key), tuple(rows))


async def manage(turn: Turn, collection_id: int) -> None:
    """Show what can be done with one collection."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    texts = turn.texts
    rows: list[tuple[Button, ...]] = [
        (act(texts("chat.collection.open"), "saved", collection_id, 0),),
        (act(texts("chat.collection.rename"), "rename", collection_id),),
    ]
    if not collection.is_default:
        rows.append((act(texts("chat.collection.delete"), "erase", collection_id),))
    rows.append((act(texts("chat.back"), "shelves"),))
    text = texts.n("chat.collection.menu", collection.count, name=quoted(collection.name))
    await show(turn, Message(text, tuple(rows)))


# --- creating and renaming ---------------------------------------------------------------


async def ask_for_new(turn: Turn, signal_id: int) -> None:
    """Ask for the name of a new collection, into which the signal goes (0: none)."""
    if not turn.is_private:
        await toast(turn, turn.texts("chat.saved.private_toast"), alert=True)
        return
    await ask_name(turn, signal_id)


async def ask_name(turn: Turn, signal_id: int) -> None:
    """Ask for a name by a question that is replied to."""
    await put_question(
        turn,
        Prompt(FRESH, str(signal_id)),
        turn.texts("chat.collection.ask_name", limit=NAME_LIMIT),
        turn.texts("chat.collection.name_hint"),
    )


async def ask_rename(turn: Turn, collection_id: int) -> None:
    """Ask for another name by a question that is replied to."""
    collection = await own(turn, collection_id)
    if collection is not None:
        await put_question(
            turn,
            Prompt(RENAME, str(collection_id)),
            turn.texts(
                "chat.collection.ask_rename", name=quoted(collection.name), limit=NAME_LIMIT
            ),
            collection.name,
        )


async def take_new_name(turn: Turn, signal: str, typed: str) -> None:
    """Take the typed name of a new collection, asked for by `ask_name`."""
    if signal.isdecimal():
        await create(turn, typed, int(signal))


async def take_name(turn: Turn, collection: str, typed: str) -> None:
    """Take the typed new name of a collection, asked for by `ask_rename`."""
    if collection.isdecimal():
        await rename(turn, int(collection), typed)


async def create(turn: Turn, typed: str, signal_id: int) -> None:
    """Create a collection called `typed`, and put the signal into it (0: none)."""
    texts = turn.texts
    name = read_name(typed)
    if name is None:
        await say(turn, texts("chat.collection.bad_name", limit=NAME_LIMIT))
        return
    if len(await turn.storage.collections.list(turn.subscriber.id)) >= MOST:
        await say(turn, texts("chat.collection.too_many", limit=MOST))
        return
    try:
        collection = await turn.storage.collections.create(turn.subscriber.id, name, turn.now)
    except DuplicateName:
        await say(turn, texts("chat.collection.taken", name=quoted(name)))
        return
    await _created(turn, collection, signal_id)


async def _created(turn: Turn, collection: Collection, signal_id: int) -> None:
    key = "chat.collection.created"
    if signal_id and await find(turn, signal_id) is not None:
        await turn.storage.collections.save(collection.id, signal_id, turn.now)
        key = "chat.collection.created_with"
    button = act(turn.texts("chat.collection.open"), "saved", collection.id, 0)
    text = turn.texts(key, name=quoted(collection.name))
    await say(turn, Message(text, ((button,),)))


async def rename(turn: Turn, collection_id: int, typed: str) -> None:
    """Give a collection the name `typed`."""
    texts = turn.texts
    name = read_name(typed)
    collection = await turn.storage.collections.get(turn.subscriber.id, collection_id)
    if collection is None:
        await say(turn, texts("chat.collection.gone"))
        return
    if name is None:
        await say(turn, texts("chat.collection.bad_name", limit=NAME_LIMIT))
        return
    try:
        await turn.storage.collections.rename(turn.subscriber.id, collection_id, name)
    except DuplicateName:
        await say(turn, texts("chat.collection.taken", name=quoted(name)))
        return
    await say(
        turn, texts("chat.collection.renamed", old=quoted(collection.name), name=quoted(name))
    )


# --- deleting ----------------------------------------------------------------------------


async def ask_delete(turn: Turn, collection_id: int) -> None:
    """Ask before a collection is deleted, saying what goes with it."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    if collection.is_default:
        await toast(turn, turn.texts("chat.collection.keep_default"), alert=True)
        return
    texts = turn.texts
    text = texts.n("chat.collection.sure", collection.count, name=quoted(collection.name))
    yes = act(texts("chat.collection.yes"), "erased", collection_id)
    no = act(texts("chat.collection.no"), "shelve", collection_id)
    await show(turn, Message(text, ((yes, no),)))


async def delete(turn: Turn, collection_id: int) -> None:
    """Delete a collection and show those that are left."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    if collection.is_default:
        await toast(turn, turn.texts("chat.collection.keep_default"), alert=True)
        return
    await turn.storage.collections.delete(turn.subscriber.id, collection_id)
    await show(turn, await shelves_message(turn))
    await toast(turn, turn.texts("chat.collection.deleted", name=collection.name))
