"""Columns and kinds against labels of people, and the generic classifier beside the usual one.

Each collection is taken whole, whatever the limit (what is learnt depends on how much there is),
and split three times, seven in ten to train, the same for both; the means are shown. TF-IDF with
a linear support vector machine of scikit-learn (words; characters and pairs for Chinese) against
ours as it runs, in pure Python with eight-bit weights. Columns and kinds: 240 titles of the 2026
streams labelled by one person before any output was seen; a label counts when a reader would
accept it. The model of columns never saw those texts; the cues of kinds were mended on them.
"""

import random
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC

from digest.classify import classify
from digest.classify.features import features
from digest.model import Placement
from digest.taxonomy import load_taxonomy
from tests.quality.common import Record, Row, article_of, percent, records
from tests.quality.placement_labels import STREAMS, Label, load_labels
from tests.training.linear import Labelled, train
from tests.training.placement import SOURCE_COLUMNS

_SETS = {
    "bbc_news_summary": "category",
    "ag_news": "category",
    "zh_headline_topics": "category",
    "ruanyf_weekly": "column",
}
_SHARE = 0.7
_SEEDS = (7, 8, 9)
_CLASSIFIER = "Trainable classifier, macro-F1 (%)"
_LABELS = "Columns and kinds of the streams"


def rows(corpora: Path, limit: int | None = None) -> list[Row]:  # noqa: ARG001 - see above
    """A row per collection, and one for what the streams' titles are taken for."""
    compared = (_compare(name, records(corpora, name)) for name in _SETS)
    return [*(row for row in compared if row), *_labelled(corpora)]


def _compare(name: str, found: Sequence[Record]) -> Row | None:
    # The short tail of another collection has classes of its own: only the larger one.
    some = [one for one in found if one.get("set", "thucnews") == "thucnews"]
    if len(some) < 50:
        return None
    examples = [
        Labelled(one["title"], str(one.get("text") or ""), one[_SETS[name]]) for one in some
    ]
    usual, ours, spent = [], [], []
    for seed in _SEEDS:
        mixed = random.Random(seed).sample(examples, len(examples))
        cut = int(_SHARE * len(mixed))
        learnt, asked = mixed[:cut], mixed[cut:]
        usual.append(_usual(learnt, asked, chinese=some[0]["lang"] == "zh"))
        model = train(learnt)
        began = time.process_time()
        guesses = [model.predict(features(one.title, one.text)) for one in asked]
        spent.append((time.process_time() - began) / len(asked))
        ours.append(_f1(asked, guesses))
    cells = {
        "set": name,
        "classes": str(len({one.label for one in examples})),
        "test texts": str(len(examples) - int(_SHARE * len(examples))),
        "TF-IDF + SVM": f"{100 * fmean(usual):.1f}",
        "ours": f"{100 * fmean(ours):.1f}",
        "ms a text": f"{1000 * fmean(spent):.2f}",
    }
    return Row(_CLASSIFIER, cells, fmean(ours) >= fmean(usual))


def _usual(learnt: Sequence[Labelled], asked: Sequence[Labelled], *, chinese: bool) -> float:
    cut = {"analyzer": "char", "ngram_range": (1, 2)} if chinese else {}
    machine = TfidfVectorizer(sublinear_tf=True, **cut)
    rows_in = machine.fit_transform([f"{one.title}\n{one.text}" for one in learnt])
    rows_out = machine.transform([f"{one.title}\n{one.text}" for one in asked])
    fitted = LinearSVC(random_state=_SEEDS[0]).fit(rows_in, [one.label for one in learnt])
    return _f1(asked, list(fitted.predict(rows_out)))


def _f1(asked: Sequence[Labelled], guesses: Sequence[str]) -> float:
    return float(f1_score([one.label for one in asked], guesses, average="macro"))


# --- our columns and kinds --------------------------------------------------------------


def _labelled(corpora: Path) -> list[Row]:
    labels = load_labels()
    found = [
        (one, labels[one["id"]])
        for name in STREAMS
        for one in records(corpora, name)
        if one["id"] in labels
    ]
    if not found:
        return []
    return [_judge(found, known) for known in (True, False)]


def _judge(found: Sequence[tuple[Record, Label]], known: bool) -> Row:
    best = accepted = kind = 0
    for record, label in found:
        placement = _placed(record, SOURCE_COLUMNS.get(record["source"], "ai") if known else "")
        best += placement.column == label.columns[0]
        accepted += placement.column in label.columns
        kind += placement.kind in label.kinds
    cells = {
        "source": "known" if known else "unknown",
        "texts": str(len(found)),
        "column, best": percent(best, len(found)),
        "column, acceptable": percent(accepted, len(found)),
        "kind, acceptable": percent(kind, len(found)),
    }
    return Row(_LABELS, cells, None)


def _placed(record: Record, hint: str) -> Placement:
    text = str(record.get("text") or record.get("summary") or "")
    han = any("\u4e00" <= letter <= "\u9fff" for letter in record["title"])
    whole = {**record, "text": "" if text == record["title"] else text}
    article = article_of({**whole, "lang": "zh" if han else "en"})
    return classify(article, keywords=(), column_hint=hint, taxonomy=load_taxonomy())
