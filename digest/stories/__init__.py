"""Stories: which signals are about one event, and what each adds to it."""

from digest.stories.index import (
    ALONE,
    SERIES,
    WINDOW,
    StoryIndex,
    StoryItem,
    StoryPlacement,
    StorySummary,
    text_fingerprint,
)

__all__ = [
    "ALONE",
    "SERIES",
    "WINDOW",
    "StoryIndex",
    "StoryItem",
    "StoryPlacement",
    "StorySummary",
    "text_fingerprint",
]
