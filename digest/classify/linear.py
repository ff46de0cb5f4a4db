"""A linear text classifier with eight-bit weights: pure Python, a few hundred kilobytes.

A byte stands for a weight by its signed square, so that small weights keep their differences
beside a few very large ones.

Trained by `python -m tests.training placement`, which writes what `load` reads.
"""

import base64
import heapq
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from digest.classify.features import readable
from digest.condense.sentences import STOP_WORDS
from digest.regexes import regex

_SHORTEST = 2
_WORDS = regex(r"[\u3400-\u9fff]+|[^\W\d_][\w+#.\-']*(?: [^\W\d_][\w+#.\-']*)?")
STRONGEST = 127
WORTH = tuple(
    (byte if byte <= STRONGEST else byte - 256)
    * abs(byte if byte <= STRONGEST else 256 - byte)
    / STRONGEST**2
    for byte in range(256)
)
"""What each byte is worth, -1 to 1."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights by feature, one signed byte per class; `scale` is what a byte is worth.

    `weights` holds for each feature its rarity (one byte, in sixteenths) and then as many bytes as
    there are `classes` (two's complement, see `WORTH`); the largest possible is `scale`.
    `steepness` turns margins into probabilities.
    """

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float
    steepness: float
    weights: Mapping[str, bytes]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a model from the JSON that `save` writes."""
        data = json.loads(path.read_text(encoding="utf-8"))
        weights = {name: base64.b64decode(packed) for name, packed in data["weights"].items()}
        return cls(
            tuple(data["classes"]),
            tuple(data["bias"]),
            data["scale"],
            data["steepness"],
            weights,
        )

    def save(self, path: Path, **about: str | int) -> None:
        """Write the model as JSON, one feature a line in sorted order, with remarks `about` it."""
        data = {
            **about,
            "classes": self.classes,
            "bias": [round(one, 5) for one in self.bias],
            "scale": self.scale,
            "steepness": self.steepness,
            "weights": {
                name: base64.b64encode(self.weights[name]).decode()
                for name in sorted(self.weights)
            },
        }
        text = json.dumps(data, ensure_ascii=False, indent=0, separators=(",", ":"))
        path.write_text(text + "\n", encoding="utf-8")

    def margins(self, counts: Counter[str]) -> list[float]:
        """How far `counts` lies on the side of each class, in the order of `classes`."""
        sums = [0] * len(self.classes)
        total = list(map(float, sums))
        length = 0.0
        for name, count in counts.items():
            packed = self.weights.get(name)
            if packed is None:
                continue
            value = packed[0] * (1.0 + math.log(count) if count > 1 else 1.0)
            length += value * value
            for place, weight in enumerate(packed[1:]):
                total[place] += value * WORTH[weight]
        share = self.scale / math.sqrt(length) if length else 0.0
        return [bias + share * one for bias, one in zip(self.bias, total, strict=True)]

    def chances(self, counts: Counter[str]) -> dict[str, float]:
        """The probability of each class; even ones for a text without a known feature."""
        margins = [self.steepness * one for one in self.margins(counts)]
        highest = max(margins)
        powers = [math.exp(one - highest) for one in margins]
        total = sum(powers)
        return {name: power / total for name, power in zip(self.classes, powers, strict=True)}

    def predict(self, counts: Counter[str]) -> str:
        """The likeliest class."""
        margins = self.margins(counts)
        return self.classes[margins.index(max(margins))]

    def reasons(self, counts: Counter[str], name: str, most: int) -> tuple[str, ...]:
        """The up to `most` readable features that spoke loudest for class `name`."""
        place = self.classes.index(name) + 1  # after the rarity
        worth: dict[str, float] = {}
        for feature, count in counts.items():
            packed = self.weights.get(feature)
            if packed is None or WORTH[packed[place]] <= 0:
                continue
            words = readable(feature)
            worth[words] = worth.get(words, 0.0) + (
                WORTH[packed[place]] * packed[0] * (1.0 + math.log(count))
            )
        return _distinct(heapq.nlargest(most * 6, worth, key=lambda one: (worth[one], one)), most)


def _distinct(ranked: Sequence[str], most: int) -> tuple[str, ...]:
    """The first words that say something: whole ones, none inside another."""
    kept: list[str] = []
    for words in ranked:
        if (
            len(words) < _SHORTEST
            or not _WORDS.fullmatch(words)
            or not STOP_WORDS.isdisjoint(words.split())
        ):
            continue
        if any(words in other or other in words for other in kept):
            continue
        kept.append(words)
        if len(kept) == most:
            break
    return tuple(kept)
