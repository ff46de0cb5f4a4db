"""What the rules compute for 详细解读: timeline, who is concerned, open questions, what to do.

Every text is a sentence of the article. A part for which the article gives no ground is absent.
"""

import re
import tomllib
from collections.abc import Collection, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from digest.condense.cues import Cues, cues_of
from digest.condense.moments import FoundDate, day_of, find_dates, moments_in
from digest.condense.points import as_point
from digest.condense.sentences import Looked, Reading
from digest.model import Advice, Article, Insight, Moment, Point
from digest.regexes import regex
from digest.text.language import is_cjk
from digest.text.units import utf16_length

MOST_MOMENTS = 6
MOST_ACTIONS = 3
MOST_QUESTIONS = 2
AUDIENCES = ("founders", "engineers", "editors", "everyone")

_FILE = Path(__file__).parent / "insight.toml"
_LEAST_MOMENTS = 2
_LOOKED_AT = 60  # sentences
_SHORTEST = {True: 10, False: 30}  # UTF-16 units, by is_cjk
_LONGEST = {True: 220, False: 400}
_LAST_PART = 0.8  # questions after it are left open; earlier ones lead to their answer
_LONGEST_ACTION = {True: 130, False: 260}
_WHOLE = regex(r"[.!?。！？][\"'”’）)」』]*$")
_HANGS = regex(r"\b(?:to|the|a|an|by|of|for|and|or|with|calling|in|on|at)\W*$|[:：]$")
_BESIDE = regex(
    r"除了|^(?:we|i)\b|^(?:当|毕竟|如果|如图|而此次)|使得|从而|^(?:when|if|as|while)\b",
    re.IGNORECASE,
)
_OTHERS = regex(
    r"^(?:if )?(?:he|she|we|i|us)\b|\b(?:he|she|we|i) (?:should|must|need|have)\b", re.IGNORECASE
)
_DATED = regex(r"\d|day\b|\byear\b|tomorrow|昨|今|明天|明日|前[天日]|[去明]年|周|星期")
_MANY_QUESTIONS = 4
_QUOTATION = regex(r"[“「][^”」]{8,}[”」]")
_WRITER = regex(r"\b(?:to me|email me)\b", re.IGNORECASE)  # what only the writer asks
_QUOTED = regex(r"^\W*[\"“‘「『]")
_ASKS = regex(
    r"^(?:but |so |and )?(?:will|can|could|would|should|is|are|does|do|how|when|who|what)\b"
    r"|能否|是否|会不会|究竟|何时|谁(?:来|将|会|能)",
    re.IGNORECASE,
)
_TO_READERS = regex(
    r"\byou(?:r|rself)?\b|你|您|大家"
    r"|^\W*(?:what is|what are|what's|how do|how to|why (?:is|use))\b",
    re.IGNORECASE,
)


def find_insight(article: Article, reading: Reading, taken: Collection[int]) -> Insight | None:
    """The insight of `article`, None when there is nothing to compute.

    `taken` are the sentences of gaps, which are no questions a second time.
    """
    insight = Insight(
        timeline=find_timeline(article, reading),
        concerned=find_concerned(reading),
        questions=find_questions(reading, taken),
        actions=find_actions(reading),
    )
    return None if insight == Insight() else insight


# --- timeline ---------------------------------------------------------------------------


def find_timeline(article: Article, reading: Reading) -> tuple[Moment, ...]:
    """Two to six moments that the article dates, in the order of time; else none.

    One sentence per moment, the first that tells of it; days go before months and years.
    """
    published = day_of(article)
    found: dict[tuple[int, int, int], tuple[FoundDate, Looked]] = {}
    for one in _fit(reading):
        dated = _moment(one, reading.lang, published)
        if dated is not None and dated.order not in found:
            found[dated.order] = (dated, one)
    best = sorted(found.values(), key=lambda it: (-it[0].exact, it[1].index))[:MOST_MOMENTS]
    if len(best) < _LEAST_MOMENTS:
        return ()
    best.sort(key=lambda it: (it[0].order, it[1].index))
    return tuple(
        Moment(
            when=dated.text,
            on=dated.on,
            text=as_point(one, reading.lang).text,
            sentence=one.index,
            lang=reading.lang,
        )
        for dated, one in best
    )


