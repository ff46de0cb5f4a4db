"""Why a reader was sent a signal: the rules of the wishes that it met, and what it counted."""

from dataclasses import dataclass
from typing import Any

from digest.compose import matches
from digest.model import ScorePart, Signal, Wishes
from digest.weights import pull, selection

EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class Reason:
    """`rules` are "all" or what was followed ("column:ai", "topic:llm"), strongest first.

    `score` is the score at that time, `pull` the points that the reader's weights added, `least`
    what both together had to reach.
    """

    rules: tuple[str, ...]
    score: int
    pull: int
    least: int


def reason_of(signal: Signal, wishes: Wishes, least: int | None = None) -> Reason:
    """Why `signal` meets `wishes` (it has no rules when it meets none of them)."""
    return Reason(
        rules=rules_met(signal, wishes),
        score=signal.score.total,
        pull=pull(signal, wishes),
        least=wishes.min_score if least is None else max(least, wishes.min_score),
    )


def rules_met(signal: Signal, wishes: Wishes) -> tuple[str, ...]:
    """What of the followed a signal is: its topics, then its column; "all" for who takes all."""
    if not (wishes.columns or wishes.topics):
        return (EVERYTHING,)
    topics = tuple(f"topic:{one}" for one in signal.placement.topics if one in wishes.topics)
    column = signal.placement.column
    return (*topics, f"column:{column}") if column in wishes.columns else topics


def reason_data(reason: Reason) -> dict[str, Any]:
    """A reason as plain data, to be kept with a delivery."""
    return {
        "rules": list(reason.rules),
        "score": reason.score,
        "pull": reason.pull,
        "least": reason.least,
    }


def read_reason(data: dict[str, Any]) -> Reason:
    """The reason that `reason_data` wrote."""
    return Reason(tuple(data["rules"]), data["score"], data["pull"], data["least"])


def obstacle(signal: Signal, wishes: Wishes) -> str:
    """What keeps `signal` from being pushed: "rules", "score", "muted"; "" when nothing does."""
    if matches(signal, wishes):
        return ""
    if not rules_met(signal, wishes):
        return "rules"
    return "score" if selection(signal, wishes) < wishes.min_score else "muted"


def evidence_of(part: ScorePart) -> tuple[tuple[str, str], ...]:
    """`"points=3 age_h=5"` as pairs; a value that is not known makes a name of its own."""
    found = []
    for word in part.evidence.split():
        name, _, value = word.partition("=")
        if value == "unknown":
            found.append((f"{name}.unknown", ""))
        elif value:
            found.append((name, value))
    return tuple(found)
