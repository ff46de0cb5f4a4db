"""The numbers of a week: each says what it measures, and no two say the same. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

from digest.model import NumberFact, Signal
from digest.regexes import regex
from digest.text.segmentation import search_terms
from digest.verify.support import is_chinese
from digest.weeklies.outcome import headline, measured
from digest.weeklies.report import FigureRef

MOST = 12
_PER_COLUMN = 3
# Worth more than any number of the body: what the headline itself speaks of.
_IN_HEADLINE = 1_000
_COLLECTION = regex(
    r"早报|晚报|晨报|早知道|早餐|8点1氪|[；;].*[；;]|\b(?:roundup|newsletter|weekly)\b",
    re.IGNORECASE,
)
# Says how it moved, and not what did.
_ONLY_A_MOVE = regex(
    r"(?:同比|环比|较.{0,6})?(?:大幅)?(?:[增降涨跌升]|增长|增幅|下降|降幅|上涨|下跌|提升|减少)"
)
_NEAR_CJK, _NEAR = 4, 24  # letters between a number and what it measures
_CLAUSE_END = regex(r"[，；。！？：]|[,;:!?](?!\d)")
_ROUGH = regex(
    r"(?:[近约超逾]|大约|将近|超过|不到|不足|至少|最多|至多|高达|上限|about|around|nearly|over|under|than|"
    r"almost|up to|at least)$",
    re.IGNORECASE,
)
_LONGEST_ROUGH = 10  # letters of those
# A measure that ends so is the rest of a sentence.
_UNFINISHED = (
    "产生",
    "达到",
    "超过",
    "约",
    "为",
    "至",
    "达",
    "近",
    "有",
    "仅",
    "将",
    "被",
    "的",
    "以",
    "过",
)


def figures_of(signals: Sequence[Signal]) -> tuple[FigureRef, ...]:
    """At most one number of each signal and of each story, the most telling first."""
    found: list[tuple[int, int, Signal, NumberFact]] = []
    for signal in signals:
        best = _best(signal)
        if best is not None:
            weight, fact = best
            found.append((weight + signal.score.total, signal.id, signal, fact))
    found.sort(key=lambda one: (-one[0], -one[1]))
    return _different([(signal, fact) for _, _, signal, fact in found])


def _best(signal: Signal) -> tuple[int, NumberFact] | None:
    """The number that the headline speaks of, else the first of the brief's.

    What collects many events has none: nobody could tell of which.
    """
    if _COLLECTION.search(signal.title):
        return None
    told = headline(signal) + signal.brief.headline
    ranked = [
        (_IN_HEADLINE if fact.text in told or (fact.zh and fact.zh in told) else 0, -place, fact)
        for place, fact in enumerate(signal.brief.numbers)
        if measured(fact.measure) and _is_told(signal, fact)
    ]
    if not ranked:
        return None
    weight, _, fact = max(ranked, key=lambda one: one[:2])
    return weight, fact


def _is_told(signal: Signal, fact: NumberFact) -> bool:
    """Whether one and the same sentence that readers see has the number and its measure.

    What was put together from two is not told in a line of its own: nobody could check it.
    """
    brief, measure = signal.brief, fact.measure.strip()
    if measure.endswith(_UNFINISHED) or _ONLY_A_MOVE.fullmatch(measure):
        return False
    points = (text for point in brief.points for text in (point.text, point.original))
    told = (brief.headline, brief.headline_original, signal.title, *points)
    return any(_beside(clause, fact.text, measure) for text in told for clause in _clauses(text))


def _clauses(text: str) -> list[str]:
    return _CLAUSE_END.split(text)


def _beside(clause: str, number: str, measure: str) -> bool:
    """Whether the measure stands beside the number in a clause, and the number is no "nearly"."""
    at = clause.find(number)
    if at < 0 or _ROUGH.search(clause[:at].rstrip()[-_LONGEST_ROUGH:]):
        return False
    rest = clause[:at] + "\0" * len(number) + clause[at + len(number) :]
    place = rest.find(measure)
    if place < 0:
        return False
    gap = at - place - len(measure) if place < at else place - at - len(number)
    return gap <= (_NEAR_CJK if is_chinese(clause) else _NEAR)


def _different(candidates: Sequence[tuple[Signal, NumberFact]]) -> tuple[FigureRef, ...]:
    chosen: list[tuple[Signal, NumberFact]] = []
    columns: Counter[str] = Counter()
    for signal, fact in candidates:
        column = signal.placement.column
        if columns[column] >= _PER_COLUMN or any(
            _says_the_same(signal, fact, *other) for other in chosen
        ):
            continue
        columns[column] += 1
        chosen.append((signal, fact))
    return tuple(FigureRef(signal.id, fact.text) for signal, fact in chosen[:MOST])


def _says_the_same(signal: Signal, fact: NumberFact, other: Signal, known: NumberFact) -> bool:
    if signal.story_id is not None and signal.story_id == other.story_id:
        return True
    if (fact.value, fact.unit) != (known.value, known.unit):
        return False
    mine, theirs = set(search_terms(fact.measure)), set(search_terms(known.measure))
    told = set(search_terms(headline(signal))), set(search_terms(headline(other)))
    return bool(mine & theirs) or bool(told[0] & told[1])