def _moment(one: Looked, lang: str, published: date | None) -> FoundDate | None:
    if one.question or _QUOTED.match(one.text):
        return None
    if not _DATED.search(one.opening) or not find_dates(one.opening, published):
        return None
    shown = as_point(one, lang).text  # the dateline's own day is not what happened
    return next(moments_in(shown[: len(one.opening)], published), None)


# --- who is concerned, what to do -------------------------------------------------------


def find_concerned(reading: Reading) -> tuple[Advice, ...]:
    """For each audience at most one sentence that says what it may, must or can no longer do."""
    found: list[Advice] = []
    used: set[int] = set()
    fit = [one for one in _fit(reading) if _stands(one)]
    for audience in AUDIENCES:
        for one in fit:
            if one.index in used:
                continue
            if _matches(("concerned", audience), one.text):
                point = as_point(one, reading.lang)
                found.append(Advice(audience, point.text, point.evidence, point.lang))
                used.add(one.index)
                break
    return tuple(found)


def _stands(one: Looked) -> bool:
    apart = one.question or _QUOTED.match(one.text)
    return not (apart or _HANGS.search(one.text) or _BESIDE.search(one.text))


def find_actions(reading: Reading) -> tuple[Point, ...]:
    """At most three sentences that tell readers what to do: update, apply until, install."""
    found = [
        as_point(one, reading.lang)
        for one in _fit(reading)
        if not one.question and _advises(one.text, is_cjk(reading.lang))
    ]
    return tuple(found[:MOST_ACTIONS])


def _advises(text: str, cjk: bool) -> bool:  # noqa: FBT001 - a private step
    short = utf16_length(text) <= _LONGEST_ACTION[cjk]
    return (
        short
        and not _QUOTED.match(text)
        and not _OTHERS.search(text)
        and _matches(("actions",), text)
    )


# --- questions --------------------------------------------------------------------------


def find_questions(reading: Reading, taken: Collection[int]) -> tuple[Point, ...]:
    """At most two questions that the article itself raises and leaves open."""
    last = _LAST_PART * len(reading.sentences)
    asked = sum(one.question for one in reading.sentences if one.index >= last)
    last = last if asked < _MANY_QUESTIONS else len(reading.sentences)  # a list of answers
    told = {one.text for one in reading.sentences if one.index in taken}
    found = [
        as_point(one, reading.lang)
        for one in _fit(reading)
        if one.text not in told
        and not _WRITER.search(one.text)
        and not _QUOTED.match(one.text)
        and (
            _matches(("questions",), one.text)
            or (one.question and one.index >= last and _left_open(one, reading))
        )
    ]
    return tuple(found[:MOST_QUESTIONS])


def _left_open(one: Looked, reading: Reading) -> bool:
    """Whether nothing of its paragraph follows the question, and it is not put to the reader."""
    after = reading.sentences[one.index + 1 : one.index + 2]
    last = not after or after[0].paragraph != one.paragraph
    return last and bool(_ASKS.search(one.text)) and not _TO_READERS.search(one.text)


def _fit(reading: Reading) -> Iterator[Looked]:
    cjk = is_cjk(reading.lang)
    for one in reading.usable[:_LOOKED_AT]:
        if _SHORTEST[cjk] <= utf16_length(one.text) <= _LONGEST[cjk] and _WHOLE.search(one.text):
            yield one


def states_why(text: str) -> bool:
    """Whether a sentence states a consequence, a reason or a rank (insight.toml, [why]).

    What somebody is quoted with is not the article's statement.
    """
    return _matches(("why",), _QUOTATION.sub(" ", text))


def _matches(path: tuple[str, ...], text: str) -> bool:
    return _group(path).found_in(text)


@cache
def _group(path: tuple[str, ...]) -> Cues:
    group: Any = _cues()
    for step in path:
        group = group[step]
    return cues_of(group)


@cache
def _cues() -> dict[str, Any]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)
