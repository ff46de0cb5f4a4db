"""What is typed and tapped to change one column or topic: names, emoji, words, place, state."""

from hashlib import sha256

from digest.model import Message
from digest.words import fold
from handlers.admin.taxonomy import splitting
from handlers.admin.taxonomy.naming import (
    MOST_NAME,
    coded,
    fresh_topic,
    read_names,
    read_words,
    taken,
)
from handlers.admin.taxonomy.pages import card, find, joined, name_of, show_card, titled
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act, grid
from handlers.prompts import SHELF, Prompt, put_question
from handlers.replies import say, show, toast
from storage.acts import Stale
from storage.shelves import MOST_ALIASES, MOST_CUES, NewTopic, ShelfKind, ShelfRow
from storage.taxonomy import ACTIVE, RETIRED

_ASKED = ("name", "emoji", "aliases", "cues", "split", "new")
_EMOJI = 8  # UTF-16 units: joined ones are long


async def ask(turn: Turn, field: str, name: str) -> None:
    """Ask for what is typed, with what it is now."""
    kind, _, id_ = name.partition("/")
    if field not in _ASKED or kind not in {"t", "c"}:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    now = ""
    if field != "new":
        shelf = await find(turn, name)
        if shelf is None:
            return
        now = _now(turn, shelf, field)
    text = turn.texts(f"chat.tx.ask.{field}")
    if now:
        text = f"{turn.texts('chat.tx.ask.now', now=now)}\n{text}"
    prompt = Prompt(SHELF, f"{field}_{kind}_{id_}")
    await put_question(turn, prompt, text, turn.texts(f"chat.tx.hint.{field}"))


def _now(turn: Turn, shelf: ShelfRow, field: str) -> str:
    if field == "emoji":
        return shelf.emoji
    if field in {"aliases", "cues"}:
        words = shelf.aliases if field == "aliases" else shelf.cues
        return joined(turn, words) if words else ""
    return quoted(f"{shelf.zh} / {shelf.en}")


async def take(turn: Turn, value: str, typed: str) -> None:
    """What was typed in answer to such a question."""
    field, _, rest = value.partition("_")
    kind, _, id_ = rest.partition("_")
    if field not in _ASKED or kind not in {"t", "c"}:
        return
    if field == "new":
        await _make(turn, "topic" if kind == "t" else "column", typed)
        return
    shelf = await find(turn, f"{kind}/{id_}")
    if shelf is None:
        await say(turn, turn.texts("chat.button.old"))
        return
    match field:
        case "name":
            await _rename(turn, shelf, typed)
        case "emoji":
            await _set_emoji(turn, shelf, typed)
        case "split":
            await splitting.take(turn, shelf, typed)
        case "aliases":
            await _add_aliases(turn, shelf, typed)
        case _:
            await _offer_cues(turn, shelf, typed)


# --- names -------------------------------------------------------------------------------


async def _rename(turn: Turn, shelf: ShelfRow, typed: str) -> None:
    names = read_names(typed)
    if names is None:
        await say(turn, turn.texts("chat.tx.bad_name", most=MOST_NAME))
    elif said := taken(turn, names, name_of(shelf)):
        await say(turn, said)
    else:
        await _edit(turn, shelf, "rename", zh=names[0], en=names[1])


async def _make(turn: Turn, kind: ShelfKind, typed: str) -> None:
    names = read_names(typed.splitlines()[0]) if typed.strip() else None
    if names is None:
        await say(turn, turn.texts("chat.tx.bad_name", most=MOST_NAME))
        return
    if said := taken(turn, names):
        await say(turn, said)
        return
    fresh = await fresh_topic(turn, names)
    emoji = "📌" if kind == "column" else ""
    await make(turn, kind, fresh, emoji)


async def make(turn: Turn, kind: ShelfKind, fresh: NewTopic, emoji: str = "") -> None:
    """Make it, and show its card."""
    try:
        await turn.storage.shelves.create(kind, fresh, emoji=emoji, actor=turn.actor, now=turn.now)
    except Stale:  # somebody else was quicker
        await say(turn, turn.texts("chat.tx.stale"))
        return
    made = await turn.storage.shelves.get(kind, fresh.id)
    if made is not None:
        await say(turn, await card(turn, made, turn.texts("chat.tx.made")))


async def _set_emoji(turn: Turn, shelf: ShelfRow, typed: str) -> None:
    emoji = typed.strip()
    fits = 0 < len(emoji.encode("utf-16-le")) // 2 <= _EMOJI
    if shelf.kind != "column" or not fits or any(sign.isalnum() for sign in emoji):
        await say(turn, turn.texts("chat.tx.bad_emoji"))
        return
    await _edit(turn, shelf, "emoji", emoji=emoji)


async def _edit(turn: Turn, shelf: ShelfRow, verb: str, **values: object) -> None:
    """Change a shelf and answer with its card."""
    await turn.storage.shelves.edit(
        shelf.kind, shelf.id, verb, actor=turn.actor, now=turn.now, **values
    )
    fresh = await turn.storage.shelves.get(shelf.kind, shelf.id)
    if fresh is None:
        return
    message = await card(turn, fresh, turn.texts("chat.tx.done"))
    await (show(turn, message) if turn.query is not None else say(turn, message))


