"""Weeklies, story updates and the most per day, as they are planned on a real database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from digest.model import (
    DigestKind,
    Layout,
    Relation,
    Subscriber,
    WeeklyTime,
    Wishes,
)
from storage import StoredDigest
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON

MONDAY_NINE = WeeklyTime(0, time(9))
# The Monday after NOON, nine in Shanghai.
DUE = datetime(2026, 3, 16, 1, tzinfo=UTC)
ALL = Wishes(min_score=0)


async def last(desk: Desk, reader: Subscriber) -> StoredDigest:
    found = await desk.storage.digests.latest_for(reader.id)
    assert found is not None
    return found


def test_noon_is_a_day_of_the_week_before_the_due_monday():
    assert timedelta(0) < DUE - NOON < timedelta(days=7)


async def test_a_weekly_comes_once_and_leaves_the_daily_window_alone(desk: Desk) -> None:
    reader = await desk.reader(weekly=MONDAY_NINE, digest_times=(), instant=False)
    assert reader.subscription.next_weekly_at == DUE
    told = await desk.news.publish("本周大事", at=NOON + timedelta(hours=1), total=70)
    desk.time.now = DUE - timedelta(seconds=1)
    assert await desk.planner.run_due() == 0
    desk.time.now = DUE
    assert await desk.planner.run_due() == 1
    assert await desk.planner.run_due() == 0
    assert await desk.restarted().run_due() == 0
    weekly = await last(desk, reader)
    assert (weekly.kind, weekly.signal_ids) == (DigestKind.WEEKLY, (told.id,))
    assert "2026 年第 11 周" in weekly.parts[0]["text"]
    assert "周报是回顾" in weekly.parts[0]["text"]
    after = (await desk.again(reader)).subscription
    assert after.next_weekly_at == DUE + timedelta(days=7)
    assert after.considered_until == reader.subscription.considered_until


async def test_a_weekly_shows_again_what_a_daily_brought(desk: Desk) -> None:
    reader = await desk.reader(weekly=MONDAY_NINE, instant=False)
    told = await desk.news.publish(at=NOON + timedelta(hours=1), total=70)
    assert await desk.digest_hour(reader) == 1
    assert await desk.settle() == 1
    desk.time.now = DUE
    await desk.planner.run_due()
    assert (await last(desk, reader)).signal_ids == (told.id,)
    assert (await last(desk, reader)).kind is DigestKind.WEEKLY


async def test_an_empty_week_is_silent(desk: Desk) -> None:
    reader = await desk.reader(weekly=MONDAY_NINE, digest_times=(), wishes=Wishes(words=("鲸",)))
    await desk.news.publish("别的事", at=NOON + timedelta(hours=1), total=70)
    desk.time.now = DUE
    assert await desk.planner.run_due() == 0
    assert (await desk.again(reader)).subscription.next_weekly_at == DUE + timedelta(days=7)


async def test_a_weekly_that_is_late_waits_for_the_end_of_the_quiet_hours(desk: Desk) -> None:
    reader = await desk.reader(weekly=MONDAY_NINE, digest_times=(), instant=False)
    told = await desk.news.publish(at=NOON + timedelta(hours=1), total=70)
    desk.time.now = DUE + timedelta(hours=16)  # one in the morning, we were down
    assert await desk.planner.run_due() == 0
    desk.time.now = DUE + timedelta(hours=22)
    assert await desk.planner.run_due() == 1
    assert (await last(desk, reader)).signal_ids == (told.id,)


async def test_a_weekly_late_in_the_week_is_about_that_week(desk: Desk) -> None:
    friday = WeeklyTime(4, time(18))
    reader = await desk.reader(weekly=friday, digest_times=(), instant=False)
    told = await desk.news.publish(at=NOON + timedelta(hours=1), total=70)
    due = reader.subscription.next_weekly_at
    assert due is not None
    assert due < DUE
    desk.time.now = due
    assert await desk.planner.run_due() == 1
    assert (await last(desk, reader)).signal_ids == (told.id,)


# --- stories -----------------------------------------------------------------------------

STORIES: dict[str, Any] = {
    "digest_times": (),
    "instant": False,
    "story_updates": True,
    "quiet_from": time(0),
    "quiet_to": time(0),
    "wishes": Wishes(min_score=90),
}


async def test_who_was_sent_a_story_hears_of_its_news(desk: Desk) -> None:
    knowing, _stranger = await desk.reader(**STORIES), await desk.reader(**STORIES)
    lead = await desk.news.publish("第一报", at=NOON, total=50)
    await desk.storage.subscribers.mark_delivered(knowing.id, [lead.id], NOON)
    assert await desk.planner.run_instant() == 0
    desk.time.pass_(hours=37)
    await _update(desk, lead.id)
    assert await desk.planner.run_instant() == 1
    assert await desk.planner.run_instant() == 0
    assert await desk.restarted().run_instant() == 0
    sent = await last(desk, knowing)
    assert sent.kind is DigestKind.STORY
    assert "🧵 专题更新" in sent.parts[0]["text"]


async def test_a_saved_or_followed_story_counts_as_known(desk: Desk) -> None:
    saving, following = await desk.reader(**STORIES), await desk.reader(**STORIES)
    lead = await desk.news.publish("第一报", at=NOON, total=50)
    default = await desk.storage.collections.default(saving.id, NOON, "默认")
    await desk.storage.collections.save(default.id, lead.id, NOON)
    desk.time.pass_(hours=5)
    update = await _update(desk, lead.id)
    wanted = replace(following.subscription, stories=(update.story_id or 0,), story_updates=False)
    await desk.storage.subscribers.save_subscription(following.id, wanted)
    assert await desk.planner.run_instant() == 2


async def test_what_is_muted_is_no_story_update(desk: Desk) -> None:
    mutes = replace(STORIES["wishes"], mutes=("后续",))
    reader = await desk.reader(**{**STORIES, "wishes": mutes})
    lead = await desk.news.publish("第一报", at=NOON, total=50)
    await desk.storage.subscribers.mark_delivered(reader.id, [lead.id], NOON)
    desk.time.pass_(hours=5)
    await _update(desk, lead.id)
    assert await desk.planner.run_instant() == 0


async def test_a_strong_update_is_pushed_once_to_who_wants_both(desk: Desk) -> None:
    reader = await desk.reader(**{**STORIES, "instant": True, "wishes": ALL})
    lead = await desk.news.publish("第一报", at=NOON, total=50)
    await desk.storage.subscribers.mark_delivered(reader.id, [lead.id], NOON)
    desk.time.pass_(hours=5)
    await _update(desk, lead.id, total=95)
    assert await desk.planner.run_instant() == 1
    assert (await last(desk, reader)).kind is DigestKind.INSTANT


async def _update(desk: Desk, lead: int, total: int = 45) -> Any:
    return await desk.news.publish(
        "后续进展",
        at=desk.time(),
        published_at=desk.time(),
        total=total,
        story_of=lead,
        relation=Relation.UPDATE,
    )


# --- the most per day ----------------------------------------------------------------------


async def test_what_the_day_has_no_room_for_comes_in_the_next_digest(desk: Desk) -> None:
    reader = await desk.reader(max_a_day=3, instant=False, digest_times=(time(20), time(8)))
    made = [
        await desk.news.publish(at=NOON, total=90 - number, column=column)
        for number, column in enumerate(("ai", "ai", "tech", "tech", "business"))
    ]
    assert await desk.digest_hour(reader) == 1
    assert await desk.settle() == 1
    evening = await last(desk, reader)
    assert len(evening.signal_ids) == 3
    assert "今天到了你设的每天上限，另有 2 条留到下一份摘要。" in evening.parts[0]["text"]
    assert await desk.digest_hour(reader) == 1
    assert await desk.settle() == 1
    morning = await last(desk, reader)
    assert len(morning.signal_ids) == 2
    assert {*evening.signal_ids, *morning.signal_ids} == {one.id for one in made}
    assert "上限" not in morning.parts[0]["text"]


async def test_alerts_count_and_a_full_day_has_no_more_of_them(desk: Desk) -> None:
    reader = await desk.reader(max_a_day=1, digest_times=(time(20),))
    first = await desk.news.publish(at=NOON, total=95)
    assert await desk.planner.run_instant() == 1
    assert await desk.settle() == 1
    second = await desk.news.publish(at=NOON, total=94)
    assert await desk.planner.run_instant() == 0
    assert await desk.digest_hour(reader) == 0  # the day is full
    assert (await desk.again(reader)).subscription.considered_until != desk.time()
    assert await desk.digest_hour(reader) == 1
    assert (await last(desk, reader)).signal_ids == (second.id,)
    assert first.id != second.id


async def test_an_alert_held_overnight_counts_for_the_day_it_comes(desk: Desk) -> None:
    await desk.reader(max_a_day=1, digest_times=())
    desk.time.now = NOON + timedelta(hours=11, minutes=30)  # half past eleven at night
    await desk.news.publish(at=desk.time(), total=95, published_at=desk.time())
    await desk.news.publish(at=desk.time(), total=94, published_at=desk.time())
    assert await desk.planner.run_instant() == 1


async def test_the_layout_is_part_of_what_readers_share(desk: Desk) -> None:
    full = await desk.reader(instant=False)
    compact = await desk.reader(instant=False, wishes=replace(ALL, layout=Layout.COMPACT))
    await desk.news.publish("新芯片发布", at=NOON)
    desk.time.now = full.subscription.next_digest_at or NOON
    assert await desk.planner.run_due() == 2
    one, other = await last(desk, full), await last(desk, compact)
    assert one.id != other.id
    assert len(one.parts[0]["text"]) > len(other.parts[0]["text"])


@pytest.fixture(autouse=True)
async def nobody_is_owed_twice(desk: Desk) -> AsyncIterator[None]:
    """Whatever was planned: no daily, alert or story update repeats a signal."""
    yield
    query = text(
        "SELECT d.subscriber_id, s.signal_id FROM deliveries d JOIN digest_signals s"
        " ON s.digest_id = d.digest_id AND s.part = d.part JOIN digests g ON g.id = d.digest_id"
        " WHERE g.kind <> 'weekly' GROUP BY 1, 2 HAVING count(*) > 1"
    )
    async with desk.storage.database.read() as connection:
        assert (await connection.execute(query)).all() == []
