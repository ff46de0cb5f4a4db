"""/collections: a person's collections with their counts; open, create, rename, put in order."""

from digest.model import Button, Collection, Message, Rule
from handlers.app import app_row
from handlers.arguments import NAME_LIMIT, read_name
from handlers.cards import find, quoted
from handlers.collections.access import called_or_told, is_alone, own
from handlers.context import Turn
from handlers.keyboards import act
from handlers.prompts import FRESH, RENAME, Prompt, put_question
from handlers.replies import say, show, toast
from storage.collections import MOST_COLLECTIONS
from storage.errors import DuplicateName


async def send_shelves(turn: Turn) -> None:
    """Send the list of collections."""
    if await is_alone(turn):
        await say(turn, await shelves_message(turn))


async def show_shelves(turn: Turn) -> None:
    """Show the list of collections in the place of the tapped message."""
    if await is_alone(turn):
        await show(turn, await shelves_message(turn))


async def shelves_message(turn: Turn, top: str = "") -> Message:
    """All collections of the person as buttons, each opening its own menu; `top` goes before."""
    texts = turn.texts
    found = await turn.storage.collections.list(turn.subscriber.id)
    rules = await turn.storage.rules.of(turn.subscriber.id)
    rows: list[tuple[Button, ...]] = [
        (
            act(f"{_marks(one, rules)}{one.name} · {one.count}", "saved", one.id, 0),
            act(texts("chat.collection.manage"), "shelve", one.id),
        )
        for one in found
    ]
    new = act(texts("chat.collection.new"), "fresh", 0)
    if len(found) < MOST_COLLECTIONS:
        order = (act(texts("chat.collection.order"), "order"),) if len(found) > 1 else ()
        rows.append((new, *order))
    bottom = [act(texts("chat.undo.bin"), "bin")]
    if found:
        bottom.append(act(texts("chat.file.all"), "file", 0))
    rows += [tuple(bottom), *app_row(turn, "saved")]
    text = texts("chat.collection.list" if found else "chat.collection.none")
    return Message(f"{top}\n\n{text}" if top else text, tuple(rows))


def _marks(collection: Collection, rules: dict[int, Rule]) -> str:
    """What is special about a collection: the default one, shared, with a rule."""
    marks = "★" if collection.is_default else ""
    marks += "🔗" if collection.share_key else ""
    marks += "⚙️" if collection.id in rules else ""
    return f"{marks} " if marks else ""


async def manage(turn: Turn, collection_id: int) -> None:
    """Show what can be done with one collection."""
    collection = await own(turn, collection_id)
    if collection is not None:
        await show(turn, await menu_message(turn, collection))


async def menu_message(turn: Turn, collection: Collection) -> Message:
    """Everything that can be done with one collection, and how it is now."""
    texts, number = turn.texts, collection.id
    rule = await turn.storage.rules.get(turn.subscriber.id, number)
    rows: list[tuple[Button, ...]] = [
        (
            act(texts("chat.collection.open"), "saved", number, 0),
            act(texts("chat.collection.rename"), "rename", number),
        ),
        (
            act(texts("chat.rule.button"), "rule", number),
            act(texts("chat.share.button"), "share", number),
        ),
        (
            act(texts("chat.file.button"), "file", number),
            act(texts("chat.merge.button"), "merge", number),
        ),
    ]
    if not collection.is_default:
        rows.append(
            (
                act(texts("chat.collection.main"), "main", number),
                act(texts("chat.collection.delete"), "erase", number),
            )
        )
    rows.append((act(texts("chat.back"), "shelves"),))
    lines = [texts.n("chat.collection.menu", collection.count, name=quoted(collection.name))]
    if collection.is_default:
        lines.append(texts("chat.collection.is_main"))
    if collection.share_key:
        lines.append(texts("chat.share.is_on"))
    if rule is not None:
        lines.append(texts("chat.rule.is_paused" if rule.paused else "chat.rule.is_on"))
    return Message("\n".join(lines), tuple(rows))


async def make_main(turn: Turn, collection_id: int) -> None:
    """Let the collection be the one that the first tap saves into."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    await turn.storage.collections.make_default(turn.subscriber.id, collection_id)
    fresh = await turn.storage.collections.get(turn.subscriber.id, collection_id)
    await show(turn, await menu_message(turn, fresh or collection))
    await toast(turn, turn.texts("chat.collection.main_done", name=collection.name))


# --- the order of all --------------------------------------------------------------------


async def show_order(turn: Turn) -> None:
    """Show the collections with buttons that move them up and down."""
    if not await is_alone(turn):
        return
    found = await turn.storage.collections.list(turn.subscriber.id)
    rows: list[tuple[Button, ...]] = [
        (
            act(f"{place}. {one.name}", "saved", one.id, 0),
            act("↑", "move", one.id, -1),
            act("↓", "move", one.id, 1),
        )
        for place, one in enumerate(found, 1)
    ]
    rows.append((act(turn.texts("chat.collection.ordered"), "shelves"),))
    await show(turn, Message(turn.texts("chat.collection.order_title"), tuple(rows)))


async def move(turn: Turn, collection_id: int, by: int) -> None:
    """Move a collection up or down by one place."""
    if await own(turn, collection_id) is None:
        return
    step = max(-1, min(1, by))
    moved = await turn.storage.collections.move(turn.subscriber.id, collection_id, step)
    if moved:
        await show_order(turn)
    else:
        await toast(turn, turn.texts("chat.collection.order_end"))


# --- creating and renaming ---------------------------------------------------------------


async def ask_for_new(turn: Turn, signal_id: int) -> None:
    """Ask for the name of a new collection, into which the signal goes (0: none)."""
    if await is_alone(turn):
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
    if len(await turn.storage.collections.list(turn.subscriber.id)) >= MOST_COLLECTIONS:
        await say(turn, texts("chat.collection.too_many", limit=MOST_COLLECTIONS))
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
    row = [act(turn.texts("chat.collection.open"), "saved", collection.id, 0)]
    row.append(act(turn.texts("chat.rule.button"), "rule", collection.id))
    text = turn.texts(key, name=quoted(collection.name))
    await say(turn, Message(text, (tuple(row),)))


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


async def rename_called(turn: Turn, old: str, new: str) -> None:
    """Rename the collection called `old`."""
    collection = await called_or_told(turn, old)
    if collection is not None:
        await rename(turn, collection.id, new)


async def main_called(turn: Turn, name: str) -> None:
    """Make the collection of this name the default one."""
    collection = await called_or_told(turn, name)
    if collection is None:
        return
    await turn.storage.collections.make_default(turn.subscriber.id, collection.id)
    await say(turn, turn.texts("chat.collection.main_done", name=quoted(collection.name)))
