"""The CPU work from readable text to the draft of a signal. Pure and picklable.

    Article ─condense▶ Brief ─classify▶ Placement ─score▶ Score  =  SignalDraft

What other articles say (novelty, corroboration, momentum) is not known here and stays neutral.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from digest.classify import classify
from digest.condense import condense
from digest.model import Article, SignalDraft
from digest.score import facts_of, score
from digest.taxonomy import load_taxonomy
from digest.text.language import is_cjk

_CHARACTERS_PER_MINUTE = 400  # Chinese and Japanese
_WORDS_PER_MINUTE = 220


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """An article with what its source says: its column ("" when none) and weight (1.0 usual)."""

    article: Article
    column_hint: str
    source_weight: float
    now: datetime


def make_draft(request: DraftRequest) -> SignalDraft:
    """Condense, classify and score one article."""
    article = request.article
    brief = condense(article)
    placement = classify(
        article,
        keywords=brief.keywords,
        column_hint=request.column_hint,
        taxonomy=load_taxonomy(),
    )
    facts = facts_of(article, brief, placement, source_weight=request.source_weight)
    return SignalDraft(
        article=article,
        brief=brief,
        placement=placement,
        score=score(facts, request.now),
        reading_minutes=reading_minutes(article),
    )


def reading_minutes(article: Article) -> int:
    """How long reading takes, in whole minutes, at least 1."""
    sentences = (text for paragraph in article.paragraphs for text in paragraph)
    if is_cjk(article.lang):
        return max(1, math.ceil(sum(map(len, sentences)) / _CHARACTERS_PER_MINUTE))
    return max(1, math.ceil(sum(len(text.split()) for text in sentences) / _WORDS_PER_MINUTE))
