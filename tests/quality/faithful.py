"""Human judgements of whole summaries: consistent with the article or not.

Thresholds and weights come from other documents than those they are tested on, in five folds,
for five ways to deal the documents into folds; the last row leaves out one whole part at a time.
What is counted was devised with these texts at hand, which only other texts can put to the test;
how much each count weighs, and whether it counts at all, is always learnt without the held fold.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from digest.text.lines import paragraphs_of
from digest.text.sentences import split_sentences
from digest.verify import SourceText
from digest.verify.faithful import squeezed
from tests.quality.common import Record, Row, records
from tests.training.faithful import fitted

_FOLDS = 5
_DEALS = 5
_REACH = 0.65
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TITLE = "Human judgements of summaries"
_CHECKS = ("bad_number", "bad_name", "bad_quote", "bad_direction")


@dataclass(frozen=True, slots=True)
class Judged:
    """A human judgement, the counts of the check, and what each method says: more is better."""

    document: str
    part: str
    consistent: bool
    traits: dict[str, float]
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Said:
    """A judgement and whether a method trained without it takes the summary for consistent."""

    one: Judged
    guess: bool


Split = Callable[[Judged], object]


def faithful_rows(corpora: Path, limit: int | None = None) -> list[Row]:
    """Balanced accuracy of each method, of the parts, and where a part was never seen."""
    judged = [judge(record) for record in records(corpora, "faithfulness", limit)]
    if len({one.document for one in judged}) < _FOLDS:
        return []
    dealt = [_folds(judged, seed) for seed in range(_DEALS)]
    rows = [
        _row(method, [s for folds in dealt for s in _crossed(judged, _split(folds), method)])
        for method in (*judged[0].scores, _MODEL)
    ]
    rows.append(_row("this check, part never seen", _crossed(judged, lambda o: o.part, _MODEL)))
    return rows


def _split(folds: dict[str, int]) -> Split:
    return lambda one: folds[one.document]


_MODEL = "this check (support score, weights crossed)"


def _row(method: str, said: Sequence[Said]) -> Row:
    cells = {"method": method, "balanced accuracy": f"{_balanced(said):.3f}"}
    for part in sorted({found.one.part for found in said}):
        cells[part] = f"{_balanced([found for found in said if found.one.part == part]):.3f}"
    cells["n"] = str(len({id(found.one) for found in said}))
    return Row(_TITLE, cells, _balanced(said) > _REACH if method == _MODEL else None)


@cache
def _source(text: str) -> SourceText:
    return SourceText(
        [one for line in paragraphs_of(text) for one in split_sentences(line, "en")], "en"
    )


def judge(record: Record) -> Judged:
    """A record of the collection, looked at by all methods."""
    text, summary = str(record["text"]), str(record["summary"])
    traits = _source(text).traits(summary)
    known = set(re.findall(r"\w+", text.lower()))
    words = re.findall(r"\w+", summary.lower())
    numbers = set(_NUMBER.findall(text))
    return Judged(
        str(record["doc"]),
        str(record["domain"]),
        bool(record["consistent"]),
        traits,
        {
            "word overlap": sum(1 for word in words if word in known) / max(1, len(words)),
            "digits only": -float(sum(1 for n in _NUMBER.findall(summary) if n not in numbers)),
            "weighted word overlap (worst sentence)": traits["share"],
            "number and name check alone": -sum(traits[name] for name in _CHECKS),
        },
    )


def _folds(judged: Sequence[Judged], seed: int) -> dict[str, int]:
    documents = sorted({one.document for one in judged})
    Random(seed).shuffle(documents)
    return {document: place % _FOLDS for place, document in enumerate(documents)}


def _crossed(judged: Sequence[Judged], split: Split, method: str) -> list[Said]:
    said: list[Said] = []
    for held in sorted({split(one) for one in judged}, key=str):
        known = [one for one in judged if split(one) != held]
        decide = _learned(known) if method == _MODEL else _cut(known, method)
        said.extend(Said(one, decide(one)) for one in judged if split(one) == held)
    return said


def _learned(known: Sequence[Judged]) -> Callable[[Judged], bool]:
    base, weights = fitted([one.traits for one in known], [one.consistent for one in known])

    def decide(one: Judged) -> bool:
        return base + sum(w * squeezed(one.traits[name]) for name, w in weights.items()) >= 0

    return decide


def _cut(known: Sequence[Judged], method: str) -> Callable[[Judged], bool]:
    values = sorted({one.scores[method] for one in known})
    options = values[:: max(1, len(values) // 60)]
    least = max(
        options,
        key=lambda edge: _balanced([Said(one, one.scores[method] >= edge) for one in known]),
    )
    return lambda one: one.scores[method] >= least


def _balanced(said: Sequence[Said]) -> float:
    good = [found.guess for found in said if found.one.consistent]
    bad = [not found.guess for found in said if not found.one.consistent]
    return (sum(good) / max(1, len(good)) + sum(bad) / max(1, len(bad))) / 2
