"""Whatever happens to stories, no reader is told one twice but for its news, cooled down."""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from digest.cooldown import cool_down
from digest.model import Kind, Relation, Signal, SignalState, Subscriber
from digest.policy import Reason
from storage import Pin, Storage
from storage.curation import Rejection
from storage.pins import PinsFull
from storage.schema import deliveries, digest_signals
from storage.unread import STORY_MEMORY
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON

STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("publish"),
            st.integers(0, 3),
            st.sampled_from(list(Relation)),
            st.sampled_from((Kind.POLICY, Kind.RELEASE, Kind.PAPER)),
            st.sampled_from((60, 75, 92)),
        ),
        st.tuples(st.sampled_from(("merge", "one")), st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.sampled_from(("split", "lead", "pin")), st.integers(0, 5)),
        st.tuples(st.just("retell"), st.integers(0, 3)),
        st.tuples(st.just("push"), st.booleans(), st.integers(1, 30)),
        st.tuples(st.just("wish"), st.integers(0, 80), st.sampled_from(("Asia/Tokyo", "UTC"))),
    ),
    min_size=8,
    max_size=16,
)


FIRST = ("publish", 0, Relation.LEAD, Kind.POLICY, 92)
NEWS = ("publish", 0, Relation.UPDATE, Kind.POLICY, 75)
OTHER = ("publish", 9, Relation.LEAD, Kind.POLICY, 75)
PERILS = (
    (FIRST, ("push", True, 24), ("retell", 0), ("push", True, 24)),  # who leads is another
    (FIRST, ("push", True, 3), NEWS, ("push", True, 3), NEWS),  # news upon news
    (FIRST, ("push", False, 24), NEWS, ("push", True, 24)),  # nobody knows whether it came
    (FIRST, OTHER, ("push", True, 24), OTHER, ("merge", 0, 2), ("lead", 2)),  # two become one
    (FIRST, NEWS, ("pin", 0), ("push", True, 24), ("split", 1), ("one", 0, 1)),
)


