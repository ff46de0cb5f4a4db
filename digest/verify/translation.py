"""Is a translation of one sentence to be trusted? Numbers, names, direction, language, length."""

import re
from collections.abc import Iterable

from digest.regexes import regex
from digest.text.language import detect_language
from digest.verify.certainty import overstated
from digest.verify.direction import bounds_turned, turned
from digest.verify.findings import Finding
from digest.verify.matching import same
from digest.verify.names import HAN, LATIN, certain, clues, forms, known, sort_of, visible
from digest.verify.quantities import claims, quantities
from digest.verify.roles import changed_about, exchanged
from digest.verify.source import SourceText

_CHATTER = regex(
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
_SHORT_NAMES = {
    "美国": "美", "英国": "英", "法国": "法", "德国": "德", "俄罗斯": "俄", "日本": "日",
    "中国": "中", "韩国": "韩", "朝鲜": "朝", "印度": "印", "伊朗": "伊", "以色列": "以",
    "澳大利亚": "澳", "加拿大": "加", "意大利": "意", "北京": "中", "欧洲": "欧", "欧盟": "欧",
}  # fmt: skip
_NO_LANGUAGE = regex(
    r"https?://\S+|www\.\S+|[@#$]\w+|<[^<>]{0,200}>|`[^`]{0,200}`|(?<!\S)\S+[./_]\S+"
)
_LONG = 5
_WORD = regex(r"[$£]|[^\W\d_]+(?:['.\-][^\W\d_]+)*")
_FEW_WORDS = 3
_MAY_GO = frozenset({"year", "clock", "decade"})
_IDLE = regex(r"100 ?(?:%|per ?cent)|0\d{3}")  # wholly; an hour as soldiers say it
_ALL_DAY = regex("全天|昼夜|二十四小时|日夜")
_LEAST = 10  # smaller numbers may become grammar
_MOST_LATIN = 0.5


def check_translation(
    original: str, translated: str, *, source: str, target: str
) -> tuple[Finding, ...]:
    """Findings on one translated sentence or paragraph; all of them "found": accepted.

    `source` and `target` are ISO 639-1 codes. Both directions of numbers are compared: none may
    be new and no large one may be lost.
    """
    original, translated = visible(original), visible(translated)
    if not translated.strip():
        return (Finding("length", "", "missing"),) if original.strip() else ()
    return (
        *_shape(original, translated, source, target),
        *_compared(original, translated, source),
        *_lost(original, translated, source, target),
        *_direction(original, translated, source, target),
    )


def _compared(original: str, translated: str, source: str) -> Iterable[Finding]:
    """What the check of statements finds; a name that a translator explains with is no error.

    Translators add whose government it was, where the original leaves it open. An added name
    counts where one of its sort is lost, or where the original has places, but not that one.
    """
    there = set(_known_in(original))
    lost = {sort_of(name) for name in there if not _stands(name, translated)}
    told = {match.group() for match in _WORD.finditer(original)}
    spoken = there | _spoken_of(original, {word for word in told if not word.islower()})
    placed = any(sort_of(name) == "places" for name in spoken)
    allowed = _spoken_of(original, told)
    for finding in SourceText((original,), source).check(translated).findings:
        if finding.kind == "name" and finding.text in known() and not finding.holds:
            sort = sort_of(finding.text)
            if sort not in lost and (finding.text in allowed or sort != "places" or not placed):
                continue
        yield finding


def _spoken_of(original: str, told: set[str]) -> set[str]:
    """Names of which one of the words `told` speaks: a country by its capital or a leader."""
    small = {word.lower().replace("’", "'").removesuffix("'s") for word in told}
    text = original.lower()
    return {name for name, words in clues().items() if small & words} | {
        name for name, words in certain().items()
        if any(len(word) > _LONG and word[:-1] in text for word in words)
    }  # fmt: skip


def _known_in(original: str) -> Iterable[str]:
    """The Chinese names of our table that the original has."""
    named = [match.group() for match in LATIN.finditer(original) if match.group()[0].isupper()]
    small = {form for name in named for form in forms(name)}
    # "US" in capitals is the country, "us" is not.
    capital = {form for name in named if name.replace(".", "").isupper() for form in forms(name)}
    text = original.lower()
    for chinese, words in known().items():
        sure = certain()[chinese]
        if any(word in small or (" " in word and word in text) for word in sure) or any(
            word in capital for word in words
        ):
            yield chinese


def _stands(name: str, translated: str) -> bool:
    """Whether the translation has the name, in Chinese or as it was."""
    words = known()[name]
    others = {other for other, same in known().items() if set(same) & set(words)}
    # Madrid may be told as the Spanish government.
    others |= {other for other, spoken in clues().items() if spoken.intersection(words)}
    short = _SHORT_NAMES.get(name, "")
    small = translated.lower()
    return (
        any(other in translated for other in others)
        or any(word in small for word in words if len(word) > 2)  # noqa: PLR2004 - "us" is in words
        or bool(short and short in translated)
    )


def _shape(original: str, translated: str, source: str, target: str) -> Iterable[Finding]:
    if translated.strip() == original.strip() and not _is_language(original):
        return  # an address, a handle or code stays as it is
    chatter = _CHATTER.search(translated) and not _CHATTER.search(original)
    if chatter or not _in_language(translated, target):
        yield Finding("language", translated[:_SHOWN], "different")
    low, high = _LENGTHS.get((source == "zh", target == "zh"), _LENGTHS[False, False])
    size, other = len(original), len(translated)
    short = size > _LONG_ENOUGH and other < low * size
    if short or other > high * size + _SLACK:
        yield Finding("length", translated[:_SHOWN], "different")


def _is_language(text: str) -> bool:
    """Whether words are left when addresses, handles, tags, markup and names are taken away."""
    words = re.findall(r"\b[a-z]{2,}\b", _NO_LANGUAGE.sub(" ", text))
    return len(words) >= _FEW_WORDS or bool(HAN.search(text))


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
        counts = claim.kind not in _MAY_GO and (claim.unit or claim.value >= _LEAST)
        if _IDLE.fullmatch(claim.text) or (
            claim.text == "24 hours" and _ALL_DAY.search(translated)
        ):
            continue
        if digits and counts and not any(same(claim, n) or same(n, claim) for n in there):
            yield Finding("number", claim.text, "missing")


def _direction(original: str, translated: str, source: str, target: str) -> Iterable[Finding]:
    if {source, target} != {"en", "zh"}:
        return
    if what := turned(original, translated):
        yield Finding("direction", translated[:_SHOWN] if what == "not" else what, "different")
    if what := overstated(original, translated):
        yield Finding("direction", what, "different")
    if name := exchanged(original, translated):
        yield Finding("name", name, "different")
    numbers, told = quantities(original, source), claims(translated, target)
    for text in bounds_turned(translated, told, original, numbers):
        yield Finding("direction", text, "different")
    for claim in changed_about(original, numbers, translated, told):
        yield Finding("number", claim.text, "different")
