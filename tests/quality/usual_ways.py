"""How stories are usually told apart: likeness of two texts, single link, one threshold.

Each way gives every pair of texts within the window a likeness from 0 to 1; `linked` makes groups
of the pairs at or above a threshold. Nothing here knows what was labelled.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash, RMinHashLSH
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from digest.stories import WINDOW, StoryItem
from digest.text.segmentation import words
from digest.verify.meaning import installed_encoder

_LEAST = 0.1  # likeness below which no threshold is tried
_ROWS = 1000  # of a matrix at once
_PERMUTATIONS, _BANDS = 128, 64
_LONG = 40  # words from which shingles are pairs of words
_OPENING = 400  # characters of a text that the encoder reads, as our own index lets it

THRESHOLDS = tuple(round(0.1 + 0.02 * step, 2) for step in range(45))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts with their likeness: three parallel arrays, `one` < `other`."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    likeness: NDArray[np.float64]


Way = Callable[[Sequence[StoryItem]], Pairs]


def linked(pairs: Pairs, size: int, threshold: float) -> list[int]:
    """The group of each of `size` texts: single link of the pairs at or above `threshold`."""
    chosen = pairs.likeness >= threshold
    ones, others = pairs.one[chosen], pairs.other[chosen]
    graph = coo_matrix((np.ones(len(ones)), (ones, others)), shape=(size, size))
    return [int(group) for group in connected_components(graph, directed=False)[1]]


def _text(item: StoryItem) -> str:
    return f"{item.title}\n{item.lead_text}"


def _cut(item: StoryItem, text: str) -> str:
    return " ".join(words(text, item.lang))


def title_jaccard(items: Sequence[StoryItem]) -> Pairs:
    """Words in both titles as a share of the words in either."""
    counter = CountVectorizer(binary=True, token_pattern=r"\S+", lowercase=False)
    found = counter.fit_transform(_cut(item, item.title) for item in items).astype(np.float32)
    sizes = np.asarray(found.sum(axis=1)).ravel()

    def compare(start: int, end: int) -> NDArray[Any]:
        shared = (found[start:end] @ found.T).toarray()
        either = sizes[start:end, None] + sizes[None, :] - shared
        return np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)

    return _all_pairs(items, compare)


def tf_idf(items: Sequence[StoryItem]) -> Pairs:
    """Cosine of scikit-learn's TF-IDF vectors of title and opening, sublinear."""
    vectorizer = TfidfVectorizer(token_pattern=r"\S+", lowercase=False, sublinear_tf=True)
    found: csr_matrix = vectorizer.fit_transform(_cut(it, _text(it)) for it in items)
    return _all_pairs(items, lambda start, end: (found[start:end] @ found.T).toarray())


def sentence_vectors(items: Sequence[StoryItem]) -> Pairs:
    """Cosine of the multilingual sentence encoder's vectors of title and opening."""
    encoder = installed_encoder()
    if encoder is None:
        raise RuntimeError("install the extra 'semantic'")
    texts = [_text(item)[:_OPENING] for item in items]
    found = np.asarray(encoder.encode(texts), dtype=np.float32)
    return _all_pairs(items, lambda start, end: found[start:end] @ found.T)


def min_hash(items: Sequence[StoryItem]) -> Pairs:
    """Exact Jaccard of word shingles, of the candidates that rensa's MinHash finds."""
    shingles = [_shingles(words(_text(item), item.lang)) for item in items]
    index = RMinHashLSH(threshold=0.2, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    ones, others, likeness = [], [], []
    for number, mine in enumerate(shingles):
        sketch = RMinHash(num_perm=_PERMUTATIONS, seed=1)
        sketch.update(sorted(mine))
        for near in sorted(set(index.query(sketch))):
            alike = len(mine & shingles[near]) / max(1, len(mine | shingles[near]))
            if alike >= _LEAST and abs(items[near].at - items[number].at) <= WINDOW:
                ones.append(near)
                others.append(number)
                likeness.append(alike)
        index.insert(number, sketch)
    return Pairs(np.array(ones, int), np.array(others, int), np.array(likeness, float))


def _shingles(found: Sequence[str]) -> frozenset[str]:
    if len(found) < _LONG:
        return frozenset(found)
    return frozenset(f"{one} {next_}" for one, next_ in itertools.pairwise(found))


def _all_pairs(items: Sequence[StoryItem], compare: Callable[[int, int], NDArray[Any]]) -> Pairs:
    seconds = np.array([item.at.timestamp() for item in items])
    found = list(_blocks(seconds, compare))
    return Pairs(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _blocks(
    seconds: NDArray[Any], compare: Callable[[int, int], NDArray[Any]]
) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    size, window = len(seconds), WINDOW / timedelta(seconds=1)
    for start in range(0, size, _ROWS):
        end = min(size, start + _ROWS)
        alike = compare(start, end)
        later = np.arange(size)[None, :] > np.arange(start, end)[:, None]
        near = np.abs(seconds[start:end, None] - seconds[None, :]) <= window
        rows, columns = np.nonzero((alike >= _LEAST) & later & near)
        yield rows + start, columns, alike[rows, columns]


WAYS: dict[str, Way] = {
    "title Jaccard": title_jaccard,
    "TF-IDF cosine": tf_idf,
    "MinHash (rensa)": min_hash,
    "sentence encoder": sentence_vectors,
}
