"""Differences against earlier signals: facts side by side, nothing judged."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from digest.insight import DifferenceKind, differences, topic_timeline
from digest.model import Brief, Kind, NumberFact, Placement, Point, Score, Signal

NOW = datetime(2026, 5, 14, 8, 0, tzinfo=UTC)


def signal(
    number: int,
    title: str,
    *,
    days: float = 0,
    facts: tuple[NumberFact, ...] = (),
    keywords: tuple[str, ...] = (),
    topics: tuple[str, ...] = ("chips",),
    said: str = "",
) -> Signal:
    points = tuple(Point(said or f"The valuation is {one.text}.", (one.sentence,), "en")
                   for one in facts[:1])  # fmt: skip
    return Signal(
        id=number,
        url=f"https://example.org/{number}",
        title=title,
        lang="en",
        brief=Brief(title, "en", points, numbers=facts, keywords=keywords),
        placement=Placement("tech", Kind.NEWS, topics),
        score=Score(()),
        reading_minutes=1,
        created_at=NOW - timedelta(days=days),
        published_at=NOW - timedelta(days=days),
    )


def valuation(text: str, value: float) -> NumberFact:
    return NumberFact(text, value, "money", "USD", 2, measure="valuation", zh="")


def test_the_same_measure_of_the_same_name_with_another_number() -> None:
    new = signal(9, "OpenAI talks with banks", facts=(valuation("$9 billion", 9e9),))
    old = signal(3, "OpenAI raises money", days=5, facts=(valuation("$6 billion", 6e9),))
    older = signal(2, "OpenAI hires", days=9, facts=(valuation("$5 billion", 5e9),))
    (found,) = differences(new, [older, old])
    assert found.kind is DifferenceKind.NUMBER
    assert (found.name, found.measure, found.then, found.now) == (
        "OpenAI", "valuation", "$6 billion", "$9 billion",
    )  # fmt: skip
    assert (found.earlier_id, found.earlier_at, found.direction) == (3, old.when, "up")
    assert found.sentence == 2


def yuan(text: str, value: float, measure: str) -> NumberFact:
    return NumberFact(text, value, "money", "CNY", 0, measure=measure)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        # A maker's other product, with a model's number or without.
        (
            ("高通骁龙开发板上架", "高通骁龙开发板现已上架，定价 4299 元。", 4299, "定价"),
            ("高通骁龙玩具车上架", "高通骁龙玩具车现已上架，定价 15800 元。", 15800, "定价"),
        ),
        (
            ("联想 LOQ 27-10 显示器上架", "联想显示器现已上架，定价 749 元。", 749, "定价"),
            ("联想 LOQ 32Q-10 显示器上架", "联想显示器现已上架，定价 1399 元。", 1399, "定价"),
        ),
        # A year and a quarter of another.
        (
            ("茅台 2025 年市值", "茅台 2025 年市值 1720 亿元。", 1.72e11, "市值"),
            ("茅台第二季度市值", "茅台 2026 年第二季度市值 376 亿元。", 3.76e10, "市值"),
        ),
        # The measure is that of the number before.
        (
            ("茅台估值", "茅台估值 210 亿元。", 2.1e10, "估值"),
            ("茅台融资", "茅台以 210 亿元估值完成了 7 亿元规模的融资。", 7e8, "估值"),
        ),
        # The sentence's own words for what it measures, which no list knows.
        (
            ("茅台酒厂", "茅台酒厂的最大发酵池投资 20 亿元。", 2e9, "最大发酵池"),
            ("茅台酒厂", "茅台酒厂的最大发酵池投资 30 亿元。", 3e9, "最大发酵池"),
        ),
    ],
)
def test_what_is_not_one_thing_at_one_time_is_not_compared(
    then: tuple[str, str, float, str], now: tuple[str, str, float, str]
) -> None:
    old, new = (
        signal(number, title, said=said, days=days, facts=(yuan(text, value, measure),))
        for number, days, (title, said, value, measure) in ((3, 5, then), (9, 0, now))
        for text in [
            next(one for one in re.findall(r"[\d.]+ 亿?元", said) if amount(one) == value)
        ]
    )
    assert differences(new, [old]) == ()


def amount(text: str) -> float:
    return float(text.split(maxsplit=1)[0]) * (1e8 if "亿" in text else 1)


def test_the_price_of_one_model_is_compared() -> None:
    old, new = (
        signal(number, "联想 LOQ 27-10 显示器上架", days=days, said=f"联想显示器定价 {value} 元。",
               facts=(yuan(f"{value} 元", value, "定价"),))
        for number, days, value in ((3, 5, 749), (9, 0, 699))
    )  # fmt: skip
    (found,) = differences(new, [old])
    assert (found.then, found.now) == ("749 元", "699 元")


def test_other_names_units_and_later_signals_are_not_compared() -> None:
    new = signal(9, "OpenAI talks with banks", facts=(valuation("$9 billion", 9e9),))
    other = signal(3, "Norvex raises money", days=5, facts=(valuation("$6 billion", 6e9),))
    later = signal(4, "OpenAI raises money", days=-1, facts=(valuation("$6 billion", 6e9),))
    euros = NumberFact("€6 billion", 6e9, "money", "EUR", 0, measure="valuation")
    foreign = signal(5, "OpenAI in Europe", days=2, facts=(euros,))
    assert differences(new, [other, later, foreign, new]) == ()


def test_an_unchanged_number_and_two_growth_rates_are_no_difference() -> None:
    def growth(value: float) -> NumberFact:
        return NumberFact(f"{value}%", value, "percent", "%", 0, measure="revenue", direction="up")

    new = signal(9, "OpenAI grows", facts=(valuation("$9bn", 9e9), growth(5)))
    old = signal(3, "OpenAI grows", days=5, facts=(valuation("$9 billion", 9e9), growth(8)))
    assert differences(new, [old]) == ()


def test_a_name_is_new_only_among_enough_earlier_signals_of_the_topic() -> None:
    new = signal(9, "Norvex unveils Halo-3", keywords=("Halo-3",))
    earlier = [signal(n, "Chips sell well", days=n) for n in (1, 2, 3)]
    (found,) = differences(new, earlier)
    assert (found.kind, found.name, found.among) == (DifferenceKind.NAME, "Halo-3", 3)
    assert (found.earlier_id, found.earlier_at) == (None, earlier[-1].when)
    assert differences(new, earlier[:2]) == ()
    assert differences(new, [*earlier, signal(8, "Halo-3 is rumoured", days=1)]) == ()
    elsewhere = [signal(n, "Trains run late", days=n, topics=("rail",)) for n in (1, 2, 3)]
    assert differences(new, elsewhere) == ()


def test_the_course_of_a_matter_is_what_shares_a_name() -> None:
    new = signal(9, "OpenAI ships GPT-6", keywords=("GPT-6",))
    first = signal(1, "OpenAI announces GPT-6", days=20, keywords=("GPT-6",))
    second = signal(2, "Regulators look at OpenAI", days=3)
    other = signal(3, "Chips sell well", days=2)
    steps = topic_timeline(new, [other, second, first])
    assert [(step.signal_id, step.shared) for step in steps] == [
        (1, ("GPT-6", "OpenAI")),
        (2, ("OpenAI",)),
    ]
