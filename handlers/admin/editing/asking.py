"""Questions for new words, and what becomes of the answers.

The question shows the words as they stand and carries their sign. Whoever answers after somebody
else has changed them is shown the other's words and decides; nobody's words are lost.
"""

import asyncio

from telegram import Message as Sent
from telegram.constants import MessageEntityType

from digest.editing import (
    HEADLINE_UNITS,
    POINT_UNITS,
    Field,
    Ruling,
    Rulings,
    headline_for,
    moved_point,
    sign,
    with_headline,
    with_headline_en,
    with_point,
    with_why,
    without_point,
)
from digest.model import Brief, Lang, Message, Signal
from digest.regexes import regex
from digest.render import escape
from digest.render.fit import clean
from digest.text.language import detect_language
from digest.text.units import utf16_length
from handlers.admin.editing.sheet import LETTERS, field_name, point_page, sheet, sought
from handlers.admin.progress import watch_amending
from handlers.context import Turn
from handlers.keyboards import act
from handlers.prompts import EDIT, Prompt, put_question
from handlers.replies import say, show, toast
from storage.editing import Alter, Overtaken

_VALUE = regex(r"(\d{1,17})_([hepwn])_(\d{1,2})_([0-9a-f]{8})")
_NOTHING = frozenset({"-", "－", "—", "–"})
# These may be empty: a dash takes them away.
_OPTIONAL = frozenset({"e", "w", "n"})
# What these say is compared with the article.
_JUDGED = frozenset({"h", "p", "w"})


async def ask(turn: Turn, signal_id: int, letter: str, place: int) -> None:
    """Ask for new words for one field, with those that stand there now."""
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    if letter not in LETTERS or not 0 <= place <= len(signal.brief.points):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    old = await _present(turn, signal, letter, place)
    texts = turn.texts
    name = texts("chat.edit.point", n=place + 1)
    name = name if letter == "p" else field_name(turn, LETTERS[letter])
    lines = [texts("chat.edit.ask" if old else "chat.edit.ask.new", field=escape(name))]
    if old:
        lines += [f"<blockquote>{escape(old)}</blockquote>"]
    if letter in _OPTIONAL and old:
        lines.append(texts("chat.edit.ask.none"))
    await put_question(
        turn,
        Prompt(EDIT, f"{signal_id}_{letter}_{place}_{sign(old)}"),
        "\n".join(lines),
        texts("chat.edit.ask.hint"),
    )


async def take_answer(turn: Turn, value: str, typed: str) -> None:
    """Put the typed words in the place of those that were shown, or say why not yet."""
    found = _VALUE.fullmatch(value)
    signal = await sought(turn, int(found[1])) if found else None
    if found is None or signal is None:
        return
    letter, place, seen = found[2], int(found[3]), found[4]
    text = "" if letter in _OPTIONAL and typed.strip() in _NOTHING else clean(typed)
    most = POINT_UNITS if letter in {"p", "w", "n"} else HEADLINE_UNITS
    if not text and letter not in _OPTIONAL:
        await say(turn, turn.texts("chat.edit.empty"))
    elif letter == "e" and text and detect_language(text, "en") != "en":
        await say(turn, turn.texts("chat.edit.not_english"))
    elif utf16_length(text) > most:
        await say(turn, turn.texts("chat.edit.long", most=most, now=utf16_length(text)))
    else:
        await _offer(turn, signal, letter, place, seen, text)


async def _offer(
    turn: Turn, signal: Signal, letter: str, place: int, seen: str, text: str
) -> None:
    present = await _present(turn, signal, letter, place)
    if sign(present) != seen:
        await say(turn, _collision(turn, signal, letter, place, present, text))
        return
    ruling = await _ruling(turn, signal, letter, place, text)
    doubtful = not ruling.holds and not (letter == "h" and not ruling.missing)
    if letter in _JUDGED and text and doubtful:
        await say(turn, _doubt(turn, signal, letter, place, seen, text, ruling))
        return
    await put(turn, signal, letter, place, seen, text)


async def keep(turn: Turn, signal_id: int, letter: str, place: int, seen: str) -> None:
    """Use the words that the tapped message quotes last, whatever the article says."""
    signal = await sought(turn, signal_id)
    text = _quoted_last(turn.message) if turn.message is not None else ""
    if signal is None or letter not in LETTERS or not text:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await put(turn, signal, letter, place, seen, text)


async def put(turn: Turn, signal: Signal, letter: str, place: int, seen: str, text: str) -> None:
    """Change the field if it still says what was seen; else show what it says now."""
    ruling = await _ruling(turn, signal, letter, place, text)
    editing = turn.storage.editing
    try:
        if letter == "n":
            await editing.set_note(signal.id, text, seen, turn.actor, turn.now)
        else:
            alter = _altering(signal, letter, place, seen, text, ruling)
            await editing.rewrite(signal.id, LETTERS[letter], alter, turn.actor, turn.now)
    except Overtaken as error:
        await say(turn, _collision(turn, signal, letter, place, error.present, text))
        return
    await _done(turn, signal.id)


async def drop(turn: Turn, signal_id: int, place: int, seen: str) -> None:
    """Take a point away."""
    if await sought(turn, signal_id) is None:
        return
    await _alter_points(turn, signal_id, place, seen, lambda brief: without_point(brief, place))
    signal = await turn.storage.signals.get(signal_id)
    if signal is not None:
        await show(turn, await sheet(turn, signal))
        await watch_amending(turn, signal_id)


