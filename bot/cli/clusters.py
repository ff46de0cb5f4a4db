"""How well a division into groups agrees with that of people: B-cubed and pairwise."""

from collections import Counter
from collections.abc import Hashable, Sequence
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
