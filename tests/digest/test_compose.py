"""Choosing what a digest holds, and when it is due, on every kind of clock."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose import (
    COLUMN_CAP,
    INSTANT_MAX_AGE,
    SOURCE_CAP,
    compose,
    local_moment,
    matches,
    next_digest_at,
    next_weekly_at,
    next_weekly_push_at,
    quiet_until,
    wants_instant,
    wants_update,
)
from digest.model import (
    Digest,
    DigestKind,
    Relation,
    Rising,
    Signal,
    SignalState,
    Subscription,
    WeeklyTime,
    Wishes,
)
from tests.digest.render.samples import NOW, a_point, a_signal

ALL = Wishes(min_score=0)


def composed(
    signals: list[Signal], wishes: Wishes = ALL, kind: DigestKind = DigestKind.DAILY
) -> Digest | None:
    return compose(signals, wishes, kind=kind, window_from=NOW - timedelta(days=1), window_to=NOW)


# --- matching ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wishes", "wanted"),
    [
        (Wishes(), True),
        (Wishes(columns=("tech",)), True),
        (Wishes(columns=("ai",)), False),
        (Wishes(topics=("chips",)), True),
        (Wishes(topics=("llm",)), False),
        (Wishes(columns=("ai",), topics=("chips",)), True),
        (Wishes(columns=("tech",), topics=("llm",)), True),
        (Wishes(min_score=70), True),
        (Wishes(min_score=71), False),
        (Wishes(sources=(1,)), True),
        (Wishes(sources=(2,)), False),
        (Wishes(words=("推理芯片",)), True),
        (Wishes(words=("推理晶片", "inference")), True),
        (Wishes(words=("infer",)), False),
        (Wishes(columns=("ai",), words=("芯片",)), True),
        (Wishes(words=("芯片",), mutes=("column:tech",)), False),
        (Wishes(mutes=("column:ai",)), True),
        (Wishes(mutes=("芯片",)), False),
        (Wishes(mutes=("量产",)), False),
        (Wishes(mutes=("火箭",)), True),
        (Wishes(mutes=("CHIP",)), False),
        (Wishes(mutes=("hip",)), True),
        (Wishes(mutes=("infer",)), True),
        (Wishes(mutes=("ＣＨＩＰ",)), False),
        (Wishes(mutes=(" ", "")), True),
    ],
)
def test_matching(wishes: Wishes, *, wanted: bool):
    assert matches(a_signal(score=70), wishes) is wanted


def test_a_muted_latin_word_is_found_between_chinese_ones():
    signal = a_signal(headline="谷歌发布AI芯片", points=(a_point("she said so", "en"),))
    assert not matches(signal, Wishes(mutes=("ai",)))
    assert matches(replace(signal, brief=a_signal(headline="x said").brief), Wishes(mutes=("ai",)))


@given(st.text(max_size=8))
def test_any_muted_word_can_be_looked_for(word: str):
    assert matches(a_signal(), Wishes(mutes=(word,))) in {True, False}


# --- choosing ----------------------------------------------------------------------------


def test_nothing_worth_sending_is_silence():
    assert composed([]) is None
    assert composed([a_signal(score=10)], Wishes(min_score=40)) is None


def test_columns_stand_in_their_fixed_order_and_signals_by_score_then_newest():
    signals = [
        a_signal(1, column="policy", score=99),
        a_signal(2, column="ai", score=50),
        a_signal(3, column="ai", score=60, created_at=NOW - timedelta(hours=3)),
        a_signal(4, column="ai", score=60, created_at=NOW - timedelta(hours=1)),
        a_signal(5, column="unknown-shelf", score=90),
    ]
    digest = composed(signals)
    assert digest is not None
    assert [shelf.column for shelf in digest.shelves] == ["ai", "policy", "unknown-shelf"]
    assert [signal.id for signal in digest.signals] == [4, 3, 2, 1, 5]


def test_caps_keep_one_column_and_one_source_from_filling_it():
    same_column = [a_signal(number, score=50 + number) for number in range(1, 9)]
    digest = composed(same_column)
    assert digest is not None
    assert len(digest.signals) == COLUMN_CAP
    assert (digest.read, digest.left_out) == (8, 4)
    columns = ("ai", "tech", "dev", "business")
    same_source = [a_signal(n, source=1, column=columns[n % 4]) for n in range(1, 9)]
    digest = composed(same_source)
    assert digest is not None
    assert len(digest.signals) == SOURCE_CAP


def test_what_may_not_have_arrived_comes_besides_the_caps_and_whatever_the_wishes():
    fresh = [a_signal(number, score=50 + number) for number in range(1, 9)]
    owed = [a_signal(20, score=1), a_signal(21, score=99)]
    fewest = Wishes(columns=("tech",), min_score=40, max_items=2)
    made = partial(
        compose, kind=DigestKind.DAILY, window_from=NOW - timedelta(days=1), window_to=NOW
    )
    digest = made([*owed, *fresh], fewest, owed={20, 21})
    assert digest is not None
    assert [one.id for one in digest.signals] == [21, 8, 7, 20]
    # What a day has room for is the reader's own word; what is owed goes first in it.
    digest = made([*owed, *fresh], fewest, owed={20, 21}, capped=True)
    assert digest is not None
    assert [one.id for one in digest.signals] == [21, 20]
    assert made(owed, replace(fewest, mutes=("column:tech",)), owed={20, 21}) is None


def test_each_column_gives_its_best_before_any_gives_its_second():
    strong = [a_signal(number, column="ai", score=90) for number in range(1, 5)]
    weak = [a_signal(9, column="science", score=45), a_signal(10, column="policy", score=41)]
    digest = composed([*strong, *weak], Wishes(max_items=3, min_score=40))
    assert digest is not None
    assert Counter(signal.placement.column for signal in digest.signals) == {
        "ai": 1,
        "science": 1,
        "policy": 1,
    }


def test_duplicates_held_and_old_stock_are_not_pushed():
    signals = [
        a_signal(1, relation=Relation.DUPLICATE),
        a_signal(2, state=SignalState.HELD),
        a_signal(3, state=SignalState.REJECTED),
        a_signal(4, backlog=True),
    ]
    assert composed(signals) is None
    first = composed(signals, kind=DigestKind.FIRST)
    assert first is not None
    assert [signal.id for signal in first.signals] == [4]


def test_a_story_is_told_once_by_its_newest_update():
    signals = [
        a_signal(1, story_id=5),
        a_signal(2, story_id=5, relation=Relation.UPDATE),
        a_signal(3, story_id=5, relation=Relation.UPDATE),
        a_signal(4, story_id=6, relation=Relation.UPDATE),
    ]
    digest = composed(signals)
    assert digest is not None
    assert {signal.id for signal in digest.signals} == {3, 4}


def test_without_an_update_the_best_of_a_story_tells_it():
    signals = [
        a_signal(1, story_id=5, score=70),
        a_signal(2, story_id=5, score=80, relation=Relation.FOLLOW_UP),
        a_signal(3, story_id=5, score=60, relation=Relation.FOLLOW_UP),
    ]
    digest = composed(signals)
    assert digest is not None
    assert [signal.id for signal in digest.signals] == [2]


def test_what_is_pinned_stands_for_its_story():
    signals = [
        a_signal(1, story_id=5, score=70),
        a_signal(2, story_id=5, score=80, relation=Relation.UPDATE),
    ]
    digest = compose(
        signals, Wishes(), kind=DigestKind.DAILY, window_from=NOW, window_to=NOW, pins={1: True}
    )
    assert digest is not None
    assert [signal.id for signal in digest.signals] == [1]


def test_a_digest_remembers_for_whom_it_is():
    rising = (Rising("llm", 9, 2.0),)
    digest = compose(
        [a_signal()],
        ALL,
        kind=DigestKind.DAILY,
        window_from=NOW,
        window_to=NOW,
        zone="Europe/Berlin",
        rising=rising,
    )
    assert digest is not None
    assert (digest.zone, digest.lang, digest.rising) == ("Europe/Berlin", ALL.lang, rising)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 100), st.sampled_from(["ai", "tech", "dev", "x"]), st.integers(1, 4)
        ),
        max_size=40,
    ),
    st.integers(1, 20),
)
def test_no_cap_is_ever_passed(facts: list[tuple[int, str, int]], most: int):
    signals = [
        a_signal(number, score=score, column=column, source=source)
        for number, (score, column, source) in enumerate(facts, 1)
    ]
    digest = composed(signals, Wishes(min_score=20, max_items=most))
    if digest is None:
        assert all(score < 20 for score, _, _ in facts)
        return
    chosen = digest.signals
    assert 0 < len(chosen) <= most
    assert len({signal.id for signal in chosen}) == len(chosen)
    assert max(Counter(one.placement.column for one in chosen).values()) <= COLUMN_CAP
    assert max(Counter(one.seen_in[0].source_id for one in chosen).values()) <= SOURCE_CAP
    assert len(chosen) + digest.left_out == sum(score >= 20 for score, _, _ in facts)


# --- instant pushes ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "subscription", "wanted"),
    [
        ({"score": 85}, Subscription(), True),
        ({"score": 79}, Subscription(), False),
        ({"score": 85}, Subscription(digest_times=()), True),
        ({"score": 85}, Subscription(instant=False), False),
        ({"score": 85}, Subscription(paused=True), False),
        ({"score": 85, "backlog": True}, Subscription(), False),
        ({"score": 85, "relation": Relation.DUPLICATE}, Subscription(), False),
        ({"score": 85, "relation": Relation.UPDATE}, Subscription(), True),
        ({"score": 85, "state": SignalState.HELD}, Subscription(), False),
        ({"score": 85}, Subscription(wishes=Wishes(columns=("ai",))), False),
        ({"score": 85, "published_at": NOW - INSTANT_MAX_AGE * 2}, Subscription(), False),
    ],
)
def test_instant_pushes_are_for_strong_fresh_wanted_signals(
    changes: dict[str, object], subscription: Subscription, *, wanted: bool
):
    assert wants_instant(a_signal(**changes), subscription, NOW) is wanted


# --- when --------------------------------------------------------------------------------

ZONES = (
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Sydney",
    "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kathmandu",
    "Pacific/Chatham", "America/Santiago", "Asia/Tehran", "UTC", "Pacific/Apia",
)  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("clock", [time(0, 0), time(2, 30), time(8, 30), time(23, 59)])
def test_a_year_has_a_digest_on_each_local_day(zone: str, clock: time):
    subscription = Subscription(zone=zone, digest_times=(clock,))
    tz = ZoneInfo(zone)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    days: list[date] = []
    while now < datetime(2027, 1, 3, tzinfo=UTC):
        due = next_digest_at(subscription, now)
        assert due is not None
        assert now < due <= now + timedelta(hours=26)
        local = due.astimezone(tz)
        exists = local_moment(local.date(), clock, tz).astimezone(tz).time() == clock
        assert local.time() == clock or not exists
        days.append(local.date())
        now = due
    expected = [days[0] + timedelta(days=offset) for offset in range(len(days))]
    assert days == expected


def test_a_skipped_time_comes_at_the_end_of_the_gap():
    subscription = Subscription(zone="Europe/Berlin", digest_times=(time(2, 30),))
    due = next_digest_at(subscription, datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert due == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # 03:00 in Berlin, 02:00 never was
    assert next_digest_at(subscription, due) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_two_times_in_one_gap_are_one_digest():
    subscription = Subscription(
        zone="America/New_York", digest_times=(time(2, 10), time(2, 50), time(9, 0))
    )
    first = next_digest_at(subscription, datetime(2026, 3, 8, 5, tzinfo=UTC))
    assert first == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    assert next_digest_at(subscription, first) == datetime(2026, 3, 8, 13, 0, tzinfo=UTC)


def test_a_doubled_time_counts_once():
    subscription = Subscription(zone="Europe/Berlin", digest_times=(time(2, 30),))
    first = next_digest_at(subscription, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_digest_at(subscription, first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_day_that_never_was_gives_its_digest_at_the_next_midnight():
    # Samoa skipped 30 December 2011.
    subscription = Subscription(zone="Pacific/Apia", digest_times=(time(8, 30),))
    due = next_digest_at(subscription, datetime(2011, 12, 29, 19, tzinfo=UTC))
    assert due == datetime(2011, 12, 30, 10, 0, tzinfo=UTC)
    assert next_digest_at(subscription, due) == datetime(2011, 12, 30, 18, 30, tzinfo=UTC)


WEEKLY_ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe")


@pytest.mark.parametrize("zone", WEEKLY_ZONES)
@pytest.mark.parametrize("clock", [time(0), time(2, 30), time(9), time(23, 59)])
def test_a_weekly_is_due_once_in_every_week_of_a_year(zone: str, clock: time):
    subscription = Subscription(zone=zone, weekly=WeeklyTime(6, clock))
    place, now = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
    weeks: list[tuple[int, int]] = []
    while now < datetime(2027, 1, 1, tzinfo=UTC):
        due = next_weekly_at(subscription, now)
        assert due is not None
        assert now < due <= now + timedelta(days=8)
        local = due.astimezone(place)
        assert local.weekday() == 6
        skipped = local_moment(local.date(), clock, place).astimezone(place).time() != clock
        assert skipped or local.time() == clock
        weeks.append(local.isocalendar()[:2])
        now = due
    # From the Sunday of the first week on; the last one may lie beyond the year.
    assert len(weeks) == len(set(weeks))
    assert len(weeks) in {52, 53}


def test_a_weekly_at_a_skipped_time_comes_right_after_the_gap():
    # The last Sunday of March 2026, when the clocks of Berlin go from two to three.
    subscription = Subscription(zone="Europe/Berlin", weekly=WeeklyTime(6, time(2, 30)))
    due = next_weekly_at(subscription, datetime(2026, 3, 28, tzinfo=UTC))
    assert due == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_weekly_in_quiet_hours_waits_for_their_end():
    late = Subscription(weekly=WeeklyTime(6, time(23, 30)))
    saturday = datetime(2026, 11, 21, tzinfo=UTC)
    assert next_weekly_push_at(late, saturday) == datetime(2026, 11, 22, 23, tzinfo=UTC)


def test_who_wants_no_weekly_has_none_due():
    assert next_weekly_at(Subscription(), NOW) is None
    assert next_weekly_at(Subscription(weekly=WeeklyTime(), paused=True), NOW) is None


@pytest.mark.parametrize(
    ("changes", "subscription", "wanted"),
    [
        ({"score": 5}, Subscription(story_updates=True), True),
        ({"score": 95}, Subscription(), False),
        ({}, Subscription(story_updates=True, paused=True), False),
        ({}, Subscription(story_updates=True, wishes=Wishes(columns=("ai",))), True),
        ({}, Subscription(story_updates=True, wishes=Wishes(mutes=("芯片",))), False),
        ({"backlog": True}, Subscription(story_updates=True), False),
        ({"state": SignalState.HELD}, Subscription(story_updates=True), False),
        ({"published_at": NOW - INSTANT_MAX_AGE * 2}, Subscription(story_updates=True), False),
    ],
)
def test_who_hears_of_a_known_story(
    changes: dict[str, object], subscription: Subscription, wanted: bool
):
    signal = a_signal(relation=Relation.UPDATE, story_id=3, **changes)
    assert wants_update(signal, subscription, NOW, known=True) is wanted


def test_a_followed_story_needs_no_switch_and_an_unknown_one_is_not_told():
    signal = a_signal(relation=Relation.UPDATE, story_id=3)
    assert wants_update(signal, Subscription(stories=(3,)), NOW, known=False)
    assert not wants_update(signal, Subscription(stories=(4,)), NOW, known=True)
    assert not wants_update(signal, Subscription(story_updates=True), NOW, known=False)
    assert not wants_update(signal, Subscription(stories=(3,), paused=True), NOW, known=True)


def test_who_wants_no_daily_digest_has_none_due():
    assert next_digest_at(Subscription(paused=True), NOW) is None
    assert next_digest_at(Subscription(digest_times=()), NOW) is None


def test_the_nearest_of_several_times_is_next():
    subscription = Subscription(digest_times=(time(20, 0), time(8, 0)))
    assert next_digest_at(subscription, datetime(2026, 11, 22, 0, 0, tzinfo=UTC)) == datetime(
        2026, 11, 22, 12, 0, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("clock", "wake"),
    [
        ((22, 59), None),
        ((23, 0), (7, 0)),
        ((3, 0), (7, 0)),
        ((6, 59), (7, 0)),
        ((7, 0), None),
        ((12, 0), None),
    ],
)
def test_quiet_hours_across_midnight(clock: tuple[int, int], wake: tuple[int, int] | None):
    tz = ZoneInfo("Asia/Shanghai")
    now = datetime(2026, 11, 22, *clock, tzinfo=tz)
    until = quiet_until(Subscription(), now.astimezone(UTC))
    assert (until and until.astimezone(tz).timetuple()[3:5]) == wake


def test_quiet_hours_in_the_middle_of_the_day_and_none_at_all():
    tz = ZoneInfo("Asia/Shanghai")
    nap = Subscription(quiet_from=time(12, 0), quiet_to=time(14, 0))
    assert quiet_until(nap, datetime(2026, 11, 22, 13, 0, tzinfo=tz)) == datetime(
        2026, 11, 22, 14, 0, tzinfo=tz
    )
    none = Subscription(quiet_from=time(8, 0), quiet_to=time(8, 0))
    assert quiet_until(none, datetime(2026, 11, 22, 8, 0, tzinfo=tz)) is None


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.times(),
    st.times(),
)
def test_waking_comes_after_now_within_a_day_and_out_of_quiet_hours(
    zone: str, now: datetime, start: time, end: time
):
    subscription = Subscription(zone=zone, quiet_from=start, quiet_to=end)
    until = quiet_until(subscription, now)
    if until is None:
        return
    assert now < until <= now + timedelta(hours=26)
    # A clock that goes back may lead into the same quiet hours once more, hence the second look.
    again = quiet_until(subscription, until)
    assert again is None or until < again
