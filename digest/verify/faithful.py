"""How likely a statement says only what its text says: small edits that change the meaning.

Each sentence is laid beside the best sentences of the text; counted is what was put in: words
the text lacks (less where it has one that says the same), opposites, denials, amounts, words
beside neighbours that they have nowhere in the text. A logistic model trained on human judgements
(`python -m tests.training faithful`) weighs the counts. The result ranks statements; it is no
threshold of truth: about one judgement in three is wrong.
"""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from digest.text.vocabulary import word_set
from digest.verify.direction import is_negation
from digest.verify.findings import Finding
from digest.verify.opposites import alike, opposites
from digest.verify.support import STOP, Index, stem

WEIGHTS = Path(__file__).parent / "faithful.json"
_WORDS = Path(__file__).parents[1] / "condense" / "weights" / "english_words.txt"
_UNKNOWN = 30  # steps of rarity of a word that the table lacks
SHARE = "share"  # for the reader and for comparing; the model does without
_HARD = ("bad_number", "bad_name", "bad_direction", "opposite", "opposite_new", "denied")
_ORDER = (SHARE, "joined", "placed")
_REWORDED = ("same_near", "same_far", "usual", "new_verb")
_WINDOW = 12
_AFFIX = 5  # letters from which a common beginning makes two words kin
_AMOUNTS = word_set(
    "all every each none some most many few several only both any never always entire ",
    "majority minority half ",
)
_HEDGES = word_set(
    "may might could would should can likely possibly potentially reportedly ",
    "allegedly perhaps suspected alleged expected ",
)
_PLAIN = word_set(
    "will must shall certainly definitely proven confirmed ",
)
_VERB = re.compile(r"(?:ed|ing|ize|ise|izes|ises|ify)$")
_QUALITY = re.compile(r"(?:al|ive|ous|ful|ic|able|ible|less|ary|ant|ent)$")
_THING = re.compile(
    r"(?:tions?|sions?|ments?|ness|ers?|ors?|ists?|isms?|ity|ities|ships?|ances?|ences?)$"
)
_PLACES = ("from", "to", "by", "of", "with", "without", "for", "against", "in", "at", "on")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a statement: its words, the best sentences of the text, what checks found."""

    words: Sequence[str]
    best: Sequence[tuple[float, int]]
    findings: Sequence[Finding] = ()


class Likeness:
    """The words of a text and their neighbours, to judge sentences about it."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._stems = set().union(*index.stems) if index.stems else set()
        self._beginnings = {one[:_AFFIX] for one in self._stems if len(one) >= _AFFIX}
        self._words = {word for words in index.tokens for word in words}
        self._near: dict[str, set[str]] = {}
        self._pairs: set[tuple[str, str]] = set()
        for words in index.tokens:
            self._pairs.update(pairwise(map(stem, words)))
            self._learn([stem(word) for word in words if word not in STOP])

    def _learn(self, stems: Sequence[str]) -> None:
        for at, one in enumerate(stems):
            self._near.setdefault(one, set()).update(stems[max(0, at - _WINDOW) : at + _WINDOW])

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
        total: defaultdict[str, float] = defaultdict(float, self._of(Sentence((), ())))
        worst = 1.0
        for one in sentences:
            found = self._of(one)
            worst = min(worst, found[SHARE])
            for name, count in found.items():
                total[name] += count
        counted = dict(total)
        counted[SHARE] = worst
        counted["hard"] = float(any(counted[name] for name in _HARD))
        counted["reworded"] = sum(counted[name] for name in _REWORDED)
        return counted

    def _of(self, sentence: Sentence) -> dict[str, float]:
        words = sentence.words
        beside = [self._index.tokens[place] for _, place in sentence.best]
        close = {stem(word) for one in beside for word in one}
        plain = {word for one in beside for word in one}
        found: dict[str, float] = {
            SHARE: sentence.best[0][0] if sentence.best else 0.0,
            **self._new(words, close),
            **self._neighbours(words),
            **_asides(words, plain),
            **_checks(sentence.findings),
        }
        return found

    def _new(self, words: Sequence[str], close: set[str]) -> dict[str, float]:
        found = dict.fromkeys(_NEW, 0.0)
        for word in {one for one in words if one not in STOP and not one[:1].isdigit()}:
            root = stem(word)
            if root in close:
                continue
            against = opposites(root) & close
            found["opposite"] += bool(against)
            if root in self._stems:
                found["far"] += 1
                continue
            found["opposite_new"] += bool(against or opposites(root) & self._stems)
            same = alike(root)
            if same & close:
                found["same_near"] += 1
            elif same & self._stems:
                found["same_far"] += 1
            elif root[:_AFFIX] in self._beginnings:
                found["kin"] += 1
            else:
                self._strange(word, found, known=bool(same))
        found["strange_any"] = min(1.0, found["strange"] + found["usual"])
        return found

    def _strange(self, word: str, found: dict[str, float], *, known: bool) -> None:
        found["usual" if known else "strange"] += 1
        found["rare"] += min(_UNKNOWN, rarity(word)) / _UNKNOWN
        kind = ("verb" if _VERB.search(word) else "adverb" if word.endswith("ly")
                else "thing" if _THING.search(word) else "quality" if _QUALITY.search(word)
                else "bare")  # fmt: skip
        found[f"new_{kind}"] += 1

    def _neighbours(self, words: Sequence[str]) -> dict[str, float]:
        known = [stem(word) for word in words if word not in STOP]
        found = {"apart": 0.0, "slot": 0.0, "joined": 0.0, "placed": 0.0}
        for one, other in pairwise(known):
            if one in self._stems and other in self._stems:
                found["apart"] += other not in self._near[one]
        for before, one, after in zip(known, known[1:], known[2:], strict=False):
            if before in self._stems and after in self._stems and one not in self._stems:
                found["slot"] += after in self._near[before]
        for first, second in pairwise(words):
            pair = (stem(first), stem(second))
            if first in self._words and second in self._words and pair not in self._pairs:
                found["placed" if first in _PLACES or second in _PLACES else "joined"] += 1
        return found


_NEW = ("opposite", "far", "opposite_new", "same_near", "same_far", "kin", "usual", "strange",
        "rare", "new_verb", "new_adverb", "new_thing", "new_quality", "new_bare")  # fmt: skip


def _asides(words: Sequence[str], beside: set[str]) -> dict[str, float]:
    denied = any(map(is_negation, words))
    denies = any(map(is_negation, beside))
    fresh = set(words) - beside
    return {
        "denied": float(denied and not denies),
        "undenied": float(denies and not denied),
        "amount": float(len(fresh & _AMOUNTS)),
        "hedge": float(len(fresh & _HEDGES)),
        "unhedged": float(bool(fresh & _PLAIN and beside & _HEDGES)),
        "contrast": float(bool(fresh & {"instead", "rather", "but", "despite"})),
    }


def _checks(findings: Sequence[Finding]) -> dict[str, float]:
    found = dict.fromkeys(("bad_number", "bad_name", "bad_quote", "bad_direction"), 0.0)
    for finding in findings:
        if not finding.holds and f"bad_{finding.kind}" in found:
            found[f"bad_{finding.kind}"] += 1
    return found


@cache
def _rarities() -> dict[str, int]:
    table: dict[str, int] = {}
    for line in _WORDS.read_text(encoding="utf-8").splitlines():
        step, *words = line.split()
        table.update(dict.fromkeys(words, int(step)))
    return table


def rarity(word: str) -> int:
    """How rare an English word is: 0 (in every text) to 30 (unknown), in steps of the table."""
    return _rarities().get(word, _UNKNOWN)


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
