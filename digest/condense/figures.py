"""The numbers of an article that matter, with what they measure and both ends of a change."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from digest.condense.cues import combined
from digest.condense.known_measures import known_measure
from digest.condense.measures import changed_before, measure_of
from digest.condense.sentences import LOOKED_AT, Looked, Reading
from digest.model import NumberFact
from digest.regexes import regex
from digest.text.number_patterns import RANGE
from digest.text.number_tables import NUMBER_WORDS, UNIT_SYMBOLS
from digest.text.numbers import FoundNumber, find_numbers
from digest.text.vocabulary import word_set

MOST_FIGURES = 6
FEW_FIGURES = 2
_LOOKED_AT = 120  # sentences; what matters stands before them
_OPENING = 16  # Chinese sentences whose counts matter though no point has them
_AGES = frozenset({"岁", "周岁"})

_KIND_WEIGHT = {
    "change": 1.3,
    "money": 1.0,
    "percent": 0.8,
    "points": 0.7,
    "multiple": 0.7,
    "count": 0.5,
}
_IN_TITLE, _IN_POINT, _MEASURED, _EARLY = 1.5, 1.0, 0.5, 0.5
_SMALL = 0.25  # counts below ten and spans of time: rarely the news unless the title says them
_UNNAMED = 0.6  # a count of what is not said
_LITTLE = 10
_NOT_NAMED = 99
_NEARLY = 1e-9
_EXACT_KINDS = frozenset({"money", "percent", "points", "multiple"})
_NO_AMOUNTS = frozenset({"date", "ordinal"})
_LEAST = 0.5
_NUMERAL = regex(
    # 一 alone counts nothing (一名, 一个), and is in most Chinese sentences.
    r"[\d二两三四五六七八九十百千万亿半倍番]|一成|腰斩|doubl|tripl|quadrupl|halv|fold|[mb]illion|hundred"
    r"|thousand|times|percent",
    re.IGNORECASE,
)
_SPANS = regex(
    r"^(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|times|ms|年|个月|周|天|小时|个小时|分钟|秒钟?|岁|周岁|周年|个工作日)$"
)
_FROM = regex(
    r"(?:\bfrom (?:about |around |nearly |roughly |just |over |more than )?"
    r"|[从由](?:约|大约|原来的|此前的|最初的|目前的|当前的|去年同期的|上年同期的"
    r"|\s?(?:19|20)\d\d\s?(?:年\S{0,4}?)?的)?\s*)$",
    re.IGNORECASE,
)
_TO = regex(
    r"\s*(?:to|一路|[升降涨跌增减扩缩提调压下上改变飙攀猛骤回跳激]\w{0,3}?[到至为成])了?\s*"
    r"(?:(?:19|20)\d\d\s?(?:年\S{0,4}?)?的\s*)?(?:约|近|超过?|逾)?\s*"
)
_ARROW = regex(r"\s*(?:→|➔|⟶|->|=>)\s*")
# The last value first: to 5.2% from 4.9%; 5.2%, up from 4.9%.
_BACK = regex(
    r",?\s(?:(?P<way>up|down|higher|lower|rising|falling|compared) )?(?:from|with)"
    r"(?: (?:about|around|nearly|roughly|just|over|more than|a|an|the previous))? ?",
    re.IGNORECASE,
)
_TO_BEFORE = regex(r"\bto (?:about |around |nearly |roughly |just |over |more than )?$")
_WAYS = {"up": "up", "higher": "up", "rising": "up", "down": "down", "lower": "down",
         "falling": "down"}  # fmt: skip
_UP, _DOWN = combined("up"), combined("down")
_CONVERTED = regex(
    r"(?:约合|折合|相当于|汇率.{0,4}|[（(][^（()）]{0,8}注：\s?约?|[（(]约)\s?(?:人民币)?$"
)
_UNFINISHED = regex(r"[²³$]|[.,]?\d")  # a formula ends with its dollar: $1M$
_MINUS = regex(r"(?:^|[\s：:为（(约达~～至到])[-−－]$")
# An amount in brackets right behind another: "253m euros (£175m; $328m)".
_BRACKETED = regex(r"\d[\w.]*(?: [A-Za-z]+){0,3} ?\((?:[^()]*; ?)?$")
# Units that count or measure without saying what.
_MUTE_UNITS = frozenset(UNIT_SYMBOLS.split("|")) | word_set(
    "个 台 款 项 条 组 套 种 类 件 份 张 片 只 道 位 次 行 字 层 门 期 米 克 公斤 ",
    "千克 吨 毫米 厘米 微米 纳米 公里 瓦 千瓦 瓦时 升 毫升 平方米 秒 分 秒钟 岁 ",
    "回 集 家 名 座 颗 times ",
)
_CLAUSE = regex(r"[，,。；;！!？?：:（(]")
_NEAR = 40
# "$95 a day", "300 dots per inch": without it the number says something else.
_RATE = regex(
    r" (?:each|apiece|(?:a|an|per) (?:second|minute|hour|day|night|week|month|quarter|year|shift"
    r"|user|person|head|share|inch|litre|liter|gallon|kilogram|kg|ton(?:ne)?|barrel|unit|seat)"
    r"(?! (?:earlier|ago|before|later|after|ended|to)\b))\b"
)
# 61 万元/吨
_RATE_ZH = regex(
    r"\s?/\s?(?:标?吨|[件股年月天人户台套次个斤升克桶亩瓦度箱]|季度?|小时|平方米|平米|公斤|千克|公里|kWh|GB|kg)"
)
_REPEATED = regex(r" (?:(?:a|per) (?:second|minute|hour|day|night|week|month|year)|in a row)\b")
_WITHIN = regex(r"(?:前|近|过去|未来|此前|最近|今后)\s?$")  # 前 10 个月: when, not how much
_AWAY = regex(r" (?:north|south|east|west)\w* of\b|[^，。]{0,6}(?:以[东南西北]|外的)")
_THEN = regex(r"(?:之?[前后]|以?来|[内间])")  # 10 年后
_ORDINAL_UNITS = frozenset({"届"})
_SIZED = regex(r"[\d.,]+-[a-z]+ ")
_DIFFERENCE = regex(r" (?:more|less|fewer|higher|lower) than\b")
_MOST_WORD = 20
_MOVED_BY = regex(
    rf"(?<!mak[ei] )(?<!made )(?<!making )(?<!set )(?:{_UP.pattern}|{_DOWN.pattern})"
    r"(?:\s|\b(?:by|to|a|an|about|around|nearly|almost|roughly|over|more than|just|only|some"
    r"|further|another|sharply|slightly|as much as|at least|up|of|in|the)\b)*$",
    re.IGNORECASE,
)
# "lowering its cost by": the verb says where it went.
_MOVED_OBJECT = regex(
    rf"(?P<verb>{_UP.pattern}|{_DOWN.pattern}) (?:(?!and |or |but )[a-z][a-z\-]* ){{1,3}}"
    r"by (?:about |around |nearly |almost |roughly |over |more than |up to |just |some )?$",
    re.IGNORECASE,
)
# 22% growth in, 17% higher
_MOVED_AFTER = regex(
    r"\s(?:(?P<up>increase|rise|jump|gain|growth|surge|boost|hike|spike|climb|uptick|higher)"
    r"|drop|fall|decline|decrease|cut|reduction|slump|plunge|slide|tumble|dip|lower)\b"
)
_UP_TO = regex(r"\bup to\b", re.IGNORECASE)  # a bound, not a rise
_LARGE = 1000  # a count beside points and title below it is a detail
_SMALL_WORDS = {number: word for word, number in NUMBER_WORDS.items() if number <= _MOST_WORD}
_LIKELY_THE_SAME = 20  # two counts of the same size from here on count the same


@dataclass(frozen=True, slots=True)
class _Weighed:
    fact: NumberFact
    weight: float
    place: int = _NOT_NAMED  # among the numbers of the title

    @property
    def named(self) -> bool:
        """Whether the title has it."""
        return self.place != _NOT_NAMED


def find_figures(
    reading: Reading, title: str, points: Collection[int], *, told: str = ""
) -> tuple[NumberFact, ...]:
    """At most six numbers, the most important first: those of the title, then of the points.

    Years, dates, ordinals, versions and numbers in names are not among them; neither is a number
    of the title that no sentence repeats. One that does not say what it measures stands only for
    want of better ones, and one of the title not beside points whose words (`told`) have it.
    """
    numbers = find_numbers(title, reading.lang)
    # Both the range as a whole and its ends: a text may write it otherwise.
    said = [it for it in (*_own_facts(title, numbers), *numbers) if it.kind not in _NO_AMOUNTS]
    weighed: list[_Weighed] = []
    for one in reading.usable[:_LOOKED_AT]:
        if _NUMERAL.search(one.opening):
            weighed.extend(_of_sentence(one, reading, said, points))
    weighed.extend(_from_furniture(reading, said, weighed))
    weighed = _with_title_changes(weighed, title, numbers, reading)
    best: dict[tuple[float, str], _Weighed] = {}
    for candidate in weighed:
        key = (candidate.fact.value, candidate.fact.unit or candidate.fact.kind)
        if key not in best or candidate.weight > best[key].weight:
            best[key] = candidate
    ranked = sorted(best.values(), key=lambda it: (-it.weight, it.fact.sentence))
    worthy = [it for it in _without_ends(ranked) if it.named or it.weight >= _LEAST]
    return _selected(worthy, reading, points, told)


def _selected(
    worthy: Sequence[_Weighed], reading: Reading, points: Collection[int], told: str
) -> tuple[NumberFact, ...]:
    """Those of the title in its order, then what tells something; the rest only fills up."""
    named = [it.fact for it in sorted(worthy, key=lambda it: it.place) if it.named]
    rest = [it.fact for it in worthy if not it.named]
    near = points if reading.lang != "zh" else range(LOOKED_AT)
    telling = [it for it in rest if _tells(it, near)]
    beside = points if reading.lang != "zh" else {*points, *range(_OPENING)}
    far = [it for it in telling if it.kind == "count" and it.sentence not in beside]
    bare = [it for it in rest if it not in telling and it.sentence in points]
    kept = [it for it in named if _says(it) or not (it.unit in _AGES or _has(told, it.text))]
    kept += [it for it in telling if it not in far]
    fill = [*far, *(it for it in bare if it.unit not in _AGES)]
    return (*kept, *fill[: max(0, FEW_FIGURES - len(kept))])[:MOST_FIGURES]


def _has(told: str, number: str) -> bool:
    """Whether the points have this number, not only its digits within a longer one."""
    return bool(re.search(rf"(?<![\d.,]){re.escape(number)}(?!\d|[.,]\d)", told))


def _with_title_changes(
    weighed: list[_Weighed], title: str, numbers: Sequence[FoundNumber], reading: Reading
) -> list[_Weighed]:
    """`weighed` with the changes of the title whose ends the text tells one after the other.

    "Cut false alarms from 40 to 4 a night" where the text has 40 false alarms in one sentence and
    four in the next one. Such a change takes the place of its ends.
    """
    for place, (left, right) in enumerate(pairwise(numbers)):
        span = _span_of_change(title, left, right)
        if span is None or any(_is_change(it.fact, *span[1:]) for it in weighed):
            continue
        start, first, second = span
        told = next((it for it in weighed if it.fact.value == first.value), None)
        if told is None or not _follows(second, told.fact.sentence, reading):
            continue
        rate = _RATE.match(title, right.end)
        fact = replace(
            told.fact,
            text=title[start : right.end] + (rate.group() if rate else ""),
            value=second.value,
            kind="change",
            measure=told.fact.measure
            or _RATE.sub("", told.fact.text).removeprefix(first.text).strip(),
            zh=_change_in_chinese(first, second),
            direction=_compare(first, second),
            start=first.text,
            end=second.text,
        )
        weighed = [it for it in weighed if it.fact.value not in {first.value, second.value}]
        weighed.append(_Weighed(fact, told.weight + _IN_TITLE, place))
    return weighed


def _is_change(fact: NumberFact, first: FoundNumber, second: FoundNumber) -> bool:
    return fact.kind == "change" and {first.text, second.text} & {fact.start, fact.end} != set()


def _follows(number: FoundNumber, sentence: int, reading: Reading) -> bool:
    """Whether `number` stands in that sentence or the next one, in digits or as a word."""
    word = _SMALL_WORDS.get(int(number.value), "") if number.value == int(number.value) else ""
    written = "|".join(re.escape(it) for it in (number.text, word) if it)
    told = re.compile(rf"(?<![\w.,])(?:{written})(?![\w%]|[.,]\d)", re.IGNORECASE)
    return any(told.search(one.opening) for one in reading.sentences[sentence : sentence + 2])


def _from_furniture(
    reading: Reading, said: Sequence[FoundNumber], found: Sequence[_Weighed]
) -> list[_Weighed]:
    """Numbers of the title that only a line beside the text repeats: an offer's price."""
    missing = [it for it in said if not any(_same_amount(it, one.fact) for one in found)]
    if not missing:
        return []
    beside = [one for one in reading.sentences[:_LOOKED_AT] if one.junk or one.heading]
    return [
        weighed
        for one in beside
        if _NUMERAL.search(one.opening)
        for weighed in _of_sentence(one, reading, missing, ())
        # A price or a size is understood beside the title, a share is not.
        if weighed.named and (weighed.fact.kind in {"money", "count"} or _says(weighed.fact))
    ]


