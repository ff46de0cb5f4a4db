"""Whether two single sentences say the same, asked of the two alone.

Not what the stories ask: two sentences with other details of one event are one story and do not
say the same, and two captions of one kind of scene may say the same with no event in them. So
nothing is asked here of dates, texts or an index; how rare a word is comes from the table of what
is common anyway. A weighted sum of what both say, in which order and in which letters, and of what
either says alone (sayings.json, `python -m tests.training sayings`) is laid against two bounds:
SAME, nothing of weight is left out or added; NEARLY, only details differ.
"""

import json
import math
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.stories.items import StoryItem
from digest.stories.likeness import compare
from digest.stories.rarity import Rarity
from digest.stories.shelf import Sheet, sheet_of
from digest.stories.titles import ALIKE, title_table
from digest.stories.titles import FEATURES as BESIDE
from digest.stories.traits import traits_of
from digest.text.segmentation import fold, words
from digest.verify.meaning import Encoder

WEIGHTS = Path(__file__).parent / "sayings.json"
LONGEST = 400
"""Characters that are read of either."""

OVERLAP = (
    "words_either", "words_cos", "letters_cos", "grams_cos", "letters_shared", "letters_run",
    "words_run", "words_shared", "length_ratio", "words_least", "words_most", "words_left_least",
    "words_left_most", "words_pieces", "words_equal",
)  # fmt: skip
FEATURES = (*ALIKE, *BESIDE, *OVERLAP)
"""Of a pair; `_least` and `_most` of what the two sides have."""
MEANING = "meaning"
_SENTENCE = FEATURES.index("sentences")
_CONTRARY = [
    FEATURES.index(name)
    for name in ("against", "denies_differ", "dated_differ", "numbers_left_least")
]
_LEFT = FEATURES.index("words_left_most")
_FEW = 2  # words that either says alone: what turns it round is then all the difference
_HALF = 0.5  # the likeness of what contradicts
_CHINESE = "zh"
_GRAMS = (2, 3, 4)
_THEN = datetime(2000, 1, 1, tzinfo=UTC)  # of both: no day is asked for

Row = NDArray[np.float32]


