"""Freeze the reference of scores: digest/score_reference.json.

How rich the articles of the 2026 streams are, at 41 even shares. Written once for a version of
the rules; a later month is measured against the same figures, or scores would drift.
"""

import json
from pathlib import Path

from digest.classify import classify
from digest.condense import condense
from digest.score import REFERENCE_FILE, facts_of, richness
from digest.taxonomy import load_taxonomy
from tests.quality.common import Record, article_of, records

VERSION = "score-1"
_STEPS = 40
_EACH = 150
_LEAST = 150  # characters: shorter ones are headlines that the bot does not keep
_STREAMS = ("zh_it_news", "zh_rss_stream", "inshorts")


def train(corpora: Path) -> str:
    """Write the reference; say what was written."""
    some = [one for name in _STREAMS for one in records(corpora, name, _EACH)]
    values = sorted(_richness(one) for one in some if len(one["text"]) >= _LEAST)
    places = [round(step * (len(values) - 1) / _STEPS) for step in range(_STEPS + 1)]
    steps = [0.0] + [values[place] for place in places[1:]]
    for at in range(1, len(steps)):  # strictly rising, so that every value has one rank
        steps[at] = max(steps[at], steps[at - 1] + 0.01)
    about = {"version": VERSION, "articles": len(values)}
    data = about | {"richness": [round(step, 2) for step in steps]}
    REFERENCE_FILE.write_text(json.dumps(data) + "\n", encoding="utf-8")
    return f"{REFERENCE_FILE.name}: {len(values)} articles"


def _richness(record: Record) -> float:
    article = article_of(record)
    brief = condense(article)
    placement = classify(
        article, keywords=brief.keywords, column_hint="", taxonomy=load_taxonomy()
    )
    return richness(facts_of(article, brief, placement, source_weight=1.0))
