"""What the judge of pairs is told of two signals."""

import numpy as np

from digest.stories.likeness import FEATURES, compare
from digest.stories.rarity import Rarity
from digest.stories.shelf import Sheet, sheet_of
from digest.stories.traits import traits_of
from tests.digest.test_stories import item


def sheet(title: str, lead: str = "", lang: str = "zh") -> Sheet:
    return sheet_of(traits_of(item(1, title, lead, lang=lang)), 0.0, Rarity())


def told(one: Sheet, other: Sheet) -> dict[str, float]:
    table = compare(one, other, Rarity(), np.zeros(1, np.float32))
    return dict(zip(FEATURES, table[0].tolist(), strict=True))


def test_who_a_title_is_about_is_missed_in_one_of_another_firm() -> None:
    one, other = sheet("“青栎机器人”完成数亿元融资"), sheet("“远山卫星”完成数亿元融资")
    pair = told(one, other)
    assert pair["head_left_least"] > 0.5
    assert pair["left_least"] > 0.5
    assert pair == told(other, one)
    again = told(one, sheet("数亿元融资，“青栎机器人”已完成", "青栎机器人完成数亿元融资。"))
    assert again["left_least"] < pair["left_least"]
    assert again["head_left_least"] == 0.0


def test_what_only_one_title_says_is_no_contradiction_where_the_text_says_it() -> None:
    short = sheet("Kestrel buys Norvex", lang="en")
    full = sheet("Battery maker sold", "Kestrel will buy Norvex, a battery maker.", lang="en")
    pair = told(short, full)
    assert pair["left_least"] == 0.0
    assert pair["left_most"] > 0.0
    assert told(short, sheet("Battery maker sold", lang="en"))["left_least"] > 0.5


def test_the_same_beginning_counts() -> None:
    one = sheet("远山汽车召回 K7 轿车")
    assert told(one, sheet("远山汽车回应召回"))["head_shared"] > 0.0
    assert told(one, sheet("召回 K7 轿车的是远山汽车"))["head_shared"] == 0.0


def test_half_of_the_figures_of_the_shorter() -> None:
    pair = told(sheet("营收 30 亿元，净利 5 亿元"), sheet("营收 30 亿元，净利 7 亿元"))
    assert pair["figures_least"] == 0.5
    assert pair["figures_differ"] == 0.0
