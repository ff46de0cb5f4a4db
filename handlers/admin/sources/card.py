"""One source on a card: how it fares, what it brings, how it is set; and the pages behind it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace

from digest.model import Access, Button, FullText, HotList, Message, Source, SourceState
from digest.policy import source_scope
from digest.sources.headers import masked
from digest.sources.health import health_of
from digest.sources.pace import CEILING_S, floor_s
from handlers.admin.policies import rule_words
from handlers.admin.sources.listing import View
from handlers.admin.sources.spans import span_words
from handlers.admin.sources.words import (
    LANGS,
    MARKS,
    address_link,
    column_name,
    health_words,
    lang_name,
    name_of,
    reason_words,
)
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, ticked
from handlers.replies import say, show, toast
from storage import SourceYield

LIGHTEST, HEAVIEST, STEP = 0.1, 2.0, 0.1
FLOORS_S = (300, 900, 1800, 3600, 6 * 3600)
CEILINGS_S = (3600, 6 * 3600, 12 * 3600, 24 * 3600)
_POLLS_SHOWN = 6


async def open_card(turn: Turn, source_id: int, page: str) -> None:
    """Show a source, or one of the pages behind it, in the place of the tapped message."""
    await show_page(turn, source_id, page)


async def show_page(turn: Turn, source_id: int, page: str, told: str = "") -> None:
    """Show a page of a source's card, under a line of what was just done."""
    message = await page_message(turn, source_id, page, told)
    if message is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
    elif turn.query is None:
        await say(turn, message)
    else:
        await show(turn, message)


async def page_message(turn: Turn, source_id: int, page: str, told: str = "") -> Message | None:
    """A page of a source's card; None when there is no such source or page."""
    source = await turn.storage.sources.get(source_id)
    made = PAGES.get(page)
    if source is None or made is None:
        return None
    message = await made(turn, source)
    return replace(message, text=f"{told}\n\n{message.text}") if told else message


# --- the card ----------------------------------------------------------------------------


async def _card(turn: Turn, source: Source) -> Message:
    yielded = await turn.storage.sources.yield_of(source.id, turn.now)
    health = health_of(source, turn.now)
    lines = [
        f"{MARKS[health.health]} {name_of(source)}",
        health_words(health, turn.rendering),
        address_link(source.spec),
        "",
        *(await _facts(turn, source, yielded)),
    ]
    return Message("\n".join(lines), _card_rows(turn, source))


async def _facts(turn: Turn, source: Source, yielded: SourceYield) -> list[str]:
    texts, spec, poll = turn.texts, source.spec, source.poll
    lines = [
        texts(
            "chat.source.card.what",
            kind=texts(f"chat.source.kind.{spec.kind}"),
            column=column_name(spec, turn.rendering),
            lang=lang_name(spec.lang, texts),
        ),
        texts(
            "chat.source.card.yield",
            week=yielded.entries_week,
            week_out=yielded.signals_week,
            month=yielded.entries_month,
            month_out=yielded.signals_month,
        ),
    ]
    if source.state is SourceState.ACTIVE:
        due = poll.next_poll_at
        at = turn.rendering.clock(due) if due and due > turn.now else texts("chat.source.soon")
        every = span_words(poll.interval_s, texts)
        lines.append(texts("chat.source.card.pace", every=every, at=at))
    lines.append(
        texts(
            "chat.source.card.settings",
            weight=f"{spec.weight:g}",
            shown=texts(f"chat.source.text.{spec.full_text}"),
            access=texts(f"chat.source.access.{spec.access}"),
            translate=texts(f"chat.source.translate.{'on' if spec.translate else 'off'}"),
        )
    )
    if spec.hot is not HotList.NO:
        lines.append(texts("chat.source.card.hot", hot=texts(f"chat.source.hot.{spec.hot}")))
    policies = await turn.storage.policies.all()
    held = policies.columns.get(spec.column, policies.default)
    rule = rule_words(turn, policies.sources.get(source.id, held))
    lines.append(texts("chat.source.card.policy", rule=rule))
    if spec.headers:
        sent = quoted("; ".join(masked(spec.headers)))
        lines.append(texts("chat.source.card.headers", headers=f"<code>{sent}</code>"))
    return lines


