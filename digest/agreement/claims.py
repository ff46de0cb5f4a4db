"""A number as one signal states it: of what, of when, how firmly, and within which bounds."""

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.agreement.model import Statement
from digest.agreement.words import concepts, pattern, unit_names
from digest.condense.gazetteer import standard
from digest.condense.names import names_in
from digest.model import Article, NumberFact, Signal
from digest.regexes import regex
from digest.text.numbers import find_numbers
from digest.text.vocabulary import word_set

_MONEY = word_set(
    "net_profit net_loss operating_profit revenue sales market_value valuation deal funding fine ",
    "compensation investment price",
)
_PERCENT = frozenset({"gross_margin", "layoffs"})
_PERSONS = frozenset({"deaths", "injured", "missing", "arrested", "layoffs"})
_CLAUSE = regex(r"[，。；;！!？?：:（()）—]|, |\. ")
_NEAR, _BESIDE = 60, 14
_HAN = regex(r"[\u4e00-\u9fff]")
_QUALIFIERS = regex(
    r"(?:公司|集团|人数|总计|合计|本次|此次|总|整体|金额|数额|规模|达|的|\b(?:the|its|their|total|overall"
    r"|group|company|a|an|of|in|at|by|about|combined|new)\b|[^\w\u4e00-\u9fff]|_)+",
    re.IGNORECASE,
)
_PERIODS = (
    (regex(r"第?([一二三四1-4])季度?|\bQ([1-4])\b", re.IGNORECASE), "q"),
    (regex(r"\b(first|second|third|fourth)[- ](?:fiscal )?quarter\b", re.IGNORECASE), "q"),
    (regex(r"(前[三两23]季度|nine months)", re.IGNORECASE), "m9"),
    (regex(r"(上半年|\bH1\b|first half|six months)", re.IGNORECASE), "h1"),
    (regex(r"(下半年|\bH2\b|second half)", re.IGNORECASE), "h2"),
    (regex(r"(全年|年度|full[- ]year|fiscal|财年|annual(?:ly)?\b|年化)", re.IGNORECASE), "y"),
    (regex(r"(累计|截至|[迄至]今|so far|to date|since|cumulative)", re.IGNORECASE), "all"),
    (regex(r"(每天|日均|单日|当日|a day|per day|daily)", re.IGNORECASE), "day"),
    (regex(r"(每月|月均|单月|a month|per month|monthly)", re.IGNORECASE), "month"),
    (regex(r"(每周|单周|a week|per week|weekly)", re.IGNORECASE), "week"),
    (regex(r"(每年|年均|a year(?! (?:ago|earlier|before))|per year)", re.IGNORECASE), "year"),
    (regex(r"((?:1[0-2]|[1-9]) ?月)(?! ?\d)(?!份?底)"), "mon"),
)  # fmt: skip
_YEAR = regex(r"(?<![\d.,])((?:19|20)\d\d)(?![\d,%]|\.\d)")
_RELATIVE_YEARS = (
    (regex(r"去年|上年|\blast year\b", re.IGNORECASE), -1),
    (regex(r"今年|本年|\bthis year\b", re.IGNORECASE), 0),
    (regex(r"明年|\bnext year\b", re.IGNORECASE), 1),
)
_ORDINALS = {"一": "1", "二": "2", "三": "3", "四": "4",
             "first": "1", "second": "2", "third": "3", "fourth": "4"}  # fmt: skip
_CAPITALISED = regex(r"(?<![.!?] )(?<!^)\b[A-Z][A-Za-z0-9]+(?: [A-Z][A-Za-z0-9]+)*\b")
_NO_SUBJECTS = word_set(
    "January February March April May June July August September October November December ",
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Q1 Q2 Q3 Q4 CEO CFO US U.S",
)
_MAY = regex(r"\bMay\b")  # the month, not the word
_ROUGHLY, _CLOSELY = 0.1, 0.15
_FEW = 100  # counts below are told to the last one
_LEAST_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a number, ready to be compared.

    `concept` with `qualifier` is what it measures: a known concept, or the article's own words
    for it. `low` to `high` is what the value may be as it was written. `periods`, `stance` and
    `names` are what its sentence says of when, how firmly and whose. `is_sure`: nothing beside it
    says that it is only a part of something, or belongs to another time.
    """

    statement: Statement
    concept: str
    qualifier: str
    unit: str
    low: float
    high: float
    periods: frozenset[str]
    stance: str
    names: frozenset[str]
    is_sure: bool

    @property
    def is_range(self) -> bool:
        """Whether it was written as one value to another."""
        return self.fact.kind != "change" and len(_values(self.fact)) > 1

    @property
    def signal(self) -> Signal:
        """Who states it."""
        return self.statement.signal

    @property
    def fact(self) -> NumberFact:
        """The number itself."""
        assert self.statement.fact is not None  # noqa: S101  claims are of numbers
        return self.statement.fact

    @property
    def when(self) -> datetime:
        """When it was stated."""
        return self.signal.when


def read_claims(
    signal: Signal, article: Article | None, vocabulary: Collection[str]
) -> Iterator[Claim]:
    """The numbers of a signal's brief whose sentence says what they are of.

    `vocabulary` are the names that the story's headlines are about.
    """
    sentences = _sentences(signal, article)
    for fact in signal.brief.numbers:
        words = sentences.get(fact.sentence, "")
        claim = _claim(signal, fact, words, vocabulary)
        if claim is not None:
            yield claim


def _sentences(signal: Signal, article: Article | None) -> Mapping[int, str]:
    """The article's sentences by number; without its text those that points give whole."""
    if article is not None:
        return {one.index: one.text for one in article.sentences}
    points = (it for it in signal.brief.points if len(it.evidence) == 1 and not it.edited)
    return {it.evidence[0]: it.original or it.text for it in points}


