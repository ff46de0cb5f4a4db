"""Time zones by the names that people use, by offset and by place."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from digest.model import Lang
from digest.texts import texts_for
from handlers.locating import zone_at
from handlers.subscriptions import zone_name
from handlers.zones import MOST_CHOICES, city_of, read_zones


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("东京", "Asia/Tokyo"),
        ("東京時間", "Asia/Tokyo"),
        ("纽约", "America/New_York"),
        ("紐約", "America/New_York"),
        ("深圳市", "Asia/Shanghai"),
        ("Silicon Valley", "America/Los_Angeles"),
        ("加尔各答", "Asia/Kolkata"),
        ("基辅", "Europe/Kyiv"),
        ("Reykjavik", "Atlantic/Reykjavik"),
        ("Germany", "Europe/Berlin"),
        ("中国", "Asia/Shanghai"),
        ("＋８", "Asia/Shanghai"),
        ("UTC+05:30", "Asia/Kolkata"),
        ("utc", "UTC"),
    ],
)
def test_one_name_is_one_zone(typed: str, zone: str):
    assert read_zones(typed) == (zone,)


@pytest.mark.parametrize(
    ("typed", "among"),
    [
        ("美国", {"America/New_York", "America/Los_Angeles", "America/Phoenix"}),
        ("US", {"America/New_York", "Pacific/Honolulu"}),
        ("加拿大", {"America/Toronto", "America/St_Johns"}),
        ("俄罗斯", {"Europe/Moscow", "Asia/Vladivostok"}),
        ("Australia", {"Australia/Sydney", "Australia/Perth"}),
        ("CST", {"Asia/Shanghai", "America/Chicago"}),
    ],
)
def test_several_are_offered_and_none_keeps_the_time_of_another(typed: str, among: set[str]):
    found = read_zones(typed)
    assert among <= set(found)
    assert len(found) <= MOST_CHOICES
    year = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
    kept = {tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in year) for zone in found}
    assert len(kept) == len(found)


@pytest.mark.parametrize("typed", ["火星", "", "  ", "+99", "x" * 500, "posix/Asia/Tokyo"])
def test_what_is_no_zone_gives_none(typed: str):
    assert read_zones(typed) == ()


def test_zones_are_called_by_their_cities_in_both_languages():
    zh, en = texts_for(Lang.ZH), texts_for(Lang.EN)
    assert zone_name(zh, "Asia/Kolkata") == "加尔各答时间"
    assert zone_name(en, "America/New_York") == "New York time"
    assert zone_name(zh, "Asia/Shanghai") == "北京时间"
    assert zone_name(en, "Etc/GMT-9") == "UTC+9"
    assert city_of("Europe/Kyiv", Locale.parse("zh_Hans")) == "基辅"


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [
        (35.68, 139.69, "Asia/Tokyo"),
        (40.7, -74.0, "America/New_York"),
        (31.2, 121.5, "Asia/Shanghai"),
        (22.3, 114.17, "Asia/Hong_Kong"),
        (51.5, -0.1, "Europe/London"),
        (0.0, -150.0, "Etc/GMT+10"),
    ],
)
def test_a_place_has_the_zone_of_its_land_or_sea(latitude: float, longitude: float, zone: str):
    assert zone_at(latitude, longitude) == zone
