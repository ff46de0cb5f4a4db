"""Trends: topics that are unusual against their own past, honest about small numbers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.model import Rising

_SURPRISING = 0.01  # chance of so many or more at the usual rate
_AT_LEAST_TIMES = 1.8
_PSEUDO_DAYS, _PSEUDO_COUNT = 2.0, 1.0  # what is assumed of a topic with hardly any past
_LEAST_PAST = 2
_LARGE = 100.0
_USUAL_TO_FADE = 4.0  # below that a quiet week proves nothing


@dataclass(frozen=True, slots=True)
class Fading:
    """A topic that is unusually quiet now: `count` in the window, `usual` per window before."""

    topic: str
    count: int
    usual: float


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


def fading_topics(counts: Mapping[str, Sequence[int]]) -> tuple[Fading, ...]:
    """The topics whose last count is improbably small at their usual rate, quietest first.

    `counts` as for `rising_topics`.
    """
    found: list[tuple[float, Fading]] = []
    for topic, spans in counts.items():
        if len(spans) <= _LEAST_PAST:
            continue
        now, past = spans[-1], spans[:-1]
        usual = sum(past) / len(past)
        if usual < _USUAL_TO_FADE or now * _AT_LEAST_TIMES > usual:
            continue
        if 1.0 - _chance_of(now + 1, usual, _dispersion(past, usual)) < _SURPRISING:
            found.append((now / usual, Fading(topic, now, round(usual, 2))))
    found.sort(key=lambda one: (one[0], -one[1].usual, one[1].topic))
    return tuple(fading for _, fading in found)


def known_past(counts: Mapping[str, Sequence[int]]) -> dict[str, Sequence[int]]:
    """`counts` without the spans before the first in which any topic had a signal.

    Before that nothing was read yet, and what was not read must not look like calm.
    """
    first = min(
        (place for spans in counts.values() for place, count in enumerate(spans) if count),
        default=0,
    )
    return {topic: spans[first:] for topic, spans in counts.items()}


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
