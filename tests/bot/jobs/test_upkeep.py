"""What processes that died have left is given back; what nobody asks for is forgotten."""

from datetime import timedelta

from bot.jobs.upkeep import Upkeep
from digest.model import DeliveryState
from storage import LinkState, Sender
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON


async def test_claims_of_the_dead_go_back_and_what_was_being_sent_is_unknown(desk: Desk) -> None:
    upkeep = Upkeep(desk.storage, clock=desk.time)
    await desk.reader()
    await desk.reader()
    await desk.news.publish(at=NOON, total=95)
    assert await desk.planner.run_instant() == 2
    one, _ = await desk.storage.deliveries.claim(desk.time(), 9, "one that dies")
    await desk.storage.deliveries.mark_sending(one.id, desk.time())

    await upkeep.recover()  # their leases still run
    assert await desk.storage.deliveries.counts() == {
        DeliveryState.CLAIMED: 1,
        DeliveryState.SENDING: 1,
    }
    desk.time.pass_(minutes=10)
    await upkeep.recover()
    assert await desk.storage.deliveries.counts() == {
        DeliveryState.PENDING: 1,
        DeliveryState.UNKNOWN: 1,
    }
    assert await desk.settle() == 1


async def test_old_update_ids_are_forgotten_and_recent_ones_are_not(desk: Desk) -> None:
    upkeep = Upkeep(desk.storage, clock=desk.time)
    updates = desk.storage.updates
    assert await updates.first_time(1, NOON)
    assert await updates.first_time(2, NOON + timedelta(days=2))
    desk.time.now = NOON + timedelta(days=2, seconds=1)
    await upkeep.forget()
    assert await updates.first_time(1, desk.time())
    assert not await updates.first_time(2, desk.time())


async def test_links_that_came_to_nothing_are_forgotten_after_two_days(desk: Desk) -> None:
    upkeep = Upkeep(desk.storage, clock=desk.time)
    reader = await desk.reader()
    sender = Sender(reader.id, 1, 10)
    (link,) = await desk.storage.pasted.ask(sender, ["https://a.example/"], NOON)
    await desk.storage.pasted.claim(NOON, 1, each=1, lease_s=60)
    await desk.storage.pasted.finish(link.id, LinkState.FAILED, NOON, trouble="down")
    await upkeep.forget()
    assert await desk.storage.pasted.get(link.id) is not None
    desk.time.now = NOON + timedelta(days=2, seconds=1)
    await upkeep.forget()
    assert await desk.storage.pasted.get(link.id) is None
