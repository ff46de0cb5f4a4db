"""Terms and names that are told the same way in every translation (glossary.toml).

Neural engines for sentences take no glossary, and a placeholder put in place of a term takes the
word away that the rest of the sentence leans on. So a translation is evened out afterwards, and
only where it is certain: the original has the term, the translation lacks the word in use and has
one that is known to stand for it. Engines that do take a glossary are given `pairs`.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from digest.regexes import regex
from digest.text.vocabulary import word_set

_SOURCE, _TARGET = "en", "zh"
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_LATIN = r"A-Za-z0-9"
# A capital at the start of a sentence says nothing: "When Nvidia …" is no name of two words.
_OPENERS = word_set(
    "the a an at in on by for from with but and so as if when while after before since now today",
    "both like unlike will can does did is why how what meanwhile because although",
)
_SPACED_HAN = regex(rf"(?<={_HAN})[ ](?={_HAN})")


@dataclass(frozen=True, slots=True)
class Term:
    """An English term or name, its Chinese (the name itself where it is kept) and other forms.

    `exact` terms match in their own spelling only. `others` are renderings that are evened out.
    """

    en: str
    zh: str
    others: tuple[str, ...] = ()
    exact: bool = False

    @property
    def kept(self) -> bool:
        """Whether the English spelling is what Chinese readers know."""
        return self.en == self.zh


class Glossary:
    """The terms of one table, found in English texts and evened out in Chinese ones."""

    def __init__(self, terms: tuple[Term, ...], version: str) -> None:
        self.terms = terms
        self.version = version
        self._exact = {term.en: term for term in terms if term.exact}
        self._loose = {term.en.lower(): term for term in terms if not term.exact}
        self._pattern = _pattern_of(terms)

    def found(self, text: str) -> tuple[Term, ...]:
        """The terms in an English text, in order, longest first where several begin.

        A name beside another capitalised word is left alone: "Claude Shannon" is no product.
        """
        return tuple(term for term, _, _ in self._matches(text))

    def even(self, original: str, translated: str, *, source: str, target: str) -> str:
        """`translated` with the terms of `original` told in the words in use."""
        if (source, target) != (_SOURCE, _TARGET):
            return translated
        counts: dict[Term, int] = {}
        for term in self.found(original):
            counts[term] = counts.get(term, 0) + 1
        for term, count in counts.items():
            if term.zh not in translated:
                translated = _replaced(translated, term, count)
        return translated

    def pairs(
        self, text: str = "", *, source: str = _SOURCE, target: str = _TARGET
    ) -> dict[str, str]:
        """English → Chinese for engines that take a glossary: all, or those found in `text`."""
        if (source, target) != (_SOURCE, _TARGET):
            return {}
        return {term.en: term.zh for term in (self.found(text) if text else self.terms)}

    def _matches(self, text: str) -> Iterator[tuple[Term, int, int]]:
        for match in self._pattern.finditer(text):
            written = match.group()
            term = self._exact.get(written) or self._loose.get(_singular(written, self._loose))
            if term is None or (term.exact and _in_a_longer_name(text, *match.span())):
                continue
            yield term, match.start(), match.end()


def _pattern_of(terms: tuple[Term, ...]) -> re.Pattern[str]:
    longest = sorted(terms, key=lambda term: -len(term.en))
    exact = "|".join(re.escape(term.en) for term in longest if term.exact)
    loose = "|".join(rf"{re.escape(term.en)}(?:e?s)?" for term in longest if not term.exact)
    # Loose ones first: they are the longer ones where both begin ("Meta" beside "meta-learning").
    return re.compile(
        rf"(?<![{_LATIN}\-])(?:(?i:{loose or '(?!)'})|{exact or '(?!)'})(?![{_LATIN}\-])"
    )


def _singular(written: str, known: Mapping[str, Term]) -> str:
    lowered = written.lower()
    for end in ("", "s", "es"):
        if lowered.endswith(end) and lowered.removesuffix(end) in known:
            return lowered.removesuffix(end)
    return lowered


def _in_a_longer_name(text: str, start: int, end: int) -> bool:
    """Whether a capitalised word stands directly before or after (but for a sentence's first)."""
    after = re.match(r" ([A-Z][\w\-]*|\d[\w\-]*)", text[end : end + 40])
    before = re.search(r"(\S+) $", text[max(0, start - 40) : start])
    if after:
        return True
    if before is None or not before.group(1)[0].isupper():
        return False
    opens = start - len(before.group()) <= 0
    return not opens or before.group(1).lower() not in _OPENERS


def _replaced(translated: str, term: Term, count: int) -> str:
    """The other renderings (or the English left as it was) replaced, at most `count` of them."""
    left = () if term.kept else (term.en,)
    for other in (*term.others, *left):
        pattern = _whole(other, exact=term.exact)
        hits = len(pattern.findall(translated))
        if 0 < hits <= count:
            return _SPACED_HAN.sub("", pattern.sub(term.zh, translated))
    return translated


def _whole(written: str, *, exact: bool) -> re.Pattern[str]:
    """`written`, not inside a Latin word and, where it is Latin, not beside another one."""
    escaped = re.escape(written)
    if not re.search(r"[A-Za-z]", written):
        return re.compile(escaped)
    flags = 0 if exact else re.IGNORECASE
    plural = "" if exact else "s?"
    return re.compile(
        rf"(?<![{_LATIN}\-])(?<![A-Za-z] ){escaped}{plural}(?![{_LATIN}\-])(?! [A-Za-z])", flags
    )


@cache
def load_glossary() -> Glossary:
    """The glossary of the package. Its version is a hash of the table."""
    raw = resources.files("digest.translation").joinpath("glossary.toml").read_bytes()
    tables = tomllib.loads(raw.decode())
    terms = [
        *(_term(en, told, exact=False) for en, told in tables["terms"].items()),
        *(_term(en, told, exact=True) for en, told in tables["names"].items()),
        *(_term(en, f"{en} | {others}", exact=True) for en, others in tables["keep"].items()),
    ]
    return Glossary(tuple(terms), hashlib.sha256(raw).hexdigest()[:12])


def _term(en: str, told: str, *, exact: bool) -> Term:
    zh, *others = (part.strip() for part in told.split("|"))
    # Longest first: one rendering may be part of another.
    return Term(en, zh, tuple(sorted(filter(None, others), key=len, reverse=True)), exact)
