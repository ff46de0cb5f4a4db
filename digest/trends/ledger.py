"""What was told when: the last days telling by telling, the past as counts per hour."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digest.trends.hours import Hour, Telling, parted
from digest.trends.model import TrendKind
from digest.trends.past import HOURLY, Numbers, Pace, known_days
from digest.trends.terms import Lexicon

_HOUR = timedelta(hours=1)
_SMALL = np.uint16  # of an hour nobody counts 65,536 of anything


class Ledger:
    """Gathers tellings and hours into counts per subject and slot, the last slot ending now."""

    def __init__(self, now: datetime, lexicon: Lexicon, pace: Pace = HOURLY) -> None:
        self.now, self.pace, self.lexicon = now, pace, lexicon
        self.since = now - timedelta(days=pace.guard + 1)
        """Tellings from here on are brought one by one, hours up to here."""
        self.volumes: Numbers = np.zeros(pace.slots)
        self.watched: dict[str, int] = {}
        """The subjects that are followed into the past, with their places among the counts."""
        self.strange = np.zeros(pace.slots)
        """What sources told of `volumes` that are too young to compare (see `settle`)."""
        self.known_days: NDArray[np.bool_] = np.zeros(pace.slots // pace.day, bool)
        """Which days were read whole, as soon as all is settled."""
        self.first_told: dict[int, int] = {}
        self._counts = np.zeros((pace.slots, 0), _SMALL)
        self._strange: dict[str, list[int]] = {}
        self._tellings: list[Telling] = []
        self._once: list[tuple[int, int, int | None]] = []
        self._recent: dict[str, list[int]] = {}
        self._of_source: Counter[int] = Counter()
        self._united: dict[str, str] = {}

    def tell(self, tellings: Iterable[Telling]) -> None:
        """Take in what was told since `since`, in any order."""
        lately = (one for one in tellings if self.since < one.at <= self.now)
        self._tellings = sorted(lately, key=lambda one: (one.at, one.signal_id))
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self._tellings):
            story = -one.signal_id if one.story is None else one.story
            self._once.append((one.source, story, self.slot(one.at)))
            for subject in self._subjects(one):
                found[subject].append(place)
        self._recent = dict(found)
        self._of_source = Counter(one.source for one in self._tellings if not one.backlog)

    @property
    def recent(self) -> Collection[str]:
        """The subjects of the last days."""
        return self._recent.keys()

    def tellings(self, subject: str) -> list[Telling]:
        """A subject's tellings of the last days, oldest first."""
        return [self._tellings[place] for place in self._recent.get(subject, ())]

    def is_told(self, subject: str, times: int, sources: int) -> bool:
        """Whether a subject was told so often in the last days, by so many sources."""
        places = self._recent.get(subject, ())
        if len(places) < times:
            return False
        return len({self._once[place][0] for place in places}) >= sources

    def spellings(self, subject: str) -> Counter[str]:
        """How a word or a name was spelled in the last days."""
        if not subject.startswith("w:"):
            return Counter()
        return Counter(
            spelling
            for one in self.tellings(subject)
            for key, spelling in one.terms.items()
            if self._united[key] == subject
        )

    def watch(self, subjects: Iterable[str]) -> None:
        """Choose the subjects that are followed into the past."""
        self.watched = {subject: place for place, subject in enumerate(dict.fromkeys(subjects))}
        self._counts = np.zeros((self.pace.slots, len(self.watched)), _SMALL)

    def look_back(self, hours: Iterable[Hour]) -> None:
        """Take in the hours before `since`, in any order."""
        places = self._places
        for hour in hours:
            slot = self.slot(hour.start + _HOUR / 2)
            if slot is None or hour.start >= self.since:
                continue
            self.volumes[slot] += sum(hour.sources.values())
            for source in hour.sources:
                self._note(source, slot)
            told = [(places[name], n) for name, n in hour.counts.items() if name in places]
            if told:
                which, count = np.array(told).T
                np.add.at(self._counts[slot], which, count.astype(_SMALL))

    @cached_property
    def _places(self) -> dict[str, int]:
        """The marks under which watched subjects were counted, with their places."""
        return {
            name: place
            for subject, place in self.watched.items()
            for name in self._spelled(subject)
        }

    def settle(self) -> None:
        """Count what was told one by one, and set apart what sources told that are too young.

        A source that is read for less than half of the known past brings its own subjects along:
        what it tells is new to us, not to the world.
        """
        placed = [
            (one.source, slot)
            for one, (*_, slot) in zip(self._tellings, self._once, strict=True)
            if not one.backlog and slot is not None
        ]
        for source, slot in placed:
            self._note(source, slot)
        young = self._young()
        for source, slot in placed:
            self.volumes[slot] += 1
            self.strange[slot] += source in young
        for subject, place in self.watched.items():
            for source, _, when in {self._once[number] for number in self._countable(subject)}:
                if when is None:
                    continue
                self._counts[when, place] += 1
                if source in young:
                    self._strange.setdefault(subject, []).append(when)
        self.known_days = known_days(self.volumes, self.pace.day)

    def counts_of(self, subject: str) -> Numbers:
        """The counts of a watched subject, per slot."""
        return self._counts[:, self.watched[subject]].astype(np.float64)

    def comparable(self, subjects: Sequence[str], last: int | None = None) -> Numbers:
        """K × slots: counts of subjects without those of sources too young to compare.

        Of the `last` slots only where that is given, which those young sources all are in.
        """
        places = [self.watched[subject] for subject in subjects]
        first = 0 if last is None else max(0, self.pace.slots - last)
        counts = np.ascontiguousarray(self._counts[first:, places].T, dtype=np.float64)
        for row, subject in zip(counts, subjects, strict=True):
            for slot in self._strange.get(subject, ()):
                row[slot - first] -= 1
        return counts

    def once(self, subject: str, span: timedelta) -> list[Telling]:
        """A subject's tellings within `span` of now, each story once by each source.

        Once an hour: what a source adds to a story later on is news.
        """
        since = self.now - span
        found: dict[tuple[int, int, int | None], Telling] = {}
        for place in self._countable(subject):
            one = self._tellings[place]
            if one.at > since:
                found.setdefault(self._once[place], one)
        return list(found.values())

    def slot(self, at: datetime) -> int | None:
        """The slot in which a moment lies, None outside of all."""
        back = (self.now - at) // self.pace.slot
        return self.pace.slots - 1 - back if 0 <= back < self.pace.slots else None

    @property
    def known(self) -> int:
        """How many days before the last are known."""
        return int(self.known_days[:-1].sum())

    @cached_property
    def active(self) -> int:
        """How many sources told anything in the last days."""
        return len({one.source for one in self._tellings if one.counts_for_something})

    def share_of(self, source: int) -> float:
        """The share of a source in everything told in the last days."""
        return self._of_source[source] / max(1, self._of_source.total())

    def _countable(self, subject: str) -> Iterator[int]:
        tellings = self._tellings
        return (n for n in self._recent.get(subject, ()) if not tellings[n].backlog)

    def _young(self) -> frozenset[int]:
        begun = min(self.first_told.values(), default=0)
        middle = (begun + self.pace.slots) / 2
        return frozenset(source for source, slot in self.first_told.items() if slot > middle)

    def _note(self, source: int, slot: int) -> None:
        self.first_told[source] = min(slot, self.first_told.get(source, slot))

    def _subjects(self, one: Telling) -> set[str]:
        found = {self._united.get(key) or self._unite(key) for key in one.terms}
        found.update(f"t:{topic}" for topic in one.topics)
        if one.story is not None:
            found.add(f"s:{one.story}")
        return found

    def _unite(self, key: str) -> str:
        subject = self._united[key] = f"w:{self.lexicon.united(key)}"
        return subject

    def _spelled(self, subject: str) -> set[str]:
        """The marks under which a subject was counted."""
        kind, key = parted(subject)
        if kind is not TrendKind.WORD:
            return {subject}
        return {subject, *(f"w:{other}" for other in self.lexicon.keys_of(key))}
