"""The words and names that signals are counted by, and what spellings of one thing share."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from digest.condense.gazetteer import Gazetteer, standard
from digest.condense.keyphrases import keyphrases
from digest.condense.names import names_in
from digest.model import Brief, NameSeen
from digest.regexes import regex
from digest.text.segmentation import commonness
from digest.translation.script import simplified

TERMS_VERSION = 1
"""Raised with every change of `terms_of`: stored counts of another version are made anew."""

COMMON_SURPRISE = 5.0
"""Standard deviations that a word any text may have must rise by: 谈判, 故事, 地震."""

MOST_TERMS = 12
_PHRASES = 6
_POINTS = 3
_SHORTEST, _LONGEST = 2, 30
_COMMON = 500  # how often the segmenter's word list has met such a word
_HAN = regex(r"[\u3400-\u9fff]")
_PLURAL = regex(r"(?<=[a-z]{3}[^su])s$")
_DATE = regex(r"\d|[一二三四五六七八九十][月日号年]$|^第")

# Words that rise without being a subject: of calendars, of news trade, of any article.
_NO_SUBJECT = frozenset(
    (Path(__file__).parents[1] / "no_subjects.txt").read_text(encoding="utf-8").split()
)


@lru_cache(maxsize=2048)
def key_of(phrase: str) -> str:
    """What spellings of a phrase have in common: width, case, 繁/简, spaces, a plural s."""
    plain = " ".join(unicodedata.normalize("NFKC", phrase).split()).casefold()
    if _HAN.search(plain):
        return simplified(plain).replace(" ", "")
    return _PLURAL.sub("", plain)


def may_be_named(said: str) -> bool:
    """Whether a phrase can be a subject at all: no date, no number, no word of the trade."""
    plain = key_of(said)
    if not _SHORTEST <= len(plain) <= _LONGEST or plain in _NO_SUBJECT:
        return False
    if not _HAN.search(plain):
        words = plain.split()
        return len(plain) > _SHORTEST and not plain.isdigit() and not set(words) <= _NO_SUBJECT
    return not _DATE.search(plain) or bool(re.search(r"[a-z]", plain))


def is_common(said: str) -> bool:
    """Whether any Chinese text may have the word."""
    return _HAN.search(said) is not None and commonness(said) >= _COMMON


def is_chinese(said: str) -> bool:
    """Whether a spelling has Chinese characters."""
    return _HAN.search(said) is not None


def terms_of(title: str, lang: str, brief: Brief) -> dict[str, str]:
    """The terms a signal counts for: each key with its spelling, the surest first.

    Keywords and names of the title, then what title and points speak of most; in the article's
    own words.
    """
    points = (point.original or point.text for point in brief.points[:_POINTS])
    phrases = keyphrases("\n".join((title, *points)), lang, _PHRASES)
    found: dict[str, str] = {}
    for said in (*brief.keywords, *sorted(names_in(title)), *phrases):
        if may_be_named(said) or _is_place(said):
            found.setdefault(key_of(said), said)
        if len(found) == MOST_TERMS:
            break
    return found


def _is_place(said: str) -> bool:
    known = standard().get(said)
    return known is not None and known.kind == "place"


class Lexicon:
    """What is known of names: which spelling goes with which, and of what sort they are."""

    def __init__(self, learned: Iterable[NameSeen] = (), known: Gazetteer | None = None) -> None:
        self._others: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        for one in (known or standard()).names():
            self._learn(one.zh, one.latin, one.kind)
        for name in learned:
            self._learn(name.text, name.pair, name.kind)

    def _learn(self, one: str, other: str, kind: str) -> None:
        for spelling, pair in ((one, other), (other, one)):
            if not spelling:
                continue
            key = key_of(spelling)
            if pair and key_of(pair) != key:
                self._others.setdefault(key, pair)
            if kind:
                self._kinds.setdefault(key, kind)

    def pair(self, said: str) -> str:
        """The spelling in the other script, "" for none that is known."""
        return self._others.get(key_of(said), "")

    def united(self, key: str) -> str:
        """One key for a name in both scripts: that of the Chinese one."""
        other = self._others.get(key)
        return key if other is None or is_chinese(key) else key_of(other)

    def keys_of(self, key: str) -> frozenset[str]:
        """The keys that are united in `key`, itself among them."""
        other = self._others.get(key)
        return frozenset((key,) if other is None else (key, key_of(other)))

    def kind(self, key: str) -> str:
        """Of what sort a name is, "" where it is none or that is not known."""
        return self._kinds.get(key, "")


def both_ways(pairs: Mapping[str, str]) -> Iterator[NameSeen]:
    """Pairs of spellings as names of no known sort."""
    return (NameSeen(one, "", other) for one, other in pairs.items() if one and other)
