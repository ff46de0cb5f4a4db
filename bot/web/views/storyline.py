"""A story as a whole: who told it when, what each added, what its sources agree on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.web.moments import Moment, short_moment
from bot.web.views.compared import ComparedView, Says, compared_view, conversion, named_measure
from bot.web.views.excerpt import anchor_of
from bot.web.views.items import Item, Label, Setting, Text, gist_of, headline_of, item_of
from bot.web.words import short, tag_of
from digest.agreement import Comparison
from digest.agreement.claims import concept_of
from digest.allowed import public_part
from digest.chronicle import Told
from digest.chronicle import course as told_in_turn
from digest.model import Access, Changed, NumberFact, Relation, Signal, Tier
from digest.render.wording import in_words_of, said_as
from digest.stories import StorySummary
from storage.storylines import Course

MAX_STEPS = 30
MAX_FIGURES = 8
MAX_POINTS = 4
MAX_POINT = 240
_MAX_HEADLINE = 120
_MAX_SOURCE = 40
_MAX_NUMBER = 60
_MAX_NAMES = 3


@dataclass(frozen=True, slots=True)
class Linked:
    """Words that rest on a sentence, and where the signal's page shows it.

    `converted` is how the reader reads a number among them.
    """

    text: Text
    href: str
    converted: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that was another one before."""

    before: str
    now: Linked


