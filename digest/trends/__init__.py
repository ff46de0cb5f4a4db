"""Trends: what is told unusually often or seldom, against its own past."""

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
    "Fading",
    "TopicTrend",
    "TrendReport",
    "fading_topics",
    "known_past",
    "rising_topics",
    "trend_report",
]
