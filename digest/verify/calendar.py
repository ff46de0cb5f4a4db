"""Dates, weekdays, clock times, ordinals and fractions, which are numbers of their own kinds."""

import re
from collections.abc import Iterator
from fractions import Fraction

from digest.regexes import regex
from digest.text.folding import small
from digest.text.number_patterns import WORDS
from digest.text.number_tables import NUMBER_WORDS, chinese_value

Hit = tuple[int, int, str, tuple[float, ...]]  # start, end, kind, values

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORDINAL_WORDS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_ORDINALS = {word: place for place, word in enumerate(_ORDINAL_WORDS, 1)} | {
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "hundredth": 100,
}
_ENGLISH_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_H = "[零〇一二两三四五六七八九十]"
_N = rf"(?:\d{{1,2}}|{_H}{{1,3}})"
_DAY_MONTH = regex(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?[-–to]+\s?(?P<last>\d{{1,2}})(?:st|nd|rd|th)?)?"
    rf"(?:\sof)?\s(?P<month>{_ENGLISH_MONTH})\b",
    re.IGNORECASE,
)
_MONTH_DAY = regex(
    rf"\b(?P<month>{_ENGLISH_MONTH})\.?(?:\s(?:the\s)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    r"(?:\s?(?:-|–|to|and)\s?(?P<last>\d{1,2})(?:st|nd|rd|th)?)?(?![\d:%]|\.\d))?(?![a-z])",
    re.IGNORECASE,
)
_ISO = regex(
    r"(?<![\d/.\-])(?P<year>(?:19|20)\d\d)[-/.](?P<month>0?[1-9]|1[0-2])[-/.](?P<day>[0-3]?\d)(?![\d/\-])"
)
_SLASHED = regex(
    r"(?<![\d/.])(?P<a>[0-3]?\d)[/.](?P<b>[0-3]?\d)[/.](?P<year>(?:19|20)?\d\d)(?![\d/])"
)
_ZH_YEAR = regex(
    r"(?<![\d.])(?P<year>(?:1[5-9]|20)\d\d)\s?年(?![间来以内多])"
    r"|(?P<hanzi>[一二][零〇一二三四五六七八九]{3})年"
)
_ZH_MONTH = regex(rf"(?<![\d.个])(?P<month>{_N})\s?月(?![球光饼]|亮(?!相))")
_ZH_DAY = regex(
    rf"(?<![\d.年])(?:(?P<first>{_N})\s?[日号]?\s?[-—–~～至到]\s?)?(?P<day>{_N})\s?(?:日(?!元|圆|均|本)|号(?![线楼院店机航]))"
)
_IDLE_DAY = regex(r"如一日|日复一日|[有终何每]一日|一日[之不三千]|改日|[某近]日")
_WEEKDAY = regex(
    r"\b(?P<en>(?i:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun))(?:(?i:day)s?\b|s?\b\.?)"
    r"|(?:周|星期|礼拜)(?P<zh>[一二三四五六日天])(?![年期个])"
)
_CLOCK = regex(
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-4])(?:[:：h](?P<minute>[0-5]\d)(?::[0-5]\d)?"
    r"(?:\s?(?P<half>[ap]\.?\s?m\b\.?))?|(?:\.(?P<dotted>[0-5]\d))?\s?(?P<only>[ap]\.?\s?m\b\.?)"
    r"|\s?o['’]clock)(?!\d)",
    re.IGNORECASE,
)
_PART = r"凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|当晚|夜里|午夜|早|晚"
# 一点 and 一时 are mostly no times of day: without a part of the day, digits or minutes decide.
_ZH_CLOCK = regex(
    rf"(?P<part>{_PART})\s?(?P<hour>{_N})\s?[点时]"
    rf"(?:(?P<half>半)|\s?(?P<minute>{_N})\s?分?(?![\d个万亿%％倍]))?钟?"
    rf"|(?<![\d.第])(?P<hour2>{_N})\s?(?:点钟|点整|[点时](?:(?P<half2>半)|\s?(?P<minute2>{_N})\s?分))"
    r"|(?<![\d.第])(?P<hour3>[01]?\d|2[0-4])\s?(?:点(?=[前后许到至左开结，。）]|之前|之后)|时(?=[许前后至到，。）]))"
)
_ORDINAL = regex(
    rf"\b(?:(?P<tens>twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-)?"
    rf"(?P<word>{'|'.join(_ORDINALS)})(?:-(?:placed?|ranked))?\b"
    r"|(?<![\d,.])(?P<digits>\d{1,4})(?:st|nd|rd|th)\b"
    r"|第\s?(?P<zh>\d{1,4}|[零〇一二两三四五六七八九十百]{1,5})(?![一二三四五六七八九十百千万\d])",
    re.IGNORECASE,
)
_CENTURY = regex(rf"(?P<zh>\d{{1,2}}|{_H}{{1,3}})\s?世纪(?!\s?\S{{1,2}}\s?年代)")
_QUARTER = regex(r"\bQ(?P<q>[1-4])\b|(?<!第)(?P<zh>[一二三四])季度")
_DECADE = regex(
    r"(?<!\d)(?P<year>(?:1[5-9]|20)\d0)(?:['’]?s\b|年代)|(?:(?P<century>\d{1,2}|[一二][零〇一二三四五六七八九十]{0,2})\s?世纪\s?)?(?P<zh>[0-9]0|[一二三四五六七八九]十)\s?年代"
    r"|(?<![\d\w])['’]?(?P<short>[0-9]0)s\b"
    r"|\b(?P<word>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b"
)
_FRACTION = regex(
    rf"\b(?<!and )(?P<count>{WORDS}|an?)[ -](?P<part>half|halves|thirds?|quarters?"
    r"|fourths?|fifths?|sixths?"
    r"|sevenths?|eighths?|ninths?|tenths?|hundredths?)(?=\s(?:of|as|the|more|less|full|majority)\b|[.,;)]|$)"
    rf"|(?P<of>[一二三四五六七八九十百]{{1,3}}|\d{{1,3}})分之(?P<zh>[一二两三四五六七八九十]{{1,3}}|\d{{1,3}})"
    r"|(?<![\d/.])(?P<above>[1-9])/(?P<below>[2-9]|10)(?![\d/])"
    r"|\b(?<!and a )(?P<half>half)\b(?!-)|(?P<zh_half>一半|半数|过半|减半|对半)",
    re.IGNORECASE,
)
_PARTS = {"hal": 2, "thi": 3, "qua": 4, "fou": 4, "fif": 5, "six": 6, "sev": 7, "eig": 8,
          "nin": 9, "ten": 10, "hun": 100}  # fmt: skip
