"""What an editor changes of a brief, and whether the article still carries it.

A text of an editor's keeps the evidence of the one it replaces where its numbers, names, quotes
and directions stand in the article. Where they do not, the point may stay, marked as the editor's
own and without evidence: readers are never shown a sentence that does not carry it.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from digest.model import Article, Brief, Lang, Point
from digest.text.language import detect_language
from digest.verify import SourceText
from digest.verify.findings import few

HEADLINE_UNITS = 200
POINT_UNITS = 600
MOST_POINTS = 8
# Of a text in the article's language, how much of it the sentence it rests on must have.
_LEAST_SHARE = 0.35
# Without any number or name to compare, the words alone have to be the article's.
_WORDS_ALONE = 0.6


class Field(StrEnum):
    """What of a signal editors change."""

    HEADLINE = "headline"
    HEADLINE_EN = "headline_en"
    POINTS = "points"
    WHY = "why"
    COLUMN = "column"
    TOPICS = "topics"
    ACCESS = "access"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether the article carries a text: on which sentences, or what of it is not there.

    `unknown` says that there is nothing to compare with: the article's text is kept no longer, or
    nothing in the text can be compared.
    """

    holds: bool
    evidence: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: bool = False


class Rulings:
    """Judges what editors write about one article. Costs some milliseconds to make."""

    def __init__(self, article: Article | None) -> None:
        sentences = [text for group in article.paragraphs for text in group] if article else []
        self._lang = article.lang if article else ""
        self._source = SourceText(sentences, self._lang) if sentences else None

    def judge(self, text: str, old: Point | None = None) -> Ruling:
        """Whether the article carries `text`, which stands in the place of `old`."""
        if self._source is None:
            return Ruling(holds=False, unknown=True)
        known = old.evidence if old else ()
        verdict = self._source.check(text, evidence=known)
        missing = tuple(dict.fromkeys(one.text for one in verdict.findings if not one.holds))
        if missing:
            return Ruling(holds=False, missing=missing)
        shares = [support.score for support in verdict.support]
        compared = bool(verdict.findings)
        if detect_language(text, self._lang) == self._lang:
            least = _LEAST_SHARE if compared else _WORDS_ALONE
            carried = bool(shares) and min(shares) >= least
        else:
            carried = compared  # between languages words alone tell nothing
        if not carried:
            return Ruling(holds=False, unknown=not compared)
        found = [place for one in verdict.findings for place in one.evidence[:1]]
        best = [place for one in verdict.support for place in one.sentences[:1]]
        moved = any(one.verdict == "elsewhere" for one in verdict.findings)
        if known and not moved:
            return Ruling(holds=True, evidence=known)
        return Ruling(holds=True, evidence=few((*known, *best, *found)))


def sign(text: str) -> str:
    """Eight characters that tell this text from any other: what a question was asked about."""
    return f"{zlib.crc32(text.encode('utf-8', 'replace')):08x}"


def with_headline(brief: Brief, text: str, lang: str) -> Brief:
    """The brief under another headline; readers of the article's language `lang` keep theirs."""
    spoken = detect_language(text, brief.headline_lang)
    original = brief.headline_original
    if not original and brief.headline_lang == lang and spoken != lang:
        original = brief.headline  # which was the article's own
    if spoken == lang:
        original = ""
    return replace(brief, headline=text, headline_lang=spoken, headline_original=original)


def with_headline_en(brief: Brief, text: str) -> Brief:
    """The brief with a headline for English readers; without text they see the usual one."""
    return replace(brief, headline_en=text)


def headline_for(brief: Brief, lang: Lang) -> str:
    """The headline that readers of `lang` see."""
    if lang is Lang.EN and brief.headline_en:
        return brief.headline_en
    if brief.headline_original and brief.headline_lang != lang:
        return brief.headline_original
    return brief.headline


def with_point(brief: Brief, place: int, text: str, ruling: Ruling, lang: str) -> Brief:
    """The brief with `text` as its point `place` (from 0); one more when it has no such point."""
    old = brief.points[place] if place < len(brief.points) else None
    point = _rewritten(old, text, ruling, lang)
    points = list(brief.points)
    points[place : place + 1] = [point]
    return replace(brief, points=tuple(points))


def with_why(brief: Brief, text: str, ruling: Ruling, lang: str) -> Brief:
    """The brief with `text` as its reason; without one for ""."""
    why = _rewritten(brief.why, text, ruling, lang) if text else None
    return replace(brief, why=why)


def without_point(brief: Brief, place: int) -> Brief:
    """The brief without its point `place`."""
    kept = [point for at, point in enumerate(brief.points) if at != place]
    return replace(brief, points=tuple(kept))


def moved_point(brief: Brief, place: int, steps: int) -> Brief:
    """The brief with its point `place` so many steps further down, or up."""
    points = list(brief.points)
    target = max(0, min(len(points) - 1, place + steps))
    points.insert(target, points.pop(place))
    return replace(brief, points=tuple(points))


def _rewritten(old: Point | None, text: str, ruling: Ruling, lang: str) -> Point:
    spoken = detect_language(text, old.lang if old else lang)
    # Readers of the article's language go on seeing what stands there.
    own = (old.original or old.text) if old and not old.edited else ""
    foreign = spoken != lang and bool(own) and ruling.holds
    return Point(
        text,
        ruling.evidence if ruling.holds else (),
        spoken,
        translated=foreign,
        original=own if foreign else "",
        edited=not ruling.holds,
    )


def changed_points(old: Sequence[Point], new: Sequence[Point]) -> int:
    """How many of the new points did not stand among the old ones."""
    known = {point.text for point in old}
    return sum(point.text not in known for point in new)
