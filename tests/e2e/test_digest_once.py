"""Exactly one digest when it is due; silence when nothing is new; a restart changes nothing."""

import asyncio
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.running import Running
from bot.sandbox import Fault, FaultKind
from digest.compose import next_digest_at
from digest.model import (
    ChatKind,
    DeliveryState,
    EntryState,
    Lang,
    Subscriber,
    Subscription,
    Wishes,
)
from tests.e2e.conftest import MovableClock, Start

HOURS = (time(8, 30), time(20, 30))


def daily(now: datetime) -> Subscription:
    """A daily digest at the hour that is farther off: nothing is due while news is awaited."""
    wanted = (
        Subscription(
            wishes=Wishes(min_score=0), instant=False, digest_times=(hour,), zone="Asia/Shanghai"
        )
        for hour in HOURS
    )
    due = [replace(one, next_digest_at=next_digest_at(one, now)) for one in wanted]
    return max(due, key=lambda one: one.next_digest_at or now)


async def subscribe(running: Running, name: str = "lin") -> Subscriber:
    """A reader with a daily digest, who has started the bot."""
    assert running.sandbox is not None
    person = running.sandbox.person(name)
    person.user.started = True
    now = running.clock()
    subscriber, _ = await running.storage.subscribers.enter(
        person.id, 0, ChatKind.PRIVATE, person.user.name, Lang.ZH, now
    )
    wanted = replace(daily(now), considered_until=now - timedelta(hours=1))
    await running.storage.subscribers.save_subscription(subscriber.id, wanted)
    found = await running.storage.subscribers.get(subscriber.id)
    assert found is not None
    return found


async def fresh_signals(running: Running, clock: MovableClock) -> None:
    """Let the newsroom publish something that readers want after its feeds were first polled."""
    least = Wishes().min_score
    async with asyncio.timeout(90):
        while await running.storage.signals.total() == 0:
            await asyncio.sleep(0.1)
        while True:
            now = running.clock()
            window = await running.storage.signals.window(now - timedelta(hours=2), now)
            if any(not one.backlog and one.score.total >= least for one in window):
                return
            clock.offset += timedelta(seconds=20)
            running.nudge("poll")
            running.nudge("read")
            await asyncio.sleep(0.5)


async def all_read(running: Running, clock: MovableClock, before: datetime) -> None:
    """Let all that was polled be read, or given up, while nothing new is published."""
    unread = {EntryState.NEW, EntryState.BACKLOG}
    assert running.schedule is not None
    async with asyncio.timeout(90):
        while unread & (await running.storage.entries.counts()).keys():
            if clock() + timedelta(minutes=2) < before:  # what failed is tried again later
                clock.offset += timedelta(minutes=1)
            running.schedule.nudge("read")
            await asyncio.sleep(0.1)


async def sent(running: Running) -> int:
    counts = await running.storage.deliveries.counts()
    return counts.get(DeliveryState.SENT, 0)


async def until_planned(running: Running, subscriber_id: int, moved_from: datetime) -> None:
    async with asyncio.timeout(60):
        while True:
            running.nudge("digests")
            found = await running.storage.subscribers.get(subscriber_id)
            assert found is not None
            if found.subscription.next_digest_at != moved_from:
                return
            await asyncio.sleep(0.2)


async def until_settled(running: Running) -> None:
    open_states = {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING}
    async with asyncio.timeout(30):
        while open_states & (await running.storage.deliveries.counts()).keys():
            await asyncio.sleep(0.1)


