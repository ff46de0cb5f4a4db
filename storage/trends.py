"""What trends are made of: counts of what was told, hour by hour."""

from datetime import datetime

from digest.trends import Curve, Phase, Trend, TrendKind, Trends, trend_report
from digest.trends.topics import TopicTrend
from storage.database import Database
from storage.signals import Signals

_DAYS = 15


class TrendStore:
    """Reports and curves."""

    def __init__(self, database: Database, signals: Signals) -> None:
        self._database = database
        self._signals = signals

    async def report(self, now: datetime) -> Trends:
        """What moves now."""
        made = trend_report(await self._signals.topic_days(_DAYS, now))
        rising = tuple(
            _trend(one, Phase.RISING, place) for place, one in enumerate(made.rising, 1)
        )
        busiest = tuple(_trend(one, Phase.STEADY, None) for one in made.busiest)
        return Trends(now, rising=rising, busiest=busiest, past=made.past)

    async def curve(self, kind: TrendKind, key: str, now: datetime, days: int) -> Curve:
        """The counts of one subject in the last `days` spans of 24 hours."""
        report = await self.report(now)
        counts: list[int] = []
        if kind is TrendKind.TOPIC:
            counts = (await self._signals.topic_days(days, now, topic=key)).get(key, [])
        return Curve(kind, key, tuple(counts or [0] * days), (), report.find(kind, key))


def _trend(one: TopicTrend, phase: Phase, rank: int | None) -> Trend:
    times = one.now / one.usual if one.usual else float(one.now)
    return Trend(
        kind=TrendKind.TOPIC,
        key=one.topic,
        name=one.topic,
        phase=phase,
        now=one.now,
        usual=one.usual,
        strength=round(times, 2),
        began_at=None,
        days=one.spans,
        rank=rank,
    )
