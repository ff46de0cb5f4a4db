"""Stories: which signals are about one event, and what each adds to it."""

from digest.stories.fingerprint import text_fingerprint
from digest.stories.index import StoryIndex
from digest.stories.items import (
    ALONE,
    SERIES,
    WINDOW,
    StoryItem,
    StoryPlacement,
    StorySummary,
    told_otherwise,
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
    "told_otherwise",
]
