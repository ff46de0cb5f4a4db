"""Publishing policies: what goes out at once, and what an editor sees first.

A source's own policy outranks its column's, which outranks the one for everything. A signal that
is kept back carries a `Hold`: why, and what becomes of it when nobody looks at it in time. The
hold is settled when the signal is read, so what a card says is what happens.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from digest.model import SignalState

DEFAULT = "default"
EDITOR = "editor"
"""The scope of a hold that an editor ordered: no policy ever lets it go."""
REJECTED_BEFORE = "rejected"
"""The scope of a hold on what repeats something that an editor has rejected."""
MOST_HOURS = 14 * 24


class Mode(StrEnum):
    """Everything at once; at once from a score upwards, the rest reviewed; everything reviewed."""

    AUTOMATIC = "automatic"
    ABOVE = "above"
    REVIEWED = "reviewed"


class Fall(StrEnum):
    """What becomes of a signal that nobody reviewed in time.

    `above` publishes from a score upwards and rejects the rest; `wait` keeps it for ever.
    """

    WAIT = "wait"
    PUBLISH = "publish"
    REJECT = "reject"
    ABOVE = "above"


class Reason(StrEnum):
    """Why a signal was rejected; `unseen` is the policy's own, when nobody reviewed it in time."""

    DUPLICATE = "duplicate"
    ADVERT = "advert"
    IRRELEVANT = "irrelevant"
    WRONG = "wrong"
    OLD = "old"
    OTHER = "other"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Policy:
    """How what is new is published. Scores are 0 to 100, from which on it counts as above.

    `hours` is how long a signal waits for a review before it falls to `fall`; they do not matter
    where `fall` is to wait.
    """

    mode: Mode = Mode.AUTOMATIC
    score: int = 60
    fall: Fall = Fall.WAIT
    hours: int = 24
    fall_score: int = 70

    def __post_init__(self) -> None:
        if not 1 <= self.hours <= MOST_HOURS:
            raise ValueError(f"{self.hours} hours are not 1 to {MOST_HOURS}")
        if not all(0 <= score <= 100 for score in (self.score, self.fall_score)):  # noqa: PLR2004
            raise ValueError("a score is 0 to 100")


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a signal waits for review, and what becomes of it at `falls_at` (None: it waits).

    `scope` is "default", "column:<id>", "source:<number>", EDITOR or REJECTED_BEFORE; `score` the
    one that it did not reach, None where the score did not matter.
    """

    scope: str
    score: int | None = None
    fall: Fall = Fall.WAIT
    fall_score: int = 0
    falls_at: datetime | None = None

    def outcome(self, score: int) -> SignalState:
        """What a signal of this score falls to when its time is over."""
        if self.fall is Fall.PUBLISH or (self.fall is Fall.ABOVE and score >= self.fall_score):
            return SignalState.LIVE
        return SignalState.HELD if self.fall is Fall.WAIT else SignalState.REJECTED


@dataclass(frozen=True, slots=True)
class Policies:
    """All that are set; `default` holds where neither source nor column has one of its own."""

    default: Policy = field(default_factory=Policy)
    columns: dict[str, Policy] = field(default_factory=dict)
    sources: dict[int, Policy] = field(default_factory=dict)

    def of(self, source_id: int | None, column: str) -> tuple[str, Policy]:
        """The policy for a source's signal in a column, and the scope that it was set for."""
        if source_id is not None and source_id in self.sources:
            return source_scope(source_id), self.sources[source_id]
        if column in self.columns:
            return column_scope(column), self.columns[column]
        return DEFAULT, self.default


def column_scope(column: str) -> str:
    """The name of a column's policy."""
    return f"column:{column}"


def source_scope(source_id: int) -> str:
    """The name of a source's policy."""
    return f"source:{source_id}"


def decide(policy: Policy, scope: str, score: int, now: datetime) -> Hold | None:
    """Whether a signal of this score is kept back by its policy; None: it is published at once."""
    if policy.mode is Mode.AUTOMATIC or (policy.mode is Mode.ABOVE and score >= policy.score):
        return None
    needed = policy.score if policy.mode is Mode.ABOVE else None
    return falling(Hold(scope, needed), policy, now)


def repeats_rejected(policy: Policy, now: datetime) -> Hold:
    """The hold on what repeats a signal that an editor has rejected.

    Whoever rejected it does not want to find it again from elsewhere; whether it is the same is
    for an editor to say.
    """
    return falling(Hold(REJECTED_BEFORE), policy, now)


def falling(hold: Hold, policy: Policy, held_at: datetime) -> Hold:
    """`hold` with what the policy says of signals that nobody reviews."""
    falls_at = None if policy.fall is Fall.WAIT else held_at + timedelta(hours=policy.hours)
    score = policy.fall_score if policy.fall is Fall.ABOVE else 0
    return replace(hold, fall=policy.fall, fall_score=score, falls_at=falls_at)
