"""Stories: which signals are about one event.

A streaming index of the last days, in memory. Candidates share rare terms; what decides is how
alike titles and openings are, weighed by rarity, and whether names and figures agree. Precision
goes first: a missed link shows a story twice, a wrong one hides a story.
"""

import hashlib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.condense.cues import combined, word_list
from digest.condense.junk import is_junk
from digest.model import Article, Relation, Signal
from digest.text.numbers import find_numbers
from digest.text.segmentation import search_terms

WINDOW = timedelta(days=7)
SERIES = 3
"""So many live signals within WINDOW make a story a 专题."""

_LEAD_CHARACTERS = 600
_TITLE_SHARE = 0.5
_RARE_AT_LEAST, _RARE_SHARE = 200, 0.02  # postings longer than this find no candidates
_QUERY_TERMS = 16
_CANDIDATES = 25
_PRIOR_ITEMS = 200  # so that the first items of an empty index are not all "rare"
_SAME_TEXT = 0.8
_SAME_EVENT = 0.36
_SAME_EVENT_TITLES_ONLY = 0.5
_TO_THE_LEAD = 0.6  # of that, so that a chain of neighbours does not wander off
_NAMES_BONUS = 0.05
_OTHER_FIGURES = 0.08  # more likeness asked of titles whose figures or models differ
_RARE_NAME_AT_MOST, _RARE_NAME_SHARE = 8, 0.005
_AGE_PENALTY = 0.02  # a day
_ACROSS_LANGUAGES = 0.55
_UPDATE_AFTER = timedelta(hours=3)
_SPAN_ACROSS = timedelta(days=2)
_STOP, _GENERIC = word_list("stop_words"), word_list("generic_words")
_MODEL = re.compile(
    r"(?<![A-Za-z0-9.])(?!(?:19|20)\d\d(?![\w.]))(?=[\w.\-]*\d)[A-Za-z0-9][\w.\-]+(?!\s?[年月日号])",
    re.ASCII,
)
_SUBJECT = re.compile(r"^([^\s：:，,|｜丨“《]{2,12})[：:]")
# Collections of many events: alike in every issue, and about none of them.
_ROUNDUP = re.compile(
    r"早报|晚报|日报|周报|月报|早知道|8点1氪|汇总|盘点|一周|盘前|收[跌涨]|早盘|午盘|[；;].*[；;]|\b(?:roundup|weekly|newsletter|"
    r"daily (?:brief|digest)|morning (?:brief|report)|this week in|live updates?|in pictures)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9.\-]{2,}")


@dataclass(frozen=True, slots=True)
class StoryItem:
    """What deciding about stories needs of one signal."""

    signal_id: int
    story_id: int | None
    title: str
    lead_text: str
    lang: str
    keywords: tuple[str, ...]
    numbers: tuple[str, ...]
    at: datetime
    score: int


@dataclass(frozen=True, slots=True)
class StoryPlacement:
    """Where a signal belongs: `story_of` is a signal of its story, None when it stands alone."""

    story_of: int | None
    relation: Relation
    similarity: float


@dataclass(frozen=True, slots=True)
class StorySummary:
    """A story at a glance: its lead, how many live signals it has, from how many sources.

    `opened_at` and `updated_at` are the dates of its oldest and its newest signal; `fresh` of its
    signals are dated within the time that was asked about. `closed_at`: nothing was told of it for
    `WINDOW` then, and nothing joins it any more; None while it is open. `follows` is an earlier
    story of the same event that had closed, `followed_by` the later one, both by their ids.
    `series_at`: since when it is a 专题, with `SERIES` live signals within `WINDOW`.
    """

    id: int
    lead: Signal
    signals: int
    sources: int
    updated_at: datetime
    opened_at: datetime
    fresh: int = 0
    closed_at: datetime | None = None
    follows: int | None = None
    followed_by: int | None = None
    series_at: datetime | None = None

    @property
    def is_series(self) -> bool:
        """Whether it is a 专题."""
        return self.series_at is not None


