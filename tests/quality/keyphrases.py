"""Keyphrases against those of people, F1 of the first ten (five for Chinese), matched by stems.

Gold phrases count whether or not they stand in the text. YAKE with its defaults; TextRank as
published (Mihalcea and Tarau 2004): words beside each other, ranked, neighbours joined. Ours is
`digest.condense.keyphrases`. Cards show `find_keywords`: chosen for reading, not for this measure.
"""

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import yake
from nltk.stem.porter import PorterStemmer

from digest.condense.keyphrases import keyphrases
from digest.condense.sentences import STOP_WORDS
from digest.text.segmentation import tag
from tests.quality.common import Record, Row, records

_TABLE = "Keyphrases, F1 (%)"
_SAMPLE = 60  # of each collection: TextRank and YAKE are slow
_STEM = PorterStemmer()
_YAKE_LOOKED_AT = 12_000
_DAMPING, _ROUNDS, _WINDOW = 0.85, 20, 2

Finder = Callable[[str, str, int], Sequence[str]]


def rows(corpora: Path, limit: int | None = None) -> list[Row]:
    """One row per collection and the mean of all."""
    sets: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records(corpora, "keyphrases"):
        sets[record["set"]].append(record)
    sets["csl_zh"] = records(corpora, "csl_zh")
    out: list[Row] = []
    totals: dict[str, list[float]] = {name: [] for name in _FINDERS}
    for name, found in sorted(sets.items()):
        if not found:
            continue
        most = min(limit or _SAMPLE, _SAMPLE)
        some = found[:: max(1, len(found) // most)][:most]
        reached = {finder: _mean_f1(some, find) for finder, find in _FINDERS.items()}
        for finder, value in reached.items():
            totals[finder].append(value)
        out.append(_row(name, str(len(some)), reached, None))
    if out:
        means = {finder: statistics.fmean(values) for finder, values in totals.items()}
        out.append(_row("mean", "", means, means["ours"] >= max(means.values())))
    return out


def _row(name: str, texts: str, reached: dict[str, float], aim: bool | None) -> Row:
    cells = {finder: f"{100 * value:.1f}" for finder, value in reached.items()}
    return Row(_TABLE, {"set": name, "texts": texts, **cells}, aim)


def _mean_f1(some: Sequence[Record], find: Finder) -> float:
    return statistics.fmean(_f1(one, find) for one in some)


def _f1(record: Record, find: Finder) -> float:
    lang = record["lang"]
    most = 5 if lang == "zh" else 10
    title = record.get("title") or ""
    text = f"{title}\n{record['text']}".strip()
    gold = {_folded(one) for one in record["keywords"] if one.strip()}
    guessed = list(dict.fromkeys(_folded(one) for one in find(text, lang, most)))[:most]
    hits = sum(one in gold for one in guessed)
    return 2 * hits / (len(gold) + len(guessed)) if hits else 0.0


def _folded(phrase: str) -> str:
    return " ".join(_STEM.stem(word) for word in re.findall(r"[^\W_]+", phrase.lower()))


# --- what others do -----------------------------------------------------------------------


def _yake(text: str, lang: str, most: int) -> Sequence[str]:
    # YAKE splits at spaces: Chinese is given to it cut into words, as its authors advise.
    cut = " ".join(word for word, _ in tag(text)) if lang == "zh" else text[:_YAKE_LOOKED_AT]
    found = yake.KeywordExtractor(lan=lang, top=most).extract_keywords(cut)
    return [phrase.replace(" ", "") if lang == "zh" else phrase for phrase, _ in found]


def _textrank(text: str, lang: str, most: int) -> Sequence[str]:
    words = _words(text[:_YAKE_LOOKED_AT], lang)
    good = [word for word in words if word]
    beside: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for distance in range(1, _WINDOW + 1):
        for one, other in zip(good, good[distance:], strict=False):
            if one != other:
                beside[one][other] += 1
                beside[other][one] += 1
    ranks = dict.fromkeys(beside, 1.0)
    for _ in range(_ROUNDS):
        ranks = {
            word: 1
            - _DAMPING
            + _DAMPING
            * sum(
                ranks[near] * count / beside[near].total() for near, count in beside[word].items()
            )
            for word in ranks
        }
    strongest = set(sorted(ranks, key=lambda word: -ranks[word])[: max(most, len(ranks) // 3)])
    phrases: dict[tuple[str, ...], float] = {}
    run: list[str] = []
    for word in [*words, ""]:
        if word in strongest:
            run.append(word)
        elif run:
            phrases[tuple(run)] = sum(ranks[one] for one in run)
            run = []
    glue = "" if lang == "zh" else " "
    return [glue.join(one) for one in sorted(phrases, key=lambda one: -phrases[one])[:most]]


def _words(text: str, lang: str) -> list[str]:
    """The words in order, "" for each that is no noun or content word."""
    if lang == "zh":
        return [word if kind[0] in "na" and len(word) > 1 else "" for word, kind in tag(text)]
    found = re.findall(r"[A-Za-z][A-Za-z\-]+|[^\sA-Za-z]", text)
    return [w.lower() if len(w) > 1 and w.lower() not in STOP_WORDS else "" for w in found]


def _ours(text: str, lang: str, most: int) -> Sequence[str]:
    return keyphrases(text, lang, most)


_FINDERS: dict[str, Finder] = {"YAKE": _yake, "TextRank": _textrank, "ours": _ours}
