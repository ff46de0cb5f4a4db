from datetime import timedelta

from digest.chronicle import chronicle
from digest.model import Point, Signal
from tests.newsdesk import NOON, brief, number_fact, signal


def member(number: int, words: str, *, value: float, lang: str = "zh") -> Signal:
    fact = number_fact(value=value, text=f"{value:g} 亿元")
    made = brief(f"标题 {number}", numbers=(fact,), points=(Point(words, (0,), lang),))
    return signal(
        number,
        f"标题 {number}",
        lang=lang,
        brief=made,
        published_at=NOON + timedelta(hours=number),
    )


def test_each_signal_adds_what_was_not_said_before() -> None:
    story = (
        member(2, "公司随后公布了召回范围。", value=5),
        member(1, "公司宣布召回电池。", value=5),
        member(3, "监管部门要求说明原因。", value=7),
    )
    told = chronicle(story)
    assert [one.signal.id for one in told] == [1, 2, 3]
    assert [[fact.value for fact in one.numbers] for one in told] == [[], [], [7]]
    assert [one.point for one in told] == [None, 0, 0]


def test_who_only_repeats_adds_nothing() -> None:
    first, second = chronicle(
        (member(1, "公司宣布召回电池。", value=5), member(2, "公司宣布，召回电池。", value=5))
    )
    assert (second.numbers, second.point) == ((), None)
    assert first.signal.id == 1


def test_points_of_another_language_cannot_be_compared() -> None:
    _, second = chronicle(
        (
            member(1, "公司宣布召回电池。", value=5),
            member(2, "The company recalls batteries.", value=6, lang="en"),
        )
    )
    assert second.point is None
    assert [fact.value for fact in second.numbers] == [6]
    assert chronicle(()) == ()
