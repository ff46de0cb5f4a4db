"""What the sources of a story say of the same thing."""

from dataclasses import dataclass
from datetime import date

from digest.model import NumberFact, Signal


@dataclass(frozen=True, slots=True)
class Statement:
    """What one signal states: a number of its brief, or one of its points.

    `sentence` is the number of the sentence in its article that says so, `words` that sentence
    or the point; "" when its text is kept no longer.
    """

    signal: Signal
    sentence: int
    words: str
    fact: NumberFact | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """A fact that `told` state, sources independent of one another, the earliest first.

    A number when its first statement has one; `on` is the day of what happened, where days are
    what agrees. `concept` names what a number measures ("revenue"), "" when only its words do.
    """

    told: tuple[Statement, ...]
    concept: str = ""
    on: date | None = None

    @property
    def fact(self) -> NumberFact | None:
        """The number that is agreed upon."""
        return self.told[0].fact


@dataclass(frozen=True, slots=True)
class Figure:
    """One value, and who states it, the earliest first."""

    told: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two or more values of one thing, stated by sources independent of one another.

    The value of most sources comes first, then the earliest.
    """

    concept: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """A value that one source gave before, and the one it gives now."""

    concept: str
    then: Statement
    now: Statement


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a story's sources agree upon, where they disagree, and what one of them revised."""

    agreed: tuple[Agreed, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    revised: tuple[Revised, ...] = ()
