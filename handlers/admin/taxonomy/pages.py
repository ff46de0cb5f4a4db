"""/taxonomy and its pages: all columns, all topics, and the card of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from digest.model import Button, Message
from digest.text.units import clip
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid
from handlers.lists import shelf_button, shelf_called
from handlers.replies import say, show, toast
from storage.shelves import ShelfKind, ShelfRow
from storage.taxonomy import MERGED, RETIRED

LATELY = timedelta(days=30)
PER_PAGE = 20
_WORDS_UNITS = 700
_KINDS: dict[str, ShelfKind] = {"t": "topic", "c": "column"}


@dataclass(frozen=True, slots=True)
class Figures:
    """How many signals of the last 30 days, and how many readers, a shelf has."""

    signals: int
    followers: int


def name_of(shelf: ShelfRow) -> str:
    """A shelf as buttons name it: "t/llm", "c/ai"."""
    return f"{shelf.kind[0]}/{shelf.id}"


async def find(turn: Turn, name: str) -> ShelfRow | None:
    """The shelf that a button names; whoever asks is told when there is none."""
    kind, _, id_ = name.partition("/")
    shelf = await turn.storage.shelves.get(_KINDS[kind], id_) if kind in _KINDS else None
    if shelf is None and turn.query is not None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
    return shelf


def titled(turn: Turn, shelf: ShelfRow) -> str:
    """What people call a shelf in their language."""
    return f"{shelf.emoji} {shelf.name(turn.lang)}".strip()


async def figures(turn: Turn, kind: ShelfKind) -> dict[str, Figures]:
    """The figures of all shelves that have any."""

    async def count() -> dict[str, Figures]:
        since = turn.now - LATELY
        told = await turn.storage.signals.counts(since, by=kind)
        followed = await turn.storage.shelves.followers(kind)
        return {id_: Figures(told.get(id_, 0), followed.get(id_, 0)) for id_ in {*told, *followed}}

    return await turn.services.memory.recall(("shelves", kind), turn.now, count)


async def taxonomy(turn: Turn) -> None:
    """/taxonomy: everything, or the card of the column or topic that is named."""
    words = plain(turn.words)
    shelf = shelf_called(turn.taxonomy, words) if words else None
    found = await find(turn, shelf) if shelf else None
    if found is not None:
        await say(turn, await card(turn, found))
    elif words:
        near = turn.taxonomy.suggest_topics(words)
        rows = grid([act(one.name(turn.lang), "txcard", f"t/{one.id}") for one in near])
        await say(turn, Message(turn.texts("chat.tx.unknown", typed=quoted(words[:40])), rows))
    else:
        await say(turn, await home(turn))


async def show_home(turn: Turn, page: str, offset: int) -> None:
    """The columns, or a page of the topics."""
    await show(turn, await (topics(turn, offset) if page == "topics" else home(turn)))


async def home(turn: Turn) -> Message:
    """All columns, in their order, and what else can be done."""
    texts = turn.texts
    shelves = [one for one in await turn.storage.shelves.all("column") if one.state != MERGED]
    found = await figures(turn, "column")
    lines = [_line(turn, one, found.get(one.id, Figures(0, 0))) for one in shelves]
    count = len(turn.taxonomy.topics)
    rows: Rows = grid([act(titled(turn, one), "txcard", name_of(one)) for one in shelves])
    rows = (
        *rows,
        (act(texts("chat.tx.topics", n=count), "txhome", "topics", 0),),
        (act(texts("chat.tx.ideas"), "txideas", 0),),
        (
            act(texts("chat.tx.new.topic"), "txask", "new", "t/"),
            act(texts("chat.tx.new.column"), "txask", "new", "c/"),
        ),
    )
    text = "\n".join([texts("chat.tx.title"), "", *lines, "", texts("chat.tx.explained")])
    return Message(text, rows)


async def topics(turn: Turn, offset: int) -> Message:
    """A page of all topics, those with most signals first, then those out of use."""
    texts = turn.texts
    found = await figures(turn, "topic")
    shelves = [one for one in await turn.storage.shelves.all("topic") if one.state != MERGED]
    none = Figures(0, 0)
    shelves.sort(key=lambda one: (one.state == RETIRED, -found.get(one.id, none).signals))
    page = shelves[max(0, offset) : max(0, offset) + PER_PAGE]
    lines = [_line(turn, one, found.get(one.id, none)) for one in page]
    turning: list[Button] = []
    if offset > 0:
        before = max(0, offset - PER_PAGE)
        turning.append(act(texts("chat.page.before"), "txhome", "topics", before))
    if offset + PER_PAGE < len(shelves):
        turning.append(act(texts("chat.page.after"), "txhome", "topics", offset + PER_PAGE))
    rows = grid([act(titled(turn, one), "txcard", name_of(one)) for one in page])
    rows = (*rows, tuple(turning), (act(texts("chat.back"), "txhome", "home", 0),))
    text = "\n".join([texts("chat.tx.topics.title", n=len(shelves)), "", *lines])
    return Message(text, tuple(row for row in rows if row))


def _line(turn: Turn, shelf: ShelfRow, found: Figures) -> str:
    line = turn.texts(
        "chat.tx.line",
        name=quoted(titled(turn, shelf)),
        signals=found.signals,
        followers=found.followers,
    )
    return f"<s>{line}</s>" if shelf.state == RETIRED else line


# --- one of them -------------------------------------------------------------------------


async def show_card(turn: Turn, name: str) -> None:
    """A shelf with all that can be done to it."""
    shelf = await find(turn, name)
    if shelf is not None:
        await show(turn, await card(turn, shelf))


async def card(turn: Turn, shelf: ShelfRow, confirmed: str = "") -> Message:
    """A shelf's names, words and figures; `confirmed` (HTML) says first what was just done."""
    texts = turn.texts
    found = (await figures(turn, shelf.kind)).get(shelf.id, Figures(0, 0))
    column = turn.taxonomy.columns.get(shelf.column)
    lines = [
        texts("chat.tx.card", emoji=shelf.emoji or "🏷", zh=quoted(shelf.zh), en=quoted(shelf.en)),
        texts("chat.tx.figures", signals=found.signals, followers=found.followers),
    ]
    if column is not None:
        shown = f"{column.emoji} {column.name(turn.lang)}"
        lines.append(texts("chat.tx.in_column", name=quoted(shown)))
    lines += _words(turn, shelf)
    if shelf.state == RETIRED:
        lines.append(texts("chat.tx.retired"))
    if shelf.state == MERGED:
        return await _merged_card(turn, shelf, lines)
    text = "\n".join([*([confirmed, ""] if confirmed else []), *lines])
    return Message(text, _buttons(turn, shelf))


