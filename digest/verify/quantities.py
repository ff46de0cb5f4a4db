"""Every number of a text with the readings it allows, for comparing one text with another.

`find_numbers` says what is worth showing; here nothing may be lost: dates, ordinals, numbers in
words and in names are read as well. What a *statement* claims is read strictly, what a *source*
offers generously, so that a doubt counts for the statement.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from digest.regexes import regex
from digest.text.folding import small
from digest.text.number_patterns import WORDS
from digest.text.number_tables import NUMBER_WORDS
from digest.text.numbers import FoundNumber, find_numbers
from digest.verify.calendar import find_calendar, is_month, numeral
from digest.verify.units import MONEY, MULTIPLE, PERCENT, POINTS, measure

BARE = "bare"  # digits of which only the value is known
NUMBER = "number"
_CALENDAR = frozenset({"year", "month", "day", "weekday", "clock", "decade"})
_SMALL = 3  # counts up to this are often grammar: 一个, one of
_YEARS = range(1500, 2100)

_DIGITS = regex(r"\d{1,2}(?:,\d{2})+,\d{3}|\d+(?:,\d{3})*(?:\.\d+)?")
_ENGLISH = regex(
    rf"\b(?P<tens>{WORDS})(?:[- ](?P<ones>one|two|three|four|five|six|seven|eight|nine)\b)?"
    r"(?:[ -](?P<scale>hundred|thousand|million|billion|dozen))?(?P<half> and a half)?\b"
    r"|\b(?:(?P<article>an?) )?(?P<lone>dozen|hundred|thousand|million|couple)\b(?!s)"
    r"|\b(?P<once>once|twice|thrice|both|pair|single|double[ds]?|triple[ds]?)\b",
    re.IGNORECASE,
)
_ONCE = {"once": 1, "twice": 2, "thrice": 3, "both": 2, "pair": 2, "single": 1}
_LONE = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "couple": 2}
_SCALE = {
    "hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "dozen": 12.0,
}  # fmt: skip
_HAN_NUMERAL = regex(
    r"(?<![第几数零〇一二两三四五六七八九十百千万亿])"
    r"[零〇一二两三四五六七八九十百千万亿]+(?:点[零一二三四五六七八九]+)?"
)
_HAN_DIGITS = frozenset("一二两三四五六七八九")
_WORDY = 99_999
_PERCENT_AFTER = regex(r"(?:(?:-| to | or | and )[\w.]+)? ?(?:per ?cent\b|%)")
_YEAR_BEFORE = regex(r"(?:1[5-9]|20)\d\d[-–/]$")
_COMPOUND = regex(
    r"(?<!\d)(?P<high>\d++)\s?(?P<first>[亿万])(?P<low>\d+)\s?(?P<second>千万|百万|万|千)"
)
_LAST_PART = regex(r"(?<![\d.])(?P<high>\d++)\s?万(?P<low>\d{4})(?!\d|[.,]\d|\s?[年万亿千百])")
_SCALES_ZH = {"亿": 1e8, "千万": 1e7, "百万": 1e6, "万": 1e4, "千": 1e3}
_PART_OF = regex(
    r"\b(?P<part>half|quarter|third) (?:of )?an? (?P<scale>million|billion|trillion|dozen)\b",
    re.IGNORECASE,
)
_FEET = regex(
    r"(?<![\d.])(?P<feet>[3-8])(?:[- ]?(?:foot|feet|ft\.?)[- ]|[’']\s?|\s?(?:英尺|尺|呎)\s?)"
    r"(?P<inches>\d\d?)"
    r"(?:[- ]?(?:inch(?:es)?|ins?)\b|[\"”]|\s?(?:英寸|英吋|吋)|\b(?!\.\d))",
    re.IGNORECASE,
)
# What English says in one word and Chinese counts, for sources only.
_SPOKEN: dict[str, tuple[float, str, str]] = {
    "centenary": (100.0, NUMBER, "years"), "centennial": (100.0, NUMBER, "years"),
    "bicentenary": (200.0, NUMBER, "years"), "biennial": (2.0, NUMBER, "years"),
    "biannual": (2.0, NUMBER, ""), "quarter-hour": (15.0, NUMBER, "minutes"),
    "half-hour": (30.0, NUMBER, "minutes"), "fortnight": (14.0, NUMBER, "days"),
    "majority": (0.5, "fraction", ""), "midnight": (0.0, "clock", ""),
    "noon": (720.0, "clock", ""), "midday": (720.0, "clock", ""),
    "teenager": (10.0, "decade", ""), "teens": (10.0, "decade", ""),
}  # fmt: skip
_SPOKEN_WORDS = regex(rf"\b(?:{'|'.join(_SPOKEN)})\b", re.IGNORECASE)
# II to XX in capitals; "I" and "V" are letters.
_ROMAN = regex(r"\b(?=[XVI]{2})(?:XX|X?(?:IX|IV|V?I{0,3}))(?<=[XVI])\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
# FY24, SS19: fiscal years and seasons of fashion.
_YEAR_CODE = regex(r"\b(?:FY|CY|SS|AW|FW)['’]?(?P<year>\d\d)\b")
_MAY = "May"
_PARTS = {"half": 0.5, "quarter": 0.25, "third": 1 / 3}
_AGED = regex(r"[\d.]+[- ](?P<unit>day|week|month|year)s?[- ]old")
_SHAPED = regex(r"\b(?:square|cubic)\b")
_WORD_AFTER = regex(r"[\s-]?(?P<word>[A-Za-z°%][A-Za-z/°-]*)(?: (?P<next>[a-z]+))?")
_TIME_ZH = regex(r"\s?(?P<unit>分钟|小时|秒|天|周(?!年)|个月|年)")
_SINGLE = regex(
    r"\ban? (?P<unit>second|minute|hour|day|week|month|year|decade|century"
    r"|mile|gallon|litre|kilo)\b"
)
_SHORT_YEAR = regex(r"\s?年(?!\s?\d{1,2}\s?月|级|代)")
_SCORE = regex(r"\s?分(?![钟之])")
_CLOCKED = regex(r"[时点:：]\s?$")
_TIMES_OF = regex(
    r"(?:增长|增加|提高|上升|上涨|扩大|高出?|多出?|增|涨|超出|大|快|长|贵|重|好|翻)了?(?:约|近|超过?)?\s?$"
)
_HEDGED = regex(
    r"(?:超过?|逾|多于|高于|至少|不到|不足|少于|低于|近|将近|接近|约|大约|左右|over|than|about|around"
    r"|nearly|almost|least|most|some|roughly|approximately|exceed(?:s|ed|ing)?|below|under|above"
    r"|up to)\s?[$€£¥]?\s?$",
    re.IGNORECASE,
)
_HEDGED_AFTER = regex(r"\s?(?:多|余|左右|上下|or so|plus\b|\+|odd\b)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `start`..`end` of the text. `values` are its possible readings in `unit`.

    `kind`: number (a count, a measure), money, percent, points, multiple, fraction, ordinal,
    year, month, day, weekday, clock (minutes since midnight), decade or bare. `unit` is a
    currency code, a symbol or a word. `hedged`: said with "about", "more than".
    """

    start: int
    end: int
    text: str
    values: tuple[float, ...]
    kind: str
    unit: str = ""
    hedged: bool = False

    @property
    def value(self) -> float:
        """The first reading."""
        return self.values[0]


