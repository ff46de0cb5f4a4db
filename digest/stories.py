"""Stories: which signals are about one event."""

from dataclasses import dataclass
from datetime import datetime

from digest.model import Relation


@dataclass(frozen=True, slots=True)
class StoryItem:
    """What deciding about stories needs of one signal."""

    signal_id: int
    story_id: int | None
    title: str
    lead_text: str
    lang: str
    keywords: tuple[str, ...]
    numbers: tuple[str, ...]
    at: datetime
    score: int


@dataclass(frozen=True, slots=True)
class StoryPlacement:
    """Where a signal belongs: `story_of` is a signal of its story, None when it stands alone."""

    story_of: int | None
    relation: Relation
    similarity: float