# --- aliases and cues --------------------------------------------------------------------


async def show_words(turn: Turn, field: str, name: str) -> None:
    """The aliases or cues of a shelf, each with a button that takes it away."""
    shelf = await find(turn, name)
    if shelf is not None and field in {"aliases", "cues"}:
        await show(turn, _words_page(turn, shelf, field))


def _words_page(turn: Turn, shelf: ShelfRow, field: str) -> Message:
    words = shelf.aliases if field == "aliases" else shelf.cues
    name = name_of(shelf)
    buttons = [act(f"✕ {word}", "txword", field, name, sign_of(word)) for word in words]
    rows = (
        *grid(buttons, per_row=3),
        (act(turn.texts(f"chat.tx.add.{field}"), "txask", field, name),),
        (act(turn.texts("chat.back"), "txcard", name),),
    )
    key = f"chat.tx.page.{field}"
    return Message(turn.texts(key, name=quoted(titled(turn, shelf))), rows)


def sign_of(word: str) -> str:
    """A short sign by which a button names a word of a list."""
    return sha256(word.encode("utf-8", "surrogatepass")).hexdigest()[:8]


async def drop_word(turn: Turn, field: str, name: str, sign: str) -> None:
    """Take an alias away; for a cue, first say what would be lost."""
    shelf = await find(turn, name)
    if shelf is None:
        return
    words = shelf.aliases if field == "aliases" else shelf.cues
    word = next((one for one in words if sign_of(one) == sign), None)
    if word is None or field not in {"aliases", "cues"}:
        await toast(turn, turn.texts("chat.button.old"))
        await show_card(turn, name)
    elif field == "aliases":
        kept = [one for one in shelf.aliases if one != word]
        await _edit(turn, shelf, "aliases", aliases=kept)
    else:
        await show(turn, await splitting.cue_message(turn, shelf, [word], "drop"))


async def _add_aliases(turn: Turn, shelf: ShelfRow, typed: str) -> None:
    known = {fold(one) for one in shelf.aliases}
    words = [word for word in read_words(typed) if fold(word) not in known]
    if not words or len(shelf.aliases) + len(words) > MOST_ALIASES:
        await say(turn, turn.texts("chat.tx.bad_words", most=MOST_ALIASES))
    elif said := taken(turn, words, name_of(shelf)):
        await say(turn, said)
    else:
        await _edit(turn, shelf, "aliases", aliases=[*shelf.aliases, *words])


async def _offer_cues(turn: Turn, shelf: ShelfRow, typed: str) -> None:
    words = [word for word in read_words(typed) if word not in shelf.cues]
    if not words or len(shelf.cues) + len(words) > MOST_CUES:
        await say(turn, turn.texts("chat.tx.bad_words", most=MOST_CUES))
        return
    await say(turn, await splitting.cue_message(turn, shelf, words, "add"))


async def keep_cues(turn: Turn, name: str, deed: str) -> None:
    """Do what the tapped message offers: add its words to the cues, or take them away."""
    shelf = await find(turn, name)
    words = coded(turn)
    if shelf is None or not words or deed not in {"add", "drop"}:
        return
    kept = [one for one in shelf.cues if one not in words]
    if deed == "add":
        kept += words
    await _edit(turn, shelf, "cues", cues=kept)


# --- place and state ---------------------------------------------------------------------


async def move(turn: Turn, name: str, steps: int) -> None:
    """Put a column further up or down."""
    shelf = await find(turn, name)
    if shelf is None or shelf.kind != "column" or abs(steps) != 1:
        return
    moved = await turn.storage.shelves.move(shelf.id, steps, actor=turn.actor, now=turn.now)
    names = turn.texts("chat.comma").join(
        column.name(turn.lang) for column in turn.taxonomy.columns.values()
    )
    await toast(turn, names if moved else turn.texts("chat.tx.at_end"))


async def set_column(turn: Turn, name: str, column: str) -> None:
    """Choose the column for which a topic speaks; "" shows which there are."""
    shelf = await find(turn, name)
    if shelf is None or shelf.kind != "topic":
        return
    if column in turn.taxonomy.columns:
        await _edit(turn, shelf, "shelve", column_id=turn.taxonomy.columns.now(column))
        return
    choices = [
        act(
            f"{'✓ ' * (one.id == shelf.column)}{one.emoji} {one.name(turn.lang)}",
            "txcolumn",
            name,
            one.id,
        )
        for one in turn.taxonomy.columns.values()
    ]
    back = (act(turn.texts("chat.back"), "txcard", name),)
    text = turn.texts("chat.tx.choose_column", name=quoted(titled(turn, shelf)))
    await show(turn, Message(text, (*grid(choices), back)))


async def set_state(turn: Turn, name: str, deed: str) -> None:
    """Take a topic out of use, or bring it back."""
    shelf = await find(turn, name)
    if shelf is None or shelf.kind != "topic" or deed not in {"retire", "revive"}:
        return
    before, after = (ACTIVE, RETIRED) if deed == "retire" else (RETIRED, ACTIVE)
    if shelf.state != before:
        await show_card(turn, name)
        return
    if after == ACTIVE and (said := taken(turn, (shelf.zh, shelf.en), name)):
        await toast(turn, said, alert=True)
        return
    await _edit(turn, shelf, deed, state=after)
