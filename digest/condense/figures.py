"""The numbers of an article that matter, with what they measure and both ends of a change."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from digest.condense.cues import combined
from digest.condense.sentences import Looked, Reading
from digest.model import NumberFact
from digest.text.numbers import FoundNumber, find_numbers

MOST_FIGURES = 6

_KIND_WEIGHT = {
    "change": 1.3,
    "money": 1.0,
    "percent": 0.8,
    "points": 0.7,
    "multiple": 0.7,
    "count": 0.5,
}
_IN_TITLE, _IN_POINT, _MEASURED, _EARLY = 1.5, 1.0, 0.3, 0.5
_SMALL = 0.25  # counts below ten and spans of time: rarely the news unless the title says them
_UNNAMED = 0.6  # a count of what is not said
_LITTLE = 10
_LEAST = 0.5
_SPANS = re.compile(
    r"^(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|times|ms|年|个月|周|天|小时|个小时|分钟|秒钟?|岁|周岁|周年|个工作日)$"
)
_FROM = re.compile(
    r"(?:\bfrom (?:about |around |nearly |roughly |just |over |more than )?"
    r"|[从由](?:约|大约|原来的|此前的|最初的|目前的|当前的|去年同期的)?\s*)$",
    re.IGNORECASE,
)
_TO = re.compile(r"\s*(?:to|一路|[升降涨跌增减扩缩提调压下上改变]\w{0,3}?[到至为成])了?\s*")
_UP, _DOWN, _MEASURES = combined("up"), combined("down"), combined("measures")
_CLAUSE = re.compile(r"[，,。；;！!？?：:（(]")
_NEAR = 40


@dataclass(frozen=True, slots=True)
class _Weighed:
    fact: NumberFact
    weight: float


def find_figures(reading: Reading, title: str, points: Collection[int]) -> tuple[NumberFact, ...]:
    """At most six numbers, the most important first: those of the title and the points lead.

    Years, dates, ordinals, versions and numbers in names are not among them; neither is a number
    of the title that no sentence repeats.
    """
    in_title = {_identity(number) for number in find_numbers(title, reading.lang)}
    weighed: list[_Weighed] = []
    for one in reading.usable:
        if (
            any(letter.isdigit() for letter in one.opening)
            or not one.opening.isascii()
            or _words(one)
        ):
            weighed.extend(_of_sentence(one, reading, in_title, points))
    best: dict[tuple[float, str], _Weighed] = {}
    for candidate in weighed:
        key = (candidate.fact.value, candidate.fact.unit or candidate.fact.kind)
        if key not in best or candidate.weight > best[key].weight:
            best[key] = candidate
    ranked = sorted(best.values(), key=lambda it: (-it.weight, it.fact.sentence))
    return tuple(it.fact for it in _without_ends(ranked) if it.weight >= _LEAST)[:MOST_FIGURES]


def _words(one: Looked) -> bool:
    return bool(re.search(r"doubl|tripl|halv|fold|[mb]illion", one.opening))


def _of_sentence(
    one: Looked, reading: Reading, in_title: set[tuple[float, str]], points: Collection[int]
) -> list[_Weighed]:
    numbers = find_numbers(one.opening, reading.lang)
    facts = [*_changes(one, numbers), *(_fact(one, it) for it in numbers if it.is_fact)]
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
        weight += _IN_TITLE if (fact.value, fact.unit) in in_title else 0.0
        found.append(_Weighed(fact, weight))
    return found


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
            measure=_measure(one.opening, start, second.end),
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
        measure="" if _names_itself(number) else _measure(one.opening, number.start, number.end),
        zh=number.zh,
        direction=_direction(one.opening, number),
    )


def _names_itself(number: FoundNumber) -> bool:
    """Whether the unit is what is counted ("3.5 million users"), so that nothing need be said."""
    return number.kind == "count" and number.unit.isascii() and number.unit.islower()


def _measure(text: str, start: int, end: int) -> str:
    """The nearest word of the same clause that says what is measured, as the article has it."""
    before = _CLAUSE.split(text[max(0, start - _NEAR) : start])[-1]
    found = list(_MEASURES.finditer(before))
    if found:
        return found[-1].group()
    after = _MEASURES.match(
        re.sub(r"^[\s的]*(?:(?:in|of|for|a|the)\s)*", "", text[end : end + _NEAR])
    )
    return after.group() if after else ""


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
