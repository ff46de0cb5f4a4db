"""An announcement from draft to done: nobody twice, nobody left out, whoever presses what."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, time

import pytest

from digest.audience import Among, Audience, Circle
from digest.broadcast import Announcement, Broadcast, BroadcastCounts, BroadcastState, Correction
from digest.model import Delivery, Lang, Subscription
from storage import NotUndoable, Owner, Storage
from storage.broadcasts import Shown
from tests.storage.making import NOW, add_subscriber, minutes
from tests.storage.test_audience import OPEN, join
from tests.storage.test_query_plans import plans_of

WORDS = Announcement("<b>停机通知</b>", buttons=(("详情", "https://example.org"),), patient=False)
ME = 77
HERE = Shown(ME, 0, 5, Lang.ZH)


async def drafted(
    storage: Storage, announcement: Announcement = WORDS, audience: Audience | None = None
) -> Broadcast:
    return await storage.broadcasts.create(
        announcement, audience or Audience(), made_by=ME, shown=HERE, actor="user:77", now=NOW
    )


async def confirmed(storage: Storage, draft: Broadcast, now: datetime = NOW) -> Broadcast:
    assert await storage.broadcasts.confirm(
        draft, confirmed_by=ME, shown=HERE, actor="user:77", now=now
    )
    return await again(storage, draft)


async def again(storage: Storage, broadcast: Broadcast) -> Broadcast:
    found = await storage.broadcasts.get(broadcast.id)
    assert found is not None
    return found


async def gathered(storage: Storage, broadcast: Broadcast, limit: int = 2000) -> Broadcast:
    while await storage.announcing.gather(broadcast, OPEN, NOW, limit):
        pass
    return await again(storage, broadcast)


async def send_all(storage: Storage, now: datetime = NOW) -> list[int]:
    """Send whatever is due, as the sender does. Returns the chats in order."""
    chats = []
    while claimed := await storage.deliveries.claim(now, 100, "me"):
        for delivery in claimed:
            assert await storage.deliveries.mark_sending(delivery.id, now)
            await storage.deliveries.settle_sent(delivery.id, 1000 + delivery.id, now)
            chats.append(delivery.chat_id)
    return chats


@pytest.mark.parametrize("limit", [1, 2, 3, 2000])
async def test_everybody_of_the_audience_is_written_down_once(
    storage: Storage, limit: int
) -> None:
    for chat in range(1, 7):
        await join(storage, chat)
    await storage.subscribers.set_active(3, active=False, reason="blocked", now=NOW)
    running = await confirmed(storage, await drafted(storage))
    await join(storage, 8)  # too late
    running = await gathered(storage, running, limit)
    assert (running.state, running.total) == (BroadcastState.SENDING, 5)
    assert await storage.announcing.let_go(running, NOW, 100) == 5
    assert await send_all(storage) == [1, 2, 4, 5, 6]
    assert await storage.announcing.is_over(running, NOW)
    counts = await storage.announcing.counts(running, NOW)
    assert counts == BroadcastCounts(sent=5)
    assert counts.settled == running.total


async def test_only_a_few_are_let_go_at_a_time(storage: Storage) -> None:
    for chat in range(1, 8):
        await join(storage, chat)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    assert await storage.announcing.let_go(running, NOW, 3) == 3
    assert await storage.announcing.let_go(running, NOW, 3) == 0
    assert await send_all(storage) == [1, 2, 3]
    assert await storage.announcing.let_go(running, NOW, 3) == 3
    assert not await storage.announcing.is_over(running, NOW)
    counts = await storage.announcing.counts(running, NOW)
    assert (counts.sent, counts.waiting) == (3, 4)


async def test_a_pause_calls_back_what_is_not_being_written(storage: Storage) -> None:
    for chat in range(1, 6):
        await join(storage, chat)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.announcing.let_go(running, NOW, 100)
    first, second, *_ = await storage.deliveries.claim(NOW, 3, "me")
    assert await storage.deliveries.mark_sending(first.id, NOW)
    assert await storage.broadcasts.pause(running.id, actor="77", now=NOW)
    assert await storage.announcing.hold(running) == 4
    assert not await storage.deliveries.mark_sending(second.id, NOW)
    await storage.deliveries.settle_sent(first.id, 9, NOW)
    assert await send_all(storage) == []
    assert await storage.announcing.let_go(running, NOW, 100) == 0
    # Another process goes on.
    assert await storage.broadcasts.resume(running.id, actor="78", now=NOW)
    running = await gathered(storage, running)
    assert (running.state, running.total) == (BroadcastState.SENDING, 5)
    await storage.announcing.let_go(running, NOW, 100)
    assert await send_all(storage) == [2, 3, 4, 5]


async def test_a_retry_that_ends_after_the_pause_is_held_too(storage: Storage) -> None:
    await join(storage, 1)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.announcing.let_go(running, NOW, 100)
    (only,) = await storage.deliveries.claim(NOW, 3, "me")
    await storage.deliveries.mark_sending(only.id, NOW)
    await storage.broadcasts.pause(running.id, actor="77", now=NOW)
    assert await storage.announcing.hold(running) == 0
    await storage.deliveries.settle_retry(only.id, NOW + minutes(1), "429")
    assert await storage.announcing.hold(running) == 1
    assert await send_all(storage, NOW + minutes(2)) == []
    await storage.broadcasts.resume(running.id, actor="77", now=NOW)
    running = await gathered(storage, running)
    assert await storage.announcing.let_go(running, NOW, 100) == 0  # not before Telegram said
    assert await storage.announcing.let_go(running, NOW + minutes(2), 100) == 1
    assert await send_all(storage, NOW + minutes(2)) == [1]


async def test_what_is_cancelled_stays_unsent(storage: Storage) -> None:
    for chat in range(1, 5):
        await join(storage, chat)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.announcing.let_go(running, NOW, 2)
    await send_all(storage)
    assert await storage.broadcasts.cancel(running.id, actor="77", now=NOW)
    await storage.announcing.hold(running)
    assert await storage.announcing.let_go(running, NOW, 100) == 0
    assert await send_all(storage) == []
    counts = await storage.announcing.counts(running, NOW)
    assert (counts.sent, counts.waiting) == (2, 2)
    assert not await storage.broadcasts.resume(running.id, actor="77", now=NOW)
    assert not await storage.broadcasts.pause(running.id, actor="77", now=NOW)


async def test_quiet_hours_hold_until_the_reader_wakes(storage: Storage) -> None:
    asleep = Subscription(zone="UTC", quiet_from=time(8, 0), quiet_to=time(9, 0))
    await join(storage, 1, asleep)
    await join(storage, 2, replace(asleep, quiet_to=time(8, 0)))
    patient = replace(WORDS, patient=True)
    running = await gathered(storage, await confirmed(storage, await drafted(storage, patient)))
    assert await storage.announcing.let_go(running, NOW, 100) == 1
    assert await send_all(storage) == [2]
    counts = await storage.announcing.counts(running, NOW)
    assert (counts.waiting, counts.asleep) == (1, 1)
    assert not await storage.announcing.is_over(running, NOW)
    assert await storage.announcing.let_go(running, NOW + minutes(29), 100) == 0
    assert await storage.announcing.let_go(running, NOW + minutes(30), 100) == 1
    assert await send_all(storage, NOW + minutes(30)) == [1]


async def test_very_many_sleepers_do_not_stop_those_awake(storage: Storage) -> None:
    asleep = Subscription(zone="UTC", quiet_from=time(8, 0), quiet_to=time(9, 0))
    for chat in range(1, 8):
        await join(storage, chat, asleep)
    await join(storage, 9)
    patient = replace(WORDS, patient=True)
    running = await gathered(storage, await confirmed(storage, await drafted(storage, patient)))
    assert await storage.announcing.let_go(running, NOW, 2) == 1
    assert await send_all(storage) == [9]


async def test_who_stops_the_bot_meanwhile_is_not_written_to(storage: Storage) -> None:
    gone = await join(storage, 1)
    stops, stays = [await join(storage, chat) for chat in (2, 3)]
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.subscribers.set_active(1, active=False, reason="gone: 403 blocked", now=NOW)
    await storage.subscribers.revise(stops, lambda old: replace(old, paused=True, stopped=True))
    await storage.announcing.let_go(running, NOW, 100)
    assert await send_all(storage) == [3]
    assert await storage.announcing.is_over(running, NOW)
    counts = await storage.announcing.counts(running, NOW)
    assert counts == BroadcastCounts(sent=1, gone=1, stopped=1)
    assert (gone, stays) != (0, 0)
    assert await storage.announcing.reasons(running) == {
        "gone: 403 blocked": 1,
        "unsubscribed": 1,
    }


async def test_the_reasons_of_failures_are_counted(storage: Storage) -> None:
    for chat in range(1, 7):
        await join(storage, chat)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.announcing.let_go(running, NOW, 100)
    one, two, three, four, five, six = await storage.deliveries.claim(NOW, 9, "me")
    for each in (one, two, three, four, five, six):
        await storage.deliveries.mark_sending(each.id, NOW)
    await storage.deliveries.settle_dead(one.id, "gone: 403 Forbidden: bot was blocked", NOW)
    await storage.deliveries.settle_dead(two.id, "gone: 403 Forbidden: bot was blocked", NOW)
    await storage.deliveries.settle_dead(three.id, "topic_gone: 400 topic_closed", NOW)
    await storage.deliveries.settle_dead(four.id, "dead: 400 Bad Request: odd", NOW)
    await storage.deliveries.settle_unknown(five.id, "502", NOW)
    assert await storage.announcing.counts(running, NOW) == BroadcastCounts(
        gone=3, failed=1, unknown=1, waiting=1
    )
    assert not await storage.announcing.is_over(running, NOW)
    assert list((await storage.announcing.reasons(running)).values()) == [2, 1, 1]


async def test_a_retry_to_a_chat_that_went_is_given_up(storage: Storage) -> None:
    await join(storage, 1)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.announcing.let_go(running, NOW, 100)
    (only,) = await storage.deliveries.claim(NOW, 9, "me")
    await storage.deliveries.mark_sending(only.id, NOW)
    await storage.subscribers.set_active(1, active=False, reason="left", now=NOW)
    await storage.deliveries.settle_retry(only.id, NOW, "429")
    assert await storage.announcing.is_over(running, NOW)
    assert (await storage.announcing.counts(running, NOW)).gone == 1


# --- drafts, and two who press at once --------------------------------------------------


async def test_a_draft_is_changed_and_thrown_away(storage: Storage) -> None:
    draft = await drafted(storage)
    changed = await storage.broadcasts.revise(
        draft.id, audience=Audience(lang=Lang.EN), actor="user:77", now=NOW
    )
    assert changed is not None
    assert changed.revision > draft.revision
    assert changed.audience.lang is Lang.EN
    assert changed.announcement == WORDS
    changed = await storage.broadcasts.revise(
        draft.id, announcement=replace(WORDS, silent=True), actor="user:77", now=NOW
    )
    assert changed is not None
    assert changed.announcement.silent
    assert await storage.broadcasts.list() == (changed,)
    assert await storage.broadcasts.discard(draft.id, actor="77", now=NOW)
    assert await storage.broadcasts.list() == ()
    assert (
        await storage.broadcasts.revise(draft.id, audience=Audience(), actor="user:77", now=NOW)
        is None
    )


async def test_who_saw_an_older_draft_cannot_send_the_newer(storage: Storage) -> None:
    seen = await drafted(storage)
    await storage.broadcasts.revise(
        seen.id, announcement=Announcement("别的"), actor="user:77", now=NOW
    )
    assert not await storage.broadcasts.confirm(
        seen, confirmed_by=ME, shown=HERE, actor="user:77", now=NOW
    )
    assert (await again(storage, seen)).state == BroadcastState.DRAFT


async def test_of_two_who_press_at_once_one_is_first(storage: Storage) -> None:
    for chat in range(1, 4):
        await join(storage, chat)
    draft = await drafted(storage)
    firsts = await asyncio.gather(
        *(
            storage.broadcasts.confirm(
                draft, confirmed_by=by, shown=HERE, actor=f"user:{by}", now=NOW
            )
            for by in (ME, ME + 1)
        )
    )
    assert sorted(firsts) == [False, True]
    running = await again(storage, draft)
    await asyncio.gather(*(gathered(storage, running, 1) for _ in range(3)))
    running = await again(storage, draft)
    assert running.total == 3
    pauses = await asyncio.gather(
        *(storage.broadcasts.pause(draft.id, actor=str(by), now=NOW) for by in range(3))
    )
    assert sorted(pauses) == [False, False, True]
    ends: tuple[bool, bool] = await asyncio.gather(
        storage.broadcasts.resume(draft.id, actor="1", now=NOW),
        storage.broadcasts.cancel(draft.id, actor="2", now=NOW),
    )
    assert ends[1]
    acts = [one.act for one in await storage.audit.list()]
    assert acts.count("broadcast.send") == acts.count("broadcast.pause") == 1


async def test_at_work_until_the_last_word_is_said(storage: Storage) -> None:
    await join(storage, 1)
    draft = await drafted(storage)
    assert await storage.broadcasts.at_work() == ()
    running = await gathered(storage, await confirmed(storage, draft))
    await storage.broadcasts.reported(running.id)  # too early: it goes on
    assert await storage.broadcasts.at_work() == (running,)
    await storage.announcing.let_go(running, NOW, 10)
    await send_all(storage)
    assert await storage.broadcasts.finish(running.id, NOW + minutes(1))
    (over,) = await storage.broadcasts.at_work()
    assert (over.state, over.finished_at) == (BroadcastState.DONE, NOW + minutes(1))
    await storage.broadcasts.reported(running.id)
    assert await storage.broadcasts.at_work() == ()
    assert await storage.broadcasts.withdraw(running.id, actor="77", now=NOW)
    assert len(await storage.broadcasts.at_work()) == 1
    assert not await storage.broadcasts.withdraw(running.id, actor="78", now=NOW)
    await storage.broadcasts.end_correction(running.id)
    await storage.broadcasts.reported(running.id)
    assert await storage.broadcasts.at_work() == ()


async def test_a_mistake_is_corrected_where_it_was_sent_and_where_it_was_not(
    storage: Storage,
) -> None:
    for chat in range(1, 5):
        await join(storage, chat)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.announcing.let_go(running, NOW, 2)
    await send_all(storage)
    better = replace(WORDS, text="<b>停机改期</b>")
    change = (running.id, better)
    assert not await storage.broadcasts.correct(*change, actor="77", now=NOW)  # it is being sent
    await storage.broadcasts.pause(running.id, actor="77", now=NOW)
    assert await storage.broadcasts.correct(*change, actor="77", now=NOW)
    running = await again(storage, running)
    assert (running.correction, running.correcting) == (Correction.EDIT, True)
    assert (running.announcement.text, running.text_before) == (better.text, WORDS.text)
    sent = await storage.announcing.sent_after(running, 0, 10)
    assert [one.chat_id for one in sent] == [1, 2]
    assert all(one.message_id == 1000 + one.delivery_id for one in sent)
    await storage.broadcasts.corrected(running.id, sent[0].delivery_id, 1, 0)
    running = await again(storage, running)
    assert await storage.announcing.sent_after(running, running.corrected_to, 10) == sent[1:]
    await storage.broadcasts.resume(running.id, actor="77", now=NOW)
    running = await gathered(storage, running)
    await storage.announcing.let_go(running, NOW, 10)
    claimed = await storage.deliveries.claim(NOW, 10, "me")
    assert {one.body["text"] for one in claimed} == {better.text}


async def test_what_is_withdrawn_is_not_sent_to_the_rest(storage: Storage) -> None:
    await join(storage, 1)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.broadcasts.pause(running.id, actor="77", now=NOW)
    assert await storage.broadcasts.withdraw(running.id, actor="77", now=NOW)
    assert not await storage.broadcasts.resume(running.id, actor="77", now=NOW)
    assert (await again(storage, running)).state == BroadcastState.CANCELLED


async def test_digests_and_alerts_go_first(storage: Storage) -> None:
    from storage import Recipient
    from tests.storage.making import planned

    number = await join(storage, 1)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.announcing.let_go(running, NOW, 10)
    later = NOW + minutes(5)
    await storage.digests.plan_instant(planned(until=later), [Recipient(number)])
    claimed = await storage.deliveries.claim(later, 10, "me")
    assert [_kind(one) for one in claimed] == ["digest", "announcement"]


def _kind(delivery: Delivery) -> str:
    return "announcement" if delivery.body["text"] == WORDS.text else "digest"


async def test_who_asks_to_be_forgotten_takes_only_their_own(storage: Storage) -> None:
    await join(storage, 1)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.personal.erase(Owner(1), NOW)
    assert await storage.announcing.counts(running, NOW) == BroadcastCounts()
    assert await storage.announcing.is_over(running, NOW)
    assert (await again(storage, running)).digest_id is not None


async def test_an_announcement_is_no_last_digest(storage: Storage) -> None:
    number = (await add_subscriber(storage, 5)).id
    audience = Audience(among=Among.STARTED)
    await gathered(storage, await confirmed(storage, await drafted(storage, WORDS, audience)))
    assert await storage.digests.latest_for(number) is None


async def test_a_private_bot_tells_only_its_own(storage: Storage) -> None:
    for chat in (1, 2):
        await join(storage, chat)
    running = await confirmed(storage, await drafted(storage))
    assert not await storage.announcing.gather(running, Circle(named=frozenset({2})), NOW)
    assert (await again(storage, running)).total == 1


# --- taking acts back -------------------------------------------------------------------


async def undo_last(storage: Storage) -> str:
    (entry, *_) = await storage.audit.list()
    await storage.acts.undo(entry.id, "user:78", NOW)
    return entry.act


async def test_undoing_brings_back_drafts_and_their_words(storage: Storage) -> None:
    draft = await drafted(storage)
    await storage.broadcasts.revise(
        draft.id, announcement=Announcement("别的"), actor="user:77", now=NOW
    )
    assert await undo_last(storage) == "broadcast.edit"
    back = await again(storage, draft)
    assert back.announcement == WORDS
    assert back.revision > draft.revision + 1  # who saw the other words cannot send these
    await storage.broadcasts.discard(draft.id, actor="user:77", now=NOW)
    assert await undo_last(storage) == "broadcast.discard"
    assert (await again(storage, draft)).state == BroadcastState.DRAFT


async def test_undoing_a_cancellation_goes_on_sending(storage: Storage) -> None:
    for chat in (1, 2):
        await join(storage, chat)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.announcing.let_go(running, NOW, 1)
    await send_all(storage)
    await storage.broadcasts.cancel(running.id, actor="user:77", now=NOW)
    await storage.announcing.hold(running)
    await storage.broadcasts.reported(running.id)
    assert await storage.broadcasts.at_work() == ()
    assert await undo_last(storage) == "broadcast.cancel"
    (running,) = await storage.broadcasts.at_work()
    await storage.announcing.let_go(running, NOW, 10)
    assert await send_all(storage) == [2]


async def test_undoing_a_correction_corrects_back(storage: Storage) -> None:
    await join(storage, 1)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    await storage.announcing.let_go(running, NOW, 1)
    await send_all(storage)
    await storage.broadcasts.finish(running.id, NOW)
    await storage.broadcasts.correct(running.id, Announcement("改过"), actor="user:77", now=NOW)
    await storage.broadcasts.corrected(running.id, 99, 1, 0)
    await storage.broadcasts.end_correction(running.id)
    assert await undo_last(storage) == "broadcast.correct"
    back = await again(storage, running)
    assert (back.announcement, back.text_before) == (WORDS, "改过")
    assert (back.correcting, back.corrected_to) == (True, 0)


async def test_what_was_sent_is_not_taken_back_by_undoing(storage: Storage) -> None:
    await join(storage, 1)
    await gathered(storage, await confirmed(storage, await drafted(storage)))
    with pytest.raises(NotUndoable):
        await undo_last(storage)


# --- how it is asked --------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_great_announcement_is_never_walked_through(storage: Storage) -> None:
    for chat in range(1, 4):
        await join(storage, chat)
    running = await gathered(storage, await confirmed(storage, await drafted(storage)))
    announcing = storage.announcing
    questions: tuple[Callable[[Storage], Awaitable[object]], ...] = (
        lambda _: announcing.gather(running, OPEN, NOW),
        lambda _: announcing.let_go(running, NOW, 2),
        lambda _: announcing.counts(running, NOW),
        lambda _: announcing.is_over(running, NOW),
        lambda _: announcing.is_still(running),
        lambda _: announcing.sent_after(running, 0, 10),
        lambda _: announcing.hold(running),
        lambda _: storage.broadcasts.at_work(),
    )
    for ask in questions:
        plans = await plans_of(storage, ask, [])
        assert plans
        for plan in plans:
            assert not plan.startswith(("SCAN deliveries", "SCAN broadcasts")) or "INDEX" in plan
            if "deliveries" in plan:
                assert "ix_deliveries_announced" in plan or "PRIMARY KEY" in plan, plan
