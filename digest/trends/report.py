"""The report: which of the counted subjects rise, fade or are new, and what may be said of them.

What is shown as rising must be told by several sources, none of which tells most of it by
itself; counts alone are not enough.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from digest.trends.hours import Telling, mark, parted
from digest.trends.ledger import Ledger
from digest.trends.model import HOURS, Count, HotRank, Phase, Trend, TrendKind, Trends
from digest.trends.past import Numbers
from digest.trends.standing import USUAL, Standing, may_be_high, standings
from digest.trends.terms import COMMON_SURPRISE, is_common

LEAST_PAST = 2
LEAST_PAST_OF_TERMS = 5
"""Days that must be known before anything, and before a word or a name, can be unusual."""

NEW_AFTER = 7
"""Days that must be known before anything is called new."""

MOST_RISING, MOST_FADING, MOST_FRESH, MOST_QUIET, MOST_BUSY = 40, 20, 20, 10, 10
_DAY = timedelta(days=1)
_HIGH = tuple(phase for phase in Phase if phase.is_high)
_LEAST_OF_TERMS = 4
_FULLEST = 10  # one day in so many is left out of what is usual
_PLAINLY = 1.3
_SEVERAL, _SEVERAL_FOR_TERMS, _MANY_SOURCES = 2, 3, 8
_MOST_OF_ONE = 0.6
_MOSTLY = 0.6
_EXAMPLES = 5
_UNREAD = 5.0  # things to be expected in an hour, to call it unread when there are none
_HOT_FAVOUR = 0.8  # standard deviations
_CHUNK = 500  # subjects compared at a time


@dataclass(frozen=True, slots=True)
class Known:
    """What the report must be told besides counts.

    `topics` are those that exist, `is_covered` says whether a spelling means one of them, `hot`
    what hot lists say of a subject, by its mark.
    """

    topics: Collection[str] = ()
    is_covered: Callable[[str], bool] = lambda _: False
    hot: Mapping[str, tuple[HotRank, ...]] | None = None


def subjects_worth_watching(ledger: Ledger, known: Known) -> list[str]:
    """The topics, and the words, names and stories that several sources told lately."""
    told = (
        subject
        for subject in ledger.recent
        if ledger.is_told(subject, _LEAST_OF_TERMS, _SEVERAL)
        and parted(subject)[0] is not TrendKind.TOPIC
    )
    return [*(f"t:{topic}" for topic in known.topics), *told]


def _sources_for_terms(ledger: Ledger) -> int:
    return _SEVERAL_FOR_TERMS if ledger.active >= _MANY_SOURCES else _SEVERAL


def make_report(ledger: Ledger, known: Known) -> Trends:
    """What moves at the end of the ledger, which was told everything and has settled."""
    past = ledger.known
    subjects = _worth_comparing(ledger, [one for one in ledger.watched if past >= _past_for(one)])
    found = [
        trend
        for start in range(0, len(subjects), _CHUNK)
        for trend in _compared(ledger, known, subjects[start : start + _CHUNK])
    ]
    rising = _ranked(_distinct(sorted(_in(found, *_HIGH), key=_strongest)), found)
    fading = _distinct(sorted(_in(found, Phase.FADING), key=_largest))
    quiet = [one.trend for one in _in(found, Phase.QUIET) if one.trend.kind is TrendKind.TOPIC]
    fresh = [one for one in rising if one.is_new]
    quiet.sort(key=lambda one: one.now - one.usual)
    return Trends(
        ledger.now,
        rising=_plainly_more(_curved(ledger, rising[: 2 * MOST_RISING])),
        fading=_curved(ledger, [one.trend for one in fading[:MOST_FADING]]),
        fresh=_curved(ledger, fresh[:MOST_FRESH]),
        quiet=_curved(ledger, quiet[:MOST_QUIET]),
        busiest=_curved(ledger, _busiest(ledger, found)),
        past=past,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A trend with what only the report needs: its strength a day ago, and its signals."""

    trend: Trend
    before: float
    told: frozenset[int]


def _past_for(subject: str) -> int:
    return LEAST_PAST_OF_TERMS if subject.startswith("w:") else LEAST_PAST


def _in(found: Iterable[_Found], *phases: Phase) -> list[_Found]:
    return [one for one in found if one.trend.phase in phases]


def _strongest(one: _Found) -> tuple[float, int, str]:
    return (-one.trend.strength, -one.trend.now, one.trend.key)


def _largest(one: _Found) -> tuple[int, str]:
    return (-one.trend.now, one.trend.key)


def _ranked(rising: Sequence[_Found], found: Iterable[_Found]) -> list[Trend]:
    """What rises with its places, now and among what rose a day ago."""
    earlier = sorted((one for one in found if one.before > 0), key=lambda one: -one.before)
    places = {id(one.trend): place for place, one in enumerate(earlier, 1)}
    return [
        replace(one.trend, rank=place, rank_before=places.get(id(one.trend)))
        for place, one in enumerate(rising, 1)
    ]


