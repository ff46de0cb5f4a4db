"""Trains the sentence ranker's weights (`digest/condense/weights/*.json`) from open data.

    python -m tests.training ranker --corpora DIR

What is learned: the share of a sentence's pairs of words (in Chinese: of its words and pairs of
words) that human summaries keep, from the traits of `digest.condense.ranker`, by boosted stumps;
they are written as one step function per trait. Every second document of a set is kept away from
it, for measuring.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from nltk.stem.porter import PorterStemmer
from sklearn.ensemble import GradientBoostingRegressor

from digest.condense.points import shown
from digest.condense.ranker import traits
from digest.condense.sentences import look
from digest.text.language import is_cjk
from tests.quality.common import Record, article_of, records

WEIGHTS = Path(__file__).parents[2] / "digest" / "condense" / "weights"
DIGITS = 4
# Single words that a summary shares are mostly small ones in English, and long sentences have
# many; pairs of words tell that the same thing is said.
_SINGLE = {True: 0.5, False: 0.0}  # what the share of single words counts, by is_cjk


@dataclass(frozen=True, slots=True)
class Material:
    """One set: how many documents, how much each counts, whether its title may be seen.

    Where the summary is the title itself, the ranker must not see it.
    """

    name: str
    documents: int
    weight: float
    titled: bool


LATIN = (
    Material("inshorts", 1100, 1.0, titled=True),
    Material("cnndm_small", 400, 1.5, titled=False),
    Material("newscluster5w1h", 400, 1.5, titled=True),
    Material("chrome_dev_blog", 400, 0.4, titled=True),
    Material("scitldr", 300, 0.2, titled=True),
    Material("xsum_small", 150, 0.1, titled=False),
)
ZH = (
    Material("zh_it_news", 600, 1.0, titled=False),
    Material("xwlb", 500, 1.0, titled=False),
    Material("lcsts_part3", 544, 1.0, titled=False),
    Material("pingcap_blog_zh", 207, 1.0, titled=True),
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
        text = json.dumps(steps_of(lessons), separators=(",", ":")).replace('},"', '},\n"') + "\n"
        (into / f"{name}.json").write_text(text, encoding="utf-8")
        sizes[name] = len(text)
    return sizes


def seen(corpora: Path, name: str) -> list[Record]:
    """The half of a set's documents that training may use, always the same."""
    return [one for one in records(corpora, name) if not _kept_away(one)]


def unseen(corpora: Path, name: str) -> list[Record]:
    """The other half, on which the result is measured."""
    return [one for one in records(corpora, name) if _kept_away(one)]


def spread(found: Sequence[Record], most: int) -> list[Record]:
    """At most `most` of the records, evenly spread."""
    step = max(1.0, len(found) / most)
    return [found[int(at * step)] for at in range(min(most, len(found)))]


def _kept_away(record: Record) -> bool:
    return bool(crc32(str(record["id"]).encode()) % 2)


def lessons_of(corpora: Path, material: Material) -> list[Lesson]:
    """The sentences of one set, each document counting the square root of its length."""
    found = []
    for record in spread(seen(corpora, material.name), material.documents):
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


def steps_of(lessons: Sequence[Lesson]) -> dict[str, object]:
    """The model as it is written: a base and, for each trait, edges and sums between them."""
    names = sorted(lessons[0].traits)
    rows = np.array([[lesson.traits[name] for name in names] for lesson in lessons])
    model = GradientBoostingRegressor(
        n_estimators=180,
        learning_rate=0.1,
        max_depth=1,
        subsample=0.7,
        min_samples_leaf=40,
        random_state=1,
    )
    model.fit(
        rows,
        np.array([lesson.share for lesson in lessons]),
        sample_weight=np.array([lesson.weight for lesson in lessons]),
    )
    jumps: dict[str, dict[float, float]] = {}
    base = float(model.init_.constant_.item())
    for (stump,) in model.estimators_:
        tree = stump.tree_
        if tree.node_count == 1:  # no split was worth its while
            base += model.learning_rate * float(tree.value[0, 0, 0])
            continue
        below, above = (model.learning_rate * float(tree.value[at, 0, 0]) for at in (1, 2))
        base += below
        edge = round(float(tree.threshold[0]), DIGITS)
        own = jumps.setdefault(names[tree.feature[0]], {})
        own[edge] = own.get(edge, 0.0) + above - below
    return {"base": round(base, DIGITS), "steps": {name: _steps(jumps[name]) for name in jumps}}


def _steps(jumps: dict[float, float]) -> dict[str, list[float]]:
    edges = sorted(jumps)
    sums = [0.0]
    for edge in edges:
        sums.append(sums[-1] + jumps[edge])
    return {"edges": edges, "sums": [round(one, DIGITS) for one in sums]}
