"""The nouns of trends: what is counted, how it stands against its own past, and the report."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.model import Lang

Count = int | None
"""How many there were; None where nobody knows, because nothing was read then."""

HOURS = 48
"""How many hours a Trend tells."""

WEEK = 7
WEEKS_COMPARED = 4
DAYS_NEEDED = WEEK * (WEEKS_COMPARED + 1)
"""How many days of counts a week is compared with, the last one ending with the week."""


class TrendKind(StrEnum):
    """What is counted: a configured topic, a name, a new word, or a story."""

    TOPIC = "topic"
    ENTITY = "entity"
    WORD = "word"
    STORY = "story"


class Phase(StrEnum):
    """Where a subject stands against its own past.

    `starting`: it began to be unusual within the last hours; `rising`: unusual, and no less told
    than before; `holding`: unusual, not growing any more; `fading`: was unusual and is told less
    and less; `quiet`: unusually seldom told; `steady`: as usual; `unknown`: no past to compare.
    """

    STARTING = "starting"
    RISING = "rising"
    HOLDING = "holding"
    FADING = "fading"
    QUIET = "quiet"
    STEADY = "steady"
    UNKNOWN = "unknown"

    @property
    def is_high(self) -> bool:
        """Whether it is told more than usual now."""
        return self in {Phase.STARTING, Phase.RISING, Phase.HOLDING}


@dataclass(frozen=True, slots=True)
class HotRank:
    """A place on a hot list: `place` now and `before` (1 is the top; None: was not on it).

    `name` is the list as it is shown ("微博热搜"), `title` what stood there, `since` when it
    came onto the list.
    """

    name: str
    title: str
    place: int
    before: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Trend:
    """One subject's counts against its own past.

    Counted are signals. `key` is unique within its kind: a topic's id, a story's number, a folded
    spelling. `name` is as written; `pair` the same in the other script, "" for none. `now` is the
    count of the last 24 hours, `usual` how many a day there were before; `strength` is at least
    how many times as often as usual that is (0 where nothing can be said). `began_at` is when it
    began to be unusual, None when it is not. `days` are counts per span of 24 hours, the last
    ending now, and `hours` those of the last 48 hours, oldest first. `is_new`: never told in the
    known past. `signal_ids` are a few of its signals, newest first. `rank` is its place among
    what rises, `rank_before` that of 24 hours ago (None: it had none). `story` is the one that
    most of its signals tell, None when they tell of several things. `person`: it is somebody's
    name.
    """

    kind: TrendKind
    key: str
    name: str
    phase: Phase
    now: int
    usual: float
    strength: float
    began_at: datetime | None
    days: tuple[Count, ...]
    hours: tuple[Count, ...] = ()
    sources: int = 0
    is_new: bool = False
    signal_ids: tuple[int, ...] = ()
    pair: str = ""
    rank: int | None = None
    rank_before: int | None = None
    story: int | None = None
    hot: tuple[HotRank, ...] = ()
    person: bool = False

    def called(self, lang: Lang) -> str:
        """Its name in a reader's language, where that is known."""
        if not self.pair:
            return self.name
        is_chinese = any("\u3400" <= char <= "\u9fff" for char in self.name)
        return self.name if is_chinese == (lang == Lang.ZH) else self.pair


@dataclass(frozen=True, slots=True)
class Trends:
    """What moves at `at`: what rises (strongest first), fades, and was never told before.

    `rising` and `fading` are of every kind; `fresh` are the new words and names among the rising;
    `quiet` are unusually seldom told topics; `busiest` the topics told most, unusual or not;
    `past` is how many days are known.
    """

    at: datetime
    rising: tuple[Trend, ...] = ()
    fading: tuple[Trend, ...] = ()
    fresh: tuple[Trend, ...] = ()
    quiet: tuple[Trend, ...] = ()
    busiest: tuple[Trend, ...] = ()
    past: int = 0

    def find(self, kind: TrendKind, key: str) -> Trend | None:
        """What is told of this subject, None when nothing is."""
        told = (*self.rising, *self.fading, *self.quiet, *self.busiest)
        return next((one for one in told if one.kind == kind and one.key == key), None)


@dataclass(frozen=True, slots=True)
class Curve:
    """One subject's counts per span of 24 hours, the last ending now, oldest first.

    `hours` are those of the last 48 hours; `trend` is how it stands, None where nothing is known.
    """

    kind: TrendKind
    key: str
    days: tuple[Count, ...]
    hours: tuple[Count, ...]
    trend: Trend | None
