"""What is pushed to whom, and when: quiet hours, alerts, and digests that fail."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from digest.model import (
    Action,
    DeliveryState,
    Relation,
    Wishes,
)
from handlers.callbacks import pack
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON, score


async def test_a_digest_is_planned_once_whoever_asks_and_however_often(desk: Desk) -> None:
    reader = await desk.reader()
    await desk.news.publish()
    assert await desk.planner.run_due() == 0
    desk.time.now = reader.subscription.next_digest_at or NOON
    assert await desk.planner.run_due() == 1
    assert await desk.planner.run_due() == 0
    assert await desk.restarted().run_due() == 0
    again = await desk.again(reader)
    assert again.subscription.considered_until == desk.time()
    assert again.subscription.next_digest_at == desk.time() + timedelta(days=1)


async def test_silence_when_nothing_is_new(desk: Desk) -> None:
    reader = await desk.reader()
    desk.time.now = reader.subscription.next_digest_at or NOON
    assert await desk.planner.run_due() == 0
    assert await desk.storage.deliveries.counts() == {}
    assert (await desk.again(reader)).subscription.considered_until == desk.time()


async def test_an_overdue_digest_waits_for_the_end_of_the_quiet_hours(desk: Desk) -> None:
    reader = await desk.reader(digest_times=(time(20, 30),))
    await desk.news.publish(at=NOON)
    desk.time.now = NOON + timedelta(hours=14)  # we were down; it is two in the morning
    assert await desk.planner.run_due() == 0
    waiting = await desk.again(reader)
    assert waiting.subscription.next_digest_at == NOON + timedelta(hours=19)
    assert waiting.subscription.considered_until == reader.subscription.considered_until
    desk.time.now = NOON + timedelta(hours=19)
    assert await desk.planner.run_due() == 1
    assert await desk.planner.plan_now(await desk.again(reader)) == 0


async def test_a_digest_time_in_the_quiet_hours_means_their_end(desk: Desk) -> None:
    reader = await desk.reader(digest_times=(time(6),))
    assert reader.subscription.next_digest_at == NOON + timedelta(hours=19)


async def test_all_who_are_due_are_served_at_once(desk: Desk) -> None:
    readers = [await desk.reader() for _ in range(5)]
    await desk.news.publish()
    desk.time.now = readers[0].subscription.next_digest_at or NOON
    assert await desk.planner.run_due(limit=2) == 5


async def test_one_digest_that_fails_costs_nobody_else_theirs(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    broken = await desk.reader(wishes=Wishes(columns=("ai",)))
    fine = await desk.reader(wishes=Wishes(columns=("business",)))
    poison = await desk.news.publish(column="ai")
    await desk.news.publish(column="business")

    def refuse(action: Action) -> str:
        if action.args == (poison.id,):
            raise ValueError("no such button")
        return pack(action)

    desk.time.now = fine.subscription.next_digest_at or NOON
    assert await desk.restarted(refuse).run_due() == 1
    assert "could not be planned" in caplog.text
    owed = await desk.storage.deliveries.claim(desk.time(), 9, "test")
    assert [one.subscriber_id for one in owed] == [fine.id]
    assert (await desk.again(broken)).subscription == broken.subscription
    assert await desk.planner.run_due() == 1


async def test_a_zone_that_is_not_known_here_harms_nobody_else(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    broken, fine = await desk.reader(), await desk.reader()
    await desk.news.publish()
    desk.time.now = fine.subscription.next_digest_at or NOON
    nowhere = replace(broken.subscription, zone="Nowhere/Land")
    await desk.storage.subscribers.save_subscription(broken.id, nowhere)
    assert await desk.planner.run_due() == 1
    assert "not known here" in caplog.text


async def test_a_strong_signal_is_pushed_once(desk: Desk) -> None:
    await desk.reader()
    await desk.news.publish("只有 79 分", at=NOON, total=79)
    await desk.news.publish("刚好 80 分", at=NOON, total=80)
    assert await desk.planner.run_instant() == 1
    assert await desk.planner.run_instant() == 0
    assert await desk.restarted().run_instant() == 0
    assert await desk.settle() == 1
    assert await desk.restarted().run_instant() == 0


async def test_a_signal_that_others_confirm_is_pushed_then(desk: Desk) -> None:
    await desk.reader()
    signal = await desk.news.publish(at=NOON, total=75)
    assert await desk.planner.run_instant() == 0
    await desk.storage.signals.set_score(signal.id, score(83))
    assert await desk.planner.run_instant() == 1
    await desk.storage.signals.set_score(signal.id, score(86))
    assert await desk.planner.run_instant() == 0


async def test_one_story_is_one_alert_even_before_the_first_has_arrived(desk: Desk) -> None:
    await desk.reader()
    lead = await desk.news.publish("第一报", at=NOON, total=90)
    await desk.news.publish("更新", at=NOON, total=91, story_of=lead.id, relation=Relation.UPDATE)
    assert await desk.planner.run_instant() == 1
    assert await desk.settle() == 1
    desk.time.pass_(minutes=30)
    await desk.news.publish(
        "再更新", at=desk.time(), total=92, story_of=lead.id, relation=Relation.UPDATE
    )
    assert await desk.planner.run_instant() == 0
    desk.time.pass_(hours=4)
    await desk.news.publish(
        "又更新", at=desk.time(), total=92, story_of=lead.id, relation=Relation.UPDATE
    )
    assert await desk.planner.run_instant() == 1


@pytest.mark.parametrize(
    ("wanted", "now_pushed", "at_seven"),
    [
        ({}, 0, 0),
        ({"digest_times": ()}, 1, 1),
        ({"instant": False}, 0, 0),
        ({"paused": True}, 0, 0),
    ],
)
async def test_alerts_in_quiet_hours(
    desk: Desk, wanted: dict[str, Any], now_pushed: int, at_seven: int
) -> None:
    await desk.reader(**wanted)
    desk.time.now = NOON + timedelta(hours=18, minutes=30)  # half past six in the morning
    await desk.news.publish(at=desk.time(), total=95, published_at=desk.time())
    assert await desk.planner.run_instant() == now_pushed
    assert await desk.settle() == 0
    desk.time.pass_(minutes=30)
    await desk.planner.run_instant()
    assert await desk.settle() == at_seven


async def test_what_an_alert_told_is_not_in_the_digest(desk: Desk) -> None:
    reader = await desk.reader()
    await desk.news.publish("要闻", at=NOON, total=95)
    await desk.news.publish("普通消息", at=NOON, total=60)
    assert await desk.planner.run_instant() == 1
    assert await desk.settle() == 1
    desk.time.now = reader.subscription.next_digest_at or NOON
    assert await desk.planner.run_due() == 1
    (delivery,) = await desk.storage.deliveries.claim(desk.time(), 9, "test")
    assert "普通消息" in delivery.body["text"]
    assert "要闻" not in delivery.body["text"]
    assert (await desk.storage.deliveries.counts())[DeliveryState.SENT] == 1
