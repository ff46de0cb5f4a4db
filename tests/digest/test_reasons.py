from dataclasses import replace

import pytest

from digest.model import ScorePart, Wishes
from digest.reasons import evidence_of, obstacle, read_reason, reason_data, reason_of, rules_met
from tests.newsdesk import signal

MADE = signal(1, "推理芯片发布", column="ai", topics=("chips", "llm"), total=60)


@pytest.mark.parametrize(
    ("wishes", "rules"),
    [
        (Wishes(), ("all",)),
        (Wishes(columns=("ai", "business")), ("column:ai",)),
        (Wishes(topics=("llm",)), ("topic:llm",)),
        (
            Wishes(columns=("ai",), topics=("llm", "chips"), sources=(1,), words=("芯片",)),
            ("word:芯片", "topic:chips", "topic:llm", "source:1", "column:ai"),
        ),
        (Wishes(columns=("policy",), sources=(2,), words=("石油",)), ()),
    ],
)
def test_the_rules_that_a_signal_meets(wishes: Wishes, rules: tuple[str, ...]):
    assert rules_met(MADE, wishes) == rules


def test_a_reason_counts_weights_and_the_higher_threshold():
    wishes = Wishes(min_score=50, weights=(("topic:llm", 2), ("source:1", -1)))
    reason = reason_of(MADE, wishes, 80)
    assert (reason.score, reason.pull, reason.least) == (60, 5, 80)
    assert reason_of(MADE, replace(wishes, min_score=90), 80).least == 90
    assert reason_of(MADE, wishes).least == 50
    assert read_reason(reason_data(reason)) == reason


@pytest.mark.parametrize(
    ("wishes", "found"),
    [
        (Wishes(), ""),
        (Wishes(min_score=61), "score"),
        (Wishes(min_score=61, weights=(("topic:llm", 1),)), ""),
        (Wishes(columns=("policy",)), "rules"),
        (Wishes(mutes=("topic:llm",)), "muted"),
    ],
)
def test_what_keeps_a_signal_from_being_pushed(wishes: Wishes, found: str):
    assert obstacle(MADE, wishes) == found


def test_evidence_is_read_as_pairs():
    part = ScorePart("novelty", 1, 2, "points=3 age_h=unknown nonsense")
    assert evidence_of(part) == (("points", "3"), ("age_h.unknown", ""))
