"""Reports of trends as storage keeps them, for the tests of what people see of them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from digest.trends import Phase, Trend, TrendKind, Trends
from digest.trends.packing import pack_report
from storage import Storage
from storage.schema import trend_reports
from storage.trend_counts import hour_of
from tests.newsdesk import NOON

HOUR = timedelta(hours=1)


def trend(key: str = "llm", kind: TrendKind = TrendKind.TOPIC, **how: Any) -> Trend:
    """A topic told 12 times in 24 hours instead of 3, since five hours before NOON."""
    given: dict[str, Any] = {
        "name": key,
        "phase": Phase.RISING,
        "now": 12,
        "usual": 3.1,
        "strength": 3.0,
        "began_at": NOON - 5 * HOUR,
        "days": (*[3] * 14, 12),
        "hours": (*[0] * 36, *[1] * 12),
        "sources": 6,
        "rank": 1,
        "rank_before": 3,
    }
    return Trend(kind=kind, key=key, **(given | how))


def report(*rising: Trend, at: datetime = NOON, **how: Any) -> Trends:
    """A report of what rises."""
    return Trends(at, rising=rising, **({"past": 20} | how))


async def keep(storage: Storage, made: Trends) -> None:
    """Let this be the report of its minutes, whatever was counted."""
    # What no method writes is written past them.
    async with storage.trends._database.write() as connection:
        await connection.execute(delete(trend_reports))
        row = {"hour": hour_of(made.at), "made_at": made.at, "report": pack_report(made)}
        await connection.execute(trend_reports.insert().values(**row))


async def keep_all(storage: Storage, *made: Trends) -> None:
    """Let these be the last reports of their hours."""
    rows = [
        {"hour": hour_of(one.at), "made_at": one.at, "report": pack_report(one)} for one in made
    ]
    async with storage.trends._database.write() as connection:
        await connection.execute(delete(trend_reports))
        await connection.execute(trend_reports.insert(), rows)
