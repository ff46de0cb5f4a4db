"""Who shares a digest, what is left out of it, what comes again; nothing is owed twice."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from digest.model import (
    Action,
    ChatKind,
    Lang,
    Relation,
    Wishes,
)
from handlers.callbacks import pack
from storage import Storage
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON, score

EVENING: dict[str, Any] = {"digest_times": (time(20, 30),), "instant": False}


async def digests_of(desk: Desk) -> dict[int, set[int]]:
    """Which readers are owed which digest, by digest."""
    owed: dict[int, set[int]] = {}
    query = "SELECT digest_id, subscriber_id FROM deliveries"
    async with desk.storage.database.read() as connection:
        for digest_id, reader in await connection.execute(text(query)):
            owed.setdefault(digest_id, set()).add(reader)
    return owed


async def latest(desk: Desk, reader_id: int) -> str:
    """The text of the digest last planned for a reader."""
    found = await desk.storage.digests.latest_for(reader_id)
    assert found is not None
    return "\n".join(part["text"] for part in found.parts)


# --- who shares a digest -----------------------------------------------------------------


async def test_readers_with_equal_wishes_share_one_digest(desk: Desk) -> None:
    wishes = Wishes(columns=("business", "ai"), mutes=("Apple",), min_score=0)
    same = Wishes(columns=("ai", "business", "ai"), mutes=("apple",), min_score=0)
    one = await desk.reader(wishes=wishes, **EVENING)
    two = await desk.reader(wishes=same, **EVENING)
    await desk.news.publish()
    assert await desk.digest_hour(one) == 2
    assert list((await digests_of(desk)).values()) == [{one.id, two.id}]


async def test_other_languages_zones_and_pasts_get_a_digest_of_their_own(desk: Desk) -> None:
    usual = await desk.reader(**EVENING)
    english = await desk.reader(lang=Lang.EN, **EVENING)
    elsewhere = await desk.reader(zone="Asia/Taipei", **EVENING)
    knows = await desk.reader(**EVENING)
    told = await desk.news.publish("只有一个人看过的消息")
    await desk.news.publish("谁也没看过的消息")
    await desk.storage.subscribers.mark_delivered(knows.id, [told.id], NOON)
    assert await desk.digest_hour(usual) == 4
    assert sorted(map(sorted, (await digests_of(desk)).values())) == [
        [usual.id],
        [english.id],
        [elsewhere.id],
        [knows.id],
    ]
    assert "只有一个人看过的消息" in await latest(desk, usual.id)
    assert "只有一个人看过的消息" not in await latest(desk, knows.id)
    assert "picked out of" in await latest(desk, english.id)


async def test_a_group_and_its_forum_topics_are_readers_of_their_own(desk: Desk) -> None:
    group = await desk.reader_in(-100, 0, ChatKind.SUPERGROUP, **EVENING)
    topic = await desk.reader_in(-100, 7, ChatKind.SUPERGROUP, **EVENING)
    await desk.news.publish("要闻", at=NOON, total=90)
    assert await desk.digest_hour(group) == 2
    owed = await desk.sending()
    assert {(one.chat_id, one.thread_id) for one in owed} == {(-100, 0), (-100, 7)}
    assert {one.subscriber_id for one in owed} == {group.id, topic.id}


# --- what is left out, what comes again --------------------------------------------------


async def test_what_is_on_its_way_is_not_owed_again(desk: Desk) -> None:
    reader = await desk.reader(digest_times=(time(15), time(20)))
    await desk.news.publish("要闻", at=NOON, total=95)
    assert await desk.planner.run_instant() == 1
    await desk.news.publish("普通消息", at=NOON)
    assert await desk.digest_hour(reader) == 1
    assert "要闻" not in await latest(desk, reader.id)
    assert await desk.digest_hour(reader) == 0


async def test_of_a_story_that_was_told_only_updates_come(desk: Desk) -> None:
    reader = await desk.reader(**EVENING)
    lead = await desk.news.publish("第一报")
    assert await desk.digest_hour(reader) == 1
    assert await desk.settle() == 1
    now = desk.time()
    for title, relation in (
        ("旁的角度", Relation.LEAD),
        ("又一份转载", Relation.DUPLICATE),
        ("新进展", Relation.UPDATE),
    ):
        await desk.news.publish(
            title, at=now + timedelta(hours=1), story_of=lead.id, relation=relation
        )
    assert await desk.digest_hour(reader) == 1
    shown = await latest(desk, reader.id)
    assert "新进展" in shown
    assert "旁的角度" not in shown
    assert "又一份转载" not in shown


async def test_signals_of_a_delivery_that_may_be_lost_come_again_until_they_arrive(
    desk: Desk,
) -> None:
    reader = await desk.reader(**EVENING)
    await desk.news.publish("可能丢了的消息")
    assert await desk.digest_hour(reader) == 1
    assert await desk.lose() == 1
    assert await desk.digest_hour(reader) == 1
    assert "可能丢了的消息" in await latest(desk, reader.id)
    assert await desk.settle() == 1
    assert await desk.digest_hour(reader) == 0


async def test_what_comes_again_is_on_its_way_only_once(desk: Desk) -> None:
    reader = await desk.reader(digest_times=(time(13), time(15), time(17)))
    await desk.news.publish("可能丢了的消息")
    assert await desk.digest_hour(reader) == 1
    assert await desk.lose() == 1
    assert await desk.digest_hour(reader) == 1  # comes again, and waits for the network
    assert await desk.digest_hour(reader) == 0


async def test_an_alert_that_may_be_lost_is_not_repeated_but_stands_in_the_digest(
    desk: Desk,
) -> None:
    reader = await desk.reader()
    await desk.news.publish("要闻", at=NOON, total=95)
    assert await desk.planner.run_instant() == 1
    assert await desk.lose() == 1
    assert await desk.restarted().run_instant() == 0
    assert await desk.digest_hour(reader) == 1
    assert "要闻" in await latest(desk, reader.id)


async def test_silence_moves_the_schedule_and_sends_nothing(desk: Desk) -> None:
    reader = await desk.reader(wishes=Wishes(columns=("ai",)), **EVENING)
    await desk.news.publish(column="business")
    assert await desk.digest_hour(reader) == 0
    assert await digests_of(desk) == {}
    after = (await desk.again(reader)).subscription
    assert after.considered_until == desk.time()
    assert after.next_digest_at == desk.time() + timedelta(days=1)


# --- alerts ------------------------------------------------------------------------------


async def test_backlog_duplicates_and_weak_signals_alert_nobody(desk: Desk) -> None:
    await desk.reader()
    lead = await desk.news.publish("不够强", at=NOON, total=79)
    await desk.news.publish("旧文", at=NOON, total=99, backlog=True)
    await desk.news.publish(
        "转载", at=NOON, total=86, story_of=lead.id, relation=Relation.DUPLICATE
    )
    await desk.news.publish("太旧", at=NOON - timedelta(hours=2), total=99)
    assert await desk.planner.run_instant() == 0


async def test_wishes_hold_for_alerts_too(desk: Desk) -> None:
    ai = await desk.reader(wishes=Wishes(columns=("ai",)))
    await desk.reader(wishes=Wishes(columns=("business",), mutes=("要闻",)))
    eager = await desk.reader(instant_score=50, wishes=Wishes(columns=("business",)))
    await desk.news.publish("要闻", at=NOON, total=90, column="ai")
    await desk.news.publish("一条要闻", at=NOON, total=60, column="business")
    assert await desk.planner.run_instant() == 2
    assert {one.subscriber_id for one in await desk.sending()} == {ai.id, eager.id}


async def test_what_a_digest_has_considered_is_no_alert_any_more(desk: Desk) -> None:
    reader = await desk.reader(digest_times=(time(12, 30),), wishes=Wishes(min_score=75))
    signal = await desk.news.publish(at=NOON, total=70)
    assert await desk.digest_hour(reader) == 0
    await desk.storage.signals.set_score(signal.id, score(95))
    assert await desk.planner.run_instant() == 0


async def test_what_the_reader_has_seen_otherwise_is_no_alert(desk: Desk) -> None:
    reader = await desk.reader()
    signal = await desk.news.publish(at=NOON, total=95)
    await desk.storage.subscribers.mark_delivered(reader.id, [signal.id], NOON)
    assert await desk.planner.run_instant() == 0


async def test_alerts_about_one_story_keep_a_distance(desk: Desk) -> None:
    reader = await desk.reader(digest_times=())
    lead = await desk.news.publish("第一报", at=NOON, total=90)
    assert await desk.planner.run_instant() == 1
    assert await desk.settle() == 1

    async def update(title: str) -> int:
        await desk.news.publish(
            title, at=desk.time(), total=92, story_of=lead.id, relation=Relation.UPDATE
        )
        return await desk.planner.run_instant()

    desk.time.now = NOON + timedelta(hours=4)
    assert await update("还太早") == 0
    desk.time.pass_(seconds=1)
    assert await update("又更新") == 1
    assert [one.subscriber_id for one in await desk.sending()] == [reader.id]


async def test_one_alert_that_fails_holds_up_no_other(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.reader()
    poison = await desk.news.publish("坏的", at=NOON, total=95)
    await desk.news.publish("好的", at=NOON, total=90)

    def refuse(action: Action) -> str:
        if action.args[:1] == (poison.id,):
            raise ValueError("no such button")
        return pack(action)

    assert await desk.restarted(refuse).run_instant() == 1
    assert f"alerts about signal {poison.id} could not be planned" in caplog.text
    assert await desk.planner.run_instant() == 1


async def test_a_reader_in_an_unknown_zone_holds_up_no_alerts(desk: Desk) -> None:
    lost, fine = await desk.reader(), await desk.reader()
    nowhere = replace(lost.subscription, zone="Nowhere/Land")
    await desk.storage.subscribers.save_subscription(lost.id, nowhere)
    await desk.news.publish(at=NOON, total=95)
    assert await desk.planner.run_instant() == 1
    assert [one.subscriber_id for one in await desk.sending()] == [fine.id]


async def test_a_digest_and_an_alert_planned_at_once_do_not_both_carry_a_signal(
    desk: Desk,
) -> None:
    reader = await desk.reader()
    desk.time.now = reader.subscription.next_digest_at or NOON
    await desk.news.publish(
        at=desk.time() - timedelta(minutes=1), total=95, published_at=desk.time()
    )
    made = await asyncio.gather(desk.planner.run_due(), desk.planner.run_instant())
    assert sum(made) == 1


# --- nothing is owed twice ---------------------------------------------------------------


@pytest.fixture(scope="module")
def empty(sqlite_template: Path) -> Path:
    """A database with tables and nothing else, to be copied."""
    return sqlite_template


STEPS = st.one_of(
    st.tuples(st.just("publish"), st.integers(40, 99), st.sampled_from(("lead", "update"))),
    st.tuples(st.just("pass"), st.sampled_from((5, 40, 241, 60 * 9))),
    st.tuples(st.sampled_from(("digests", "alerts", "both", "restart"))),
    st.tuples(st.sampled_from(("arrive", "lose", "wait", "crash"))),
    st.tuples(st.just("switch"), st.sampled_from(("paused", "instant")), st.booleans()),
)


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(STEPS, min_size=4, max_size=24))
def test_no_reader_is_ever_owed_a_signal_twice(
    empty: Path, steps: list[tuple[object, ...]]
) -> None:
    asyncio.run(_walk(empty, steps))


async def _walk(empty: Path, steps: list[tuple[object, ...]]) -> None:
    async with _desk_on_a_copy(empty) as desk:
        await desk.reader(digest_times=(time(14), time(20)), instant_score=60)
        await desk.reader(lang=Lang.EN, digest_times=(time(14),), instant=False)
        for step in steps:
            await _step(desk, step)
            assert await _owed_twice(desk) == []


@asynccontextmanager
async def _desk_on_a_copy(empty: Path) -> AsyncIterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "walk.db"
        shutil.copy(empty, path)
        storage = await Storage.open(f"sqlite:///{path}")
        try:
            yield Desk(storage)
        finally:
            await storage.close()


async def _step(desk: Desk, step: tuple[object, ...]) -> None:
    deliveries = desk.storage.deliveries
    match step:
        case ("publish", int(total), str(relation)):
            known = await desk.storage.signals.latest(limit=1)
            await desk.news.publish(
                at=desk.time(),
                total=total,
                published_at=desk.time(),
                story_of=known[0].id if known and relation == "update" else None,
                relation=Relation.UPDATE if known and relation == "update" else Relation.LEAD,
            )
        case ("pass", int(minutes)):
            desk.time.pass_(minutes=minutes)
        case ("digests",):
            await desk.planner.run_due()
        case ("alerts",):
            await desk.planner.run_instant()
        case ("both",):
            await asyncio.gather(desk.planner.run_due(), desk.planner.run_instant())
        case ("restart",):
            desk.planner = desk.restarted()
        case ("arrive",):
            await desk.settle()
        case ("lose",):
            await desk.lose()
        case ("wait",):
            for one in await desk.sending():
                later = desk.time() + timedelta(hours=8)
                await deliveries.settle_retry(one.id, later, "429")
        case ("crash",):
            await desk.sending()
            await deliveries.recover(desk.time(), "test")
        case ("switch", str(name), bool(on)):
            reader = await desk.storage.subscribers.by_chat(1)
            assert reader is not None
            await desk.want(reader, replace(reader.subscription, **{name: on}))


async def _owed_twice(desk: Desk) -> list[tuple[int, int]]:
    """Readers and signals in more than one delivery that arrived or may still arrive."""
    query = text(
        "SELECT d.subscriber_id, s.signal_id FROM deliveries d JOIN digest_signals s"
        " ON s.digest_id = d.digest_id AND s.part = d.part"
        " WHERE d.state NOT IN ('unknown', 'dead') GROUP BY 1, 2 HAVING count(*) > 1"
    )
    async with desk.storage.database.read() as connection:
        return [tuple(row) for row in await connection.execute(query)]
