"""Numbers in running text: what they are worth, what kind they are and in which unit.

One scanner for both scripts, because Chinese texts write "12 亿美元" and "$1.2 billion" alike. It
starts at bare numerals and grows them to the left (currency) and right (scale, unit). A numeral
inside a name ("GPT-5.2", "iPhone 17") is no number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from digest.regexes import regex
from digest.text.folding import small
from digest.text.number_patterns import (
    ARABIC,
    BASE,
    CHINESE_SCALE,
    CONTINENTAL,
    CURRENCY_AFTER,
    DATE_AFTER,
    DATE_BEFORE,
    LAST_PART,
    LATIN_SCALE,
    LOWER_PART,
    MEASURE,
    MULTIPLE,
    NAME_BEFORE,
    NOUNS,
    OF_HUNDRED,
    ORDINAL_BEFORE,
    PERCENT,
    POINTS,
    RANGE,
    SIGN_BEFORE,
    SYMBOL_BEFORE,
    TENTHS,
    UNIT_NEXT,
)
from digest.text.number_tables import (
    CURRENCIES,
    CURRENCY_NAMES,
    MEASURED_UNITS,
    NUMBER_WORDS,
    SCALED_CURRENCIES,
    SCALES,
    UNIT_NAMES,
    chinese_value,
    in_chinese,
    plain,
)
from digest.text.vocabulary import word_set

FACT_KINDS = frozenset({"money", "percent", "points", "multiple", "count"})


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A number at `start`..`end` of the text; `text` is that slice, `value` in base units.

    `kind`: money, percent, points, multiple, count (with a unit), or plain, ordinal, date. `unit`:
    a currency code, "%", "pp", "bp", "x" or the counted noun. `zh` is how it reads in Chinese, ""
    when that is not certain or it is Chinese already.
    """

    start: int
    end: int
    text: str
    value: float
    kind: str
    unit: str = ""
    zh: str = ""

    @property
    def is_fact(self) -> bool:
        """Whether it says how much of something, rather than when or which."""
        return self.kind in FACT_KINDS


_CAPITALISED = regex(r"(?<![\w'])([A-Z][\w.+\-]*|[a-z]{1,3}[A-Z]\w*) $")
_NOT_NAMES = word_set(
    "About Over Around Nearly Almost Some The Only More Than At Least Up To In By Of With And Or ",
    "A Between Roughly Approximately Another These Those All Its Their Our His Her For From But ",
    "Just Under Below Above Within Every Fewer Less Last Next First An After Before During Since ",
    "Until Till When While Where If As On Into That This There Then Now He She We They You Who ",
    "Is Are Was Were Has Have Had Not No Even Still Also Yet Both Each Most Many Few Several Plus",
)
_GLUED = regex(r"(?P<unit>[a-z]{4,})\b")
_NO_NOUNS = word_set(
    "is was has does as its this thus across less plus versus perhaps always hers ours yours ",
    "his us yes brings makes takes gives shows comes goes gets wants needs plays lives keeps ",
    "includes offers allows remains seems becomes adds helps lets begins costs contains ",
    "towards besides sometimes afterwards business basis access process success focus status ",
    "press times percent series news means says https s",
)
_LOOSE_NOUNS = frozenset({"people", "staff", "children", "women", "men"})
_BREAKS = word_set(
    "of in on at to for from by with and or as than that which who were was is are are be will ",
    "had have has the a an its their into over under per while when but since after before ",
    "during between about more less it they said says against through",
)
_CHANGES = {
    "doubl": ("2", "翻倍"), "tripl": ("3", "增至三倍"), "quadr": ("4", "增至四倍"),
    "halv": ("0.5", "减半"),
}  # fmt: skip
_VAGUE_BEFORE = frozenset("第数几上近十")
_LONE_SCALES = frozenset({*"十百千万亿", "亿万", "万千", "千千万万", "千百万"})
_VAGUE = regex(r"[一二两三四五六七八九]{2}[十百千万]?")  # 一两个, 三五十年
_YEAR_MEASURES = frozenset({"款", "届", "级"})
_ZH_CHANGES = {"两": 4, "三": 8, "四": 16}
_YEARS_LONG = regex(r"\s?年(?!\s?\d{1,2}\s?月|级)")
_LONGEST_ID = 9
_LONGEST_NUMERAL = 60  # characters; longer runs are no numbers but cost much
_LEAST_UPPER, _UPPER_SCALES = 1000, frozenset("万萬亿億")
_CONTINENTAL_LANGUAGES = word_set(
    "de fr es pt it nl ru uk pl cs sv da no nb fi tr id ro hu el bg hr sl sk sr ca vi",
)
_MARKS = str.maketrans({".": ",", " ": ",", "\u00a0": ",", "\u202f": ",", ",": "."})
_MOST_OF_A_CLOCK = 60
_YEARS = range(1900, 2100)
_NUMBERS_IN_NAMES_BELOW = 10_000


