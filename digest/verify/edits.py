"""Small edits that change what a sentence says, counted against the text that it is about."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from digest.regexes import regex
from digest.text.vocabulary import word_set
from digest.verify.direction import is_negation
from digest.verify.opposites import alike, opposites
from digest.verify.sorts import rarity, sorts, tone
from digest.verify.support import STOP, stem

AGAINST = ("opposite", "turned", "sort_near", "sort_far", "sort_moved", "dark", "against",
           "prefixed", "strange", "strange_any", "kin", "last_new", "apart", "placed", "fused",
           "clause", "denied", "denied_word", "undenied")  # fmt: skip
"""Counts that can only speak against a sentence."""
FOR = ("same_near", "same_far", "rare_near", "rare_far", "new_verb", "hedge")
"""Counts of what people write who say the same in other words."""

_AFFIX = 5  # letters from which a common beginning makes two words kin
_APART = 12  # content words between two that never stand together
_AROUND = 4  # content words either side that tell the place of a word
_BESIDE = 3  # neighbours of a word in the sentence
_LAST = 3  # content words at the end of a sentence, where something is added
_SCOPE = 4  # words that a denial reaches
_GAP = 2 * _APART  # between sentences, so that none of their words are neighbours
_MOST_PLACES = 40
_BROKEN = 2  # pairs of neighbours that the text lacks, in a sentence of its own words
_SHORTEST_PREFIXED = 6
_UNUSUAL = 16  # steps of rarity
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis", "anti", "sub", "de", "mal")
_DENIALS = word_set(
    "fail fails failed refuse refuses refused deny denies denied lack lacks lacked unable ",
    "instead rather less fewer",
)
_HEDGES = word_set(
    "may might could would should can likely possibly potentially reportedly ",
    "allegedly perhaps suspected alleged expected ",
)
_PLACES = ("from", "to", "by", "of", "with", "without", "for", "against", "in", "at", "on")
_VERB = regex(r"(?:ed|ing|ize|ise|izes|ises|ify)$")


def denies(word: str) -> bool:
    """Whether a word denies or lessens what follows."""
    return word in _DENIALS or is_negation(word)


def _parts(words: Sequence[str]) -> list[str]:
    """Words without hyphens and 's: what "off-policy" says stands in its parts."""
    return [part.removesuffix("'s") for word in words for part in word.split("-") if part]


def _reached(words: Sequence[str]) -> list[bool]:
    """For each word whether a denial stands shortly before it."""
    last = -_SCOPE - 1
    found = []
    for at, word in enumerate(words):
        found.append(at - last <= _SCOPE)
        if denies(word):
            last = at
    return found


@dataclass(frozen=True, slots=True)
class _Close:
    """The sentences of the text that a sentence is laid beside."""

    words: frozenset[str]
    roots: frozenset[str]
    sorts: frozenset[int]
    tone: int


