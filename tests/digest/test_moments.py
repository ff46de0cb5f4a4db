"""Dates as list pages write them, read at a known moment."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.sources.moments import read_moment, zone_named

# 12:30 in Shanghai, still the third of March in Los Angeles.
NOW = datetime(2026, 3, 4, 4, 30, 10, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str, zone: ZoneInfo | None = SHANGHAI) -> str | None:
    found = read_moment(text, NOW, zone)
    return f"{found.at:%Y-%m-%d %H:%M}" if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("刚刚", "2026-03-04 04:30"),
        ("3小时前", "2026-03-04 01:30"),
        ("约 3 个小时前", "2026-03-04 01:30"),
        ("半小时前", "2026-03-04 04:00"),
        ("十分钟前", "2026-03-04 04:20"),
        ("发布于 15 分钟前 · 36氪", "2026-03-04 04:15"),
        ("2天前", "2026-03-02 04:00"),
        ("3 hours ago", "2026-03-04 01:30"),
        ("an hour ago", "2026-03-04 03:30"),
        ("5m ago", "2026-03-04 04:25"),
        ("2 days ago", "2026-03-02 04:00"),
        ("今天 08:05", "2026-03-04 00:05"),
        ("昨天 14:20", "2026-03-03 06:20"),
        ("前天14:20", "2026-03-02 06:20"),
        ("昨天", "2026-03-02 16:00"),
        ("Yesterday at 2:20 PM", "2026-03-03 06:20"),
        ("Updated: today 12:01", "2026-03-04 04:01"),
        ("03-01", "2026-02-28 16:00"),
        ("03-01 09:30", "2026-03-01 01:30"),
        ("12-31", "2025-12-30 16:00"),  # not a day to come
        ("10月3日", "2025-10-02 16:00"),
        ("3月4日 10:00", "2026-03-04 02:00"),
        ("Oct 3", "2025-10-02 16:00"),
        ("3 Mar", "2026-03-02 16:00"),
        ("Mar 3, 2026", "2026-03-02 16:00"),
        ("2026-03-01 08:00", "2026-03-01 00:00"),
        ("2026年3月1日 08:00", "2026-03-01 00:00"),
        ("来源：新华社　2026-03-01 08:00　编辑：李雷", "2026-03-01 00:00"),
        ("2026-03-01T08:00:00+09:00", "2026-02-28 23:00"),
        ("Sun, 01 Mar 2026 08:00:00 GMT", "2026-03-01 08:00"),
        ("1772323200", "2026-03-01 00:00"),
    ],
)
def test_a_date_is_read_in_the_zone_of_its_source(text: str, expected: str) -> None:
    assert at(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "上周", "2 months ago", "3周前", "14:20", "周三", "阅读 3000", "Harbour sells more today",
     "2026-13-45", "02-30", "昨天 99:99x" * 40, "2027-03-01", "三天打鱼", "99", "v3-04-1"],
)  # fmt: skip
def test_what_is_no_certain_day_stays_unknown(text: str) -> None:
    assert at(text) is None


def test_a_clock_without_a_zone_is_not_placed() -> None:
    assert at("昨天 14:20", None) is None
    assert at("3小时前", None) == "2026-03-04 01:30"  # needs none
    assert at("03-01 09:30", None) == "2026-03-01 00:00"  # the day alone
    found = read_moment("2026-03-01", NOW, None)
    assert found is not None
    assert found.offset_min is None


def test_yesterday_is_that_of_the_source() -> None:
    here = read_moment("昨天 23:00", NOW, ZoneInfo("America/Los_Angeles"))
    assert here is not None
    assert here.at == datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    assert here.offset_min == -480


def test_a_zone_that_is_none_is_none() -> None:
    assert zone_named("Mars/Olympus") is None
    assert zone_named("../../etc/passwd") is None
    assert zone_named("") is None
    assert zone_named("Asia/Shanghai") is not None


def test_nothing_read_lies_ahead_by_more_than_a_day() -> None:
    for text in ("2026-03-05", "03-05", "Mar 5"):
        found = read_moment(text, NOW, SHANGHAI)
        assert found is None or found.at <= NOW + timedelta(days=1)
