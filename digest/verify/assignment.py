"""Which number of one sentence each number of a statement stands for; one stands for one."""

from collections.abc import Sequence

from digest.verify.matching import same
from digest.verify.quantities import BARE, NUMBER, Quantity
from digest.verify.units import MONEY, measure

_COUNTS = frozenset({NUMBER, BARE})


def displaced(claims: Sequence[Quantity], numbers: Sequence[Quantity]) -> list[bool]:
    """For each claim about a sentence with `numbers`, whether another stands in its place.

    One does where none is left for the claim, but one of its kind is left over.
    """
    taken: dict[int, int] = {}  # number → claim
    for strict in (True, False):
        for at, claim in enumerate(claims):
            if at in taken.values():
                continue
            for place, number in enumerate(numbers):
                fits = _alike(claim, number) or not strict
                if place not in taken and fits and same(claim, number):
                    taken[place] = at
                    break
    left = [number for place, number in enumerate(numbers) if place not in taken]
    given = {at: numbers[place] for place, at in taken.items()}
    return [
        any(_better(claim, given[at], number) for number in left)
        if at in given
        else any(_of_a_kind(claim, number) for number in left)
        for at, claim in enumerate(claims)
    ]


def _alike(claim: Quantity, number: Quantity) -> bool:
    """Whether both are told in the same way: one unit, one kind."""
    if claim.kind != number.kind and not {claim.kind, number.kind} <= _COUNTS:
        return False
    return measure(claim.unit) == measure(number.unit)


def _better(claim: Quantity, given: Quantity, number: Quantity) -> bool:
    """Whether "twice" would do for "2 hours", while "2 minutes" are left over."""
    wanted, there, other = (measure(one.unit).dimension for one in (claim, given, number))
    return bool(wanted) and not there and other == wanted and number.value == claim.value


def _of_a_kind(claim: Quantity, number: Quantity) -> bool:
    """Whether one may stand in the place of the other: both percentages, both days, both miles."""
    if number.kind == MONEY and claim.kind == NUMBER and not claim.unit:
        return True  # the first of two amounts is often told without its currency
    if claim.kind != number.kind and not {claim.kind, number.kind} <= _COUNTS:
        return False
    return measure(number.unit).dimension == measure(claim.unit).dimension
