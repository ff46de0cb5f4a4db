"""Bursts are found soon, told from their beginning, and nothing else is taken for one."""

from dataclasses import replace

import numpy as np
import pytest

from digest.trends.model import Phase
from digest.trends.past import DAILY, HOURLY, Numbers, expect, known_days
from digest.trends.standing import (
    USUAL,
    Bounds,
    Standing,
    deviation,
    may_be_high,
    standings,
    surprises,
)

SLOTS = HOURLY.slots
EVERY_DAY = 24


def world(seed: int = 1, *, size: int = 60) -> tuple[Numbers, Numbers]:
    """Subjects of all sizes whose rates follow hour and weekday, and how much was told in all."""
    dice = np.random.default_rng(seed)
    hours, days = np.arange(SLOTS) % 24, np.arange(SLOTS) // 24
    rhythm = (1 + 0.9 * np.sin(hours / 24 * 2 * np.pi)) * np.where(days % 7 >= 5, 0.4, 1.0)
    rates = np.geomspace(0.02, 1.5, size)
    counts = dice.poisson(rates[:, None] * rhythm).astype(float)
    volumes = counts.sum(axis=0) + dice.poisson(20 * rhythm)
    return counts, volumes


def stand(
    counts: Numbers, volumes: Numbers, extra: int = 0, *, hours: int = 4, back: int = 0
) -> list[Standing]:
    """How all stand with `extra` tellings more in each of `hours` hours that ended `back` ago."""
    counts, volumes = counts.copy(), volumes.copy()
    end = counts.shape[1] - back
    counts[:, end - hours : end] += extra
    return standings(counts, volumes + (extra > 0), HOURLY)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_rises_in_an_even_world(seed: int) -> None:
    high = [one for one in stand(*world(seed)) if one.phase.is_high]
    assert len(high) <= 1


def test_a_burst_starts_and_is_told_from_its_beginning() -> None:
    found = stand(*world(), extra=4)
    assert sum(one.phase is Phase.STARTING for one in found) >= 57
    begun = [SLOTS - one.began for one in found if one.began is not None]
    assert np.median(begun) == 4
    assert max(begun) <= 8


def test_everything_doubled_is_no_trend() -> None:
    counts, volumes = world()
    counts[:, -EVERY_DAY:] += counts[:, -8 * EVERY_DAY : -7 * EVERY_DAY]
    volumes[-EVERY_DAY:] += volumes[-8 * EVERY_DAY : -7 * EVERY_DAY]
    high = [one for one in standings(counts, volumes, HOURLY) if one.phase.is_high]
    assert len(high) <= 1


def test_days_nobody_read_are_no_calm() -> None:
    counts, volumes = world()
    before = stand(counts, volumes)
    away = slice(5 * EVERY_DAY, 15 * EVERY_DAY)
    counts[:, away], volumes[away] = 0, 0
    after = stand(counts, volumes)
    for one, other in zip(before[-20:], after[-20:], strict=True):
        assert other.usual == pytest.approx(one.usual, rel=0.35)
    assert sum(one.phase.is_high for one in after) <= 1


def test_a_burst_of_last_week_does_not_hide_that_of_today() -> None:
    counts, volumes = world()
    once = stand(counts, volumes, extra=3)
    last_week = slice(SLOTS - 6 * EVERY_DAY, SLOTS - 6 * EVERY_DAY + 8)
    counts[:, last_week] += 6
    again = stand(counts, volumes, extra=3)
    assert sum(one.phase.is_high for one in again) >= sum(one.phase.is_high for one in once) - 2
    assert np.mean([one.usual for one in again]) < 1.25 * np.mean([one.usual for one in once])


def test_what_comes_every_week_on_this_day_is_usual() -> None:
    counts, volumes = world()
    for week in range(1, 5):
        end = SLOTS - 7 * week * EVERY_DAY
        counts[10, max(0, end - 6) : end] += 3
    counts[10, -6:] += 3
    alone = world()[0]
    alone[10, -6:] += 3
    weekly, once = stand(counts, volumes)[10], stand(alone, volumes)[10]
    assert once.phase is Phase.STARTING
    assert weekly.usual > 2 * once.usual
    assert weekly.strength < once.strength


@pytest.mark.parametrize(("count", "is_high"), [(2, False), (3, False), (6, True), (9, True)])
def test_small_numbers_prove_little(count: int, *, is_high: bool) -> None:
    """A subject of one telling in three days."""
    dice = np.random.default_rng(3)
    counts = (dice.random((1, SLOTS)) < 0.3 / 24).astype(float)
    counts[:, -2 * EVERY_DAY :] = 0
    volumes = np.full(SLOTS, 10.0)
    counts[0, -3 * count :: 3] += 1
    (one,) = standings(counts, volumes, HOURLY)
    assert one.phase.is_high == is_high


