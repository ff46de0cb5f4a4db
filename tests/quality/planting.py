"""Errors planted in true sentences, by rules that know nothing of the code that must find them."""

import random
import re
from collections.abc import Callable, Sequence

Plant = Callable[[str, random.Random, Sequence[str]], str | None]

_NUMBER = re.compile(r"(?<![A-Za-z\d.\-,/:_])\d[\d,]*(?:\.\d+)?(?![\d\-/:]|\.\d|[A-Za-z])")
_DATE_AFTER = re.compile(
    r"\s?(?:年(?!前|后|内|间|来)|月|日|号|时|点|:|：|-|/|(?:st|nd|rd|th)\b|\s?[ap]\.?m"
    r"|\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))"
)
_MONTH_BEFORE = re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? $")
_MONTHS = (
    "January", "February", "March", "April", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITS = (
    ("million", "billion"), ("billion", "million"), ("percentage points", "percent"),
    ("per cent", "percentage points"), ("percent", "percentage points"), ("crore", "lakh"),
    ("lakh", "crore"), ("hours", "days"), ("days", "weeks"), ("months", "years"),
    ("years", "months"), ("minutes", "hours"), ("weeks", "months"), ("km", "miles"),
    ("miles", "kilometres"), ("kg", "tonnes"), ("dollars", "euros"), ("$", "£"), ("£", "€"),
    ("€", "£"), ("%", " percentage points"),
)  # fmt: skip
_UNITS_ZH = (
    ("亿", "万"), ("万", "亿"), ("个百分点", "%"), ("%", " 个百分点"), ("美元", "欧元"),
    ("欧元", "英镑"), ("英镑", "美元"), ("小时", "天"), ("个月", "年"), ("分钟", "小时"),
    ("公里", "米"), ("公斤", "吨"), ("英里", "米"), ("天", "个月"),
)  # fmt: skip
_OPPOSITES = (
    ("rose", "fell"), ("fell", "rose"), ("increased", "decreased"), ("increase", "decrease"),
    ("higher", "lower"), ("lower", "higher"), ("won", "lost"), ("lost", "won"),
    ("more than", "less than"), ("gained", "lost"), ("grew", "shrank"), ("up", "down"),
    ("approved", "rejected"), ("rejected", "approved"), ("before", "after"),
    ("after", "before"), ("supported", "opposed"), ("was", "was not"), ("is", "is not"),
    ("has", "has not"), ("will", "will not"), ("not ", ""),
)  # fmt: skip
_OPPOSITES_ZH = (
    ("上升", "下降"), ("上涨", "下跌"), ("增长", "下降"), ("增加", "减少"), ("下降", "上升"),
    ("下跌", "上涨"), ("减少", "增加"), ("提高", "降低"), ("超过", "不到"), ("支持", "反对"),
    ("反对", "支持"), ("同意", "拒绝"), ("扩大", "缩小"), ("没有", "有"), ("不会", "会"),
    ("不是", "是"), ("无法", "可以"), ("不能", "能"), ("将", "不会"), ("可以", "无法"),
    ("已经", "尚未"),
)  # fmt: skip
_QUOTED = re.compile(r"“([^“”]{8,200})”|\"([^\"]{12,200})\"|「([^「」]{6,200})」")
_LATIN_NAME = re.compile(
    r"(?<=[a-z,;] )[A-Z][a-z]{3,}(?![a-z])(?!\.)|[A-Z][A-Za-z]{3,}(?=[^A-Za-z])"
)
_COUNTRIES = ("美国", "英国", "法国", "德国", "俄罗斯", "日本", "印度", "韩国", "意大利", "西班牙",
              "加拿大", "澳大利亚", "巴西", "伊朗", "以色列", "土耳其")  # fmt: skip
_NOT_NAMES = frozenset({*_MONTHS, *_DAYS, "May"})


def _other(options: Sequence[str], old: str, dice: random.Random) -> str | None:
    left = [option for option in options if option and option != old]
    return dice.choice(left) if left else None


def _put(text: str, span: tuple[int, int], new: str | None) -> str | None:
    return None if new is None else text[: span[0]] + new + text[span[1] :]


def number(text: str, dice: random.Random, _pool: Sequence[str]) -> str | None:
    """One digit of one number that is no date becomes another."""
    found = [
        match
        for match in _NUMBER.finditer(text)
        if not _DATE_AFTER.match(text, match.end())
        and not _MONTH_BEFORE.search(text[: match.start()])
        and not re.fullmatch(r"(?:19|20)\d\d", match.group())
    ]
    found = [match for match in found if len(match.group()) < 10]  # no identifiers
    if not found:
        return None
    match = dice.choice(found)
    written = match.group()
    place = dice.choice([i for i, letter in enumerate(written) if letter.isdigit()])
    least = "123456789" if place == 0 else "0123456789"
    if written[place] != "0" or place == 0 or "." not in written:
        new = _other(least, written[place], dice)
        assert new is not None
        changed = written[:place] + new + written[place + 1 :]
        if float(changed.replace(",", "")) != float(written.replace(",", "")):
            return _put(text, match.span(), changed)
    return None


def scale_or_unit(text: str, dice: random.Random, _pool: Sequence[str]) -> str | None:
    """million ↔ billion, 万 ↔ 亿, $ ↔ £, hours ↔ days, % ↔ points."""
    options: list[tuple[tuple[int, int], str]] = []
    for old, new in (*_UNITS, *_UNITS_ZH):
        if old in "$£€":
            pattern = rf"{re.escape(old)}(?=\d)"
        elif old.isascii():
            pattern = rf"(?<=\d)[ -]?{re.escape(old)}(?![A-Za-z])"
        else:
            pattern = rf"(?<=\d)(?:\.\d+)?\s?(?:多|余)?[万亿]?{old}"
        ends = [match.end() for match in re.finditer(pattern, text)]
        options.extend(((end - len(old), end), new) for end in ends)
    if not options:
        return None
    return _put(text, *dice.choice(options))


def date(text: str, dice: random.Random, _pool: Sequence[str]) -> str | None:
    """Another month, weekday, day of the month or year."""
    options: list[tuple[tuple[int, int], str | None]] = []
    for names in (_MONTHS, _DAYS):
        found = re.finditer(rf"\b(?:{'|'.join(names)})\b", text)
        options.extend((it.span(), _other(names, it.group(), dice)) for it in found)
    found = re.finditer(r"(?:周|星期)([一二三四五六])(?![年期])", text)
    options.extend((it.span(1), _other("一二三四五六", it.group(1), dice)) for it in found)
    for match in re.finditer(r"(?<!\d)(\d{1,2})(?=\s?月)", text):
        months = [str(place) for place in range(1, 13)]
        options.append((match.span(1), _other(months, match.group(1), dice)))
    for match in re.finditer(r"(?<!\d)(\d{1,2})(?=\s?日)(?<!\.)", text):
        days = [str(place) for place in range(1, 29)]
        options.append((match.span(1), _other(days, match.group(1), dice)))
    for match in re.finditer(
        r"(?<![\d.,$£€])(?:19|20)\d\d(?![\d.,%]\d|\s?[万亿人个家台名])", text
    ):
        years = [str(int(match.group()) + step) for step in (-12, -7, -3, -2, -1, 1, 2, 4, 9)]
        options.append((match.span(), dice.choice(years)))
    if not options:
        return None
    return _put(text, *dice.choice(options))


def latin_name(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """A name inside the sentence becomes one of another article."""
    found = [m for m in _LATIN_NAME.finditer(text) if m.start() and m.group() not in _NOT_NAMES]
    if not found:
        return None
    match = dice.choice(found)
    latin = [name for name in pool if name.isascii()]
    return _put(text, match.span(), _other(latin, match.group(), dice))


def country(text: str, dice: random.Random, _pool: Sequence[str]) -> str | None:
    """A country in Chinese becomes another one."""
    found = list(re.finditer("|".join(_COUNTRIES), text))
    if not found:
        return None
    match = dice.choice(found)
    return _put(text, match.span(), _other(_COUNTRIES, match.group(), dice))


def chinese_name(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """A person, place or organisation as the segmenter tags it becomes one of another article."""
    names = [name for name in tagged_names(text) if name in text]
    if not names:
        return None
    old = dice.choice(names)
    new = _other([name for name in pool if not name.isascii()], old, dice)
    return None if new is None else text.replace(old, new, 1)


def tagged_names(text: str) -> list[str]:
    """Chinese names of at least two characters, by part of speech."""
    from digest.text.segmentation import tag

    return [
        word
        for word, sort in tag(text)
        if sort in {"nr", "ns", "nt", "nrt"} and len(word) > 1 and "\u4e00" <= word[0] <= "\u9fff"
    ]


def quote(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """One word between quotation marks becomes another."""
    found = list(_QUOTED.finditer(text))
    if not found:
        return None
    match = dice.choice(found)
    group = next(place for place in (1, 2, 3) if match.group(place))
    inside = match.group(group)
    spots = list(re.finditer(r"[a-z]{4,}|[\u4e00-\u9fff]{2}", inside))
    if not spots:
        return None
    spot = dice.choice(spots)
    at = match.start(group)
    options = [word for word in pool if word.isascii() == spot.group().isascii()]
    new = _other(options, spot.group(), dice)
    return _put(text, (at + spot.start(), at + spot.end()), new.lower() if new else None)


def direction(text: str, dice: random.Random, _pool: Sequence[str]) -> str | None:
    """A word becomes its opposite, a denial is put in or taken out."""
    options: list[tuple[tuple[int, int], str]] = []
    for old, new in _OPPOSITES:
        pattern = rf"\b{old}" if old.endswith(" ") else rf"\b{old}\b"
        options.extend((match.span(), new) for match in re.finditer(pattern, text))
    for old, new in _OPPOSITES_ZH:
        options.extend((match.span(), new) for match in re.finditer(old, text))
    if not options:
        return None
    return _put(text, *dice.choice(options))
