from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Point, Relation, SeenIn, Signal, SignalState, Wishes
from digest.taxonomy import load_taxonomy
from digest.trends.model import DAYS_NEEDED
from digest.weeklies.choosing import Material, choose, moves_of
from digest.weeklies.opened import Reach, Weekly, opened
from digest.weekly import Tally, Week
from tests.newsdesk import brief, number_fact, signal

ZONE = "Asia/Shanghai"
WEEK = Week(2026, 11)  # 9 to 15 March
TUESDAY = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
AFTER = datetime(2026, 3, 20, tzinfo=UTC)


def told(number: int, **changes: object) -> Signal:
    """A signal of Tuesday noon in Shanghai, each from a source of its own."""
    at = changes.pop("at", TUESDAY)
    seen = (SeenIn(number, f"source {number}", "https://news.example/", TUESDAY),)
    defaults = {"seen_in": seen, "published_at": at, "created_at": at}
    return signal(number, **(defaults | changes))


def composed(*signals: Signal, now: datetime = AFTER, **changes: object) -> Weekly | None:
    """The week of these signals as it is shown, `changes` to how much of it."""
    taxonomy = load_taxonomy()
    found = Material(signals, Tally(len(signals), 1))
    report = choose(WEEK, found, zone=ZONE, now=now, taxonomy=taxonomy)
    if report is None:
        return None
    by_id = {one.id: one for one in signals}
    reach = Reach(**({"per_column": 3} | changes))  # type: ignore[arg-type]
    return opened(report, by_id, now=now, taxonomy=taxonomy, reach=reach)


def numbers(weekly: Weekly | None) -> list[int]:
    assert weekly is not None
    return [one.id for one in weekly.signals]


# --- weeks -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "monday", "sunday"),
    [
        ("2026-W48", date(2026, 11, 23), date(2026, 11, 29)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2025-W01", date(2024, 12, 30), date(2025, 1, 5)),
    ],
)
def test_a_week_is_read_as_it_is_written(text: str, monday: date, sunday: date) -> None:
    week = Week.read(text)
    assert week is not None
    assert (str(week), week.monday, week.sunday) == (text, monday, sunday)
    assert Week.of(monday) == Week.of(sunday) == week


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-48", "2026-W00", "2025-W53", "2026-W54", "0000-W01", "２０２６-W48"]
)
def test_what_no_calendar_has_is_no_week(text: str) -> None:
    assert Week.read(text) is None


def test_a_week_begins_on_the_readers_monday() -> None:
    sunday_night = datetime(2026, 3, 15, 20, 0, tzinfo=UTC)  # Monday morning in Shanghai
    assert str(Week.at(sunday_night, "Asia/Shanghai")) == "2026-W12"
    assert str(Week.at(sunday_night, "Europe/Berlin")) == "2026-W11"
    start, end = WEEK.bounds("Asia/Shanghai")
    assert (start, end) == (
        datetime(2026, 3, 8, 16, tzinfo=UTC),
        datetime(2026, 3, 15, 16, tzinfo=UTC),
    )


def test_the_week_of_a_clock_change_has_an_hour_less() -> None:
    start, end = Week(2026, 13).bounds("Europe/Berlin")
    assert end - start == timedelta(days=7, hours=-1)


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.sampled_from(sorted(zone for zone in available_timezones() if "/" in zone)),
)
def test_weeks_follow_one_another_without_a_gap(day: date, zone: str) -> None:
    week = Week.of(day)
    assert week.bounds(zone)[1] == week.moved(1).bounds(zone)[0]
    assert week.moved(1).moved(-1) == week
    assert Week.read(str(week)) == week


# --- what is picked ----------------------------------------------------------------------


def test_each_column_gives_its_best_in_the_order_of_the_columns() -> None:
    weekly = composed(
        *(told(number, column="business", total=50 + number) for number in range(1, 6)),
        told(9, column="ai", total=30),
    )
    assert weekly is not None
    assert [shelf.column for shelf in weekly.shelves] == ["ai", "business"]
    assert numbers(weekly) == [9, 5, 4, 3]
    assert weekly.complete


def test_only_what_the_week_told_counts() -> None:
    start, end = WEEK.bounds(ZONE)
    assert composed(told(1, at=start - timedelta(seconds=1)), told(2, at=end)) is None
    assert numbers(composed(told(3, at=start), told(4, at=end - timedelta(seconds=1)))) == [4, 3]
    assert composed(told(5, relation=Relation.DUPLICATE)) is None
    assert composed(told(6, state=SignalState.REJECTED)) is None
    assert composed() is None


def test_a_date_in_the_future_counts_as_when_it_was_seen() -> None:
    assert numbers(composed(told(1, published_at=AFTER + timedelta(days=400)))) == [1]


def test_a_story_is_told_once_by_its_best_signal() -> None:
    weekly = composed(
        told(1, story_id=7, total=60),
        told(2, story_id=7, total=80, relation=Relation.UPDATE, column="ai"),
        told(3, total=40),
    )
    assert numbers(weekly) == [2, 3]


