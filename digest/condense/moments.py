"""Dates in a sentence, resolved against the day of publication where that is certain.

"On Tuesday", 昨天 and 5 月 12 日 mean nothing without the day on which they were written; that day
is the publication's, in the article's own zone. What stays open ("last Tuesday", 去年) keeps its
wording and gets no day, only a place in the order.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from digest.model import Article
from digest.regexes import regex
from digest.text.folding import small

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = (
    r"(?P<month>(?-i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?))\b\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WEEKDAY = r"(?P<weekday>(?-i:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day))\b(?!['’]s)"
_NO_YEAR = r"(?!\s?(?:%|million|people|Act|edition|election))"
# "before 2018 England tour": the year belongs to the tour.
_NO_EVENT = r"(?! (?:[A-Z][\w\-]+ ){0,3}(?:tour|season|campaign|cup|games|elections?|olympics)\b)"
_ZH_YEAR = rf"{_YEAR}\s?年|(?P<rel_year>今年|去年|明年|前年)"
_ZH_DAYS = "昨天|昨日|昨晚|今天|今日|今晨|今早|明天|明日|前天|前日"
_ZH_MONTH = r"(?<!\d)(?P<number>[01]?\d)\s?月"
_ENGLISH = tuple(
    regex(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_MONTH} {_DAY}(?:,? {_YEAR})?(?!\d|[:.]\d|%|\s?(?:million|billion|percent))\b",
        rf"(?<![\d.,$£€])\b{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?\b",
        rf"\b{_YEAR}-(?P<number>[01]\d)-{_DAY}\b",
        rf"\b{_MONTH},? {_YEAR}\b",
        rf"\b{_MONTH},? (?P<en_year>this|last|next) year\b",
        r"\b(?P<relative>(?-i:yesterday|today|tomorrow|Yesterday,))\b(?!['’]s)",
        rf"\b(?P<which>last|next|this|on|late on|early on|since|by) {_WEEKDAY}",
        r"\b(?P<unit>last|next|this|earlier this) (?P<span>year|month|week)\b(?!['’]s)",
        rf"\b(?P<in>in|by|since|until|before|after|during) {_YEAR}\b{_NO_YEAR}{_NO_EVENT}",
        rf"\b(?:in|since|until|by) {_MONTH}(?! \d)\b",
    )
)
_CHINESE = tuple(
    regex(pattern)
    for pattern in (
        rf"(?:{_ZH_YEAR})?\s?{_ZH_MONTH}\s?(?P<day>[0-3]?\d)\s?[日号](?!线)",
        rf"(?<!\d)(?:{_ZH_YEAR})\s?{_ZH_MONTH}(?!球)",
        # 今天的中国, 面对明天, 今天整个行业: no day is meant.
        rf"(?<![的到至从如目之对向应])(?P<relative>{_ZH_DAYS})(?!头条|本|的|整个|我们|大家|这|数据|回头看|回看|来看|看来)",
        r"(?P<which>上周|本周|这周|下周|周|星期)(?P<zh_weekday>[一二三四五六日天])(?![年期个天次])",
        r"(?P<rel_month>本月|上月|下月|上个月|下个月)\s?(?P<day>[0-3]?\d)\s?[日号]",
        rf"(?<!\d){_YEAR}\s?年(?![前后内间]|\d|\s?[第Qq上下]|度)",
        r"(?P<unit>去年|明年|前年)(?!同期|度|[的]?同|\s?\d)",
    )
)
_FUTURE = regex(
    r"\b(?:will|would|is to|are to|expected|scheduled|plans? to|due|upcoming|set to|slated)\b"
    r"|将|计划|预计|拟|即将|起(?:实施|施行|生效)",
)
_ZH_CLAUSE = regex(r"[，。；！？：,;!?]")
_ZH_SAID = regex(r"表示|宣布|称|说|透露|披露|指出|发文|报道|消息|公告|证实|回应|强调")
_LASTING = regex(r"\b(?:runs?|lasts?|continues?|open|valid|available) (?:until|till|through) $")
_YEARS_AWAY = {"今年": 0, "去年": -1, "明年": 1, "前年": -2}
_DAYS_AWAY = {
    "yesterday": -1, "today": 0, "tomorrow": 1, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0,
    "今日": 0, "今晨": 0, "今早": 0, "明天": 1, "明日": 1, "前天": -2, "前日": -2,
}  # fmt: skip
_WEEK = 7
_CHINA_MIN = 480
_NEAR = timedelta(days=40)
_HAN = regex(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date as it is written; `on` the day where that is certain.

    `order` sorts moments: year, month, day, with 0 for what is not said. `exact`: 3 a day, 2 a
    month or weekday that stays open, 1 a year.
    """

    start: int
    text: str
    on: date | None
    order: tuple[int, int, int]
    exact: int


