"""How stories are usually told apart: likeness of two texts, single link, one threshold.

Each way gives every pair of texts within the window a likeness from 0 to 1; texts joined by pairs
at or above a threshold are one group. Nothing here knows what was labelled. For laying beside our
own index; slow in comparison, for all texts are compared with all.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash, RMinHashLSH

from digest.stories import WINDOW, StoryItem
from digest.text.segmentation import words

LEAST = 0.1  # likeness below which no threshold is tried
THRESHOLDS = tuple(round(0.98 - 0.02 * step, 2) for step in range(45))  # falling, to LEAST
_PERMUTATIONS, _BANDS = 128, 64
_LONG = 40  # words from which shingles are pairs of words


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts with their likeness: three parallel arrays, `one` < `other`."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    likeness: NDArray[np.float64]


Way = Callable[[Sequence[StoryItem]], Pairs]


def linked(pairs: Pairs, size: int) -> Iterator[tuple[float, list[int]]]:
    """Each threshold, falling, with the group of each of `size` texts at it."""
    order = np.argsort(-pairs.likeness, kind="stable")
    waiting = zip(pairs.one[order], pairs.other[order], pairs.likeness[order], strict=True)
    leader = list(range(size))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    pair = next(waiting, None)
    for threshold in THRESHOLDS:
        while pair is not None and pair[2] >= threshold:
            leader[find(int(pair[0]))] = find(int(pair[1]))
            pair = next(waiting, None)
        yield threshold, [find(place) for place in range(size)]


def title_jaccard(items: Sequence[StoryItem]) -> Pairs:
    """Words in both titles as a share of the words in either."""
    found = [frozenset(words(item.title, item.lang)) for item in items]
    sizes = np.array([len(one) for one in found], np.float64)
    shared = _products([dict.fromkeys(one, 1.0) for one in found])

    def compare(place: int) -> NDArray[np.float64]:
        both = shared(place)
        either = sizes[place] + sizes - both
        share: NDArray[np.float64] = both / np.maximum(either, 1)
        return share

    return near_pairs(items, compare)


def tf_idf(items: Sequence[StoryItem]) -> Pairs:
    """Cosine of TF-IDF vectors of title and opening, as scikit-learn counts (sublinear)."""
    counts = [Counter(words(whole_text(item), item.lang)) for item in items]
    documents = Counter(word for one in counts for word in one)
    rarity = {
        word: 1 + math.log((1 + len(items)) / (1 + many)) for word, many in documents.items()
    }
    vectors = []
    for one in counts:
        vector = {word: (1 + math.log(many)) * rarity[word] for word, many in one.items()}
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        vectors.append({word: value / length for word, value in vector.items()})
    return near_pairs(items, _products(vectors))


def min_hash(items: Sequence[StoryItem]) -> Pairs:
    """Exact Jaccard of word shingles, of the candidates that rensa's MinHash finds."""
    shingles = [_shingles(words(whole_text(item), item.lang)) for item in items]
    index = RMinHashLSH(threshold=0.2, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    found: list[tuple[int, int, float]] = []
    for number, mine in enumerate(shingles):
        sketch = RMinHash(num_perm=_PERMUTATIONS, seed=1)
        sketch.update(sorted(mine))
        for near in sorted(set(index.query(sketch))):
            alike = len(mine & shingles[near]) / max(1, len(mine | shingles[near]))
            if alike >= LEAST and abs(items[near].at - items[number].at) <= WINDOW:
                found.append((near, number, alike))
        index.insert(number, sketch)
    return _pairs(found)


WAYS: dict[str, Way] = {
    "title Jaccard": title_jaccard,
    "TF-IDF cosine": tf_idf,
    "MinHash (rensa)": min_hash,
}


def whole_text(item: StoryItem) -> str:
    """Title and opening, which is what our own index has, too."""
    return f"{item.title}\n{item.lead_text}"


def near_pairs(items: Sequence[StoryItem], compare: Callable[[int], NDArray[np.float64]]) -> Pairs:
    """The pairs within the window that are alike at all; `compare` lays one beside all."""
    seconds = np.array([item.at.timestamp() for item in items])
    window = WINDOW / timedelta(seconds=1)
    found: list[tuple[int, int, float]] = []
    for place in range(len(items)):
        alike = compare(place)[place + 1 :]
        near = np.abs(seconds[place + 1 :] - seconds[place]) <= window
        (others,) = np.nonzero((alike >= LEAST) & near)
        found += [(place, place + 1 + int(other), float(alike[other])) for other in others]
    return _pairs(found)


def _products(vectors: Sequence[dict[str, float]]) -> Callable[[int], NDArray[np.float64]]:
    """The inner products of one vector with all, by an inverted index."""
    holders: defaultdict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    for place, vector in enumerate(vectors):
        for word, value in vector.items():
            holders[word][0].append(place)
            holders[word][1].append(value)
    arrays = {word: (np.array(at), np.array(value)) for word, (at, value) in holders.items()}

    def product(place: int) -> NDArray[np.float64]:
        found = np.zeros(len(vectors))
        for word, value in vectors[place].items():
            at, values = arrays[word]
            found[at] += value * values
        return found

    return product


def _shingles(found: Sequence[str]) -> frozenset[str]:
    if len(found) < _LONG:
        return frozenset(found)
    return frozenset(f"{one} {other}" for one, other in pairwise(found))


def _pairs(found: Sequence[tuple[int, int, float]]) -> Pairs:
    columns: Any = zip(*found, strict=True) if found else ((), (), ())
    one, other, alike = columns
    return Pairs(np.array(one, np.int64), np.array(other, np.int64), np.array(alike, np.float64))