def _card_rows(turn: Turn, source: Source) -> Rows:
    texts, number = turn.texts, source.id
    list_ = (act(texts("chat.source.list.open"), "sources", str(View()), 0),)
    if source.state is SourceState.RETIRED:
        return ((act(texts("chat.source.do.restore"), "tend", number, "restore", ""),), list_)

    def page(name: str) -> Button:
        return act(texts(f"chat.source.page.{name}"), "source", number, name)

    def deed(name: str, value: str = "") -> Button:
        return act(texts(f"chat.source.do.{name}"), "tend", number, name, value)

    rests = source.state is not SourceState.ACTIVE
    now = f"{source.spec.weight:g}"
    return (
        (deed("resume") if rests else deed("pause"), deed("poll"), deed("try")),
        (
            act("−", "tend", number, "lighter", now),
            act(texts("chat.source.do.weight", weight=now), "ask_source", number, "weight"),
            act("＋", "tend", number, "heavier", now),
        ),
        (
            page("column"),
            page("lang"),
            act(texts("chat.source.do.title"), "ask_source", number, "title"),
        ),
        (page("text"), page("access"), page("translate")),
        (page("pace"), page("headers"), page("polls")),
        (act(texts("chat.source.page.policy"), "policy", source_scope(number)), page("hot")),
        (act(texts("chat.source.do.url"), "ask_source", number, "url"), deed("retire")),
        list_,
    )


# --- the pages behind it -----------------------------------------------------------------


async def _polls(turn: Turn, source: Source) -> Message:
    """The last polls, the newest first."""
    texts = turn.texts
    lines = [texts("chat.source.polls.title", name=name_of(source)), ""]
    for one in source.poll.history[:_POLLS_SHOWN]:
        at = turn.rendering.clock(one.at)
        if one.error:
            said = texts("chat.source.polls.failed", reason=quoted(reason_words(one.error, texts)))
        elif one.new:
            said = texts.n("chat.source.polls.new", one.new)
        else:
            said = texts("chat.source.polls.same")
        lines.append(f"{at}  {said}")
    if len(lines) == 2:  # noqa: PLR2004  title and a blank
        lines.append(texts("chat.source.polls.none"))
    return _page(turn, source, "\n".join(lines), ())


async def _column(turn: Turn, source: Source) -> Message:
    rows = grid(
        ticked(
            f"{column.emoji} {column.name(turn.lang)}",
            "tend",
            source.id,
            "column",
            column.id,
            on=column.id == source.spec.column,
        )
        for column in turn.taxonomy.columns.values()
    )
    return _page(turn, source, turn.texts("chat.source.ask.column", name=name_of(source)), rows)


async def _lang(turn: Turn, source: Source) -> Message:
    rows = grid(
        ticked(
            lang_name(one, turn.texts), "tend", source.id, "lang", one, on=one == source.spec.lang
        )
        for one in (*LANGS, "")
    )
    return _page(turn, source, turn.texts("chat.source.ask.lang", name=name_of(source)), rows)


async def _text(turn: Turn, source: Source) -> Message:
    texts = turn.texts
    lines = [texts("chat.source.ask.text", name=name_of(source)), ""]
    lines += [texts(f"chat.source.means.{one}") for one in FullText]
    rows = tuple(
        (
            ticked(
                texts(f"chat.source.text.{one}"),
                "tend",
                source.id,
                "full_text",
                one.value,
                on=one is source.spec.full_text,
            ),
        )
        for one in FullText
    )
    return _page(turn, source, "\n".join(lines), rows)


async def _access(turn: Turn, source: Source) -> Message:
    texts = turn.texts
    lines = [texts("chat.source.ask.access", name=name_of(source)), ""]
    lines += [texts(f"chat.source.means.{one}") for one in Access]
    labels = {one.value: texts(f"chat.source.access.{one}") for one in Access}
    return _one_of(turn, source, "access", lines, labels)


