"""What waits for an editor: kept from readers, and standing in nobody's way."""

from dataclasses import replace

from sqlalchemy import select

from digest.model import Relation, SignalState
from digest.policy import Fall, Hold
from digest.stories import StoryPlacement
from storage import Storage
from storage.schema import signals
from storage.values import read_hold
from tests.storage.making import NOW, add_signal, draft, minutes

HELD = SignalState.HELD
HOLD = Hold("column:ai", 70, Fall.ABOVE, 60, NOW + minutes(90))


def after(signal_id: int, relation: Relation = Relation.DUPLICATE) -> StoryPlacement:
    return StoryPlacement(signal_id, relation, 1.0)


async def test_a_held_signal_says_why_and_until_when(storage: Storage) -> None:
    held = await add_signal(storage, state=HELD, hold=HOLD)
    async with storage.database.read() as connection:
        row = (await connection.execute(select(signals))).one()
    assert row.id == held.id
    assert row.held_at == NOW
    assert row.live_at is None
    assert read_hold(row.hold, row.falls_at) == HOLD
    assert (await add_signal(storage)).live_at == NOW


async def test_topics_count_and_trend_without_what_is_held(storage: Storage) -> None:
    await add_signal(storage, "a", made=draft("a", topics=("llm",)))
    await add_signal(storage, "b", made=draft("b", topics=("llm", "chips")), state=HELD)
    assert await storage.signals.counts(NOW - minutes(1), by="topic") == {"llm": 1}
    assert await storage.signals.topic_days(2, NOW) == {"llm": [0, 1]}
    assert len(await storage.rules.of_topics(["llm", "chips"], NOW - minutes(1), 9)) == 1


async def test_who_repeats_a_held_signal_leads_the_story_for_readers(storage: Storage) -> None:
    held = await add_signal(storage, "held", state=HELD)
    first = await add_signal(storage, "first", story=after(held.id))
    second = await add_signal(storage, "second", story=after(held.id))
    assert (first.relation, second.relation) == (Relation.LEAD, Relation.DUPLICATE)
    assert first.story_id == second.story_id
    assert [one.id for one in await storage.signals.latest()] == [first.id]
    assert [one.others for one in await storage.signals.latest()] == [1]


async def test_an_update_of_a_held_signal_leads_too(storage: Storage) -> None:
    held = await add_signal(storage, "held", state=HELD)
    update = await add_signal(storage, "update", story=after(held.id, Relation.UPDATE))
    later = await add_signal(storage, "later", story=after(held.id, Relation.UPDATE))
    assert (update.relation, later.relation) == (Relation.LEAD, Relation.UPDATE)


async def test_a_held_signal_stays_what_it_was_thought_to_be(storage: Storage) -> None:
    lead = await add_signal(storage, "lead")
    held = await add_signal(storage, "held", story=after(lead.id), state=HELD)
    assert held.relation is Relation.DUPLICATE
    (shown,) = await storage.signals.latest()
    assert (shown.id, shown.others) == (lead.id, 0)
    assert await storage.stories.get(held.story_id or 0) is None


async def test_windows_go_by_when_readers_could_first_see_a_signal(storage: Storage) -> None:
    old = await add_signal(storage, "old", now=NOW)
    late = await add_signal(storage, "late", now=NOW - minutes(120))
    async with storage.database.write() as connection:
        await connection.execute(
            signals.update().where(signals.c.id == late.id).values(live_at=NOW + minutes(30))
        )
    window = await storage.signals.window(NOW, NOW + minutes(60))
    assert [one.id for one in window] == [late.id]
    assert window[0].arrived_at == NOW + minutes(30)
    assert [one.id for one in await storage.rules.arrivals(NOW, 0)] == [old.id, late.id]
    assert replace(window[0], live_at=None).arrived_at == NOW - minutes(120)
