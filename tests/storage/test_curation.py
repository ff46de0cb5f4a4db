"""What editors do to signals: readers see it at once, it can be taken back, nobody is overrun."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from digest.model import Relation, Score, ScorePart, SignalState
from digest.policy import EDITOR, Fall, Hold, Reason
from digest.stories import StoryPlacement
from storage import Storage
from storage.curation import Decided, Rejection
from storage.errors import NotFound
from storage.schema import signal_topics, signals
from storage.values import hold_data
from tests.storage.making import NOW, add_signal, add_source, draft, minutes

HELD, LIVE, REJECTED = SignalState.HELD, SignalState.LIVE, SignalState.REJECTED
WANG, LI = "user:1", "user:2"
LATER = NOW + minutes(150)
ADVERT = Rejection(Reason.ADVERT)


def after(signal_id: int, relation: Relation = Relation.DUPLICATE) -> StoryPlacement:
    return StoryPlacement(signal_id, relation, 1.0)


async def row(storage: Storage, signal_id: int) -> Any:
    async with storage.database.read() as connection:
        query = select(signals).where(signals.c.id == signal_id)
        return (await connection.execute(query)).one()


async def everything(storage: Storage) -> dict[str, list[Any]]:
    """All that curation may change."""
    async with storage.database.read() as connection:
        return {
            table.name: sorted((await connection.execute(select(table))).all(), key=repr)
            for table in (signals, signal_topics)
        }


async def listed(storage: Storage) -> list[int]:
    return [one.id for one in await storage.signals.latest()]


async def test_an_approved_signal_is_as_new_as_its_approval(storage: Storage) -> None:
    held = await add_signal(storage, made=draft("a", topics=("llm", "chips")), state=HELD)
    assert await listed(storage) == []
    done = await storage.curation.approve(held.id, WANG, LATER)
    assert await listed(storage) == [held.id]
    assert (await row(storage, held.id)).live_at == LATER
    assert [one.id for one in await storage.signals.window(NOW, LATER)] == [held.id]
    assert await storage.signals.counts(NOW - minutes(1), by="topic") == {"llm": 1, "chips": 1}
    assert done.act is not None
    assert (done.act.actor, done.act.act, done.act.target) == (
        WANG,
        "signal.approve",
        f"signal:{held.id}",
    )


async def test_a_rejected_signal_keeps_its_reason_and_is_nowhere(storage: Storage) -> None:
    live = await add_signal(storage, made=draft("a", topics=("llm",)))
    words = Rejection(Reason.OTHER, "标题党")
    await storage.curation.reject(live.id, words, WANG, LATER, expect=LIVE)
    assert await listed(storage) == []
    assert await storage.signals.topic_days(2, LATER) == {}
    assert await storage.queue.rejected_for(live.id) is Reason.OTHER
    card = await storage.queue.card(live.id, 0, LATER)
    assert card is not None
    assert card.rejection == words


@pytest.mark.parametrize("first", ["approve", "reject", "schedule"])
async def test_the_second_editor_is_told_who_was_first(storage: Storage, first: str) -> None:
    held = await add_signal(storage, state=HELD)
    curation = storage.curation
    if first == "approve":
        await curation.approve(held.id, WANG, LATER)
    elif first == "reject":
        await curation.reject(held.id, ADVERT, WANG, LATER)
    else:
        await curation.schedule(held.id, LATER + minutes(5), WANG, LATER)
    before = await everything(storage)
    for second in (
        curation.approve(held.id, LI, LATER + minutes(1)),
        curation.reject(held.id, ADVERT, LI, LATER + minutes(1)),
    ):
        with pytest.raises(Decided) as told:
            await second
        assert told.value.by is not None
        assert (told.value.by.actor, told.value.by.at) == (WANG, LATER)
        assert told.value.by.act == f"signal.{first}"
    assert await everything(storage) == before


async def test_of_many_at_once_exactly_one_decides(storage: Storage) -> None:
    held = await add_signal(storage, made=draft("a", topics=("llm",)), state=HELD)

    async def decide(number: int) -> str:
        actor = f"user:{number}"
        try:
            if number % 2:
                await storage.curation.approve(held.id, actor, LATER)
            else:
                await storage.curation.reject(held.id, ADVERT, actor, LATER)
        except Decided as told:
            return told.by.actor if told.by else "nobody knows whom"
        return "mine"

    told = await asyncio.gather(*(decide(number) for number in range(8)))
    winners = [number for number, what in enumerate(told) if what == "mine"]
    assert len(winners) == 1
    assert {what for what in told if what != "mine"} == {f"user:{winners[0]}"}
    state = (await row(storage, held.id)).state
    assert state == (LIVE if winners[0] % 2 else REJECTED)


async def test_two_who_approve_many_at_once_share_them(storage: Storage) -> None:
    ids = [(await add_signal(storage, state=HELD)).id for _ in range(6)]
    one, two = await asyncio.gather(
        storage.curation.approve_all(ids[:4], WANG, LATER),
        storage.curation.approve_all(ids[2:][::-1], LI, LATER),
    )
    assert sorted(one.signals + two.signals) == ids
    assert len(await listed(storage)) == 6


async def test_many_are_approved_in_one_act_and_taken_back_in_one(storage: Storage) -> None:
    ids = [
        (await add_signal(storage, made=draft(f"s{n}", topics=("llm",)), state=HELD)).id
        for n in range(5)
    ]
    await storage.curation.approve(ids[0], LI, LATER)
    before = await everything(storage)
    done = await storage.curation.approve_all(ids, WANG, LATER)
    assert done.signals == tuple(ids[1:])
    assert sorted(await listed(storage)) == ids
    assert done.act is not None
    await storage.acts.undo(done.act.id, WANG, LATER)
    assert await everything(storage) == before


async def test_an_act_that_finds_nothing_leaves_no_trace(storage: Storage) -> None:
    done = await storage.curation.reject_all([99], ADVERT, WANG, LATER)
    assert (done.signals, done.act) == ((), None)
    with pytest.raises(NotFound):
        await storage.curation.approve(99, WANG, LATER)
    assert await storage.audit.list() == ()


# --- stories ---------------------------------------------------------------------------------


async def test_whoever_comes_later_repeats_whoever_led_meanwhile(storage: Storage) -> None:
    held = await add_signal(storage, "held", state=HELD)
    live = await add_signal(storage, "live", story=after(held.id))
    await storage.curation.approve(held.id, WANG, LATER)
    assert await listed(storage) == [live.id]
    (shown,) = await storage.signals.latest()
    assert shown.others == 1


async def test_a_story_goes_on_without_its_lead(storage: Storage) -> None:
    lead = await add_signal(storage, "lead")
    one = await add_signal(storage, "one", story=after(lead.id))
    await add_signal(storage, "two", story=after(lead.id))
    before = await everything(storage)
    done = await storage.curation.reject(lead.id, ADVERT, WANG, LATER, expect=LIVE)
    assert await listed(storage) == [one.id]
    assert [shown.others for shown in await storage.signals.latest()] == [1]
    assert done.act is not None
    await storage.acts.undo(done.act.id, WANG, LATER)
    assert await everything(storage) == before
    assert await listed(storage) == [lead.id]


async def test_taking_back_an_approval_leaves_no_story_without_a_lead(storage: Storage) -> None:
    held = await add_signal(storage, "held", state=HELD)
    done = await storage.curation.approve(held.id, WANG, LATER)
    follower = await add_signal(storage, "follower", story=after(held.id))
    assert await listed(storage) == [held.id]
    assert done.act is not None
    back = await storage.acts.undo(done.act.id, WANG, LATER)
    assert await listed(storage) == [follower.id]
    await storage.acts.undo(back.id, WANG, LATER)
    assert len(await listed(storage)) == 1


async def test_the_lead_is_scored_by_those_that_readers_see(storage: Storage) -> None:
    parts = (ScorePart("substance", 50, 60), ScorePart("corroboration", 0, 20, "sources=1"))
    made = draft("lead")
    lead = await add_signal(storage, made=replace(made, score=Score(parts)))
    two = await add_source(storage, "two")
    held = await add_signal(storage, "held", source=two, story=after(lead.id), state=HELD)
    done = await storage.curation.approve(held.id, WANG, LATER)
    told = await storage.signals.get(lead.id)
    assert told is not None
    assert told.score.total > 50
    assert (await row(storage, lead.id)).score == told.score.total
    assert done.act is not None
    await storage.acts.undo(done.act.id, WANG, LATER)
    again = await storage.signals.get(lead.id)
    assert again is not None
    assert again.score == Score(parts)


# --- by themselves ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fall", "state"),
    [(Fall.PUBLISH, LIVE), (Fall.REJECT, REJECTED), (Fall.ABOVE, REJECTED)],
)
async def test_what_nobody_reviews_falls(storage: Storage, fall: Fall, state: SignalState) -> None:
    hold = Hold("default", None, fall, 60, NOW + minutes(60))
    held = await add_signal(storage, state=HELD, hold=hold)  # 50 points
    other = await add_signal(storage, state=HELD)
    assert await storage.curation.fall_due(NOW + minutes(59)) == ()
    (done,) = await storage.curation.fall_due(NOW + minutes(61))
    assert (done.signals, (await row(storage, held.id)).state) == ((held.id,), state)
    assert await storage.curation.fall_due(NOW + minutes(62)) == ()
    assert (await row(storage, other.id)).state == HELD
    assert done.act is not None
    assert done.act.actor == "hexin"
    # Whoever takes it back finds it in the queue, where it stays.
    await storage.acts.undo(done.act.id, WANG, LATER)
    assert (await row(storage, held.id)).state == HELD
    assert await storage.curation.fall_due(LATER + minutes(999)) == ()


async def test_a_decision_that_is_taken_back_late_does_not_fall_at_once(storage: Storage) -> None:
    hold = Hold("default", None, Fall.PUBLISH, 0, NOW + minutes(60))
    held = await add_signal(storage, state=HELD, hold=hold)
    done = await storage.curation.reject(held.id, ADVERT, WANG, NOW + minutes(10))
    assert done.act is not None
    await storage.acts.undo(done.act.id, WANG, LATER)
    assert await storage.curation.fall_due(LATER) == ()
    assert await storage.queue.length() == 1


async def test_a_scheduled_signal_comes_at_its_time_and_never_falls(storage: Storage) -> None:
    hold = Hold("default", None, Fall.REJECT, 0, NOW + minutes(60))
    held = await add_signal(storage, state=HELD, hold=hold)
    at = NOW + minutes(120)
    await storage.curation.schedule(held.id, at, WANG, NOW)
    assert await storage.queue.length() == 0
    assert await storage.queue.scheduled() == ((held.id, at),)
    assert await storage.curation.fall_due(NOW + minutes(90)) == ()
    assert await storage.curation.publish_due(NOW + minutes(119)) == ()
    (done,) = await storage.curation.publish_due(LATER)
    assert done.signals == (held.id,)
    assert (await row(storage, held.id)).live_at == LATER
    assert await storage.curation.publish_due(LATER) == ()


async def test_a_live_signal_is_taken_back_until_its_time(storage: Storage) -> None:
    live = await add_signal(storage, made=draft("a", topics=("llm",)))
    before = await everything(storage)
    done = await storage.curation.schedule(live.id, LATER, WANG, NOW, expect=LIVE)
    assert await listed(storage) == []
    assert done.act is not None
    await storage.acts.undo(done.act.id, WANG, NOW)
    assert await everything(storage) == before


async def test_what_an_editor_put_back_no_policy_lets_go(storage: Storage) -> None:
    live = await add_signal(storage)
    await storage.curation.hold(live.id, WANG, NOW)
    card = await storage.queue.card(live.id, 0, NOW)
    assert card is not None
    assert card.hold == Hold(EDITOR)
    assert (await storage.curation.pass_on(live.id, LATER)).signals == ()
    held = await add_signal(storage, state=HELD, hold=Hold("default"))
    assert (await storage.curation.pass_on(held.id, LATER)).signals == (held.id,)
    await storage.curation.reject(held.id, ADVERT, WANG, LATER, expect=LIVE)
    assert (await storage.curation.pass_on(held.id, LATER)).signals == ()


async def test_one_odd_signal_holds_up_no_others(storage: Storage) -> None:
    odd, late, timed = [
        await add_signal(storage, made=draft(name), state=HELD) for name in ("a", "b", "c")
    ]
    falls = Hold("default", fall=Fall.PUBLISH, falls_at=LATER)
    holds = {odd.id: {"scope": "default", "fall": "nobody knows"}, late.id: hold_data(falls)}
    async with storage.database.write() as connection:
        for number, hold in holds.items():
            await connection.execute(
                update(signals).where(signals.c.id == number).values(hold=hold, falls_at=LATER)
            )
        await connection.execute(
            update(signals).where(signals.c.id == timed.id).values(publish_at=LATER)
        )
    done = await storage.curation.fall_due(LATER)
    done += await storage.curation.publish_due(LATER)
    assert [one.signals for one in done] == [(late.id,), (timed.id,)]
    assert (await row(storage, odd.id)).state == HELD