def _claim(
    signal: Signal, fact: NumberFact, words: str, vocabulary: Collection[str]
) -> Claim | None:
    place = words.find(fact.text)
    before, after = (words[:place], words[place + len(fact.text) :]) if place >= 0 else ("", "")
    concept, qualifier = _concept(fact, before, after)
    if not concept:
        return None
    low, high = _bounds(fact, before, after)
    near = _clause_before(before)[-_NEAR:]
    odd = (
        place < 0
        or fact.kind == "change"
        or bool(pattern("part").search(near) or pattern("part").match(after.lstrip()[:_BESIDE]))
        or bool(pattern("earlier").search(_around(before, after)))
    )
    return Claim(
        statement=Statement(signal, fact.sentence, words, fact),
        concept=concept,
        qualifier=qualifier,
        unit=unit_names().get(fact.unit, fact.unit.casefold()),
        low=low,
        high=high,
        periods=_periods(words, signal),
        stance=_stance(words),
        names=_names(_clause_before(before), words, signal, vocabulary),
        is_sure=not odd,
    )


# --- what ------------------------------------------------------------------------------------


def _concept(fact: NumberFact, before: str, after: str) -> tuple[str, str]:
    """What a number measures: a concept and what narrows it; ("", "") when nobody can tell."""
    measure = fact.measure.casefold().removeprefix("of ").strip()
    found = [name for name in _named(measure) if _fits(name, fact)]
    if found:
        return found[0], _qualifier(measure, found[0])
    if measure and fact.kind != "money":
        return f"={_letters(measure)}", ""
    near = _clause_before(before)[-_NEAR:] + " # " + _CLAUSE.split(after, maxsplit=1)[0][:_NEAR]
    said = [name for name in _named(near) if _fits(name, fact)]
    if len(said) != 1:
        return (f"={_letters(measure)}", "") if measure else ("", "")
    return said[0], _qualifier(measure, said[0])


def _named(text: str) -> list[str]:
    """The concepts in `text`, without those whose words are a part of a longer one's."""
    spans = {
        name: match.span() for name, words in concepts().items() if (match := words.search(text))
    }
    return [
        name
        for name, (start, end) in spans.items()
        if not any(
            other != name and left <= start and end <= right and right - left > end - start
            for other, (left, right) in spans.items()
        )
    ]


def _fits(concept: str, fact: NumberFact) -> bool:
    """Whether such a number can measure it."""
    if fact.kind == "money" or (fact.kind == "change" and fact.unit.isupper()):
        return concept in _MONEY
    if fact.kind == "percent":
        return concept in _PERCENT
    if fact.kind != "count" or concept in _MONEY | {"gross_margin"}:
        return False
    kind = unit_names().get(fact.unit, "")
    return concept not in _PERSONS or kind in {"people", "workers"}


def concept_of(measure: str) -> str:
    """The concept that a measure names and nothing beside it, "" where it says more or less."""
    found = _named(measure.casefold())
    alone = len(found) == 1 and not _qualifier(measure, found[0])
    return found[0] if alone else ""


def _qualifier(measure: str, concept: str) -> str:
    return _QUALIFIERS.sub("", concepts()[concept].sub("", measure))


# --- within which bounds ---------------------------------------------------------------------