def _worth_comparing(ledger: Ledger, subjects: Sequence[str]) -> list[str]:
    """All topics, and of the others those told often enough within a day to be unusual."""
    last = ledger.pace.day * ledger.pace.guard + max(ledger.pace.windows)
    found = []
    for start in range(0, len(subjects), _CHUNK):
        some = subjects[start : start + _CHUNK]
        often = may_be_high(ledger.comparable(some, last), ledger.pace)
        found += [one for one, may in zip(some, often, strict=True) if may or one.startswith("t:")]
    return found


def _compared(ledger: Ledger, known: Known, subjects: Sequence[str]) -> Iterable[_Found]:
    counts = ledger.comparable(subjects)
    hot = known.hot or {}
    favour = np.array([_HOT_FAVOUR if hot.get(subject) else 0.0 for subject in subjects])
    volumes = ledger.volumes - ledger.strange
    for subject, stand in zip(
        subjects, standings(counts, volumes, ledger.pace, USUAL, favour=favour), strict=True
    ):
        if not _matters(subject, stand):
            continue
        found = _found(ledger, known, subject, stand)
        if found is not None:
            yield found


def _matters(subject: str, stand: Standing) -> bool:
    """Whether a report may tell of it, or count it among what rose a day ago."""
    return (
        subject.startswith("t:")
        or stand.phase not in {Phase.STEADY, Phase.QUIET}
        or stand.strength_before > 0
    )


def _found(ledger: Ledger, known: Known, subject: str, stand: Standing) -> _Found | None:
    """The trend that a subject is, None for one that is not to be shown."""
    kind, key = parted(subject)
    row = ledger.counts_of(subject)
    day = ledger.once(subject, _DAY)
    hot = (known.hot or {}).get(subject, ())
    if stand.phase.is_high and not _told_by_several(ledger, kind, day, bool(hot)):
        return None
    spelled = ledger.spellings(subject)
    name = min(spelled, key=lambda said: (-spelled[said], said)) if spelled else key
    if kind is TrendKind.WORD:
        if ledger.lexicon.kind(key):
            kind = TrendKind.ENTITY
        elif all(map(is_common, spelled)) and stand.surprise < COMMON_SURPRISE:
            return None
        pair = ledger.lexicon.pair(name)
        if known.is_covered(name) or known.is_covered(key) or (pair and known.is_covered(pair)):
            return None
    trend = Trend(
        kind=kind,
        key=key,
        name=name,
        phase=stand.phase,
        now=len(day),
        usual=round(stand.usual, 2),
        strength=round(stand.strength, 2),
        began_at=None if stand.began is None else _begins(ledger, subject, stand.began),
        days=(),
        sources=len({one.source for one in day}),
        is_new=ledger.known >= NEW_AFTER and not row[: -ledger.pace.guard * ledger.pace.day].any(),
        signal_ids=tuple(one.signal_id for one in reversed(day))[:_EXAMPLES],
        pair=ledger.lexicon.pair(name) if kind in {TrendKind.WORD, TrendKind.ENTITY} else "",
        story=_story_of(day),
        hot=hot,
        person=kind is TrendKind.ENTITY and ledger.lexicon.kind(key) == "person",
    )
    return _Found(trend, stand.strength_before, frozenset(one.signal_id for one in day))


def _told_by_several(
    ledger: Ledger,
    kind: TrendKind,
    day: Sequence[Telling],
    hot: bool,  # noqa: FBT001
) -> bool:
    """Whether sources enough tell it, and no single one most of it; a hot list is one too."""
    by_source = Counter(one.source for one in day)
    least = _SEVERAL if kind is TrendKind.TOPIC else _sources_for_terms(ledger)
    if len(by_source) + hot < least or (
        kind is not TrendKind.TOPIC and len(day) < _LEAST_OF_TERMS
    ):
        return False
    top, most = by_source.most_common(1)[0]
    return most <= max(_MOST_OF_ONE, (1 + ledger.share_of(top)) / 2) * len(day)


def _story_of(day: Sequence[Telling]) -> int | None:
    """The story that most of the tellings tell, None when they tell of several things."""
    stories = Counter(one.story for one in day if one.story is not None)
    if not stories:
        return None
    story, count = stories.most_common(1)[0]
    return story if count >= _MOSTLY * len(day) else None


def _curved(ledger: Ledger, trends: Iterable[Trend]) -> tuple[Trend, ...]:
    """The trends with their counts: made only of what is told, of thousands that may move."""
    rows = [(one, ledger.counts_of(mark(one.kind, one.key))) for one in trends]
    return tuple(_with_counts(ledger, one, row) for one, row in rows)