def find_numbers(text: str, lang: str) -> tuple[FoundNumber, ...]:
    """All numbers of `text`, in order, without overlaps. `lang` decides what "¥" is."""
    if lang in _CONTINENTAL_LANGUAGES:
        english = CONTINENTAL.sub(_english_marks, text)
        if english != text:
            return tuple(
                replace(number, text=text[number.start : number.end])
                for number in find_numbers(english, "")
            )
    found: list[FoundNumber] = []
    done = 0
    for match in _percent_phrases(text):
        if match.start() < done:
            continue
        number = _grow(text, match, lang)
        if number and number.start >= done:
            found.append(number)
            done = number.end
    return tuple(_with_ranges(text, found))


def _english_marks(match: re.Match[str]) -> str:
    """The same numeral, letter for letter, as English would mark it."""
    return match.group().translate(_MARKS)


def _percent_phrases(text: str) -> Iterator[re.Match[str]]:
    """Candidates in order: percentages in Chinese words go before their numerals."""
    special = [*OF_HUNDRED.finditer(text), *TENTHS.finditer(text)]
    taken = bytearray(len(text))
    for match in special:
        taken[match.start() : match.end()] = b"x" * (match.end() - match.start())
    usual = (match for match in BASE.finditer(text) if not taken[match.start()])
    candidates = sorted([*special, *usual], key=lambda match: match.start())
    yield from (it for it in candidates if it.end() - it.start() <= _LONGEST_NUMERAL)


def _grow(text: str, match: re.Match[str], lang: str) -> FoundNumber | None:
    groups = match.groupdict()
    start, end = match.span()
    if groups.get("percent"):
        value = _mixed_value(groups["percent"])
        return _number(text, (start, end), value, "percent", "%") if value is not None else None
    if groups.get("tenths"):
        digits = groups["tenths"].replace("点", ".")
        value = _mixed_value(digits.split(".")[0]) or Decimal(0)
        part = _mixed_value(digits.split(".")[1]) if "." in digits else Decimal(0)
        part = _mixed_value(groups["and"]) if groups.get("and") else part
        return _number(text, (start, end), value * 10 + (part or 0), "percent", "%")
    if groups.get("change"):
        size, zh = next(v for k, v in _CHANGES.items() if small(match.group()).startswith(k))
        return _number(text, (start, end), Decimal(size), "multiple", "x", zh)
    if groups.get("zh_change"):
        return _number(text, (start, end), _chinese_change(match.group()), "multiple", "x")
    if groups.get("words"):
        return _from_words(text, match, lang)
    if groups.get("hanzi"):
        return _from_hanzi(text, match, lang)
    return _from_arabic(text, match, lang)


def _from_arabic(text: str, match: re.Match[str], lang: str) -> FoundNumber | None:
    start, end = match.span()
    before = text[max(0, start - 24) : start]
    if NAME_BEFORE.search(before) and not SYMBOL_BEFORE.search(before):
        return None
    if re.match(r"\.\d|[-_][A-Za-z]*\d*\.\d+\.", text[end : end + 12]):
        return None
    digits = match.group().replace(",", "")
    value = Decimal(digits)
    symbol = SYMBOL_BEFORE.search(before)
    if not symbol:
        if match.group().isdigit() and not UNIT_NEXT.match(text, end):
            if DATE_AFTER.match(text, end) and not _lasts(text, match):
                return _number(text, (start, end), value, "date")
            if DATE_BEFORE.search(before) and value < _MOST_OF_A_CLOCK:
                return _number(text, (start, end), value, "date")
        if ORDINAL_BEFORE.search(before):
            return _number(text, (start, end), value, "ordinal")
    return _with_unit(text, (start, end), value, symbol, lang)


