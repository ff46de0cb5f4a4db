"""What came of a story: later developments and figures that are others now, by rule. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from digest.condense.standing import leans
from digest.model import Signal
from digest.newness import Account, Told
from digest.text.segmentation import search_terms
from digest.weeklies.report import Came, Step

MOST_STEPS = 4
_SAME_WORDS = 0.6
"""From this share of a headline's terms on it says what another one said."""
_MEASURE_LETTERS = 40


def steps_of(story: Iterable[Signal], lead: Signal, until: datetime) -> tuple[Step, ...]:
    """What the signals of `story` told after its lead and before `until`, in their order.

    Only what newness calls an update or a follow-up: a repetition is no development. Of more than
    MOST_STEPS the latest stay, figures before words.
    """
    told = sorted(story, key=lambda one: (one.when, one.id))
    later = [
        one
        for one in told
        if one.relation.is_news and lead.when < one.when < until and one.id != lead.id
    ]
    told_by_lead = Told.by([_account(lead)])
    words = [_terms(headline(lead))]
    steps: list[Step] = []
    for signal in later:
        steps += _figures(signal, told)
        news = _news(signal, words, told_by_lead)
        if news is not None:
            steps.append(news)
    return _latest(steps)


def headline(signal: Signal) -> str:
    """The headline in the article's own language, which is what can be compared."""
    brief = signal.brief
    return brief.headline_original or brief.headline or signal.title


def _figures(signal: Signal, told: Sequence[Signal]) -> list[Step]:
    numbers = signal.brief.numbers
    found: list[Step] = []
    for change in signal.adds.changes if signal.adds else ():
        if change.number >= len(numbers):
            continue
        fact = numbers[change.number]
        earlier = _who_said(change.before, signal, told)
        if earlier is not None and measured(fact.measure) and fact.text != change.before:
            found.append(
                Step(
                    Came.FIGURE,
                    signal.id,
                    fact=fact.text,
                    earlier=earlier.id,
                    before=change.before,
                )
            )
    if not found:
        own = next(
            (one for one in numbers if one.start and one.end and measured(one.measure)), None
        )
        if own is not None:
            found.append(Step(Came.CHANGE, signal.id, fact=own.text))
    return found[:1]


def _who_said(number: str, signal: Signal, told: Sequence[Signal]) -> Signal | None:
    """The last signal before that told this number."""
    before = [one for one in told if one.when < signal.when and one.id != signal.id]
    for one in reversed(before):
        if any(fact.text == number for fact in one.brief.numbers):
            return one
    return None


def measured(measure: str) -> bool:
    """Whether a number says what it measures, in few enough words to be shown whole."""
    return 0 < len(measure.strip()) <= _MEASURE_LETTERS


def _account(signal: Signal) -> Account:
    kind = signal.placement.kind
    return Account(signal.id, signal.title, signal.lang, kind, signal.when, signal.brief)


def _news(signal: Signal, words: list[set[str]], lead: Told) -> Step | None:
    """The signal by its headline, or by its new point where the headline was told before.

    Told is also what the lead says in its points, or in other words.
    """
    own = _terms(headline(signal))
    fresh = _is_new(headline(signal), signal.lang, lead)
    if fresh and own and not any(_same(own, other) for other in words):
        words.append(own)
        return Step(Came.NEWS, signal.id)
    points = signal.brief.points
    for place in signal.adds.points if signal.adds else ():
        if place < len(points) and not leans(points[place].text):
            said = _terms(points[place].original or points[place].text)
            told = lead.has_point(points[place], signal.lang)
            if said and not told and not any(_same(said, other) for other in words):
                words.append(said)
                return Step(Came.NEWS, signal.id, point=place)
    return None


def _is_new(text: str, lang: str, lead: Told) -> bool:
    """Whether a headline says what the lead does not: other words, or another amount."""
    return lead.carries(text, lang) != 1.0 or bool(lead.new_figures(text, lang))


def _terms(text: str) -> set[str]:
    return set(search_terms(text))


def _same(one: set[str], other: set[str]) -> bool:
    return bool(one) and len(one & other) >= _SAME_WORDS * min(len(one), len(other))


def _latest(steps: Sequence[Step]) -> tuple[Step, ...]:
    if len(steps) <= MOST_STEPS:
        return tuple(steps)
    figures = [one for one in steps if one.came is not Came.NEWS][-MOST_STEPS // 2 :]
    room = MOST_STEPS - len(figures)
    kept = {id(one) for one in (*figures, *[s for s in steps if s.came is Came.NEWS][-room:])}
    return tuple(one for one in steps if id(one) in kept)
