"""The week in review as one message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_interval

from digest.blocks import Block, Form
from digest.dates import day_words
from digest.model import Action, Button, Lang, Message, Shelf, Signal, Tier
from digest.render.fit import MAX_ENTITIES, clean, count_entities, count_units, cut, escape
from digest.render.lines import SEPARATOR, item, number_rows, paragraphs
from digest.render.rendering import Rendering
from digest.render.trends import usual_words
from digest.render.weeklylines import (
    figure_line,
    gist_line,
    gist_of,
    happened_line,
    open_line,
    subject,
)
from digest.weeklies.opened import Happened, ToldStory, Weekly
from digest.weeklies.report import (
    Came,
    FigureRef,
    Move,
    Phase,
    Said,
    ahead_key,
    figure_key,
    move_key,
    signal_key,
    story_key,
)
from digest.weekly import Week

_LOCALE = {Lang.ZH: "zh_Hans_CN", Lang.EN: "en_GB"}
_TARGET_UNITS = 3500
_SPARE_ENTITIES = 6
_TOPIC_UNITS = 40
_COLUMN_UNITS = 60
_STEPS = 2
_TWO = 2
_MOST_COLUMNS = 8
_COLUMNS_A_ROW = {Lang.ZH: 3, Lang.EN: 2}  # whole names on a phone


def render_weekly(weekly: Weekly, rendering: Rendering) -> Message:
    """`weekly` as one message within Telegram's limits; its number buttons open the cards.

    Where it would grow too long, the weakest signals of the shelves are left to the week's page,
    then all but the last step of each story, then open ends and numbers.
    """
    local = replace(rendering, zone=weekly.zone, now=None)
    message = _message(weekly, local, _STEPS)
    while not _fits(message.text) and (smaller := _without_weakest(weekly)) is not None:
        weekly = smaller
        message = _message(weekly, local, _STEPS)
    for less in (weekly, replace(weekly, ahead=()), replace(weekly, ahead=(), figures=())):
        if _fits(message.text):
            break
        message = _message(less, local, 1)
    return message


def _without_weakest(weekly: Weekly) -> Weekly | None:
    """The week without its weakest signal on a shelf; the last one of a shelf stays longest."""
    places = [
        (len(shelf.signals) == 1, signal.score.total, -place, signal.id)
        for shelf in weekly.shelves
        for place, signal in enumerate(shelf.signals)
    ]
    if len(places) + len(weekly.stories) <= 1 or not places:
        return None
    gone = min(places)[3]
    shelves = (
        Shelf(shelf.column, tuple(one for one in shelf.signals if one.id != gone))
        for shelf in weekly.shelves
    )
    return replace(weekly, shelves=tuple(shelf for shelf in shelves if shelf.signals))


def week_name(week: Week, rendering: Rendering) -> str:
    """A week in words: its number and its days."""
    return rendering.texts(
        "weekly.name", number=week.number, year=week.year, days=week_days(week, rendering.lang)
    )


def week_days(week: Week, lang: Lang) -> str:
    """The days of a week: 11月23日至29日, 23–29 Nov."""
    return days_between(week.monday, week.sunday, lang)


def days_between(first: date, last: date, lang: Lang) -> str:
    """A span of days as people of `lang` write it."""
    span: str = format_interval(first, last, "MMMd", locale=_LOCALE[lang])
    return span


def tier_of(weekly: Weekly, lang: Lang) -> Tier:
    """Who wrote it: the model where it introduces the week in `lang`, else rules."""
    return Tier.MODEL if (weekly.intro or {}).get(lang) else Tier.RULES


def _message(weekly: Weekly, rendering: Rendering, steps: int) -> Message:
    shown = weekly.signals
    places = {signal.id: place for place, signal in enumerate(shown, 1)}
    sections = [
        _stories(weekly, places, rendering, steps),
        *_shelves(weekly, places, rendering),
        _figures(weekly, rendering),
        _moves(weekly, rendering),
        _ahead(weekly, rendering),
    ]
    head = _head(weekly, rendering)
    text = paragraphs(section.text for section in (head, *sections))
    blocks = tuple(block for section in (head, *sections) for block in section.blocks)
    return Message(text, tuple(number_rows(shown)), tuple(places), blocks=blocks)


@dataclass(frozen=True, slots=True)
class _Section:
    """Lines under a title; "" when there are none."""

    text: str = ""
    blocks: tuple[Block, ...] = ()


_Line = tuple[str, tuple[Block, ...]]


def _section(title: str, lines: Iterable[_Line]) -> _Section:
    """A title (HTML) above lines, each with the blocks in it."""
    told = list(lines)
    if not told:
        return _Section()
    text = "\n".join([title, *(line for line, _ in told)])
    head = Block(Form.TITLE, title)
    return _Section(text, (head, *(block for _, blocks in told for block in blocks)))


def _fits(text: str) -> bool:
    entities = count_entities(text)
    return count_units(text) <= _TARGET_UNITS and entities <= MAX_ENTITIES - _SPARE_ENTITIES


# --- the head ----------------------------------------------------------------------------


def _head(weekly: Weekly, rendering: Rendering) -> _Section:
    texts = rendering.texts
    title = f"<b>{escape(_title(weekly, rendering))}</b> "
    title += escape(week_name(weekly.week, rendering))
    tier = texts(f"tier.{tier_of(weekly, rendering.lang)}")
    parts = [f"{title}\n{escape(totals_words(weekly, rendering))}{SEPARATOR}<i>{escape(tier)}</i>"]
    foreword = weekly.edits.foreword.get(rendering.lang, "")
    if clean(foreword):
        parts.append(f"✍️ {escape(texts('weekly.foreword', words=foreword))}")
    blocks = tuple(_said(one) for one in (weekly.intro or {}).get(rendering.lang, ()))
    glue = "" if rendering.lang is Lang.ZH else " "
    parts.append(glue.join(block.text for block in blocks))
    return _Section(paragraphs(parts), blocks)


def _said(said: Said) -> Block:
    first, *rest = (*said.signals, 0)
    return Block(Form.INTRO, escape(said.text), first, also=rest[0] if rest else 0)


def _title(weekly: Weekly, rendering: Rendering) -> str:
    if not weekly.column:
        return rendering.texts("weekly.title")
    return rendering.texts("weekly.title_column", column=rendering.column(weekly.column))


def totals_words(weekly: Weekly, rendering: Rendering) -> str:
    """How much the week brought, in all or in the column that is shown."""
    texts = rendering.texts
    if weekly.column:
        count = (weekly.tally.by_column or {}).get(weekly.column, len(weekly.signals))
        key = "weekly.totals_column" if weekly.complete else "weekly.totals_column_so_far"
        return texts.n(key, count)
    key = "weekly.totals" if weekly.complete else "weekly.totals_so_far"
    return texts(key, signals=weekly.tally.signals, sources=weekly.tally.sources)


# --- stories -----------------------------------------------------------------------------


def _stories(weekly: Weekly, places: dict[int, int], rendering: Rendering, steps: int) -> _Section:
    lines = [
        line
        for story in weekly.stories
        for line in _story(story, places[story.lead.id], weekly, rendering, steps)
    ]
    return _section(f"<b>{escape(rendering.texts('weekly.stories'))}</b>", lines)


def _story(
    story: ToldStory, place: int, weekly: Weekly, rendering: Rendering, steps: int
) -> Iterable[_Line]:
    own = edited_line(weekly, story_key(story.top.story_id), rendering)
    came = [(one, happened_line(one, rendering)) for one in last_steps(story, steps)]
    came = [(one, line) for one, line in came if line]
    entry = item(place, story.lead, rendering, point=False)
    apart = "" if place == 1 else "\n"
    yield f"{apart}{entry}", (Block(Form.BARE, entry, story.lead.id, place),)
    # Where nothing came of it yet, what happened is told instead.
    point = None if came or own else gist_of(story.lead)
    if point is not None and (gist := gist_line(story.lead, point, rendering)):
        yield gist, (Block(Form.STEP, gist, story.lead.id, detail=f"q{point}"),)
    if counts := story_counts(story, weekly.week, rendering):
        yield escape(counts), ()
    if own:
        yield f"↳ {own}", ()
        return
    for one, line in came:
        yield line, (step_block(one, line),)


def last_steps(story: ToldStory, most: int) -> Sequence[Happened]:
    """The latest steps of a story, a changed figure before other news."""
    kept = list(story.happened)
    while len(kept) > most:
        news = [one for one in kept if one.step.came is Came.NEWS]
        kept.remove((news or kept)[0])
    return kept


def step_block(one: Happened, line: str) -> Block:
    """The line as a block that can be put right when a signal it rests on changes."""
    step = one.step
    if step.came is Came.NEWS:
        detail = "h" if step.point is None else f"p{step.point}"
        return Block(Form.STEP, line, one.signal.id, detail=detail)
    return Block(
        Form.STEP, line, one.signal.id, detail=f"n{step.fact}\t{step.before}", also=step.earlier
    )


def story_counts(story: ToldStory, week: Week, rendering: Rendering) -> str:
    """How much a story was told this week, since when, and where it stands.

    "" where the line above it says as much: a second source, and nothing else.
    """
    texts, top = rendering.texts, story.top
    counts = texts(
        "weekly.story_counts",
        signals=texts.n("story.signals", top.signals),
        sources=texts.n("story.sources", top.sources),
    )
    began = top.first_at.astimezone(ZoneInfo(rendering.zone)).date()
    if began < week.monday:
        counts += texts("weekly.story_began", day=day_words(began, rendering.lang))
    elif top.signals <= _TWO and top.phase is Phase.OPEN:
        return ""
    return counts if top.phase is Phase.OPEN else counts + texts(f"weekly.phase.{top.phase}")


def edited_line(weekly: Weekly, key: str, rendering: Rendering) -> str:
    """An editor's words for a line (escaped, marked), "" where there are none."""
    words = weekly.edits.lines.get(key, {}).get(rendering.lang, "")
    mark = rendering.texts("card.edited")
    return escape(f"{words}{mark}") if clean(words) else ""


