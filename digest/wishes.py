"""What a reader wishes to be told, when, and how it should look."""

from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum


class Lang(StrEnum):
    """A language of the interface (articles may be in any language: ISO 639-1 strings)."""

    ZH = "zh"
    EN = "en"


class Layout(StrEnum):
    """How much a list or digest shows of a signal.

    `full`: linked headline, up to two lines and a meta line; `compact`: headline and meta line.
    """

    FULL = "full"
    COMPACT = "compact"


class Wording(StrEnum):
    """In which words a reader sees what was translated: `translation`, `original` or `both`."""

    TRANSLATION = "translation"
    ORIGINAL = "original"
    BOTH = "both"


class LookBackWish(StrEnum):
    """How often a reader is shown something of the past: `off`, at most `daily`, or `weekly`."""

    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader wants to be told. Nothing followed means everything.

    A signal matches when its column is in `columns`, one of its topics in `topics`, its leading
    source's number in `sources`, or one of `words` stands in it (or nothing is followed); when no
    mute means it, and its score is at least `min_score`. A mute is a word, or "column:ai",
    "topic:llm", "source:12". `max_items` is the most a single digest shows. `weights` are
    steps by name ("topic:llm", 2) that count when signals are chosen (digest/weights.py).
    """

    columns: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    mutes: tuple[str, ...] = ()
    min_score: int = 40
    max_items: int = 12
    lang: Lang = Lang.ZH
    sources: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    layout: Layout = Layout.FULL
    wording: Wording = Wording.TRANSLATION
    weights: tuple[tuple[str, int], ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing in particular is followed."""
        return not (self.columns or self.topics or self.sources or self.words)

    def normal(self) -> "Wishes":
        """The same wishes in one spelling, so that equal wishes share one digest."""
        return replace(
            self,
            columns=tuple(sorted(set(self.columns))),
            topics=tuple(sorted(set(self.topics))),
            mutes=tuple(sorted({word.casefold() for word in self.mutes})),
            sources=tuple(sorted(set(self.sources))),
            words=tuple(sorted({word.casefold() for word in self.words})),
            weights=tuple(
                sorted((name, steps) for name, steps in dict(self.weights).items() if steps)
            ),
        )


@dataclass(frozen=True, slots=True)
class WeeklyTime:
    """When the weekly comes: `day` 0 (Monday) to 6, at a local time of day."""

    day: int = 0
    at: time = time(9, 0)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscriber's wishes and schedule. Times are the reader's local ones in `zone` (IANA).

    Each kind of push has its own switch: `instant` (single signals from `instant_score` on, at
    once), `digest_times` (none: no daily digest), `weekly`, `story_updates`: news of
    stories that the reader saved from or was sent, and `trend_alerts`: that a topic or word which
    the reader follows is told of unusually often, as soon as that begins. Of `stories` (by number)
    that the reader follows news comes in any case. `look_back` says how often something of the
    past may come, where there is something worth it (digest/look_backs.py). `paused` holds all of
    them; `stopped` says that the reader has unsubscribed and did not only pause, and means nothing
    without `paused`.

    `quiet_from == quiet_to` means no quiet hours. `max_a_day` is the most signals pushed in a
    local day, 0 for no limit. `next_digest_at`, `next_weekly_at` and `next_look_back_at` are when
    the planner is due;
    `considered_until` is the end of the last daily digest's window.
    """

    wishes: Wishes = Wishes()
    paused: bool = False
    instant: bool = True
    digest_times: tuple[time, ...] = (time(8, 30),)
    weekly: WeeklyTime | None = None
    story_updates: bool = False
    trend_alerts: bool = True
    look_back: LookBackWish = LookBackWish.OFF
    stories: tuple[int, ...] = ()
    zone: str = "Asia/Shanghai"
    quiet_from: time = time(23, 0)
    quiet_to: time = time(7, 0)
    instant_score: int = 80
    max_a_day: int = 0
    next_digest_at: datetime | None = None
    next_weekly_at: datetime | None = None
    next_look_back_at: datetime | None = None
    considered_until: datetime | None = None
    stopped: bool = False

    @property
    def pushes(self) -> bool:
        """Whether anything at all is pushed."""
        stories = self.story_updates or self.stories
        wanted = self.instant or self.digest_times or self.weekly or stories
        past = self.look_back is not LookBackWish.OFF
        return bool(wanted or self.hears_of_trends or past) and not self.paused

    @property
    def hears_of_trends(self) -> bool:
        """Whether there is anything whose beginning trend the reader would be told of."""
        return self.trend_alerts and bool(self.wishes.topics or self.wishes.words)
