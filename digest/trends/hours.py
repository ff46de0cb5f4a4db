"""What was told, telling by telling, and hours of it counted. Nothing here needs numpy."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.trends.model import TrendKind

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

    @property
    def counts_for_something(self) -> bool:
        """Whether it has any mark."""
        return bool(self.terms or self.topics) or self.story is not None

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
