"""The lines of a weekly report: what came of a story, a number, what is open. For messages."""

from zoneinfo import ZoneInfo

from digest.dates import day_words
from digest.model import NumberFact, Signal
from digest.render.cards import number_words
from digest.render.fit import clean, cut, escape, shorten
from digest.render.lines import SEPARATOR, link, page_url
from digest.render.measures import measure_words
from digest.render.rendering import Rendering
from digest.render.wording import in_words_of, said_as
from digest.weeklies.opened import Happened, says
from digest.weeklies.report import Ahead, Came

_HEADLINE_UNITS = 110
_SUBJECT_UNITS = 60
_POINT_UNITS = 150
_SOURCE_UNITS = 40
_NUMBER_UNITS = 60
_OPEN_UNITS = 150


def news_line(signal: Signal, point: int | None, rendering: Rendering) -> str:
    """What a later signal told: its day and source, then its headline or one of its points.

    "" when it has no such point any more.
    """
    shown = in_words_of(rendering.lang, signal, rendering.wording)
    if point is None:
        words = cut(shown.brief.headline or signal.title, _HEADLINE_UNITS)
    elif point < len(shown.brief.points):
        told = shown.brief.points[point]
        words = shorten(told.text, _POINT_UNITS, told.lang)
    else:
        return ""
    linked = link(page_url(signal, rendering), escape(words))
    return rendering.texts("weekly.step.news", when=escape(_when(signal, rendering)), words=linked)


def gist_line(signal: Signal, point: int, rendering: Rendering) -> str:
    """A point of a signal, in words of its own; "" when it has no such point any more."""
    shown = in_words_of(rendering.lang, signal, rendering.wording)
    if point >= len(shown.brief.points):
        return ""
    told = shown.brief.points[point]
    return escape(shorten(told.text, _POINT_UNITS, told.lang))


def gist_of(signal: Signal) -> int | None:
    """The place of the first point that says more than the headline does."""
    brief = signal.brief
    said = _letters(f"{brief.headline} {brief.headline_original} {signal.title}")
    for place, point in enumerate(brief.points):
        if _letters(point.original or point.text) not in said:
            return place
    return None


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def happened_line(one: Happened, rendering: Rendering) -> str:
    """A step of a story; "" when there is nothing left to say."""
    step, fact = one.step, one.fact
    if step.came is Came.NEWS:
        return news_line(one.signal, step.point, rendering)
    if fact is None:
        return ""
    texts = rendering.texts
    when = link(page_url(one.signal, rendering), escape(_when(one.signal, rendering)))
    measure = escape(measure_words(fact.measure, texts))
    if step.came is Came.CHANGE:
        return texts(
            "weekly.step.change",
            measure=measure,
            start=escape(_said(None, fact.start, rendering)),
            end=escape(_said(None, fact.end, rendering)),
            when=when,
        )
    if one.earlier is None:
        return ""
    earlier = next(
        (known for known in one.earlier.brief.numbers if known.text == step.before), None
    )
    return texts(
        "weekly.step.figure",
        measure=measure,
        before=escape(_said(earlier, step.before, rendering)),
        now=escape(_said(fact, fact.text, rendering)),
        day=escape(_day(one.earlier, rendering)),
        when=when,
    )


def _said(fact: NumberFact | None, wording: str, rendering: Rendering) -> str:
    zh = fact.zh if fact is not None else ""
    return cut(said_as(wording, zh, rendering.lang), _NUMBER_UNITS)


def _day(signal: Signal, rendering: Rendering) -> str:
    return day_words(signal.when.astimezone(ZoneInfo(rendering.zone)).date(), rendering.lang)


def _when(signal: Signal, rendering: Rendering) -> str:
    day, source = _day(signal, rendering), cut(signal.source_title or "", _SOURCE_UNITS)
    return SEPARATOR.join((day, source)) if clean(source) else day


def figure_line(fact: NumberFact, signal: Signal, rendering: Rendering) -> str:
    """A number of the week, what it measures, and the signal that tells it."""
    return f"• {number_words(fact, rendering)} · {subject(signal, rendering)}"


def subject(signal: Signal, rendering: Rendering) -> str:
    """A signal by its linked headline alone."""
    shown = in_words_of(rendering.lang, signal, rendering.wording)
    words = cut(shown.brief.headline or signal.title, _SUBJECT_UNITS)
    return link(page_url(signal, rendering), escape(words))


def open_line(ahead: Ahead, signal: Signal, rendering: Rendering) -> str:
    """What is still open in the article's words; "" when it does not say it any more."""
    if not says(ahead, signal):
        return ""
    shown = in_words_of(rendering.lang, signal, rendering.wording)
    about = subject(signal, rendering)
    if ahead.on is None:
        gap = shown.brief.gaps[ahead.place]
        return f"• {escape(shorten(gap.text, _OPEN_UNITS, gap.lang))} · {about}"
    insight = shown.brief.insight
    moment = insight.timeline[ahead.place] if insight else None
    told = shorten(moment.text, _OPEN_UNITS, moment.lang) if moment else ""
    day = day_words(ahead.on, rendering.lang)
    return f"• <b>{escape(day)}</b> {escape(told)} · {about}"
