"""Search inside one collection: in what was saved and in the notes on it."""

from telegram import Message as ChatMessage
from telegram.constants import MessageEntityType

from digest.model import Action, Collection, Message
from digest.words import contains
from handlers.arguments import QUERY_LIMIT, plain
from handlers.cards import quoted
from handlers.collections.access import own
from handlers.collections.pages import PER_PAGE, listed
from handlers.context import Turn
from handlers.keyboards import act
from handlers.prompts import SEEK, Prompt, put_question
from handlers.replies import say, show, toast
from storage import Storage


async def ask_words(turn: Turn, collection_id: int) -> None:
    """Ask for the words to look for in a collection."""
    collection = await own(turn, collection_id)
    if collection is not None:
        await put_question(
            turn,
            Prompt(SEEK, str(collection_id)),
            turn.texts("chat.seek.ask", name=quoted(collection.name)),
            turn.texts("chat.seek.hint"),
        )


async def take_words(turn: Turn, about: str, typed: str) -> None:
    """Look for the typed words in the collection that was asked about."""
    collection = await own(turn, int(about)) if about.isdecimal() else None
    words = plain(typed)
    if collection is None:
        return
    if not words or len(words) > QUERY_LIMIT:
        await say(turn, turn.texts("chat.search.long", limit=QUERY_LIMIT))
        return
    await say(turn, await _found(turn, collection, words, 0))


async def turn_page(turn: Turn, collection_id: int, offset: int) -> None:
    """Show another page of what was found in a collection."""
    collection = await own(turn, collection_id)
    words = _sought(turn.message)
    if collection is None:
        return
    if not words:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, await _found(turn, collection, words, max(0, offset)))


async def _found(turn: Turn, collection: Collection, words: str, offset: int) -> Message:
    """One page of what was found; the words stand in bold, from where paging reads them."""
    ids = await matching(turn.storage, collection, words)
    texts, name = turn.texts, quoted(collection.name)
    again = act(texts("chat.seek.again"), "seek", collection.id)
    back = act(texts("chat.collection.back"), "saved", collection.id, 0)
    if not ids:
        text = texts("chat.seek.nothing", name=name, words=quoted(words))
        return Message(text, ((again, back),))
    offset = min(offset, (len(ids) - 1) // PER_PAGE * PER_PAGE)
    page = await turn.storage.collections.some_saved(
        collection.id, ids[offset : offset + PER_PAGE]
    )
    more = None
    if len(ids) > offset + PER_PAGE:
        more = Action("sought", (collection.id, offset + PER_PAGE))
    title = texts.n("chat.seek.found", len(ids), name=name, words=quoted(words))
    message = listed(turn, title, page, more, offset)
    rows = [*message.buttons]
    if offset:
        before = offset - PER_PAGE
        rows.append((act(texts("chat.page.before"), "sought", collection.id, max(0, before)),))
    rows.append((again, back))
    return Message(message.text, tuple(rows), message.signals)


async def matching(storage: Storage, collection: Collection, words: str) -> list[int]:
    """The saved signals that have all the words, in their text or in the note on them."""
    notes = await storage.collections.notes(collection.id)
    by_text = await storage.search.among([number for number, _ in notes], words)
    parts = words.split(" ")
    return [
        number
        for number, note in notes
        if number in by_text or (note and all(contains(note, part) for part in parts))
    ]


def _sought(message: ChatMessage | None) -> str:
    if message is None:
        return ""
    bold = message.parse_entities([MessageEntityType.BOLD])
    return bold[min(bold, key=lambda entity: entity.offset)] if bold else ""
