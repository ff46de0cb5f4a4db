from dataclasses import replace
from datetime import datetime, timedelta

from digest.model import Relation, Signal, SignalState
from digest.stories import StoryPlacement
from storage import Storage
from tests.storage.making import ALONE, NOW, add_signal, add_source, draft, minutes

SINCE, UNTIL = NOW - timedelta(days=7), NOW + timedelta(days=1)


async def tell(
    storage: Storage,
    name: str,
    *,
    after: Signal | None = None,
    source: str = "one",
    at: datetime = NOW,
    state: SignalState = SignalState.LIVE,
) -> Signal:
    story = StoryPlacement(after.id, Relation.DUPLICATE, 0.9) if after else ALONE
    origin = await add_source(storage, source)
    made = draft(name, at=at)
    return await add_signal(
        storage, name, made=made, source=origin, now=at, story=story, state=state
    )


async def test_stories_with_most_sources_come_first(storage: Storage) -> None:
    a = await tell(storage, "a")
    await tell(storage, "a2", after=a, source="two")
    b = await tell(storage, "b")
    await tell(storage, "b2", after=b, source="two")
    await tell(storage, "b3", after=b, source="three", at=NOW + minutes(3))
    await tell(storage, "alone")

    found = await storage.stories.active(SINCE, UNTIL)

    assert [(one.lead.id, one.signals, one.sources, one.fresh) for one in found] == [
        (b.id, 3, 3, 3),
        (a.id, 2, 2, 2),
    ]
    (late,) = await storage.stories.active(NOW + minutes(1), UNTIL)
    assert (late.id, late.signals, late.fresh) == (found[0].id, 3, 1)
    assert found[0].updated_at == NOW + minutes(3)
    assert await storage.stories.active(SINCE, UNTIL, limit=1, offset=1) == found[1:]
    assert await storage.stories.active(UNTIL, UNTIL + minutes(1)) == ()
    assert await storage.stories.get(found[0].id) == found[0]


async def test_a_story_of_which_one_is_left_is_none(storage: Storage) -> None:
    a = await tell(storage, "a")
    await tell(storage, "a2", after=a, source="two", state=SignalState.REJECTED)
    assert await storage.stories.active(SINCE, UNTIL) == ()
    assert await storage.stories.get(1) is None
    assert await storage.stories.get(99) is None


async def test_an_old_story_is_active_when_it_is_told_again(storage: Storage) -> None:
    old = await tell(storage, "old", at=NOW - timedelta(days=9))
    second = await tell(storage, "second", after=old, source="two", at=NOW - timedelta(days=4))
    assert await storage.stories.active(NOW - timedelta(days=3), UNTIL) == ()
    await tell(storage, "again", after=second, source="three")
    (story,) = await storage.stories.active(SINCE, UNTIL)
    assert (story.lead.id, story.signals, story.fresh) == (old.id, 3, 2)
    assert (story.opened_at, story.updated_at) == (old.created_at, NOW)


async def test_the_first_that_is_left_leads(storage: Storage) -> None:
    a = await tell(storage, "a", state=SignalState.REJECTED)
    second = await tell(storage, "a2", after=a, source="two")
    await tell(storage, "a3", after=a, source="three")
    (story,) = await storage.stories.active(SINCE, UNTIL)
    assert story.lead.id == second.id


# --- the best of a time ------------------------------------------------------------------


async def test_the_best_of_each_column_within_its_bounds(storage: Storage) -> None:
    async def scored(name: str, column: str, points: float, at: datetime = NOW) -> Signal:
        return await add_signal(
            storage, name, made=draft(name, column=column, points=points, at=at), now=at
        )

    low, high, middle = [await scored(f"ai{n}", "ai", n) for n in (10, 90, 50)]
    tech = await scored("tech", "tech", 60)
    await scored("before", "ai", 99, at=SINCE - minutes(1))
    found = await storage.signals.best(SINCE, UNTIL, per_column=2)
    assert [one.id for one in found] == [high.id, tech.id, middle.id]
    more = await storage.signals.best(SINCE, UNTIL, per_column=9)
    assert low.id in {one.id for one in more}
    assert await storage.signals.best(NOW + minutes(1), UNTIL, per_column=2) == ()


async def test_counts_end_where_they_are_told_to(storage: Storage) -> None:
    await add_signal(storage, "a", made=draft("a", topics=("llm",)))
    late = replace(draft("b", topics=("llm",), at=NOW + minutes(5)))
    await add_signal(storage, "b", made=late, now=NOW + minutes(5))
    for by, name in (("topic", "llm"), ("column", "ai")):
        whole = await storage.signals.counts(SINCE, by=by)  # type: ignore[arg-type]
        part = await storage.signals.counts(SINCE, by=by, until=NOW + minutes(5))  # type: ignore[arg-type]
        assert (whole[name], part[name]) == (2, 1)