# --- shelves -----------------------------------------------------------------------------


def _shelves(weekly: Weekly, places: dict[int, int], rendering: Rendering) -> list[_Section]:
    sections: list[_Section] = []
    counts = weekly.tally.by_column or {}
    for shelf in weekly.shelves:
        heading = f"<b>{escape(column_name(shelf.column, rendering))}</b>"
        count = counts.get(shelf.column, 0)
        if count:
            heading += SEPARATOR + escape(rendering.texts.n("story.signals", count))
        lines = (_entry(signal, places[signal.id], weekly, rendering) for signal in shelf.signals)
        sections.append(_section(heading, lines))
    return sections


def _entry(signal: Signal, place: int, weekly: Weekly, rendering: Rendering) -> _Line:
    text = item(place, signal, rendering, point=False)
    block = Block(Form.BARE, text, signal.id, place)
    own = edited_line(weekly, signal_key(signal.id), rendering)
    return (f"{text}\n{own}" if own else text), (block,)


def column_name(column_id: str, rendering: Rendering) -> str:
    """A column's emoji and name."""
    column = rendering.taxonomy.columns.get(column_id)
    emoji = column.emoji if column else ""
    return f"{emoji} {cut(rendering.column(column_id), _COLUMN_UNITS)}".strip()


def column_rows(weekly: Weekly, rendering: Rendering) -> list[tuple[Button, ...]]:
    """Buttons that open the week of one column, for those columns that have something."""
    there = [column for column, ids in weekly.report.picks if ids][:_MOST_COLUMNS]
    if len(there) < 2:  # noqa: PLR2004  one column is the whole week
        return []
    buttons = [
        Button(column_name(one, rendering), action=Action("weekcol", (str(weekly.week), one[:32])))
        for one in there
    ]
    width = _COLUMNS_A_ROW[rendering.lang]
    return [tuple(buttons[at : at + width]) for at in range(0, len(buttons), width)]


