"""A signal in a list: headline, where it is from, when, how strong, and its gist."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.web.moments import Moment, short_moment
from bot.web.visit import Visit
from bot.web.words import MAX_TITLE, short, tag_of
from digest.allowed import public_part
from digest.model import Access, Lang, Relation, Signal
from digest.render.wording import in_words_of
from digest.taxonomy import Taxonomy

MAX_GIST = 120
MAX_HEADLINE = 120


@dataclass(frozen=True, slots=True)
class Label:
    """A name that leads to a page of ours."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words of an article with the language they are in."""

    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class Item:
    """One signal as lists show it. `others` counts the other sources that tell it.

    `closed`: only subscribers may read its page.
    """

    href: str
    headline: Text
    gist: Text | None
    column: Label | None
    source: str
    at: Moment
    score: int
    minutes: int
    others: int
    update: bool
    follow_up: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """What views need to know besides their signals: the visit, the shelves and the hour."""

    visit: Visit
    taxonomy: Taxonomy
    now: datetime


def item_of(signal: Signal, setting: Setting, *, with_gist: bool = True) -> Item:
    """The list view of one signal."""
    visit = setting.visit
    signal = public_part(in_words_of(visit.lang, signal))
    return Item(
        href=visit.url(f"/s/{signal.id}"),
        headline=_in_a_list(headline_of(signal)),
        gist=_gist(signal, visit.lang) if with_gist else None,
        column=column_label(signal.placement.column, setting),
        source=short(signal.source_title, 40),
        at=short_moment(signal.when, setting.now, visit.lang),
        score=signal.score.total,
        minutes=signal.reading_minutes,
        others=signal.other_sources,
        update=signal.relation is Relation.UPDATE,
        follow_up=signal.relation is Relation.FOLLOW_UP,
        closed=signal.access is Access.SUBSCRIBERS,
    )


def items_of(signals: Iterable[Signal], setting: Setting) -> tuple[Item, ...]:
    """The list views of `signals`, in their order."""
    return tuple(item_of(signal, setting) for signal in signals)


def headline_of(signal: Signal) -> Text:
    """The headline, the original's title when the brief has none, never more than a few lines."""
    brief = signal.brief
    if brief.headline.strip():
        return Text(short(brief.headline, MAX_TITLE), tag_of(brief.headline_lang))
    return Text(short(signal.title, MAX_TITLE) or f"#{signal.id}", tag_of(signal.lang))


def _gist(signal: Signal, lang: Lang) -> Text | None:
    """The Chinese frame of a foreign headline for those who read Chinese, else the first point."""
    brief = signal.brief
    if lang is Lang.ZH and brief.frame and brief.headline_lang not in {Lang.ZH, ""}:
        return Text(short(" · ".join(brief.frame), MAX_GIST), tag_of(Lang.ZH))
    return gist_of(signal)


def gist_of(signal: Signal) -> Text | None:
    """The first point that says more than the headline does."""
    headline = _letters(headline_of(signal).text)
    for point in signal.brief.points:
        if _letters(point.text) not in headline:
            return Text(short(point.text, MAX_GIST), tag_of(point.lang))
    return None


def column_label(column_id: str, setting: Setting) -> Label | None:
    """The column's name and page, None when the taxonomy no longer has it."""
    column = setting.taxonomy.columns.get(column_id)
    if column is None:
        return None
    return Label(column.name(setting.visit.lang), setting.visit.url(f"/column/{column.id}"))


def topic_label(topic_id: str, setting: Setting) -> Label:
    """A topic's name, its id when the taxonomy has none, and its page."""
    topic = setting.taxonomy.topic_of(topic_id)
    name = topic.name(setting.visit.lang) if topic else topic_id
    return Label(name, setting.visit.url(f"/topic/{topic_id}"))


def topic_labels(topic_ids: Iterable[str], setting: Setting) -> tuple[Label, ...]:
    """Names and pages of the topics that the taxonomy has, in the order given."""
    topics = (setting.taxonomy.topic_of(topic_id) for topic_id in topic_ids)
    return tuple(
        Label(topic.name(setting.visit.lang), setting.visit.url(f"/topic/{topic.id}"))
        for topic in topics
        if topic
    )


def _in_a_list(headline: Text) -> Text:
    return Text(short(headline.text, MAX_HEADLINE), headline.tag)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
