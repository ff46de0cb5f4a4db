"""What was withdrawn before it was sent, and is shown again: each reader gets it once."""

from datetime import timedelta

import pytest

from digest.model import Signal, SignalState
from digest.policy import Reason
from storage.curation import Rejection
from tests.handlers.amends import Newsroom

ONE = "央行下调存款准备金率"
EDITOR = "telegram:1"


async def taken_back_and_shown(room: Newsroom, signal: Signal, minutes: int = 1) -> None:
    """Reject a signal, let what waits follow, and approve it after all some time later."""
    curation, time = room.chatting.storage.curation, room.chatting.clock
    why, live = Rejection(Reason.OLD), SignalState.LIVE
    await curation.reject(signal.id, why, EDITOR, time(), expect=live)
    await room.corrector.run_due()
    assert await room.sender.deliver_due(100) == 0
    later = time() + timedelta(minutes=minutes)
    await curation.approve(signal.id, EDITOR, later, expect=SignalState.REJECTED)
    time.move(minutes=minutes)


def times_told(room: Newsroom) -> int:
    lin = room.chatting.lin
    return sum(ONE in message.text for message in lin.messages_in(lin.id))


async def test_a_digest_that_is_owed_again_is_not_planned_again(room: Newsroom):
    await room.subscribe(room.chatting.lin)
    one = await room.chatting.news.publish(ONE)
    assert await room.planner.plan_now(await room.chatting.subscriber(room.chatting.lin))
    await taken_back_and_shown(room, one)
    # The planner looks before what waited has followed.
    assert await room.planner.plan_now(await room.chatting.subscriber(room.chatting.lin)) == 0
    await room.corrector.run_due()
    await room.sender.deliver_due(100)
    assert times_told(room) == 1


async def test_an_alert_that_is_owed_again_is_not_planned_again(room: Newsroom):
    await room.subscribe(room.chatting.lin, instant=True, instant_score=10)
    one = await room.chatting.news.publish(ONE, at=room.chatting.clock())
    assert await room.planner.run_instant() == 1
    await taken_back_and_shown(room, one)
    assert await room.planner.run_instant() == 0
    await room.corrector.run_due()
    await room.sender.deliver_due(100)
    assert times_told(room) == 1


@pytest.mark.parametrize(("minutes", "rings"), [(1, True), (15 * 60, False)])
async def test_what_is_owed_again_hours_later_wakes_nobody(
    room: Newsroom, minutes: int, rings: bool
):
    await room.subscribe(room.chatting.lin)
    one = await room.chatting.news.publish(ONE)
    assert await room.planner.plan_now(await room.chatting.subscriber(room.chatting.lin))
    await taken_back_and_shown(room, one, minutes)
    await room.corrector.run_due()
    (owed,) = await room.chatting.storage.deliveries.claim(room.chatting.clock(), 9, "test")
    assert owed.silent is not rings
