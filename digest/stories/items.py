"""What the index of stories is told of a signal, and what it answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.model import Brief, Relation, Signal

WINDOW = timedelta(days=7)
SERIES = 3
"""So many live signals within WINDOW make a story a 专题."""


@dataclass(frozen=True, slots=True)
class StoryItem:
    """What deciding about stories needs of one signal.

    `also` is its headline in another language, where there is one: the Chinese headline of an
    English article, or its translated title.
    """

    signal_id: int
    story_id: int | None
    title: str
    lead_text: str
    lang: str
    keywords: tuple[str, ...]
    numbers: tuple[str, ...]
    at: datetime
    score: int
    also: str = ""


@dataclass(frozen=True, slots=True)
class StoryPlacement:
    """Where a signal belongs: `story_of` is a signal of its story, None when it stands alone."""

    story_of: int | None
    relation: Relation
    similarity: float


@dataclass(frozen=True, slots=True)
class StorySummary:
    """A story at a glance: its lead, how many live signals it has, from how many sources.

    `opened_at` and `updated_at` are the dates of its oldest and its newest signal; `fresh` of its
    signals are dated within the time that was asked about. `closed_at`: nothing was told of it for
    `WINDOW` then, and nothing joins it any more; None while it is open. `follows` is an earlier
    story of the same event that had closed, `followed_by` the later one, both by their ids.
    `series_at`: since when it is a 专题, with `SERIES` live signals within `WINDOW`.
    """

    id: int
    lead: Signal
    signals: int
    sources: int
    updated_at: datetime
    opened_at: datetime
    fresh: int = 0
    closed_at: datetime | None = None
    follows: int | None = None
    followed_by: int | None = None
    series_at: datetime | None = None

    @property
    def is_series(self) -> bool:
        """Whether it is a 专题."""
        return self.series_at is not None


def told_otherwise(brief: Brief, lang: str) -> str:
    """The headline of a brief for `StoryItem.also`; "" where it is in the article's language."""
    return brief.headline if brief.headline_lang[:2] != lang[:2] else ""


ALONE = StoryPlacement(None, Relation.LEAD, 0.0)
