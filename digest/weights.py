"""A reader's weights: 多看 and 少看 move what is chosen, never the score that is shown.

A weight is a number of steps, −3 to +3, on a topic ("topic:llm") or a leading source
("source:12"). Each step counts 5 points when signals are chosen: a signal of 72 points with two
steps more on its topic is chosen as one of 82 would be. Weights do not fade: what a reader sees
on the page of weights is what counts, until the reader changes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digest.model import Signal, Wishes

STEP_POINTS = 5
MOST_STEPS = 3
TOPIC, SOURCE = "topic", "source"


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight as it is kept: `target` is a topic's id or a source's number as text."""

    kind: str
    target: str
    steps: int
    changed_at: datetime

    @property
    def name(self) -> str:
        """As it stands in wishes: "topic:llm"."""
        return weight_name(self.kind, self.target)


def weight_name(kind: str, target: str | int) -> str:
    """The name of a weight in wishes."""
    return f"{kind}:{target}"


def bounded(steps: int) -> int:
    """`steps` within −3 to +3."""
    return max(-MOST_STEPS, min(MOST_STEPS, steps))


def names_of(signal: Signal) -> tuple[str, ...]:
    """The weights that concern a signal: of its topics, strongest first, and of its source."""
    topics = tuple(weight_name(TOPIC, topic) for topic in signal.placement.topics)
    if not signal.seen_in:
        return topics
    return (*topics, weight_name(SOURCE, signal.seen_in[0].source_id))


def pulls(signal: Signal, wishes: Wishes) -> Mapping[str, int]:
    """The steps of the reader's weights that concern `signal`, by name; none that are zero."""
    if not wishes.weights:
        return {}
    weights = dict(wishes.weights)
    return {name: weights[name] for name in names_of(signal) if weights.get(name)}


def pull(signal: Signal, wishes: Wishes) -> int:
    """The points (−30 to 30) that the reader's weights add to the score when choosing.

    A signal of several topics is pulled by all of them, but by no more than three steps in all;
    its source counts besides.
    """
    if not wishes.weights:
        return 0
    found = pulls(signal, wishes)
    topics = sum(steps for name, steps in found.items() if name.startswith(TOPIC))
    sources = sum(steps for name, steps in found.items() if name.startswith(SOURCE))
    return STEP_POINTS * (bounded(topics) + bounded(sources))


def selection(signal: Signal, wishes: Wishes) -> int:
    """What a signal counts for this reader when signals are chosen: its score and the pull."""
    return signal.score.total + pull(signal, wishes)
