"""Small edits that change what a sentence says lower its support."""

import time

import pytest

from digest.verify import SourceText
from digest.verify.opposites import alike, opposites
from digest.verify.support import stem

TEXT = (
    "The harbour council approved the ferry contract with Lindqvist Marine on Monday.",
    "Passenger numbers increased sharply last summer, the operator said.",
    "Mayor Teresa Okafor praised the engineers who repaired the old bridge.",
    "Captain Ruben Aalto criticised the delay in a letter to the council.",
    "The new boats are quiet and run on electric batteries.",
)
SOURCE = SourceText(TEXT, "en")
TRUE = "The harbour council approved the ferry contract with Lindqvist Marine."


def score(statement: str, source: SourceText = SOURCE) -> float:
    return min(part.score for part in source.check(statement).support)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (TRUE, "The harbour council has not approved the ferry contract with Lindqvist Marine."),
        (TRUE, "The harbour council rejected the ferry contract with Lindqvist Marine."),
        (TRUE, "The harbour council approved the ferry contract with Bergmann Marine."),
        (TRUE, "The harbour council approved the ferry contract with Lindqvist Marine casinos."),
        ("Passenger numbers increased last summer.", "Passenger numbers fell last summer."),
        ("Passenger numbers rose last summer.", "Passenger numbers declined last summer."),
        (
            "Teresa Okafor praised the engineers who repaired the old bridge.",
            "Teresa Okafor praised the engineers who repaired the electric batteries.",
        ),
        (
            "Ruben Aalto criticised the delay in a letter to the council.",
            "Teresa Okafor criticised the delay in a letter to the council.",
        ),
        ("The boats run on electric batteries.", "The boats run on diesel batteries."),
        ("The new boats are quiet.", "The new boats are loud."),
    ],
)
def test_an_edit_that_changes_the_meaning_costs_support(true: str, false: str) -> None:
    assert score(false) < score(true) - 0.03


def test_another_word_for_the_same_costs_less_than_an_invented_one() -> None:
    same = score("The harbour council approved the ferry agreement with Lindqvist Marine.")
    assert same > score("The harbour council approved the ferry lottery with Lindqvist Marine.")


def test_chinese_is_judged_by_its_words_and_opposites() -> None:
    source = SourceText(("市议会周一批准了新的渡轮合同。", "去年夏天客流明显上升。"), "zh")
    assert score("市议会批准了新的渡轮合同。", source) > 0.8
    assert score("市议会否决了新的渡轮合同。", source) < 0.5
    assert score("去年夏天客流明显下降。", source) < 0.5


def test_scores_are_between_0_and_1_whatever_comes() -> None:
    for source in (SOURCE, SourceText((), "en"), SourceText(("",), "en")):
        for statement in ("", "?!", "x " * 3000, "¬¬ 12 ¬¬", "市 mixed 会"):
            assert all(0.0 <= part.score <= 1.0 for part in source.check(statement).support)


@pytest.mark.parametrize(
    ("one", "other"),
    [("approve", "reject"), ("before", "after"), ("likely", "unlikely"), ("manned", "unmanned"),
     ("上涨", "下跌"), ("批准", "否决"), ("higher", "lower"), ("efficient", "inefficient")],
)  # fmt: skip
def test_opposites_go_both_ways(one: str, other: str) -> None:
    assert stem(other) in opposites(stem(one))
    assert stem(one) in opposites(stem(other))


def test_words_that_say_the_same() -> None:
    assert stem("contract") in alike(stem("agreement"))
    assert alike("qwzx") == frozenset()


def test_a_statement_takes_little_time() -> None:
    source = SourceText(TEXT * 20, "en")
    source.check(TRUE)
    began = time.perf_counter()
    for _ in range(20):
        source.traits(TRUE)
    assert (time.perf_counter() - began) / 20 < 0.02
