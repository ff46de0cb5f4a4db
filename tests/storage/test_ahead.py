"""A clock that was an hour fast, or is an hour slow now, makes nothing wait for an hour."""

from datetime import timedelta

from digest.model import PollState, Subscription, Wishes
from storage import Storage
from storage.ahead import SLACK
from tests.storage.making import NOW, add_source, entry, minutes

HOUR = timedelta(hours=1)
WAITS = (minutes(5), HOUR, timedelta(hours=6))


async def polled(storage: Storage, key: str, last: float, following: float) -> int:
    source = await add_source(storage, key)
    poll = PollState(last_poll_at=NOW + minutes(last), next_poll_at=NOW + minutes(following))
    await storage.sources.record_poll(
        source.id, poll, entries=[entry(key)], now=NOW + minutes(last)
    )
    return source.id


async def test_what_a_fast_clock_wrote_is_due_at_once(storage: Storage) -> None:
    fast = await polled(storage, "fast", 60, 75)
    await polled(storage, "right", 0, 600)
    await storage.entries.claim(NOW, 10)  # the entry of the right one
    assert await storage.entries.claim(NOW, 10) == ()
    assert await storage.ahead.of_reading(NOW, WAITS) == 2
    due = await storage.sources.claim_due(NOW, 10, lambda _: NOW + HOUR)
    assert [source.id for source in due] == [fast]
    (read,) = await storage.entries.claim(NOW, 10)
    assert (read.source_id, read.entry.key) == (fast, "fast")
    # And then it is well.
    assert await storage.ahead.of_reading(NOW, WAITS) == 0


async def test_waits_that_may_be_are_left_alone(storage: Storage) -> None:
    await polled(storage, "a", 4, 7 * 24 * 60)
    (pending,) = await storage.entries.claim(NOW + minutes(4), 10)
    for tries, wait in enumerate(WAITS, 1):
        assert pending.tries == tries
        later = NOW + wait + minutes(4)
        await storage.entries.retry(pending.id, later, "later")
        assert await storage.ahead.of_reading(NOW, WAITS) == 0
        await storage.entries.retry(pending.id, later + 2 * SLACK, "written by a fast clock")
        assert await storage.ahead.of_reading(NOW, WAITS) == 1
        (pending,) = await storage.entries.claim(NOW, 10)


async def test_a_digest_of_a_fast_hour_leaves_nothing_out(storage: Storage) -> None:
    entered, _ = await storage.subscribers.enter(7, 0, "private", "Lin", "zh", NOW)
    for ahead, kept in ((minutes(4), NOW + minutes(4)), (HOUR, NOW)):
        asked = Subscription(Wishes(), considered_until=NOW + ahead)
        await storage.subscribers.save_subscription(entered.id, asked)
        await storage.ahead.of_chat(NOW)
        after = await storage.subscribers.get(entered.id)
        assert after is not None
        assert after.subscription.considered_until == kept
