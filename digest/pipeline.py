"""The CPU work from readable text to the draft of a signal. Pure and picklable.

    Article ─(繁→简)─condense▶ Brief ─classify▶ Placement ─score▶ Score  =  SignalDraft

What other articles say (novelty, corroboration, momentum) is not known here and stays neutral.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from digest.classify import classify
from digest.condense import condense_and_learn
from digest.condense.gazetteer import Gazetteer
from digest.model import Article, SignalDraft
from digest.score import facts_of, score
from digest.taxonomy import unpack_taxonomy
from digest.text.language import is_cjk
from digest.translation.script import in_simplified, simplified_article

_CHARACTERS_PER_MINUTE = 400  # Chinese and Japanese
_WORDS_PER_MINUTE = 220


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """An article with what its source says: its column ("" when none) and weight (1.0 usual).

    `taxonomy` is what it is placed by, packed (digest/taxonomy.py); b"" is the bundled one.
    """

    article: Article
    column_hint: str
    source_weight: float
    now: datetime
    taxonomy: bytes = b""


def make_draft(request: DraftRequest, gazetteer: Gazetteer | None = None) -> SignalDraft:
    """Condense, classify and score one article; `gazetteer`: names known besides the usual.

    A traditional Chinese one in simplified characters: our rules and readers have those. Its
    sentences keep their numbers, so that evidence points into the article as it was written.
    """
    article = request.article
    simple = simplified_article(article)
    read = article if simple is None else in_simplified(article, simple)
    brief, names = condense_and_learn(read, gazetteer)
    placement = classify(
        read,
        keywords=brief.keywords,
        column_hint=request.column_hint,
        taxonomy=unpack_taxonomy(request.taxonomy),
    )
    facts = facts_of(read, brief, placement, source_weight=request.source_weight)
    return SignalDraft(
        article=article,
        brief=brief,
        placement=placement,
        score=score(facts, request.now),
        reading_minutes=reading_minutes(article),
        simple=simple,
        names=names,
    )


def reading_minutes(article: Article) -> int:
    """How long reading takes, in whole minutes, at least 1."""
    sentences = (text for paragraph in article.paragraphs for text in paragraph)
    if is_cjk(article.lang):
        return max(1, math.ceil(sum(map(len, sentences)) / _CHARACTERS_PER_MINUTE))
    return max(1, math.ceil(sum(len(text.split()) for text in sentences) / _WORDS_PER_MINUTE))
