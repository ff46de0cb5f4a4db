"""The week in review as one message."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from babel.dates import format_interval

from digest.blocks import Block, Form
from digest.model import Lang, Message, NumberFact, Rising, Signal
from digest.render.cards import number_words
from digest.render.fit import MAX_ENTITIES, clean, count_entities, count_units, cut, escape
from digest.render.lines import SEPARATOR, item, number_rows, paragraphs
from digest.render.rendering import Rendering
from digest.render.trends import story_headline, usual_words
from digest.trends import Fading
from digest.weekly import Week, Weekly

_LOCALE = {Lang.ZH: "zh_Hans_CN", Lang.EN: "en_GB"}
_TARGET_UNITS = 3500
_SPARE_ENTITIES = 6
_MOST_TOPICS = 4
_TOPIC_UNITS = 40


def render_weekly(weekly: Weekly, rendering: Rendering) -> Message:
    """`weekly` as one message within Telegram's limits; its number buttons open the cards.

    Where it would grow too long, the weakest signals are left to the week's page.
    """
    local = replace(rendering, zone=weekly.zone, now=weekly.until)
    kept = list(weekly.signals)
    message = _message(weekly, kept, local)
    while len(kept) > 1 and not _fits(message.text):
        kept.remove(min(kept, key=lambda one: (one.score.total, -kept.index(one))))
        message = _message(weekly, kept, local)
    return message


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


def _message(weekly: Weekly, kept: Sequence[Signal], rendering: Rendering) -> Message:
    places = {signal.id: place for place, signal in enumerate(kept, 1)}
    sections = [
        *_shelves(weekly, places, rendering),
        _figures(weekly, places, rendering),
        _stories(weekly, rendering),
    ]
    told = [section.text for section in sections]
    text = paragraphs([_head(weekly, rendering), *told, _moves(weekly, rendering)])
    blocks = tuple(block for section in sections for block in section.blocks)
    return Message(text, tuple(number_rows(kept)), tuple(places), blocks=blocks)


@dataclass(frozen=True, slots=True)
class _Section:
    """Lines under a title; "" when there are none."""

    text: str
    blocks: tuple[Block, ...]


def _section(title: Block, lines: Sequence[tuple[str, Block]]) -> _Section:
    """`title` above lines, each of which holds a block."""
    if not lines:
        return _Section("", ())
    text = "\n".join([title.text, *(line for line, _ in lines)])
    return _Section(text, (title, *(block for _, block in lines)))


def _fits(text: str) -> bool:
    entities = count_entities(text)
    return count_units(text) <= _TARGET_UNITS and entities <= MAX_ENTITIES - _SPARE_ENTITIES


def _head(weekly: Weekly, rendering: Rendering) -> str:
    texts = rendering.texts
    key = "weekly.totals" if weekly.complete else "weekly.totals_so_far"
    totals = texts(key, signals=weekly.tally.signals, sources=weekly.tally.sources)
    title = f"<b>{escape(texts('weekly.title'))}</b> {escape(week_name(weekly.week, rendering))}"
    return f"{title}\n{escape(totals)}"


def _shelves(weekly: Weekly, places: dict[int, int], rendering: Rendering) -> list[_Section]:
    sections: list[_Section] = []
    counts = weekly.tally.by_column or {}
    for shelf in weekly.shelves:
        column = rendering.taxonomy.columns.get(shelf.column)
        name = (
            f"{column.emoji if column else ''} {cut(rendering.column(shelf.column), 60)}".strip()
        )
        count = counts.get(shelf.column, 0)
        told = escape(rendering.texts.n("story.signals", count)) if count else ""
        heading = SEPARATOR.join(part for part in (f"<b>{escape(name)}</b>", told) if part)
        items = [
            Block(
                Form.BARE,
                item(places[signal.id], signal, rendering, point=False),
                signal.id,
                places[signal.id],
            )
            for signal in shelf.signals
            if signal.id in places
        ]
        lines = [(block.text, block) for block in items]
        sections.append(_section(Block(Form.TITLE, heading), lines))
    return sections


def _figures(weekly: Weekly, places: dict[int, int], rendering: Rendering) -> _Section:
    lines = []
    for figure in weekly.figures:
        place = places.get(figure.signal.id)
        if place is not None:
            text = figure_line(figure.fact, place, rendering)
            block = Block(Form.FIGURE, text, figure.signal.id, place, figure.fact.text)
            lines.append((text, block))
    return _titled("weekly.figures", lines, rendering)


def figure_line(fact: NumberFact, place: int, rendering: Rendering) -> str:
    """A number of the week, and which signal tells it."""
    return f"• {number_words(fact, rendering)}{rendering.texts('weekly.see', place=place)}"


def _stories(weekly: Weekly, rendering: Rendering) -> _Section:
    texts = rendering.texts
    lines = []
    for story in weekly.stories:
        counts = SEPARATOR.join(
            (texts.n("story.signals", story.signals), texts.n("story.sources", story.sources))
        )
        head = story_headline(story.lead, rendering)
        lines.append((f"• {head}\n{escape(counts)}", Block(Form.STORY, head, story.lead.id)))
    return _titled("weekly.stories", lines, rendering)


def _moves(weekly: Weekly, rendering: Rendering) -> str:
    lines = []
    for key, emoji, topics in (
        ("weekly.rising", "📈", weekly.rising),
        ("weekly.fading", "📉", weekly.fading),
    ):
        named = [_topic(one, rendering) for one in topics[:_MOST_TOPICS] if clean(one.topic)]
        if named:
            said = rendering.texts(key, topics=rendering.texts("digest.comma").join(named))
            lines.append(f"{emoji} {escape(said)}")
    return "\n".join(lines)


def _topic(one: Rising | Fading, rendering: Rendering) -> str:
    return rendering.texts(
        "weekly.topic",
        topic=cut(rendering.topic(one.topic), _TOPIC_UNITS),
        count=one.count,
        usual=usual_words(one.usual),
    )


def _titled(key: str, lines: Sequence[tuple[str, Block]], rendering: Rendering) -> _Section:
    return _section(Block(Form.TITLE, f"<b>{escape(rendering.texts(key))}</b>"), lines)
