"""The sheet of a signal: what it says now, and a button for each thing that can be changed."""

from digest.editing import MOST_POINTS, Field, headline_for, sign
from digest.model import Access, Button, Lang, Message, Point, Signal, SignalState
from digest.regexes import regex
from digest.render import cut, escape
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid
from handlers.replies import say, show, toast
from storage import Edit

_SHOWN_UNITS = 400
_QUOTE_UNITS = 300
_PAGE = regex(r"/s/(\d{1,17})(?:[/?#]|$)")
_NUMBER = regex(r"#?(\d{1,17})")
# The fields whose text is typed, by the letter under which buttons and questions know them.
LETTERS: dict[str, Field] = {
    "h": Field.HEADLINE,
    "e": Field.HEADLINE_EN,
    "p": Field.POINTS,
    "w": Field.WHY,
    "n": Field.NOTE,
}


async def edit(turn: Turn) -> None:
    """/edit: the sheet of the signal that a link or a number names."""
    signal = await named_signal(turn, turn.words.strip())
    if signal is None:
        key = "chat.edit.unknown" if turn.words.strip() else "chat.edit.usage"
        await say(turn, turn.texts(key))
        return
    await say(turn, await sheet(turn, signal))


async def open_sheet(turn: Turn, signal_id: int) -> None:
    """Send a signal's sheet as a new message, so that the card stays."""
    signal = await sought(turn, signal_id)
    if signal is not None:
        await say(turn, await sheet(turn, signal))


async def show_sheet(turn: Turn, signal_id: int) -> None:
    """Put a signal's sheet in the place of the tapped message."""
    signal = await sought(turn, signal_id)
    if signal is not None:
        await show(turn, await sheet(turn, signal))


async def known_signal(turn: Turn, signal_id: int) -> Signal | None:
    """The signal; None also for what was read for one reader's link: it is nobody else's."""
    signal = await turn.storage.signals.get(signal_id)
    return None if signal is None or signal.state is SignalState.PRIVATE else signal


async def sought(turn: Turn, signal_id: int) -> Signal | None:
    """The signal, in whatever state; whoever asks is told when there is none."""
    signal = await known_signal(turn, signal_id)
    if signal is None:
        await toast(turn, turn.texts("chat.edit.unknown"), alert=True)
        if turn.query is None:
            await say(turn, turn.texts("chat.edit.unknown"))
    return signal


async def sheet(turn: Turn, signal: Signal) -> Message:
    """What the signal says now, with all that can be changed."""
    known = await turn.storage.editing.of(signal.id)
    return Message("\n".join(_lines(turn, signal, known)), _buttons(turn, signal, known))


def _lines(turn: Turn, signal: Signal, known: Edit | None) -> list[str]:
    texts, brief = turn.texts, signal.brief
    page = turn.rendering.links.signal(signal.id) if turn.rendering.links.usable else ""
    number = f'<a href="{page}">#{signal.id}</a>' if page else f"#{signal.id}"
    lines = [f"✏️ <b>{escape(texts('chat.edit.title'))}</b> {number}", ""]
    for lang in (Lang.ZH, Lang.EN):
        said = escape(cut(headline_for(brief, lang), _SHOWN_UNITS))
        lines.append(f"<b>{escape(texts(f'chat.edit.for.{lang}'))}</b> {said}")
    lines.append("")
    lines += [
        f"{place}. {escape(cut(point.text, _SHOWN_UNITS))}{mark(turn, point)}"
        for place, point in enumerate(brief.points[:MOST_POINTS], 1)
    ]
    if brief.why is not None:
        why = f"{escape(cut(brief.why.text, _SHOWN_UNITS))}{mark(turn, brief.why)}"
        lines += ["", f"<b>{escape(texts('card.why'))}</b> {why}"]
    lines += ["", escape(_place(turn, signal))]
    if known is not None:
        lines.append(_edited(turn, known))
    return lines


def mark(turn: Turn, point: Point) -> str:
    """What stands behind a point that the article does not carry."""
    return escape(turn.texts("card.edited")) if point.edited else ""


def _place(turn: Turn, signal: Signal) -> str:
    texts = turn.texts
    topics = texts("digest.comma").join(map(turn.rendering.topic, signal.placement.topics))
    return " · ".join(
        part
        for part in (
            turn.rendering.column(signal.placement.column),
            topics,
            texts(f"chat.edit.access.{signal.access}"),
            "" if signal.state == "live" else texts(f"chat.edit.state.{signal.state}"),
        )
        if part
    )


