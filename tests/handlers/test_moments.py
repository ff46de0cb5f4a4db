from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.moments import FURTHEST, minute_of, moment_of, read_moment, tonight_and_morning

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 28, 15, 10, tzinfo=ZoneInfo(ZONE))  # a Saturday


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("21:30", "11-28 21:30"),
        ("9:00", "11-29 09:00"),
        ("８：３０", "11-29 08:30"),
        ("今晚", "11-28 20:00"),
        ("今晚 9 点", "11-28 21:00"),
        ("今晚8点半", "11-28 20:30"),
        ("明早", "11-29 08:00"),
        ("明早7点", "11-29 07:00"),
        ("明天 18:00", "11-29 18:00"),
        ("明天下午3点", "11-29 15:00"),
        ("后天早上 9 点", "11-30 09:00"),
        ("下午 5 点", "11-28 17:00"),
        ("周五 18:00", "12-04 18:00"),
        ("下周三 9:00", "12-02 09:00"),
        ("12-01 09:30", "12-01 09:30"),
        ("12月1日 9点", "12-01 09:00"),
        ("2026-12-24 20:00", "12-24 20:00"),
        ("1月5日 8:00", "01-05 08:00"),
        ("2小时后", "11-28 17:10"),
        ("30 分钟后", "11-28 15:40"),
        ("tonight", "11-28 20:00"),
        ("tonight at 9:30", "11-28 21:30"),
        ("tomorrow 9:00", "11-29 09:00"),
        ("tomorrow morning", "11-29 08:00"),
        ("Fri 18:00", "12-04 18:00"),
        ("in 2 hours", "11-28 17:10"),
        ("in half an hour", "11-28 15:40"),
        ("24:00", "11-29 00:00"),
    ],
)
def test_moments_as_people_type_them(typed: str, told: str):
    moment = read_moment(typed, ZONE, NOW)
    assert moment is not None
    assert f"{moment.astimezone(ZoneInfo(ZONE)):%m-%d %H:%M}" == told


@pytest.mark.parametrize(
    "typed",
    ["", "明天", "周五", "今早", "下次", "25:00", "2020-01-01 9:00", "2099-01-01 9:00",
     "2-30 9:00", "9:00 10:00", "2 小时", "x" * 500, "0 分钟后", "99999 天后", "12-01"],
)  # fmt: skip
def test_what_is_no_moment_to_come(typed: str):
    assert read_moment(typed, ZONE, NOW) is None


@given(st.text(max_size=30))
def test_nothing_typed_breaks_it(typed: str):
    moment = read_moment(typed, ZONE, NOW)
    assert moment is None or NOW < moment <= NOW + FURTHEST


def test_a_day_of_next_week_is_not_one_of_this_week():
    monday = datetime(2026, 11, 30, 9, 0, tzinfo=ZoneInfo(ZONE))
    for typed, day in (("周三 18:00", 2), ("下周三 18:00", 9), ("next wed 18:00", 9)):
        moment = read_moment(typed, ZONE, monday)
        assert moment is not None
        assert moment.astimezone(ZoneInfo(ZONE)).day == day


def test_the_clock_of_the_editors_own_zone_counts():
    moment = read_moment("明早", "America/New_York", NOW)
    assert moment == datetime(2026, 11, 29, 13, 0, tzinfo=UTC)


def test_what_buttons_offer_lies_ahead():
    evening, morning = tonight_and_morning(ZONE, NOW)
    assert evening == datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
    assert morning == datetime(2026, 11, 29, 0, 0, tzinfo=UTC)
    late = NOW.replace(hour=20, minute=0)
    assert tonight_and_morning(ZONE, late)[0] == evening + timedelta(days=1)


def test_a_moment_fits_behind_a_button():
    moment = datetime(2026, 11, 29, 0, 30, tzinfo=UTC)
    assert moment_of(minute_of(moment)) == moment
    assert moment_of(10**18) is None
