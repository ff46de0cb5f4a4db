"""Notes on saved signals: typed as a reply to a question, changed, taken away."""

from digest.model import Button, Message, Saved
from digest.render import cut
from digest.text.units import utf16_length
from handlers.cards import quoted
from handlers.collections.access import own
from handlers.context import Turn
from handlers.keyboards import act
from handlers.prompts import NOTE, Prompt, put_question
from handlers.replies import say, show, toast

NOTE_LIMIT = 500
_HEADLINE_UNITS = 120
_SHOWN_UNITS = 3000


async def note(turn: Turn, collection_id: int, signal_id: int) -> None:
    """Show the note on a saved signal, or ask for one."""
    kept = await _kept(turn, collection_id, signal_id)
    if kept is None:
        return
    if not kept.note:
        await _ask(turn, kept)
        return
    change = act(turn.texts("chat.note.change"), "renote", collection_id, signal_id)
    remove = act(turn.texts("chat.note.remove"), "unnote", collection_id, signal_id)
    await say(turn, Message(_shown(turn, kept), ((change, remove),)))


async def ask_note(turn: Turn, collection_id: int, signal_id: int) -> None:
    """Ask for another note on a saved signal."""
    kept = await _kept(turn, collection_id, signal_id)
    if kept is not None:
        await _ask(turn, kept)


async def remove_note(turn: Turn, collection_id: int, signal_id: int) -> None:
    """Take the note of a saved signal away."""
    kept = await _kept(turn, collection_id, signal_id)
    if kept is None:
        return
    await turn.storage.collections.annotate(collection_id, signal_id, "")
    text = turn.texts("chat.note.removed", title=quoted(_title(kept)))
    await show(turn, Message(text, ((_open(turn, collection_id),),)))


async def take_note(turn: Turn, about: str, typed: str) -> None:
    """Take the typed note, asked for by `note`; one that is too long is asked for again."""
    first, _, second = about.partition("_")
    if not (first.isdecimal() and second.isdecimal()):
        return
    collection_id, signal_id = int(first), int(second)
    kept = await _kept(turn, collection_id, signal_id)
    if kept is None:
        return
    written = read_note(typed)
    if not written:
        await say(turn, turn.texts("chat.note.empty"))
        return
    if len(written) > NOTE_LIMIT:
        text = turn.texts("chat.note.long", limit=NOTE_LIMIT, length=len(written))
        await say(turn, text)
        await _ask(turn, kept)
        return
    await turn.storage.collections.annotate(collection_id, signal_id, written)
    fresh = await turn.storage.collections.one_saved(collection_id, signal_id)
    shown = _shown(turn, fresh or kept)
    text = f"{turn.texts('chat.note.done')}\n\n{shown}"
    await say(turn, Message(text, ((_open(turn, collection_id),),)))


async def _kept(turn: Turn, collection_id: int, signal_id: int) -> Saved | None:
    """The saved signal when the list is the person's own; otherwise they are told."""
    if await own(turn, collection_id) is None:
        return None
    kept = await turn.storage.collections.one_saved(collection_id, signal_id)
    if kept is None and turn.query:
        await toast(turn, turn.texts("chat.note.gone"), alert=True)
    elif kept is None:
        await say(turn, turn.texts("chat.note.gone"))
    return kept


async def _ask(turn: Turn, kept: Saved) -> None:
    await put_question(
        turn,
        Prompt(NOTE, f"{kept.collection_id}_{kept.signal.id}"),
        turn.texts("chat.note.ask", title=quoted(_title(kept)), limit=NOTE_LIMIT),
        turn.texts("chat.note.hint"),
    )


def _shown(turn: Turn, kept: Saved) -> str:
    # A note that merging has made long is shown as far as one message goes.
    words = kept.note if utf16_length(kept.note) <= _SHOWN_UNITS else cut(kept.note, _SHOWN_UNITS)
    return turn.texts("chat.note.shown", title=quoted(_title(kept)), note=quoted(words))


def _title(kept: Saved) -> str:
    return cut(kept.signal.brief.headline or kept.signal.title, _HEADLINE_UNITS)


def _open(turn: Turn, collection_id: int) -> Button:
    return act(turn.texts("chat.collection.open"), "saved", collection_id, 0)


def read_note(typed: str) -> str:
    """What was typed, without what shows nothing; its lines stay."""
    lines = (
        "".join(letter for letter in line if letter.isprintable() or letter in "\u200c\u200d")
        for line in typed.splitlines()
    )
    return "\n".join(line.rstrip() for line in lines).strip()
