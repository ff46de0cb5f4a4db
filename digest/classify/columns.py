"""The column of a signal: cues and topics vote beside a trained model and the source's prior."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest.classify.features import features
from digest.classify.linear import LinearModel
from digest.classify.patterns import cue_patterns, distinct
from digest.classify.topics import MOST_CUES, TITLE_WEIGHT, FoundTopic
from digest.taxonomy import Taxonomy
from digest.text.segmentation import words as segmented

MODEL_FILE = Path(__file__).with_name("columns.json")

_LEAD = 1600  # characters in which column cues are looked for
# What the title names outweighs the shelf of the source: its prior is worth one clear topic.
_PRIOR = 1.5
_NAMED_IN_TITLE = 1.0
_CUES = 0.8
_CUE_IN_TITLE = 1.0
_MODEL = 2.0
_CLEAR = 0.9
_MOST_REASONS = 12  # asked of the model; most Chinese ones are pieces of words
_HAN = re.compile(r"[\u3400-\u9fff]")
_KNOWN = 0.35  # a model's chance below this is a guess that explains nothing


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column with the words of the article that decided; none when only the source did."""

    name: str
    cues: tuple[str, ...]


def find_column(
    title: str, text: str, topics: Sequence[FoundTopic], hint: str, taxonomy: Taxonomy
) -> FoundColumn:
    """The column that cues, topics, the trained model and the source (`hint`) favour together."""
    votes, cues = cue_votes(title, text, topics, taxonomy)
    counts = features(title, text)
    model = _model()
    chances = model.chances(counts) if counts else {}
    for column, chance in chances.items():
        if column in taxonomy.columns:
            votes[column] = votes.get(column, 0.0) + _MODEL * chance
    if hint in taxonomy.columns:
        # A source that mostly writes on one subject says little of a text plainly on another.
        clear = max(chances.values(), default=0.0) >= _CLEAR
        votes[hint] = votes.get(hint, 0.0) + (_PRIOR / 2 if clear else _PRIOR)
    if not votes:
        # The last shelf, society, takes what no cue claims.
        return FoundColumn(next(reversed(taxonomy.columns), ""), ())
    order = list(taxonomy.columns)
    best = max(votes, key=lambda column: (votes[column], -order.index(column)))
    words = list(cues.get(best, ()))
    if len(words) < MOST_CUES and chances.get(best, 0.0) >= _KNOWN:
        words += _as_written(model.reasons(counts, best, _MOST_REASONS), title, text)
    return FoundColumn(best, distinct(words, MOST_CUES))


def cue_votes(
    title: str, text: str, topics: Sequence[FoundTopic], taxonomy: Taxonomy
) -> tuple[dict[str, float], Mapping[str, Sequence[str]]]:
    """What topics and cue words alone say: votes by column, and the words behind them."""
    votes: defaultdict[str, float] = defaultdict(float)
    cues: dict[str, list[str]] = {}
    for found in topics:
        if found.topic.column in taxonomy.columns:
            votes[found.topic.column] += math.log1p(found.strength)
            votes[found.topic.column] += _NAMED_IN_TITLE if found.titled else 0.0
            cues.setdefault(found.topic.column, []).extend(found.cues)
    lead = text[:_LEAD]
    beside = cue_patterns("beside")
    for column, pattern in cue_patterns("columns").items():
        in_title = [match.group() for match in pattern.finditer(title)]
        in_text = [match.group() for match in pattern.finditer(lead)]
        if (in_title or in_text) and column in beside:
            in_text += [match.group() for match in beside[column].finditer(lead)]
        strength = TITLE_WEIGHT * len(in_title) + len(in_text)
        if strength and column in taxonomy.columns:
            votes[column] += _CUES * math.log1p(strength) + (_CUE_IN_TITLE if in_title else 0.0)
            cues.setdefault(column, []).extend([*in_title, *in_text])
    return dict(votes), cues


def _as_written(words: Sequence[str], title: str, text: str) -> list[str]:
    """The model's words in the article's own spelling; pieces of words explain nothing."""
    whole = f"{title}\n{text[:_LEAD]}"
    chinese = set(segmented(whole, "zh")) if _HAN.search(whole) else set()
    found = []
    for word in words:
        match = re.search(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", whole, re.IGNORECASE)
        if match and (word in chinese or not _HAN.search(word)):
            found.append(match.group())
    return found


@cache
def _model() -> LinearModel:
    return LinearModel.load(MODEL_FILE)
