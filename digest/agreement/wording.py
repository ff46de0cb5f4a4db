"""Points and dated events that several sources tell in words of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from digest.agreement.claims import subjects_in
from digest.agreement.model import Agreed, Statement
from digest.agreement.origins import Origins
from digest.model import Signal
from digest.text.number_tables import NUMBER_WORDS
from digest.text.numbers import find_numbers
from digest.text.segmentation import search_terms
from digest.text.vocabulary import word_set

_ALIKE, _EVENT_ALIKE = 0.55, 0.4  # of the terms that two texts share
_COPIED = 0.86  # of the shorter text's terms: what is nearly all there was copied, or quoted
_LEAST_TERMS, _LONG = 5, 16  # short sentences are alike without being copied
_DENYING = word_set(
    "not no never denied denies deny refused rejects rejected without failed fails unless ",
    "isn't wasn't won't didn't doesn't cannot can't",
)
_DENYING_ZH = tuple("不未无没否拒")
_WORDED = frozenset(NUMBER_WORDS)
_COMMON = word_set(
    "the a an of in on at to for from by with and or as is are was were be been has have had its "
    "it that this which who will would said says"
)


@dataclass(frozen=True, slots=True)
class _Told:
    statement: Statement
    lang: str
    terms: frozenset[str]
    numbers: frozenset[tuple[float, str]]
    names: frozenset[str]
    denies: bool
    on: date | None = None

    def repeats(self, other: "_Told", alike: float) -> bool:
        """Whether both say the same, each in its own words."""
        if self.lang != other.lang or self.denies != other.denies:
            return False
        if self.numbers != other.numbers or self.on != other.on:
            return False
        if not (self.names & other.names) and (self.names or other.names):
            return False
        if self.terms & _WORDED != other.terms & _WORDED:
            return False
        shared = 2 * len(self.terms & other.terms) / (len(self.terms) + len(other.terms))
        return alike <= shared and not _copies(self.terms, other.terms)


def is_copy(one: str, other: str) -> bool:
    """Whether one sentence is the other one, or nearly: then it speaks for nobody anew."""
    return _copies(_terms(one), _terms(other))


def _copies(one: frozenset[str], other: frozenset[str]) -> bool:
    fewer = min(len(one), len(other))
    return fewer >= _LONG and len(one & other) >= _COPIED * fewer


def _terms(text: str) -> frozenset[str]:
    return frozenset(search_terms(text)) - _COMMON


def agreed_points(
    members: Sequence[Signal], origins: Origins, vocabulary: frozenset[str]
) -> Iterator[Agreed]:
    """Points that independent sources make, those of most sources first."""
    told = [
        _told(Statement(one, point.evidence[0], point.text), point.lang, vocabulary)
        for one in members
        for point in one.brief.points
        if point.evidence and not point.edited
    ]
    yield from _agreed([it for it in told if it.names or it.numbers], origins, _ALIKE)


def agreed_days(
    members: Sequence[Signal], origins: Origins, vocabulary: frozenset[str]
) -> Iterator[Agreed]:
    """Dated events that independent sources tell of the same day, the earliest first."""
    told = [
        _told(Statement(one, moment.sentence, moment.text), moment.lang, vocabulary, moment.on)
        for one in members
        for moment in (one.brief.insight.timeline if one.brief.insight else ())
        if moment.on is not None
    ]
    found = _agreed([it for it in told if it.names], origins, _EVENT_ALIKE)
    yield from sorted(found, key=lambda it: it.on or date.max)


def _told(
    statement: Statement, lang: str, vocabulary: frozenset[str], on: date | None = None
) -> _Told:
    text = statement.words
    numbers = find_numbers(text, lang)
    return _Told(
        statement,
        lang,
        _terms(text),
        frozenset((it.value, it.unit) for it in numbers if it.kind != "date"),
        subjects_in(text, vocabulary),
        any(word in _DENYING for word in text.lower().split())
        or (lang == "zh" and any(letter in text for letter in _DENYING_ZH)),
        on,
    )


def _agreed(told: Sequence[_Told], origins: Origins, alike: float) -> Iterator[Agreed]:
    groups: list[list[_Told]] = []
    usable = (it for it in told if len(it.terms) >= _LEAST_TERMS)
    for one in sorted(usable, key=lambda it: (it.statement.signal.when, it.statement.signal.id)):
        home = next((it for it in groups if one.repeats(it[0], alike)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    groups.sort(key=len, reverse=True)
    for group in groups:
        first: dict[str, Statement] = {}
        for one in group:
            first.setdefault(origins.of(one.statement.signal, one.statement.words), one.statement)
        if len(first) > 1:
            yield Agreed(tuple(first.values()), on=group[0].on)
