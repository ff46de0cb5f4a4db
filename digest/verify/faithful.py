"""How likely a statement says only what its text says: small edits that change the meaning.

Each sentence is laid beside the best sentences of the text; counted is what was put in: words
the text lacks (less where it has one that says the same), opposites, another thing of one sort,
denials, bad news, words beside neighbours that they have nowhere in the text. A logistic model
trained on human judgements (`python -m tests.training faithful`) weighs the counts. The result
ranks statements; it is no threshold of truth: about three judgements in ten are wrong.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest.verify.direction import is_negation
from digest.verify.edits import AGAINST, FOR, Telling
from digest.verify.findings import Finding
from digest.verify.opposites import opposites
from digest.verify.support import Index, stem

WEIGHTS = Path(__file__).parent / "faithful.json"
SHARE = "share"  # for the reader and for comparing; the model does without
CHECKS = ("bad_number", "bad_name", "bad_quote", "bad_direction")
NEVER_FOR = (*CHECKS, *AGAINST, "hard")
"""Counts that must not speak for a statement, whatever the judgements seem to say."""
_HARD = ("bad_number", "bad_name", "bad_direction", "opposite", "turned", "sort_near", "denied")
_REWORDED = ("same_near", "same_far", "kin", "strange_any")
_ORDER = (SHARE, "placed", "own")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a statement: its words, the best sentences of the text, what checks found."""

    words: Sequence[str]
    best: Sequence[tuple[float, int]]
    findings: Sequence[Finding] = ()


class Likeness:
    """Judges sentences about the text of an index."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._telling = Telling(index.tokens)

    def chance(self, sentence: Sentence) -> float:
        """Between 0 and 1, for ranking: how likely the text carries this sentence.

        A sentence with nothing against it and no word of its own is no worse than its share of
        the best sentence: the model knows no copies, only sentences that were reworded.
        """
        traits = self.traits([sentence])
        likely = chance(traits)
        copied = not any(count for name, count in traits.items() if name not in _ORDER)
        return max(likely, traits[SHARE]) if copied else likely

    def turned(self, words: Sequence[str], places: Sequence[int]) -> bool:
        """Whether a word has its opposite, not itself, in one of the sentences `places`."""
        beside = {stem(word) for place in places for word in self._index.tokens[place]}
        said = {stem(word) for word in words}
        denied = any(map(is_negation, words)) != any(map(is_negation, beside))
        return denied or any(opposites(one) & (beside - said) for one in said - beside)

    def traits(self, sentences: Iterable[Sentence]) -> dict[str, float]:
        """Counts over all sentences, which the model weighs, and the smallest share of words."""
        total: Counter[str] = Counter()
        worst = 1.0
        for one in sentences:
            worst = min(worst, one.best[0][0] if one.best else 0.0)
            total.update(self._telling.counts(one.words, [place for _, place in one.best]))
            total.update(f"bad_{found.kind}" for found in one.findings if not found.holds)
        counted = {name: float(total[name]) for name in (*CHECKS, *AGAINST, *FOR)}
        counted[SHARE] = worst
        counted["hard"] = float(any(counted[name] for name in _HARD))
        counted["own"] = float(not any(counted[name] for name in _REWORDED))
        return counted


@cache
def _model() -> tuple[float, dict[str, float]]:
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return float(stored["base"]), {str(n): float(w) for n, w in stored["weights"].items()}


def chance(traits: Mapping[str, float]) -> float:
    """The model's answer for counts of `Likeness.traits`, between 0 and 1."""
    base, weights = _model()
    sums = base + sum(weight * squeezed(traits.get(name, 0.0)) for name, weight in weights.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sums))))


def squeezed(count: float) -> float:
    """Counts with diminishing returns: the first unsupported word says the most."""
    return math.sqrt(count)
