"""The numbers of a week: each says what it measures, and no two say the same. Pure."""

from collections import Counter
from collections.abc import Sequence

from digest.model import NumberFact, Signal
from digest.text.segmentation import search_terms
from digest.weeklies.outcome import headline, measured
from digest.weeklies.report import FigureRef

MOST = 12
_PER_COLUMN = 3
# Worth more than any number of the body: what the headline itself speaks of.
_IN_HEADLINE = 1_000


def figures_of(signals: Sequence[Signal]) -> tuple[FigureRef, ...]:
    """At most one number of each signal and of each story, the most telling first."""
    found: list[tuple[int, int, Signal, NumberFact]] = []
    for signal in signals:
        best = _best(signal)
        if best is not None:
            weight, fact = best
            found.append((weight + signal.score.total, signal.id, signal, fact))
    found.sort(key=lambda one: (-one[0], -one[1]))
    return _different([(signal, fact) for _, _, signal, fact in found])


def _best(signal: Signal) -> tuple[int, NumberFact] | None:
    """The number that the headline speaks of, else the first of the brief's."""
    told = headline(signal) + signal.brief.headline
    ranked = [
        (_IN_HEADLINE if fact.text in told or (fact.zh and fact.zh in told) else 0, -place, fact)
        for place, fact in enumerate(signal.brief.numbers)
        if measured(fact.measure)
    ]
    if not ranked:
        return None
    weight, _, fact = max(ranked, key=lambda one: one[:2])
    return weight, fact


def _different(candidates: Sequence[tuple[Signal, NumberFact]]) -> tuple[FigureRef, ...]:
    chosen: list[tuple[Signal, NumberFact]] = []
    columns: Counter[str] = Counter()
    for signal, fact in candidates:
        column = signal.placement.column
        if columns[column] >= _PER_COLUMN or any(
            _says_the_same(signal, fact, *other) for other in chosen
        ):
            continue
        columns[column] += 1
        chosen.append((signal, fact))
    return tuple(FigureRef(signal.id, fact.text) for signal, fact in chosen[:MOST])


def _says_the_same(signal: Signal, fact: NumberFact, other: Signal, known: NumberFact) -> bool:
    if signal.story_id is not None and signal.story_id == other.story_id:
        return True
    if (fact.value, fact.unit) != (known.value, known.unit):
        return False
    mine, theirs = set(search_terms(fact.measure)), set(search_terms(known.measure))
    told = set(search_terms(headline(signal))), set(search_terms(headline(other)))
    return bool(mine & theirs) or bool(told[0] & told[1])
