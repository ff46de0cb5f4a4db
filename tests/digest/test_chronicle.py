from dataclasses import replace
from datetime import timedelta

from digest.chronicle import Retelling, chronicle, course
from digest.model import Adds, Changed, Point, Relation, Signal
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
    assert [one.points for one in told] == [(), (0,), (0,)]


def test_who_only_repeats_adds_nothing() -> None:
    first, second = chronicle(
        (member(1, "公司宣布召回电池。", value=5), member(2, "公司宣布，召回电池。", value=5))
    )
    assert (second.numbers, second.points) == ((), ())
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


def test_what_was_found_when_it_came_goes_before_what_is_compared_now() -> None:
    first = member(1, "公司宣布召回电池。", value=5)
    facts = (number_fact(value=7, text="7 亿元"), number_fact(value=9, text="9 亿元"))
    points = (Point("公司宣布召回电池。", (0,), "zh"), Point("召回范围扩大到海外。", (1,), "zh"))
    update = replace(
        member(2, "", value=5),
        relation=Relation.UPDATE,
        brief=brief("标题 2", numbers=facts, points=points),
        adds=Adds(points=(1,), numbers=(0, 1), changes=(Changed(0, "5 亿元"),)),
    )
    _, told = chronicle((update, first))
    assert told.points == (1,)
    assert [fact.text for fact in told.numbers] == ["9 亿元"]
    assert [(fact.text, it.before) for fact, it in told.changes] == [("7 亿元", "5 亿元")]
    shorter = replace(update, brief=brief("标题 2", numbers=(), points=points[:1]))
    _, told = chronicle((shorter, first))
    assert (told.points, told.numbers, told.changes) == ((), (), ())


def test_a_part_of_a_story_is_told_beside_the_rest_of_it() -> None:
    story = [
        member(number, f"第 {number} 句话说的是别的事情。", value=number) for number in range(5)
    ]
    again = (Retelling(9, "一日报", NOON),)
    part = course(story[3:], story, {3: again}, {3: 10_000}, whole=True)
    assert [one.signal.id for one in part] == [3, 4]
    assert [len(one.numbers) for one in part] == [1, 1]
    assert [(one.repeats, one.repeated) for one in part] == [(again, 10_000), ((), 0)]
    # What others told in between is not known: then nothing is said to be new but what was found
    # to be so when it came.
    story[4] = replace(story[4], adds=Adds(numbers=(0,)))
    part = course(story[3:], story[:1], {}, {}, whole=False)
    assert [len(one.numbers) for one in part] == [0, 1]
