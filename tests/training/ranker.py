"""Trains the sentence ranker's weights (`digest/condense/weights/*.json`) from open data.

    python -m tests.training ranker --corpora DIR

What is learned: the share of a sentence's pairs of words (in Chinese: of its words and pairs of
words) that human summaries keep, from the traits of `digest.condense.ranker`, by boosted stumps;
they are written as one step function per trait. Every second document of a set is kept away from
it, for measuring; small sets teach whole and are measured by quarters (`crossed`).
"""

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import numpy as np
from nltk.stem.porter import PorterStemmer
from sklearn.ensemble import GradientBoostingRegressor

from digest.condense.points import shown
from digest.condense.ranker import traits
from digest.condense.sentences import look
from digest.condense.steps import StepModel, model_of
from digest.text.language import is_cjk
from tests.quality.common import Record, article_of, records

One = TypeVar("One")

WEIGHTS = Path(__file__).parents[2] / "digest" / "condense" / "weights"
DIGITS = 4
QUARTERS = 4
STUMPS = 180
_MACHINES = {"latin": 8, "zh": 1}  # models that are averaged
# Single words that a summary shares are mostly small ones in English, and long sentences have
# many; pairs of words tell that the same thing is said.
_SINGLE = {True: 0.5, False: 0.0}  # what the share of single words counts, by is_cjk


@dataclass(frozen=True, slots=True)
class Material:
    """One set: how many documents, how much each counts, whether its title may be seen.

    Where the summary is the title itself, the ranker must not see it; and it has to learn what
    matters in articles without a title, too. A small set teaches `whole`; what it is measured by
    is taught without the documents that are measured (`crossed`).
    """

    name: str
    documents: int
    weight: float
    titled: bool
    whole: bool = False


LATIN = (
    Material("inshorts", 1100, 1.0, titled=True),
    Material("inshorts", 1100, 0.2, titled=False),
    Material("cnndm_small", 400, 1.5, titled=False, whole=True),
    Material("newscluster5w1h", 400, 2.2, titled=True, whole=True),
    Material("chrome_dev_blog", 400, 0.4, titled=True),
    Material("scitldr", 300, 0.2, titled=True),
    Material("xsum_small", 150, 0.2, titled=False),
)
ZH = (
    Material("zh_it_news", 600, 1.0, titled=False),
    Material("xwlb", 500, 1.0, titled=False),
    Material("lcsts_part3", 544, 1.0, titled=False),
    Material("pingcap_blog_zh", 207, 3.0, titled=True),
)
MODELS = {"latin": LATIN, "zh": ZH}


@dataclass(frozen=True, slots=True)
class Lesson:
    """The traits of one sentence, the share of it that the summary keeps, what it counts."""

    traits: dict[str, float]
    share: float
    weight: float


def train(corpora: Path, into: Path = WEIGHTS) -> dict[str, int]:
    """Write both models into the folder `into`; returns their sizes in bytes."""
    into.mkdir(parents=True, exist_ok=True)
    sizes = {}
    for name, materials in MODELS.items():
        lessons = [one for material in materials for one in lessons_of(corpora, material)]
        if not lessons:
            raise SystemExit(f"no data for the model {name!r} in {corpora}")
        written = steps_of(lessons, machines=_MACHINES[name])
        text = json.dumps(written, separators=(",", ":")).replace('},"', '},\n"') + "\n"
        (into / f"{name}.json").write_text(text, encoding="utf-8")
        sizes[name] = len(text)
    return sizes


def crossed(corpora: Path, small: str) -> Iterator[tuple[StepModel, Record]]:
    """Every document of the small set `small` with weights that all but its quarter taught."""
    others = [
        one
        for material in LATIN
        if material.name != small
        for one in lessons_of(corpora, material)
    ]
    (material,) = (one for one in LATIN if one.name == small)
    for quarter in range(QUARTERS):
        mine = lessons_of(corpora, material, lambda at, name, q=quarter: _outside(at, name, q))
        model = model_of(steps_of([*others, *mine], machines=_MACHINES["latin"]))
        for record in records(corpora, small):
            if _quarter(record) == quarter:
                yield model, record


def _outside(corpora: Path, name: str, quarter: int) -> list[Record]:
    return [one for one in records(corpora, name) if _quarter(one) != quarter]


def _quarter(record: Record) -> int:
    return crc32(str(record["id"]).encode()) % QUARTERS


@cache
def turned(corpora: Path, name: str) -> StepModel:
    """The model `name` taught by the halves kept away, to measure it on those that teach it."""
    lessons = [one for material in MODELS[name] for one in lessons_of(corpora, material, unseen)]
    return model_of(steps_of(lessons, machines=_MACHINES[name]))


def stranger(corpora: Path, name: str, record: Record) -> StepModel | None:
    """Weights of `name` that `record` taught nothing; None where those of the package are."""
    return None if _kept_away(record) else turned(corpora, name)