def _of_sentence(
    one: Looked, reading: Reading, said: Sequence[FoundNumber], points: Collection[int]
) -> list[_Weighed]:
    numbers = find_numbers(one.opening, reading.lang)
    own = _own_facts(one.opening, numbers)
    facts = [*_changes(one, numbers), *(_fact(one, it) for it in own)]
    early = _EARLY / (1 + one.index / 4)
    found: list[_Weighed] = []
    for fact in facts:
        weight = _KIND_WEIGHT.get(fact.kind, 0.0) + early
        weight += _IN_POINT if one.index in points else 0.0
        weight += _MEASURED if fact.measure else 0.0
        if _SPANS.match(fact.unit) or (fact.kind == "count" and fact.value < _LITTLE):
            weight *= _SMALL
        if fact.kind == "count" and not fact.unit:
            weight *= _UNNAMED
        place = next((n for n, it in enumerate(said) if _same_amount(it, fact)), _NOT_NAMED)
        weight += 0.0 if place == _NOT_NAMED else _IN_TITLE
        found.append(_Weighed(fact, weight, place))
    return found


def _own_facts(text: str, numbers: Sequence[FoundNumber]) -> list[FoundNumber]:
    """The facts of a sentence: both ends of a range as one, without what only converts another."""
    own: list[FoundNumber] = []
    for found in numbers:
        if not found.is_fact or _is_conversion(text, found) or _goes_on(text, found):
            continue
        if _is_beside(text, found):
            continue
        number = _signed(text, found)
        last = own[-1] if own else None
        if last and last.unit == number.unit and _is_range(text, last, number):
            own[-1] = _range(text, last, number)
        else:
            own.append(number)
    return own


