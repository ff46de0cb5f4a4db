"""Does an article support a summary? Numbers, Latin names and quotations, in both languages.

This compares what can be compared without understanding: a wrong subject, a negation or two
figures that changed places pass. It is a check of numbers and names, not of facts.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from digest.text.language import detect_language
from digest.text.number_tables import NUMBER_WORDS
from digest.text.numbers import FoundNumber, find_numbers
from digest.text.sentences import split_sentences
from digest.text.vocabulary import word_set

VerdictWord = Literal["found", "different", "missing"]

_ROUNDING = 0.006  # 1.24 billion may be told as 12.4 亿; 1.2 as 1.3 may not
_NEAR_FACTORS = (10.0, 100.0, 1000.0, 10_000.0, 0.1, 0.01, 0.001, 0.0001)
_TRIVIAL = 3  # counts up to this are often written as words or left to grammar
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[.\-+&'’][A-Za-z0-9]+)*\+*")
_QUOTE = re.compile(r"“([^”]{4,200})”|「([^」]{4,200})」|\"([^\"]{4,200})\"")
_UNITS = word_set("km kg gb tb mb mw gw kw kwh gwh mah ghz mhz hz nm mm cm ms fps am pm vs")
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_MONTHS = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
)
_SPELLED = {
    **NUMBER_WORDS,
    **{word: place for row in (_ORDINALS, *_MONTHS) for place, word in enumerate(row.split(), 1)},
    "sept": 9,
    "dozen": 12,
    "half": 50,
    "hundred": 100,
    "thousand": 1000,
}
_SPELLED_WORD = re.compile(rf"\b({'|'.join(_SPELLED)})s?\b", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One number, name or quotation of the summary and what the article has for it.

    `kind` is "number", "name" or "quote". `verdict`: "found"; "different" when the article has it
    with another unit, scale or spelling; "missing". `evidence` are sentence numbers of the text.
    """

    kind: str
    text: str
    verdict: VerdictWord
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether everything that could be compared was found, and the findings in order."""

    supported: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    sentences: tuple[str, ...]
    numbers: tuple[tuple[int, FoundNumber], ...]
    names: dict[str, tuple[int, ...]]
    plain: tuple[str, ...]


def verify(summary: str, article_text: str) -> Verdict:
    """Compare numbers (value, unit and scale), Latin names and quotes of `summary` with the text.

    Sentence numbers in the findings count through `article_text` as `split_sentences` cuts it,
    paragraph by paragraph. A summary without any of the three is supported as far as this goes.
    """
    source = _read(article_text)
    lang = detect_language(summary)
    findings = (
        *(_check_number(number, source) for number in _numbers(summary, lang)),
        *(_check_name(name, source) for name in _names(summary)),
        *(_check_quote(quote, source, lang) for quote in _quotes(summary)),
    )
    kept = tuple(finding for finding in findings if finding is not None)
    return Verdict(all(finding.verdict == "found" for finding in kept), kept)


def _read(text: str) -> _Source:
    lang = detect_language(text)
    sentences = tuple(
        sentence for line in text.splitlines() for sentence in split_sentences(line, lang)
    )
    numbers = tuple(
        (place, number)
        for place, sentence in enumerate(sentences)
        for number in (*find_numbers(sentence, lang), *_spelled(sentence))
    )
    names: dict[str, list[int]] = {}
    for place, sentence in enumerate(sentences):
        for match in _NAME.finditer(sentence):
            for form in _forms(match.group()):
                names.setdefault(form, []).append(place)
    return _Source(
        sentences,
        numbers,
        {name: tuple(dict.fromkeys(places)) for name, places in names.items()},
        tuple(_letters(sentence) for sentence in sentences),
    )


def _spelled(sentence: str) -> Iterable[FoundNumber]:
    """Numbers and months in English words: Chinese writes them with digits."""
    for match in _SPELLED_WORD.finditer(sentence):
        value = float(_SPELLED[match.group(1).lower()])
        yield FoundNumber(*match.span(), match.group(), value, "plain")


# --- numbers ----------------------------------------------------------------------------


def _numbers(summary: str, lang: str) -> list[FoundNumber]:
    return [
        number
        for number in find_numbers(summary, lang)
        if not (number.kind in {"plain", "count"} and number.value <= _TRIVIAL)
    ]


def _check_number(number: FoundNumber, source: _Source) -> Finding:
    same: list[int] = []
    near: list[int] = []
    for place, other in source.numbers:
        if _same_value(number.value, other.value):
            (same if _same_unit(number, other) else near).append(place)
        elif _same_digits(number.value, other.value) and _same_unit(number, other):
            near.append(place)
    if same:
        return Finding("number", number.text, "found", _few(same))
    return Finding("number", number.text, "different" if near else "missing", _few(near))


def _same_value(one: float, other: float) -> bool:
    return abs(one - other) <= _ROUNDING * max(abs(one), abs(other))


def _same_digits(one: float, other: float) -> bool:
    """Whether only the scale differs: 亿 for 万, billion for million."""
    return bool(one and other) and any(_same_value(one * by, other) for by in _NEAR_FACTORS)


def _same_unit(one: FoundNumber, other: FoundNumber) -> bool:
    kinds = {one.kind, other.kind}
    if kinds == {"money"}:
        return one.unit == other.unit or {one.unit, other.unit} & {"¥", ""} != set()
    if "money" in kinds:
        # "1.2 billion" in one place and "$1.2 billion" in the other agree.
        return bool(kinds & {"plain", "count"}) and not (one.unit and other.unit)
    if kinds & {"percent", "points"}:
        return one.unit == other.unit
    if "multiple" in kinds:
        return kinds <= {"multiple", "plain", "count"}
    return True


# --- names and quotes -------------------------------------------------------------------


def _names(summary: str) -> Iterable[str]:
    """Latin names: in Chinese every Latin word, in Latin text those written with a capital."""
    chinese = len(_HAN.findall(summary)) * 4 > len(summary)
    seen: set[str] = set()
    for match in _NAME.finditer(summary):
        name = match.group()
        starts = not summary[: match.start()].strip() or bool(
            re.search(r"[.!?:。！？：\"“]\s*$", summary[: match.start()])
        )
        capital = any(letter.isupper() for letter in name)
        lone = len(name) == 1 or name.lower() in _UNITS
        ordinary = starts and name[1:].islower() and not chinese
        if lone or name in seen or not (capital or chinese) or ordinary:
            continue
        seen.add(name)
        yield name


def _check_name(name: str, source: _Source) -> Finding:
    for form in _forms(name):
        if form in source.names:
            return Finding("name", name, "found", source.names[form][:3])
    letters = _letters(name)
    near = [place for place, plain in enumerate(source.plain) if letters and letters in plain]
    return Finding("name", name, "different" if near else "missing", _few(near))


def _forms(name: str) -> tuple[str, ...]:
    """A name in small letters, whole and without a possessive or plural ending."""
    small = name.lower().replace("’", "'")
    bare = re.sub(r"'s?$", "", small)
    return tuple(dict.fromkeys((small, bare, re.sub(r"[^a-z0-9+]", "", bare))))


def _quotes(summary: str) -> Iterable[str]:
    for match in _QUOTE.finditer(summary):
        yield next(group for group in match.groups() if group)


def _check_quote(quote: str, source: _Source, lang: str) -> Finding | None:
    """Word for word; a quotation translated from another language cannot be compared: None."""
    text_lang = detect_language(" ".join(source.sentences[:20]))
    if lang != text_lang:
        return None
    letters = _letters(quote)
    places = [place for place, plain in enumerate(source.plain) if letters in plain]
    if places or letters in "".join(source.plain):
        return Finding("quote", quote, "found", _few(places))
    return Finding("quote", quote, "missing")


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def _few(places: Sequence[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(places))[:3]
