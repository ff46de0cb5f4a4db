"""Topics that are missing: keyphrases that rise and that no topic covers. Pure.

A phrase is suggested when several sources say it much oftener this week than in the four weeks
before, measured against how much was said in all, and when nothing of the taxonomy means it.
Spellings of one thing (繁 and 简, plural, Chinese and English name) are counted together.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.classify.topics import cues_of
from digest.regexes import regex
from digest.taxonomy import Taxonomy
from digest.trends.terms import COMMON_SURPRISE, is_common, key_of, may_be_named

RECENT, BEFORE = timedelta(days=7), timedelta(days=28)
LEAST_SIGNALS, LEAST_SOURCES, LEAST_DAYS = 4, 3, 2
_LEAST_RISE = 2.5  # times what was to be expected
_LEAST_SURPRISE = 2.5  # standard deviations of counts that vary as chance has it
_MOST_PER_SOURCE = 0.6  # one source with its own series is no subject of the time
_EXAMPLES = 3
_HAN = regex(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Heard:
    """What one signal says: its keyphrases, when, who told it first, and its headline."""

    signal_id: int
    phrases: tuple[str, ...]
    at: datetime
    source: str
    headline: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A phrase that rises. `pair` is its name in the other script, "" for none.

    `recent` signals of the last 7 days from `sources` sources, `before` in the 28 days before;
    `signal_ids` are the recent ones and `headlines` of the newest few.
    """

    phrase: str
    pair: str
    recent: int
    before: int
    sources: int
    surprise: float
    signal_ids: tuple[int, ...]
    headlines: tuple[str, ...]

    @property
    def names(self) -> tuple[str, str]:
        """Its Chinese and its English name; the same when only one is known."""
        if not self.pair:
            return self.phrase, self.phrase
        chinese = _HAN.search(self.phrase) is not None
        return (self.phrase, self.pair) if chinese else (self.pair, self.phrase)


@dataclass(slots=True)
class _Gathered:
    spellings: Counter[str] = field(default_factory=Counter)
    recent: dict[int, Heard] = field(default_factory=dict)
    before: set[int] = field(default_factory=set)


def suggest(
    heard: Iterable[Heard],
    taxonomy: Taxonomy,
    now: datetime,
    *,
    pairs: Mapping[str, str] | None = None,
    refused: Iterable[str] = (),
    names: Iterable[str] = (),
    most: int = 30,
) -> tuple[Suggestion, ...]:
    """The phrases that rise, the most surprising first.

    `pairs` leads from a spelling to that in the other script, `refused` are phrases that nobody
    wants to see again, `names` of sources are no subjects either.
    """
    both = _both_ways(pairs or {})
    start, origin = now - RECENT, now - RECENT - BEFORE
    gathered: defaultdict[str, _Gathered] = defaultdict(_Gathered)
    volume = [0, 0]
    for one in heard:
        if not origin < one.at <= now:
            continue
        is_recent = one.at > start
        volume[is_recent] += 1
        for key, spelling in {_united(key_of(said), both): said for said in one.phrases}.items():
            known = gathered[key]
            known.spellings[spelling] += 1
            if is_recent:
                known.recent[one.signal_id] = one
            else:
                known.before.add(one.signal_id)
    weeks = BEFORE / RECENT
    share = min(4.0, max(0.25, volume[1] / max(1.0, volume[0] / weeks))) if volume[0] else 1.0
    unwanted = {_united(key_of(one), both) for one in (*refused, *names)}
    risen = [
        (surprise, key, one)
        for key, one in gathered.items()
        if key not in unwanted
        and (surprise := _surprise(one, share / weeks)) is not None
        and _is_subject(one, key, taxonomy, both)
    ]
    risen.sort(key=lambda row: (-row[0], row[1]))
    made = [_suggestion(one, surprise, both) for surprise, _, one in risen]
    return _distinct(made)[:most]


def _both_ways(pairs: Mapping[str, str]) -> dict[str, str]:
    """From the key of each spelling to the Chinese or foreign one that goes with it."""
    known: dict[str, str] = {}
    for one, other in pairs.items():
        if one and other:
            known.setdefault(key_of(one), other)
            known.setdefault(key_of(other), one)
    return known


def _united(key: str, pairs: Mapping[str, str]) -> str:
    """One key for a name in both scripts: that of the Chinese one."""
    other = pairs.get(key)
    return key if other is None or _HAN.search(key) else key_of(other)


def _surprise(one: _Gathered, share: float) -> float | None:
    """How far this week is above what the weeks before let expect; None when not far enough."""
    recent = len(one.recent)
    by_source = Counter(told.source for told in one.recent.values())
    days = {told.at.date() for told in one.recent.values()}
    if recent < LEAST_SIGNALS or len(by_source) < LEAST_SOURCES or len(days) < LEAST_DAYS:
        return None
    if max(by_source.values()) > _MOST_PER_SOURCE * recent:
        return None
    # One signal more than was seen: what was never heard before may have been missed by chance.
    expected = (len(one.before) + 1) * share
    surprise = (recent - expected) / math.sqrt(expected + 1)
    rises = recent >= _LEAST_RISE * expected and surprise >= _LEAST_SURPRISE
    common = all(is_common(said) for said in one.spellings)
    return surprise if rises and (not common or surprise >= COMMON_SURPRISE) else None


def _is_subject(one: _Gathered, key: str, taxonomy: Taxonomy, pairs: Mapping[str, str]) -> bool:
    spellings = {*one.spellings, key, *filter(None, [pairs.get(key)])}
    return all(may_be_named(said) for said in one.spellings) and not any(
        _covered(said, taxonomy) for said in spellings
    )


def _covered(said: str, taxonomy: Taxonomy) -> bool:
    if taxonomy.find_topic(said) or taxonomy.find_column(said):
        return True
    return bool(cues_of(taxonomy.topics).count(said))


def _suggestion(one: _Gathered, surprise: float, pairs: Mapping[str, str]) -> Suggestion:
    newest = sorted(one.recent.values(), key=lambda told: (told.at, told.signal_id), reverse=True)
    phrase = min(one.spellings, key=lambda said: (-one.spellings[said], said))
    pair = pairs.get(key_of(phrase), "")
    headlines = dict.fromkeys(told.headline for told in newest)
    return Suggestion(
        phrase,
        pair,
        len(one.recent),
        len(one.before),
        len({told.source for told in newest}),
        surprise,
        tuple(told.signal_id for told in newest),
        tuple(headlines)[:_EXAMPLES],
    )


def _distinct(made: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    """Without those that mostly stand in the same signals as one before: parts of one story."""
    kept: list[Suggestion] = []
    for one in made:
        ids = set(one.signal_ids)
        if all(len(ids & set(other.signal_ids)) < len(ids) / 2 for other in kept):
            kept.append(one)
    return tuple(kept)
