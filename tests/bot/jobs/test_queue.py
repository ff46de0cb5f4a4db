"""The queue by itself: policies at reading, what falls, what is pushed after an approval."""

import asyncio
import shutil
import tempfile
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.jobs.queue import QueueKeeper
from digest.model import EntryState, Rule, SignalState, Subscriber
from digest.policy import Fall, Mode, Policy, Reason, source_scope
from digest.rules import RuleIndex
from storage import Storage
from storage.acts import Changed, NotUndoable
from storage.curation import Decided, Rejection
from tests.bot.jobs.desk import Desk
from tests.bot.jobs.pages import item, page, rss
from tests.bot.jobs.world import World
from tests.newsdesk import NOON

WANG = "user:1"
HELD, LIVE = SignalState.HELD, SignalState.LIVE
ADVERT = Rejection(Reason.ADVERT)


# --- reading ---------------------------------------------------------------------------------


async def read_one(world: World, path: str, link: str = "/a") -> Any:
    """A later entry of a feed that was polled before."""
    source = await world.source(path)
    world.answers[path] = rss()
    await world.poll_and_read()
    world.time.pass_(hours=2)
    at = world.time() - timedelta(hours=1)
    world.answers[path] = rss(item(title="T", link=world.base + link, guid=path, at=at))
    world.answers[link] = page("Harbour Robotics sells 1,200 machines to Lindholm")
    return source


async def test_a_policy_holds_what_its_source_brings(world: World) -> None:
    source = await read_one(world, "/feed")
    policy = Policy(Mode.REVIEWED, fall=Fall.PUBLISH, hours=3)
    await world.storage.policies.set(source_scope(source.id), policy, actor=WANG, now=world.time())
    (result,) = await world.poll_and_read()
    assert result.state is EntryState.DONE
    assert world.signals == []
    assert await world.storage.signals.latest() == ()
    (waiting,) = await world.storage.queue.waiting(world.time())
    assert waiting.falls_at == world.time() + timedelta(hours=3)
    world.time.pass_(hours=3)
    keeper = QueueKeeper(world.storage, clock=world.time)
    assert await keeper.run_due() == 1
    assert await keeper.run_due() == 0
    (signal,) = await world.storage.signals.latest()
    assert signal.live_at == world.time()


async def test_another_source_that_is_not_reviewed_lets_it_go(world: World) -> None:
    source = await read_one(world, "/one")
    await world.storage.policies.set(
        source_scope(source.id), Policy(Mode.REVIEWED), actor=WANG, now=world.time()
    )
    await world.poll_and_read()
    assert await world.storage.signals.latest() == ()
    await read_one(world, "/two")
    await world.poll_and_read()
    (signal,) = await world.storage.signals.latest()
    assert len(signal.seen_in) == 2
    assert [one.id for one in world.signals] == [signal.id]


async def test_what_an_editor_rejected_stays_so_whoever_carries_it(world: World) -> None:
    source = await read_one(world, "/one")
    await world.storage.policies.set(
        source_scope(source.id), Policy(Mode.REVIEWED), actor=WANG, now=world.time()
    )
    await world.poll_and_read()
    (waiting,) = await world.storage.queue.waiting(world.time())
    await world.storage.curation.reject(waiting.id, ADVERT, WANG, world.time())
    await read_one(world, "/two")
    await world.poll_and_read()
    assert await world.storage.signals.latest() == ()


# --- pushes ----------------------------------------------------------------------------------


async def test_an_approved_signal_comes_by_the_next_digest_and_alert(desk: Desk) -> None:
    digest = await desk.reader(digest_times=(time(14), time(20)), instant=False)
    await desk.reader(digest_times=(), instant=True)
    held = await desk.news.publish(at=NOON - timedelta(hours=2), state=HELD, total=90)
    desk.time.now = digest.subscription.next_digest_at or NOON
    assert await desk.planner.run_due() == 0
    assert await desk.planner.run_instant() == 0
    desk.time.pass_(minutes=90)  # later than alerts look back to its reading
    await desk.storage.curation.approve(held.id, WANG, desk.time())
    assert await desk.planner.run_instant() == 1
    assert await desk.planner.run_instant() == 0
    desk.time.now = (await desk.again(digest)).subscription.next_digest_at or NOON
    assert await desk.planner.run_due() == 1
    await desk.settle()
    desk.time.pass_(days=1)
    assert await desk.planner.run_due() == 0


async def test_what_was_taken_back_and_approved_again_is_pushed_once(desk: Desk) -> None:
    await desk.reader(digest_times=(), instant=True)
    held = await desk.news.publish(at=NOON, state=HELD, total=90)
    done = await desk.storage.curation.approve(held.id, WANG, desk.time())
    assert await desk.planner.run_instant() == 1
    await desk.lose()  # nobody knows whether it arrived
    assert done.act is not None
    await desk.storage.acts.undo(done.act.id, WANG, desk.time())
    assert await desk.planner.run_instant() == 0
    desk.time.pass_(minutes=5)
    await desk.storage.curation.approve(held.id, WANG, desk.time())
    assert await desk.planner.run_instant() == 0


async def test_rules_save_what_is_approved_after_they_were_made(desk: Desk) -> None:
    held = await desk.news.publish("芯片出口", at=NOON, state=HELD)
    await desk.storage.curation.approve(held.id, WANG, NOON + timedelta(hours=2))
    (arrived,) = await desk.storage.rules.arrivals(NOON + timedelta(hours=1), 0)
    rule = Rule(1, words=("芯片",), since=NOON + timedelta(hours=1))
    assert RuleIndex([rule]).wanting(arrived) == (rule,)


