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
    TopicTrend,
    TrendReport,
    fading_topics,
    known_past,
    rising_topics,
    trend_report,
)

__all__ = [
    "HOURS",
    "Count",
    "Curve",
    "Fading",
    "HotRank",
    "Phase",
    "TopicTrend",
    "Trend",
    "TrendKind",
    "TrendReport",
    "Trends",
    "fading_topics",
    "known_past",
    "rising_topics",
    "trend_report",
]
