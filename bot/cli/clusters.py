"""How well a division into groups agrees with that of people: B-cubed and pairwise."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Precision and recall, 0..1; of nothing claimed, or nothing due, 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


Measures = tuple[Agreement, ...]
"""B-cubed (only of whole sets) and pairwise, which is always the last."""
Tried = Iterable[tuple[float, Measures]]
"""Thresholds and what comes of them."""
SURE = 0.95  # precision of merged pairs that we hold ourselves to


def measured(found: Sequence[Hashable], gold: Sequence[Hashable]) -> Measures:
    """Both measures of a whole set."""
    return b_cubed(found, gold), pairwise(found, gold)


def two_thresholds(tried: Tried) -> list[tuple[str, float, Measures]]:
    """The threshold with the best F1 of pairs, and the best of those that are sure enough.

    Both are chosen with the labels in sight, which flatters. The second is missing where no
    threshold merges anything with that precision.
    """
    known = [(one, measures) for one, measures in tried if measures[-1].recall]
    sure = [one for one in known if one[1][-1].precision >= SURE]
    found = []
    for name, some in (("best", known), ("sure", sure)):
        if some:
            found.append((name, *max(some, key=lambda one: one[1][-1].f1)))
    return found


def b_cubed(found: Sequence[Hashable], gold: Sequence[Hashable]) -> Agreement:
    """Agreement by item (Bagga and Baldwin 1998); two parallel lists of group names."""
    together, ours, theirs = _tables(found, gold)
    if not found:
        return Agreement(1.0, 1.0)
    precision = sum(n * n / ours[group] for (group, _), n in together.items())
    recall = sum(n * n / theirs[group] for (_, group), n in together.items())
    return Agreement(precision / len(found), recall / len(found))


def pairwise(found: Sequence[Hashable], gold: Sequence[Hashable]) -> Agreement:
    """Agreement by pairs of items that stand in one group."""
    together, ours, theirs = _tables(found, gold)
    return agreement(_pairs(together), _pairs(ours), _pairs(theirs))


def agreement(hits: int, claimed: int, due: int) -> Agreement:
    """Of counts: what was claimed rightly, all that was claimed, all that should have been."""
    return Agreement(hits / claimed if claimed else 1.0, hits / due if due else 1.0)


def _tables(
    found: Sequence[Hashable], gold: Sequence[Hashable]
) -> tuple[Counter[tuple[Hashable, Hashable]], Counter[Hashable], Counter[Hashable]]:
    return Counter(zip(found, gold, strict=True)), Counter(found), Counter(gold)


def _pairs(table: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(n * (n - 1) // 2 for n in table.values())
