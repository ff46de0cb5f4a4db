"""What of a signal can be found, as terms cut once by digest/text/segmentation.py."""

from collections.abc import Iterator

from digest.model import Article, Brief
from digest.text.segmentation import search_terms

MAX_TERMS = 1000
"""Terms kept per signal: some thousand characters of Chinese, five minutes of English.

PostgreSQL reads a whole document to check a phrase, so its size is what search costs there.
"""

_MAX_LETTERS = 64  # of one term; PostgreSQL refuses terms above 2 KB


def document_terms(article: Article, brief: Brief) -> list[str]:
    """The terms of a signal: what readers see of it first, then its text as far as it fits."""
    terms: list[str] = []
    for text in _texts(article, brief):
        terms.extend(shorten(term) for term in search_terms(text))
        if len(terms) >= MAX_TERMS:
            break
    return terms[:MAX_TERMS]


def shorten(term: str) -> str:
    """The part of a term that is kept and asked for."""
    return term[:_MAX_LETTERS]


def _texts(article: Article, brief: Brief) -> Iterator[str]:
    yield brief.headline
    if article.title != brief.headline:
        yield article.title
    yield brief.headline_en
    yield " ".join(brief.keywords)
    for point in brief.points:
        yield point.text
    yield from (article.author, article.site)
    for paragraph in article.paragraphs:
        yield "".join(paragraph) if article.lang in {"zh", "ja"} else " ".join(paragraph)