def _is_range(text: str, low: FoundNumber, high: FoundNumber) -> bool:
    between = text[low.end : high.start]
    if between == " and ":
        return text[: low.start].lower().endswith("between ")
    return bool(RANGE.fullmatch(between))


def _is_beside(text: str, number: FoundNumber) -> bool:
    """Whether it only counts how often, by how much others differ, or names a size or a time.

    "15 times a second", "$5 more than", "13-inch models", 前 10 个月.
    """
    if number.kind == "count" and _SIZED.match(number.text):
        return True
    if _SPANS.match(number.unit) and (
        _WITHIN.search(text[max(0, number.start - 4) : number.start])
        or _THEN.match(text, number.end)
    ):
        return True
    if number.unit == "类" and number.value == 1:  # 1 类致癌物: which class, not how many
        return True
    if number.unit in _ORDINAL_UNITS:  # 第十四届、十五届
        return True
    if _AWAY.match(text, number.end):  # 30 miles south of a town: where, not how much
        return True
    if number.unit == "x" and _REPEATED.match(text, number.end):
        return True
    return number.kind == "money" and bool(_DIFFERENCE.match(text, number.end))


def _goes_on(text: str, number: FoundNumber) -> bool:
    """Whether it goes on where it was thought to end: 1600 mm², Rs 1,00,000."""
    return bool(_UNFINISHED.match(text, number.end))


