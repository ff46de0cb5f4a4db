"""A weekly report as it is kept: which signals it speaks of and why, never their words.

The words come from the signals themselves when it is shown, so that what was corrected or taken
back since is corrected and gone here too; what was chosen and counted stays as it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from digest.model import Signal
from digest.weekly import Tally, Week


class Came(StrEnum):
    """What a step of a story is: a later signal's own words, or a figure that is another now.

    `change`: one article says from what to what; `figure`: an earlier one said another number.
    """

    NEWS = "news"
    CHANGE = "change"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that came of a story, told by signal `signal_id`.

    Of news `point` is its place in the brief, None for the headline. Of figures `fact` is the
    article's wording of the number, and of an earlier one `earlier` the signal and `before` the
    wording there.
    """

    came: Came
    signal_id: int
    point: int | None = None
    fact: str = ""
    earlier: int = 0
    before: str = ""


class Phase(StrEnum):
    """Whether a story just goes on, or came back after nothing had been told of it for a week."""

    OPEN = "open"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class TopStory:
    """A story of the week by its lead, how much it was told within the week, what came of it."""

    story_id: int
    signal_id: int
    signals: int
    sources: int
    first_at: datetime
    last_at: datetime
    steps: tuple[Step, ...] = ()
    phase: Phase = Phase.OPEN


@dataclass(frozen=True, slots=True)
class FigureRef:
    """A number of the week: the signal that tells it and the article's wording of it."""

    signal_id: int
    fact: str


@dataclass(frozen=True, slots=True)
class Move:
    """What rose or faded: a topic (or what else trends know) with its count and usual count.

    `signals` are a few that told a word or a name, which is shown as long as one of them is.
    """

    kind: str
    key: str
    name: str
    count: int
    usual: float
    up: bool
    signals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is still open: gap number `place` of a signal, or its dated event `on` to come."""

    signal_id: int
    place: int
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One week in `zone`. `made_at` is when it was put together, `until` the end of its window.

    `days` counts signals per column for Monday to Sunday; `picks` are the best signals of each
    column, more than are shown at once, in the order of their worth; so are stories, figures.
    """

    week: Week
    zone: str
    window_from: datetime
    until: datetime
    made_at: datetime
    tally: Tally
    days: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    picks: tuple[tuple[str, tuple[int, ...]], ...] = ()
    stories: tuple[TopStory, ...] = ()
    figures: tuple[FigureRef, ...] = ()
    moves: tuple[Move, ...] = ()
    ahead: tuple[Ahead, ...] = ()

    @property
    def signal_ids(self) -> tuple[int, ...]:
        """Every signal that it speaks of, once."""
        found: dict[int, None] = {}
        for _, ids in self.picks:
            found.update(dict.fromkeys(ids))
        for story in self.stories:
            found[story.signal_id] = None
            for step in story.steps:
                found[step.signal_id] = None
                if step.earlier:
                    found[step.earlier] = None
        found.update(dict.fromkeys(one.signal_id for one in self.figures))
        found.update(dict.fromkeys(one.signal_id for one in self.ahead))
        found.update(dict.fromkeys(number for one in self.moves for number in one.signals))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Edits:
    """What editors changed of a report, for all who get it; lines go by their keys.

    `dropped` are left out; those in `order` come first, in this order; `lines` has an editor's
    words for a line by language, `foreword` what stands above everything.
    """

    dropped: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    lines: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    foreword: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nobody has changed anything."""
        return not (self.dropped or self.order or self.lines or self.foreword)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that introduces the week, and the signals (at most two) that it rests on.

    `briefs` is what they said when the sentence was checked (see `briefs_of`), "" where that was
    not noted.
    """

    text: str
    signals: tuple[int, ...]
    briefs: str = field(default="", compare=False)


Intro = Mapping[str, tuple[Said, ...]]
"""The sentences that introduce the week, by language; written by a model and checked."""

UNEDITED = Edits()


def briefs_of(signals: Iterable[Signal]) -> str:
    """Equal as long as nothing is changed in what these signals say: 16 hex digits."""
    told = [
        (one.id, one.title, one.brief.headline, one.brief.points, one.brief.numbers)
        for one in signals
    ]
    return sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:16]


def story_key(story_id: int) -> str:
    """The line of a story."""
    return f"s{story_id}"


def signal_key(signal_id: int) -> str:
    """The line of a signal on its column's shelf."""
    return f"i{signal_id}"


def figure_key(figure: FigureRef) -> str:
    """The line of a number of the week."""
    return f"f{figure.signal_id}"


def move_key(move: Move) -> str:
    """The line of what rose or faded."""
    return f"m{move.kind}:{move.key}"


def ahead_key(ahead: Ahead) -> str:
    """The line of what is still open."""
    return f"a{ahead.signal_id}.{ahead.place}.{'d' if ahead.on else 'g'}"
