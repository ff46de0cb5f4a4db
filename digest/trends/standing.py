"""How subjects stand against what was to be expected: unusual since when, how much, whither.

Each window of the last hours is compared with what was expected in it, by the deviance of a
negative binomial count: about a standard normal number where nothing happens, whatever the size
of the subject. To become unusual it must also stand out from the days just before, in which its
level may have risen already. Whether a subject is unusual is told by walking through the last
days hour by hour: it takes much to become so and little to stay so, and the same counts always
give the same answer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.trends.model import Phase
from digest.trends.past import Expectation, Numbers, Pace, beside, expect

_SURE = 1.64  # standard deviations: nineteen in twenty
_DECLINE, _LEFT = 1.64, 0.4
_HALF = 0.5
# One event brings several tellings at once, however seldom it is told; in a day there are more
# events than in an hour.
_CLUMP, _CLUMP_A_DAY = 0.25, 0.25
_LATELY, _LATELY_AGAINST = 3, 8.0  # days just before a window, and of how many the past speaks
_AS_GOOD = 1.0  # natural logarithms of likelihood
_LEAST_TO_FADE = 4.0  # what must be usual, for its absence to say something


@dataclass(frozen=True, slots=True)
class Bounds:
    """What it takes to become unusual, and to stay so, in standard deviations.

    And at least `times` the usual, by at least `least` tellings.
    """

    enter: float = 3.2
    times: float = 1.15
    stay: float = 2.5
    least: int = 3
    quiet: float = 3.0


USUAL = Bounds()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one subject stands. `began` and `ended` are slots, None where nothing began.

    `surprise` is in standard deviations, of the window in which it is most unusual.
    """

    phase: Phase
    now: int
    usual: float
    strength: float
    strength_before: float
    surprise: float
    began: int | None


