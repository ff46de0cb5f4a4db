from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digest.model import SignalState
from digest.policy import (
    DEFAULT,
    REJECTED_BEFORE,
    Fall,
    Hold,
    Mode,
    Policies,
    Policy,
    decide,
    repeats_rejected,
)

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
AI = Policy(Mode.REVIEWED)
STRICT = Policy(Mode.ABOVE, score=80)


@pytest.mark.parametrize(
    ("policy", "score", "published"),
    [
        (Policy(), 0, True),
        (Policy(Mode.ABOVE, score=70), 70, True),
        (Policy(Mode.ABOVE, score=70), 69, False),
        (Policy(Mode.ABOVE, score=0), 0, True),
        (Policy(Mode.REVIEWED), 100, False),
    ],
)
def test_the_mode_and_the_score_decide(policy: Policy, score: int, *, published: bool) -> None:
    assert (decide(policy, DEFAULT, score, NOW) is None) is published


def test_a_hold_says_which_score_was_missed_only_where_it_mattered() -> None:
    by_score = decide(STRICT, "source:3", 79, NOW)
    always = decide(AI, "column:ai", 79, NOW)
    assert by_score == Hold("source:3", 80)
    assert always == Hold("column:ai", None)


@pytest.mark.parametrize(
    ("fall", "score", "state"),
    [
        (Fall.WAIT, 100, SignalState.HELD),
        (Fall.PUBLISH, 0, SignalState.LIVE),
        (Fall.REJECT, 100, SignalState.REJECTED),
        (Fall.ABOVE, 70, SignalState.LIVE),
        (Fall.ABOVE, 69, SignalState.REJECTED),
    ],
)
def test_what_nobody_reviewed_falls_to_the_choice_of_its_policy(
    fall: Fall, score: int, state: SignalState
) -> None:
    held = decide(Policy(Mode.REVIEWED, fall=fall, hours=6, fall_score=70), DEFAULT, score, NOW)
    assert held is not None
    assert held.outcome(score) is state
    assert held.falls_at == (None if fall is Fall.WAIT else NOW + timedelta(hours=6))


def test_the_sources_own_policy_outranks_its_columns_and_that_the_default() -> None:
    all_of_them = Policies(Policy(score=1), {"ai": AI}, {3: STRICT})
    assert all_of_them.of(3, "ai") == ("source:3", STRICT)
    assert all_of_them.of(4, "ai") == ("column:ai", AI)
    assert all_of_them.of(4, "business") == (DEFAULT, Policy(score=1))
    assert all_of_them.of(None, "ai") == ("column:ai", AI)


def test_what_repeats_something_rejected_waits_whatever_the_policy_publishes() -> None:
    held = repeats_rejected(Policy(fall=Fall.REJECT, hours=2), NOW)
    assert held == Hold(REJECTED_BEFORE, None, Fall.REJECT, 0, NOW + timedelta(hours=2))


@pytest.mark.parametrize("wrong", [{"hours": 0}, {"hours": 337}, {"score": 101}, {"score": -1}])
def test_a_policy_that_nobody_can_mean_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"hours|score"):
        Policy(**wrong)
