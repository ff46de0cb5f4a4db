from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.model import PollState, Source, SourceSpec, SourceState
from digest.sources.health import Health, SourceHealth, health_of

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HOUR = 3600
SPEC = SourceSpec("k", "https://e.test/feed", "t", "tech", "en")
WELL = PollState(last_ok_at=NOW, newest_entry_at=NOW - timedelta(hours=2), gaps_s=(HOUR,) * 9)


def health(state: SourceState = SourceState.ACTIVE, **changes: object) -> SourceHealth:
    return health_of(Source(1, SPEC, state, replace(WELL, **changes)), NOW)  # type: ignore[arg-type]


def test_a_source_that_answers_as_usual_is_well():
    assert health() == SourceHealth(Health.WELL)
    assert health(errors=2, error_code="timeout") == SourceHealth(Health.WELL)


def test_a_source_that_fails_three_times_or_never_answered_is_sick():
    since = NOW - timedelta(hours=1)
    failing = {"error_code": "dns", "failing_since": since}
    assert health(errors=3, **failing) == SourceHealth(Health.SICK, "dns", since)
    assert health(errors=1, last_ok_at=None, **failing) == SourceHealth(Health.SICK, "dns", since)


@pytest.mark.parametrize(
    ("gaps_s", "silent", "slow"),
    [
        ((HOUR,) * 9, timedelta(days=2), False),  # never before three days
        ((HOUR,) * 9, timedelta(days=4), True),
        ((7 * 24 * HOUR,) * 5, timedelta(days=20), False),  # a weekly, two issues late
        ((7 * 24 * HOUR,) * 5, timedelta(days=71), True),
        ((HOUR, HOUR, 14 * 24 * HOUR), timedelta(days=40), False),  # it paused before
        ((HOUR,), timedelta(days=29), False),  # too little is known
        ((HOUR,), timedelta(days=31), True),
    ],
)
def test_silence_is_measured_by_what_is_usual(
    gaps_s: tuple[int, ...], silent: timedelta, slow: bool
):
    found = health(gaps_s=gaps_s, newest_entry_at=NOW - silent)
    assert found == (
        SourceHealth(Health.SLOW, "quiet", NOW - silent) if slow else SourceHealth(Health.WELL)
    )


def test_what_is_not_polled_is_off_whatever_else():
    assert health(SourceState.PAUSED, errors=9) == SourceHealth(Health.OFF, "paused")
    gone = health(SourceState.GONE, errors=9, failing_since=NOW)
    assert gone == SourceHealth(Health.OFF, "gone", NOW)


def test_a_source_is_new_until_its_first_poll():
    assert health(last_ok_at=None) == SourceHealth(Health.NEW)


def test_the_sick_come_first():
    ranks = [SourceHealth(one).rank for one in (Health.SICK, Health.SLOW, Health.WELL)]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 3
