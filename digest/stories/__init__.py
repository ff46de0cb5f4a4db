"""Stories: which signals are about one event, and what each adds to it.

The index (`digest.stories.index`) is left to those who make one: numpy takes a while to load.
"""

from digest.stories.fingerprint import text_fingerprint
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
    "StoryItem",
    "StoryPlacement",
    "StorySummary",
    "text_fingerprint",
    "told_otherwise",
]
