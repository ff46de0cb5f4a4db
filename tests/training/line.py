"""Trains the weights of the one line (`digest/condense/weights/line_*.json`) from open data.

    python -m tests.training line --corpora DIR

What is learned: how well a run of clauses agrees with the headline that people wrote (the mean of
the F1 of its letters and of their pairs), from the traits of `digest.condense.line`, by boosted
stumps, several machines averaged. Microblogs are few, so all of them train and the measure fits
models of its own (`fitted`); of the other sets every second document is kept away.
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from digest.condense.line import offered
from digest.condense.sentences import look
from digest.condense.steps import StepModel, model_of
from tests.quality.common import Record, article_of, records
from tests.training.ranker import WEIGHTS, Lesson, agreement, seen, spread, steps_of

_MICROBLOGS = "lcsts_part3"
_ARTICLES = {"zh_it_news": 700, "xwlb": 600}
_LEAST_LABEL = 3  # of five, given by people: whether a headline fits its microblog
_STUMPS = {"line_microblog": 120, "line_article": 180}
_MACHINES = 5
FOLDS = 8


def train(corpora: Path, into: Path = WEIGHTS) -> dict[str, int]:
    """Write both models into the folder `into`; returns their sizes in bytes."""
    articles = [
        one
        for name, most in _ARTICLES.items()
        for record in spread(seen(corpora, name), most)
        for one in lessons_of(record)
    ]
    short = [one for record in microblogs(corpora) for one in lessons_of(record)]
    if not articles or not short:
        raise SystemExit(f"no data for the line in {corpora}")
    into.mkdir(parents=True, exist_ok=True)
    sizes = {}
    for name, lessons in (("line_microblog", short), ("line_article", articles)):
        written = steps_of(lessons, _STUMPS[name], machines=_MACHINES)
        text = json.dumps(written, separators=(",", ":")).replace('},"', '},\n"') + "\n"
        (into / f"{name}.json").write_text(text, encoding="utf-8")
        sizes[name] = len(text)
    return sizes


def microblogs(corpora: Path) -> list[Record]:
    """The microblogs whose headline people found fitting."""
    found = records(corpora, _MICROBLOGS)
    return [one for one in found if one["human_label"] >= _LEAST_LABEL]


def fitted(corpora: Path) -> Iterator[tuple[StepModel, list[Record]]]:
    """Models for microblogs, each with the records that its training never saw."""
    found = microblogs(corpora)
    if not found:
        return
    lessons = [(_fold(record), lessons_of(record)) for record in found]
    for fold in range(FOLDS):
        others = [one for place, many in lessons if place != fold for one in many]
        written = steps_of(others, _STUMPS["line_microblog"], machines=_MACHINES)
        yield model_of(written), [record for record in found if _fold(record) == fold]


def _fold(record: Record) -> int:
    return crc32(f"{record['id']}f".encode()) % FOLDS


def lessons_of(record: Record) -> list[Lesson]:
    """The runs of one document, which together count the square root of their number."""
    offers = list(offered(look(article_of(record, title=""), "")))
    weight = 1 / math.sqrt(len(offers) or 1)
    summary = str(record["summary"])
    return [Lesson(one.traits, agreement(one.text, summary, "zh"), weight) for one in offers]