def _signed(text: str, number: FoundNumber) -> FoundNumber:
    """A loss keeps its minus: 净利润：-4 亿元."""
    if not _MINUS.search(text[max(0, number.start - 2) : number.start]):
        return number
    start = number.start - 1
    whole = text[start : number.end]
    zh = f"-{number.zh}" if number.zh else ""
    return replace(number, start=start, text=whole, value=-abs(number.value), zh=zh)


def _range(text: str, low: FoundNumber, high: FoundNumber) -> FoundNumber:
    """One number that reads "40-70%"; its value is the upper end."""
    zh = f"{low.zh} 至 {high.zh}" if low.zh and high.zh else ""
    start = low.start - len("between ") * (text[low.end : high.start] == " and ")
    return replace(high, start=start, text=text[start : high.end], zh=zh)


def _is_conversion(text: str, number: FoundNumber) -> bool:
    """Whether it only repeats another amount in the reader's money: （现汇率约合 51 亿元）."""
    before = text[max(0, number.start - 40) : number.start]
    return number.kind == "money" and bool(
        _CONVERTED.search(before[-20:]) or _BRACKETED.search(before)
    )


def _says(fact: NumberFact) -> bool:
    """Whether the number is understood without its sentence."""
    if fact.measure or fact.kind == "change":
        return True
    return fact.kind == "count" and bool(fact.unit) and fact.unit not in _MUTE_UNITS


