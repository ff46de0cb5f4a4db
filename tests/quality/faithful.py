"""Human judgements of whole summaries: consistent with the article or not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.text.lines import paragraphs_of
from digest.text.sentences import split_sentences
from digest.verify import SourceText
from tests.quality.common import Record, Row, records

_FOLDS = 5
_REACH = 0.65
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Judged:
    """A human judgement and what each method says for the summary, more is better."""

    document: str
    consistent: bool
    scores: dict[str, float]


def faithful_rows(corpora: Path, limit: int | None = None) -> list[Row]:
    """Balanced accuracy of each method; thresholds chosen on other documents than tested."""
    judged = [_judge(record) for record in records(corpora, "faithfulness", limit)]
    rows = []
    for method in judged[0].scores if judged else ():
        reached = _crossed(judged, method)
        cells = {"method": method, "balanced accuracy": f"{reached:.3f}", "n": str(len(judged))}
        ours = method.startswith("this check")
        rows.append(
            Row("Human judgements of summaries", cells, reached > _REACH if ours else None)
        )
    return rows


def _judge(record: Record) -> Judged:
    lines = paragraphs_of(str(record["text"]))
    source = SourceText([one for line in lines for one in split_sentences(line, "en")], "en")
    summary = str(record["summary"])
    verdict = source.check(summary)
    bad = sum(1 for finding in verdict.findings if not finding.holds)
    text = set(re.findall(r"\w+", str(record["text"]).lower()))
    words = re.findall(r"\w+", summary.lower())
    numbers = set(_NUMBER.findall(str(record["text"])))
    support = min((one.score for one in verdict.support), default=0.0)
    return Judged(
        str(record["doc"]),
        bool(record["consistent"]),
        {
            "word overlap": sum(1 for word in words if word in text) / max(1, len(words)),
            "digits only": -float(sum(1 for n in _NUMBER.findall(summary) if n not in numbers)),
            "support score alone": support,
            "this check (number of findings against it)": -float(bad),
        },
    )


def _crossed(judged: Sequence[Judged], method: str) -> float:
    documents = sorted({one.document for one in judged})
    fold = {document: place % _FOLDS for place, document in enumerate(documents)}
    said: list[tuple[bool, bool]] = []
    for held in range(_FOLDS):
        known = [one for one in judged if fold[one.document] != held]
        least = _threshold([(one.scores[method], one.consistent) for one in known])
        said.extend(
            (one.scores[method] >= least, one.consistent)
            for one in judged
            if fold[one.document] == held
        )
    return _balanced(said)


def _threshold(scored: Sequence[tuple[float, bool]]) -> float:
    values = sorted({score for score, _ in scored})
    options = values[:: max(1, len(values) // 60)]
    return max(options, key=lambda least: _balanced([(s >= least, good) for s, good in scored]))


def _balanced(said: Sequence[tuple[bool, bool]]) -> float:
    good = [guess for guess, right in said if right]
    bad = [not guess for guess, right in said if not right]
    return (sum(good) / max(1, len(good)) + sum(bad) / max(1, len(bad))) / 2
