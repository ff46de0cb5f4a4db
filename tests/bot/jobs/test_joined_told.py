"""Who follows a story hears once of news that an editor put into it, as if it had come there."""

from datetime import time, timedelta
from typing import Any

import pytest

from digest.model import DeliveryState, DigestKind, Relation
from tests.bot.jobs.desk import Desk
from tests.bot.jobs.test_returns_told import story_of
from tests.newsdesk import NOON

BEGAN = NOON - timedelta(hours=11)
BREAKS_OUT = "北风化工厂凌晨起火，已有 3 人受伤"
TOLL = "北风化工厂火灾受伤人数增至 7 人"


class Fire:
    """A story of yesterday evening, and news of it that was not seen to be one."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.storage = desk, desk.storage

    async def breaks_out(self, *, hours: float = 6) -> None:
        publish, at = self.desk.news.publish, NOON - timedelta(hours=hours)
        self.first = await publish(BREAKS_OUT, at=BEGAN, published_at=BEGAN)
        await publish(
            f"{BREAKS_OUT}，公司回应",
            at=BEGAN,
            published_at=BEGAN,
            story_of=self.first.id,
            relation=Relation.DUPLICATE,
        )
        self.story = await story_of(self.desk, self.first)
        # Nobody saw that it is news of the same fire.
        self.news = await publish(
            TOLL,
            at=at,
            published_at=at,
            paragraphs=((f"{TOLL}。", "其中 2 人伤势严重。"), ("起火原因是 3 号罐泄漏。",)),
        )

    async def follower(self, **wanted: Any) -> Any:
        usual: dict[str, Any] = {"digest_times": (), "instant": False}
        return await self.desk.reader(stories=(self.story,), **usual | wanted)

    async def join(self) -> int:
        entry = await self.storage.storyboard.join(
            self.news.id, self.first.id, "t", self.desk.time()
        )
        assert entry is not None
        moved = await self.storage.signals.get(self.news.id)
        assert moved is not None
        assert moved.relation.is_news
        return entry.id

    async def minute(self) -> int:
        self.desk.time.now += timedelta(minutes=1)
        return await self.desk.planner.run_instant()


@pytest.fixture
def fire(desk: Desk) -> Fire:
    return Fire(desk)


async def got(desk: Desk) -> list[tuple[int, DigestKind, tuple[int, ...]]]:
    """What arrived just now: to whom, of what kind, which signals."""
    owed = await desk.sending()
    found = []
    for one in owed:
        await desk.storage.deliveries.settle_sent(one.id, 1, desk.time())
        digest = await desk.storage.digests.get(one.digest_id)
        assert digest is not None
        found.append((one.subscriber_id, digest.kind, tuple(digest.signal_ids)))
    return found


@pytest.mark.parametrize("hours", [0.2, 6], ids=["looked at", "of hours ago"])
async def test_followers_hear_once_and_no_others(desk: Desk, fire: Fire, hours: float) -> None:
    await fire.breaks_out(hours=hours)
    follower = await fire.follower()
    # A digest passed the news by when it was none of the story.
    passed = await fire.follower(considered_until=NOON, digest_times=(time(8),))
    await fire.follower(paused=True)
    await desk.reader(digest_times=(), instant=False)
    assert await fire.minute() == 0
    undone = await fire.join()
    assert await fire.minute() == 2
    story = (DigestKind.STORY, (fire.news.id,))
    assert await got(desk) == [(follower.id, *story), (passed.id, *story)]
    assert await fire.minute() == 0
    # Neither a process that starts anew, nor taking back and doing again, tells it again.
    assert await desk.restarted().run_instant() == 0
    await desk.storage.acts.undo(undone, "t", desk.time())
    assert await fire.minute() == 0
    await fire.join()
    assert await fire.minute() == 0


@pytest.mark.parametrize("told", ["the news", "the story"])
async def test_who_has_it_or_has_just_heard_of_the_story_hears_nothing(
    desk: Desk, fire: Fire, told: str
) -> None:
    await fire.breaks_out(hours=0.2)
    await fire.follower(instant=told == "the news", instant_score=0)
    if told == "the story":
        at = NOON - timedelta(minutes=5)
        await desk.news.publish(
            "北风化工厂火灾：附近居民撤离",
            at=at,
            story_of=fire.first.id,
            relation=Relation.UPDATE,
        )
    assert await fire.minute() == 1
    assert await desk.settle() == 1
    await fire.join()
    assert await fire.minute() == 0


async def test_what_is_taken_back_is_told_nobody(desk: Desk, fire: Fire) -> None:
    await fire.breaks_out()
    await fire.follower()
    undone = await fire.join()
    await desk.storage.acts.undo(undone, "t", desk.time())
    assert await fire.minute() == 0


async def test_what_waits_for_the_morning_is_taken_back_with_it(desk: Desk, fire: Fire) -> None:
    await fire.breaks_out()
    await fire.follower(quiet_from=time(11), quiet_to=time(20))
    undone = await fire.join()
    assert await fire.minute() == 1
    assert await desk.sending() == ()
    await desk.storage.acts.undo(undone, "t", desk.time())
    desk.time.now += timedelta(hours=12)
    assert await desk.sending() == ()
    assert await desk.storage.deliveries.counts() == {DeliveryState.DEAD: 1}