def day_of(article: Article) -> date | None:
    """The day on which `article` was published, in its own zone; None when that is not known.

    Many feeds write every time in GMT: a Chinese text is then dated as in China.
    """
    if article.published_at is None:
        return None
    offset = article.utc_offset_min or (_CHINA_MIN if article.lang == "zh" else 0)
    return (article.published_at + timedelta(minutes=offset)).date()


def find_dates(text: str, published: date | None) -> tuple[FoundDate, ...]:
    """The dates of `text` in order, without overlaps. Relative ones need `published`."""
    patterns = _CHINESE if _HAN.search(text) else _ENGLISH
    taken = bytearray(len(text))
    found: list[FoundDate] = []
    for pattern in patterns:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            one = _resolve(match, text, published)
            if one is not None:
                taken[start:end] = b"x" * (end - start)
                found.append(one)
    return tuple(sorted(found, key=lambda it: it.start))


def _resolve(match: re.Match[str], text: str, published: date | None) -> FoundDate | None:
    groups = {key: value for key, value in match.groupdict().items() if value}
    if groups.keys() & {"relative", "weekday", "zh_weekday", "span", "rel_month", "unit"}:
        return _relative(match, groups, text, published) if published else None
    month = _month(groups)
    year = _year(groups, published)
    if year is None and (published is None or month is None):
        return None
    if "day" not in groups or month is None:
        return _open(match, year, month, published)
    with suppress(ValueError):
        if year is not None:
            return _exact(match, date(year, month, int(groups["day"])))
        if published is not None:
            # "runs through Nov. 5" ends in the future, whatever else the sentence tells.
            lasting = _LASTING.search(text, 0, match.start())
            future = lasting is not None or _tells_of_future(text)
            return _exact(match, _meant(month, int(groups["day"]), published, future=future))
    return None


@lru_cache(maxsize=8)
def _tells_of_future(text: str) -> bool:
    return bool(_FUTURE.search(text))


def _open(
    match: re.Match[str], year: int | None, month: int | None, published: date | None
) -> FoundDate | None:
    if year is None:
        if published is None or month is None:
            return None
        # "in May", written in March: last year's or this one's stays open, so it has no order.
        if month != published.month:
            return None
        year = published.year
    exact = 2 if month else 1
    return FoundDate(match.start(), match.group().strip(), None, (year, month or 0, 0), exact)


def _exact(match: re.Match[str], on: date) -> FoundDate:
    written = re.sub(r"^(?:on|since|until|by) ", "", match.group().strip(), flags=re.IGNORECASE)
    return FoundDate(match.start(), written, on, _order(on), 3)


def _order(on: date) -> tuple[int, int, int]:
    return on.year, on.month, on.day