def quantities(text: str, lang: str) -> tuple[Quantity, ...]:
    """All numbers of `text` in order, without overlaps, the bare ones among them."""
    taken = bytearray(len(text))
    found: list[Quantity] = []
    for reader in (
        _compounds, _calendar, _measured, _spoken, _english, _singles, _hanzi, _coded, _bare,
    ):  # fmt: skip
        for one in reader(text, lang):
            if not any(taken[one.start : one.end]):
                found.append(one)
                taken[one.start : one.end] = b"x" * (one.end - one.start)
    return tuple(sorted(found, key=lambda one: one.start))


def claims(text: str, lang: str) -> tuple[Quantity, ...]:
    """What `text` states: without numbers in names and without counts that may be grammar."""
    return tuple(
        replace(one, values=_claimed(one), hedged=_is_hedged(text, one))
        for one in quantities(text, lang)
        if one.kind != BARE and not _is_grammar(one) and not _is_doubtful(text, one, lang)
    )


def _is_doubtful(text: str, one: Quantity, lang: str) -> bool:
    """What a source may mean, but nobody has said: May, the majority."""
    if small(one.text) in _SPOKEN:
        return True
    return one.text == _MAY and (lang == "zh" or not is_month(text, one.start, one.end))


def _claimed(one: Quantity) -> tuple[float, ...]:
    """Who tells the inches means them; a source with inches answers for its feet as well."""
    return one.values[:1] if _FEET.fullmatch(one.text) else one.values


