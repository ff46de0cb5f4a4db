"""What a subject's past lets expect: its share of everything told, robust, by weekday and hour.

A subject with count c in a time in which n other things were told is expected to have θ·n: when
everything is told twice as often, or nothing was read for a while, expectations move with it.
θ is learned from past days in which single bursts are cut down to what chance allows, so that
yesterday's burst does not make today's look usual. What is known of its weekdays and hours bends
the expectation, the less the less is known.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from digest.trends.model import WEEK

Numbers = NDArray[np.float64]

_ITSELF = 0.8
_ROUNDS = 8
_CHANCE = 1.64  # standard deviations: what 19 of 20 days stay below
_FAR = 3.0  # of an hour's counts
_PRIOR_COUNT, _PRIOR_DAYS = 0.5, 4.0  # what is assumed of a subject without a past
_RESTLESS, _RESTLESS_WEIGHT = 0.1, 6.0  # α before anything is known, and how firmly
_LEAST_RESTLESS, _MOST_RESTLESS = 0.1, 0.2
_WEEKDAY_WEIGHT, _HOUR_WEIGHT = 6.0, 10.0  # counts
_SAME_WEEKDAYS = 3
_PARTLY = 0.25  # of a usual day's volume; a day below was read in part
_IMPROBABLE = 3.1  # standard deviations


@dataclass(frozen=True, slots=True)
class Pace:
    """How time is cut: into slots, `day` of which make a day.

    `windows` (in slots) are looked at for bursts; the last `guard` days before now are no past,
    so that what is going on is not compared with itself; before them `past` days are known at
    most.
    """

    slot: timedelta
    day: int
    windows: tuple[int, ...]
    guard: int
    past: int

    @property
    def slots(self) -> int:
        """How many slots there are in all."""
        return self.day * (self.guard + self.past)


HOURLY = Pace(timedelta(hours=1), 24, (2, 4, 8, 14, 24), 2, 28)
DAILY = Pace(timedelta(days=1), 1, (1,), 2, 28)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was to be expected of K subjects.

    `mean` (K × slots) per slot; `restless` (K) is how much more than by chance a subject varies
    from day to day, and `doubt` (K) how little is known of it: both as variance over mean².
    """

    mean: Numbers
    restless: Numbers
    doubt: Numbers


def beside(volumes: Numbers, counts: Numbers) -> Numbers:
    """How much else was told; of what is all but everything a little of itself is taken too."""
    others: Numbers = np.maximum(volumes - _ITSELF * counts, 0.0)
    return others


def known_days(volumes: Numbers, day: int) -> NDArray[np.bool_]:
    """Which days of `volumes` (slots) were read whole: not so few things as to be improbable.

    Days before anything was read and days on which the bot was down are not known.
    """
    days = volumes.reshape(-1, day).sum(axis=1)
    begun = np.flatnonzero(days)
    if not begun.size:
        return np.zeros(days.size, dtype=bool)
    usual = float(np.median(days[begun[0] :][days[begun[0] :] > 0]))
    least = min(_PARTLY * usual, usual - _IMPROBABLE * np.sqrt(usual))
    known: NDArray[np.bool_] = days > max(least, 0.0) if least > 0 else days >= 0
    known[: begun[0]] = False
    return known


def expect(counts: Numbers, volumes: Numbers, pace: Pace) -> Expectation:
    """What the past of K subjects lets expect. `counts` is K × slots, `volumes` per slot."""
    others = beside(volumes, counts)
    shape = (counts.shape[0], -1, pace.day)
    blocks = pace.past
    known = known_days(volumes, pace.day)[:blocks]
    daily = counts.reshape(shape).sum(axis=2)[:, :blocks] * known
    offered = others.reshape(shape).sum(axis=2)[:, :blocks] * known
    weekday = np.ones((counts.shape[0], WEEK))
    share, restless, doubt = _share(daily, offered)
    classes = np.arange(pace.past + pace.guard) % WEEK
    if known.sum() >= WEEK * _SAME_WEEKDAYS:
        weekday = _weekdays(daily, offered * share[:, None], restless, classes[:blocks], known)
        share, restless, doubt = _share(daily, offered * weekday[:, classes[:blocks]])
    mean = share[:, None] * others * np.repeat(weekday[:, classes], pace.day, axis=1)
    if pace.day > 1:
        mean *= np.tile(_hours(counts, mean, np.repeat(known, pace.day), pace), classes.size)
    return Expectation(mean, restless, doubt)


def _share(daily: Numbers, offered: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """θ, α and the doubt about θ, from counts per day and what else was told (K × days)."""
    day = offered.sum(axis=1) / np.maximum((offered > 0).sum(axis=1), 1)
    room = offered.sum(axis=1) + _PRIOR_DAYS * np.maximum(day, 1.0)
    restless = np.full(daily.shape[0], _RESTLESS)
    share = (daily.sum(axis=1) + _PRIOR_COUNT) / room
    seen = np.zeros(daily.shape[0])
    for _ in range(_ROUNDS):
        mean = share[:, None] * offered
        spread = np.sqrt(mean + restless[:, None] * mean**2)
        seen = np.minimum(daily, mean + _CHANCE * spread + 0.5).sum(axis=1)
        share = (seen + _PRIOR_COUNT) / room
        mean = share[:, None] * offered
        off = np.minimum(daily, mean + _CHANCE * spread + 0.5) - mean
        extra = (off**2 - mean).sum(axis=1) + _RESTLESS_WEIGHT * _RESTLESS
        size = (mean**2).sum(axis=1) + _RESTLESS_WEIGHT
        restless = np.clip(extra / size, _LEAST_RESTLESS, _MOST_RESTLESS)
    return share, restless, 1.0 / (seen + _PRIOR_COUNT)


def _weekdays(
    daily: Numbers,
    mean: Numbers,
    restless: Numbers,
    classes: NDArray[np.int_],
    known: NDArray[np.bool_],
) -> Numbers:
    """K × 7 factors: how much oftener than usual on this day of the week, for most such days."""
    factors = np.ones((daily.shape[0], WEEK))
    for number in range(WEEK):
        mine = (classes == number) & known
        if mine.sum() < _SAME_WEEKDAYS:
            continue
        had, due = daily[:, mine], mean[:, mine]
        # What most of these days have in common is their rhythm, what one has alone is a burst.
        usual = np.maximum(np.median(had / np.maximum(due, 1e-9), axis=1)[:, None], 1.0) * due
        cap = usual + _CHANCE * np.sqrt(usual + restless[:, None] * usual**2) + 0.5
        seen = np.minimum(had, cap).sum(axis=1)
        factors[:, number] = (seen + _WEEKDAY_WEIGHT) / (due.sum(axis=1) + _WEEKDAY_WEIGHT)
    return factors


def _hours(counts: Numbers, mean: Numbers, known: NDArray[np.bool_], pace: Pace) -> Numbers:
    """K × day factors: how much oftener than all others together at this hour of the day."""
    end = known.size
    shape = (counts.shape[0], -1, pace.day)
    due = mean[:, :end] * known
    cap = due + _FAR * np.sqrt(due) + 1.0
    seen = (np.minimum(counts[:, :end], cap) * known).reshape(shape).sum(axis=1)
    usual = due.reshape(shape).sum(axis=1)
    factors: Numbers = (seen + _HOUR_WEIGHT) / (usual + _HOUR_WEIGHT)
    total = usual.sum(axis=1)
    scale = np.where(total > 0, (factors * usual).sum(axis=1) / np.maximum(total, 1e-9), 1.0)
    return factors / scale[:, None]