_NOON = 12 * 60
_HALVES = dict.fromkeys(("凌晨", "清晨", "早上", "早晨", "上午", "早"), "a") | dict.fromkeys(
    ("下午", "傍晚", "晚上", "晚间", "当晚", "晚"), "p"
)
_LAST_MONTH, _LAST_DAY = 12, 31
_BY_DAY = regex(r"\d(?:st|nd|rd|th)?(?: of)? \||\|\.? (?:the )?\d")
_MAY_BEFORE = regex(
    r"(?:\b(?:in|last|next|this|since|by|until|till|of|from|to|early|late|mid|end|and|during|for"
    r"|on|before|after)[\s-]|[,(]\s?)$",
    re.IGNORECASE,
)


def find_calendar(text: str) -> list[Hit]:
    """Hits in order without overlaps; longer readings are tried before shorter ones."""
    taken = bytearray(len(text))
    hits: list[Hit] = []
    for reader in _READERS:
        for hit in reader(text):
            if not any(taken[hit[0] : hit[1]]):
                hits.append(hit)
                taken[hit[0] : hit[1]] = b"x" * (hit[1] - hit[0])
    return sorted(hits)


def numeral(written: str) -> float:
    """The value of digits or a Chinese numeral, -1 when it is none."""
    if written.isdecimal():
        return float(written)
    value = chinese_value(written)
    return float(value) if value is not None else -1.0


def _month(name: str) -> float:
    return float(_MONTHS.index(small(name[:3])) + 1)


def _english_dates(text: str) -> Iterator[Hit]:
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(text):
            month = match.group("month")
            if not month[0].isupper():
                continue
            yield (*match.span("month"), "month", (_month(month),))
            for part in ("day", "last"):
                if match.group(part) and int(match.group(part)) <= _LAST_DAY:
                    yield (*match.span(part), "day", (float(match.group(part)),))


def is_month(text: str, start: int, end: int) -> bool:
    """Whether "May" at that place is a month for certain: a day beside it or "in" before it."""
    beside = f"{text[max(0, start - 6) : start]}|{text[end : end + 6]}"
    return bool(_MAY_BEFORE.search(text[max(0, start - 10) : start]) or _BY_DAY.search(beside))


def _numeric_dates(text: str) -> Iterator[Hit]:
    for match in _ISO.finditer(text):
        for part in ("year", "month", "day"):
            yield (*match.span(part), part, (float(match.group(part)),))
    for match in _SLASHED.finditer(text):
        one, two = int(match.group("a")), int(match.group("b"))
        if not (0 < one <= _LAST_DAY and 0 < two <= _LAST_DAY):
            continue
        if one > _LAST_MONTH and two > _LAST_MONTH:
            continue
        # Which of both is the month is not known: either may be either.
        yield (*match.span("a"), "day", (float(one), float(two)))
        yield (*match.span("b"), "month", (float(two), float(one)))
        year = int(match.group("year"))
        yield (*match.span("year"), "year", (float(year if year > 99 else 2000 + year),))  # noqa: PLR2004


