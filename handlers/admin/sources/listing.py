"""/sources: all sources, those that need care first, with their reasons in words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.model import Button, Message, Source, SourceKind
from digest.sources.health import Health, SourceHealth, health_of
from digest.words import fold
from handlers.admin.sources.words import LANGS, MARKS, column_name, health_words, lang_name
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act, grid, ticked
from handlers.replies import say, show, toast
from handlers.topics import turning

PER_PAGE = 8
# All of a view has to fit behind a button.
_WORDS_BYTES = 27
_PARTS = 5


@dataclass(frozen=True, slots=True)
class View:
    """Which sources are looked at; "" leaves a side open."""

    health: str = ""
    column: str = ""
    lang: str = ""
    kind: str = ""
    words: str = ""

    def __str__(self) -> str:
        """As it stands behind a button."""
        return f"{self.health}/{self.column}/{self.lang}/{self.kind}/{self.words}"

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.health or self.column or self.lang or self.kind or self.words)


def read_view(text: str) -> View | None:
    """The view behind a button, None for one that was made up."""
    parts = text.split("/", _PARTS - 1)
    if len(parts) != _PARTS:
        return None
    view = View(*parts)
    known = view.health in {"", *Health} and view.kind in {"", *SourceKind}
    return view if known and len(view.column) <= _WORDS_BYTES else None


async def sources(turn: Turn) -> None:
    """Send the list, narrowed to the words that were typed."""
    words = _fitting(plain(turn.words).replace("/", " "))
    await say(turn, await list_message(turn, View(words=words), 0))


async def show_list(turn: Turn, text: str, page: int) -> None:
    """Show a page of the list in the place of the tapped message."""
    view = read_view(text)
    if view is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, await list_message(turn, view, page))


async def show_filters(turn: Turn, text: str, which: str) -> None:
    """Show what the list can be narrowed to."""
    view = read_view(text)
    if view is None or which not in {"menu", "health", "column", "lang", "kind"}:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    texts = turn.texts
    back = (act(texts("chat.source.list.back"), "sources", str(view), 0),)
    if which == "menu":
        fields = ("health", "column", "lang", "kind")
        rows = grid(
            [act(texts(f"chat.source.filter.{one}"), "srcsift", str(view), one) for one in fields]
        )
        if view.narrows:
            rows = (*rows, (act(texts("chat.source.filter.none"), "sources", str(View()), 0),))
        await show(turn, Message(texts("chat.source.filter.ask"), (*rows, back)))
        return
    chosen = getattr(view, which)
    buttons = [
        ticked(
            texts("chat.source.filter.any"), "sources", _with(view, which, ""), 0, on=not chosen
        )
    ]
    for value, label in await _choices(turn, which):
        buttons.append(ticked(label, "sources", _with(view, which, value), 0, on=chosen == value))
    await show(turn, Message(texts(f"chat.source.filter.{which}"), (*grid(buttons), back)))


def _with(view: View, field: str, value: str) -> str:
    return str(replace(view, **{field: value}))


async def _choices(turn: Turn, which: str) -> list[tuple[str, str]]:
    """What there is to narrow by, with how many sources each would leave."""
    found = await turn.storage.sources.all()
    counts = Counter(_value(source, which, turn.now) for source in found)
    order: Iterable[str] = {
        "health": tuple(MARKS),
        "column": (*turn.taxonomy.columns, *sorted(counts)),
        "lang": (*LANGS, *sorted(counts)),
        "kind": tuple(SourceKind),
    }[which]
    names = dict.fromkeys(one for one in order if counts[one])
    return [(one, f"{_name(turn, which, one)} {counts[one]}") for one in names]


def _value(source: Source, which: str, now: datetime) -> str:
    spec = source.spec
    if which == "health":
        return health_of(source, now).health
    return {"column": spec.column, "lang": spec.lang, "kind": spec.kind}[which]


def _name(turn: Turn, which: str, value: str) -> str:
    texts = turn.texts
    if which == "health":
        return f"{MARKS[Health(value)]} {texts(f'chat.source.state.{value}')}"
    if which == "column":
        return turn.rendering.column(value)
    return lang_name(value, texts) if which == "lang" else texts(f"chat.source.kind.{value}")


async def list_message(turn: Turn, view: View, page: int) -> Message:
    """One page of the list: the sick first, then the slow, those that rest, the new, the well."""
    texts = turn.texts
    everything = await turn.storage.sources.all()
    ill = {source.id: health_of(source, turn.now) for source in everything}
    chosen = _ordered([one for one in everything if _in_view(one, ill[one.id], view)], ill)
    pages = max(1, -(-len(chosen) // PER_PAGE))
    page = max(0, min(page, pages - 1))
    shown = chosen[page * PER_PAGE : (page + 1) * PER_PAGE]
    counts = Counter(health.health for health in ill.values())
    lines = [texts.n("chat.source.list.title", len(everything)), _tally(turn, counts)]
    if view.narrows:
        lines.append(texts.n("chat.source.list.narrowed", len(chosen), by=_by(turn, view)))
    lines.append("")
    lines += [
        f"{number}. {_line(turn, source, ill[source.id])}"
        for number, source in enumerate(shown, page * PER_PAGE + 1)
    ]
    if not shown:
        key = "chat.source.list.nothing" if view.narrows else "chat.source.list.empty"
        lines.append(texts(key))
    buttons = [
        act(str(number), "source", source.id, "card")
        for number, source in enumerate(shown, page * PER_PAGE + 1)
    ]
    rows: list[tuple[Button, ...]] = list(grid(buttons, 4))
    rows.append(turning(turn, page, pages, "sources", str(view)))
    rows.append((act(texts("chat.source.filter.open"), "srcsift", str(view), "menu"),))
    return Message("\n".join(lines), tuple(row for row in rows if row))


def _ordered(found: Sequence[Source], ill: dict[int, SourceHealth]) -> list[Source]:
    """Worst first; among equals those that are so for the longest, then by name."""

    def place(source: Source) -> tuple[int, float, str, int]:
        health = ill[source.id]
        since = health.since.timestamp() if health.since else float("inf")
        return health.rank, since, source.spec.title.casefold(), source.id

    return sorted(found, key=place)


def _in_view(source: Source, health: SourceHealth, view: View) -> bool:
    spec = source.spec
    sides = (
        (view.health, health.health.value),
        (view.column, spec.column),
        (view.lang, spec.lang),
        (view.kind, spec.kind.value),
    )
    if any(wanted and wanted != found for wanted, found in sides):
        return False
    text = fold(f"{spec.title} {spec.url} {spec.key}")
    return all(word in text for word in fold(view.words).split())


def _tally(turn: Turn, counts: Counter[Health]) -> str:
    texts = turn.texts
    parts = [
        f"{MARKS[health]} {texts(f'chat.source.state.{health}')} {counts[health]}"
        for health in MARKS
        if counts[health]
    ]
    return " · ".join(parts)


def _by(turn: Turn, view: View) -> str:
    texts = turn.texts
    parts = [
        _name(turn, which, value)
        for which in ("health", "column", "lang", "kind")
        if (value := getattr(view, which))
    ]
    if view.words:
        parts.append(texts("chat.source.list.words", words=quoted(view.words)))
    return texts("chat.source.list.and").join(parts)


def _line(turn: Turn, source: Source, health: SourceHealth) -> str:
    title = quoted(source.spec.title)
    column = column_name(source.spec, turn.rendering)
    head = f"{MARKS[health.health]} <b>{title}</b> · {column}"
    if health.health is Health.WELL:
        newest = source.poll.newest_entry_at
        if newest is None:
            return head
        return f"{head} · {turn.texts('chat.source.list.newest', at=turn.rendering.clock(newest))}"
    return f"{head}\n    {health_words(health, turn.rendering)}"


def _fitting(words: str) -> str:
    """As much of the words as stands behind a button, cut behind one of them where possible."""
    while len(words.encode()) > _WORDS_BYTES:
        shorter = words.rpartition(" ")[0]
        words = shorter or words[:-1]
    return words.strip()
