"""Small edits that change what a sentence says lower its support."""

import json
import time
from importlib import resources

import pytest

from digest.verify import SourceText
from digest.verify.edits import Telling
from digest.verify.faithful import NEVER_FOR, WEIGHTS
from digest.verify.opposites import alike, opposites
from digest.verify.sorts import sorts, tone
from digest.verify.support import stem, tokens

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
        # another thing of the same sort, which the text has not
        ("Teresa Okafor repaired the old bridge.", "Teresa Okafor repaired the old tunnel."),
        ("The ferry contract was approved on Monday.", "The ferry contract was approved Friday."),
        # bad news put in, and a denied word that the text denies nowhere
        (
            "Teresa Okafor praised the engineers who repaired the old bridge.",
            "Teresa Okafor praised the engineers who neglected the old bridge.",
        ),
        ("The new boats are quiet.", "The new boats are quiet, not electric."),
        # an aside that the text does not have
        (
            TRUE,
            "The harbour council approved the ferry contract, which cost jobs, with Lindqvist.",
        ),
    ],
)
def test_an_edit_that_changes_the_meaning_costs_support(true: str, false: str) -> None:
    assert score(false) < score(true) - 0.03


def test_another_word_for_the_same_costs_less_than_an_invented_one() -> None:
    same = score("The harbour council approved the ferry agreement with Lindqvist Marine.")
    assert same > score("The harbour council approved the ferry lottery with Lindqvist Marine.")


def test_the_opposite_beside_the_same_neighbours_counts_wherever_else_it_stands() -> None:
    lines = ("The old mill was sold.", "A new camera took a sharp picture of the harbour.")
    telling = Telling([tokens(line) for line in lines])
    old = telling.counts(tokens("An old camera took a sharp picture."), (1,))
    new = telling.counts(tokens("A new camera took a sharp picture."), (1,))
    assert (old["turned"], new["turned"]) == (1, 0)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("The boats are blue and run on batteries.", "sort_near"),
        ("The boats are blue and the mayor is Scottish.", "sort_far"),
        ("The boats are useless.", "dark"),
        ("The boats are useless.", "against"),
        ("The boats are nonelectric.", "prefixed"),
        ("The boats are not quiet.", "denied"),
        ("The boats are not quiet.", "denied_word"),
        ("The boats might be quiet.", "hedge"),
        ("The ships are quiet.", "same_near"),
        ("The vessels are electric.", "rare_near"),
        ("The boats have an agreement.", "same_far"),
        ("The boats, which are red, leak.", "clause"),
        ("The boats are steered by ghosts.", "last_new"),
        ("Mayor boats harbour quiet.", "fused"),
    ],
)
def test_what_an_edit_is_counted_as(statement: str, name: str) -> None:
    lines = (
        "The boats are quiet and safe.",
        "They are red and run on electric batteries.",
        "The mayor of the harbour is English and signed the contract.",
    )
    telling = Telling([tokens(line) for line in lines])
    assert telling.counts(tokens(statement), (0, 1))[name] > 0
    assert telling.counts(tokens("The boats are quiet."), (0, 1))[name] == 0


def test_a_statement_of_the_texts_own_words_is_told_from_a_reworded_one() -> None:
    assert SOURCE.traits(TRUE)["own"] == 1
    assert SOURCE.traits("The harbour council approved the ferry deal.")["own"] == 0


def test_nothing_that_speaks_against_a_statement_weighs_for_it() -> None:
    weights = json.loads(WEIGHTS.read_text(encoding="utf-8"))["weights"]
    assert len(weights) > 20
    for name, weight in weights.items():
        assert (weight < 0) == (name in NEVER_FOR), name
    assert set(weights) <= SOURCE.traits(TRUE).keys()


def test_what_excludes_one_another_never_says_the_same() -> None:
    lines = resources.files("digest.verify").joinpath("sorts.txt").read_text("utf-8").splitlines()
    for line in lines[2:]:
        words = line.split()
        assert len(words) == len({stem(word) for word in words}) > 1, line
        same = [(a, b) for a in words for b in words if stem(b) in alike(stem(a))]
        assert not same


def test_each_word_has_one_tone_and_things_have_sorts() -> None:
    lines = resources.files("digest.verify").joinpath("tones.txt").read_text("utf-8").splitlines()
    good = {word for line in lines if line[0] == "+" for word in line.split()}
    bad = {word for line in lines if line[0] == "-" for word in line.split()}
    assert good.isdisjoint(bad)
    assert (tone(stem("thriving")), tone(stem("worse")), tone(stem("table"))) == (1, -1, 0)
    assert sorts(stem("yellow")) & sorts(stem("purple"))
    assert not sorts(stem("yellow")) & sorts(stem("tuesday"))


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