async def _merged_card(turn: Turn, shelf: ShelfRow, lines: list[str]) -> Message:
    taxonomy = turn.taxonomy
    catalogue = taxonomy.columns if shelf.kind == "column" else taxonomy.topics
    into = catalogue.get(shelf.id)
    back = (act(turn.texts("chat.back"), "txhome", "home", 0),)
    if into is None:
        return Message("\n".join(lines), (back,))
    name = into.name(turn.lang)
    lines.append(turn.texts("chat.tx.merged_into", name=quoted(name)))
    return Message("\n".join(lines), ((act(name, "txcard", f"{shelf.kind[0]}/{into.id}"),), back))


def _words(turn: Turn, shelf: ShelfRow) -> list[str]:
    """Aliases by language, and cues, as lines."""
    chinese = [one for one in shelf.aliases if not one.isascii()]
    others = [one for one in shelf.aliases if one.isascii()]
    lines = []
    for key, words in (("zh", chinese), ("en", others), ("cues", shelf.cues)):
        if words:
            lines.append(turn.texts(f"chat.tx.words.{key}", words=joined(turn, words)))
    return lines


def joined(turn: Turn, words: Sequence[str]) -> str:
    """Words (HTML) in one line that is not too long; no word is cut in half."""
    shown: list[str] = []
    for word in words:
        if sum(map(len, shown)) + len(word) > _WORDS_UNITS:
            return turn.texts(
                "chat.tx.words.more",
                words=quoted(turn.texts("chat.comma").join(shown)),
                n=len(words) - len(shown),
            )
        shown.append(clip(word, 60))
    return quoted(turn.texts("chat.comma").join(shown))


def _buttons(turn: Turn, shelf: ShelfRow) -> Rows:
    texts, name = turn.texts, name_of(shelf)
    back_to = "home" if shelf.kind == "column" else "topics"
    back = (act(texts("chat.back"), "txhome", back_to, 0),)
    if shelf.state == RETIRED:
        return ((act(texts("chat.tx.revive"), "txstate", name, "revive"),), back)
    first = [act(texts("chat.tx.rename"), "txask", "name", name)]
    if shelf.kind == "column":
        first.append(act(texts("chat.tx.emoji"), "txask", "emoji", name))
    else:
        first.append(act(texts("chat.tx.column"), "txcolumn", name, ""))
    words = (
        act(texts("chat.tx.aliases", n=len(shelf.aliases)), "txwords", "aliases", name),
        act(texts("chat.tx.cues", n=len(shelf.cues)), "txwords", "cues", name),
    )
    parts = (
        act(texts("chat.tx.merge"), "txmerge", name, 0),
        act(texts("chat.tx.split"), "txask", "split", name),
    )
    rows: list[tuple[Button, ...]] = [tuple(first), words, parts]
    if shelf.kind == "column":
        rows.append((act("⬆️", "txmove", name, -1), act("⬇️", "txmove", name, 1)))
    else:
        rows.append((act(texts("chat.tx.retire"), "txstate", name, "retire"),))
    rows += [(shelf_button(name, texts("chat.tx.open"), 5),), back]
    return tuple(rows)