def test_one_source_does_not_fill_the_week_but_for_what_is_best_in_its_column() -> None:
    seen = (SeenIn(1, "loud", "https://loud.example/", TUESDAY),)
    two = [told(n, column=("ai", "tech")[n % 2], seen_in=seen, total=80) for n in range(1, 9)]
    assert len(numbers(composed(*two, per_column=4))) == 5
    columns = ("ai", "tech", "dev", "business", "science", "policy")
    each = [told(place, column=one, seen_in=seen) for place, one in enumerate(columns, 1)]
    assert len(numbers(composed(*each))) == 6


def test_a_readers_wishes_narrow_the_week() -> None:
    both = (told(1, column="ai"), told(2, column="business"))
    assert numbers(composed(*both, wishes=Wishes(columns=("ai",)))) == [1]
    assert composed(*both, wishes=Wishes(min_score=90)) is None


def test_a_week_under_way_ends_now() -> None:
    now = TUESDAY + timedelta(hours=1)
    weekly = composed(told(1), told(2, at=now + timedelta(hours=1)), now=now)
    assert numbers(weekly) == [1]
    assert weekly is not None
    assert (weekly.until, weekly.complete) == (now, False)


def test_numbers_of_the_week_say_what_they_measure() -> None:
    silent = brief("净利润 1 万亿元", numbers=(number_fact(measure=""),))
    facts = (number_fact(measure="", text="3"), number_fact(measure="净利润"))
    both = brief("净利润 1 万亿元", numbers=facts)
    weekly = composed(
        told(1, brief=silent), told(2, brief=both, total=50), told(3, brief=both, total=60)
    )
    assert weekly is not None
    assert [(one.signal.id, one.fact.measure) for one in weekly.figures] == [
        (3, "净利润"),
    ]  # and not again what it says


def test_the_number_of_the_headline_comes_before_the_first_of_the_body() -> None:
    facts = (number_fact(text="3 家", value=3, unit="家", measure="分店"), number_fact())
    shops = (Point("分店 3 家。", (0,), "zh"),)
    spoken = brief("央行释放 1 万亿元长期资金", numbers=facts, points=shops)
    weekly = composed(told(1, brief=spoken))
    assert weekly is not None
    assert [one.fact.text for one in weekly.figures] == ["1 万亿元"]


# --- what moves --------------------------------------------------------------------------


def days(*weeks: int) -> list[int]:
    """Counts per day of five weeks, each week's all on its first day."""
    return [count for week in weeks for count in [week, *[0] * 6]]


EVERY_DAY = [60] * DAYS_NEEDED


def test_topics_rise_and_fade_against_the_weeks_before() -> None:
    series = {
        "up": days(2, 3, 2, 3, 14),
        "down": days(20, 22, 19, 21, 3),
        "steady": days(10, 11, 9, 10, 11),
        "rare": days(1, 0, 1, 0, 0),
        "restless": days(2, 40, 1, 38, 3),
    }
    assert len(series["up"]) == DAYS_NEEDED
    moves = moves_of(series, EVERY_DAY)
    assert [(one.key, one.count, one.usual, one.up) for one in moves] == [
        ("up", 14, 2.5, True),
        ("down", 3, 20.5, False),
    ]


def test_a_week_that_has_begun_is_compared_with_the_same_days() -> None:
    # Two on every day: two days into the week there are four, which is no drop from fourteen.
    level = {"level": [2] * DAYS_NEEDED, "fresh": [0] * 33 + [9, 9]}
    moves = moves_of(level, EVERY_DAY, passed=2)
    assert [(one.key, one.count, one.up) for one in moves] == [("fresh", 18, True)]
    assert moves_of(level, EVERY_DAY, passed=0) == ()


def test_what_is_told_twice_as_often_with_all_else_does_not_rise() -> None:
    series = {"level": [4] * 28 + [9] * 7}
    assert [one.key for one in moves_of(series, EVERY_DAY)] == ["level"]
    assert moves_of(series, [60] * 28 + [135] * 7) == ()


def test_weeks_before_anything_was_read_are_no_calm() -> None:
    burst = {"new": days(0, 0, 0, 9, 30)}
    assert moves_of(burst, EVERY_DAY[-13:]) == ()
    assert [one.usual for one in moves_of({"new": days(0, 0, 9, 9, 40)}, EVERY_DAY[-21:])] == [9]
    assert moves_of({}, EVERY_DAY) == ()
    assert moves_of(burst, ()) == ()


def test_days_that_nobody_read_are_no_calm_either() -> None:
    away = [60] * 14 + [0] * 7 + [60] * 14
    (move,) = moves_of({"up": [1] * 14 + [0] * 7 + [1] * 7 + [6] * 7}, away)
    assert (move.count, move.usual) == (42, 7)


def test_the_strongest_rises_first_and_the_quietest_fades_first() -> None:
    series = {
        "double": [6] * 28 + [16] * 7,
        "tenfold": [1] * 28 + [12] * 7,
        "half": [40] * 28 + [14] * 7,
        "gone": [12] * 28 + [0] * 7,
    }
    moves = moves_of(series, [400] * DAYS_NEEDED)
    assert [one.key for one in moves] == ["tenfold", "double", "gone", "half"]