class Walk:
    """Readers of three habits, and what each was certainly sent."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.desk = Desk(storage)
        self.signals: list[int] = []
        self.sent: dict[int, list[tuple[datetime, int]]] = {}
        self.readers: list[Subscriber] = []

    async def run(self, steps: Sequence[tuple[Any, ...]]) -> None:
        """Do all of it, looking at what readers get each time."""
        self.readers = [
            await self.desk.reader(),
            await self.desk.reader(digest_times=(), story_updates=True),
            await self.desk.reader(instant=False),
        ]
        for name, *with_ in steps:
            await getattr(self, f"_{name}")(*with_)
        await self._push(True, 24)  # noqa: FBT003 - as the steps have it
        await self._push(True, 24)  # noqa: FBT003

    async def _publish(self, story: int, relation: Relation, kind: Kind, total: int) -> None:
        of = self.signals[-1 - story] if story < len(self.signals) else None
        made = await self.desk.news.publish(
            f"第{len(self.signals)}件事",
            at=self.desk.time(),
            total=total,
            kind=kind,
            story_of=of,
            relation=relation if of else Relation.LEAD,
        )
        self.signals.append(made.id)

    async def _retell(self, story: int) -> None:
        """A better telling of a story comes, and leads it from then on."""
        await self._publish(story, Relation.DUPLICATE, Kind.POLICY, 92)
        await self.storage.storyboard.lead(self.signals[-1], "editor:1", self.desk.time())

    async def _merge(self, one: int, other: int, *, whole: bool = True) -> None:
        if max(one, other) < len(self.signals):
            ids, now = (self.signals[one], self.signals[other]), self.desk.time()
            await self.storage.storyboard.join(*ids, "editor:1", now, whole=whole)

    async def _one(self, one: int, other: int) -> None:
        await self._merge(one, other, whole=False)

    async def _split(self, one: int) -> None:
        if one < len(self.signals):
            await self.storage.storyboard.split(self.signals[one], "editor:1", self.desk.time())

    async def _lead(self, one: int) -> None:
        if one < len(self.signals):
            await self.storage.storyboard.lead(self.signals[one], "editor:1", self.desk.time())

    async def _pin(self, one: int) -> None:
        if one < len(self.signals):
            now = self.desk.time()
            until = now + timedelta(days=1)
            with suppress(PinsFull):
                await self.storage.pins.pin(
                    Pin(self.signals[one], everywhere=True, until=until), "editor:1", now
                )

    async def _wish(self, score: int, zone: str) -> None:
        for reader in self.readers:
            was = (await self.desk.again(reader)).subscription
            wishes = was.wishes.__class__(**{**_fields(was.wishes), "min_score": score})
            changed = was.__class__(**{**_fields(was), "zone": zone, "wishes": wishes})
            await self.storage.subscribers.save_subscription(reader.id, changed)

    async def _push(self, arrives: bool, hours: int) -> None:
        await self.desk.planner.run_instant()
        await self._arrive(arrives=arrives)
        self.desk.time.pass_(hours=hours)
        await self.desk.planner.run_due()
        await self._arrive(arrives=arrives)

    async def _arrive(self, *, arrives: bool) -> None:
        pinned = {signal.id for signal, _ in await self.storage.pins.signals(self.desk.time())}
        owed = await self.desk.sending()
        now = self.desk.time()
        for one in owed:
            shown = await self._shown(one.id)
            stories = [it.story_id for it in shown if it.story_id and it.id not in pinned]
            assert len(stories) == len(set(stories)), "one message tells a story twice"
            for signal in shown:
                await self._look(one.subscriber_id, signal, now)
            if not arrives:
                await self.storage.deliveries.settle_unknown(one.id, "reset", now)
                continue
            await self.storage.deliveries.settle_sent(one.id, 1, now)
            told = self.sent.setdefault(one.subscriber_id, [])
            told += [(now, signal.id) for signal in shown]

    async def _look(self, reader: int, signal: Signal, now: datetime) -> None:
        """Whether the reader may be sent the signal after all that they were sent before."""
        told = self.sent.get(reader, [])
        assert signal.id not in {number for _, number in told}
        if signal.story_id is None:
            return
        before = {it.id: it for it in await self.storage.signals.get_many([n for _, n in told])}
        heard = [
            at
            for at, number in told
            if before[number].story_id == signal.story_id and at >= now - STORY_MEMORY
        ]
        # What came together with it is judged as a whole.
        earlier = [at for at in heard if at < now]
        if earlier:
            assert signal.relation.is_news, "a story is told again"
            wait = cool_down(
                signal.placement.kind, signal.score.total, times=len(earlier), followed=False
            )
            assert now - max(earlier) > wait, "news too soon"

    async def _shown(self, delivery: int) -> tuple[Signal, ...]:
        part = (deliveries.c.digest_id == digest_signals.c.digest_id) & (
            deliveries.c.part == digest_signals.c.part
        )
        query = (
            select(digest_signals.c.signal_id)
            .join(deliveries, part)
            .where(deliveries.c.id == delivery)
        )
        async with self.storage.database.read() as connection:
            ids = (await connection.execute(query)).scalars().all()
        return await self.storage.signals.get_many(ids)


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@pytest.fixture(scope="module")
def empty(sqlite_template: Path) -> Path:
    """A migrated database, to be copied for each walk."""
    return sqlite_template


@example(steps=PERILS[0])
@example(steps=PERILS[1])
@example(steps=PERILS[2])
@example(steps=PERILS[3])
@example(steps=PERILS[4])
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_no_reader_is_told_a_story_twice(empty: Path, steps: Sequence[tuple[Any, ...]]) -> None:
    async def walk() -> None:
        path = empty.with_name("walk.db")
        for old in path.parent.glob("walk.db*"):
            old.unlink()
        shutil.copy(empty, path)
        storage = await Storage.open(f"sqlite:///{path}", check=False)
        try:
            await Walk(storage).run(steps)
        finally:
            await storage.close()

    asyncio.run(walk())


@pytest.mark.parametrize("sent", [False, True])
async def test_alerts_of_what_turns_out_to_be_one_event_come_once(
    desk: Desk, *, sent: bool
) -> None:
    """Both wait for the end of quiet hours, or the second does when the first has come."""
    awake = time(desk.time().hour + 1), time(desk.time().hour + 9)
    await desk.reader(digest_times=(), quiet_from=awake[0], quiet_to=awake[1], zone="UTC")
    first = await desk.news.publish("大坝溃口", at=desk.time(), total=92)
    await desk.planner.run_instant()
    if sent:
        assert await desk.settle() == 1
    desk.time.pass_(hours=2)
    again = await desk.news.publish("凌河垮坝事故", at=desk.time(), total=92)
    other = await desk.news.publish("北港停电", at=desk.time(), total=92)
    assert await desk.planner.run_instant() == 2
    await desk.storage.storyboard.join(again.id, first.id, "editor:1", desk.time(), whole=True)
    desk.time.pass_(hours=9)
    texts = [one.body["text"] for one in await desk.sending()]
    assert [
        title for title in ("大坝溃口", "凌河垮坝", "北港停电") if title in "".join(texts)
    ] == (["北港停电"] if sent else ["大坝溃口", "北港停电"])
    assert other.story_id is None


async def test_news_that_came_too_soon_comes_with_the_first_digest_after(desk: Desk) -> None:
    reader = await desk.reader(instant=False)
    lead = await desk.news.publish("大坝溃口", at=NOON, total=60)
    assert await desk.digest_hour(reader) == 1
    await desk.settle()
    desk.time.pass_(hours=1)
    await desk.news.publish(
        "失踪降到 4 人", at=desk.time(), total=60, story_of=lead.id, relation=Relation.UPDATE
    )
    told = 0
    for _ in range(6):
        desk.time.pass_(hours=1)
        told += await desk.digest_hour(reader)
        sent = await desk.sending()
        for one in sent:
            assert "失踪降到 4 人" in one.body["text"]
            assert desk.time() > NOON + timedelta(hours=36)
            await desk.storage.deliveries.settle_sent(one.id, 1, desk.time())
    assert told == 1


async def test_news_that_came_is_no_news_once_it_was_hidden_and_shown_again(desk: Desk) -> None:
    reader = await desk.reader(instant=False)
    lead = await desk.news.publish("大坝溃口", at=NOON, total=60)
    await desk.digest_hour(reader)
    await desk.settle()
    desk.time.pass_(hours=16)
    await desk.digest_hour(reader)
    desk.time.pass_(hours=16)
    news = await desk.news.publish(
        "失踪降到 4 人", at=desk.time(), total=60, story_of=lead.id, relation=Relation.UPDATE
    )
    await desk.digest_hour(reader)
    assert await desk.settle() == 1
    desk.time.pass_(hours=1)
    curation = desk.storage.curation
    live, gone = SignalState.LIVE, SignalState.REJECTED
    await curation.reject(news.id, Rejection(Reason.OLD), "editor:1", desk.time(), expect=live)
    await curation.approve(news.id, "editor:1", desk.time(), expect=gone)
    told = 0
    for _ in range(3):
        desk.time.pass_(hours=1)
        told += await desk.digest_hour(reader)
        await desk.settle()
    assert told == 0