def _relative(
    match: re.Match[str], groups: dict[str, str], text: str, published: date
) -> FoundDate | None:
    if "relative" in groups:
        return _exact(
            match, published + timedelta(_DAYS_AWAY[small(groups["relative"]).rstrip(",")])
        )
    if "zh_weekday" in groups:
        return _exact(match, _chinese_weekday(groups, published, future=_announced(match, text)))
    if "weekday" in groups:
        return _weekday(match, groups, text, published)
    if "rel_month" in groups:
        away = {"本": 0, "上": -1, "下": 1}[groups["rel_month"][0]]
        months = published.year * 12 + published.month - 1 + away
        with suppress(ValueError):
            return _exact(match, date(months // 12, months % 12 + 1, int(groups["day"])))
        return None
    away = _YEARS_AWAY.get(groups["unit"], 0)
    if groups.get("span", "year") == "year":
        away += {"last": -1, "next": 1}.get(small(groups["unit"]), 0)
        return FoundDate(match.start(), match.group(), None, (published.year + away, 0, 0), 1)
    return None  # "last week" says less than the sentence around it


def _weekday(
    match: re.Match[str], groups: dict[str, str], text: str, published: date
) -> FoundDate:
    wanted = _WEEKDAYS.index(small(groups["weekday"]))
    back = (published.weekday() - wanted) % _WEEK
    which = small(groups["which"])
    if which in {"last", "next"}:
        # Writers mean the nearest one or the one a week further by it: the day stays open.
        on = published - timedelta(back or _WEEK) if which == "last" else published
        on = on if which == "last" else published + timedelta(_WEEK - back)
        return FoundDate(match.start(), match.group(), None, _order(on), 2)
    before = text[max(0, match.start() - 60) : match.start()]
    if back == _WEEK - 1 and not _FUTURE.search(before):
        # Tomorrow's weekday told as past: where the writer is, it may be that day already.
        return FoundDate(match.start(), match.group(), None, _order(published + timedelta(1)), 2)
    if which == "by" or (back and _FUTURE.search(before)):
        return _exact(match, published + timedelta((_WEEK - back) % _WEEK))
    return _exact(match, published - timedelta(back))


def _announced(match: re.Match[str], text: str) -> bool:
    """Whether a Chinese sentence tells of its weekday as of one that comes.

    "周五表示，某人将加入" was said last Friday, whatever is to come of it.
    """
    before = _ZH_CLAUSE.split(text[: match.start()])[-1]
    after = _ZH_CLAUSE.split(text[match.end() :], maxsplit=1)[0]
    return bool(_FUTURE.search(before) or _FUTURE.search(_ZH_SAID.split(after, maxsplit=1)[0]))


def _chinese_weekday(groups: dict[str, str], published: date, *, future: bool) -> date:
    wanted = min("一二三四五六日".find(groups["zh_weekday"]) % _WEEK, 6)
    monday = published - timedelta(published.weekday())
    which = groups["which"]
    if which == "上周":
        return monday + timedelta(wanted - _WEEK)
    if which == "下周":
        return monday + timedelta(wanted + _WEEK)
    if which in {"本周", "这周"}:
        return monday + timedelta(wanted)
    back = (published.weekday() - wanted) % _WEEK
    return published + timedelta((_WEEK - back) % _WEEK) if future else published - timedelta(back)


def _meant(month: int, day: int, published: date, *, future: bool) -> date:
    """The occurrence of a day and month that is meant: the last one, unless it is announced."""
    years = (published.year - 1, published.year, published.year + 1)
    options = [date(year, month, day) for year in years]
    past = max(one for one in options if one <= published)
    coming = min((one for one in options if one > published), default=past)
    away, ahead = published - past, coming - published
    if min(away, ahead) <= _NEAR < max(away, ahead):
        return past if away < ahead else coming
    return coming if future else past


def _month(groups: dict[str, str]) -> int | None:
    if "number" in groups:
        number = int(groups["number"])
        return number if 1 <= number <= len(_MONTHS) else None
    if "month" in groups:
        start = small(groups["month"][:3])
        return next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(start))
    return None


def _year(groups: dict[str, str], published: date | None) -> int | None:
    if "year" in groups:
        return int(groups["year"])
    if "en_year" in groups and published:
        return published.year + {"last": -1, "next": 1}.get(small(groups["en_year"]), 0)
    if "rel_year" in groups and published:
        return published.year + _YEARS_AWAY[groups["rel_year"]]
    return None


def moments_in(text: str, published: date | None) -> Iterator[FoundDate]:
    """The dates of `text` that say when something happens, the most exact first."""
    yield from sorted(find_dates(text, published), key=lambda it: (-it.exact, it.start))