class Sameness(StrEnum):
    """What two sentences are to each other."""

    SAME = "same"
    NEARLY = "nearly"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Beside:
    """Two sentences laid side by side; `likeness` 0..1, to be compared within one language."""

    sameness: Sameness
    likeness: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much likeness it takes, of full sentences, of headlines, and of Chinese."""

    sentences: float
    headlines: float
    chinese: float

    def of(self, row: Row, lang: str) -> float:
        """The bound for the kind of text that `row` tells of."""
        if lang == _CHINESE:
            return self.chinese
        return self.sentences if row[_SENTENCE] else self.headlines


@dataclass(frozen=True, slots=True)
class Weighing:
    """What each of `FEATURES` (and, as the last, the meaning) weighs, and where the sum begins."""

    start: float
    weights: NDArray[np.float64]

    def likeness(self, row: Row) -> float:
        """Of one pair, 0..1."""
        return float(1 / (1 + math.exp(-self.start - float(row @ self.weights))))


@dataclass(frozen=True, slots=True)
class SayingModel:
    """Weights for Chinese and for other languages, without the meaning and with it."""

    same: Bounds
    nearly: Bounds
    plain: Mapping[str, Weighing]
    semantic: Mapping[str, Weighing]


@cache
def shipped_sayings() -> SayingModel:
    """The weights that come with the project."""
    packed: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    plain, semantic = (
        {
            lang: Weighing(start, np.array(weights, np.float64))
            for lang, (start, *weights) in packed[name].items()
        }
        for name in ("plain", "semantic")
    )
    return SayingModel(Bounds(*packed["same"]), Bounds(*packed["nearly"]), plain, semantic)


def lay_beside(one: str, other: str, lang: str, encoder: Encoder | None = None) -> Beside:
    """What two sentences of one language are to each other, whichever comes first.

    With an `encoder` also by what they mean.
    """
    model, lang = shipped_sayings(), lang.partition("-")[0]
    row = row_of(one, other, lang, encoder)
    kind = _CHINESE if lang == _CHINESE else ""
    likeness = (model.semantic if encoder else model.plain)[kind].likeness(row)
    contrary = row[_CONTRARY].any() and row[_LEFT] <= _FEW
    if contrary or _is_turned_round(words(one, lang), words(other, lang)):
        likeness *= _HALF
    if likeness >= model.same.of(row, lang):
        return Beside(Sameness.SAME, likeness)
    near = likeness >= model.nearly.of(row, lang)
    return Beside(Sameness.NEARLY if near else Sameness.OTHER, likeness)


def row_of(one: str, other: str, lang: str, encoder: Encoder | None) -> Row:
    """The `FEATURES` of two sentences, and what they mean where there is an `encoder`."""
    first, second = sorted((one[:LONGEST], other[:LONGEST]))  # the same in either order
    mine, theirs = _sheet(first, lang), _sheet(second, lang)
    alike = compare(mine, theirs, _rarity(), np.zeros(1, np.float32))
    (beside,) = title_table(alike, mine, theirs)
    row = [*beside, *_overlap(first, second, lang)]
    if encoder is not None:
        here, there = encoder.encode([first, second])
        row.append(sum(a * b for a, b in zip(here, there, strict=True)))
    return np.array(row, np.float32)


def _is_turned_round(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether the same words stand in another order, and not because one part has moved.

    "The dog bites the man" and "the man bites the dog"; but not "on Friday it sank" and "it sank
    on Friday".
    """
    if mine == theirs or sorted(mine) != sorted(theirs):
        return False
    differing = [
        at for at, (one, other) in enumerate(zip(mine, theirs, strict=True)) if one != other
    ]
    here, there = (list(side[differing[0] : differing[-1] + 1]) for side in (mine, theirs))
    return all(here[at:] + here[:at] != there for at in range(1, len(here)))


@cache
def _rarity() -> Rarity:
    return Rarity()


def _sheet(text: str, lang: str) -> Sheet:
    item = StoryItem(0, None, text, "", lang, (), (), _THEN, 0)
    return sheet_of(traits_of(item), 0.0, _rarity())


def _overlap(one: str, other: str, lang: str) -> Iterator[float]:
    """The `OVERLAP` of two sentences, small words and all."""
    mine, theirs = words(one, lang), words(other, lang)
    ours, others = set(mine), set(theirs)
    both = len(ours & others)
    here, there = (" ".join(fold(text).split()) for text in (one, other))
    letters, said = _pieces(here, there), _pieces(mine, theirs)
    yield both / max(1, len(ours | others))
    yield _cosine(Counter(mine), Counter(theirs))
    yield _cosine(Counter(here), Counter(there))
    yield _cosine(_grams(here), _grams(there))
    yield 2 * sum(letters) / max(1, len(here) + len(there))
    yield max(letters) / max(1, min(len(here), len(there)))
    yield max(said) / max(1, min(len(mine), len(theirs)))
    yield 2 * sum(said) / max(1, len(mine) + len(theirs))
    yield min(len(here), len(there)) / max(1, len(here), len(there))
    yield from sorted((both / max(1, len(ours)), both / max(1, len(others))))
    yield from sorted((len(ours) - both, len(others) - both))
    yield len(said) - 1
    yield float(mine == theirs)


def _pieces(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[int]:
    """The lengths of what both have in one piece, in the order of both; the last is 0."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return [piece.size for piece in matcher.get_matching_blocks()]


def _grams(text: str) -> Counter[str]:
    return Counter(text[at : at + n] for n in _GRAMS for at in range(len(text) - n + 1))


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    product = sum(count * other[term] for term, count in one.items())
    lengths = math.prod(sum(count**2 for count in side.values()) for side in (one, other))
    return product / math.sqrt(lengths) if lengths else 0.0