def _is_grammar(one: Quantity) -> bool:
    written = not any(letter.isdecimal() for letter in one.text)
    if one.kind == "ordinal":
        return written and one.value <= _SMALL
    if one.kind in {"fraction", "clock", MULTIPLE}:
        return False
    if one.unit and one.value <= _WORDY and _HAN_NUMERAL.fullmatch(one.text):
        return True  # 四周 is round about, 一两天 a few
    return one.kind == NUMBER and written and one.value <= _SMALL


def _is_hedged(text: str, one: Quantity) -> bool:
    before = text[max(0, one.start - 14) : one.start]
    return bool(
        _HEDGED.search(before)
        or _HEDGED_AFTER.match(text, one.end)
        or re.search("[多余]", one.text)
    )


# --- readers ----------------------------------------------------------------------------


def _compounds(text: str, _lang: str) -> Iterator[Quantity]:
    """4亿5千万, 56万5691, a quarter of a million."""
    for match in _COMPOUND.finditer(text):
        value = float(match.group("high")) * _SCALES_ZH[match.group("first")]
        value += float(match.group("low")) * _SCALES_ZH[match.group("second")]
        yield Quantity(*match.span(), match.group(), (value,), NUMBER)
    for match in _LAST_PART.finditer(text):
        value = float(match.group("high")) * _SCALES_ZH["万"] + float(match.group("low"))
        yield Quantity(*match.span(), match.group(), (value,), NUMBER)
    for match in _FEET.finditer(text):
        feet, inches = float(match.group("feet")), float(match.group("inches"))
        yield Quantity(*match.span(), match.group(), (feet + inches / 12, feet), NUMBER, "feet")
    for match in _PART_OF.finditer(text):
        value = _PARTS[small(match.group("part"))] * _SCALE[small(match.group("scale"))]
        yield Quantity(*match.span(), match.group(), (value,), NUMBER)


def _calendar(text: str, _lang: str) -> Iterator[Quantity]:
    for start, end, kind, values in find_calendar(text):
        # "the 29th minute" and 第 29 分钟 count minutes, not hours.
        unit = _counted_after(text, end) if kind == "ordinal" else ""
        yield Quantity(start, end, text[start:end], values, kind, unit)


def _counted_after(text: str, end: int) -> str:
    match = _TIME_ZH.match(text, end)
    return match.group("unit") if match else _unit_after(text, end)


def _measured(text: str, lang: str) -> Iterator[Quantity]:
    for number in find_numbers(text, lang):
        yield _of_found(text, number)


def _of_found(text: str, number: FoundNumber) -> Quantity:
    values: tuple[float, ...] = (number.value,)
    kind, unit = _kind_of(number)
    if number.value < 100 and _YEAR_BEFORE.search(text[max(0, number.start - 5) : number.start]):  # noqa: PLR2004 - 1981-87
        values = (
            number.value,
            float(text[number.start - 5 : number.start - 3]) * 100 + number.value,
        )
    if kind == BARE and number.value < 100 and _SHORT_YEAR.match(text, number.end):  # noqa: PLR2004 - two digits
        # 15 年 mostly lasts, 98 年 is a year: what the other text has decides.
        values, kind, unit = (number.value, 1900 + number.value, 2000 + number.value), NUMBER, "年"
    if unit == "年" and number.value in _YEARS and len(number.text.rstrip("年 ")) == 4:  # noqa: PLR2004
        kind, unit = "year", ""  # 自 2016 年以来
    if (
        kind == BARE
        and _SCORE.match(text, number.end)
        and not _CLOCKED.search(text[: number.start][-3:])
    ):
        kind = NUMBER
    if kind == MULTIPLE and _TIMES_OF.search(text[: number.start][-6:]):
        values = (number.value + 1, number.value)  # 增长两倍 is "tripled", for the careful
    if kind == NUMBER:
        unit = _whole_unit(number.text, unit) if unit else _unit_after(text, number.end)
        aged = _AGED.match(number.text + text[number.end : number.end + 12])
        unit = aged.group("unit") if aged else unit
    return Quantity(number.start, number.end, number.text, values, kind, unit)


def _whole_unit(text: str, unit: str) -> str:
    """The unit with the word that makes an area or a volume of a length."""
    shaped = _SHAPED.search(text)
    return f"{shaped.group()} {unit}" if shaped else unit


