"""The usual ways to tell stories apart, with the packages that people take for them.

Title Jaccard and MinHash as `hexin lab stories --compare` has them; TF-IDF by scikit-learn and the
multilingual sentence encoder need more than the product does.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.cli import linking
from bot.cli.linking import Pairs, Way, near_pairs, whole_text
from digest.stories import StoryItem
from digest.text.segmentation import words
from digest.verify.meaning import installed_encoder

_ROWS = 500  # of a matrix at once
_OPENING = 400  # characters of a text that the encoder reads: time grows with their square


def tf_idf(items: Sequence[StoryItem]) -> Pairs:
    """Cosine of scikit-learn's TF-IDF vectors of title and opening, sublinear."""
    vectorizer = TfidfVectorizer(token_pattern=r"\S+", lowercase=False, sublinear_tf=True)
    cut = (" ".join(words(whole_text(item), item.lang)) for item in items)
    found: Any = vectorizer.fit_transform(cut)
    return near_pairs(items, _by_rows(lambda start, end: (found[start:end] @ found.T).toarray()))


def sentence_vectors(items: Sequence[StoryItem]) -> Pairs:
    """Cosine of the multilingual sentence encoder's vectors of title and opening."""
    encoder = installed_encoder()
    if encoder is None:
        raise RuntimeError("install the extra 'semantic'")
    texts = [whole_text(item)[:_OPENING] for item in items]
    found = np.asarray(encoder.encode(texts), dtype=np.float32)
    return near_pairs(items, _by_rows(lambda start, end: found[start:end] @ found.T))


def _by_rows(
    block: Callable[[int, int], NDArray[Any]],
) -> Callable[[int], NDArray[np.float64]]:
    """One row after the other of a matrix that is made a block at a time."""
    held: tuple[int, NDArray[Any]] = (-1, np.zeros((0, 0)))

    def row(place: int) -> NDArray[np.float64]:
        nonlocal held
        start = place - place % _ROWS
        if held[0] != start:
            held = (start, block(start, start + _ROWS))
        found: NDArray[np.float64] = held[1][place - start]
        return found

    return row


WAYS: dict[str, Way] = {
    **linking.WAYS,
    "TF-IDF cosine": tf_idf,
    "sentence encoder": sentence_vectors,
}
