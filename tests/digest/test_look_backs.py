"""What is worth looking back at: little, and only what later signals say came of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from digest.look_backs import (
    LookBack,
    LookBackKind,
    Outcome,
    chosen,
    is_worth,
    may_be,
    next_look_back_at,
    next_look_back_push_at,
    ranked,
    unmuted,
    windows,
)
from digest.model import Kind, LookBackWish, Relation, Subscription, Wishes
from tests.newsdesk import NOON, brief, signal

OLD = signal(1, "青栎科技发布新一代推理芯片", total=70)
LATER = signal(2, "青栎科技芯片量产推迟", relation=Relation.FOLLOW_UP)
CAME = Outcome(later=(LATER,))
ALL = Wishes(min_score=0)


def past(kind: LookBackKind = LookBackKind.YEAR, **changes: object) -> LookBack:
    made = LookBack(kind, OLD, date(2025, 3, 10), years=1)
    return replace(made, **changes)  # type: ignore[arg-type]


def days(today: date, first: date) -> list[tuple[str, date, date]]:
    return [(one.kind.value, one.first, one.last) for one in windows(today, first)]


def test_a_day_looks_back_at_its_like_and_at_a_month_ago() -> None:
    assert days(date(2026, 3, 10), date(2024, 1, 1)) == [
        ("year", date(2025, 3, 10), date(2025, 3, 10)),
        ("year", date(2024, 3, 10), date(2024, 3, 10)),
        ("month", date(2026, 2, 10), date(2026, 2, 10)),
        ("outcome", date(2026, 2, 4), date(2026, 2, 10)),
    ]
    assert days(date(2026, 1, 5), date(2025, 12, 5)) == [
        ("month", date(2025, 12, 5), date(2025, 12, 5)),
        ("outcome", date(2025, 12, 2), date(2025, 12, 8)),
    ]
    assert days(date(2026, 3, 10), date(2026, 3, 1)) == []


def test_days_that_other_years_and_months_do_not_have() -> None:
    assert [kind for kind, *_ in days(date(2028, 2, 29), date(2026, 1, 1))] == ["month", "outcome"]
    assert [kind for kind, *_ in days(date(2026, 3, 31), date(2026, 1, 1))] == ["outcome"]
    leap = days(date(2028, 2, 29), date(2024, 1, 1))
    assert ("year", date(2024, 2, 29), date(2024, 2, 29)) in leap


def test_the_bounds_of_a_day_are_the_readers() -> None:
    (month, _) = windows(date(2026, 3, 10), date(2026, 2, 1))
    start, end = month.bounds("Asia/Shanghai")
    assert start == datetime(2026, 2, 9, 16, tzinfo=UTC)
    assert end - start == timedelta(days=1)


@pytest.mark.parametrize(
    "title",
    [
        "iPhone 到手价仅 3999 元", "A 股三大指数收盘集体上涨", "8 点 1 氪早报", "今晚直播预告",
        "Best deals on laptops", "Stocks close higher", "Save $200 on this phone",
        "What to watch today", "AI newsletter no. 7",
    ],
)  # fmt: skip
def test_offers_quotations_and_what_is_only_of_its_day_are_not_looked_back_at(title: str) -> None:
    assert may_be(OLD)
    assert not may_be(signal(1, title, total=90))


def test_a_signal_must_be_strong_and_stand_on_its_own() -> None:
    for other in (
        signal(1, total=64),
        replace(OLD, relation=Relation.UPDATE),
        replace(OLD, relation=Relation.DUPLICATE),
        replace(OLD, note="paywalled"),
        replace(OLD, brief=brief(points=())),
        replace(OLD, placement=replace(OLD.placement, kind=Kind.TUTORIAL)),
    ):
        assert not may_be(other)
    assert may_be(replace(OLD, relation=Relation.FOLLOW_UP))
    assert may_be(signal(1, "Microsoft closes its deal with Activision", total=70))


def test_without_an_outcome_only_the_strongest_is_worth_it() -> None:
    kinds = LookBackKind
    assert not is_worth(past())
    assert is_worth(past(outcome=CAME))
    assert is_worth(past(signal=signal(1, total=78)))
    assert not is_worth(past(kinds.MONTH, signal=signal(1, total=84)))
    assert is_worth(past(kinds.MONTH, signal=signal(1, total=85)))
    assert not is_worth(past(kinds.OUTCOME, signal=signal(1, total=99)))
    assert is_worth(past(kinds.OUTCOME, outcome=CAME))
    assert not is_worth(past(signal=signal(1, total=40), outcome=CAME))


def test_what_something_came_of_goes_first_and_each_story_once() -> None:
    strong = past(signal=signal(3, total=95))
    came = past(outcome=CAME)
    month = past(LookBackKind.MONTH, signal=replace(OLD, id=4, story_id=9), outcome=CAME)
    same = past(LookBackKind.OUTCOME, signal=replace(OLD, id=5, story_id=9), outcome=CAME)
    again = past(LookBackKind.OUTCOME, outcome=CAME)
    shown = ranked((strong, came, month, same, again, past(signal=signal(6, total=70))))
    assert [(one.kind.value, one.signal.id) for one in shown] == [
        ("year", 1), ("outcome", 5), ("year", 3),
    ]  # fmt: skip


def test_each_reader_is_shown_what_is_new_to_them_and_what_they_want() -> None:
    first = past(outcome=CAME)
    second = past(signal=replace(signal(3, "深海勘探", total=90, column="science"), story_id=9))
    found = (first, second)
    assert chosen(found, ALL, set(), set()) == first
    assert chosen(found, ALL, {1}, set()) == second
    assert chosen(found, ALL, {1}, {9}) is None
    assert chosen(found, Wishes(min_score=0, columns=("science",)), set(), set()) == second
    assert chosen(found, Wishes(min_score=80), set(), set()) == second
    assert chosen(found, Wishes(min_score=0, mutes=("推理芯片",)), set(), set()) == second


def test_what_came_of_it_does_not_come_through_a_mute() -> None:
    muting = Wishes(min_score=0, mutes=("推迟",))
    assert unmuted(past(outcome=CAME), muting).outcome.later == ()
    assert (
        chosen((past(outcome=CAME),), muting, set(), set()) is None
    )  # nothing else speaks for it
    strong = past(signal=signal(3, total=95), outcome=CAME)
    shown = chosen((strong,), muting, set(), set())
    assert shown is not None
    assert not shown.outcome


@pytest.mark.parametrize(
    ("wish", "times", "expected"),
    [
        (LookBackWish.OFF, (time(8, 30),), None),
        (
            LookBackWish.DAILY,
            (time(20, 30), time(8, 30)),
            datetime(2026, 3, 11, 0, 40, tzinfo=UTC),
        ),
        (LookBackWish.DAILY, (time(20, 30),), datetime(2026, 3, 10, 12, 40, tzinfo=UTC)),
        (LookBackWish.DAILY, (), datetime(2026, 3, 11, 1, 10, tzinfo=UTC)),
        (LookBackWish.WEEKLY, (time(8, 30),), datetime(2026, 3, 15, 0, 40, tzinfo=UTC)),
    ],
)
def test_it_comes_after_the_days_first_digest_or_on_sundays(
    wish: LookBackWish, times: tuple[time, ...], expected: datetime | None
) -> None:
    wanted = Subscription(look_back=wish, digest_times=times)
    assert next_look_back_at(wanted, NOON) == expected
    assert next_look_back_at(replace(wanted, paused=True), NOON) is None


def test_quiet_hours_hold_it() -> None:
    wanted = Subscription(
        look_back=LookBackWish.DAILY,
        digest_times=(time(6),),
        quiet_from=time(23),
        quiet_to=time(7),
    )
    assert next_look_back_push_at(wanted, NOON) == datetime(2026, 3, 10, 23, tzinfo=UTC)