ALONE = StoryPlacement(None, Relation.LEAD, 0.0)


@dataclass(slots=True)
class _Vector:
    terms: dict[str, float]
    squared: float = 0.0


@dataclass(frozen=True, slots=True)
class _Known:
    item: StoryItem
    title: _Vector
    text: _Vector
    models: frozenset[str]
    names: frozenset[str]
    values: frozenset[float]


class StoryIndex:
    """The signals of the last days, found by what is rare in them."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._postings: dict[str, set[int]] = {}
        self._leads: dict[int, int] = {}  # story → its first signal here
        self._apart: dict[int, set[int]] = {}  # signal → stories that it must not be in

    def __len__(self) -> int:
        return len(self._known)

    def add(self, item: StoryItem) -> None:
        """Remember `item`; one with a number that is known already replaces the earlier."""
        if item.signal_id in self._known:
            self._drop(item.signal_id)
        known = _measure(item)
        self._known[item.signal_id] = known
        if item.story_id is not None:
            self._leads.setdefault(item.story_id, item.signal_id)
        for term in known.text.terms:
            self._postings.setdefault(term, set()).add(item.signal_id)

    def story_of(self, signal_id: int | None) -> int | None:
        """The story of a signal that was added, None for one that stands alone or is unknown."""
        known = self._known.get(signal_id) if signal_id is not None else None
        return known.item.story_id if known else None

    def move(self, signal_id: int, story_id: int | None) -> None:
        """Note that an editor put a signal into another story, or took it out of its own."""
        if story_id is not None:  # whatever it was taken out of, it is back
            self._apart.get(signal_id, set()).discard(story_id)
        known = self._known.get(signal_id)
        if known is not None and known.item.story_id != story_id:
            self.add(replace(known.item, story_id=story_id))

    def keep_apart(self, signal_id: int, story_id: int) -> None:
        """Note that an editor took a signal out of a story: neither it nor its copies go back."""
        self._apart.setdefault(signal_id, set()).add(story_id)

    def near(self, item: StoryItem, limit: int) -> tuple[tuple[int, float], ...]:
        """The signals most like `item`, with how alike they are, those of its story left out."""
        mine = _measure(item)
        found = [
            (known.item.signal_id, self._likeness(mine, known)[0])
            for known in self._candidates(mine)
            if item.story_id is None or known.item.story_id != item.story_id
        ]
        found.sort(key=lambda one: (-one[1], -one[0]))
        return tuple((number, round(likeness, 4)) for number, likeness in found[:limit])

    def forget_before(self, moment: datetime) -> None:
        """Drop everything older than `moment`."""
        for signal_id in [key for key, known in self._known.items() if known.item.at < moment]:
            self._drop(signal_id)
            self._apart.pop(signal_id, None)

    def place(self, item: StoryItem) -> StoryPlacement:
        """The story that `item` belongs to, judged against what was added; `item` is not added.

        `duplicate`: the same event with nothing new; `update`: later and with figures that the
        story did not have; `lead`: an event of its own.
        """
        mine = _measure(item)
        best: tuple[float, _Known] | None = None
        near = self._candidates(mine)
        barred = self._barred(mine, near)
        for known in near:
            if best and best[0] >= _SAME_TEXT:
                break
            if known.item.story_id in barred:
                continue
            similarity = self._similarity(mine, known)
            if similarity > (best[0] if best else 0.0) and self._near_lead(mine, known):
                best = (similarity, known)
        if best is None:
            return ALONE
        similarity, known = best
        return StoryPlacement(
            known.item.signal_id, self._relation(mine, known, similarity), round(similarity, 4)
        )

    def _candidates(self, mine: _Known) -> list[_Known]:
        most = max(_RARE_AT_LEAST, int(_RARE_SHARE * len(self._known)))
        terms = [term for term in mine.text.terms if 0 < len(self._postings.get(term, ())) <= most]
        terms.sort(key=lambda term: (len(self._postings[term]), term))
        votes: Counter[int] = Counter()
        for term in terms[:_QUERY_TERMS]:
            for signal_id in self._postings[term]:
                votes[signal_id] += 1 + (term in mine.title.terms)
        near = [
            self._known[signal_id]
            for signal_id, _ in votes.most_common(_CANDIDATES)
            if signal_id != mine.item.signal_id
        ]
        return [known for known in near if abs(known.item.at - mine.item.at) <= WINDOW]

    def _barred(self, mine: _Known, near: list[_Known]) -> set[int]:
        """The stories that editors took `mine`, or a text that it copies, out of."""
        barred = set(self._apart.get(mine.item.signal_id, ()))
        for known in near:
            taken_out_of = self._apart.get(known.item.signal_id)
            if taken_out_of and self._similarity(mine, known) >= _SAME_TEXT:
                barred |= taken_out_of
        return barred

    def _similarity(self, mine: _Known, other: _Known) -> float:
        """0 when they are no story; else how alike they are, up to 1."""
        similarity, least = self._likeness(mine, other)
        return similarity if similarity >= least else 0.0

    def _near_lead(self, mine: _Known, other: _Known) -> bool:
        lead = self._known.get(self._leads.get(other.item.story_id or 0, 0))
        if lead is None or lead is other or lead.item.lang != mine.item.lang:
            return True
        similarity, least = self._likeness(mine, lead)
        return similarity >= _TO_THE_LEAD * least

    def _likeness(self, mine: _Known, other: _Known) -> tuple[float, float]:
        """How alike they are, up to 1, and how much that must be for one story."""
        if mine.item.lang != other.item.lang:
            return _across(mine, other), _ACROSS_LANGUAGES
        titles = self._cosine(mine.title, other.title)
        whole = bool(mine.item.lead_text and other.item.lead_text)
        texts = self._cosine(mine.text, other.text) if whole else titles
        if texts >= _SAME_TEXT or (titles >= _SAME_TEXT and not _models_differ(mine, other)):
            return min(1.0, max(texts, titles)), _SAME_TEXT
        similarity = _TITLE_SHARE * titles + (1 - _TITLE_SHARE) * texts
        similarity += _NAMES_BONUS * min(2, len(mine.names & other.names))
        similarity -= _AGE_PENALTY * abs(mine.item.at - other.item.at).days
        least = _SAME_EVENT if whole else _SAME_EVENT_TITLES_ONLY
        if _roundup(mine, other) or _subjects_differ(mine, other):
            least = _SAME_TEXT
        elif _models_differ(mine, other):
            # "A's profit is 1.03 亿" and "B's profit is 22.9 亿" are one sentence, two events.
            least = least + _OTHER_FIGURES if self._share_rare_name(mine, other) else _SAME_TEXT
        return max(0.0, min(1.0, similarity)), least

    def _share_rare_name(self, mine: _Known, other: _Known) -> bool:
        most = max(_RARE_NAME_AT_MOST, _RARE_NAME_SHARE * len(self._known))
        # Every part of the name must be rare: 净利润 is not, for all that 归母 may be.
        return any(
            max((len(self._postings.get(term, ())) for term in search_terms(name)), default=0)
            <= most
            for name in mine.names & other.names
        )

    def _cosine(self, one: _Vector, other: _Vector) -> float:
        shared = one.terms.keys() & other.terms.keys()
        if not shared:
            return 0.0
        product = sum(self._weight(it) ** 2 * one.terms[it] * other.terms[it] for it in shared)
        return product / math.sqrt(self._length(one) * self._length(other))

    def _length(self, vector: _Vector) -> float:
        """The squared length of a vector; remembered, for rarity drifts slowly."""
        if not vector.squared:
            vector.squared = sum((self._weight(it) * n) ** 2 for it, n in vector.terms.items())
        return vector.squared

    def _weight(self, term: str) -> float:
        count = len(self._postings.get(term, ()))
        return math.log((len(self._known) + _PRIOR_ITEMS) / (count + 1))

    def _relation(self, mine: _Known, other: _Known, similarity: float) -> Relation:
        if similarity >= _SAME_TEXT or mine.item.at - other.item.at < _UPDATE_AFTER:
            return Relation.DUPLICATE
        told = self._told(other)
        return Relation.UPDATE if mine.values - told else Relation.DUPLICATE

    def _told(self, other: _Known) -> frozenset[float]:
        """The figures that the story of `other` had already."""
        story = other.item.story_id
        if story is None:
            return other.values
        members = (known.values for known in self._known.values() if known.item.story_id == story)
        return frozenset().union(other.values, *members)

    def _drop(self, signal_id: int) -> None:
        known = self._known.pop(signal_id)
        story = known.item.story_id
        if story is not None and self._leads.get(story) == signal_id:
            del self._leads[story]
        for term in known.text.terms:
            holders = self._postings[term]
            holders.discard(signal_id)
            if not holders:
                del self._postings[term]


def text_fingerprint(article: Article) -> str:
    """Equal for the same article republished: a hash of its letters and digits, no furniture.

    32 hex digits. The title counts only where there is no text.
    """
    texts = [text for group in article.paragraphs for text in group if not is_junk(text)]
    letters = _letters("".join(texts)) or _letters(article.title)
    return hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()[:32]


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def _measure(item: StoryItem) -> _Known:
    title = _terms(item.title)
    lead = _terms(item.lead_text[:_LEAD_CHARACTERS])
    text = title + title + lead
    return _Known(
        item=item,
        title=_Vector(dict(title)),
        text=_Vector({term: 1 + math.log(count) for term, count in text.items()}),
        models=frozenset(match.casefold() for match in _MODEL.findall(item.title)),
        names=frozenset(word.casefold() for word in item.keywords if _is_name(word)),
        values=frozenset(_values(item.numbers, item.lang)),
    )


def _terms(text: str) -> Counter[str]:
    return Counter(term for term in search_terms(text) if term not in _STOP)


def _is_name(word: str) -> bool:
    """Whether a keyword can tell events apart; 净利润 or "revenue" can not."""
    return not combined("measures").fullmatch(word) and word.casefold() not in _GENERIC


def _values(numbers: Iterable[str], lang: str) -> Iterable[float]:
    for written in numbers:
        for number in find_numbers(written, lang):
            if number.is_fact:
                yield number.value


def _roundup(mine: _Known, other: _Known) -> bool:
    return bool(_ROUNDUP.search(mine.item.title) or _ROUNDUP.search(other.item.title))


def _subjects_differ(mine: _Known, other: _Known) -> bool:
    """Whether both titles name their subject before a colon, and not the same one."""
    one, two = _SUBJECT.match(mine.item.title), _SUBJECT.match(other.item.title)
    if not one or not two:
        return False
    return not set(search_terms(one.group(1))) & set(search_terms(two.group(1)))


def _models_differ(mine: _Known, other: _Known) -> bool:
    """Whether both titles have figures or model names, and not one of them in common."""
    return bool(mine.models and other.models and not mine.models & other.models)


def _across(mine: _Known, other: _Known) -> float:
    """Between languages only names in Latin letters and figures can be compared."""
    if abs(mine.item.at - other.item.at) > _SPAN_ACROSS:
        return 0.0
    names = _latin(mine.item) & _latin(other.item)
    figures = {value for value in mine.values & other.values if not _is_usual(value)}
    enough = (len(names) >= 2 and figures) or (len(names) >= 1 and len(figures) >= 2)  # noqa: PLR2004
    return _ACROSS_LANGUAGES + 0.05 * min(3, len(names) + len(figures)) if enough else 0.0


def _latin(item: StoryItem) -> frozenset[str]:
    text = f"{item.title} {' '.join(item.keywords)}"
    return frozenset(
        name
        for name in (match.casefold().rstrip(".-") for match in _NAME.findall(text))
        if name not in _STOP
    )


def _is_usual(value: float) -> bool:
    """Small whole numbers and round shares stand in any two articles."""
    return value < 100 and value == int(value)  # noqa: PLR2004 - see the docstring
