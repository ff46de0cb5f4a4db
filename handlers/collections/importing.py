"""A file of exported collections, sent to the bot: what is known here is saved again."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from telegram import Message as ChatMessage

from digest.exports import MAX_BYTES, BadDocument, CollectionIn, Document, SavedIn, read_document
from digest.identity import canonical_url
from digest.model import Message, Signal, SignalState, UndoAct
from digest.render import cut
from digest.render.rendering import outside_link
from handlers.arguments import NAME_LIMIT, read_name
from handlers.cards import quoted
from handlers.collections.access import shelves_button, undo_button
from handlers.context import Turn
from handlers.replies import say
from storage.undos import UNDO_KEPT, Brought, Incoming, Kept

_LISTED = 10
_TITLE_UNITS = 80
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def hears(message: ChatMessage) -> bool:
    """Whether a message brings a file that may be one of ours."""
    document = message.document
    if document is None:
        return False
    name = (document.file_name or "").casefold()
    return name.endswith(".json") or document.mime_type == "application/json"


async def take_file(turn: Turn) -> None:
    """Import the collections of the file that was sent, and tell what became of each signal."""
    document = turn.message.document if turn.message else None
    if document is None:
        return
    if (document.file_size or 0) > MAX_BYTES:
        await say(turn, _refusal(turn, BadDocument("size")))
        return
    file = await turn.bot.get_file(document.file_id)
    body = bytes(await file.download_as_bytearray())
    try:
        read = await asyncio.to_thread(read_document, body)
        names = [_name(one) for one in read.collections]
    except BadDocument as error:
        await say(turn, _refusal(turn, error))
        return
    await _import(turn, read, names, document.file_name or "")


def _name(collection: CollectionIn) -> str:
    name = read_name(collection.name)
    if name is None:
        raise BadDocument("content", collection.name[:NAME_LIMIT])
    return name


def _refusal(turn: Turn, error: BadDocument) -> str:
    return turn.texts(
        f"chat.import.bad.{error.reason}",
        where=quoted(error.where),
        limit=MAX_BYTES // (1024 * 1024),
    )


async def _import(turn: Turn, read: Document, names: Sequence[str], file_name: str) -> None:
    saved = [one for collection in read.collections for one in collection.saved]
    if not saved:
        await say(turn, turn.texts("chat.import.empty"))
        return
    known = await _known(turn, saved)
    incoming = [
        Incoming(name, tuple(_kept(one, known[one.url], turn.now) for one in ours))
        for name, collection in zip(names, read.collections, strict=True)
        if (ours := [one for one in collection.saved if one.url in known])
    ]
    missing = list({one.url: one for one in saved if one.url not in known}.values())
    has_rules = any(collection.rule for collection in read.collections)
    if not incoming:
        await say(turn, Message("\n".join(_missing(turn, missing))))
        return
    brought = await turn.storage.undos.bring(
        turn.subscriber.id, UndoAct.IMPORT, cut(file_name, _TITLE_UNITS), incoming, turn.now
    )
    await say(turn, _told(turn, brought, missing, has_rules=has_rules))


async def _known(turn: Turn, saved: Sequence[SavedIn]) -> dict[str, int]:
    """The signals that readers may see here, by the addresses of the file."""
    by_url: dict[str, int] = {}
    for one in saved:
        if one.url not in by_url:
            number = await turn.storage.signals.find_same(canonical_url(one.url), "")
            if number is not None:
                by_url[one.url] = number
    found = await turn.storage.signals.get_many(list(set(by_url.values())))
    # What somebody else alone was shown, or the editors withdrew, is not here for this reader.
    seen = {signal.id for signal in found if await _may_see(turn, signal)}
    return {url: number for url, number in by_url.items() if number in seen}


async def _may_see(turn: Turn, signal: Signal) -> bool:
    if signal.state is SignalState.PRIVATE:
        return await turn.storage.pasted.may_see(signal.id, [turn.subscriber.id])
    return signal.state is SignalState.LIVE


def _kept(one: SavedIn, signal_id: int, now: datetime) -> Kept:
    at = one.saved_at.astimezone(UTC) if one.saved_at else now
    return Kept(signal_id, one.note, min(max(at, _EARLIEST), now), one.by_rule)


def _told(turn: Turn, brought: Brought, missing: Sequence[SavedIn], *, has_rules: bool) -> Message:
    texts = turn.texts
    lines = [
        texts("chat.import.done"),
        texts.n("chat.import.new", brought.new),
    ]
    if brought.present:
        lines.append(texts.n("chat.import.present", brought.present))
    if brought.left:
        lines.append(texts.n("chat.import.left", brought.left))
    if missing:
        lines += _missing(turn, missing)
    if has_rules:
        lines += ["", texts("chat.import.rules")]
    lines += ["", texts("chat.import.undo", days=UNDO_KEPT.days)]
    row = (undo_button(turn, brought.undo_id), shelves_button(turn))
    return Message("\n".join(lines), (row,))


def _missing(turn: Turn, missing: Sequence[SavedIn]) -> list[str]:
    """What is not known here, each with its address so that it can be sent to be read."""
    lines = [turn.texts.n("chat.import.missing", len(missing))]
    for one in missing[:_LISTED]:
        shown = quoted(cut(one.shown, _TITLE_UNITS))
        url = outside_link(one.url)
        lines.append(
            f'· <a href="{quoted(url).replace(chr(34), "%22")}">{shown}</a>'
            if url
            else f"· {shown}"
        )
    if len(missing) > _LISTED:
        lines.append(turn.texts.n("chat.import.more", len(missing) - _LISTED))
    return lines
