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

__all__ = [
    "HOURS",
    "Count",
    "Curve",
    "HotRank",
    "Phase",
    "Trend",
    "TrendKind",
    "Trends",
]
