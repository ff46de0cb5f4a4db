"""More readers are due than can be sent to in a while: digests are planned as their turn comes."""

from datetime import timedelta

from digest.model import Subscriber, Wishes
from tests.bot.jobs.desk import Desk


async def due_together(desk: Desk, count: int) -> list[Subscriber]:
    """Readers who all wish for something else, at the moment their digests are due."""
    readers = [
        await desk.reader(wishes=Wishes(min_score=score), instant=False) for score in range(count)
    ]
    due = readers[0].subscription.next_digest_at
    assert due is not None
    await desk.news.publish("头一条", at=due - timedelta(minutes=5))
    desk.time.now = due
    return readers


async def brought(desk: Desk, readers: list[Subscriber]) -> list[tuple[str, ...]]:
    """The headlines of each reader who was owed a digest."""
    found = []
    for reader in readers:
        if digest := await desk.storage.digests.latest_for(reader.id):
            signals = await desk.storage.signals.get_many(digest.signal_ids)
            found.append(tuple(sorted(one.brief.headline for one in signals)))
    return found


async def test_who_waits_gets_what_is_new_by_then(desk: Desk) -> None:
    readers = await due_together(desk, 5)
    planner = desk.restarted(ahead=2)
    assert await planner.run_due(limit=1) == 2
    assert await planner.run_due(limit=1) == 0, "two wait to be sent, as many as may"
    lengths = await desk.storage.watch.lengths(desk.time())
    assert lengths.unplanned_since == lengths.late_since == desk.time()
    desk.time.pass_(minutes=10)
    await desk.news.publish("后一条", at=desk.time() - timedelta(minutes=1))
    assert await desk.settle() == 2
    assert await planner.run_due(limit=1) == 2
    assert await desk.settle() == 2
    assert await planner.run_due(limit=1) == 1
    # Who is first is left open: those of equal wishes stand together.
    assert sorted(await brought(desk, readers)) == sorted(
        2 * [("头一条",)] + 3 * [tuple(sorted(("头一条", "后一条")))]
    )
    assert await desk.settle() == 1
    assert await planner.run_due(limit=1) == 0
    assert (await desk.storage.watch.lengths(desk.time())).late_since is None


async def test_a_new_planner_goes_on_where_the_last_one_ended(desk: Desk) -> None:
    readers = await due_together(desk, 4)
    assert await desk.restarted(ahead=1).run_due(limit=1) == 1
    assert await desk.settle() == 1
    assert await desk.restarted(ahead=8).run_due(limit=1) == 3
    assert await brought(desk, readers) == 4 * [("头一条",)]


async def test_what_waits_for_nobody_holds_nobody_up(desk: Desk) -> None:
    """Chats that may not be written to, what Telegram put off, and alerts are not counted."""
    readers = await due_together(desk, 4)
    planner = desk.restarted(ahead=1)
    assert await planner.run_due(limit=1) == 1
    (one,) = await desk.sending()
    await desk.storage.deliveries.settle_retry(one.id, desk.time() + timedelta(hours=1), "429")
    assert await planner.run_due(limit=1) == 1
    for reader in readers:
        if await desk.storage.digests.latest_for(reader.id):
            await desk.storage.subscribers.set_active(
                reader.chat_id, active=False, reason="blocked", now=desk.time()
            )
    assert await planner.run_due(limit=1) == 1
    assert await desk.settle() == 1
    await desk.reader(wishes=Wishes(min_score=0), digest_times=())
    now = desk.time()
    await desk.news.publish(at=now - timedelta(minutes=1), total=95, published_at=now)
    assert await planner.run_instant() == 1
    assert await planner.run_due(limit=1) == 1