# --- any order of decisions and digests ------------------------------------------------------

MOST = 6
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.booleans()),
        st.tuples(st.just("approve"), st.integers(0, 9)),
        st.tuples(st.just("reject"), st.integers(0, 9)),
        st.tuples(st.just("undo"), st.integers(0, 9)),
        st.tuples(st.just("pass"), st.integers(1, 400)),
        st.tuples(st.just("digest")),
        st.tuples(st.just("arrive")),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def empty(sqlite_template: Path) -> Path:
    """A migrated database, to be copied."""
    return sqlite_template


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_whatever_editors_do_nothing_is_pushed_twice_or_lost(
    empty: Path, steps: list[tuple[Any, ...]]
) -> None:
    asyncio.run(_walk(empty, steps))


async def _walk(empty: Path, steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "walk.db"
        shutil.copy(empty, path)
        storage = await Storage.open(f"sqlite:///{path}", check=False)
        try:
            walk = _Walk(Desk(storage))
            walk.reader = await walk.desk.reader(instant=True)
            for step in steps:
                await walk.take(step)
            await walk.end()
        finally:
            await storage.close()


class _Walk:
    """What a reader has been sent, beside what editors did."""

    reader: Subscriber

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.ids: list[int] = []
        self.acts: list[int] = []

    async def take(self, step: tuple[Any, ...]) -> None:
        desk, curation = self.desk, self.desk.storage.curation
        match step:
            case ("read", held) if len(self.ids) < MOST:
                at = len(self.ids)
                signal = await desk.news.publish(
                    at=desk.time(),
                    published_at=desk.time(),
                    total=90 if at % 2 else 70,
                    state=HELD if held else LIVE,
                    source=f"source{at}",
                    column=("ai", "business")[at % 2],
                )
                self.ids.append(signal.id)
            case ("approve" | "reject" as what, int(at)) if self.ids:
                number = self.ids[at % len(self.ids)]
                try:
                    if what == "approve":
                        done = await curation.approve(number, WANG, desk.time())
                    else:
                        done = await curation.reject(number, ADVERT, WANG, desk.time())
                except Decided:
                    return
                assert done.act is not None
                self.acts.append(done.act.id)
            case ("undo", int(at)) if self.acts:
                try:
                    await desk.storage.acts.undo(self.acts[at % len(self.acts)], WANG, desk.time())
                except (Changed, NotUndoable):
                    return
            case ("pass", int(minutes)):
                desk.time.pass_(minutes=minutes)
            case ("digest",):
                await desk.planner.run_due()
                await desk.planner.run_instant()
            case ("arrive",):
                await desk.settle()
        await self.check()

    async def check(self) -> None:
        """No signal is owed or sent twice."""
        planned = await self._planned()
        assert len(planned) == len(set(planned)), planned

    async def end(self) -> None:
        """With the next digest the reader has all that is live, once, and nothing else new."""
        before = set(await self._planned())
        await self.desk.planner.run_instant()
        due = (await self.desk.again(self.reader)).subscription.next_digest_at
        self.desk.time.now = max(self.desk.time(), due or self.desk.time())
        await self.desk.planner.run_due()
        await self.check()
        found = await self.desk.storage.signals.get_many(self.ids)
        live = {one.id for one in found if one.state is LIVE}
        planned = set(await self._planned())
        assert live <= planned, (live, planned)
        assert planned - before <= live

    async def _planned(self) -> list[int]:
        query = (
            "SELECT s.signal_id FROM deliveries d JOIN digest_signals s"
            " ON s.digest_id = d.digest_id AND s.part = d.part WHERE d.state <> 'dead'"
        )
        async with self.desk.storage.database.read() as connection:
            return list((await connection.execute(text(query))).scalars())


async def test_what_comes_back_after_a_digest_is_in_the_next_one(desk: Desk) -> None:
    reader = await desk.reader(digest_times=(time(14), time(20)), instant=False)
    live = await desk.news.publish(at=NOON, published_at=NOON)
    done = await desk.storage.curation.reject(live.id, ADVERT, WANG, NOON, expect=LIVE)
    desk.time.now = reader.subscription.next_digest_at or NOON
    assert await desk.planner.run_due() == 0
    desk.time.pass_(minutes=10)
    assert done.act is not None
    await desk.storage.acts.undo(done.act.id, WANG, desk.time())
    desk.time.now = (await desk.again(reader)).subscription.next_digest_at or NOON
    assert await desk.planner.run_due() == 1


async def test_what_was_being_approved_while_a_digest_was_planned_comes_next(desk: Desk) -> None:
    reader = await desk.reader(digest_times=(time(14), time(20)), instant=False)
    held = await desk.news.publish(at=NOON, published_at=NOON, state=HELD)
    desk.time.now = reader.subscription.next_digest_at or NOON
    began = desk.time() - timedelta(seconds=5)
    assert await desk.planner.run_due() == 0
    await desk.storage.curation.approve(held.id, WANG, began)  # as if it was committed only now
    desk.time.now = (await desk.again(reader)).subscription.next_digest_at or NOON
    assert await desk.planner.run_due() == 1
    await desk.settle()
    desk.time.pass_(days=1)
    assert await desk.planner.run_due() == 0
