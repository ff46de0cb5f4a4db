"""A signal: where it belongs, what it scores, what it adds to its story."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from digest.model.articles import Article
from digest.model.briefs import Brief, Kind, Translation
from digest.model.sources import Access, FullText


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a signal belongs, and why we think so.

    `topics` are topic ids, strongest first; `cues` maps "column", "kind" and each topic id to the
    words of the article that decided (for explanations).
    """

    column: str
    kind: Kind
    topics: tuple[str, ...] = ()
    cues: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One named part of a score: `points` of at most `ceiling`, from `evidence` ("3 sources")."""

    name: str
    points: float
    ceiling: float
    evidence: str = ""


# Without slots: its sums are kept, for planning asks thousands of times for them.
@dataclass(frozen=True)
class Score:
    """0 to 100, the rounded sum of its parts."""

    parts: tuple[ScorePart, ...]

    @cached_property
    def total(self) -> int:
        """The sum of the parts, clamped to 0..100."""
        return max(0, min(100, round(sum(part.points for part in self.parts))))

    @cached_property
    def novelty(self) -> float:
        """The points for what the last 30 days did not know."""
        return next((part.points for part in self.parts if part.name == "novelty"), 0.0)


class SignalState(StrEnum):
    """`live` is seen by readers, `held` waits for review, `rejected` is hidden.

    `private` was read for those who sent us its link, and is seen by them alone until a source
    brings the same article: then it goes live under its number.
    """

    LIVE = "live"
    HELD = "held"
    REJECTED = "rejected"
    PRIVATE = "private"


class Relation(StrEnum):
    """What a signal is to its story.

    `duplicate`: told before; `update`: new facts about the event (see `Signal.adds`); `follow_up`:
    what came of it, or what others say to it, which reads on its own.
    """

    LEAD = "lead"
    DUPLICATE = "duplicate"
    UPDATE = "update"
    FOLLOW_UP = "follow_up"

    @property
    def is_news(self) -> bool:
        """Whether it has something for those who know its story."""
        return self in {Relation.UPDATE, Relation.FOLLOW_UP}


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure that was another one: number `number` of a brief, `before` till then.

    `before_zh` is how that reads in Chinese, "" where that is not certain; `direction` "up" or
    "down"; `fate` what befell those whom it counts ("失踪", "injured"), "" for other numbers.
    """

    number: int
    before: str
    before_zh: str = ""
    direction: str = ""
    fate: str = ""


@dataclass(frozen=True, slots=True)
class Adds:
    """What a signal adds to what its story had told before it.

    `points` and `numbers` are places in its brief; `changes` are those of its numbers that were
    told before with another figure. `because` says what its relation was decided by
    ("points=2 numbers=1 hours=5"), as the evidence of a score part does.
    """

    points: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    changes: tuple[Changed, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class NameSeen:
    """A name as an article writes it; `pair` is its spelling in the other script, "" for none.

    `kind`: company, institution, product, person, or "" when the article does not show it.
    """

    text: str
    kind: str
    pair: str = ""


@dataclass(frozen=True, slots=True)
class SignalDraft:
    """A signal before storage gave it a number.

    `simple` is a traditional Chinese article in simplified characters, which its brief was made
    from; None for any other article. `names` are those that later articles may profit from.
    """

    article: Article
    brief: Brief
    placement: Placement
    score: Score
    reading_minutes: int
    simple: Translation | None = None
    names: tuple[NameSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenIn:
    """One source that carried the article."""

    source_id: int
    title: str
    url: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that belongs to a signal, made by us from what an editor sent.

    `file_id` is what Telegram calls it once it was sent there, "" before.
    """

    id: int
    width: int
    height: int
    file_id: str = ""


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A JPEG of ours without anything but its picture, in pixels."""

    body: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Signal:
    """What readers see: entry + article + brief + column + topics + score.

    `title` is the original's title; `seen_in` lists the sources, the first one leading.
    `others` counts further signals of the same story, `told_by` the sources of all of them (0
    without a story). `adds`: what it has that its story had not, None when that was not compared.
    `backlog` marks what was already there when its source was first polled:
    found by queries, never pushed. `full_text` is what the leading
    source allows; `access` is the signal's own setting, else the leading source's.
    """

    id: int
    url: str
    title: str
    lang: str
    brief: Brief
    placement: Placement
    score: Score
    reading_minutes: int
    created_at: datetime
    published_at: datetime | None = None
    utc_offset_min: int | None = None
    author: str = ""
    site: str = ""
    seen_in: tuple[SeenIn, ...] = ()
    story_id: int | None = None
    relation: Relation = Relation.LEAD
    adds: Adds | None = None
    others: int = 0
    told_by: int = 0
    views: int = 0
    backlog: bool = False
    note: str = ""
    state: SignalState = SignalState.LIVE
    article_id: int = 0
    full_text: FullText = FullText.EXCERPT
    access: Access = Access.PUBLIC
    photo: Photo | None = None
    live_at: datetime | None = None

    @property
    def arrived_at(self) -> datetime:
        """When readers could first see it: later than it was read when an editor had to agree."""
        return self.live_at or self.created_at

    @property
    def when(self) -> datetime:
        """The time shown to readers: the original's, else when we first saw it."""
        return self.published_at or self.created_at

    @property
    def other_sources(self) -> int:
        """How many sources besides the leading one tell this or another signal of its story."""
        return max(len(self.seen_in), self.told_by, 1) - 1

    @property
    def source_title(self) -> str:
        """The leading source's name, else the site's."""
        return self.seen_in[0].title if self.seen_in else self.site
