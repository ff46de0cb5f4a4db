"""Up to three whole sentences that tell what the article says, in its own order.

A sentence's worth: its place (news leads with what matters), how central its words are, what it
shares with the title, whether it has figures; less when it leans on a sentence not shown. The
choice is by marginal relevance, so that the second point does not repeat the first.
"""

import math
import re
from collections.abc import Sequence

from digest.condense.cues import combined, marked
from digest.condense.sentences import Looked, Reading
from digest.model import Point
from digest.text.language import is_cjk
from digest.text.units import utf16_length

MOST_POINTS = 3

_PLACE, _CENTRAL, _TITLE, _FIGURES = 1.6, 0.6, 0.5, 0.15
_PLACE_FADES = 0.35
_DANGLING, _QUESTION, _LIST = 0.75, 0.5, 0.7
_REDUNDANCY = 0.4
_TOO_ALIKE = 0.6
_WORTH_SHOWING = 0.35  # of the best sentence's worth
_SHORTEST = {True: 12, False: 40}  # UTF-16 units, by is_cjk
_LONGEST = {True: 220, False: 400}
_LONGEST_WORDS = 60
_NEW_TERMS = 2
_LIST_ITEM = re.compile(r"^\s*(?:[-*•·●○▪◆]|\d{1,2}[.、)）]|[（(]\d{1,2}[）)])")
_DIGIT = re.compile(r"\d")
_DATELINE = combined("dateline")
_SOURCE_TAIL = re.compile(r"(?<=[。！？])\s?[（(][^（）()。]{2,14}[）)]$")


def choose_points(reading: Reading) -> tuple[Point, ...]:
    """The points of an article; fewer for a short one, none when it has no sentence to show."""
    pool = _candidates(reading)
    worth = {one.index: _worth(one, reading, place) for place, one in enumerate(pool)}
    chosen = _choose(pool, worth, reading, most_points(reading))
    return tuple(as_point(one, reading.lang) for one in sorted(chosen, key=lambda one: one.index))


def most_points(reading: Reading) -> int:
    """How many points an article of this length can give without being retold."""
    return min(MOST_POINTS, math.ceil((len(reading.usable) + 1) / 2))


def as_point(one: Looked, lang: str) -> Point:
    """The sentence as it is shown, without dateline and source, with its evidence."""
    return Point(bare(one.text), (one.index,), lang)


def bare(text: str) -> str:
    """`text` without the agency's dateline before it and the source in brackets after it.

    A quotation mark whose other half stands in another sentence goes too.
    """
    kept = _SOURCE_TAIL.sub("", text.strip())
    # Twice: "【快讯】晨星社 3 月 4 日电，…".
    kept = _DATELINE.sub("", _DATELINE.sub("", kept, count=1), count=1).strip()
    return _whole_quotes(kept) or text.strip()


def _whole_quotes(text: str) -> str:
    for opening, closing in ("“”", "「」", "『』"):
        if text.startswith(opening) and closing not in text:
            text = text[1:].lstrip()
        if text.endswith(closing) and opening not in text:
            text = text[:-1].rstrip()
    return text


def _candidates(reading: Reading) -> list[Looked]:
    """The sentences fit to be shown, with ever weaker claims until there is one."""
    usable = reading.usable
    fitting = [one for one in usable if _fits(one, reading.lang)]
    telling = [one for one in fitting if not _repeats_title(one, reading)]
    if telling:
        return telling
    return fitting or list(usable)[:MOST_POINTS] or _headings(reading)


def _headings(reading: Reading) -> list[Looked]:
    return [one for one in reading.sentences if not one.junk][:1]


def _fits(one: Looked, lang: str) -> bool:
    length, cjk = utf16_length(one.text), is_cjk(lang)
    if not _SHORTEST[cjk] <= length <= _LONGEST[cjk]:
        return False
    return cjk or len(one.text.split()) <= _LONGEST_WORDS


def _repeats_title(one: Looked, reading: Reading) -> bool:
    terms = one.terms
    return bool(reading.title_terms) and len(terms - reading.title_terms) < _NEW_TERMS


def _worth(one: Looked, reading: Reading, place: int) -> float:
    terms = one.terms
    if not terms:
        return 0.0
    length = math.sqrt(len(terms)) * 2.0
    central = sum(reading.weight(term) for term in terms) / length
    most = reading.heaviest * 1.5 or 1.0
    shared = len(terms & reading.title_terms) / max(1, len(reading.title_terms))
    worth = (
        _PLACE / (1 + _PLACE_FADES * place)
        + _CENTRAL * min(1.0, central / most)
        + _TITLE * shared
        + (_FIGURES if _DIGIT.search(one.opening) else 0.0)
    )
    if marked("dangling", one.opening):
        worth *= _DANGLING if one.index else 1.0
    if one.question:
        worth *= _QUESTION
    if _LIST_ITEM.match(one.text):
        worth *= _LIST
    return worth


def _choose(
    pool: Sequence[Looked], worth: dict[int, float], reading: Reading, most: int
) -> list[Looked]:
    chosen: list[Looked] = []
    alike = dict.fromkeys(worth, 0.0)  # how much of a sentence is told by those chosen so far
    left = {one.index: one for one in pool}
    best = max(worth.values(), default=0.0)
    while left and len(chosen) < most:
        index = max(left, key=lambda it: (worth[it] * (1 - _REDUNDANCY * alike[it]), -it))
        one = left.pop(index)
        if alike[index] > _TOO_ALIKE:
            continue
        if chosen and worth[index] < _WORTH_SHOWING * best:
            break
        chosen.append(one)
        for other in left.values():
            alike[other.index] = max(alike[other.index], _likeness(other, one, reading))
    return chosen


def _likeness(one: Looked, other: Looked, reading: Reading) -> float:
    """The weighted share of the shorter sentence's words that the longer one has too."""
    mine, theirs = one.terms, other.terms
    smaller = min(mine, theirs, key=len)
    total = sum(reading.weight(term) for term in smaller)
    return sum(reading.weight(term) for term in mine & theirs) / total if total else 0.0
