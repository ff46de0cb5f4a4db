"""What a story's sources agree on, and figures that differ, each with the way to its evidence."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.web.moments import Moment, day_words, short_moment
from bot.web.views.excerpt import anchor_of
from bot.web.views.items import Setting, Text
from bot.web.words import short, tag_of
from digest.agreement import Agreed, Comparison, Disagreement, Revised, Statement
from digest.model import Lang, NumberFact
from digest.render.measures import measure_words
from digest.render.wording import converted
from digest.texts import texts_for

MAX_FIGURES, MAX_POINTS, MAX_DAYS, MAX_DISAGREEMENTS, MAX_REVISED = 5, 4, 3, 5, 5
MAX_SAYING = 6
_MAX_POINT, _MAX_FIGURE, _MAX_MEASURE, _MAX_SOURCE = 240, 60, 60, 40


@dataclass(frozen=True, slots=True)
class Says:
    """A source that states it, when, and where its page shows so."""

    source: str
    at: Moment
    href: str


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as it was written, `converted` for the reader where that helps, and who says so."""

    text: Text
    converted: str
    told: tuple[Says, ...]


@dataclass(frozen=True, slots=True)
class DisagreementView:
    """What the figures measure, and the figures side by side."""

    measure: Text
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class AgreedView:
    """A fact and the sources that state it; `day` of what happened on a day, "" otherwise.

    A figure comes with its `measure`, None for what is told in words.
    """

    text: Text
    converted: str
    measure: Text | None
    day: str
    told: tuple[Says, ...]


@dataclass(frozen=True, slots=True)
class RevisedView:
    """A figure that a source gave, and the one that it gives now."""

    measure: Text
    source: str
    then: Value
    now: Value


@dataclass(frozen=True, slots=True)
class ComparedView:
    """The three lists; `used` are the figures that stand in them."""

    disagreements: tuple[DisagreementView, ...]
    agreed: tuple[AgreedView, ...]
    revised: tuple[RevisedView, ...]
    used: frozenset[tuple[int, NumberFact]]


def compared_view(found: Comparison, setting: Setting) -> ComparedView:
    """Lay out a comparison, at most a few of each kind."""
    agreed = tuple(_chosen(found.agreed))
    differing = found.disagreements[:MAX_DISAGREEMENTS]
    revised = found.revised[:MAX_REVISED]
    used: list[Statement] = [told for one in agreed for told in one.told]
    used += [told for one in differing for figure in one.figures for told in figure.told]
    used += [told for one in revised for told in (one.then, one.now)]
    return ComparedView(
        tuple(_disagreement(one, setting) for one in differing),
        tuple(_agreed(one, setting) for one in agreed),
        tuple(_revised(one, setting) for one in revised),
        frozenset((told.signal.id, told.fact) for told in used if told.fact),
    )


def _chosen(agreed: Iterable[Agreed]) -> Iterator[Agreed]:
    """A few figures, days and points, no sentence twice."""
    left = {"figure": MAX_FIGURES, "day": MAX_DAYS, "point": MAX_POINTS}
    told: set[tuple[int, int]] = set()
    for one in agreed:
        kind = "figure" if one.fact else "day" if one.on else "point"
        place = (one.told[0].signal.id, one.told[0].sentence)
        if left[kind] and (kind == "figure" or place not in told):
            left[kind] -= 1
            told.add(place)
            yield one


def _disagreement(one: Disagreement, setting: Setting) -> DisagreementView:
    first = one.figures[0].told[0]
    values = tuple(_value(figure.told, setting) for figure in one.figures)
    return DisagreementView(measure_text(one.concept, first, setting.visit.lang), values)


def _agreed(one: Agreed, setting: Setting) -> AgreedView:
    lang = setting.visit.lang
    first = in_ones_language(one.told, lang)
    told = says(one.told, setting)
    if first.fact is not None:
        value = _value(one.told, setting)
        return AgreedView(
            value.text, value.converted, measure_text(one.concept, first, lang), "", told
        )
    text = Text(short(first.words, _MAX_POINT), tag_of(first.signal.lang))
    return AgreedView(text, "", None, day_words(one.on, lang) if one.on else "", told)


def _revised(one: Revised, setting: Setting) -> RevisedView:
    return RevisedView(
        measure_text(one.concept, one.now, setting.visit.lang),
        short(one.now.signal.source_title, _MAX_SOURCE),
        _value((one.then,), setting),
        _value((one.now,), setting),
    )


def _value(told: Sequence[Statement], setting: Setting) -> Value:
    shown = in_ones_language(told, setting.visit.lang)
    text = short(shown.fact.text, _MAX_FIGURE) if shown.fact else ""
    beside = conversion(shown.fact, setting.visit.lang) if shown.fact else ""
    return Value(Text(text, tag_of(shown.signal.lang)), beside, says(told, setting))


def conversion(fact: NumberFact, lang: Lang) -> str:
    """How readers of `lang` read the figure, "" where its own wording says it already."""
    beside = short(converted(fact.text, fact.zh, lang), _MAX_FIGURE)
    return "" if _letters(beside) == _letters(fact.text) else beside


def in_ones_language(told: Sequence[Statement], lang: Lang) -> Statement:
    """The first statement in the reader's language, else the first."""
    return next((one for one in told if one.signal.lang == lang), told[0])


def measure_text(concept: str, told: Statement, lang: Lang) -> Text:
    """What a figure measures: by its name where we have one, else in the article's words."""
    if concept:
        return Text(texts_for(lang)(f"measure.{concept}"), tag_of(lang))
    return named_measure(told.fact.measure if told.fact else "", told.signal.lang, lang)


def named_measure(measure: str, written_in: str, lang: Lang) -> Text:
    """What an article in one language measures, by its usual name for readers of another."""
    named = measure_words(measure, texts_for(lang))
    tag = tag_of(written_in if named == measure else lang)
    return Text(short(named, _MAX_MEASURE), tag)


def says(told: Iterable[Statement], setting: Setting) -> tuple[Says, ...]:
    """Who states it, with the way to the sentence on the signal's page."""
    return tuple(
        Says(
            short(one.signal.source_title, _MAX_SOURCE),
            short_moment(one.signal.when, setting.now, setting.visit.lang),
            f"{setting.visit.url(f'/s/{one.signal.id}')}#{anchor_of(one.sentence)}",
        )
        for one in list(told)[:MAX_SAYING]
    )


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