def _lasts(text: str, match: re.Match[str]) -> bool:
    """4 年 is a time that passes, 98 年 and 2024 年 are years."""
    return len(match.group()) == 1 and bool(_YEARS_LONG.match(text, match.end()))


def _from_hanzi(text: str, match: re.Match[str], lang: str) -> FoundNumber | None:
    start, end = match.span()
    before, numeral = text[max(0, start - 2) : start], match.group()
    value = chinese_value(numeral)
    # 百元 and 万家 are ways of speaking, not figures.
    vague = before[-1:] in _VAGUE_BEFORE or numeral in _LONE_SCALES or _VAGUE.fullmatch(numeral)
    if value is None or vague:
        return None
    if re.match(r"[年月日号]", text[end:]) and not re.match(r"年[前后内间来]", text[end:]):
        return None
    grown = _with_unit(text, (start, end), value, None, lang)
    if grown is None or not grown.is_fact or (value < 2 and grown.kind == "count"):  # noqa: PLR2004
        return None
    # 个, 位, 次 after a lone small numeral is grammar, not a figure.
    lone = len(numeral) == 1 and grown.kind == "count"
    return None if lone else grown


def _from_words(text: str, match: re.Match[str], lang: str) -> FoundNumber | None:
    words = small(match.group("words"))
    if words == "half a":
        value = Decimal("0.5")
    elif words == "a":
        value = Decimal(1)
    else:
        value = _worded(words)
    before = text[max(0, match.start() - 24) : match.start()]
    grown = _with_unit(text, match.span(), value, SYMBOL_BEFORE.search(before), lang)
    return grown if grown and grown.kind != "plain" else None


def _worded(words: str) -> Decimal:
    """A numeral like "a hundred and fifty-two", without its scale."""
    hundreds, _, rest = words.rpartition(" hundred ")
    value = Decimal(sum(NUMBER_WORDS[word] for word in rest.removeprefix("and ").split("-")))
    return value + 100 * (1 if hundreds == "a" else NUMBER_WORDS.get(hundreds, 0))


def _with_unit(
    text: str, span: tuple[int, int], value: Decimal, symbol: re.Match[str] | None, lang: str
) -> FoundNumber | None:
    start, end = span
    bare = value
    if symbol:
        start -= len(symbol.group())
    scale_end, scale = _scale(text, end, money=bool(symbol))
    value, end = value * scale, scale_end
    if scale > _LEAST_UPPER and text[end - 1] in _UPPER_SCALES:
        value, end = _with_lower_parts(text, value, end, scale)
    if symbol:
        code = _currency(symbol.group().strip(), lang)
        return _money(text, (start, end), value, code, lang)
    scaled = scale != 1
    percent = PERCENT.match(text, end)
    if percent and not scaled:
        kind, unit = ("points", "pp") if percent.group("points") else ("percent", "%")
        if SIGN_BEFORE.search(text[max(0, start - 2) : start]):
            start -= 1
            value = -value if text[start] != "+" else value
        zh = f"{plain(value)}%" if not percent.group().strip().startswith(("%", "％")) else ""
        return _number(text, (start, percent.end()), value, kind, unit, zh)
    if points := POINTS.match(text, end):
        unit = "pp" if points.group("pp") else "bp"
        zh = f"{plain(value)} {'个百分点' if unit == 'pp' else '个基点'}"
        return _number(text, (start, points.end()), value, "points", unit, _foreign(points, zh))
    if multiple := MULTIPLE.match(text, end):
        zh = f"{plain(value)} 倍" if multiple.group("sign") in {"x", "×"} else ""
        return _number(text, (start, multiple.end()), value, "multiple", "x", zh)
    money = CURRENCY_AFTER.match(text, end)
    if money and (scaled or not money.group("scaled")):
        name = money.group("zh") or money.group("en") or money.group("scaled")
        code = SCALED_CURRENCIES.get(name) or CURRENCIES.get(name.removeprefix("US "), "")
        return _money(text, (start, money.end()), value, code, lang)
    return _counted(text, (start, end), value, scaled=scaled, bare=bare)