def _bounds(fact: NumberFact, before: str, after: str) -> tuple[float, float]:
    low, high = _written(fact)
    beside = _CLAUSE.split(before)[-1][-_BESIDE:]
    for side, text in (("before", beside), ("after", after[:_BESIDE])):
        for bound in ("lower", "nearly", "upper", "about"):
            if side == "after" and bound == "nearly":
                continue
            words = pattern("bounds", side, bound)
            met = words.match(text.lstrip()) if side == "after" else _last(words, text)
            if met or (side == "before" and words.match(fact.text)):
                return _bounded(bound, fact.value, low, high)
    return low, high


def _last(words: re.Pattern[str], text: str) -> bool:
    """Whether one of `words` ends `text`, but for an article or a sign of money."""
    return any(not re.sub(r"[\s$€£¥]|\ba\b", "", text[it.end() :]) for it in words.finditer(text))


def _bounded(bound: str, value: float, low: float, high: float) -> tuple[float, float]:
    size = abs(value)
    match bound:
        case "lower":
            return low, math.inf
        case "upper":
            return -math.inf, high
        case "nearly":
            return value - _CLOSELY * size, high
        case _:
            return min(low, value - _ROUGHLY * size), max(high, value + _ROUGHLY * size)


def _written(fact: NumberFact) -> tuple[float, float]:
    """What the value may be, rounded as it was written; both ends of a range."""
    ends = [fact.value] if fact.kind == "change" else [fact.value, *_values(fact)]
    if fact.kind == "count" and fact.value < _FEW and fact.value == int(fact.value):
        return min(ends), max(ends)
    slack = 0.5 * _last_place(fact)
    return min(ends) - slack, max(ends) + slack


def _values(fact: NumberFact) -> set[float]:
    return {it.value for it in find_numbers(fact.text, "zh") if it.kind != "date"}


def _last_place(fact: NumberFact) -> float:
    """What one step in the last written digit is worth: 0.1 亿 in "1.2 亿", 1000 in "45,000"."""
    digits = re.findall(r"\d[\d,]*(?:\.\d+)?", fact.text)
    if not digits or not fact.value:
        return 0.0
    written = digits[-1].replace(",", "")
    bare = abs(float(written))
    scale = abs(fact.value) / bare if bare else 1.0
    whole, _, decimals = written.partition(".")
    if decimals:
        return scale * 10.0 ** -len(decimals)
    zeros = len(whole) - len(whole.rstrip("0"))
    # 300 may be rounded to tens, not to hundreds; 10 in "10 亿" is ten.
    kept = max(0, min(zeros, len(whole) - _LEAST_DIGITS))
    return float(scale * 10.0**kept)


# --- when, how firmly, whose -----------------------------------------------------------------


def _periods(words: str, signal: Signal) -> frozenset[str]:
    found = {f"{year}" for year in _YEAR.findall(words)}
    for years, offset in _RELATIVE_YEARS:
        if years.search(words):
            found.add(str(signal.when.year + offset))
    for period, name in _PERIODS:
        for match in period.finditer(words):
            told = next((it for it in match.groups() if it), "").casefold().replace(" ", "")
            found.add(name + _ORDINALS.get(told, told) if name in {"q", "mon"} else name)
    return frozenset(found)


def _stance(words: str) -> str:
    told = _MAY.sub("", words)
    for stance in ("estimate", "plan"):
        if pattern("stance", stance).search(told):
            return stance
    return ""


def _names(clause: str, words: str, signal: Signal, vocabulary: Collection[str]) -> frozenset[str]:
    """Whose number it is: the names of its clause, else of its sentence, else of the headline."""
    for text in (clause, words, f"{signal.title} {signal.brief.headline}"):
        found = subjects_in(text, vocabulary)
        if found:
            return found
    return frozenset()


def subjects_in(text: str, vocabulary: Collection[str]) -> frozenset[str]:
    """Names in `text` by their usual spelling: known ones, capitalised ones, the story's own."""
    found = names_in(text) | {word for word in vocabulary if word in text}
    if not _HAN.search(text):
        found |= {it.group() for it in _CAPITALISED.finditer(text)} - _NO_SUBJECTS
    return frozenset(filter(None, map(_standard, found)))


def _standard(name: str) -> str:
    known = standard().get(name)
    return "" if known and known.kind == "person" else (known.latin if known else name)


def _around(before: str, after: str) -> str:
    """The clause that a number stands in."""
    return f"{_clause_before(before)} # {_CLAUSE.split(after, maxsplit=1)[0]}"


def _clause_before(before: str) -> str:
    parts: Sequence[str] = _CLAUSE.split(before)
    # 公司表示，12 亿元: a clause that is nothing but the number belongs to the one before.
    return parts[-1] if parts[-1].strip() or len(parts) < 2 else parts[-2]  # noqa: PLR2004


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
