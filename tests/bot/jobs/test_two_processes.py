"""Two processes that plan at the same moment, each by its own clock: nothing comes twice."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.jobs.weekly_issues import WeeklyIssues
from digest.model import DigestKind, LookBackWish, Subscriber, WeeklyTime, Wishes
from digest.trends import Phase
from storage import Storage
from storage.schema import audit, deliveries, digests
from storage.weeklies import WeeklyPolicy
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON
from tests.postgres import Server
from tests.trending import keep, report, trend

Pair = tuple[Desk, Desk]
# The one is a moment before the full hour, the other after it.
FULL = NOON + timedelta(hours=1)
A_MOMENT = timedelta(milliseconds=5)


@pytest.fixture(params=["sqlite", "postgresql"])
def jobs_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "jobs.db")
        yield f"sqlite:///{tmp_path}/jobs.db"
        return
    server: Server = request.getfixturevalue("postgres")
    address = server.create(request.getfixturevalue("postgres_template"))
    yield address.render_as_string(hide_password=False)
    server.drop(address)


@pytest.fixture
async def pair(jobs_url: str) -> AsyncIterator[Pair]:
    one, two = await Storage.open(jobs_url), await Storage.open(jobs_url)
    yield Desk(one), Desk(two)
    await one.close()
    await two.close()


def at(pair: Pair, moment: datetime) -> None:
    for desk, apart in zip(pair, (-A_MOMENT, A_MOMENT), strict=True):
        desk.time.now = moment + apart


async def owed(desk: Desk, kind: DigestKind) -> list[int]:
    """How many messages of a kind each reader is owed."""
    query = (
        select(func.count())
        .select_from(deliveries.join(digests, digests.c.id == deliveries.c.digest_id))
        .where(digests.c.kind == kind)
        .group_by(deliveries.c.subscriber_id)
    )
    async with desk.storage.database.read() as connection:
        return list((await connection.execute(query)).scalars())


async def readers(desk: Desk, **wanted: Any) -> list[Subscriber]:
    given = {"digest_times": (), "instant": False, "quiet_from": time(0), "quiet_to": time(0)}
    return [await desk.reader(**(given | wanted)) for _ in range(3)]


async def test_a_trend_is_told_once_and_no_third_of_a_day(pair: Pair) -> None:
    desk, other = pair
    topics = ("llm", "chips", "robotics")
    await readers(desk, wishes=Wishes(topics=topics, min_score=0))
    rising = []
    for topic in topics:
        ids = []
        for number in range(2):
            await desk.news.source(f"s{number}", title=f"第 {number} 家")
            made = await desk.news.publish(
                f"{topic} {number}", at=NOON, source=f"s{number}", topics=(topic,)
            )
            ids.append(made.id)
        began = {"phase": Phase.STARTING, "began_at": NOON - timedelta(hours=2)}
        rising.append(trend(topic, signal_ids=tuple(ids), **began))
    at(pair, FULL)
    for number in (0, 1):  # what each of them has found to begin
        shown = rising if number == 0 else rising[::-1]
        await keep(desk.storage, report(*shown, at=FULL - timedelta(minutes=1)))
        await asyncio.gather(desk.planner.run_trends(), other.planner.run_trends())
        assert await owed(desk, DigestKind.TREND) == [2, 2, 2]


async def test_a_look_back_comes_once(pair: Pair) -> None:
    desk, other = pair
    year = datetime(2025, 3, 11, 1, tzinfo=UTC)
    for number in range(3):
        await desk.news.publish(f"大事 {number}", at=year, published_at=year, total=90 - number)
    await readers(desk, look_back=LookBackWish.DAILY)
    at(pair, datetime(2026, 3, 11, 1, 10, tzinfo=UTC))
    await asyncio.gather(desk.planner.run_due(), other.planner.run_due())
    assert await owed(desk, DigestKind.LOOK_BACK) == [1, 1, 1]


async def test_a_week_has_one_report_let_out_once_and_sent_once(pair: Pair) -> None:
    desk, other = pair
    await desk.news.publish(at=NOON, total=60)
    await readers(desk, weekly=WeeklyTime(0, time(9)))
    policy = WeeklyPolicy(review=True, fall_hours=1)
    await desk.storage.weeklies.set_policy(policy, actor="test", now=NOON)
    jobs = [
        WeeklyIssues(one.storage, taxonomy=one.storage.taxonomy.current, clock=one.time)
        for one in pair
    ]
    monday = datetime(2026, 3, 16, 1, tzinfo=UTC)
    at(pair, monday - timedelta(hours=1))
    assert sum(await asyncio.gather(*(job.run_due() for job in jobs))) == 1
    at(pair, monday + timedelta(hours=1))
    assert sum(await asyncio.gather(*(job.run_due() for job in jobs))) == 1
    async with desk.storage.database.read() as connection:
        falls = select(func.count()).where(audit.c.act == "weekly.fall")
        assert await connection.scalar(falls) == 1
    await asyncio.gather(desk.planner.run_due(), other.planner.run_due())
    assert await owed(desk, DigestKind.WEEKLY) == [1, 1, 1]
