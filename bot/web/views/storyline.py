"""A story as a whole: who told it first, what each signal added, and its figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.web.moments import Moment, short_moment
from bot.web.views.items import Item, Setting, Text, gist_of, headline_of, item_of
from bot.web.words import short, tag_of
from digest.allowed import public_part
from digest.model import Access, Lang, NumberFact, Point, Relation, Signal
from digest.render.wording import in_words_of

MAX_STEPS = 40
MAX_FIGURES = 12
MAX_ADDED = 5
MAX_POINTS = 4
MAX_POINT = 240
_MAX_HEADLINE = 120
_MAX_NAMES = 3


@dataclass(frozen=True, slots=True)
class Told:
    """One signal of the story and what it was the first to say."""

    at: Moment
    headline: Text
    href: str
    source: str
    relation: Relation
    closed: bool
    is_first: bool
    gist: Text | None
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A number of the story, what it measures, and the sources that say so."""

    text: str
    zh: str
    measure: str
    tag: str
    href: str
    sources: tuple[str, ...]
    others: int


@dataclass(frozen=True, slots=True)
class StorylineView:
    """The page of a story; `steps` are in the order of time, `left_out` older ones not shown."""

    lead: Item
    points: tuple[Text, ...]
    first_source: str
    first_at: Moment
    latest_at: Moment
    signals: int
    sources: int
    steps: tuple[Told, ...]
    left_out: int
    figures: tuple[FigureRow, ...]


def storyline_view(
    lead: Signal, members: Sequence[Signal], setting: Setting, sources: int
) -> StorylineView:
    """Lay out a story of at least one signal."""
    told = [public_part(in_words_of(setting.visit.lang, one)) for one in members]
    ordered = sorted(told, key=lambda one: (one.when, one.id))
    steps = tuple(_steps(ordered, setting))
    chief = next((one for one in ordered if one.id == lead.id), ordered[0])
    first, latest = ordered[0], ordered[-1]
    lang, now = setting.visit.lang, setting.now
    return StorylineView(
        lead=item_of(chief, setting, with_gist=False),
        points=tuple(_points(chief.brief.points[:MAX_POINTS])),
        first_source=short(first.source_title, 40),
        first_at=short_moment(first.when, now, lang),
        latest_at=short_moment(latest.when, now, lang),
        signals=len(ordered),
        sources=sources,
        steps=steps[-MAX_STEPS:],
        left_out=max(0, len(steps) - MAX_STEPS),
        figures=tuple(_figures(ordered, setting))[:MAX_FIGURES],
    )


def _points(points: Iterable[Point]) -> Iterable[Text]:
    for point in points:
        yield Text(short(point.text, MAX_POINT), tag_of(point.lang))


def _steps(ordered: Sequence[Signal], setting: Setting) -> Iterable[Told]:
    numbers: set[tuple[float, str]] = set()
    said: set[str] = set()
    for place, member in enumerate(ordered):
        headline = headline_of(member)
        gist = gist_of(member)
        news = gist is not None and _letters(gist.text) not in said
        fresh = [fact for fact in member.brief.numbers if _key(fact) not in numbers]
        yield Told(
            at=short_moment(member.when, setting.now, setting.visit.lang),
            headline=Text(short(headline.text, _MAX_HEADLINE), headline.tag),
            href=setting.visit.url(f"/s/{member.id}"),
            source=short(member.source_title, 40),
            relation=member.relation,
            closed=member.access is Access.SUBSCRIBERS,
            is_first=place == 0,
            gist=gist if news else None,
            numbers=tuple(_named(fact) for fact in fresh[:MAX_ADDED]) if place else (),
        )
        numbers |= {_key(fact) for fact in member.brief.numbers}
        said |= {_letters(point.text) for point in member.brief.points}
        said |= {_letters(gist.text)} if gist else set()


def _named(fact: NumberFact) -> str:
    measure = short(fact.measure, 40)
    return f"{short(fact.text, 40)} ({measure})" if measure else short(fact.text, 40)


def _figures(ordered: Sequence[Signal], setting: Setting) -> Iterable[FigureRow]:
    """Numbers that name what they measure: those of most sources first, then the newest."""
    found: dict[tuple[str, str, float], list[tuple[NumberFact, Signal]]] = {}
    for member in ordered:
        for fact in member.brief.numbers:
            if fact.measure:
                key = (_letters(fact.measure), fact.unit, fact.value)
                found.setdefault(key, []).append((fact, member))
    groups = sorted(found.values(), key=_weight, reverse=True)
    for group in groups:
        fact, member = group[-1]
        names = list(dict.fromkeys(short(one.source_title, 40) for _, one in group))
        zh = fact.zh if setting.visit.lang is Lang.ZH else ""
        yield FigureRow(
            text=short(fact.text, 60),
            zh=short(zh, 60) if _letters(zh) != _letters(fact.text) else "",
            measure=short(fact.measure, 60),
            tag=tag_of(member.lang),
            href=setting.visit.url(f"/s/{member.id}"),
            sources=tuple(names[:_MAX_NAMES]),
            others=len(names[_MAX_NAMES:]),
        )


def _weight(group: Sequence[tuple[NumberFact, Signal]]) -> tuple[int, float]:
    return (
        len({member.source_title for _, member in group}),
        max(member.when.timestamp() for _, member in group),
    )


def _key(fact: NumberFact) -> tuple[float, str]:
    return (fact.value, fact.unit)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
