"""A chosen sentence made shorter by deletions only: furniture goes, what is said stays.

    compress          one sentence without lead-ins, asides and tails that say nothing of their own
    headline_clause   the leading whole clauses of it, where one sentence must do
    opening           as many of its first clauses as have room and are a sentence

Nothing is reworded. A deletion that would take a negation, a hedge, a condition or a number that
the title states, or that would leave a bracket or a quotation open, does not happen.
"""

from collections.abc import Callable

from digest.condense.compress import chinese, english
from digest.text.language import is_cjk

__all__ = ["compress", "headline_clause", "opening"]

_LONGEST = 2000  # characters; longer "sentences" are no prose and are left alone


def compress(text: str, lang: str, *, title: str = "") -> str:
    """One whole sentence without what can go; unchanged where nothing can, never empty.

    The words left are words of `text` in their order; at most the final stop and the capital of
    the first letter are new. Numbers of `title` are kept where they stand.
    """
    if not text.strip() or len(text) > _LONGEST:
        return text
    if lang == "zh":
        return chinese.compress(text, title)
    return text if is_cjk(lang) else english.compress(text, title) if lang == "en" else text


def headline_clause(text: str, lang: str, limit: int = 60, *, title: str = "") -> str:
    """The leading whole clauses of the compressed sentence, for a line that stands alone.

    `limit` counts characters as wide as Chinese ones: two Latin letters or digits count as one.
    The first clause is kept whole even where it is longer.
    """
    if not text.strip() or len(text) > _LONGEST:
        return text
    if lang == "zh":
        return chinese.headline_clause(text, limit, title)
    return compress(text, lang, title=title)


def opening(text: str, lang: str, fits: Callable[[str], bool]) -> str:
    """The first clauses of a Chinese sentence that fit and can stand alone, else ""."""
    return chinese.opening(text, fits) if lang == "zh" and len(text) <= _LONGEST else ""
