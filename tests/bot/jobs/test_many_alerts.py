"""Many strong signals at one moment, as when an editor agrees to all that waited."""

from datetime import time, timedelta

from bot.jobs.alerts import MOST_RINGS
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON

MANY = 12


async def all_at_once(desk: Desk) -> None:
    """Signals that readers see from the same moment on, each stronger than the last."""
    for number in range(MANY):
        await desk.news.publish(
            f"第{number}件大事", at=desk.time(), total=86 + number, published_at=desk.time()
        )


async def test_the_strongest_ring_and_the_rest_comes_without_sound(desk: Desk) -> None:
    await desk.reader()
    await all_at_once(desk)
    assert await desk.planner.run_instant() == MANY
    sent = await desk.sending()
    order = [f"第{number}件大事" for number in reversed(range(MANY))]
    assert all(name in one.body["text"] for name, one in zip(order, sent, strict=True))
    assert [one.silent for one in sent] == [place >= MOST_RINGS for place in range(MANY)]


async def test_a_night_of_alerts_rings_no_more_in_the_morning(desk: Desk) -> None:
    await desk.reader(digest_times=(), quiet_from=time(22), quiet_to=time(7))
    desk.time.now = NOON + timedelta(hours=11)
    for _ in range(MANY):
        desk.time.pass_(minutes=20)
        await desk.news.publish(at=desk.time(), total=95, published_at=desk.time())
        assert await desk.planner.run_instant() == 1
    desk.time.now = NOON + timedelta(hours=19)
    assert [one.silent for one in await desk.sending()].count(False) == MOST_RINGS


async def test_later_news_rings_again(desk: Desk) -> None:
    await desk.reader()
    await all_at_once(desk)
    await desk.planner.run_instant()
    await desk.settle()
    desk.time.pass_(minutes=11)
    await desk.news.publish("后来的大事", at=desk.time(), total=95, published_at=desk.time())
    assert await desk.planner.run_instant() == 1
    (later,) = await desk.sending()
    assert not later.silent
