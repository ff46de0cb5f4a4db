"""Trends: what is told unusually often or seldom, against its own past."""

from digest.trends.model import (
    HOURS,
    Count,
    Curve,
    HotRank,
    Phase,
    Trend,
    TrendKind,
    Trends,
)
from digest.trends.topics import (
    Fading,
    fading_topics,
    known_past,
    rising_topics,
)

__all__ = [
    "HOURS",
    "Count",
    "Curve",
    "Fading",
    "HotRank",
    "Phase",
    "Trend",
    "TrendKind",
    "Trends",
    "fading_topics",
    "known_past",
    "rising_topics",
]
