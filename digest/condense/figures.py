"""The numbers of an article that matter, with what they measure and both ends of a change."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from digest.condense.cues import combined
from digest.condense.measures import known_measure, measure_of
from digest.condense.sentences import Looked, Reading
from digest.model import NumberFact
from digest.text.number_tables import UNIT_SYMBOLS
from digest.text.numbers import FoundNumber, find_numbers
from digest.text.vocabulary import word_set

MOST_FIGURES = 6
FEW_FIGURES = 2
_LOOKED_AT = 120  # sentences; what matters stands before them

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
_LEAST = 0.5
_NUMERAL = re.compile(
    r"[\d零〇一二两三四五六七八九十百千万亿半倍番成腰]|doubl|tripl|quadrupl|halv|fold|[mb]illion|hundred"
    r"|thousand|times|percent",
    re.IGNORECASE,
)
_SPANS = re.compile(
    r"^(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|times|ms|年|个月|周|天|小时|个小时|分钟|秒钟?|岁|周岁|周年|个工作日)$"
)
_FROM = re.compile(
    r"(?:\bfrom (?:about |around |nearly |roughly |just |over |more than )?"
    r"|[从由](?:约|大约|原来的|此前的|最初的|目前的|当前的|去年同期的)?\s*)$",
    re.IGNORECASE,
)
_TO = re.compile(r"\s*(?:to|一路|[升降涨跌增减扩缩提调压下上改变]\w{0,3}?[到至为成])了?\s*")
_UP, _DOWN = combined("up"), combined("down")
_CONVERTED = re.compile(
    r"(?:约合|折合|相当于|汇率.{0,4}|[（(][^（()）]{0,8}注：\s?约?|[（(]约)\s?(?:人民币)?$"
)
# Units that count or measure without saying what.
_MUTE_UNITS = frozenset(UNIT_SYMBOLS.split("|")) | word_set(
    "个 台 款 项 条 组 套 种 类 件 份 张 片 只 道 位 次 行 字 层 门 期 米 克 公斤 ",
    "千克 吨 毫米 厘米 微米 纳米 公里 瓦 千瓦 瓦时 升 毫升 平方米 秒 分 秒钟 岁 ",
    "回 集 家 名 座 颗 times ",
)
_CLAUSE = re.compile(r"[，,。；;！!？?：:（(]")
_NEAR = 40


@dataclass(frozen=True, slots=True)
class _Weighed:
    fact: NumberFact
    weight: float
    named: bool = False  # in the title


def find_figures(reading: Reading, title: str, points: Collection[int]) -> tuple[NumberFact, ...]:
    """At most six numbers, the most important first: those of the title and the points lead.

    Years, dates, ordinals, versions and numbers in names are not among them; neither is a number
    of the title that no sentence repeats. One that does not say what it measures stands only for
    want of better ones.
    """
    in_title = {_identity(number) for number in find_numbers(title, reading.lang)}
    weighed: list[_Weighed] = []
    for one in reading.usable[:_LOOKED_AT]:
        if _NUMERAL.search(one.opening):
            weighed.extend(_of_sentence(one, reading, in_title, points))
    best: dict[tuple[float, str], _Weighed] = {}
    for candidate in weighed:
        key = (candidate.fact.value, candidate.fact.unit or candidate.fact.kind)
        if key not in best or candidate.weight > best[key].weight:
            best[key] = candidate
    ranked = sorted(best.values(), key=lambda it: (-it.weight, it.fact.sentence))
    worthy = [it for it in _without_ends(ranked) if it.weight >= _LEAST]
    telling = [it.fact for it in worthy if it.named or _says(it.fact)]
    # Bare figures only fill up a brief that would have next to none.
    mute = [it.fact for it in worthy if it.fact not in telling and it.fact.sentence in points]
    return (*telling, *mute[: max(0, FEW_FIGURES - len(telling))])[:MOST_FIGURES]


def _of_sentence(
    one: Looked, reading: Reading, in_title: set[tuple[float, str]], points: Collection[int]
) -> list[_Weighed]:
    numbers = find_numbers(one.opening, reading.lang)
    own = [it for it in numbers if it.is_fact and not _is_conversion(one.opening, it)]
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
        named = (fact.value, fact.unit) in in_title
        found.append(_Weighed(fact, weight + (_IN_TITLE if named else 0.0), named))
    return found


def _is_conversion(text: str, number: FoundNumber) -> bool:
    """Whether it only repeats another amount in the reader's money: （现汇率约合 51 亿元）."""
    return number.kind == "money" and bool(_CONVERTED.search(text[: number.start][-20:]))


def _says(fact: NumberFact) -> bool:
    """Whether the number is understood without its sentence."""
    if fact.measure or fact.direction or fact.kind in {"change", "money"}:
        return True
    return fact.kind == "count" and bool(fact.unit) and fact.unit not in _MUTE_UNITS


def _changes(one: Looked, numbers: Sequence[FoundNumber]) -> list[NumberFact]:
    """Both ends where the sentence goes "from 40 to 4" or 从 40 降到 4."""
    found: list[NumberFact] = []
    for first, second in pairwise(numbers):
        opening = _FROM.search(one.opening[: first.start])
        between = one.opening[first.end : second.start]
        if not opening or not _TO.fullmatch(between) or not _comparable(one, first, second):
            continue
        start = opening.start()
        fact = NumberFact(
            text=one.opening[start : second.end],
            value=second.value,
            kind="change",
            unit=second.unit,
            sentence=one.index,
            measure=known_measure(one.opening, start, second.end)
            or measure_of(one.opening, replace(second, start=start)),
            zh=_change_in_chinese(first, second),
            direction=_compare(first, second),
            start=first.text,
            end=second.text,
        )
        found.append(fact)
    return found


def _compare(first: FoundNumber, second: FoundNumber) -> str:
    if second.value == first.value:
        return ""
    return "up" if second.value > first.value else "down"


def _comparable(one: Looked, first: FoundNumber, second: FoundNumber) -> bool:
    if "date" in {first.kind, second.kind} or "ordinal" in {first.kind, second.kind}:
        return False
    if first.kind == second.kind == "plain":
        # Without a unit only a verb tells a change from a span ("from 9 to 5").
        return bool(_UP.search(one.opening) or _DOWN.search(one.opening))
    if _SPANS.match(second.unit):
        return bool(_UP.search(one.opening) or _DOWN.search(one.opening))
    return first.unit == second.unit or first.kind == "plain" or second.kind == "plain"


def _change_in_chinese(first: FoundNumber, second: FoundNumber) -> str:
    ends = [
        it.zh or (it.text if re.fullmatch(r"[\d.,]+%?", it.text) else "") for it in (first, second)
    ]
    return f"从 {ends[0]} 到 {ends[1]}" if all(ends) else ""


def _fact(one: Looked, number: FoundNumber) -> NumberFact:
    return NumberFact(
        text=number.text.strip(),
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
    before = _CLAUSE.split(text[max(0, number.start - _NEAR) : number.start])[-1]
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


def _identity(number: FoundNumber) -> tuple[float, str]:
    return (number.value, number.unit)