def _kind_of(number: FoundNumber) -> tuple[str, str]:
    if number.kind == "money":
        return MONEY, number.unit
    if number.kind in {PERCENT, POINTS, MULTIPLE, "ordinal"}:
        return number.kind, number.unit
    # Not `in`: a float is looked for in a range one by one.
    year = _YEARS.start <= number.value < _YEARS.stop and number.value.is_integer()
    if number.kind == "date" or (number.kind == "plain" and year):
        return ("year" if year else BARE), ""
    return NUMBER, number.unit


def _unit_after(text: str, end: int) -> str:
    """The word behind a number where it is a unit that we know ("5-mile", "30 square feet")."""
    match = _WORD_AFTER.match(text, end)
    if not match:
        return ""
    pair = f"{match.group('word')} {match.group('next')}"
    for words in (pair, match.group("word")):
        if measure(words).dimension:
            return words
    return ""


def _english(text: str, _lang: str) -> Iterator[Quantity]:
    for match in _ENGLISH.finditer(text):
        if once := match.group("once"):
            value = float(_ONCE.get(small(once), 2 if small(once).startswith("d") else 3))
        elif lone := match.group("lone"):
            value = float(_LONE[small(lone)])
        else:
            value = float(NUMBER_WORDS[small(match.group("tens"))])
            value += NUMBER_WORDS.get(small(match.group("ones") or ""), 0)
            value += 0.5 if match.group("half") else 0
            value *= _SCALE.get(small(match.group("scale") or ""), 1)
        if _PERCENT_AFTER.match(text, match.end()):
            yield Quantity(*match.span(), match.group(), (value,), PERCENT, "%")
            continue
        unit = _unit_after(text, match.end())
        yield Quantity(*match.span(), match.group(), (value,), NUMBER, unit)


def _spoken(text: str, _lang: str) -> Iterator[Quantity]:
    for match in _SPOKEN_WORDS.finditer(text):
        value, kind, unit = _SPOKEN[small(match.group())]
        yield Quantity(*match.span(), match.group(), (value,), kind, unit)


def _coded(text: str, _lang: str) -> Iterator[Quantity]:
    """Roman numerals and years in codes: nobody claims them, but 15 人 may be a starting XV."""
    for match in _ROMAN.finditer(text):
        digits = [_ROMAN_VALUES[letter] for letter in match.group()]
        later = [*digits[1:], 0]
        value = sum(-one if one < two else one for one, two in zip(digits, later, strict=True))
        yield Quantity(*match.span(), match.group(), (float(value),), BARE)
    for match in _YEAR_CODE.finditer(text):
        value = 2000 + int(match.group("year"))
        yield Quantity(*match.span(), match.group(), (float(value),), BARE)


def _singles(text: str, _lang: str) -> Iterator[Quantity]:
    """A day, an hour: one of them."""
    for match in _SINGLE.finditer(text):
        yield Quantity(*match.span(), match.group(), (1.0,), NUMBER, match.group("unit"))


def _hanzi(text: str, _lang: str) -> Iterator[Quantity]:
    """Numerals that are no figures to show (两人, 一次) but may answer to one."""
    for match in _HAN_NUMERAL.finditer(text):
        whole, _, part = match.group().partition("点")
        value = numeral(whole)
        if value < 0:
            continue
        if part:
            value += float("0." + "".join(str(int(numeral(letter))) for letter in part))
        # 三千五百万 without a unit is a figure all the same; 万一 and 千万 are words.
        counts = match.group()[0] in _HAN_DIGITS and whole[-1] in "万亿" and value > _WORDY
        lasts = _TIME_ZH.match(text, match.end())
        kind = NUMBER if counts or lasts else BARE
        unit = lasts.group("unit") if lasts else ""
        yield Quantity(*match.span(), match.group(), (value,), kind, unit)


def _bare(text: str, _lang: str) -> Iterator[Quantity]:
    for match in _DIGITS.finditer(text):
        value = float(match.group().replace(",", ""))
        if _PERCENT_AFTER.match(text, match.end()):
            yield Quantity(*match.span(), match.group(), (value,), PERCENT, "%")
            continue
        if _YEAR_BEFORE.search(text[max(0, match.start() - 5) : match.start()]) and value < 100:  # noqa: PLR2004 - 1981-87
            century = float(text[match.start() - 5 : match.start() - 3]) * 100
            yield Quantity(*match.span(), match.group(), (value, century + value), BARE)
            continue
        yield Quantity(*match.span(), match.group(), (value,), BARE)
