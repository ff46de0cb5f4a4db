"""Which sentences of a text one in another language rests on: shared words, names and numbers.

Everything is laid on stems of English words: Chinese words by a table of their meanings
(`python -m tests.training lexicon`), names by ours. The rarer a clue in the text, the more it
tells. An encoder of sentences may say more (`Likeness`); nothing needs one.
"""

import re
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path

from digest.text.segmentation import cut
from digest.verify.names import known_in
from digest.verify.support import STOP, stem

LEXICON = Path(__file__).parent / "lexicon.txt"
Alike = Callable[[str, Sequence[str]], Sequence[float]]
"""(statement, sentences) → how alike they are in meaning, a cosine for each sentence."""

_TOKEN = re.compile(r"(?P<han>[\u3400-\u9fff]+)|[^\W\d_]+(?:['’.\-][^\W\d_]+)*")
_BREAK = re.compile(r"[,，、;；:：。!！?？()（）—]")
_OTHER_CLAUSE = 0.5
_FULL = 9.0
_CLAIMED = 2.0
_CLEARLY = 1.0
_NEARLY = 0.7


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
    """The sentences of a text, in either language, by the English stems that they have or mean."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._count = len(sentences)
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

        What stands in the same clause counts twice as much as the rest of `text`.
        """
        breaks = [match.start() for match in _BREAK.finditer(text)]
        clause = bisect(breaks, span[0])
        scores = [0.0] * self._count
        for clue in clues:
            if clue.start < span[1] and span[0] < clue.end:
                continue
            near = 1.0 if bisect(breaks, clue.start) == clause else _OTHER_CLAUSE
            telling = near * log(1 + self._count / len(clue.places))
            for place, weight in clue.places.items():
                scores[place] += telling * weight
        return scores

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
            if told := meanings().get(word):
                yield place, place + len(word), told
            place += len(word)