def seen(corpora: Path, name: str) -> list[Record]:
    """The half of a set's documents that training may use, always the same."""
    return [one for one in records(corpora, name) if not _kept_away(one)]


def unseen(corpora: Path, name: str) -> list[Record]:
    """The other half, on which the result is measured."""
    return [one for one in records(corpora, name) if _kept_away(one)]


def spread(found: Sequence[One], most: int) -> list[One]:
    """At most `most` of what was found, evenly spread."""
    step = max(1.0, len(found) / most)
    return [found[int(at * step)] for at in range(min(most, len(found)))]


def _kept_away(record: Record) -> bool:
    return bool(crc32(str(record["id"]).encode()) % 2)


def lessons_of(
    corpora: Path, material: Material, part: Callable[[Path, str], list[Record]] | None = None
) -> list[Lesson]:
    """The sentences of one set's part, each document counting the square root of its length."""
    part = part or (records if material.whole else seen)
    found = []
    for record in spread(part(corpora, material.name), material.documents):
        references = record.get("summaries") or [record.get("summary") or ""]
        article = article_of(record, title=None if material.titled else "")
        reading = look(article, article.title)
        rows = traits(reading)
        weight = material.weight / math.sqrt(len(rows) or 1)
        texts = {one.index: one.text for one in reading.sentences}
        found += [
            Lesson(
                row, kept_share(shown(texts[at], article.lang), references, article.lang), weight
            )
            for at, row in rows.items()
        ]
    return found


def kept_share(sentence: str, references: Sequence[str], lang: str) -> float:
    """The share of the sentence that the reference keeps which keeps most of it."""
    mine, single = _tokens(sentence, lang), _SINGLE[is_cjk(lang)]
    return max((_share(mine, _tokens(one, lang), single) for one in references), default=0.0)


def _share(mine: Sequence[str], theirs: Sequence[str], single: float) -> float:
    words = (Counter(mine) & Counter(theirs)).total() / max(1, len(mine))
    pairs = Counter(pairwise(mine)) & Counter(pairwise(theirs))
    return single * words + (1 - single) * pairs.total() / max(1, len(mine) - 1)


def _tokens(text: str, lang: str) -> list[str]:
    if is_cjk(lang):
        return re.findall(r"[a-z0-9]+|[^\W\d_a-z]", text.lower())
    return [_stem(word) for word in re.findall(r"[a-z0-9]+", text.lower())]


@cache
def _stem(word: str) -> str:
    stem: str = PorterStemmer().stem(word)
    return stem


def agreement(mine: str, theirs: str, lang: str) -> float:
    """The mean of the F1 of words and of pairs of words (of letters, in Chinese)."""
    one, other = _tokens(mine, lang), _tokens(theirs, lang)
    words = (Counter(one) & Counter(other)).total() / max(1, len(one) + len(other))
    pairs = (Counter(pairwise(one)) & Counter(pairwise(other))).total()
    return words + pairs / max(1, len(one) + len(other) - 2)


def steps_of(
    lessons: Sequence[Lesson], stumps: int = STUMPS, *, machines: int = 1
) -> dict[str, object]:
    """The model as it is written: a base and, for each trait, edges and sums between them.

    `machines`: how many models are averaged, each of which tries only some traits at each step.
    """
    names = sorted(lessons[0].traits)
    rows = np.array([[lesson.traits[name] for name in names] for lesson in lessons])
    shares = np.array([lesson.share for lesson in lessons])
    weights = np.array([lesson.weight for lesson in lessons])
    several = {"max_features": 0.3, "subsample": 0.5} if machines > 1 else {"subsample": 0.7}
    base, jumps = 0.0, defaultdict[str, defaultdict[float, float]](lambda: defaultdict(float))
    for machine in range(machines):
        model = GradientBoostingRegressor(
            n_estimators=stumps,
            learning_rate=0.1,
            max_depth=1,
            min_samples_leaf=40,
            random_state=machine + 1,
            **several,
        )
        model.fit(rows, shares, sample_weight=weights)
        base += float(model.init_.constant_.item()) / machines
        for (stump,) in model.estimators_:
            tree = stump.tree_
            if tree.node_count == 1:  # no split was worth its while
                base += model.learning_rate * float(tree.value[0, 0, 0]) / machines
                continue
            below, above = (
                model.learning_rate * float(tree.value[at, 0, 0]) / machines for at in (1, 2)
            )
            base += below
            edge = round(float(tree.threshold[0]), DIGITS)
            jumps[names[tree.feature[0]]][edge] += above - below
    return {"base": round(base, DIGITS), "steps": {name: _steps(jumps[name]) for name in jumps}}


def _steps(jumps: dict[float, float]) -> dict[str, list[float]]:
    edges = sorted(jumps)
    sums = [0.0]
    for edge in edges:
        sums.append(sums[-1] + jumps[edge])
    return {"edges": edges, "sums": [round(one, DIGITS) for one in sums]}