# --- numbers, what moves, what is open ---------------------------------------------------


def _figures(weekly: Weekly, rendering: Rendering) -> _Section:
    lines: list[_Line] = []
    for one in weekly.figures:
        key = figure_key(FigureRef(one.signal.id, one.fact.text))
        own = edited_line(weekly, key, rendering)
        if own:
            lines.append((f"• {own} · {subject(one.signal, rendering)}", ()))
            continue
        text = figure_line(one.fact, one.signal, rendering)
        lines.append((text, (Block(Form.FIGURE, text, one.signal.id, detail=one.fact.text),)))
    return _section(f"<b>{escape(rendering.texts('weekly.figures'))}</b>", lines)


def _moves(weekly: Weekly, rendering: Rendering) -> _Section:
    lines: list[str] = []
    for key, emoji, up in (("weekly.rising", "📈", True), ("weekly.fading", "📉", False)):
        moves = [one for one in weekly.moves if one.up is up and clean(one.name)]
        plain = [one for one in moves if not edited_line(weekly, move_key(one), rendering)]
        named = [move_words(one, rendering) for one in plain]
        if named:
            topics = rendering.texts("digest.comma").join(named)
            lines.append(f"{emoji} {escape(rendering.texts(key, topics=topics))}")
        lines += [
            f"{emoji} {edited_line(weekly, move_key(one), rendering)}"
            for one in moves
            if one not in plain
        ]
    return _Section("\n".join(lines))


def move_name(move: Move, rendering: Rendering) -> str:
    """What moved, in the reader's language where it has a name there."""
    name = rendering.topic(move.key) if move.kind == "topic" else move.name
    return cut(name, _TOPIC_UNITS)


def move_words(move: Move, rendering: Rendering) -> str:
    """What moved, how often it was told and how often it usually is."""
    if move.kind != "topic":
        return rendering.texts("weekly.new", name=move_name(move, rendering), count=move.count)
    return rendering.texts(
        "weekly.topic",
        topic=move_name(move, rendering),
        count=move.count,
        usual=usual_words(move.usual),
    )


def _ahead(weekly: Weekly, rendering: Rendering) -> _Section:
    lines: list[_Line] = []
    for one in weekly.ahead:
        own = edited_line(weekly, ahead_key(one.ahead), rendering)
        text = f"• {own}" if own else open_line(one.ahead, one.signal, rendering)
        if not text:
            continue
        detail = f"{one.ahead.place} {one.ahead.on or ''}".strip()
        block = Block(Form.AHEAD, text, one.signal.id, detail=detail)
        lines.append((text, () if own else (block,)))
    return _section(f"<b>{escape(rendering.texts('weekly.ahead'))}</b>", lines)