def standings(
    counts: Numbers,
    volumes: Numbers,
    pace: Pace,
    bounds: Bounds = USUAL,
    *,
    favour: Numbers | None = None,
) -> list[Standing]:
    """The standing of K subjects at the end of the last slot.

    `counts` is K × slots, `volumes` how much was told in all. `favour` (K) are standard
    deviations that other evidence adds.
    """
    expected = expect(counts, volumes, pace)
    walk = _walk(counts, volumes, expected, pace, bounds, favour)
    told_of = max(1, pace.day // 2)
    lately = walk.high[:, -told_of - 1 :].sum(axis=1) > 0
    had, due = counts[:, -pace.day :].sum(axis=1), expected.mean[:, -pace.day :].sum(axis=1)
    before = np.where(walk.high[:, -1 - pace.day], walk.strength[:, -1 - pace.day], 0.0)
    few = ((due >= _LEAST_TO_FADE) & (walk.lowest[:, -1] <= -bounds.quiet)).tolist()
    found = []
    for place in range(len(counts)):
        phase, began = Phase.QUIET if few[place] else Phase.STEADY, None
        if lately[place]:
            phase, began = _phase(place, counts, expected, walk, pace)
        found.append(
            Standing(
                phase=phase,
                now=int(had[place]),
                usual=float(due[place]),
                strength=float(walk.strength[place, -1]),
                strength_before=float(before[place]),
                surprise=float(walk.surprise[place, -1]),
                began=began,
            )
        )
    return found


def may_be_high(counts: Numbers, pace: Pace, bounds: Bounds = USUAL) -> NDArray[np.bool_]:
    """Which of K subjects can be unusual at all at the end of one of the last slots.

    Where no window has as many as it takes for what was never told before, nothing need be
    compared. `counts` (K × slots) may begin where the first of the windows does.
    """
    seen = np.arange(1.0, 100.0)
    enough = at_least(seen, np.zeros_like(seen), np.zeros_like(seen)) >= bounds.times
    least = max(bounds.least, seen[enough][0])
    window = max(pace.windows)
    had = _running(counts[:, -pace.day * pace.guard - window :])
    found: NDArray[np.bool_] = (had[:, window:] - had[:, :-window]).max(axis=1) >= least
    return found


def surprises(counts: Numbers, volumes: Numbers, pace: Pace, bounds: Bounds = USUAL) -> Numbers:
    """K × steps: how unusual each subject was at the end of each of the last slots, now last.

    In standard deviations; -inf where there is not enough of anything.
    """
    return _walk(counts, volumes, expect(counts, volumes, pace), pace, bounds, None).surprise


@dataclass(frozen=True, slots=True)
class _Walk:
    """Per subject and step (the last step is now): unusual or not, how sure, how strong."""

    high: NDArray[np.bool_]
    surprise: Numbers
    strength: Numbers
    lowest: Numbers  # surprise of the last day, negative for few


def _walk(
    counts: Numbers,
    volumes: Numbers,
    expected: Expectation,
    pace: Pace,
    bounds: Bounds,
    favour: Numbers | None,
) -> _Walk:
    steps = pace.day * pace.guard + 1
    ends = np.arange(counts.shape[1] - steps + 1, counts.shape[1] + 1)
    had, due = _running(counts), _running(expected.mean)
    offered = _running(volumes[None, :])
    shape = (counts.shape[0], steps)
    stay = np.zeros(shape, bool)
    surprise, strength = np.full(shape, -np.inf), np.zeros(shape)
    lowest = np.zeros(shape)
    more = np.zeros(shape[0]) if favour is None else favour
    for window in pace.windows:
        seen = had[:, ends] - had[:, ends - window]
        mean = due[:, ends] - due[:, ends - window]
        told = offered[:, ends] - offered[:, ends - window]
        spread = (expected.restless + expected.doubt)[:, None] + 1.0 / np.maximum(
            beside(told, seen), 1.0
        )
        lately = had[:, ends - window] - had[:, ends - window - _LATELY * pace.day]
        clump = _CLUMP + _CLUMP_A_DAY * window / pace.day
        sure = beyond(seen, mean, spread, clump)
        anew = beyond(seen, _of_late(mean, lately, window / pace.day), spread, clump)
        times = at_least(seen, mean, spread)
        counted = seen >= bounds.least
        worth = np.where(counted & (times >= bounds.times), anew + more[:, None], -np.inf)
        if window < pace.day or len(pace.windows) == 1:  # what was before is no sign of now
            stay |= counted & (sure >= bounds.stay)
        surprise = np.maximum(surprise, worth)
        strength = np.maximum(strength, np.where(counted, times, 0.0))
        if window == pace.windows[-1]:
            lowest = deviation(seen, mean, spread)
    high, enter = np.zeros(shape, bool), surprise >= bounds.enter
    state = np.zeros(shape[0], bool)
    for step in range(steps):
        state = stay[:, step] & (enter[:, step] | state)
        high[:, step] = state
    return _Walk(high, surprise, strength, lowest)


def _of_late(mean: Numbers, lately: Numbers, days: float) -> Numbers:
    """The mean of a window of `days` days, raised by what was told in the days before it."""
    so_far = (lately * days + _LATELY_AGAINST * mean) / (_LATELY + _LATELY_AGAINST)
    higher: Numbers = np.maximum(mean, so_far)
    return higher


def beyond(seen: Numbers, mean: Numbers, spread: Numbers, clump: float) -> Numbers:
    """The deviation from a mean to which one event is added that nobody expects."""
    some = mean + clump
    return deviation(seen, some, spread * (mean / some) ** 2)


def _running(values: Numbers) -> Numbers:
    return np.concatenate([np.zeros((values.shape[0], 1)), np.cumsum(values, axis=1)], axis=1)


def deviation(seen: Numbers, mean: Numbers, spread: Numbers) -> Numbers:
    """How far counts lie from their mean, in standard deviations, below it negative.

    The signed root of the negative binomial deviance; the variance is mean + spread·mean².
    """
    seen, mean = np.maximum(seen, 0.0), np.maximum(mean, 1e-9)
    size = 1.0 / np.maximum(spread, 1e-9)
    alike = np.where(seen > 0, seen * np.log(np.maximum(seen, 1e-12) / mean), 0.0)
    deviance = alike - (seen + size) * np.log((seen + size) / (mean + size))
    root: Numbers = np.sign(seen - mean) * np.sqrt(2 * np.maximum(deviance, 0.0))
    return root


def at_least(seen: Numbers, mean: Numbers, spread: Numbers) -> Numbers:
    """How many times the usual counts are, at least: 19 in 20 are right.

    One is added to the usual, so that what was hardly ever told does not outdo all others.
    """
    some = np.maximum(seen, 1.0)
    doubt = np.sqrt(1.0 / some + spread * (mean / (mean + 1.0)) ** 2)
    times: Numbers = np.maximum(seen - _HALF, 0.0) / (mean + 1.0) * np.exp(-_SURE * doubt)
    return times


def _phase(
    place: int, counts: Numbers, expected: Expectation, walk: _Walk, pace: Pace
) -> tuple[Phase, int]:
    """The phase of a subject that was unusual within the last half day, and since when."""
    high, mine, mean = walk.high[place], counts[place], expected.mean[place]
    told_of = max(1, pace.day // 2)
    end = mine.size - (told_of - int(np.flatnonzero(high[-told_of - 1 :])[-1]))
    began = burst_start(mine, mean, end)
    if not high[-1]:
        return Phase.FADING, began
    age = mine.size - began
    recent = max(1, pace.day // 4)
    spread = np.array([expected.restless[place]])
    had, due = mine[began:-recent].sum(), mean[began:-recent].sum()
    if age > recent and had:
        level = (had + 1.0) / (due + 1.0)
        lately, told = level * mean[-recent:].sum(), mine[-recent:].sum()
        way = float(deviation(np.array([told]), np.array([lately]), spread)[0])
        if way <= -_DECLINE or told + _HALF < _LEFT * (lately + _HALF):
            return Phase.FADING, began
        if age > pace.day and way < 0:
            return Phase.HOLDING, began
    if age <= max(1, pace.day // 3):
        return Phase.STARTING, began
    return Phase.RISING, began


def burst_start(counts: Numbers, mean: Numbers, end: int) -> int:
    """The slot in which the burst that goes on until slot `end` (not included) began.

    The start from which on the counts speak most for being more than usual: the largest
    likelihood ratio over all of them.
    """
    first = max(0, end - 7 * max(1, counts.size // 30))
    had = np.cumsum(counts[first:end][::-1])[::-1]
    due = np.maximum(np.cumsum(mean[first:end][::-1])[::-1], 1e-6)
    ratio = np.maximum(had / due, 1.0)
    likelihood = had * np.log(np.maximum(ratio, 1e-12)) - due * (ratio - 1.0)
    # Of those that say all but the same the latest: what came before by chance began nothing.
    return first + int(np.flatnonzero(likelihood >= likelihood.max() - _AS_GOOD)[-1])