def _tells(fact: NumberFact, near: Collection[int]) -> bool:
    """Whether the number says something, one of a sentence that is not `near` also by itself."""
    if not _says(fact):
        return False
    return fact.sentence in near or fact.kind != "count" or fact.value >= _LARGE


def _changes(one: Looked, numbers: Sequence[FoundNumber]) -> list[NumberFact]:
    """Both ends where the sentence goes "from 40 to 4", 从 40 降到 4, 40 → 4, "to 4 from 40"."""
    found: list[NumberFact] = []
    # "from 1.8% in 2026 to 2.5% in 2027": the years between are no ends.
    for left, right in pairwise(it for it in numbers if it.kind != "date"):
        span = _span_of_change(one.opening, left, right)
        if span is None:
            continue
        start, first, second = span
        fact = NumberFact(
            text=one.opening[start : right.end],
            value=second.value,
            kind="change",
            unit=second.unit or first.unit,
            sentence=one.index,
            measure=known_measure(one.opening, start, right.end)
            or measure_of(one.opening, replace(right, start=start))
            or changed_before(one.opening, start),
            zh=_change_in_chinese(first, second),
            direction=_compare(first, second),
            start=first.text,
            end=second.text,
        )
        found.append(fact)
    return found


def _span_of_change(
    text: str, left: FoundNumber, right: FoundNumber
) -> tuple[int, FoundNumber, FoundNumber] | None:
    """Where a change begins, its first value and its last one; None when it is none."""
    if not _comparable(text, left, right):
        return None
    before, between = text[: left.start], text[left.end : right.start]
    opening = _FROM.search(before)
    if opening and _TO.fullmatch(between):
        return opening.start(), left, right
    if _ARROW.fullmatch(between):
        return left.start, left, right
    back = _BACK.fullmatch(between)
    if back and (back.group("way") or _TO_BEFORE.search(before)):
        way = _WAYS.get((back.group("way") or "").lower().split(" ")[-1], "")
        if way in {"", _compare(right, left)}:
            return left.start, right, left
    return None


