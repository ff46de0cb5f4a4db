"""Trains the weights of the one line (`digest/condense/weights/line_*.json`) from open data.

    python -m tests.training line --corpora DIR

What is learned: how well a run of clauses agrees with the headline that people wrote (the mean of
the F1 of its letters and of their pairs), from the traits of `digest.condense.line`. For articles
by boosted stumps, several machines averaged. Microblogs are few: there only the runs of one text
are held against each other, by a step function per trait whose jumps are kept small (ridge
regression), and a headline that people found less fitting teaches half. All microblogs train, and
the measure fits models of its own (`fitted`); of the other sets every second document is kept
away. Sentences are ranked with weights that the document did not teach.
"""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from digest.condense.line import offered
from digest.condense.sentences import look
from digest.condense.steps import StepModel, model_of
from tests.quality.common import Record, article_of, records
from tests.training.ranker import (
    DIGITS,
    WEIGHTS,
    Lesson,
    agreement,
    seen,
    spread,
    steps_of,
    stranger,
)

_MICROBLOGS = "lcsts_part3"
_ARTICLES = {"zh_it_news": 700, "xwlb": 600}
_LEAST_LABEL = 3  # of five, given by people: whether a headline fits its microblog
_LESS_FITTING = 0.5  # what the others count
_STUMPS, _MACHINES = 180, 5
_EDGES = 5  # of a trait with many values
_RIDGE = 1000.0
FOLDS = 8

Document = Sequence[Lesson]


def train(corpora: Path, into: Path = WEIGHTS) -> dict[str, int]:
    """Write both models into the folder `into`; returns their sizes in bytes."""
    articles = [
        one
        for name, most in _ARTICLES.items()
        for record in spread(seen(corpora, name), most)
        for one in lessons_of(corpora, record)
    ]
    short = [lessons_of(corpora, record) for record in records(corpora, _MICROBLOGS)]
    if not articles or not short:
        raise SystemExit(f"no data for the line in {corpora}")
    into.mkdir(parents=True, exist_ok=True)
    sizes = {}
    models = {
        "line_microblog": compared(short),
        "line_article": steps_of(articles, _STUMPS, machines=_MACHINES),
    }
    for name, written in models.items():
        text = json.dumps(written, separators=(",", ":")).replace('},"', '},\n"') + "\n"
        (into / f"{name}.json").write_text(text, encoding="utf-8")
        sizes[name] = len(text)
    return sizes


def fitted(corpora: Path) -> Iterator[tuple[StepModel, StepModel | None, Record]]:
    """Every microblog with a fitting headline, with weights that its training never saw.

    First those of the line, then those that rank its sentences (None: the package's).
    """
    found = records(corpora, _MICROBLOGS)
    lessons = [lessons_of(corpora, record) for record in found]
    for fold in range(FOLDS):
        others = [one for record, one in zip(found, lessons, strict=True) if _fold(record) != fold]
        if not any(others):
            return
        model = model_of(compared(others))
        for record in found:
            if _fold(record) == fold and record["human_label"] >= _LEAST_LABEL:
                yield model, stranger(corpora, "zh", record), record


def _fold(record: Record) -> int:
    return crc32(f"{record['id']}f".encode()) % FOLDS


def lessons_of(corpora: Path, record: Record) -> list[Lesson]:
    """The runs of one document, which together count the square root of their number."""
    reading = look(article_of(record, title=""), "")
    offers = offered(reading, stranger(corpora, "zh", record))
    fitting = record.get("human_label", _LEAST_LABEL) >= _LEAST_LABEL
    weight = (1.0 if fitting else _LESS_FITTING) / math.sqrt(len(offers) or 1)
    summary = str(record["summary"])
    return [Lesson(one.traits, agreement(one.text, summary, "zh"), weight) for one in offers]


def compared(documents: Sequence[Document]) -> dict[str, object]:
    """The model that tells the runs of one document apart, as it is written."""
    documents = [lessons for lessons in documents if lessons]
    every = [lesson for lessons in documents for lesson in lessons]
    edges = {
        name: _edges(np.array([lesson.traits[name] for lesson in every]))
        for name in sorted(every[0].traits)
    }
    edges = {name: found for name, found in edges.items() if found}
    blocks = [_passed(lessons, edges) for lessons in documents]
    table = np.concatenate(blocks)
    scale = np.maximum(table.std(axis=0), 1e-6)
    alike, told = _RIDGE * np.eye(len(scale)), np.zeros(len(scale))
    for block, lessons in zip(blocks, documents, strict=True):
        rows = (block - block.mean(axis=0)) / scale
        alike += lessons[0].weight * rows.T @ rows
        told += lessons[0].weight * rows.T @ np.array([lesson.share for lesson in lessons])
    jumps = np.linalg.solve(alike, told) / scale
    base = np.mean([lesson.share for lesson in every]) - jumps @ table.mean(axis=0)
    ends = np.cumsum([len(found) for found in edges.values()])
    steps = {
        name: {"edges": found, "sums": [0.0, *np.cumsum(own).round(DIGITS).tolist()]}
        for (name, found), own in zip(edges.items(), np.split(jumps, ends[:-1]), strict=True)
    }
    return {"base": round(float(base), DIGITS), "steps": steps}


def _edges(values: NDArray[np.float64]) -> list[float]:
    """Where a trait's steps are: between its few values, or at quantiles of many."""
    few = sorted(set(values.tolist()))
    if len(few) <= _EDGES - 1:
        return [round(one, DIGITS) for one in few[:-1]]
    inner = np.linspace(0, 1, _EDGES + 2)[1:-1]
    most = few[-1]
    found = {round(float(one), DIGITS) for one in np.quantile(values, inner)}
    return sorted(one for one in found if one < most)


def _passed(lessons: Document, edges: dict[str, list[float]]) -> NDArray[np.float64]:
    """One row per lesson, one column per edge: whether the trait is beyond it."""
    return np.array(
        [
            [float(lesson.traits[name] > edge) for name, found in edges.items() for edge in found]
            for lesson in lessons
        ]
    )