async def move(turn: Turn, signal_id: int, place: int, steps: int, seen: str) -> None:
    """Put a point further up or down."""
    if abs(steps) != 1:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    if await sought(turn, signal_id) is None:
        return
    done = await _alter_points(
        turn, signal_id, place, seen, lambda brief: moved_point(brief, place, steps)
    )
    signal = await turn.storage.signals.get(signal_id)
    if signal is not None:
        at = place + steps if done else place
        page = 0 <= at < len(signal.brief.points)
        shown = await (point_page(turn, signal, at) if page else sheet(turn, signal))
        await show(turn, shown)
        await watch_amending(turn, signal_id)


async def _alter_points(turn: Turn, signal_id: int, place: int, seen: str, how: Alter) -> bool:
    def alter(brief: Brief) -> Brief:
        present = brief.points[place].text if 0 <= place < len(brief.points) else ""
        if sign(present) != seen:
            raise Overtaken(present)
        return how(brief)

    try:
        await turn.storage.editing.rewrite(signal_id, Field.POINTS, alter, turn.actor, turn.now)
    except Overtaken:
        await toast(turn, turn.texts("chat.edit.overtaken.toast"), alert=True)
        return False
    return True


def _altering(
    signal: Signal, letter: str, place: int, seen: str, text: str, ruling: Ruling
) -> Alter:
    def alter(brief: Brief) -> Brief:
        present = _said(brief, letter, place)
        if sign(present) != seen:
            raise Overtaken(present)
        match letter:
            case "h":
                return with_headline(brief, text, signal.lang)
            case "e":
                return with_headline_en(brief, text)
            case "w":
                return with_why(brief, text, ruling, signal.lang)
            case _:
                return with_point(brief, place, text, ruling, signal.lang)

    return alter


def _said(brief: Brief, letter: str, place: int) -> str:
    match letter:
        case "h":
            return brief.headline
        case "e":
            return headline_for(brief, Lang.EN)
        case "w":
            return brief.why.text if brief.why else ""
        case _:
            return brief.points[place].text if place < len(brief.points) else ""


async def _present(turn: Turn, signal: Signal, letter: str, place: int) -> str:
    if letter != "n":
        return _said(signal.brief, letter, place)
    known = await turn.storage.editing.of(signal.id)
    return known.note if known else ""


async def _ruling(turn: Turn, signal: Signal, letter: str, place: int, text: str) -> Ruling:
    if letter not in _JUDGED or not text:
        return Ruling(holds=True)
    article = await turn.storage.signals.article(signal.id)
    brief = signal.brief
    old = brief.why if letter == "w" else None
    if letter == "p" and place < len(brief.points):
        old = brief.points[place]
    # Reading a long article takes a moment that others need not wait for.
    return await asyncio.to_thread(lambda: Rulings(article).judge(text, old))


def _doubt(  # noqa: PLR0917  a signal's field, as it was seen, its new words, what is wrong
    turn: Turn, signal: Signal, letter: str, place: int, seen: str, text: str, ruling: Ruling
) -> Message:
    texts = turn.texts
    named = texts("digest.comma").join(
        texts("chat.edit.named", word=one) for one in ruling.missing
    )
    said = texts("chat.edit.missing", words=named) if named else texts("chat.edit.uncarried")
    end = "" if letter == "h" else f"\n{escape(texts('chat.edit.missing.mark'))}"
    return Message(
        f"🔎 {escape(said)}\n<blockquote>{escape(text)}</blockquote>{end}",
        (
            (act(texts("chat.edit.keep"), "ekeep", signal.id, letter, place, seen),),
            (
                act(texts("chat.edit.again"), "eask", signal.id, letter, place),
                act(texts("chat.edit.leave"), "esheet", signal.id),
            ),
        ),
    )


def _collision(
    turn: Turn, signal: Signal, letter: str, place: int, present: str, text: str
) -> Message:
    texts = turn.texts
    lines = [
        f"⚠️ {escape(texts('chat.edit.overtaken'))}",
        f"<blockquote>{escape(present or texts('chat.edit.nothing'))}</blockquote>",
        escape(texts("chat.edit.yours")),
        f"<blockquote>{escape(text)}</blockquote>",
    ]
    return Message(
        "\n".join(lines),
        (
            (
                act(texts("chat.edit.use_mine"), "ekeep", signal.id, letter, place, sign(present)),
                act(texts("chat.edit.use_theirs"), "esheet", signal.id),
            ),
        ),
    )


def _quoted_last(message: Sent) -> str:
    found = [
        message.parse_entity(entity)
        for entity in message.entities
        if entity.type in {MessageEntityType.BLOCKQUOTE, MessageEntityType.EXPANDABLE_BLOCKQUOTE}
    ]
    return clean(found[-1]) if found else ""


async def _done(turn: Turn, signal_id: int) -> None:
    signal = await turn.storage.signals.get(signal_id)
    if signal is None:
        return
    await (show if turn.query else say)(turn, await sheet(turn, signal))
    await toast(turn, turn.texts("chat.edit.saved"))
    await watch_amending(turn, signal_id)