def _compare(first: FoundNumber, second: FoundNumber) -> str:
    if second.value == first.value:
        return ""
    return "up" if second.value > first.value else "down"


def _comparable(text: str, first: FoundNumber, second: FoundNumber) -> bool:
    if "date" in {first.kind, second.kind} or "ordinal" in {first.kind, second.kind}:
        return False
    if first.kind == second.kind == "plain":
        # Without a unit only a verb tells a change from a span ("from 9 to 5").
        return _moves(text)
    if _SPANS.match(second.unit):
        return _moves(text)
    return first.unit == second.unit or first.kind == "plain" or second.kind == "plain"


@lru_cache(maxsize=8)
def _moves(text: str) -> bool:
    # Asked for each pair of its numbers.
    return bool(_UP.search(text) or _DOWN.search(text))


def _change_in_chinese(first: FoundNumber, second: FoundNumber) -> str:
    ends = [
        it.zh or (it.text if re.fullmatch(r"[\d.,]+%?", it.text) else "") for it in (first, second)
    ]
    return f"从 {ends[0]} 到 {ends[1]}" if all(ends) else ""


def _fact(one: Looked, number: FoundNumber) -> NumberFact:
    rate = None
    if number.kind in {"money", "count"}:
        rate = _RATE.match(one.opening, number.end) or _RATE_ZH.match(one.opening, number.end)
    return NumberFact(
        text=number.text.strip() + (rate.group() if rate else ""),
        value=number.value,
        kind=number.kind,
        unit=number.unit,
        sentence=one.index,
        measure=measure_of(one.opening, number),
        zh=number.zh,
        direction=_direction(one.opening, number),
    )


def _direction(text: str, number: FoundNumber) -> str:
    if number.kind not in {"percent", "points", "multiple", "money"}:
        return ""
    if number.kind != "money" and (told := _MOVED_AFTER.match(text, number.end)):
        return "up" if told.group("up") else "down"
    before = _CLAUSE.split(text[max(0, number.start - _NEAR) : number.start])[-1]
    before = _UP_TO.sub(" ", before)
    if moved := _MOVED_OBJECT.search(before):
        return "up" if _UP.fullmatch(moved.group("verb")) else "down"
    if before.isascii() and not _MOVED_BY.search(before):
        return ""  # somewhere before it something rose: another thing, perhaps
    up = [match.end() for match in _UP.finditer(before)]
    down = [match.end() for match in _DOWN.finditer(before)]
    if not up and not down:
        return ""
    return "up" if max(up, default=-1) > max(down, default=-1) else "down"


def _without_ends(ranked: list[_Weighed]) -> list[_Weighed]:
    """Leave out single numbers that stand in a change already."""
    ends = {
        (it.fact.sentence, text)
        for it in ranked
        if it.fact.kind == "change"
        for text in (it.fact.start, it.fact.end)
    }
    return [
        it
        for it in ranked
        if it.fact.kind == "change" or (it.fact.sentence, it.fact.text) not in ends
    ]


def _same_amount(number: FoundNumber, fact: NumberFact) -> bool:
    """Whether a number of the title is this fact; a title may leave the unit out."""
    if fact.kind == "change" and number.text in {fact.start, fact.end}:
        return True
    if fact.kind == "change" and number.kind in _EXACT_KINDS:
        return number.unit == fact.unit and number.value == fact.value
    if fact.text == number.text or fact.text.startswith(f"{number.text} "):
        return True
    # A title tells of a loss of 2 亿元 where the text has 净利润：-2 亿元.
    if abs(abs(number.value) - abs(fact.value)) > _NEARLY * max(1.0, abs(fact.value)):
        return False
    if number.kind in _EXACT_KINDS or fact.kind in _EXACT_KINDS:
        return number.kind == fact.kind and number.unit == fact.unit
    if number.unit == fact.unit or not number.unit or fact.kind == "change":
        return True
    # "63 changes" of the title are "63 recommendations" in the text.
    return fact.value >= _LIKELY_THE_SAME and not (
        _SPANS.match(number.unit) or _SPANS.match(fact.unit)
    )