class Telling:
    """The words of a text: where each stands, beside which others, denied or not.

    `lines` are its sentences as words in small letters; numbers of sentences mean their order.
    """

    def __init__(self, lines: Iterable[Sequence[str]]) -> None:
        self._lines = [_parts(words) for words in lines]
        self._roots = [[stem(word) for word in words] for words in self._lines]
        self._known = {root for roots in self._roots for root in roots}
        self._beginnings = {one[:_AFFIX] for one in self._known if len(one) >= _AFFIX}
        self._sorts = {sort for root in self._known for sort in sorts(root)}
        self._pairs = {pair for roots in self._roots for pair in pairwise(roots)}
        self._denied: set[str] = set()
        self._places: dict[str, list[int]] = {}
        at = 0
        for words, roots in zip(self._lines, self._roots, strict=True):
            at += _GAP
            for word, root, denied in zip(words, roots, _reached(words), strict=True):
                if denied:
                    self._denied.add(root)
                if word not in STOP:
                    self._places.setdefault(root, []).append(at)
                    at += 1

    def counts(self, words: Sequence[str], best: Sequence[int]) -> dict[str, int]:
        """How often a sentence has each of `AGAINST` and `FOR` beside the sentences `best`."""
        words = _parts(words)
        close = self._close(best)
        content = [word for word in words if word not in STOP and not word[:1].isdigit()]
        roots = [stem(word) for word in content]
        found: Counter[str] = Counter()
        for at, (word, root) in enumerate(zip(content, roots, strict=True)):
            around = {*roots[max(0, at - _BESIDE) : at], *roots[at + 1 : at + 1 + _BESIDE]}
            found["turned"] += self._turned(root, around & self._known)
            if root not in roots[:at]:
                found.update(self._word(word, root, close))
            if root not in self._known:
                found["last_new"] += at >= len(roots) - _LAST
        for one, other in pairwise(roots):
            if one in self._known and other in self._known:
                found["apart"] += not self._together(one, other, _APART)
        found["strange_any"] = bool(found["strange"] or found["usual"])
        found.update(self._order(words, roots))
        found.update(self._denials(words, close))
        return {name: int(found[name]) for name in (*AGAINST, *FOR)}

    def _close(self, best: Sequence[int]) -> _Close:
        roots = frozenset(root for place in best for root in self._roots[place])
        return _Close(
            frozenset(word for place in best for word in self._lines[place]),
            roots,
            frozenset(sort for root in roots for sort in sorts(root)),
            sum(map(tone, roots)),
        )

    # --- single words -------------------------------------------------------------------

    def _word(self, word: str, root: str, close: _Close) -> Iterator[str]:
        """The names of what speaks for or against one word."""
        if root in close.roots:
            return
        if opposites(root) & close.roots:
            yield "opposite"
        if root in self._known:
            if sorts(root) & close.sorts:
                yield "sort_moved"
            return
        if sorts(root) & close.sorts:
            yield "sort_near"
        elif sorts(root) & self._sorts:
            yield "sort_far"
        yield from self._toned(word, root, close)
        yield from self._reworded(word, root, close)

    def _toned(self, word: str, root: str, close: _Close) -> Iterator[str]:
        if tone(root) < 0:
            yield "dark"
        if tone(root) * close.tone < 0:
            yield "against"
        if len(word) >= _SHORTEST_PREFIXED and any(
            word.startswith(one) and stem(word.removeprefix(one)) in self._known
            for one in _PREFIXES
        ):
            yield "prefixed"

    def _reworded(self, word: str, root: str, close: _Close) -> Iterator[str]:
        same = alike(root)
        if same & self._known:
            where = "near" if same & close.roots else "far"
            yield f"same_{where}"
            if rarity(word) >= _UNUSUAL:  # chosen with care to say the same
                yield f"rare_{where}"
        elif root[:_AFFIX] in self._beginnings:
            yield "kin"
        else:
            yield "usual" if same else "strange"
            if _VERB.search(word):
                yield "new_verb"

    # --- words beside others ------------------------------------------------------------

    def _turned(self, root: str, around: set[str]) -> bool:
        """Whether the opposite of a word stands among its neighbours rather than the word."""
        against = opposites(root) & self._known
        if not against or not around:
            return False
        mine = self._neighbours(root, around)
        return any(self._neighbours(one, around) > mine for one in against)

    def _neighbours(self, root: str, around: set[str]) -> int:
        """How many of `around` stand by one place of a stem, at its best place."""
        return max(
            (
                sum(self._near(at, other, _AROUND) for other in around)
                for at in self._places.get(root, ())[:_MOST_PLACES]
            ),
            default=0,
        )

    def _near(self, at: int, root: str, reach: int) -> bool:
        places = self._places.get(root, ())
        first = bisect_left(places, at - reach)
        return first < len(places) and places[first] <= at + reach

    def _together(self, one: str, other: str, reach: int) -> bool:
        few, many = sorted((one, other), key=lambda root: len(self._places.get(root, ())))
        return any(self._near(at, many, reach) for at in self._places.get(few, ()))

    def _order(self, words: Sequence[str], roots: Sequence[str]) -> dict[str, int]:
        """Neighbours that the text does not have side by side."""
        pairs = [(first, second, (stem(first), stem(second))) for first, second in pairwise(words)]
        new = [one for one in pairs if one[2] not in self._pairs]
        placed = sum(
            self._known.issuperset(stems)
            for first, second, stems in new
            if first in _PLACES or second in _PLACES
        )
        own = self._known.issuperset(roots)
        return {"placed": placed, "fused": own and len(new) >= _BROKEN}

    def _denials(self, words: Sequence[str], close: _Close) -> dict[str, int]:
        said = any(map(denies, words))
        known = any(map(denies, close.words))
        reached = zip(words, _reached(words), strict=True)
        roots = {stem(word) for word, denied in reached if denied and word not in STOP}
        return {
            "denied": said and not known,
            "undenied": known and not said,
            "denied_word": len((roots & self._known) - self._denied),
            "hedge": len((set(words) - close.words) & _HEDGES),
            "clause": "which" in words and "which" not in close.words,
        }