async def test_one_digest_when_due_then_silence_also_across_a_restart(
    hexin: Start, clock: MovableClock
) -> None:
    async with hexin() as running:
        subscriber = await subscribe(running)
        await fresh_signals(running, clock)
    due = subscriber.subscription.next_digest_at
    assert due is not None

    # From here on nothing is published: what is read late would be news of the next day.
    async with hexin(sandbox_newsroom=False) as running:
        await all_read(running, clock, due)
        assert await sent(running) == 0  # not a minute too early
        assert running.sandbox is not None
        running.sandbox.person("lin").user.started = True

        clock.move_to(due + timedelta(seconds=5))
        await until_planned(running, subscriber.id, due)
        await until_settled(running)
        assert running.sandbox is not None
        lin = running.sandbox.person("lin")
        digests = [seen for seen in lin.inbox if "1" in seen.labels]
        assert len(digests) == 1
        first_sent = await sent(running)
        assert first_sent == len(lin.inbox)

        for _ in range(5):
            running.nudge("digests")
            await asyncio.sleep(0.1)
        assert await sent(running) == first_sent

    # The next day, after a restart, with nothing new: silence, and the hour moves on.
    async with hexin(sandbox_newsroom=False) as running:
        again = await running.storage.subscribers.get(subscriber.id)
        assert again is not None
        second_due = again.subscription.next_digest_at
        assert second_due is not None
        assert second_due == due + timedelta(days=1)
        clock.move_to(second_due + timedelta(seconds=5))
        await until_planned(running, subscriber.id, second_due)
        await until_settled(running)
        assert await sent(running) == first_sent
        assert running.sandbox is not None
        assert running.sandbox.person("lin").inbox == []


async def test_a_restart_between_planning_and_sending_sends_it_once(
    hexin: Start, clock: MovableClock
) -> None:
    async with hexin() as running:
        subscriber = await subscribe(running)
        await fresh_signals(running, clock)
        due = subscriber.subscription.next_digest_at
        assert due is not None
        assert running.sandbox is not None
        # Telegram makes us wait: the digest is planned, but not one message of it may be sent.
        running.sandbox.faults.add(
            Fault(FaultKind.ANSWER, method="sendMessage", code=429, retry_after=3600, times=-1)
        )
        clock.move_to(due + timedelta(seconds=5))
        await until_planned(running, subscriber.id, due)
        async with asyncio.timeout(30):
            while DeliveryState.RETRY not in await running.storage.deliveries.counts():
                await asyncio.sleep(0.1)

    clock.offset += timedelta(hours=2)
    async with hexin(sandbox_newsroom=False) as running:
        assert running.sandbox is not None
        lin = running.sandbox.person("lin")
        lin.user.started = True
        owed = sum((await running.storage.deliveries.counts()).values())
        async with asyncio.timeout(60):
            while await sent(running) < owed:
                await asyncio.sleep(0.1)
        assert len([seen for seen in lin.inbox if "1" in seen.labels]) == 1
        assert len(lin.inbox) == owed


async def test_what_may_have_been_sent_is_not_repeated_but_its_content_comes_again(
    hexin: Start, clock: MovableClock
) -> None:
    async with hexin() as running:
        subscriber = await subscribe(running)
        await fresh_signals(running, clock)
        due = subscriber.subscription.next_digest_at
        assert due is not None
        assert running.sandbox is not None
        lin = running.sandbox.person("lin")
        running.sandbox.faults.add(
            Fault(FaultKind.DROP_BEFORE, method="sendMessage", chat_id=lin.id, times=-1)
        )
        clock.move_to(due + timedelta(seconds=5))
        await until_planned(running, subscriber.id, due)
        async with asyncio.timeout(60):
            while DeliveryState.UNKNOWN not in await running.storage.deliveries.counts():
                await asyncio.sleep(0.1)
        await until_settled(running)
        assert lin.inbox == []
        lost = (await running.storage.given.carried([subscriber.id], due - timedelta(days=1)))[
            subscriber.id
        ]
        assert lost

        running.sandbox.faults.clear()
        again = await running.storage.subscribers.get(subscriber.id)
        assert again is not None
        second_due = again.subscription.next_digest_at
        assert second_due is not None
        clock.move_to(second_due + timedelta(seconds=5))
        await until_planned(running, subscriber.id, second_due)
        await until_settled(running)
        links = {link for seen in lin.inbox for link in seen.links}
        for signal_id in lost:
            assert any(link.endswith(f"/s/{signal_id}") for link in links), signal_id
