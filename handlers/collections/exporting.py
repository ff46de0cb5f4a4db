"""A collection, or all of them, as a file to keep or to read in another program."""

import asyncio
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from telegram.constants import ChatAction

from digest.exports import Format, Shelf, file_name, write
from digest.model import Collection, Message
from digest.sources.opml import write_opml
from handlers.cards import quoted
from handlers.collections.access import called_or_told, is_alone, own
from handlers.context import Turn
from handlers.keyboards import act, grid
from handlers.replies import say, say_file, show, toast
from storage.collections import MOST_SAVED

_PER_FILE = 2 * MOST_SAVED
"""Saved signals in one file; more go into further files, whole collections each."""


async def choose(turn: Turn, collection_id: int) -> None:
    """Let the person choose the kind of file for a collection (0: for all)."""
    if not await is_alone(turn):
        return
    collection = await own(turn, collection_id) if collection_id else None
    if collection_id and collection is None:
        return
    await show(turn, _choice(turn, collection))


async def choose_called(turn: Turn, name: str) -> None:
    """Let the person choose the kind of file for the collection of this name ("": for all)."""
    collection = await called_or_told(turn, name) if name else None
    if not name or collection is not None:
        await say(turn, _choice(turn, collection))


def _choice(turn: Turn, collection: Collection | None) -> Message:
    texts = turn.texts
    number = collection.id if collection else 0
    buttons = (
        act(texts(f"chat.file.as.{form.value}"), "filed", number, form.value) for form in Format
    )
    back = act(texts("chat.back"), *(("shelve", number) if number else ("shelves",)))
    if collection is None:
        text = texts("chat.file.choose_all")
    else:
        text = texts("chat.file.choose", name=quoted(collection.name))
    return Message(f"{text}\n\n{texts('chat.file.kinds')}", (*grid(buttons), (back,)))


async def send(turn: Turn, collection_id: int, kind: str) -> None:
    """Send the file (or files) of a collection (0: of all)."""
    if not await is_alone(turn):
        return
    if kind not in {form.value for form in Format}:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    chosen = await _chosen(turn, collection_id)
    if not any(one.count for one in chosen):
        await toast(turn, turn.texts("chat.file.empty"), alert=True)
        return
    await toast(turn)
    chat = turn.update.effective_chat
    if chat is not None:
        await turn.bot.send_chat_action(chat.id, ChatAction.UPLOAD_DOCUMENT)
    parts = _in_files(chosen)
    for place, part in enumerate(parts, 1):
        await _send_file(turn, Format(kind), part, place, len(parts))


async def _chosen(turn: Turn, collection_id: int) -> tuple[Collection, ...]:
    """The person's own collection, or all of them (0); when it is gone they are told."""
    if not collection_id:
        return await turn.storage.collections.list(turn.subscriber.id)
    collection = await own(turn, collection_id)
    return (collection,) if collection else ()


def _in_files(chosen: Sequence[Collection]) -> list[list[Collection]]:
    """The collections in as few files as have room for them."""
    files: list[list[Collection]] = [[]]
    size = 0
    for one in chosen:
        if files[-1] and size + one.count > _PER_FILE:
            files.append([])
            size = 0
        files[-1].append(one)
        size += one.count
    return files


async def _send_file(
    turn: Turn, form: Format, part: Sequence[Collection], place: int, of: int
) -> None:
    texts = turn.texts
    shelves = [await _shelf(turn, one) for one in part]
    title = part[0].name if len(part) == 1 else texts("chat.file.name_all")
    if of > 1:
        title = f"{title} {place}-{of}"
    if form is Format.OPML:
        body = await _sources(turn, shelves, title)
    else:
        # Thousands of signals take a second to write: other people are answered meanwhile.
        body = await asyncio.to_thread(write, form, shelves, turn.rendering)
    count = sum(len(shelf.saved) for shelf in shelves)
    today = turn.now.astimezone(ZoneInfo(turn.subscription.zone)).date()
    key = "chat.file.sources" if form is Format.OPML else "chat.file.sent"
    caption = texts.n(key, count, name=quoted(title))
    await say_file(turn, file_name(title, today, form.value), body, caption)


async def _shelf(turn: Turn, collection: Collection) -> Shelf:
    saved = await turn.storage.collections.saved(collection.id, MOST_SAVED, sort=collection.sort)
    rule = await turn.storage.rules.get(turn.subscriber.id, collection.id)
    return Shelf(collection, saved, rule)


async def _sources(turn: Turn, shelves: Sequence[Shelf], title: str) -> bytes:
    """The sources that brought what is saved, as OPML."""
    wanted = {
        seen.source_id for shelf in shelves for one in shelf.saved for seen in one.signal.seen_in
    }
    found = [one for one in await turn.storage.sources.all() if one.id in wanted]
    return write_opml(found, title=title).encode()
