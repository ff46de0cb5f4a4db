"""Why a reader was sent a signal: the rules of the wishes that it met, and what it counted."""

from dataclasses import dataclass
from typing import Any

from digest.compose import matches
from digest.model import ScorePart, Signal, Wishes
from digest.weights import pull, selection
from digest.words import has_word

EVERYTHING = "all"
CHOSEN = "editor"


@dataclass(frozen=True, slots=True)
class Reason:
    """`rules` are "all", or what was followed: "word:芯片", "topic:llm", "source:12", "column:ai".

    News of a story that the reader knows has the rule "story:9", what an editor chose readers
    for the rule "editor".

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
    """What of the followed a signal is, the narrowest first; "all" for who takes everything."""
    if wishes.everything:
        return (EVERYTHING,)
    column = signal.placement.column
    source = signal.seen_in[0].source_id if signal.seen_in else None
    return (
        *(f"word:{word}" for word in wishes.words if has_word((word,), signal)),
        *(f"topic:{one}" for one in signal.placement.topics if one in wishes.topics),
        *([f"source:{source}"] if source in wishes.sources else []),
        *([f"column:{column}"] if column in wishes.columns else []),
    )


def story_reason(signal: Signal, wishes: Wishes) -> Reason:
    """Why news of a story that the reader knows was pushed: for the story's sake."""
    return Reason((f"story:{signal.story_id}",), signal.score.total, pull(signal, wishes), 0)


def chosen_reason(signal: Signal, wishes: Wishes) -> Reason:
    """Why a signal was pushed at once that an editor chose readers for."""
    return Reason((CHOSEN,), signal.score.total, pull(signal, wishes), 0)


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
