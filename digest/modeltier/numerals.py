"""Numbers that a statement states in forms which no comparison reads, so that it passes unseen.

Written-out bank numerals, digits of other scripts, a letter in the place of a naught, "tens of
billions" in a word, and changes told backwards: each is looked up here or refused.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from digest.regexes import regex
from digest.text.numbers import FoundNumber, find_numbers

_PLAIN = frozenset("0123456789０１２３４５６７８９")
_HAN = regex(r"[\u3400-\u9fff]")
# 陆续, 收拾 and 伍德 are words: only together with another one is it a numeral.
_BANK_NUMERAL = regex(
    "[壹贰叁肆伍陆柒捌玖][拾佰仟]|[壹贰叁肆伍柒捌玖][万亿]|[拾佰仟][壹贰叁肆伍陆柒捌玖万亿元]|[廿卅]"
)
_LETTER_IN_NUMBER = regex(r"\d[OoОоlI]\s?[\d万亿%％元]|(?<![A-Za-z\d])[OО]\.\d")
_WORD = regex(r"[A-Za-z\d\u0370-\u04ff.\-]+")
_LATIN = regex(r"[A-Za-z]")
_LOOKALIKE = regex(r"[\u0370-\u04ff]")
_SCALES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_VAGUE = regex(
    r"(?<![\d.零〇一二两三四五六七八九十百千万亿第])"
    r"(?P<how>[上数几近逾超约过好]*)(?P<scale>[十百千]?[来多余几]?[万亿]{1,2}|[十百千](?=[来多余几]))"
    r"(?![一勿象能分众般维里圣幸向])"
)
_IN_ENGLISH = {
    1e1: "dozens|tens", 1e2: "hundreds", 1e3: "thousands", 1e4: "tens of thousands",
    1e5: "hundreds of thousands", 1e6: "millions", 1e7: "tens of millions",
    1e8: "hundreds of millions", 1e9: "billions", 1e10: "tens of billions",
    1e11: "hundreds of billions", 1e12: "trillions",
}  # fmt: skip
# How many times the scale it may be.
_NEARLY, _SEVERAL, _SOME, _OVER = (0.7, 1.1), (1.5, 10.0), (1.0, 2.0), (0.95, 10.0)
_FROM = regex(
    r"(?:从|由|\bfrom)\s?(?:每[天晚日周月年])?\s?"
    r"(?:约|大约|的|about |around |some )?\s?[$€£¥]?\s?$",
    re.IGNORECASE,
)
_TO = regex(
    r"^[^，,。；;]{0,16}?(?:到|至|为|\bto)\s?(?:约|了|about |around )?\s?[$€£¥]?\s?$",
    re.IGNORECASE,
)
_BY_ZH = regex(
    r"(?:减少|下降|降低|下跌|缩短|缩减|增加|增长|上升|上涨|提高|提升|少|降|跌|升|涨)了?(?:约|大约|近|超过)?\s?$"
)
_BY_EN = regex(
    r"\b(?:by|another|additional|extra|up|down|rose|fell|cut|saved?|saves|added|lost|gained|fewer|more)"
    r"(?: (?:about|around|nearly|almost|some|over|up to|roughly|a further))?\s?[$€£¥]?$",
    re.IGNORECASE,
)
_UP = regex(r"[升增涨]|提高|扩大|上调|翻")
_DOWN = regex(r"[降减跌缩]|下调|下滑|压低")


def odd_numeral(text: str, known: str) -> str:
    """What of `text` looks like a number or a name and is not written as one; "" when nothing is.

    What `known`, the article, has itself is fine (CO₂, TNF-α).
    """
    for letter in text:
        other = unicodedata.numeric(letter, None) is not None and not _HAN.match(letter)
        if other and letter not in _PLAIN and letter not in known:
            return letter
    for pattern in (_BANK_NUMERAL, _LETTER_IN_NUMBER):
        for match in pattern.finditer(text):
            if match.group() not in known:
                return match.group()
    for word in _WORD.findall(text):
        if _LATIN.search(word) and _LOOKALIKE.search(word) and word not in known:
            return str(word)
    return ""


def untold_scale(text: str, known: str, lang: str) -> str:
    """A magnitude told in a word (数百亿, 上千万) that the article has in no form; "" if none."""
    plain = known.casefold()
    numbers: list[float] | None = None
    for match in _VAGUE.finditer(text):
        if not match.group("how") and not re.search("[来多余几]", match.group("scale")):
            continue  # 万里, 百亿级: a way of speaking
        if match.group("scale") in known:
            continue
        value = _size(match.group("scale"))
        if re.search(rf"\b(?:{_IN_ENGLISH.get(value, '(?!)')})\b", plain):
            continue
        if numbers is None:
            numbers = [one.value for one in find_numbers(known, lang)]
        least, most = _range(match)
        if not any(least * value <= number <= most * value for number in numbers):
            return match.group()
    return ""


def _range(match: re.Match[str]) -> tuple[float, float]:
    if re.search("[数几好]", match.group("how")):
        return _SEVERAL
    if re.search("[来多余几]", match.group("scale")):
        return _SOME
    return _NEARLY if re.search("[近约]", match.group("how")) else _OVER


def _size(scale: str) -> float:
    value = 1.0
    for letter in scale:
        value *= _SCALES.get(letter, 1.0)
    return value


def turned_change(text: str, known: str, lang: str) -> str:
    """A change of `text` that contradicts itself or is the article's reversed; "" if none is."""
    told: set[tuple[float, float]] | None = None
    for first, last, between in _changes(text, "zh"):
        rises, falls = bool(_UP.search(between)), bool(_DOWN.search(between))
        whole = text[first.start : last.end]
        if rises != falls and first.value != last.value and rises != (last.value > first.value):
            return whole
        if told is None:
            told = {(one.value, two.value) for one, two, _ in _changes(known, lang)}
        pair = (first.value, last.value)
        if pair not in told and pair[::-1] in told:
            return whole
    return ""


def wrong_difference(text: str, known: str, lang: str) -> str:
    """An end of one of the article's changes told as the difference; "" if there is none.

    "From 40 to 4" is no 减少了 40: it is 36.
    """
    ends: dict[float, set[float]] | None = None
    for number in find_numbers(text, "zh"):
        match = _BY_ZH.search(text[max(0, number.start - 12) : number.start])
        if match is None:
            continue
        if ends is None:
            ends = {}
            for first, last, _ in _changes(known, lang):
                difference = abs(first.value - last.value)
                ends.setdefault(first.value, set()).add(difference)
                ends.setdefault(last.value, set()).add(difference)
        differences = ends.get(number.value, {number.value})
        if number.value not in differences and not _is_difference(number.value, known, lang):
            return f"{match.group().strip()}{number.text}"
    return ""


def _is_difference(value: float, known: str, lang: str) -> bool:
    """Whether the article itself tells it as one: "cut by 40"."""
    by = _BY_ZH if lang == "zh" else _BY_EN
    return any(
        number.value == value and by.search(known[max(0, number.start - 24) : number.start])
        for number in find_numbers(known, lang)
    )


def _changes(text: str, lang: str) -> Iterator[tuple[FoundNumber, FoundNumber, str]]:
    """Both ends of each "from … to …", and what stands between them."""
    numbers = find_numbers(text, lang)
    for first, last in pairwise(numbers):
        between = text[first.end : last.start]
        joined = _FROM.search(text[max(0, first.start - 12) : first.start]) and _TO.match(between)
        if joined and (first.unit == last.unit or not first.unit or not last.unit):
            yield first, last, between
