"""The article's sentences as the rules look at them: measured once, used by every part."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digest.condense.cues import marked, word_list
from digest.condense.glued import unglued
from digest.condense.junk import is_junk, opens_caption, starts_tail
from digest.model import Article
from digest.regexes import regex
from digest.text.language import is_cjk
from digest.text.segmentation import words
from digest.text.units import utf16_length

LOOKED_AT = 250
"""Sentences considered for ranking; what matters in an article stands before them."""

LONGEST_TEXT = 2000
"""Characters of one sentence that are looked into; real ones are shorter."""

STOP_WORDS = word_list("stop_words")
_ENDED = regex(r"[.!?。！？；;…:：][\"'”’）)\]」』》]*(?:\[\d+\])*\s*$")
_LEAST_REST = 8  # characters behind a title
_LONGEST_CAPTION = 10  # sentences; agencies tell the story under their pictures
_HEADING = {True: 30, False: 75}  # UTF-16 units of the longest heading, by is_cjk
_MARKDOWN_HEADING = regex(r"\s*#{1,6}\s")
_QUESTION = regex(r"[?？][\"'”’）)」』]*\s*$")


@dataclass(frozen=True, slots=True)
class Looked:
    """One sentence with what ranking needs. `terms` are its content words."""

    index: int
    paragraph: int
    text: str
    terms: frozenset[str]
    junk: bool
    heading: bool
    question: bool

    @property
    def opening(self) -> str:
        """As much of the sentence as is searched for names and figures."""
        return self.text[:LONGEST_TEXT]


@dataclass(frozen=True, slots=True)
class Reading:
    """The looked-at sentences of an article, its title's terms and how often each term occurs."""

    lang: str
    sentences: tuple[Looked, ...]
    title_terms: frozenset[str]
    frequency: dict[str, int]
    weights: dict[str, float]
    heaviest: float
    title: str = ""

    @property
    def usable(self) -> tuple[Looked, ...]:
        """The sentences that say something: no junk, no headings."""
        return tuple(one for one in self.sentences if not one.junk and not one.heading)

    def weight(self, term: str) -> float:
        """How much `term` tells about this article: frequent here, damped."""
        return self.weights.get(term, 0.0)


def look(article: Article, title: str) -> Reading:
    """Segment and mark the first `LOOKED_AT` sentences of `article`."""
    found: list[Looked] = []
    over = False
    for number, paragraph in enumerate(article.paragraphs):
        caption = len(article.paragraphs) > 1 and _is_caption(paragraph, article.lang)
        for place, text in enumerate(paragraph):
            if len(found) == LOOKED_AT:
                break
            credited = place + 1 < len(paragraph) and marked("credit", paragraph[place + 1][:99])
            over = over or (len(found) > 0 and starts_tail(text))
            text = unglued(text.strip())  # noqa: PLW2901 - the same sentence
            terms = frozenset(content_terms(text[:LONGEST_TEXT], article.lang))
            found.append(
                Looked(
                    index=len(found),
                    paragraph=number,
                    text=text.strip(),
                    terms=terms,
                    junk=over or caption or credited or is_junk(_untitled(text, title)),
                    heading=len(paragraph) == 1 and _is_heading(text, article.lang),
                    question=bool(_QUESTION.search(text)),
                )
            )
    frequency = Counter(term for one in found if not one.junk for term in one.terms)
    weights = {term: math.log1p(count) for term, count in frequency.items()}
    heaviest = max(weights.values(), default=0.0)
    title_terms = frozenset(content_terms(title, article.lang))
    return Reading(
        article.lang, tuple(found), title_terms, dict(frequency), weights, heaviest, title
    )


def content_terms(text: str, lang: str) -> tuple[str, ...]:
    """The words of `text` that carry meaning, in order."""
    return tuple(word for word in words(text, lang) if word not in STOP_WORDS)


def _untitled(text: str, title: str) -> str:
    """What stands behind a title that a page glued before its first line; else `text`."""
    rest = text[len(title) :] if title and text.startswith(title) else ""
    return rest if len(rest) >= _LEAST_REST else text


def _is_caption(paragraph: Sequence[str], lang: str) -> bool:
    """Whether a paragraph stands under a picture: an agency's "FILE - …", or a credit ends it."""
    if is_cjk(lang) or not 0 < len(paragraph) <= _LONGEST_CAPTION:
        return False
    credited = len(paragraph) > 1 and marked("credit", paragraph[-1][:99])
    return credited or opens_caption(paragraph[0])


def _is_heading(text: str, lang: str) -> bool:
    if _MARKDOWN_HEADING.match(text):
        return True
    return utf16_length(text) <= _HEADING[is_cjk(lang)] and not _ENDED.search(text)
