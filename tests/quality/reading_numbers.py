"""A plain reader of numbers for measuring, written apart from the one that makes cards.

It knows digits, scales, percent, points, times and currencies; the unit of anything else is the
word or Chinese character that follows. What it cannot read it does not count.
"""

import re
from dataclasses import dataclass

_SCALES = {
    "万亿": 1e12, "亿": 1e8, "万": 1e4, "千万": 1e7, "百万": 1e6, "千": 1e3, "百": 1e2,
    "trillion": 1e12, "tn": 1e12, "billion": 1e9, "bn": 1e9, "b": 1e9, "million": 1e6, "mn": 1e6,
    "m": 1e6, "k": 1e3, "thousand": 1e3, "hundred": 1e2, "crore": 1e7, "cr": 1e7, "lakh": 1e5,
    "lakh crore": 1e12,
    "十万": 1e5, "十亿": 1e9, "百亿": 1e10, "千亿": 1e11,
}  # fmt: skip
_MONEY = {
    "$": "USD", "US$": "USD", "美元": "USD", "dollars": "USD", "dollar": "USD", "£": "GBP",
    "英镑": "GBP", "pounds": "GBP", "€": "EUR", "欧元": "EUR", "euros": "EUR", "₹": "INR",
    "Rs": "INR", "Rs.": "INR", "卢比": "INR", "rupees": "INR", "¥": "CNY", "￥": "CNY",
    "元": "CNY", "元人民币": "CNY", "人民币": "CNY", "yuan": "CNY", "日元": "JPY", "yen": "JPY",
    "韩元": "KRW", "港元": "HKD",
}  # fmt: skip
_SHARES = {"%": "%", "％": "%", "percent": "%", "per cent": "%", "个百分点": "pp", "倍": "x"}
_LONG = sorted(_SCALES, key=len, reverse=True)
_UNITS = sorted([*_SHARES, *(name for name in _MONEY if name[0] not in "$£€₹¥￥UR")], key=len)[
    ::-1
]
_NUMBER = re.compile(
    r"(?:(?<![A-Za-z])(?P<sign>(?:US)?\$|[£€₹¥￥]|Rs\.?)\s?|(?<![A-Za-z\d_.])(?<![A-Za-z]-))"
    r"(?P<digits>\d+(?:,\d{2,3})*(?:\.\d+)?)(?!\.\d|\d)"
    rf"(?:[\s-]?[多余]?(?P<scale>{'|'.join(_LONG)})(?![a-z]|[克米瓦]))?"
    rf"(?:[\s-]?(?P<unit>{'|'.join(map(re.escape, _UNITS))})(?![a-z])"
    r"|\s?(?P<han>[\u4e00-\u9fff])|[\s-](?P<word>[a-z]{2,})|(?P<letters>[A-Za-z]+))?"
)
# After a sign of money or before these words only: 5K names a screen.
_CAPITALS = {"K": 1e3, "M": 1e6, "B": 1e9}
_COUNTED = re.compile(r"\s(?:parameters|tokens|users|downloads)\b")
_DATES = frozenset("年月日号时点:")
_NAME_BEFORE = re.compile(r"(?:[A-Z][A-Za-z]*|[a-z]+[A-Z]\w*|锐龙|骁龙|天玑|酷睿|[Pp]art) ?-?$")
_WORDS: dict[str, float] = {
    word: value
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(" "), 1
    )
} | {"half a": 0.5}
_IN_WORDS = re.compile(
    rf"\b({'|'.join(_WORDS)}|half an?|an?)[ -](hundred|thousand|million|billion|trillion)\b",
    re.IGNORECASE,
)
_LONGEST_UNIT = 4
_YEARS = range(1900, 2101)
_MONTH = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s?$|[年月第\d][\s./:-]?$"
)


@dataclass(frozen=True, slots=True)
class Read:
    """A number: its value with the scale, its unit ("%", "USD", "辆", "users") and its text."""

    value: float
    unit: str
    text: str
    date: bool = False
    name: bool = False


def read_numbers(text: str) -> list[Read]:
    """All numbers of `text` in digits, those inside names left out, then "six million"."""
    found: list[Read] = []
    for match in _NUMBER.finditer(text):
        # 5GHz is a number, 3DMark a name.
        if not match.group("scale") and len(match.group("letters") or "") > _LONGEST_UNIT:
            continue
        value = float(match.group("digits").replace(",", ""))
        value *= _SCALES.get(match.group("scale") or "", 1.0)
        if match.group("sign") or _COUNTED.match(text, match.end()):
            value *= _CAPITALS.get(match.group("letters") or "", 1.0)
        named = bool(_NAME_BEFORE.search(text[: match.start()])) and not match.group("scale")
        date = _is_date(match, text)
        found.append(Read(value, _unit(match), match.group().strip(), date, named))
    for match in _IN_WORDS.finditer(text):
        value = _WORDS.get(match.group(1).lower()[:6], 1) * _SCALES[match.group(2).lower()]
        found.append(Read(value, match.group(2), match.group()))
    return found


def _unit(match: re.Match[str]) -> str:
    if match.group("sign"):
        return _MONEY[match.group("sign").strip()]
    written = match.group("unit")
    if written:
        return _SHARES.get(written) or _MONEY[written]
    return match.group("han") or match.group("word") or match.group("letters") or ""


def _is_date(match: re.Match[str], text: str) -> bool:
    digits = match.group("digits")
    if match.group("sign") or match.group("scale") or match.group("unit"):
        return False
    if (match.group("han") or "") in _DATES or (match.group("letters") or "") in {
        "st",
        "nd",
        "th",
    }:
        return True
    year = digits.isdigit() and int(digits) in _YEARS
    return year or bool(_MONTH.search(text[: match.start("digits")]))


def same(one: Read, other: Read) -> bool:
    """Whether both say the same amount; a unit that only one of them names does not part them."""
    if abs(one.value - other.value) > 1e-6 * max(1.0, abs(one.value)):
        return False
    strict = {"%", "pp", "x", *_MONEY.values()}
    if one.unit in strict or other.unit in strict:
        return one.unit == other.unit
    return True


def same_with_unit(wanted: Read, given: Read) -> bool:
    """Whether `given` says the amount of `wanted` with its unit."""
    if not same(wanted, given):
        return False
    return not wanted.unit or bool(given.unit)