def test_what_has_risen_over_days_does_not_begin_to_rise() -> None:
    """The same last hours say less of a subject whose level was higher the day before."""
    counts, volumes = world(2, size=1)
    counts[:, -9:] += 1
    before = counts.copy()
    before[:, -2 * EVERY_DAY : -EVERY_DAY] += 1
    sudden, slow = (surprises(one, volumes, HOURLY)[0, -1] for one in (counts, before))
    assert sudden >= USUAL.enter
    assert slow < 0.7 * sudden


def test_a_burst_that_ends_fades_and_then_is_over() -> None:
    counts, volumes = world()
    phases = [stand(counts, volumes, extra=4, back=back)[20].phase for back in (0, 12, 40)]
    assert phases[0] is Phase.STARTING
    assert phases[1] is Phase.FADING
    assert phases[2] is Phase.STEADY


def test_a_burst_that_goes_on_rises_and_then_holds() -> None:
    counts, volumes = world()
    assert stand(counts, volumes, extra=3, hours=16)[20].phase is Phase.RISING
    assert stand(counts, volumes, extra=3, hours=40)[20].phase in {Phase.RISING, Phase.HOLDING}


def test_phases_do_not_flicker_from_hour_to_hour() -> None:
    """While a faint burst of half a day goes by, a subject becomes and ceases to be high once."""
    counts, volumes = world(8, size=24)
    counts = np.concatenate([counts, counts[:, -14 * EVERY_DAY :]], axis=1)[:, -SLOTS - 40 :]
    volumes = np.concatenate([volumes, volumes[-14 * EVERY_DAY :]])[-SLOTS - 40 :]
    counts[:, -34:-22:2] += 1

    def turns(bounds: Bounds) -> Numbers:
        high = [
            [one.phase.is_high for one in standings(counts[:, at], volumes[at], HOURLY, bounds)]
            for at in (slice(back, back + SLOTS) for back in range(41))
        ]
        found: Numbers = np.abs(np.diff(np.array(high, dtype=float), axis=0)).sum(axis=0)
        return found

    assert np.mean(turns(USUAL) <= 2) >= 0.95
    assert turns(USUAL).sum() < 0.9 * turns(replace(USUAL, stay=USUAL.enter)).sum()


def test_a_silent_subject_is_quiet_only_where_silence_says_something() -> None:
    counts, volumes = world()
    counts[:, -EVERY_DAY:] = 0
    volumes[-EVERY_DAY:] = volumes[-8 * EVERY_DAY : -7 * EVERY_DAY]
    found = standings(counts, volumes, HOURLY)
    assert found[-1].phase is Phase.QUIET
    assert found[0].phase is Phase.STEADY


def test_a_day_that_was_read_in_part_is_not_known() -> None:
    days = np.array([0, 0, 30, 28, 4, 33, 0, 29, 31], dtype=float)
    known = known_days(days, DAILY.day)
    assert known.tolist() == [False, False, True, True, False, True, False, True, True]
    assert not known_days(np.zeros(9), 1).any()
    assert known_days(np.array([0, 2, 1, 0, 2.0]), 1)[
        1:
    ].all()  # too few to tell a calm from a gap


def test_a_subject_that_nobody_told_has_hardly_any_rate() -> None:
    volumes = np.full(SLOTS, 5.0)
    expected = expect(np.zeros((1, SLOTS)), volumes, HOURLY)
    assert 0 < expected.mean[0, -EVERY_DAY:].sum() < 0.05


def test_deviations_are_like_standard_normal_numbers() -> None:
    dice = np.random.default_rng(7)
    mean = np.array([20.0])
    for spread in (0.0, 0.2):
        rate = mean * (dice.gamma(1 / spread, spread, 20_000) if spread else 1.0)
        found = deviation(dice.poisson(rate, 20_000).astype(float), mean, np.array([spread]))
        assert abs(found.mean()) < 0.2
        assert found.std() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_not_compared_could_not_have_been_unusual(seed: int) -> None:
    dice = np.random.default_rng(seed)
    counts = dice.poisson(np.geomspace(0.0005, 0.05, 600)[:, None], (600, SLOTS)).astype(float)
    ends = SLOTS - dice.integers(0, 70, 600)
    for number, end in enumerate(ends):  # bursts of one to six tellings, at any hour
        counts[number, end - 1 - dice.integers(0, 6, number % 6 + 1)] += 1
    stands = standings(counts, np.full(SLOTS, 60.0), HOURLY, favour=np.full(600, 0.8))
    moved = np.array(
        [one.phase not in {Phase.STEADY, Phase.QUIET} or one.strength_before > 0 for one in stands]
    )
    may = may_be_high(counts[:, -3 * EVERY_DAY :], HOURLY)
    assert moved.sum() > 50
    assert not (moved & ~may).any()
    assert (~may).sum() > 200