def _chinese_dates(text: str) -> Iterator[Hit]:
    for match in _ZH_YEAR.finditer(text):
        value = float(match.group("year") or 0) or numeral(match.group("hanzi"))
        yield (match.start(), match.end(), "year", (value,))
    for match in _ZH_MONTH.finditer(text):
        if 0 < numeral(match.group("month")) <= _LAST_MONTH:
            yield (*match.span(), "month", (numeral(match.group("month")),))
    for match in _ZH_DAY.finditer(text):
        # 2 号 may be a number of anything, unless a month stands before it.
        dated = match.group().endswith("日") or text[: match.start()].rstrip().endswith("月")
        for part in ("first", "day"):
            if _IDLE_DAY.search(text[max(0, match.start() - 3) : match.end() + 2]):
                continue
            if match.group(part) and 0 < numeral(match.group(part)) <= _LAST_DAY:
                end = match.end() if part == "day" else match.end(part)
                kind = "day" if dated else "ordinal"
                yield (match.start(part), end, kind, (numeral(match.group(part)),))


def _weekdays(text: str) -> Iterator[Hit]:
    for match in _WEEKDAY.finditer(text):
        if english := match.group("en"):
            bare = match.group().rstrip(".s")
            if english[0].islower() and not bare.endswith("day"):
                continue
            if english in {"Sun", "Sat", "Mon", "Wed", "Fri"} and not bare.endswith("day"):
                continue  # the Sun, sat down: only the whole names are certain
            place = _WEEKDAYS.index(small(english[:3]))
        else:
            place = "一二三四五六日天".index(match.group("zh")) % 7
            place = 6 if match.group("zh") in "日天" else place
        yield (*match.span(), "weekday", (float(place + 1),))


def _clocks(text: str) -> Iterator[Hit]:
    for match in _CLOCK.finditer(text):
        minutes = int(match.group("hour")) * 60.0 + int(
            match.group("minute") or match.group("dotted") or 0
        )
        half = small(match.group("half") or match.group("only") or "")
        yield (*match.span(), "clock", _either_half(minutes, half[:1]))
    for match in _ZH_CLOCK.finditer(text):
        hour = numeral(next(filter(None, map(match.group, ("hour", "hour2", "hour3")))))
        if not 0 <= hour <= 24:  # noqa: PLR2004 - hours of a day
            continue
        minute = numeral(match.group("minute") or match.group("minute2") or "0")
        minute = 30.0 if match.group("half") or match.group("half2") else minute
        half = _HALVES.get(match.group("part") or "", "")
        yield (*match.span(), "clock", _either_half(hour * 60 + minute, half))


def _either_half(minutes: float, half: str) -> tuple[float, ...]:
    """Minutes since midnight; both halves of the day where the text leaves it open."""
    if half == "a":
        return (minutes % _NOON,)
    if half == "p":
        late = minutes % _NOON + _NOON
        return (late, 0.0) if minutes == _NOON else (late,)
    return (minutes, minutes + _NOON) if minutes < _NOON else (minutes, minutes - _NOON)


def _ordinals(text: str) -> Iterator[Hit]:
    for match in _CENTURY.finditer(text):
        yield (*match.span(), "ordinal", (numeral(match.group("zh")),))
    for match in _QUARTER.finditer(text):
        written = match.group("q") or match.group("zh")
        yield (*match.span(), "ordinal", (numeral(written),))
    for match in _ORDINAL.finditer(text):
        if match.group("word"):
            value = float(_ORDINALS[small(match.group("word"))])
            value += NUMBER_WORDS[small(match.group("tens"))] if match.group("tens") else 0
        else:
            value = numeral(match.group("digits") or match.group("zh"))
        yield (*match.span(), "ordinal", (value,))


def _decades(text: str) -> Iterator[Hit]:
    for match in _DECADE.finditer(text):
        if word := match.group("word"):
            value = float(NUMBER_WORDS[word[:-3] + "y"])
        else:
            value = numeral(match.group("year") or match.group("zh") or match.group("short"))
        if match.group("century"):
            value += (numeral(match.group("century")) - 1) * 100
        yield (*match.span(), "decade", (value,))


def _fractions(text: str) -> Iterator[Hit]:
    for match in _FRACTION.finditer(text):
        if match.group("part"):
            count = NUMBER_WORDS.get(small(match.group("count")), 1)
            value = Fraction(count, _PARTS[small(match.group("part")[:3])])
        elif match.group("zh"):
            below = numeral(match.group("of"))
            if below == 100:  # noqa: PLR2004 - 百分之 is a percentage, read elsewhere
                continue
            value = Fraction(int(numeral(match.group("zh"))), int(below) or 1)
        elif match.group("above"):
            value = Fraction(int(match.group("above")), int(match.group("below")))
        else:
            value = Fraction(1, 2)
        yield (*match.span(), "fraction", (float(value),))


_READERS = (
    _numeric_dates, _english_dates, _decades, _fractions, _chinese_dates, _weekdays, _clocks,
    _ordinals,
)  # fmt: skip
