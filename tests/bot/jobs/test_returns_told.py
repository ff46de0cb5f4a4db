"""Who follows a story hears once that its event is back, as the rules of alerts allow."""

from datetime import datetime, timedelta

from sqlalchemy import update

from digest.model import Relation, Signal
from storage.schema import stories
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON


async def story_of(desk: Desk, signal: Signal) -> int:
    found = await desk.storage.signals.get(signal.id)
    assert found is not None
    assert found.story_id is not None
    return found.story_id


async def told_before(desk: Desk) -> int:
    """The number of a story that closed some weeks ago."""
    long_ago = NOON - timedelta(days=30)
    first = await desk.news.publish(at=long_ago)
    await desk.news.publish(at=long_ago, story_of=first.id, relation=Relation.DUPLICATE)
    story_id = await story_of(desk, first)
    await desk.storage.stories.close_silent(NOON)
    return story_id


async def comes_back(desk: Desk, old: int, at: datetime = NOON) -> Signal:
    """The first two signals of a story that follows `old`. Returns the first."""
    back = await desk.news.publish(at=at)
    await desk.news.publish(at=at, story_of=back.id, relation=Relation.DUPLICATE)
    async with desk.storage.database.write() as connection:
        mine = stories.c.id == await story_of(desk, back)
        await connection.execute(update(stories).where(mine).values(follows=old))
    return back


async def test_followers_of_the_closed_story_are_told_once(desk: Desk) -> None:
    old = await told_before(desk)
    follower = await desk.reader(stories=(old,), digest_times=(), instant=False)
    await desk.reader(stories=(old,), digest_times=(), instant=False, paused=True)
    await desk.reader(digest_times=(), instant=False)
    back = await comes_back(desk, old)
    desk.time.now = NOON + timedelta(minutes=1)
    assert await desk.planner.run_instant() == 1
    (owed,) = await desk.sending()
    assert owed.subscriber_id == follower.id
    await desk.storage.deliveries.settle_sent(owed.id, 1, desk.time())
    # Another one leads the story by now: that is no news.
    members = await desk.storage.storylines.some(await story_of(desk, back))
    other = next(one for one in members if one.id != back.id)
    await desk.storage.storyboard.lead(other.id, "t", desk.time())
    desk.time.now = NOON + timedelta(minutes=10)
    assert await desk.restarted().run_instant() == 0


async def test_who_followed_one_that_went_into_the_closed_story_is_told(desk: Desk) -> None:
    merged = await told_before(desk)
    old = await told_before(desk)
    (one, *_), (other, *_) = [await desk.storage.storylines.some(id_) for id_ in (merged, old)]
    await desk.storage.storyboard.join(one.id, other.id, "t", NOON, whole=True)
    await desk.reader(stories=(merged,), digest_times=(), instant=False)
    await comes_back(desk, old)
    desk.time.now = NOON + timedelta(minutes=1)
    assert await desk.planner.run_instant() == 1