async def _translate(turn: Turn, source: Source) -> Message:
    texts = turn.texts
    rows = grid(
        ticked(
            texts(f"chat.source.translate.{name}"),
            "tend",
            source.id,
            "translate",
            name,
            on=(name == "on") is source.spec.translate,
        )
        for name in ("on", "off")
    )
    return _page(turn, source, texts("chat.source.ask.translate", name=name_of(source)), rows)


async def _hot(turn: Turn, source: Source) -> Message:
    """Whether its order is a ranking."""
    texts = turn.texts
    lines = [texts("chat.source.ask.hot", name=name_of(source)), ""]
    lines += [texts(f"chat.source.means_hot.{one}") for one in HotList]
    labels = {one.value: texts(f"chat.source.hot.{one}") for one in HotList}
    return _one_of(turn, source, "hot", lines, labels)


def _one_of(
    turn: Turn, source: Source, field: str, lines: Iterable[str], labels: Mapping[str, str]
) -> Message:
    """A setting of the source's spec that is one of a few values, each with its label."""
    now = getattr(source.spec, field)
    rows = grid(
        ticked(label, "tend", source.id, field, value, on=value == now)
        for value, label in labels.items()
    )
    return _page(turn, source, "\n".join(lines), rows)


async def _pace(turn: Turn, source: Source) -> Message:
    """How often it is asked at most and at least."""
    texts, spec = turn.texts, source.spec
    text = texts(
        "chat.source.ask.pace",
        name=name_of(source),
        every=span_words(source.poll.interval_s, texts),
        floor=span_words(floor_s(spec), texts),
        ceiling=span_words(spec.poll_ceiling_s or CEILING_S, texts),
    )
    rows = [*_spans(turn, source, "floor", FLOORS_S, spec.poll_floor_s)]
    rows += _spans(turn, source, "ceiling", CEILINGS_S, spec.poll_ceiling_s)
    return _page(turn, source, text, tuple(rows))


def _spans(
    turn: Turn, source: Source, field: str, spans: tuple[int, ...], now: int | None
) -> Rows:
    texts = turn.texts
    buttons = [
        ticked(
            texts(f"chat.source.do.{field}", span=span_words(one, texts)),
            "tend",
            source.id,
            field,
            str(one),
            on=one == now,
        )
        for one in spans
    ]
    usual = ticked(
        texts(f"chat.source.do.{field}_usual"), "tend", source.id, field, "0", on=now is None
    )
    other = act(texts(f"chat.source.do.{field}_other"), "ask_source", source.id, field)
    return (*grid(buttons, 3), (usual, other))


async def _headers(turn: Turn, source: Source) -> Message:
    """The headers that go out with its polls; their values are not shown again."""
    texts = turn.texts
    lines = [texts("chat.source.ask.headers", name=name_of(source))]
    lines += [f"<code>{quoted(line)}</code>" for line in masked(source.spec.headers)]
    rows = [
        (
            act(
                texts("chat.source.do.unheader", header=name),
                "tend",
                source.id,
                "unheader",
                str(place),
            ),
        )
        for place, (name, _) in enumerate(source.spec.headers)
    ]
    rows.append((act(texts("chat.source.do.header"), "ask_source", source.id, "headers"),))
    return _page(turn, source, "\n".join(lines), tuple(rows))


async def _retire(turn: Turn, source: Source) -> Message:
    """Whether it really is to go, and what stays."""
    yes = act(turn.texts("chat.source.do.retire_yes"), "tend", source.id, "retired", "")
    return _page(
        turn, source, turn.texts("chat.source.ask.retire", name=name_of(source)), ((yes,),)
    )


def _page(turn: Turn, source: Source, text: str, rows: Rows) -> Message:
    back = act(turn.texts("chat.source.card.back"), "source", source.id, "card")
    return Message(text, (*rows, (back,)))


PAGES: Mapping[str, Callable[[Turn, Source], Awaitable[Message]]] = {
    "card": _card,
    "polls": _polls,
    "column": _column,
    "lang": _lang,
    "text": _text,
    "hot": _hot,
    "access": _access,
    "translate": _translate,
    "pace": _pace,
    "headers": _headers,
    "retire": _retire,
}
