"""Signals that have only a title: what two of them say, word for word, and what they join."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from digest.stories.across import by_what_is_shared, is_nearest
from digest.stories.index import StoryIndex
from digest.stories.likeness import FEATURES as ALIKE
from digest.stories.rarity import Rarity
from digest.stories.said import IDLE, NAME, NUMBER, WORD, said_of
from digest.stories.shelf import sheet_of
from digest.stories.titles import FEATURES, compare_titles
from digest.stories.traits import traits_of
from tests.digest.test_stories import index_with, item


def beside(one: str, other: str) -> dict[str, float]:
    """What the judge of titles is told of two of them."""
    rarity = Rarity()
    mine, theirs = (sheet_of(traits_of(item(1, title)), 0.0, rarity) for title in (one, other))
    (row,) = compare_titles(mine, theirs)
    return dict(zip(FEATURES, map(float, row), strict=True))


def joins(first: str, second: str, lang: str = "en") -> bool:
    """Whether the second of two titles without texts joins the story of the first."""
    index = index_with(item(1, first, lang=lang))
    return index.place(item(2, second, lang=lang, hours=1)).story_of == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Kestrel to close its Eldmoor shipyard with 900 jobs",
            "Kestrel closes Eldmoor shipyard, 900 jobs to go",
        ),
        (
            "Court rejects Kestrel appeal in Eldmoor harbour case",
            "Kestrel appeal rejected by court in Eldmoor harbour case",
        ),
    ],
)
def test_one_event_in_other_words_is_one_story(one: str, other: str) -> None:
    assert joins(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Eldmoor stocks close lower on Friday", "Eldmoor stocks close higher on Wednesday"),
        ("Kestrel takes lead over Brandt in poll", "Brandt widens lead over Kestrel in poll"),
        ("Three killed in Eldmoor harbour blast", "Eldmoor harbour marks 50 years of trade"),
        ("Protests in Eldmoor enter a third week", "Eldmoor president flies to Brandt summit"),
    ],
)
def test_one_subject_is_not_one_event(one: str, other: str) -> None:
    assert not joins(one, other)


def test_words_are_kept_in_order_with_their_kinds() -> None:
    said = said_of("Kestrel buys the Eldmoor yard for $900 on Monday")
    assert said.kinds == (WORD, WORD, IDLE, NAME, WORD, IDLE, IDLE, NUMBER, IDLE, IDLE)
    assert said_of("Two ships").words[0] == said_of("2 ships").words[0]
    assert said_of("Ships sank.").is_sentence
    assert not said_of("Ships sank").is_sentence


def test_what_turns_a_title_round_is_told() -> None:
    assert beside("Kestrel shares fell 3%", "Kestrel shares rose 3%")["against"] == 1
    assert beside("青川股价上涨", "青川股价下跌")["against"] == 1
    assert beside("Kestrel shares fell", "Kestrel shares slump")["against"] == 0
    assert beside("Kestrel will not sell", "Kestrel will sell")["denies_differ"] == 1
    assert beside("青川未停产", "青川停产")["denies_differ"] == 1


def test_what_either_says_alone_is_told() -> None:
    found = beside("Kestrel sells 12 ships to Brandt", "Kestrel sells 15 ships to Orlow")
    assert found["numbers_left_least"] == 1
    assert found["called_left_least"] == 1
    same = beside("Kestrel sells 12 ships", "Kestrel sells twelve ships")
    assert same["numbers_left_most"] == 0
    assert same["numbers_shared"] == 1
    assert beside("Strike on Monday", "Strike on Friday")["dated_differ"] == 1
    assert beside("周一罢工", "周五罢工")["dated_differ"] == 1
    assert beside("Strike on Monday", "Strike set for Monday")["dated_shared"] == 1


def test_the_order_is_told_and_words_that_mean_the_same() -> None:
    turned = beside("Kestrel sues Brandt", "Brandt sues Kestrel")
    assert turned["exact_least"] == 1
    assert turned["order_least"] < 1
    kin = beside("Kestrel starts talks", "Kestrel begins talks")
    assert kin["said_least"] > kin["exact_least"]


def test_a_title_of_no_words_is_like_nothing() -> None:
    assert not any(beside("🙂", "Kestrel starts talks").values())


def shared(names: Sequence[float], stories: Sequence[int]) -> tuple[list[bool], list[bool]]:
    """What is sure and what is behind of rows of the other language with such names."""
    table = np.zeros((len(names), len(ALIKE)), np.float32)
    table[:, ALIKE.index("names_sum")] = names
    table[:, ALIKE.index("meant_sum")] = 2.0
    table[:, ALIKE.index("zh_en")] = 1
    sure, behind = by_what_is_shared(table, np.array(stories))
    return sure.tolist(), behind.tolist()


def test_across_languages_only_what_is_ahead_of_another_story_is_sure() -> None:
    assert shared([2.0, 0.5], [1, 2]) == ([True, False], [False, True])
    assert shared([2.0, 1.8], [1, 2]) == ([False, False], [False, True])
    assert shared([2.0, 1.8], [1, 1]) == ([True, True], [False, False])
    assert shared([1.0, 0.0], [1, 2]) == ([False, False], [False, True])


@pytest.mark.parametrize(
    ("meant", "second", "back", "common", "nearest"),
    [
        (0.61, 0.2, 0.2, 0.0, True),
        (0.61, 0.2, 0.55, 0.0, False),
        (0.55, 0.47, 0.47, 0.0, False),
        (0.55, 0.47, 0.47, 2.0, True),
        (0.55, 0.54, 0.3, 3.0, False),
        (0.49, -1.0, -1.0, 3.0, False),
    ],
)
def test_the_nearest_in_both_directions_by_a_gap_that_may_be_small_where_names_agree(
    *, meant: float, second: float, back: float, common: float, nearest: bool
) -> None:
    assert is_nearest(meant, second, back, common) is nearest


class _Turned:
    """An encoder that turns each text away by the number it ends with, in degrees."""

    def encode(self, sentences: Sequence[str]) -> Sequence[Sequence[float]]:
        turns = [math.radians(float(one.split()[-1])) for one in sentences]
        return [[math.cos(turn), math.sin(turn), *[0.0] * 510] for turn in turns]


def test_what_means_the_same_is_found_though_it_shares_no_word() -> None:
    zh = item(1, "港口停电", "港口周一停电。 10")
    en = item(2, "Harbour goes dark", "Nothing works there. 0", lang="en")
    for encoder, story in ((_Turned(), 1), (None, None)):
        index = StoryIndex(encoder)
        index.place(zh)
        index.add(zh)
        assert index.place(en).story_of == story
