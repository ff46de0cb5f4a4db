"""Which sentences of a text one in another language rests on: shared words, names and numbers.

Everything is laid on stems of English words: Chinese words by a table of their meanings
(`python -m tests.training lexicon`), names by ours. The rarer a clue in the text, the more it
tells.
"""

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path

from digest.regexes import regex
from digest.text.segmentation import cut
from digest.verify.meaning import Meanings
from digest.verify.names import known_in
from digest.verify.support import STOP, stem

LEXICON = Path(__file__).parent / "lexicon.txt"

_TOKEN = regex(r"(?P<han>[\u3400-\u9fff]+)|[^\W\d_]+(?:['’.\-]?[^\W_]+)*")
_BREAK = regex(r"[,，、;；:：。!！?？()（）—]")
_OTHER_CLAUSE = 0.5
_FULL = 9.0
_CLAIMED = 2.0
_CLEARLY = 1.0
_SOME = 2
_PLAINLY = 3.0
_BEHIND = 0.6
_NEARLY = 0.7
_MEANT = 12.0  # clues that a likeness of meaning of 1 is worth
_UNLIKE = 0.3  # what sentences on one subject have in common
_TELLING = 10  # characters of a clause


@dataclass(frozen=True, slots=True)
class Clue:
    """Something at `start`..`end` of a statement, and how much of it each sentence has (0..1)."""

    start: int
    end: int
    places: Mapping[int, float]


@cache
def meanings() -> dict[str, tuple[tuple[str, float], ...]]:
    """Chinese word → stems of English words that mean it, with a weight up to 1."""
    found = {}
    for line in LEXICON.read_text(encoding="utf-8").splitlines():
        word, *told = line.split(" ")
        found[word] = tuple((one[:-1], int(one[-1]) / _FULL) for one in told)
    return found


class Alignment:
    """The sentences of a text, in either language, by the English stems that they have or mean.

    With `meanings` also by what they say as a whole.
    """

    def __init__(self, sentences: Sequence[str], meanings: Meanings | None = None) -> None:
        self._count = len(sentences)
        self._meanings = meanings
        self._places: dict[str, dict[int, float]] = {}
        for place, sentence in enumerate(sentences):
            for _, _, told in _told(sentence):
                for root, weight in told:
                    where = self._places.setdefault(root, {})
                    where[place] = max(where.get(place, 0.0), weight)

    def clues(self, text: str) -> list[Clue]:
        """What `text` has in common with some of the sentences."""
        found = []
        for start, end, told in _told(text):
            places: dict[int, float] = {}
            for root, weight in told:
                for place, there in self._places.get(root, {}).items():
                    places[place] = max(places.get(place, 0.0), weight * there)
            if places:
                found.append(Clue(start, end, places))
        return found

    def scores(self, text: str, clues: Sequence[Clue], span: tuple[int, int]) -> list[float]:
        """How much speaks for each sentence as the one of `span`, itself left out.

        What stands in the same clause counts twice as much as the rest of `text`; for the empty
        span (0, 0) all counts alike.
        """
        breaks = [match.start() for match in _BREAK.finditer(text)]
        clause = bisect(breaks, span[0])
        scores = [0.0] * self._count
        for clue in clues:
            if clue.start < span[1] and span[0] < clue.end:
                continue
            near = 1.0 if not any(span) or bisect(breaks, clue.start) == clause else _OTHER_CLAUSE
            telling = near * log(1 + self._count / len(clue.places))
            for place, weight in clue.places.items():
                scores[place] += telling * weight
        if self._meanings:
            stretch = _clause_of(text, breaks, span)
            likenesses = self._likeness(self._meanings, text, stretch)
            usual = max(_UNLIKE, sum(likenesses) / len(likenesses))
            for place, likeness in enumerate(likenesses):
                scores[place] += _MEANT * max(0.0, likeness - usual)
        return scores

    def _likeness(self, meanings: Meanings, text: str, clause: str) -> list[float]:
        """How near each sentence is to `text`, and to the clause of it if that tells enough."""
        whole = meanings.likeness(text)
        if len(clause) < _TELLING or clause == text:
            return whole
        part = meanings.likeness(clause)
        return [(one + _OTHER_CLAUSE * other) / (1 + _OTHER_CLAUSE)
                for one, other in zip(part, whole, strict=True)]  # fmt: skip

    def home(
        self,
        text: str,
        clues: Sequence[Clue],
        span: tuple[int, int],
        places: Sequence[int],
        evidence: Sequence[int],
    ) -> int:
        """The sentence that has what stands around `span`; -1 where that is not plain.

        One of `places` where one of them has nearly as much as the best. `evidence` are sentences
        that the statement claims to rest on.
        """
        if self._count == 1:
            return 0
        scores = self.scores(text, clues, span)
        for place in evidence:
            if place < self._count:
                scores[place] += _CLAIMED
        best = max(range(self._count), key=scores.__getitem__, default=-1)
        if best < 0 or scores[best] < _CLEARLY:
            return -1
        close = [
            place for place in dict.fromkeys(places) if scores[place] > _NEARLY * scores[best]
        ]
        if close:
            return close[0] if len(close) == 1 else -1
        here = max((scores[place] for place in places), default=0.0)
        return best if scores[best] - here >= _CLEARLY else -1

    def plain_home(self, text: str, clues: Sequence[Clue], named: int = -1) -> int:
        """The one sentence that `text` is certainly told from, -1 where there is none.

        Where none is certain it is `named`, if no other sentence is closer.
        """
        if self._count == 1:
            return named
        scores = self.scores(text, clues, (0, 0))
        best = max(range(self._count), key=scores.__getitem__, default=-1)
        if best < 0:
            return -1
        agreed = named if 0 <= named < self._count and scores[named] >= scores[best] > 0 else -1
        if self._count < _SOME:
            return agreed
        second = max(score for place, score in enumerate(scores) if place != best)
        plain = scores[best] >= _PLAINLY and second <= _BEHIND * scores[best]
        return best if plain else agreed


def _clause_of(text: str, breaks: Sequence[int], span: tuple[int, int]) -> str:
    """The stretch of `text` between two of `breaks` that has `span`; for (0, 0) all of it."""
    if not any(span):
        return text
    at = bisect(breaks, span[0])
    start = breaks[at - 1] + 1 if at else 0
    return text[start : breaks[at] if at < len(breaks) else len(text)].strip()


def clauses(text: str) -> list[str]:
    """The stretches of `text` between commas and the like, those with anything in them."""
    return [part for part in _BREAK.split(text) if part.strip()]


def _told(text: str) -> Iterator[tuple[int, int, tuple[tuple[str, float], ...]]]:
    """Words and names of `text` with the English stems that they are or mean."""
    for start, name, words in known_in(text):
        yield start, start + len(name), tuple((stem(word), 1.0) for word in words)
    for match in _TOKEN.finditer(text):
        if not match.group("han"):
            word = match.group().lower().replace("’", "'").removesuffix("'s")
            if len(word) > 1 and word not in STOP:
                yield match.start(), match.end(), ((stem(word), 1.0),)
            continue
        place = match.start()
        for word in cut(match.group()):
            # A text may have sentences of both languages: the word answers to itself as well.
            if len(word) > 1 and word not in STOP:
                yield place, place + len(word), ((word, 1.0), *meanings().get(word, ()))
            place += len(word)
