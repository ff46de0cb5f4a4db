"""`kill -9` in the middle of correcting 500 messages: in the end each reads as it should."""

import asyncio
from collections import Counter
from datetime import time

import aiohttp

from bot.clock import utc_now
from bot.delivery.limiter import Limiter
from bot.delivery.sender import Sender
from bot.jobs.planning import Planner
from bot.sandbox import Fault, FaultKind
from bot.sandbox.people import Person
from digest.editing import Field, with_headline
from digest.model import ChatKind, Lang, Signal, Subscription, Wishes
from digest.render import Links
from digest.taxonomy import load_taxonomy
from handlers.callbacks import pack
from storage import Storage
from storage.amendment_rows import AmendState
from tests.e2e.test_killed import Outside, outside, until
from tests.newsdesk import Newsdesk

READERS = 500
# A request that leads no process to its end: the first one is killed long before.
BEFORE_KILL = 120
WRONG, RIGHT = "央行下调存款准备金率 0.5 个百分点", "央行上调存款准备金率 0.5 个百分点"

assert outside  # the fixture


async def test_a_correction_reaches_everybody_through_a_kill(
    outside: Outside,
) -> None:
    sandbox = outside.sandbox
    crowd = sandbox.add_people(READERS)
    async with outside.storage() as storage:
        signal = await _sent_to(storage, outside, crowd)
    shown = {person.id: person.messages_in(person.id)[-1].id for person in crowd}
    assert all(WRONG in _text(person, shown) for person in crowd)
    blocked, deleted, flooded = crowd[:5], crowd[5:10], crowd[10:15]
    for person in blocked:
        person.user.blocked = True
    for person in deleted:
        sandbox.world.remove(sandbox.world.chats[person.id], shown[person.id])
    for person in flooded:
        sandbox.faults.add(
            Fault(
                FaultKind.ANSWER,
                method="editMessageText",
                chat_id=person.id,
                code=429,
                description="Too Many Requests: retry after 1",
                retry_after=1,
            )
        )
    async with outside.storage() as storage:
        await storage.editing.rewrite(
            signal.id,
            Field.HEADLINE,
            lambda brief: with_headline(brief, RIGHT, "zh"),
            "user:1",
            utc_now(),
        )
    outside.environment["SEND_RATE"] = "150"
    async with outside.process():
        await until(lambda: len(sandbox.log.of("editMessageText")) >= BEFORE_KILL)
    assert len(sandbox.log.of("editMessageText")) < READERS
    async with outside.process(), outside.storage() as storage:
        counts = await _settled(storage)
    assert counts == {AmendState.DONE: 490, AmendState.GONE: 5, AmendState.IMPOSSIBLE: 5}
    for person in crowd[10:]:
        assert RIGHT in _text(person, shown), person.id
        assert "✏️ 已更正" in _text(person, shown)
    assert all(WRONG in _text(person, shown) for person in blocked)
    tried = Counter(call.chat_id for call in sandbox.log.of("editMessageText"))
    # Only what was under way when the process died was edited once more, and what was flooded.
    assert sum(count > 1 for count in tried.values()) <= 60 + len(flooded)


async def _sent_to(storage: Storage, outside: Outside, crowd: list[Person]) -> Signal:
    """One digest, sent to everybody by a sender of the test's own."""
    now = utc_now()
    signal = await Newsdesk(storage).publish(WRONG, at=now)
    awake = Subscription(
        Wishes(min_score=0), next_digest_at=now, quiet_from=time(0), quiet_to=time(0)
    )
    for person in crowd:
        reader, _ = await storage.subscribers.enter(
            person.id, 0, ChatKind.PRIVATE, f"P{person.id}", Lang.ZH, now
        )
        await storage.subscribers.save_subscription(reader.id, awake)
    planner = Planner(
        storage,
        taxonomy=load_taxonomy(),
        links=Links("https://hexin.example"),
        clock=utc_now,
        pack=pack,
        wake_sender=lambda: None,
    )
    assert await planner.run_due() == len(crowd)
    async with aiohttp.ClientSession() as session:
        base = outside.environment["TELEGRAM_API_BASE_URL"]
        limiter = Limiter(900, in_flight=20)
        sender = Sender(storage, session, base, outside.sandbox.token, limiter, utc_now, "test")
        assert await sender.deliver_due(len(crowd)) == len(crowd)
    return signal


def _text(person: Person, shown: dict[int, int]) -> str:
    return next(seen.text for seen in person.messages_in(person.id) if seen.id == shown[person.id])


async def _settled(storage: Storage) -> Counter[AmendState]:
    async with asyncio.timeout(60):
        while True:
            change = await storage.amendments.newest_change(1)
            counts = await storage.amendments.progress(change or 0)
            if counts.total() == READERS and not (
                counts[AmendState.PENDING] + counts[AmendState.SENDING]
            ):
                return Counter({state: count for state, count in counts.items() if count})
            await asyncio.sleep(0.1)
