"""What was told when: the last days telling by telling, the past as counts per hour."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from digest.trends.model import TrendKind
from digest.trends.past import HOURLY, Numbers, Pace, known_days
from digest.trends.terms import Lexicon

_HOUR = timedelta(hours=1)
_LETTERS = {TrendKind.TOPIC: "t", TrendKind.WORD: "w", TrendKind.STORY: "s"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}


def mark(kind: TrendKind, key: str) -> str:
    """Under what a subject is counted; names and words are told apart only when shown."""
    return f"{_LETTERS[TrendKind.WORD if kind is TrendKind.ENTITY else kind]}:{key}"


def parted(subject: str) -> tuple[TrendKind, str]:
    """The kind and the key of a mark; of a name or a word it is WORD."""
    letter, _, key = subject.partition(":")
    return _KINDS[letter], key


@dataclass(frozen=True, slots=True)
class Telling:
    """What one signal counts for: its topics, its terms (key → spelling) and its story.

    `backlog` was already old when its source was first read: it counts for nothing, for days of
    which only the rest was still there were not read whole.
    """

    signal_id: int
    at: datetime
    source: int
    story: int | None = None
    topics: tuple[str, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)
    backlog: bool = False

    def marks(self) -> list[str]:
        """Everything it counts for."""
        found = [f"t:{topic}" for topic in self.topics] + [f"w:{key}" for key in self.terms]
        return found if self.story is None else [*found, f"s:{self.story}"]


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour counted: how much was told per source and per mark (see `count_hour`)."""

    start: datetime
    sources: Mapping[int, int]
    counts: Mapping[str, int]


def count_hour(start: datetime, tellings: Iterable[Telling]) -> Hour:
    """The counts of an hour. A source that tells a story again counts once for each subject."""
    sources: Counter[int] = Counter()
    told: set[tuple[str, int, int]] = set()
    for one in tellings:
        if one.backlog:
            continue
        sources[one.source] += 1
        story = -one.signal_id if one.story is None else one.story
        told.update((subject, one.source, story) for subject in one.marks())
    return Hour(start, dict(sources), dict(Counter(subject for subject, *_ in told)))


@dataclass(slots=True)
class Recent:
    """A subject's tellings of the last days, oldest first, and how it was spelled."""

    tellings: list[Telling] = field(default_factory=list)
    spellings: Counter[str] = field(default_factory=Counter)


class Ledger:
    """Gathers tellings and hours into counts per subject and slot, the last slot ending now."""

    def __init__(self, now: datetime, lexicon: Lexicon, pace: Pace = HOURLY) -> None:
        self.now, self.pace, self.lexicon = now, pace, lexicon
        self.recent: dict[str, Recent] = {}
        self.since = now - timedelta(days=pace.guard + 1)
        """Tellings from here on are brought one by one, hours up to here."""
        self.volumes: Numbers = np.zeros(pace.slots)
        self.counts: dict[str, Numbers] = {}
        self.strange = np.zeros(pace.slots)
        """What sources told of `volumes` that are too young to compare (see `settle`)."""
        self._strange: dict[str, Numbers] = {}
        self.first_told: dict[int, int] = {}
        self._tellings: list[Telling] = []
        self._united: dict[str, str] = {}

    def tell(self, tellings: Iterable[Telling]) -> None:
        """Take in what was told since `since`, in any order."""
        found: defaultdict[str, Recent] = defaultdict(Recent)
        for one in sorted(tellings, key=lambda one: (one.at, one.signal_id)):
            if not self.since < one.at <= self.now:
                continue
            self._tellings.append(one)
            for subject in self._subjects(one):
                found[subject].tellings.append(one)
            for key, spelling in one.terms.items():
                found[self._unite(f"w:{key}")].spellings[spelling] += 1
        self.recent = dict(found)

    def watch(self, subjects: Iterable[str]) -> None:
        """Choose the subjects that are followed into the past."""
        for subject in subjects:
            self.counts[subject] = np.zeros(self.pace.slots)

    def look_back(self, hours: Iterable[Hour]) -> None:
        """Take in the hours before `since`, in any order, then what was told one by one."""
        names = {name: subject for subject in self.counts for name in self._spelled(subject)}
        for hour in hours:
            slot = self.slot(hour.start + _HOUR / 2)
            if slot is None or hour.start >= self.since:
                continue
            self.volumes[slot] += sum(hour.sources.values())
            for source in hour.sources:
                self._note(source, slot)
            for name in names.keys() & hour.counts.keys():
                self.counts[names[name]][slot] += hour.counts[name]

    def settle(self) -> None:
        """Count what was told one by one, and set apart what sources told that are too young.

        A source that is read for less than half of the known past brings its own subjects along:
        what it tells is new to us, not to the world.
        """
        placed = [
            (one, slot)
            for one in self._tellings
            if not one.backlog and (slot := self.slot(one.at)) is not None
        ]
        for one, slot in placed:
            self._note(one.source, slot)
        young = self._young()
        for one, slot in placed:
            self.volumes[slot] += 1
            self.strange[slot] += one.source in young
        for subject, row in self.counts.items():
            for one in self.once(subject):
                slot = self.slot(one.at)
                if slot is None:
                    continue
                row[slot] += 1
                if one.source in young:
                    self._strange.setdefault(subject, np.zeros_like(row))[slot] += 1

    def comparable(self, subject: str) -> Numbers:
        """The counts of a subject without those of sources too young to compare."""
        strange = self._strange.get(subject)
        return self.counts[subject] if strange is None else self.counts[subject] - strange

    def once(self, subject: str, span: timedelta | None = None) -> list[Telling]:
        """A subject's tellings of the last days (or `span`), each story once by each source.

        Once an hour: what a source adds to a story later on is news.
        """
        since = self.since if span is None else self.now - span
        found: dict[tuple[int, int, int | None], Telling] = {}
        known = self.recent.get(subject)
        for one in known.tellings if known else ():
            if one.at > since and not one.backlog:
                story = -one.signal_id if one.story is None else one.story
                found.setdefault((one.source, story, self.slot(one.at)), one)
        return list(found.values())

    def slot(self, at: datetime) -> int | None:
        """The slot in which a moment lies, None outside of all."""
        back = math.floor((self.now - at) / self.pace.slot)
        return self.pace.slots - 1 - back if 0 <= back < self.pace.slots else None

    @property
    def known(self) -> int:
        """How many days before the last are known."""
        return int(known_days(self.volumes, self.pace.day)[:-1].sum())

    def share_of(self, source: int) -> float:
        """The share of a source in everything told in the last days."""
        told = Counter(one.source for one in self._tellings if not one.backlog)
        return told[source] / max(1, told.total())

    def _young(self) -> frozenset[int]:
        begun = min(self.first_told.values(), default=0)
        middle = (begun + self.pace.slots) / 2
        return frozenset(source for source, slot in self.first_told.items() if slot > middle)

    def _note(self, source: int, slot: int) -> None:
        self.first_told[source] = min(slot, self.first_told.get(source, slot))

    def _subjects(self, one: Telling) -> set[str]:
        return {self._unite(subject) for subject in one.marks()}

    def _unite(self, subject: str) -> str:
        if not subject.startswith("w:"):
            return subject
        if subject not in self._united:
            self._united[subject] = f"w:{self.lexicon.united(subject[2:])}"
        return self._united[subject]

    def _spelled(self, subject: str) -> set[str]:
        """The marks under which a subject was counted."""
        kind, key = parted(subject)
        if kind is not TrendKind.WORD:
            return {subject}
        return {subject, *(f"w:{other}" for other in self.lexicon.keys_of(key))}
