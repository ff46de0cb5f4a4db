"""Time zones by the names that people use: cities and countries, in Chinese and English."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global

from digest.words import fold
from handlers.arguments import plain, read_zone

MOST_CHOICES = 8
_NAME_LIMIT = 60
_ANY_YEAR = 2026  # what matters is which zones go together
_SUFFIXES = ("时间", "時間", "市", " time")
_LOCALES = ("zh_Hans", "en")
# Which of the zones that keep the same time stands for them, where a country has several.
_KNOWN_BEST = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Toronto",
    "America/Winnipeg",
    "America/Edmonton",
    "America/Vancouver",
    "America/Halifax",
    "America/St_Johns",
    "America/Regina",
    "America/Mexico_City",
    "America/Sao_Paulo",
    "Australia/Sydney",
    "Australia/Brisbane",
    "Australia/Adelaide",
    "Australia/Darwin",
    "Australia/Perth",
    "Europe/Moscow",
    "Europe/Kaliningrad",
    "Asia/Yekaterinburg",
    "Asia/Novosibirsk",
    "Asia/Vladivostok",
    "Asia/Almaty",
    "Asia/Jakarta",
    "Asia/Shanghai",
    "Europe/Lisbon",
    "Europe/Madrid",
)
# Cities that no zone is named after, and short names of times.
_MORE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("深圳", "广州", "杭州", "成都", "武汉", "南京", "西安", "重庆", "天津", "苏州"),
        ("Asia/Shanghai",),
    ),
    **dict.fromkeys(("大阪", "京都", "名古屋", "横滨", "福冈", "osaka", "jst"), ("Asia/Tokyo",)),
    **dict.fromkeys(("釜山", "kst"), ("Asia/Seoul",)),
    **dict.fromkeys(("新德里", "孟买", "班加罗尔", "delhi", "mumbai"), ("Asia/Kolkata",)),
    **dict.fromkeys(("慕尼黑", "法兰克福", "汉堡", "munich", "frankfurt"), ("Europe/Berlin",)),
    **dict.fromkeys(("日内瓦", "geneva"), ("Europe/Zurich",)),
    **dict.fromkeys(("米兰", "milan"), ("Europe/Rome",)),
    **dict.fromkeys(("巴塞罗那", "barcelona"), ("Europe/Madrid",)),
    **dict.fromkeys(("圣彼得堡",), ("Europe/Moscow",)),
    **dict.fromkeys(
        (
            "华盛顿",
            "波士顿",
            "迈阿密",
            "费城",
            "亚特兰大",
            "washington",
            "boston",
            "et",
            "est",
            "edt",
        ),
        ("America/New_York",),
    ),
    **dict.fromkeys(("休斯敦", "达拉斯", "奥斯汀", "houston", "austin"), ("America/Chicago",)),
    **dict.fromkeys(
        (
            "旧金山",
            "硅谷",
            "西雅图",
            "圣迭戈",
            "圣何塞",
            "seattle",
            "san francisco",
            "silicon valley",
        ),
        ("America/Los_Angeles",),
    ),
    **dict.fromkeys(("pt", "pst", "pdt"), ("America/Los_Angeles",)),
    **dict.fromkeys(("蒙特利尔", "渥太华", "montreal", "ottawa"), ("America/Toronto",)),
    **dict.fromkeys(("英国", "uk", "england"), ("Europe/London",)),
    "基辅": ("Europe/Kyiv",),
    "雪梨": ("Australia/Sydney",),
    "cst": ("Asia/Shanghai", "America/Chicago"),
}


def read_zones(text: str) -> tuple[str, ...]:
    """The time zones (IANA) that `text` may mean: none, the one, or several to choose from."""
    typed = plain(text)
    if len(typed) > _NAME_LIMIT:
        return ()
    exact = read_zone(typed)
    if exact is not None:
        return (exact,)
    name = fold(typed)
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return _by_name().get(name, ())[:MOST_CHOICES]


@cache
def _by_name() -> Mapping[str, tuple[str, ...]]:
    """Folded names of cities and countries in Chinese and English, and their zones."""
    names: dict[str, tuple[str, ...]] = {}
    usable = available_timezones()
    for territory, zones in get_global("territory_zones").items():
        known = [zone for zone in zones if zone in usable]
        different = _different(known)
        for locale in (Locale.parse(name) for name in _LOCALES):
            country = locale.territories.get(territory)
            if country and different:
                names.setdefault(fold(country), different)
            for zone in known:
                names[fold(city_of(zone, locale))] = (zone,)
    for short in ("us", "usa", "america"):
        names[short] = names[fold("United States")]
    return names | {fold(name): zones for name, zones in _MORE.items()}


def city_of(zone: str, locale: Locale) -> str:
    """The city that a zone is named after, as people of `locale` call it."""
    for spelling in (zone, *_old_names().get(zone, ())):
        if told := (locale.time_zones.get(spelling) or {}).get("city"):
            return str(told)
    return zone.rsplit("/", 1)[-1].replace("_", " ")


@cache
def _old_names() -> Mapping[str, list[str]]:
    """The names that zones had before, which the names of cities are filed under."""
    found: dict[str, list[str]] = {}
    for old, new in get_global("zone_aliases").items():
        found.setdefault(new, []).append(old)
        found.setdefault(old, []).append(new)
    return found


def _different(zones: Iterable[str]) -> tuple[str, ...]:
    """One zone for each way of keeping time this year, the best known first."""
    moments = (datetime(_ANY_YEAR, 1, 1, tzinfo=UTC), datetime(_ANY_YEAR, 7, 1, tzinfo=UTC))
    best = {zone: place for place, zone in enumerate(_KNOWN_BEST)}
    kept: dict[tuple[object, ...], str] = {}
    ranked = sorted(zones, key=lambda zone: (best.get(zone, len(best)), zone.count("/"), zone))
    for zone in ranked:
        kept.setdefault(tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in moments), zone)
    return tuple(kept.values())
