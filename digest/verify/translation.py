"""Is a translation of one sentence to be trusted? Numbers, names, direction, language, length."""

import re
from collections.abc import Iterable

from digest.text.language import detect_language
from digest.verify.direction import negation_lost, polar_words
from digest.verify.findings import Finding
from digest.verify.matching import same
from digest.verify.names import HAN
from digest.verify.quantities import claims, quantities
from digest.verify.source import SourceText

_CHATTER = re.compile(
    r"^\s*(?:sure\b|certainly\b|of course\b|here(?:'s| is| are)\b.{0,40}(?:translat|version|中文)"
    r"|translation\s*[:：]|translated\b.{0,20}[:：]|as an ai\b|i(?:'m| am) sorry\b|note\s*[:：]"
    r"|(?:好的|当然|没问题)[，,！!。].{0,20}(?:翻译|译文)|以下是.{0,16}(?:翻译|译文|中文)|(?:翻译|译文|中文翻译|中文)\s?[:：]|作为.{0,6}(?:人工智能|AI|语言模型))",
    re.IGNORECASE,
)
# (from Chinese, to Chinese) → the least and most characters for one of the original.
_LENGTHS = {(False, True): (0.14, 1.6), (True, False): (0.9, 12.0), (False, False): (0.3, 3.0)}
_SLACK = 12
_LONG_ENOUGH = 40  # characters; shorter ones vary too much
_SHOWN = 40
_LEAST = 10  # smaller numbers may become grammar
_MOST_LATIN = 0.5


def check_translation(
    original: str, translated: str, *, source: str, target: str
) -> tuple[Finding, ...]:
    """Findings on one translated sentence or paragraph; all of them "found": accepted.

    `source` and `target` are ISO 639-1 codes. Both directions of numbers are compared: none may
    be new and no large one may be lost.
    """
    if not translated.strip():
        return (Finding("length", "", "missing"),) if original.strip() else ()
    return (
        *_shape(original, translated, source, target),
        *SourceText((original,), source).check(translated).findings,
        *_lost(original, translated, source, target),
        *_direction(original, translated, source, target),
    )


def _shape(original: str, translated: str, source: str, target: str) -> Iterable[Finding]:
    chatter = _CHATTER.search(translated) and not _CHATTER.search(original)
    if chatter or not _in_language(translated, target):
        yield Finding("language", translated[:_SHOWN], "different")
    low, high = _LENGTHS.get((source == "zh", target == "zh"), _LENGTHS[False, False])
    size, other = len(original), len(translated)
    short = size > _LONG_ENOUGH and other < low * size
    if short or other > high * size + _SLACK:
        yield Finding("length", translated[:_SHOWN], "different")


def _in_language(translated: str, target: str) -> bool:
    letters = [letter for letter in translated if letter.isalpha()]
    han = len(HAN.findall(translated))
    if not letters:
        return True
    if target == "zh":
        return han > 0 and detect_language(translated) == "zh"
    return han <= len(letters) * (1 - _MOST_LATIN)


def _lost(original: str, translated: str, source: str, target: str) -> Iterable[Finding]:
    """Numbers of the original, written in digits, that the translation left out."""
    there = quantities(translated, target)
    for claim in claims(original, source):
        digits = any(letter.isdecimal() for letter in claim.text)
        counts = claim.kind not in {"year", "clock"} and (claim.unit or claim.value >= _LEAST)
        if digits and counts and not any(same(claim, n) or same(n, claim) for n in there):
            yield Finding("number", claim.text, "missing")


def _direction(original: str, translated: str, source: str, target: str) -> Iterable[Finding]:
    if {source, target} != {"en", "zh"}:
        return
    if negation_lost(original, translated):
        yield Finding("direction", translated[:_SHOWN], "different")
    before = {(word.axis, word.sign) for word in polar_words(original)}
    for word in polar_words(translated):
        if (word.axis, -word.sign) in before and (word.axis, word.sign) not in before:
            yield Finding("direction", word.text, "different")
