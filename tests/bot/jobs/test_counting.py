"""The job that counts: a few days at a time, each again until it is over for good."""

from datetime import timedelta

from bot.jobs.counting import AT_ONCE, Counting
from digest.numbers import Count, Span
from tests.bot.jobs.desk import Desk
from tests.storage.making import NOW, add_subscriber


async def test_an_old_database_is_counted_a_few_days_at_a_time(desk: Desk) -> None:
    storage = desk.storage
    await add_subscriber(storage, 1, now=NOW - timedelta(days=14))
    counting = Counting(storage, clock=lambda: NOW)
    assert await counting.run_due() == AT_ONCE
    assert await counting.run_due() == 5
    assert await counting.run_due() == 0
    today = storage.numbers.today(NOW)
    found = await storage.numbers.days([Count.NEW, Count.READERS], Span.ending(today, 15))
    assert found[Count.NEW] == {today - timedelta(days=14): {"private": 1}}
    assert len(found[Count.READERS]) == 15