def _counted(
    text: str, span: tuple[int, int], value: Decimal, *, scaled: bool, bare: Decimal
) -> FoundNumber | None:
    start, end = span
    named = not scaled and value < _NUMBERS_IN_NAMES_BELOW and _after_name(text, start)
    if measure := MEASURE.match(text, end):
        unit = measure.group("zh") or measure.group("symbol")
        if unit in _YEAR_MEASURES and not scaled and bare in _YEARS:
            return _number(text, span, value, "date")
        if not (named and measure.group("zh")):
            return _number(text, (start, measure.end()), value, "count", unit)
    if not scaled and bare == int(bare) and int(bare) in _YEARS and "," not in text[start:end]:
        return _number(text, span, value, "date")
    glued = _GLUED.match(text, end)
    if glued and glued.group("unit") in UNIT_NAMES and not named:
        unit = glued.group("unit")  # "10days", as some write
        zh = _spaced(f"{in_chinese(value)}{UNIT_NAMES[unit]}")
        return _number(text, (start, glued.end()), value, "count", unit, zh)
    if re.match(r"[A-Za-z]", text[end : end + 1]) or named:
        return None
    if not scaled and end - start > _LONGEST_ID and "," not in text[start:end]:
        return None
    unit, after = _noun(text, end)
    if unit or scaled:
        # "14 square kilometres" are not 14 公里, and light years no 年.
        sure = unit not in MEASURED_UNITS or text[end:after].strip(" -") == unit
        zh = f"{in_chinese(value)}{UNIT_NAMES[unit]}" if sure and unit in UNIT_NAMES else ""
        zh = _spaced(zh)
        return _number(text, (start, after or end), value, "count", unit, zh)
    return _number(text, span, value, "plain")


def _with_lower_parts(text: str, value: Decimal, end: int, scale: Decimal) -> tuple[Decimal, int]:
    """4亿5千万 is one number, 56万5691 too: smaller parts follow its largest."""
    while part := LOWER_PART.match(text, end):
        size = Decimal(1)
        for letter in part.group("scale"):
            size *= SCALES[letter]
        if Decimal(part.group("digits")) * size >= scale:
            break
        value, end, scale = value + Decimal(part.group("digits")) * size, part.end(), size
    if scale == SCALES["万"] and (last := LAST_PART.match(text, end)):
        return value + Decimal(last.group()), last.end()
    return value, end


def _noun(text: str, end: int) -> tuple[str, int]:
    """The counted noun after a numeral and where it ends; ("", 0) when none is certain."""
    match = NOUNS.match(text, end)
    if not match:
        return "", 0
    place = match.start("nouns")
    for word in match.group("nouns").split(" "):
        if word in _BREAKS or word in NUMBER_WORDS or word == "year-old":
            break
        plural = word.endswith("s") and not word.endswith("ss") and word not in _NO_NOUNS
        if plural or word in _LOOSE_NOUNS:
            return word, place + len(word)
        place += len(word) + 1
    return "", 0


def _scale(text: str, end: int, *, money: bool) -> tuple[int, Decimal]:
    chinese = CHINESE_SCALE.match(text, end)
    if chinese:
        size = Decimal(1)
        for letter in chinese.group("scale"):
            size *= SCALES[letter]
        return chinese.end(), size
    latin = LATIN_SCALE.match(text, end)
    if not latin:
        return end, Decimal(1)
    if name := latin.group("long"):
        further = LATIN_SCALE.match(text, latin.end()) if small(name) == "hundred" else None
        if further and further.group("long"):  # two hundred thousand
            return further.end(), SCALES["hundred"] * SCALES[small(further.group("long"))]
        return latin.end(), SCALES[small(name)]
    # A lone letter is a scale after a currency or before a counted noun: "5m users", not "5m".
    if money or (latin.group("short") in "kmb" and _noun(text, latin.end())[0]):
        return latin.end(), SCALES[small(latin.group("short"))]
    if latin.group("short") in "BMK" and _noun(text, latin.end())[0] in {"parameters", "tokens"}:
        return latin.end(), SCALES[small(latin.group("short"))]
    return end, Decimal(1)


