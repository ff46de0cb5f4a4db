"""A story from its first signal to its newest: who told it when, and what each added. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.condense.standing import leans
from digest.model import Changed, NumberFact, Point, Relation, Signal
from digest.text.segmentation import search_terms

_MOST_NUMBERS = 3
_MOST_POINTS = 3
_TOLD_BEFORE = 0.6  # share of a point's terms from which it only repeats


@dataclass(frozen=True, slots=True)
class Retelling:
    """A signal that only tells again what another told: who did so, and when."""

    signal_id: int
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One signal of a story. `numbers` and `points` (places in its brief) are what is new in it.

    `changes` are its numbers that were told before with another figure, with what they were.
    `repeats` are the first later signals that only tell it again, `repeated` how many do. The
    first signal of a story adds nothing to it, and neither does one that only repeats.
    """

    signal: Signal
    numbers: tuple[NumberFact, ...] = ()
    points: tuple[int, ...] = ()
    changes: tuple[tuple[NumberFact, Changed], ...] = ()
    repeats: tuple[Retelling, ...] = ()
    repeated: int = 0

    @property
    def point(self) -> int | None:
        """The first point that is new, of those that are understood alone; else the first."""
        points = self.signal.brief.points
        known = [place for place in self.points if place < len(points)]
        return next((it for it in known if not leans(points[it].text)), next(iter(known), None))


def chronicle(story: Iterable[Signal]) -> tuple[Told, ...]:
    """The signals of a story in the order of their dates, with what each adds to the ones before.

    As it was found when they came (`Signal.adds`). Where that was not compared, a number is new by
    value and unit, a point by its words, which can be compared only with what was said in the
    same language.
    """
    told: list[Told] = []
    numbers: set[tuple[float, str]] = set()
    terms: dict[str, set[str]] = {}
    for signal in sorted(story, key=lambda one: (one.when, one.id)):
        known = terms.get(signal.lang)
        if not told or signal.relation is Relation.DUPLICATE:
            told.append(Told(signal))
        elif signal.adds is not None:
            told.append(_as_compared(signal))
        else:
            fresh = _new_numbers(signal, numbers)
            told.append(Told(signal, fresh, _new_points(signal, known) if known else ()))
        numbers.update((fact.value, fact.unit) for fact in signal.brief.numbers)
        terms.setdefault(signal.lang, set()).update(_said(signal))
    return tuple(told)


def course(
    steps: Iterable[Signal],
    known: Iterable[Signal],
    repeats: Mapping[int, tuple[Retelling, ...]],
    repeated: Mapping[int, int],
    *,
    whole: bool,
) -> tuple[Told, ...]:
    """Some steps of a story, with what each adds to the others and to what is `known` of it.

    `repeats` and `repeated` say by a step's signal who told it again, and how many did. Where
    what is known is not the `whole` story, only that is new which was found to be so when it came.
    """
    shown = {one.id: one for one in steps}
    told = chronicle({one.id: one for one in (*known, *shown.values())}.values())
    by_id = {
        one.signal.id: one if whole or one.signal.adds is not None else Told(one.signal)
        for one in told
    }
    return tuple(
        replace(by_id[it], repeats=repeats.get(it, ()), repeated=repeated.get(it, 0))
        for it in shown
    )


def _as_compared(signal: Signal) -> Told:
    adds, brief = signal.adds, signal.brief
    if adds is None:
        return Told(signal)
    changed = {one.number for one in adds.changes}
    facts = dict(enumerate(brief.numbers))  # a brief that was edited since may have fewer
    return Told(
        signal,
        tuple(facts[it] for it in adds.numbers if it in facts and it not in changed)[
            :_MOST_NUMBERS
        ],
        tuple(it for it in adds.points if it < len(brief.points))[:_MOST_POINTS],
        tuple((facts[it.number], it) for it in adds.changes if it.number in facts),
    )


def _new_numbers(signal: Signal, known: set[tuple[float, str]]) -> tuple[NumberFact, ...]:
    fresh: dict[tuple[float, str], NumberFact] = {}
    for fact in signal.brief.numbers:
        if (fact.value, fact.unit) not in known:
            fresh.setdefault((fact.value, fact.unit), fact)
    return tuple(fresh.values())[:_MOST_NUMBERS]


def _new_points(signal: Signal, known: set[str]) -> tuple[int, ...]:
    for place, point in enumerate(signal.brief.points):
        terms = search_terms(_own_words(point))
        if terms and sum(term in known for term in terms) < _TOLD_BEFORE * len(terms):
            return (place,)
    return ()


def _said(signal: Signal) -> Sequence[str]:
    texts = [signal.title, *(_own_words(point) for point in signal.brief.points)]
    return [term for text in texts for term in search_terms(text)]


def _own_words(point: Point) -> str:
    """The point as its article says it."""
    return point.original or point.text
