"""A story from its first signal to its newest: who told it when, and what each added. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.model import NumberFact, Point, Signal
from digest.text.segmentation import search_terms

_MOST_NUMBERS = 3
_TOLD_BEFORE = 0.6  # share of a point's terms from which it only repeats


@dataclass(frozen=True, slots=True)
class Told:
    """One signal of a story. `numbers` and `point` (its place in the brief) are what is new in it.

    The first signal of a story adds nothing to it, and neither does one that only repeats.
    """

    signal: Signal
    numbers: tuple[NumberFact, ...] = ()
    point: int | None = None


def chronicle(story: Iterable[Signal]) -> tuple[Told, ...]:
    """The signals of a story in the order of their dates, with what each adds to the ones before.

    A number is new by value and unit, a point by its words, which can be compared only with what
    was said in the same language.
    """
    told: list[Told] = []
    numbers: set[tuple[float, str]] = set()
    terms: dict[str, set[str]] = {}
    for signal in sorted(story, key=lambda one: (one.when, one.id)):
        known = terms.get(signal.lang)
        told.append(
            Told(
                signal,
                numbers=_new_numbers(signal, numbers) if told else (),
                point=_new_point(signal, known) if known else None,
            )
        )
        numbers.update((fact.value, fact.unit) for fact in signal.brief.numbers)
        terms.setdefault(signal.lang, set()).update(_said(signal))
    return tuple(told)


def _new_numbers(signal: Signal, known: set[tuple[float, str]]) -> tuple[NumberFact, ...]:
    fresh: dict[tuple[float, str], NumberFact] = {}
    for fact in signal.brief.numbers:
        if (fact.value, fact.unit) not in known:
            fresh.setdefault((fact.value, fact.unit), fact)
    return tuple(fresh.values())[:_MOST_NUMBERS]


def _new_point(signal: Signal, known: set[str]) -> int | None:
    for place, point in enumerate(signal.brief.points):
        terms = search_terms(_own_words(point))
        if terms and sum(term in known for term in terms) < _TOLD_BEFORE * len(terms):
            return place
    return None


def _said(signal: Signal) -> Sequence[str]:
    texts = [signal.title, *(_own_words(point) for point in signal.brief.points)]
    return [term for text in texts for term in search_terms(text)]


def _own_words(point: Point) -> str:
    """The point as its article says it."""
    return point.original or point.text
