"""Trends: topics that are unusual against their own past, honest about small numbers."""

import math
from collections.abc import Mapping, Sequence

from digest.model import Rising

_SURPRISING = 0.01  # chance of so many or more at the usual rate
_AT_LEAST_TIMES = 1.8
_PSEUDO_DAYS, _PSEUDO_COUNT = 2.0, 1.0  # what is assumed of a topic with hardly any past
_LEAST_PAST = 2
_LARGE = 100.0


def rising_topics(counts: Mapping[str, Sequence[int]], *, least: int = 3) -> tuple[Rising, ...]:
    """The topics whose count today is improbable at their usual daily rate, strongest first.

    `counts` has one number per day, oldest first, today last; a topic with fewer than two past
    days has no past to be unusual against. `least` is the smallest count that may be called a
    trend. A topic with a restless past needs more than a Poisson one.
    """
    found: list[tuple[float, Rising]] = []
    for topic, days in counts.items():
        if len(days) <= _LEAST_PAST or days[-1] < least:
            continue
        today, past = days[-1], days[:-1]
        usual = sum(past) / len(past)
        assumed = (sum(past) + _PSEUDO_COUNT) / (len(past) + _PSEUDO_DAYS)
        rate = max(usual, assumed)
        if today < _AT_LEAST_TIMES * rate:
            continue
        if _chance_of(today, rate, _dispersion(past, usual)) < _SURPRISING:
            found.append((today / rate, Rising(topic, today, round(usual, 2))))
    found.sort(key=lambda one: (-one[0], -one[1].count, one[1].topic))
    return tuple(rising for _, rising in found)


def _dispersion(past: Sequence[int], usual: float) -> float:
    """Variance over mean of the past days, at least 1 (Poisson)."""
    if usual <= 0 or len(past) <= _LEAST_PAST:
        return 1.0
    variance = sum((count - usual) ** 2 for count in past) / (len(past) - 1)
    return max(1.0, variance / usual)


def _chance_of(today: int, rate: float, dispersion: float) -> float:
    """P(count ≥ today); an over-dispersed past is scaled to a Poisson one of equal spread."""
    scaled_rate, scaled_today = rate / dispersion, math.ceil(today / dispersion)
    if scaled_rate > _LARGE:
        # Large Poisson counts are all but normal, and e^-rate would vanish.
        return 0.5 * math.erfc((scaled_today - 0.5 - scaled_rate) / math.sqrt(2 * scaled_rate))
    below = 0.0
    term = math.exp(-scaled_rate)
    for count in range(scaled_today):
        below += term
        term *= scaled_rate / (count + 1)
    return max(0.0, 1.0 - below)