@dataclass(frozen=True, slots=True)
class Step:
    """One signal of the story and what is new in it.

    `repeats` are those that told the same after it, `others` how many more there are.
    """

    at: Moment
    headline: Text
    href: str
    source: str
    relation: Relation
    closed: bool
    is_first: bool
    is_lead: bool
    gist: Text | None
    points: tuple[Linked, ...]
    numbers: tuple[Linked, ...]
    changes: tuple[Change, ...]
    repeats: tuple[Says, ...]
    others: int


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A number of the story, what it measures, and the sources that say so."""

    text: str
    converted: str
    measure: Text
    tag: str
    href: str
    sources: tuple[str, ...]
    others: int


@dataclass(frozen=True, slots=True)
class StorylineView:
    """The page of a story. `steps` are in the order of time, `earlier` leads on to older ones.

    `whole` is the page without paging, "" where this is it. `follows` and `followed_by` lead to
    the story that it takes up and to the one that takes it up.
    """

    lead: Item
    tier: Tier
    points: tuple[Linked, ...]
    first_source: str
    first_href: str
    first_at: Moment
    latest_at: Moment
    is_series: bool
    is_closed: bool
    signals: int
    sources: int
    steps: tuple[Step, ...]
    left_out: int
    earlier: str
    whole: str
    figures: tuple[FigureRow, ...]
    compared: ComparedView
    follows: Label | None
    followed_by: Label | None


def storyline_view(
    story: StorySummary,
    members: Sequence[Signal],
    course: Course,
    setting: Setting,
    found: Comparison,
    beside: tuple[StorySummary | None, StorySummary | None] = (None, None),
) -> StorylineView:
    """Lay out a story of at least one signal, `beside` the stories that it follows and led to.

    `members` are its first signals and the newest, `course` the steps of this page.
    """
    lang, now, visit = setting.visit.lang, setting.now, setting.visit
    shown = [public_part(in_words_of(lang, one)) for one in members]
    steps = [public_part(in_words_of(lang, one)) for one in course.steps]
    whole = len(members) >= story.signals
    told = told_in_turn(steps, shown, course.repeats, course.counts, whole=whole)
    ordered = sorted(shown, key=lambda one: (one.when, one.id))
    chief = public_part(in_words_of(lang, story.lead))
    first, latest = ordered[0], ordered[-1]
    end = course.start + len(told)
    compared = compared_view(found, setting)
    path = f"/story/{story.id}"
    return StorylineView(
        lead=item_of(chief, setting, with_gist=False),
        tier=chief.brief.tier,
        points=tuple(_points(chief, range(MAX_POINTS), setting)),
        first_source=short(first.source_title, _MAX_SOURCE),
        first_href=visit.url(f"/s/{first.id}"),
        first_at=short_moment(first.when, now, lang),
        latest_at=short_moment(latest.when, now, lang),
        is_series=story.is_series,
        is_closed=story.closed_at is not None,
        signals=story.signals,
        sources=story.sources,
        steps=tuple(
            _step(one, setting, is_first=place == 0, is_lead=one.signal.id == chief.id)
            for place, one in enumerate(told, course.start)
        ),
        left_out=course.start,
        earlier=visit.url(path, before=told[0].signal.id) if course.start and told else "",
        whole=visit.url(path) if end < course.total else "",
        figures=tuple(_figures(ordered, setting, compared))[:MAX_FIGURES],
        compared=compared,
        follows=_label(beside[0], setting),
        followed_by=_label(beside[1], setting),
    )


def _label(story: StorySummary | None, setting: Setting) -> Label | None:
    if story is None:
        return None
    name = item_of(story.lead, setting, with_gist=False).headline.text
    return Label(name, setting.visit.url(f"/story/{story.id}"))


def _points(signal: Signal, places: Iterable[int], setting: Setting) -> Iterable[Linked]:
    points = dict(enumerate(signal.brief.points))
    for point in (points[place] for place in places if place in points):
        text = Text(short(point.text, MAX_POINT), tag_of(point.lang))
        href = _evidence(signal, point.evidence[0], setting) if point.evidence else ""
        yield Linked(text, href)


def _evidence(signal: Signal, sentence: int, setting: Setting) -> str:
    return f"{setting.visit.url(f'/s/{signal.id}')}#{anchor_of(sentence)}"


def _step(told: Told, setting: Setting, *, is_first: bool, is_lead: bool) -> Step:
    member = told.signal
    headline = headline_of(member)
    return Step(
        at=short_moment(member.when, setting.now, setting.visit.lang),
        headline=Text(short(headline.text, _MAX_HEADLINE), headline.tag),
        href=setting.visit.url(f"/s/{member.id}"),
        source=short(member.source_title, _MAX_SOURCE),
        relation=member.relation,
        closed=member.access is Access.SUBSCRIBERS,
        is_first=is_first,
        is_lead=is_lead,
        gist=gist_of(member) if is_first or not (told.points or told.numbers) else None,
        points=tuple(_points(member, told.points, setting)),
        numbers=tuple(_number(member, fact, setting) for fact in told.numbers),
        changes=tuple(_change(member, fact, change, setting) for fact, change in told.changes),
        repeats=tuple(
            Says(
                short(one.source, _MAX_SOURCE),
                short_moment(one.at, setting.now, setting.visit.lang),
                setting.visit.url(f"/s/{one.signal_id}"),
            )
            for one in told.repeats
        ),
        others=told.repeated - len(told.repeats),
    )


def _number(signal: Signal, fact: NumberFact, setting: Setting) -> Linked:
    written = short(fact.text, _MAX_NUMBER)
    measure = named_measure(fact.measure, signal.lang, setting.visit.lang).text
    named = f"{written} ({measure})" if measure else written
    text = Text(named, tag_of(signal.lang))
    href = _evidence(signal, fact.sentence, setting)
    return Linked(text, href, conversion(fact, setting.visit.lang))


def _change(signal: Signal, fact: NumberFact, change: Changed, setting: Setting) -> Change:
    before = said_as(change.before, change.before_zh, setting.visit.lang)
    return Change(short(before, _MAX_NUMBER), _number(signal, fact, setting))


def _figures(
    ordered: Sequence[Signal], setting: Setting, compared: ComparedView
) -> Iterable[FigureRow]:
    """Further numbers that name what they measure: of most sources first, then the newest."""
    found: dict[tuple[str, str, float], list[tuple[NumberFact, Signal]]] = {}
    for member in ordered:
        for fact in member.brief.numbers:
            if fact.measure:
                thing = concept_of(fact.measure) or _letters(fact.measure)
                key = (thing, fact.unit, fact.value)
                found.setdefault(key, []).append((fact, member))
    for group in sorted(found.values(), key=_weight, reverse=True):
        if any((member.id, fact) in compared.used for fact, member in group):
            continue
        fact, member = group[-1]
        names = list(dict.fromkeys(short(one.source_title, _MAX_SOURCE) for _, one in group))
        yield FigureRow(
            text=short(fact.text, _MAX_NUMBER),
            converted=conversion(fact, setting.visit.lang),
            measure=named_measure(fact.measure, member.lang, setting.visit.lang),
            tag=tag_of(member.lang),
            href=_evidence(member, fact.sentence, setting),
            sources=tuple(names[:_MAX_NAMES]),
            others=len(names[_MAX_NAMES:]),
        )


def _weight(group: Sequence[tuple[NumberFact, Signal]]) -> tuple[int, float]:
    return (
        len({member.source_title for _, member in group}),
        max(member.when.timestamp() for _, member in group),
    )


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
