"""What every measure shares: reading the data, ROUGE, intervals, one row of the report."""

import gzip
import json
import random
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rouge_score import rouge_scorer, tokenizers

from digest.model import Article
from digest.text.language import is_cjk
from digest.text.lines import paragraphs_of
from digest.text.sentences import split_sentences

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of one table of the report.

    `cells` maps column titles to texts; rows of one `table` share their columns. `reached` says
    whether the figure we hold ourselves to was reached, None where there is none.
    """

    table: str
    cells: dict[str, str] = field(default_factory=dict)
    reached: bool | None = None


def records(
    corpora: Path, name: str, limit: int | None = None, file: str = "data.jsonl.gz"
) -> list[Record]:
    """The records of one set; `limit` takes an even sample of that many, always the same.

    Empty when the folder has no such set, so that a report can be made of a part of them.
    """
    path = corpora / name / file
    if not path.is_file():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        found = [json.loads(line) for line in stream if line.strip()]
    if limit is None or len(found) <= limit:
        return found
    places = sorted(random.Random(f"{name}-{limit}").sample(range(len(found)), limit))
    return [found[place] for place in places]


def article_of(record: Record, *, title: str | None = None) -> Article:
    """A record as the article that the running bot would have extracted."""
    lang = record.get("lang") or "en"
    text = str(record.get("text") or "")
    return Article(
        url="https://example.org/a",
        canonical_url="https://example.org/a",
        title=str(record.get("title") or "") if title is None else title,
        paragraphs=tuple(split_sentences(line, lang) for line in paragraphs_of(text)),
        lang=lang,
        site=str(record.get("source") or ""),
    )


# --- ROUGE ------------------------------------------------------------------------------


class Characters(tokenizers.Tokenizer):  # type: ignore[misc]  # the package has no types
    """Chinese by character; runs of Latin letters and digits stay whole, punctuation goes."""

    def tokenize(self, text: str) -> list[str]:
        return re.findall(r"[a-z0-9]+|[^\W\d_a-z]", text.lower())


KINDS = ("rouge1", "rouge2", "rougeLsum")


@cache
def _scorer(lang: str) -> Any:
    if is_cjk(lang):
        return rouge_scorer.RougeScorer(KINDS, tokenizer=Characters())
    return rouge_scorer.RougeScorer(KINDS, use_stemmer=True)


def rouge(references: Sequence[str], sentences: Sequence[str], lang: str) -> tuple[float, ...]:
    """F1 × 100 of ROUGE-1, -2 and -Lsum against the best of `references` (by ROUGE-1).

    Lsum compares sentence by sentence, so a reference is cut into its own.
    """
    summary = "\n".join(sentences)
    scored = [_scorer(lang).score(_lines(reference, lang), summary) for reference in references]
    best = max(scored, key=lambda score: score["rouge1"].fmeasure)
    return tuple(100 * best[kind].fmeasure for kind in KINDS)


def _lines(text: str, lang: str) -> str:
    return "\n".join(one for line in text.splitlines() for one in split_sentences(line, lang))


def size(sentences: Iterable[str], lang: str) -> int:
    """Words, or characters of Chinese."""
    joined = " ".join(sentences)
    return len(re.sub(r"\s", "", joined)) if is_cjk(lang) else len(joined.split())


# --- intervals --------------------------------------------------------------------------


def bootstrap(
    ours: Sequence[float], theirs: Sequence[float], *, rounds: int = 1000, seed: int = 7
) -> tuple[float, float, float]:
    """The mean of the paired difference ours − theirs and its 95 % interval."""
    differences = [one - other for one, other in zip(ours, theirs, strict=True)]
    dice = random.Random(seed)
    means = sorted(
        statistics.fmean(dice.choices(differences, k=len(differences))) for _ in range(rounds)
    )
    low, high = means[int(0.025 * rounds)], means[int(0.975 * rounds) - 1]
    return statistics.fmean(differences), low, high


def percent(part: float, whole: float) -> str:
    """A share as a text: "97.3 %", "–" of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "–"
