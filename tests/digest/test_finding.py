from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.finding import (
    Match,
    Narrowing,
    by_day,
    narrowed,
    page_after,
    ranked,
    strength,
    without_repeats,
)

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def match(number: int, hours: float = 0, **changes: object) -> Match:
    given = {"column": "ai", "score": 50} | changes
    return Match(number, NOON - timedelta(hours=hours), **given)  # type: ignore[arg-type]


def test_how_much_a_signal_is_about_the_words() -> None:
    heads = ("OpenAI 发布推理模型", "OpenAI releases o5")
    body = ("价格下降。", "芯片")
    for phrases, expected in (
        ([["openai"], ["推理"]], 3),
        ([["o5"]], 3),
        ([["openai"], ["价格"]], 2),
        ([["价格"]], 1),
        ([["芯片"]], 1),
        ([["芯片"], ["别的"]], 0),
        ([["推理", "理模", "模型"]], 3),
        ([["模型", "推理"]], 0),
        ([["pen"]], 0),
    ):
        assert strength(phrases, heads, body) == expected, phrases


def test_a_day_is_ranked_by_fit_then_score_then_date() -> None:
    day = [match(1, 0, score=90), match(2, 1), match(3, 2), match(4, 3, score=80)]
    assert [one.id for one in ranked(day, {2: 3, 3: 3})] == [2, 3, 1, 4]


def test_days_are_those_of_the_zone() -> None:
    found = [match(1, 13), match(2), match(3, 5)]
    assert [[one.id for one in day] for day in by_day(found, "Asia/Shanghai")] == [[2, 3], [1]]
    assert [[one.id for one in day] for day in by_day(found, "UTC")] == [[2], [3, 1]]


def test_repeats_give_way_to_the_story_and_to_one_of_themselves() -> None:
    found = [
        match(5, story_id=2, repeats=True),
        match(4, story_id=1, repeats=True),
        match(3, story_id=2, repeats=True),
        match(2, story_id=1),
        match(1, repeats=True),
    ]
    assert [one.id for one in without_repeats(found)] == [5, 2, 1]


@given(st.lists(st.integers(1, 99), unique=True), st.integers(1, 7))
def test_pages_lead_through_everything_once_and_back(ids: list[int], size: int) -> None:
    seen: list[int] = []
    starts = [0]
    page = page_after(ids, 0, size)
    while page.ids:
        seen += page.ids
        assert page.before == (None if page.offset == 0 else starts[-2])
        if not page.more:
            break
        starts.append(page.ids[-1])
        page = page_after(ids, page.ids[-1], size)
    assert seen == ids


def test_filters_are_taken_off_one_by_one() -> None:
    whole = Narrowing("ai", "llm", (1,), NOON, NOON)
    assert narrowed(whole, "column") == Narrowing(None, "llm", (1,), NOON, NOON)
    assert narrowed(whole, "topic") == Narrowing("ai", None, (1,), NOON, NOON)
    assert narrowed(whole, "source") == Narrowing("ai", "llm", (), NOON, NOON)
    assert narrowed(whole, "day") == Narrowing("ai", "llm", (1,))
    assert narrowed(whole, "nonsense") == whole
