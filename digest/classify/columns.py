"""The column of a signal: cues and topics vote beside a trained model and the source's prior."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest.classify.features import features
from digest.classify.linear import LinearModel
from digest.classify.patterns import cue_patterns, distinct
from digest.classify.topics import MOST_CUES, TITLE_WEIGHT, FoundTopic, cues_of
from digest.regexes import regex
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
_HAN = regex(r"[\u3400-\u9fff]")
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
    for known, chance in chances.items():
        if known in taxonomy.columns:  # by its name of today, if it was merged since training
            column = taxonomy.columns.now(known)
            votes[column] = votes.get(column, 0.0) + _MODEL * chance
    hint = taxonomy.columns.now(hint)
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
            column = taxonomy.columns.now(found.topic.column)
            votes[column] += math.log1p(found.strength)
            votes[column] += _NAMED_IN_TITLE if found.titled else 0.0
            cues.setdefault(column, []).extend(found.cues)
    lead = text[:_LEAD]
    beside = cue_patterns("beside")
    for column, pattern in cue_patterns("columns").items():
        in_title = [match.group() for match in pattern.finditer(title)]
        in_text = [match.group() for match in pattern.finditer(lead)]
        if (in_title or in_text) and column in beside:
            in_text += [match.group() for match in beside[column].finditer(lead)]
        if column in taxonomy.columns:
            _speak(votes, cues, taxonomy.columns.now(column), in_title, in_text)
    own = cues_of(taxonomy.columns)
    titled, told = own.count(title), own.count(lead)
    for column in {*titled, *told}:
        in_title, in_text = _written(titled.get(column)), _written(told.get(column))
        _speak(votes, cues, column, in_title, in_text)
    return dict(votes), cues


def _speak(
    votes: defaultdict[str, float],
    cues: dict[str, list[str]],
    column: str,
    in_title: list[str],
    in_text: list[str],
) -> None:
    strength = TITLE_WEIGHT * len(in_title) + len(in_text)
    if strength:
        votes[column] += _CUES * math.log1p(strength) + (_CUE_IN_TITLE if in_title else 0.0)
        cues.setdefault(column, []).extend([*in_title, *in_text])


def _written(counted: Counter[str] | None) -> list[str]:
    return list(counted.elements()) if counted else []


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
