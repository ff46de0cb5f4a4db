from datetime import UTC, date, datetime

import pytest

from bot.web.moments import (
    beijing_day,
    day_bounds,
    day_words,
    moment,
    offset_words,
    parse_day,
    short_moment,
    weekday_words,
)
from digest.model import Lang

AT = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)


def test_a_moment_reads_in_beijing_time_in_both_languages():
    assert moment(AT, Lang.ZH).text == "2026年11月22日 01:05"
    assert moment(AT, Lang.EN).text == "22 Nov 2026 01:05"
    assert moment(AT, Lang.ZH).iso == "2026-11-21T17:05:00+00:00"


@pytest.mark.parametrize(
    ("minutes", "own"),
    [
        (-300, "21 Nov 2026 12:05 UTC−5"),
        (0, "21 Nov 2026 17:05 UTC"),
        (345, "21 Nov 2026 22:50 UTC+5:45"),
        (480, ""),
        (None, ""),
        (100_000, ""),
    ],
)
def test_the_originals_zone_shows_where_it_is_known_and_differs(minutes: int | None, own: str):
    assert moment(AT, Lang.EN, minutes).own == own


def test_lists_say_only_what_is_needed():
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert short_moment(AT, now, Lang.ZH).text == "01:05"
    assert short_moment(datetime(2026, 11, 20, tzinfo=UTC), now, Lang.ZH).text == "11月20日 08:00"
    assert short_moment(datetime(2025, 11, 20, tzinfo=UTC), now, Lang.EN).text == "20 Nov 2025"


def test_a_beijing_day_begins_at_four_in_the_afternoon_utc():
    assert beijing_day(AT) == date(2026, 11, 22)
    start, end = day_bounds(date(2026, 11, 22))
    assert start == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert end == datetime(2026, 11, 22, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-13-01", "2026-02-30", "1999-12-31", "20261122", "2026-W47-7", "", "x" * 10]
)
def test_only_real_days_are_days(text: str):
    assert parse_day(text) is None


def test_words_for_days_and_offsets():
    assert parse_day("2026-11-22") == date(2026, 11, 22)
    assert day_words(date(2026, 1, 5), Lang.ZH) == "2026年1月5日"
    assert weekday_words(date(2026, 11, 22), Lang.ZH) == "星期日"
    assert weekday_words(date(2026, 11, 22), Lang.EN) == "Sun"
    assert offset_words(-90) == "UTC−1:30"