def _edited(turn: Turn, known: Edit) -> str:
    texts = turn.texts
    names = texts("digest.comma").join(field_name(turn, Field(one)) for one in known.fields)
    when = turn.rendering.clock(known.at)
    said = texts("chat.edit.edited", fields=names, when=when) if names else ""
    note = texts("chat.edit.noted", note=known.note) if known.note else ""
    return escape(" · ".join(part for part in (said, note) if part))


def field_name(turn: Turn, field: Field) -> str:
    """What people call a field."""
    return turn.texts(f"chat.edit.field.{field}")


def _buttons(turn: Turn, signal: Signal, known: Edit | None) -> Rows:
    texts, number, brief = turn.texts, signal.id, signal.brief

    def ask(letter: str) -> Button:
        return act(field_name(turn, LETTERS[letter]), "eask", number, letter, 0)

    points = [
        act(texts("chat.edit.point", n=place), "epoint", number, place - 1)
        for place in range(1, min(len(brief.points), MOST_POINTS) + 1)
    ]
    if len(brief.points) < MOST_POINTS:
        points.append(act(texts("chat.edit.add"), "eask", number, "p", len(brief.points)))
    other = Access.PUBLIC if signal.access is Access.SUBSCRIBERS else Access.SUBSCRIBERS
    rows: list[tuple[Button, ...]] = [
        (ask("h"), ask("e")),
        *grid(points, 4),
        (ask("w"), ask("n")),
        (
            act(field_name(turn, Field.COLUMN), "ecolumns", number),
            act(field_name(turn, Field.TOPICS), "etopics", number),
            act(texts(f"chat.edit.open.{other}"), "eaccess", number, other.value),
        ),
    ]
    if known is not None:
        rows.append((act(texts("chat.edit.restore"), "erestores", number),))
    return (*rows, *further_rows(turn, signal))


def further_rows(turn: Turn, signal: Signal) -> Rows:
    """What else editors do to a signal, each with a page of its own."""
    texts, number = turn.texts, signal.id
    return (
        (
            act(texts("chat.edit.pin"), "epin", number),
            act(texts("chat.edit.when"), "ewhens", number),
        ),
        (
            act(texts("chat.edit.story.button"), "estory", number),
            act(texts("chat.edit.rewrite"), "erewrite", number),
        ),
        (act(texts("chat.edit.card"), "card", number),),
    )


# --- one point ---------------------------------------------------------------------------


async def show_point(turn: Turn, signal_id: int, place: int) -> None:
    """One point with what it rests on, and what can be done with it."""
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    if not 0 <= place < len(signal.brief.points):
        await show(turn, await sheet(turn, signal))
        return
    await show(turn, await point_page(turn, signal, place))


async def point_page(turn: Turn, signal: Signal, place: int) -> Message:
    """The page of one point."""
    texts, number = turn.texts, signal.id
    point = signal.brief.points[place]
    article = await turn.storage.signals.article(signal.id)
    sentences = article.sentences if article else ()
    rests = [
        escape(cut(sentences[at].text, _QUOTE_UNITS))
        for at in point.evidence
        if 0 <= at < len(sentences)
    ]
    lines = [
        f"✏️ <b>{escape(texts('chat.edit.point', n=place + 1))}</b>",
        "",
        f"{escape(point.text)}{mark(turn, point)}",
    ]
    if rests:
        lines += ["", escape(texts("chat.edit.rests")), *(f"· {one}" for one in rests)]
    seen = sign(point.text)
    moves = []
    if place > 0:
        moves.append(act("↑", "emove", number, place, -1, seen))
    if place < len(signal.brief.points) - 1:
        moves.append(act("↓", "emove", number, place, 1, seen))
    rows = (
        (
            act(texts("chat.edit.reword"), "eask", number, "p", place),
            act(texts("chat.edit.drop"), "edrop", number, place, seen),
        ),
        tuple(moves),
        (act(texts("chat.back"), "esheet", number),),
    )
    return Message("\n".join(lines), tuple(row for row in rows if row))


async def named_signal(turn: Turn, words: str) -> Signal | None:
    """The signal that a link to its page or its number names."""
    found = _PAGE.search(words) or _NUMBER.fullmatch(words)
    if found is None:
        return None
    return await known_signal(turn, int(found[1]))
