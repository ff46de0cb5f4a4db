"""Two single sentences asked whether they say the same, and what must never count as that."""

import pytest

from digest.stories.sayings import Sameness, lay_beside


def said(one: str, other: str, lang: str = "en") -> Sameness:
    """What the two are to each other; the order they are given in must not matter."""
    found = lay_beside(one, other, lang)
    assert lay_beside(other, one, lang) == found
    return found.sameness


@pytest.mark.parametrize(
    ("one", "other", "lang"),
    [
        ("The ferry ran aground.", "The ferry ran aground.", "en"),
        (
            "Kestrel said on Friday that it will close its Eldmoor yard.",
            "On Friday Kestrel said that it will close its Eldmoor yard.",
            "en",
        ),
        ("青川公司宣布关闭云港工厂。", "青川公司宣布，关闭云港工厂。", "zh"),
    ],
)
def test_the_same_in_another_order_is_the_same(one: str, other: str, lang: str) -> None:
    assert said(one, other, lang) is Sameness.SAME


def test_other_words_for_it_with_nothing_added_are_nearly_the_same() -> None:
    one = "The court rejected the appeal by Kestrel."
    assert said(one, "Kestrel's appeal was rejected by the court.") is Sameness.NEARLY


@pytest.mark.parametrize(
    ("one", "other", "lang"),
    [
        ("Kestrel shares fell 3% on Monday.", "Kestrel shares rose 3% on Monday.", "en"),
        ("Kestrel will sell its yard.", "Kestrel will not sell its yard.", "en"),
        ("Kestrel buys Brandt", "Brandt buys Kestrel", "en"),
        ("The ferry struck the yacht.", "The yacht struck the ferry.", "en"),
        (
            "Three people died in the Eldmoor blast.",
            "Nine people died in the Eldmoor blast.",
            "en",
        ),
        ("Kestrel closes on Monday.", "Kestrel closes on Friday.", "en"),
        ("青川公司上半年净利润12亿元。", "青川公司上半年净利润15亿元。", "zh"),
        ("青川股价周三收盘上涨。", "青川股价周五收盘上涨。", "zh"),
        ("青川股价收盘上涨。", "青川股价收盘下跌。", "zh"),
    ],
)
def test_what_differs_in_the_one_word_that_matters_is_not_the_same(
    one: str, other: str, lang: str
) -> None:
    assert said(one, other, lang) is Sameness.OTHER


def test_sentences_of_one_subject_do_not_say_the_same() -> None:
    one = "Kestrel will close its shipyard in Eldmoor next year."
    assert said(one, "Unions in Eldmoor call for a strike at Kestrel.") is Sameness.OTHER