def _with_counts(ledger: Ledger, trend: Trend, row: Numbers) -> Trend:
    days = _days(ledger, row)
    return replace(trend, days=days, hours=_hours(ledger, row), usual=_usual(days, trend.usual))


def _usual(days: Sequence[Count], expected: float) -> float:
    """How many a day there were before, as people count: the mean without the fullest days.

    What was `expected` of today follows the volume of all that is told, and would read oddly.
    """
    past = sorted(count for count in days[:-1] if count is not None)
    kept = past[: len(past) - len(past) // _FULLEST]
    return round(sum(kept) / len(kept), 2) if kept else expected


def _plainly_more(trends: Iterable[Trend]) -> tuple[Trend, ...]:
    """Those told more often than on other days in plain numbers too, with their places anew.

    A larger share of a thin day is no rise that anybody sees.
    """
    kept = [one for one in trends if one.is_new or one.now >= _PLAINLY * one.usual]
    return tuple(replace(one, rank=place) for place, one in enumerate(kept[:MOST_RISING], 1))


def _begins(ledger: Ledger, subject: str, slot: int) -> datetime:
    """When the first telling of a burst that began in that slot was told.

    Slots end at whatever minute it is now; what is said of the beginning must not move with them.
    """
    start = ledger.now - (ledger.pace.slots - slot) * ledger.pace.slot
    told = (one.at for one in ledger.tellings(subject) if one.at >= start and not one.backlog)
    return next(told, start)


def _days(ledger: Ledger, row: Numbers) -> tuple[Count, ...]:
    """Counts per span of 24 hours from the first known one on, None for those not known."""
    known = ledger.known_days.copy()
    known[-1] = True
    counts = row.reshape(-1, ledger.pace.day).sum(axis=1)
    first = int(np.argmax(known))
    return tuple(
        int(count) if is_known else None
        for count, is_known in zip(counts[first:], known[first:], strict=True)
    )


def _hours(ledger: Ledger, row: Numbers) -> tuple[Count, ...]:
    volumes = ledger.volumes
    by_hour = volumes.reshape(-1, ledger.pace.day)[:-1].mean(axis=0)
    usual = np.tile(by_hour, volumes.size // ledger.pace.day)
    return tuple(
        None if not volumes[place] and usual[place] >= _UNREAD else int(row[place])
        for place in range(max(0, row.size - HOURS), row.size)
    )


def _distinct(found: Sequence[_Found]) -> list[_Found]:
    """Without words and names that mostly stand in the same signals as a stronger one.

    Of those the longer spelling is told: 申万宏源, not 宏源.
    """
    kept: list[_Found] = []
    telling: defaultdict[int, set[int]] = defaultdict(set)  # which of `kept` a signal tells
    for one in found:
        near = sorted(set[int]().union(*(telling[number] for number in one.told)))
        twin = next((place for place in near if _same(one, kept[place])), None)
        if twin is None:
            twin = len(kept)
            kept.append(one)
        elif _completes(one.trend, kept[twin].trend):
            kept[twin] = one
        else:
            continue
        for number in one.told:
            telling[number].add(twin)
    return kept


def _same(one: _Found, other: _Found) -> bool:
    if not {one.trend.kind, other.trend.kind} <= {TrendKind.WORD, TrendKind.ENTITY}:
        return False
    return len(one.told & other.told) >= _MOSTLY * max(1, min(len(one.told), len(other.told)))


def _completes(one: Trend, other: Trend) -> bool:
    return other.name.casefold() in one.name.casefold() and one.now >= other.now


def _busiest(ledger: Ledger, found: Sequence[_Found]) -> list[Trend]:
    """The topics told most in the last 24 hours, what a source brought of old among them."""
    since = ledger.now - _DAY
    known = {one.trend.key: one.trend for one in found if one.trend.kind is TrendKind.TOPIC}
    busy: list[Trend] = []
    for subject in ledger.watched:
        kind, key = parted(subject)
        if kind is not TrendKind.TOPIC:
            continue
        told = [one for one in ledger.tellings(subject) if one.at > since]
        if told:
            one = known.get(key)
            # What a source brought of old counts for nothing, and is told most all the same.
            busy.append(one if one is not None and one.now else _uncompared(key, told))
    busy.sort(key=lambda one: (-one.now, one.usual, one.key))
    return busy[:MOST_BUSY]


def _uncompared(topic: str, told: Sequence[Telling]) -> Trend:
    return Trend(
        kind=TrendKind.TOPIC,
        key=topic,
        name=topic,
        phase=Phase.UNKNOWN,
        now=len(told),
        usual=0.0,
        strength=0.0,
        began_at=None,
        days=(),
        sources=len({one.source for one in told}),
        signal_ids=tuple(one.signal_id for one in reversed(told))[:_EXAMPLES],
    )
