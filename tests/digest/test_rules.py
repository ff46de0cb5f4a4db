from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from digest.model import Rule, Signal
from digest.rules import RuleIndex, fits
from digest.words import WordIndex, words_in
from tests.newsdesk import NOON, signal

TITLES = ("央行下调利率", "歐洲央行軟體升級", "OpenAI 发布 GPT-5", "AIDE said nothing")


def wanted(rule: Rule, news: Signal) -> bool:
    """What a list of one rule says; it must be the same among others."""
    (other,) = (Rule(99, ("没有这个词",), ("nothing",)),)
    found = RuleIndex((other, rule)).wanting(news)
    assert {one.collection_id for one in found} <= {rule.collection_id}
    return bool(found)


@pytest.mark.parametrize(
    ("rule", "title", "expected"),
    [
        (Rule(1, ("央行",)), "央行下调利率", True),
        (Rule(1, ("软件",)), "歐洲央行軟體升級", False),
        (Rule(1, ("軟體",)), "歐洲央行軟體升級", True),
        (Rule(1, ("歐洲",)), "欧洲央行升级", True),
        (Rule(1, ("ai",)), "AIDE said nothing", False),
        (Rule(1, ("gpt-5", "x")), "OpenAI 发布 GPT-5", True),
        (Rule(1, (".*",)), "OpenAI 发布 GPT-5", False),
        (Rule(1, ("央行",), column="ai"), "央行下调利率", False),
        (Rule(1, ("央行",), column="business"), "央行下调利率", True),
        (Rule(1, ("没有",), ("finance",)), "央行下调利率", True),
        (Rule(1, (), ("llm",)), "央行下调利率", False),
        (Rule(1, column="business"), "央行下调利率", True),
        (Rule(1, column="ai"), "央行下调利率", False),
        (Rule(1), "央行下调利率", False),
    ],
)
def test_a_rule_means_what_it_says(rule: Rule, title: str, expected: bool):
    news = signal(1, title, topics=("finance",))
    assert fits(rule, news) is expected
    assert wanted(rule, news) is expected


def test_paused_rules_want_nothing():
    assert RuleIndex((Rule(1, ("央行",), paused=True),)).wanting(signal(1, TITLES[0])) == ()


def test_what_was_there_before_the_rule_is_no_news_to_it():
    news = signal(1, TITLES[0], created_at=NOON)
    for since, expected in ((NOON, 0), (NOON - timedelta(seconds=1), 1), (None, 1)):
        assert len(RuleIndex((Rule(1, ("央行",), since=since),)).wanting(news)) == expected


def test_spellings_of_one_word_serve_all_their_rules():
    rules = (Rule(1, ("GPT-5",)), Rule(2, ("gpt-5",)), Rule(3, ("ｇｐｔ-5", "央行")))
    found = RuleIndex(rules).wanting(signal(1, TITLES[2]))
    assert {rule.collection_id for rule in found} == {1, 2, 3}


_letters = some.text("央行下調调软軟體件abAB -5é", max_size=4)


@given(some.lists(_letters, max_size=8), some.text("央行下調调软軟體件abAB -5é", max_size=20))
def test_an_index_of_words_finds_what_each_word_would(words: list[str], title: str):
    news = signal(1, title)
    assert sorted(WordIndex(words).found(news)) == sorted(set(words_in(words, news)))


_rules = some.builds(
    Rule,
    collection_id=some.integers(1, 20),
    words=some.lists(some.sampled_from(["央行", "gpt-5", "OpenAI", "歐洲"]), max_size=2).map(
        tuple
    ),
    topics=some.lists(some.sampled_from(["llm", "finance"]), max_size=2).map(tuple),
    column=some.sampled_from(["", "ai", "business"]),
)


@given(
    some.lists(_rules, max_size=12, unique_by=lambda rule: rule.collection_id),
    some.sampled_from(TITLES),
    some.sampled_from([(), ("llm",), ("finance", "llm")]),
)
def test_many_rules_are_asked_as_each_would_be(
    rules: list[Rule], title: str, topics: tuple[str, ...]
):
    news = signal(1, title, topics=topics)
    found = {rule.collection_id for rule in RuleIndex(rules).wanting(news)}
    assert found == {rule.collection_id for rule in rules if fits(rule, news)}