def _after_name(text: str, start: int) -> bool:
    match = _CAPITALISED.search(text[max(0, start - 24) : start])
    return bool(match) and match is not None and match.group(1) not in _NOT_NAMES


def _currency(symbol: str, lang: str) -> str:
    code = CURRENCIES.get(symbol, "")
    if code == "¥":
        return {"zh": "CNY", "ja": "JPY"}.get(lang, "¥")
    return code


def _money(text: str, span: tuple[int, int], value: Decimal, code: str, lang: str) -> FoundNumber:
    name = CURRENCY_NAMES.get(code, "")
    written = text[span[0] : span[1]]
    chinese = lang == "zh" and re.search(r"[万亿元镑币]", written)
    zh = f"{in_chinese(value)}{name}" if name and not chinese else ""
    return _number(text, span, value, "money", code, _spaced(zh))


def _spaced(zh: str) -> str:
    """A space between digits and Chinese, none inside the Chinese ("999 美元", "12 亿美元")."""
    return re.sub(r"(?<=\d)(?=[\u4e00-\u9fff])", " ", zh)


def _foreign(match: re.Match[str], zh: str) -> str:
    return "" if re.search(r"[\u4e00-\u9fff]", match.group()) else zh


def _number(
    text: str, span: tuple[int, int], value: Decimal, kind: str, unit: str = "", zh: str = ""
) -> FoundNumber:
    return FoundNumber(*span, text[span[0] : span[1]], float(value), kind, unit, zh)


def _chinese_change(written: str) -> Decimal:
    if written in {"减半", "腰斩"}:
        return Decimal("0.5")
    return Decimal(next((v for k, v in _ZH_CHANGES.items() if k in written), 2))


def _mixed_value(digits: str) -> Decimal | None:
    if digits[0].isdecimal():
        return Decimal(digits.replace(",", ""))
    whole, _, fraction = digits.partition("点")
    value = chinese_value(whole)
    if value is None or not fraction:
        return value
    part = chinese_value(fraction)
    # 三点零五: the naughts in front count.
    return value if part is None else value + Decimal(f"0.{int(part):0{len(fraction)}d}")


def _with_ranges(text: str, found: list[FoundNumber]) -> Iterator[FoundNumber]:
    """Give both ends of a range the same kind and unit ("10 至 15 亿元", "$5-10 million")."""
    for place, number in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        if following is None or not _spans(text, number, following):
            yield number
            continue
        scale = _written_scale(following)
        if number.kind == "count" and not number.unit and following.kind == "money":
            yield replace(number, kind="money", unit=following.unit, zh="")
        elif following.kind == "plain" and number.text.startswith("百分之"):
            yield number
            found[place + 1] = replace(following, kind="percent", unit="%")
        elif number.kind == "plain" and following.is_fact:
            yield replace(
                number,
                value=number.value * scale,
                kind=following.kind,
                unit=following.unit,
            )
        elif number.kind == "money" and following.kind == "count" and not following.unit:
            name = CURRENCY_NAMES.get(number.unit, "")
            yield replace(number, value=number.value * scale, zh="")
            found[place + 1] = replace(
                following,
                kind="money",
                unit=number.unit,
                zh=_spaced(in_chinese(Decimal(str(following.value))) + name) if name else "",
            )
        else:
            yield number


def _spans(text: str, number: FoundNumber, following: FoundNumber) -> bool:
    """Whether both are the ends of one range: "10 至 15", "between 30 and 43"."""
    link = text[number.end : following.start]
    between = link == " and " and text[: number.start].lower().endswith("between ")
    return between or bool(RANGE.fullmatch(link))


def _written_scale(number: FoundNumber) -> float:
    digits = re.search(ARABIC, number.text)
    bare = float(digits.group().replace(",", "")) if digits else 0.0
    return round(number.value / bare) if bare and number.value / bare >= 1 else 1.0
