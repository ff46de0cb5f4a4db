"""What has been told: sentences by their words, numbers by their worth.

A sentence was told when another one carries most of the weight of its words (the rare ones weigh
most), or when all of its words stand somewhere in what was told in the same language. Across
languages only numbers and names in Latin letters can be compared.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from digest.condense.cues import combined
from digest.condense.names import names_in
from digest.insight import measure_key, same_value
from digest.model import NumberFact, Point
from digest.newness.account import Account
from digest.regexes import regex
from digest.verify.matching import same
from digest.verify.quantities import Quantity, claims, quantities
from digest.verify.support import Index, content, tokens

CARRIED = 0.5
"""Share of the weight of its words with which one earlier sentence tells a sentence."""

SCATTERED = 0.8
"""Share with which all earlier sentences together do."""

_DISTINCT_DIGITS = 3
_SHARED_WORDS = 2
_FINER = 2  # digits more than the told figure has, which is then the same one rounded
_NUMERIC = regex(
    r"\d|[零一二两三四五六七八九十百千万亿半双]"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|half|third|twice|"
    r"doubl|tripl)",
    re.IGNORECASE,
)
_LATIN = regex(r"(?<![A-Za-z0-9])[A-Z][A-Za-z0-9.\-+]{2,}")
_MODEL = regex(r"(?<![A-Za-z0-9])(?=[A-Za-z0-9\-]*[A-Z])(?=[A-Za-z0-9\-]*\d)[A-Za-z0-9\-]{2,}")
_LEAST_NAMES = 2
_CLAUSE = regex(r"[，,。；;！!？?]")
_FATES = regex(
    r"失踪|死亡|遇难|丧生|受伤|被困|获救|确诊"
    r"|\b(?:missing|dead|killed|injured|wounded|trapped|rescued|infected)\b",
    re.IGNORECASE,
)
AMOUNTS = frozenset({"number", "money", "percent", "points", "multiple", "fraction"})


@dataclass(frozen=True, slots=True)
class _Figure:
    quantity: Quantity
    lang: str
    words: frozenset[str]


@dataclass(slots=True)
class Told:
    """All that some accounts tell, to be asked whether a point or a number is among it."""

    accounts: tuple[Account, ...]
    _indexes: dict[str, Index] = field(default_factory=dict)
    _figures: list[_Figure] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)

    @classmethod
    def by(cls, accounts: Iterable[Account]) -> "Told":
        """What these accounts tell together."""
        told = cls(tuple(sorted(accounts, key=lambda one: (one.at, one.signal_id))))
        texts: dict[str, list[str]] = {}
        for one in told.accounts:
            for lang, text in dict.fromkeys(one.texts()):
                texts.setdefault(lang, []).append(text)
                told._names.update(_names(text))
                words = _words(text)
                told._figures += [_Figure(q, lang, words) for q in _numbers(text, lang)]
            for fact in one.brief.numbers:  # its Chinese reading need not stand in any text
                told._figures += [
                    _Figure(q, "zh", frozenset()) for q in _numbers(fact.zh, "zh") if fact.zh
                ]
        told._indexes = {lang: Index(some) for lang, some in texts.items()}
        return told

    def carries(self, text: str, lang: str) -> float | None:
        """How well it was told (0..1): 1 when it was. None when no account is in its language."""
        index = self._indexes.get(lang)
        stems = content(tokens(text))
        if index is None or not stems:
            return None
        best = index.best(stems)
        share = best[0][0] if best else 0.0
        if share >= CARRIED:
            return 1.0
        whole = sum(index.weight(stem) for stem in stems)
        known = set[str]().union(*index.stems)
        scattered = sum(index.weight(stem) for stem in stems if stem in known) / whole
        return 1.0 if scattered >= SCATTERED else share

    def unseen(self, text: str, lang: str) -> float | None:
        """The share (0..1) of the weight of its words that stand nowhere in what was told.

        None when no account is in its language.
        """
        index = self._indexes.get(lang)
        stems = content(tokens(text))
        if index is None or not stems:
            return None
        known = set[str]().union(*index.stems)
        whole = sum(index.weight(stem) for stem in stems)
        return sum(index.weight(stem) for stem in stems if stem not in known) / whole

    def has_point(self, point: Point, lang: str) -> bool:
        """Whether the point was told, in its own words or in those of its article (`lang`)."""
        readings = [(point.text, point.lang)]
        if point.original:
            readings.append((point.original, lang))
        shares = [self.carries(*one) for one in readings]
        known = [share for share in shares if share is not None]
        if known:
            return max(known) >= 1.0
        return not self._says_more(point.original or point.text, lang)

    def _says_more(self, text: str, lang: str) -> bool:
        """Across languages: whether it has a number, or names, that were not told."""
        names = _names(text) - self._names
        return bool(self.new_figures(text, lang)) or len(names) >= _LEAST_NAMES

    def new_figures(self, text: str, lang: str) -> tuple[Quantity, ...]:
        """The amounts in a text that nobody told; dates and ordinals are none."""
        return tuple(
            one
            for one in claims(text, lang)
            if one.kind in AMOUNTS and not any(_says(it.quantity, one) for it in self._figures)
        )

    def has_number(self, fact: NumberFact, lang: str, sentence: str) -> bool:
        """Whether the number was told of the same thing; `sentence` is where it stands now."""
        claim = _claim(fact, lang)
        if claim is None:
            return True
        matching = [one for one in self._figures if _says(one.quantity, claim)]
        if not matching:
            return False
        if not fact.measure or _digits(fact.value) >= _DISTINCT_DIGITS:
            return True
        measure, around = _words(fact.measure), _words(sentence)
        return any(
            one.lang != lang or not one.words or one.words & measure
            or len(one.words & around) >= _SHARED_WORDS
            for one in matching
        )  # fmt: skip

    def changed(
        self, fact: NumberFact, sentence: str, mine: Account
    ) -> tuple[NumberFact, Account] | None:
        """The latest other figure told of the same measure of the same name, and who told it.

        Titles that have no name in common may be about two things of one kind.
        """
        keys, around = _keys(fact, sentence), _words(sentence)
        if not keys:
            return None
        for one in reversed(self.accounts):
            if _models_differ(mine.title, one.title):
                continue
            named = bool(_subjects(mine) & _subjects(one))
            alike = len(_words(mine.title) & _words(one.title)) >= _SHARED_WORDS
            for then in one.brief.numbers:
                there = _keys(then, at(one.sentences, then.sentence))
                shared = keys & there
                # How many are missing is told of one event; a price needs the name of the thing.
                if (
                    not shared
                    or same_value(fact, then)
                    or not (named or (alike and any(_FATES.match(key) for key in shared)))
                ):
                    continue
                where = _words(at(one.sentences, then.sentence)) or around
                if len(around & where - _words(fact.measure)) >= _SHARED_WORDS:
                    return then, one
        return None


def _subjects(account: Account) -> set[str]:
    """What its titles are about: the names in them and what its keywords name."""
    titles = " ".join(account.titles().values())
    known = {
        word
        for word in account.brief.keywords
        if word in titles and not combined("measures").fullmatch(word)
    }
    return known | names_in(account.title) | names_in(account.brief.headline)


def fate_of(fact: NumberFact, sentence: str) -> str:
    """What befell those whom a number counts (失踪, killed), if its clause says just one thing."""
    place = sentence.find(fact.text)
    if fact.kind != "count" or place < 0:
        return ""
    before = _CLAUSE.split(sentence[:place])[-1]
    after = _CLAUSE.split(sentence[place:], maxsplit=1)[0]
    fates = {match.casefold() for match in _FATES.findall(before + after)}
    return fates.pop() if len(fates) == 1 else ""


def _keys(fact: NumberFact, sentence: str) -> set[str]:
    """By what two numbers are comparable: what they measure, or what befell whom they count."""
    fate = fate_of(fact, sentence)
    return {measure_key(fact), f"{fate}|{fact.unit}" if fate else ""} - {""}


def _models_differ(one: str, other: str) -> bool:
    """Whether both titles have names with digits, and not one of them in common."""
    mine, theirs = set(_MODEL.findall(one)), set(_MODEL.findall(other))
    return bool(mine and theirs and not mine & theirs)


def _says(told: Quantity, one: Quantity) -> bool:
    """Whether the told figure says this one: 约 56.6 万 says 56 万 5691, but 560 not 565."""
    if same(one, told):
        return True
    finer = _digits(one.value) - _digits(told.value)
    return _digits(told.value) >= _FINER <= finer and same(told, one)


def _digits(value: float) -> int:
    return len(f"{value:.10g}".replace(".", "").strip("0"))


def at(sentences: Sequence[str], place: int) -> str:
    """The sentence with this number, "" when the text is not at hand."""
    return sentences[place] if 0 <= place < len(sentences) else ""


def _claim(fact: NumberFact, lang: str) -> Quantity | None:
    found = claims(fact.text, lang) or quantities(fact.text, lang)
    return found[0] if found else None


def _names(text: str) -> set[str]:
    return {name.casefold() for name in _LATIN.findall(text)}


@lru_cache(maxsize=512)  # some 4 KB a sentence; a story has a few dozen
def _words(text: str) -> frozenset[str]:
    return frozenset(content(tokens(text)))


@lru_cache(maxsize=512)  # some 4 KB a sentence; a story has a few dozen
def _numbers(text: str, lang: str) -> tuple[Quantity, ...]:
    return quantities(text, lang) if _NUMERIC.search(text) else ()
