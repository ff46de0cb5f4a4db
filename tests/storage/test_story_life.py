"""How a story opens, who leads it, how it closes, and what editors' hands leave."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from digest.model import (
    ArticleOrigin,
    Point,
    Relation,
    Score,
    ScorePart,
    Signal,
    SignalDraft,
    SignalState,
)
from digest.policy import Reason
from digest.stories import StoryPlacement
from storage import NewSignal, Outrun, Storage
from storage.acts import Act, finish
from storage.curation import Rejection
from storage.pins import Pin
from storage.schema import signals, stories, story_splits
from storage.storyboard import Known
from tests.storage.making import (
    ALONE,
    NOW,
    add_entry,
    add_signal,
    add_source,
    draft,
    minutes,
)

WEEK, DAY = timedelta(days=7), timedelta(days=1)
WRONG = Rejection(Reason.WRONG)


def told(name: str, *, at: datetime = NOW, own: float = 30, points: int = 1) -> SignalDraft:
    """A draft whose own worth is `own` and two for each point."""
    made = draft(name, at=at)
    brief = replace(
        made.brief,
        points=tuple(Point(f"{name} 第 {n} 点。", (0,), "zh") for n in range(points)),
    )
    score = Score((ScorePart("substance", own, 50), ScorePart("corroboration", 3, 10)))
    return replace(made, brief=brief, score=score)


async def tell(
    storage: Storage,
    name: str,
    *,
    after: Signal | None = None,
    relation: Relation = Relation.DUPLICATE,
    at: datetime = NOW,
    state: SignalState = SignalState.LIVE,
    returns_to: int | None = None,
    **made: float,
) -> Signal:
    source = await add_source(storage, name)
    story = StoryPlacement(after.id, relation, 0.9) if after else ALONE
    new = NewSignal(
        draft=told(name, at=at, **made),  # type: ignore[arg-type]
        entry=await add_entry(storage, source, name, now=at),
        source=source,
        fingerprint="",
        backlog=False,
        story=story,
        state=state,
        returns_to=returns_to,
    )
    return await storage.signals.insert(new, at)


async def leads(storage: Storage, *members: Signal) -> list[str]:
    found = await storage.signals.get_many([one.id for one in members])
    return [one.relation.value for one in found]


async def story_row(storage: Storage, story_id: int | None):  # type: ignore[no-untyped-def]
    async with storage.database.read() as connection:
        query = select(stories).where(stories.c.id == story_id)
        return (await connection.execute(query)).one()


async def at_story(storage: Storage, signal: Signal) -> int:
    found = await storage.signals.get(signal.id)
    assert found is not None
    assert found.story_id is not None
    return found.story_id


# --- who leads ---------------------------------------------------------------------------


async def test_a_clearly_better_report_leads_and_the_first_repeats_it(storage: Storage) -> None:
    stub = await tell(storage, "stub", own=20)
    like = await tell(storage, "like", after=stub, own=24)
    assert await leads(storage, stub, like) == ["lead", "duplicate"]
    full = await tell(storage, "full", after=stub, own=40, points=3)
    assert full.relation is Relation.LEAD
    assert await leads(storage, stub, like, full) == ["duplicate", "duplicate", "lead"]
    assert [one.id for one in await storage.signals.latest()] == [full.id]
    (shown,) = await storage.signals.latest()
    assert (shown.others, shown.other_sources) == (2, 2)
    # It is scored by all who tell it.
    parts = {part.name: part.evidence for part in shown.score.parts}
    assert parts["corroboration"] == "sources=3"
    # The address of the story and those of its signals stay.
    story = await storage.stories.get(await at_story(storage, stub))
    assert story is not None
    assert (story.lead.id, story.signals) == (full.id, 3)
    assert await storage.signals.neighbours(stub.id) == (None, full.id)


async def test_an_update_stays_one_however_good_it_is(storage: Storage) -> None:
    stub = await tell(storage, "stub", own=10)
    more = await tell(storage, "more", after=stub, relation=Relation.UPDATE, own=50, points=3)
    assert await leads(storage, stub, more) == ["lead", "update"]


async def test_the_face_of_a_story_is_settled_after_a_day(storage: Storage) -> None:
    stub = await tell(storage, "stub", own=10)
    late = NOW + DAY + minutes(1)
    full = await tell(storage, "full", after=stub, own=50, points=3, at=late)
    assert await leads(storage, stub, full) == ["lead", "duplicate"]


@pytest.mark.parametrize("how", ["chosen", "pinned"])
async def test_what_editors_decided_about_stays_the_lead(storage: Storage, how: str) -> None:
    stub = await tell(storage, "stub", own=10)
    second = await tell(storage, "second", after=stub, own=12)
    if how == "pinned":
        await storage.pins.pin(Pin(stub.id, everywhere=True, until=NOW + DAY), "t", NOW)
        second = stub
    else:
        await storage.storyboard.lead(second.id, "t", NOW)
    full = await tell(storage, "full", after=stub, own=50, points=3)
    assert await leads(storage, second, full) == ["lead", "duplicate"]


async def test_a_chosen_lead_that_was_hidden_leads_again_when_it_is_shown(
    storage: Storage,
) -> None:
    first = await tell(storage, "first")
    chosen = await tell(storage, "chosen", after=first)
    await storage.storyboard.lead(chosen.id, "t", NOW)
    await storage.curation.hold(chosen.id, "t", NOW + minutes(1))
    assert await leads(storage, first, chosen) == ["lead", "lead"]  # of which readers see one
    await storage.curation.approve(chosen.id, "t", NOW + minutes(2))
    assert await leads(storage, first, chosen) == ["duplicate", "lead"]


async def test_the_best_that_is_left_leads(storage: Storage) -> None:
    first = await tell(storage, "first", own=40)
    poor = await tell(storage, "poor", after=first, own=10)
    good = await tell(storage, "good", after=first, own=42)
    done = await storage.curation.reject(
        first.id, WRONG, "t", NOW + minutes(1), expect=SignalState.LIVE
    )
    assert await leads(storage, poor, good) == ["duplicate", "lead"]
    assert done.act is not None
    await storage.acts.undo(done.act.id, "t", NOW + minutes(2))
    assert await leads(storage, first, poor, good) == ["lead", "duplicate", "duplicate"]


async def test_one_that_is_approved_may_be_the_better_lead(storage: Storage) -> None:
    stub = await tell(storage, "stub", own=10)
    held = await tell(storage, "held", after=stub, own=40, state=SignalState.HELD)
    assert await leads(storage, stub, held) == ["lead", "duplicate"]
    done = await storage.curation.approve(held.id, "t", NOW + minutes(1))
    assert await leads(storage, stub, held) == ["duplicate", "lead"]
    assert done.act is not None
    await storage.acts.undo(done.act.id, "t", NOW + minutes(2))
    assert await leads(storage, stub, held) == ["lead", "duplicate"]


async def test_text_in_full_counts_for_a_lead(storage: Storage) -> None:
    stub = await tell(storage, "stub")
    async with storage.database.write() as connection:
        from storage.schema import articles

        await connection.execute(articles.update().values(origin=ArticleOrigin.FEED))
    whole = await tell(storage, "whole", after=stub, own=33)
    assert await leads(storage, stub, whole) == ["duplicate", "lead"]


# --- 专题 ---------------------------------------------------------------------------------


async def test_three_within_a_week_are_a_series_until_editors_reject_one(
    storage: Storage,
) -> None:
    first = await tell(storage, "first")
    await tell(storage, "second", after=first, at=NOW + DAY)
    story_id = await at_story(storage, first)
    story = await storage.stories.get(story_id)
    assert story is not None
    assert (story.is_series, story.series_at) == (False, None)
    third = await tell(storage, "third", after=first, at=NOW + 2 * DAY)
    story = await storage.stories.get(story_id)
    assert story is not None
    assert (story.is_series, story.series_at) == (True, NOW + 2 * DAY)
    done = await storage.curation.reject(
        third.id, WRONG, "t", NOW + 3 * DAY, expect=SignalState.LIVE
    )
    story = await storage.stories.get(story_id)
    assert story is not None
    assert (story.is_series, story.updated_at) == (False, NOW + DAY)
    assert done.act is not None
    await storage.acts.undo(done.act.id, "t", NOW + 3 * DAY)
    story = await storage.stories.get(story_id)
    assert story is not None
    assert story.is_series


async def test_three_over_more_than_a_week_are_none(storage: Storage) -> None:
    first = await tell(storage, "first")
    second = await tell(storage, "second", after=first, at=NOW + 4 * DAY)
    await tell(storage, "third", after=second, at=NOW + 8 * DAY)
    story = await storage.stories.get(await at_story(storage, first))
    assert story is not None
    assert (story.signals, story.is_series) == (3, False)


async def test_one_dated_between_the_others_completes_a_series(storage: Storage) -> None:
    first = await tell(storage, "first")
    second = await tell(storage, "second", after=first, at=NOW + 6 * DAY)
    source = await add_source(storage, "between")
    made = told("between", at=NOW + 3 * DAY)
    late = NOW + 6 * DAY + minutes(5)
    await add_signal(
        storage,
        "between",
        made=made,
        source=source,
        now=late,
        story=StoryPlacement(second.id, Relation.DUPLICATE, 0.9),
    )
    story = await storage.stories.get(await at_story(storage, first))
    assert story is not None
    assert (story.series_at, story.updated_at) == (late, NOW + 6 * DAY)


# --- closing and coming back -------------------------------------------------------------


async def test_a_story_closes_after_a_week_and_takes_nothing_in(storage: Storage) -> None:
    first = await tell(storage, "first")
    second = await tell(storage, "second", after=first, at=NOW + DAY)
    story_id = await at_story(storage, first)
    assert await storage.stories.close_silent(NOW + DAY + WEEK) == 0
    late = NOW + DAY + WEEK + minutes(1)
    # Whether it is written down that it closed makes no difference.
    early = await tell(storage, "early", after=second, at=late)
    assert (early.story_id, early.relation) == (None, Relation.LEAD)
    assert await storage.stories.close_silent(late) == 1
    assert await storage.stories.close_silent(late) == 0
    story = await storage.stories.get(story_id)
    assert story is not None
    assert story.closed_at == NOW + DAY + WEEK
    alone = await tell(storage, "alone", after=second, at=late)
    assert alone.story_id is None


async def test_a_lone_signal_of_long_ago_opens_no_story(storage: Storage) -> None:
    old = await tell(storage, "old", at=NOW - WEEK - minutes(1))
    new = await tell(storage, "new", after=old)
    assert (new.story_id, (await storage.signals.get(old.id)).story_id) == (None, None)  # type: ignore[union-attr]


async def test_one_that_comes_back_follows_the_closed_one(storage: Storage) -> None:
    first = await tell(storage, "first")
    await tell(storage, "second", after=first)
    old = await at_story(storage, first)
    back = NOW + 30 * DAY
    await storage.stories.close_silent(back)
    again = await tell(storage, "again", at=back, returns_to=old)
    assert again.relation is Relation.LEAD
    new = await at_story(storage, again)
    assert await storage.stories.earlier(new) == old
    # It is told from its first signal on, though lists show stories of two.
    story, earlier = await storage.stories.get(new), await storage.stories.get(old)
    assert story is not None
    assert earlier is not None
    assert (story.signals, story.follows, story.closed_at) == (1, old, None)
    assert (earlier.followed_by, earlier.follows) == (new, None)
    assert await storage.stories.active(back - DAY, back + DAY) == ()
    await tell(storage, "more", after=again, at=back + DAY)
    (listed,) = await storage.stories.active(back - DAY, back + 2 * DAY)
    assert listed.follows == old
    # What readers see nothing of is named nowhere.
    for one in await storage.storylines.some(new):
        await storage.curation.reject(one.id, WRONG, "t", back, expect=SignalState.LIVE)
    assert await storage.stories.get(new) is None
    earlier = await storage.stories.get(old)
    assert earlier is not None
    assert earlier.followed_by is None


async def test_merged_stories_keep_what_came_before_and_after(storage: Storage) -> None:
    made = {}
    for name in ("early", "mine", "target", "later"):
        first = await tell(storage, name)
        made[name] = first
        await tell(storage, f"{name} two", after=first)
    early, mine, target, later = [await at_story(storage, one) for one in made.values()]
    async with storage.database.write() as connection:
        for number, follows in ((mine, early), (later, mine)):
            await connection.execute(
                stories.update().where(stories.c.id == number).values(follows=follows)
            )
    entry = await storage.storyboard.join(made["mine"].id, made["target"].id, "t", NOW, whole=True)
    story = await storage.stories.get(mine)
    assert story is not None
    assert (story.id, story.follows, story.followed_by) == (target, early, later)
    assert story.is_series  # of four
    assert entry is not None
    await storage.acts.undo(entry.id, "t", NOW + minutes(1))
    story = await storage.stories.get(mine)
    assert story is not None
    assert (story.id, story.follows, story.followed_by) == (mine, early, later)
    story = await storage.stories.get(target)
    assert story is not None
    assert (story.follows, story.is_series) == (None, False)


# --- what editors took out ---------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_an_act_that_is_committed_after_a_later_one_is_not_missed(
    storage: Storage, url: str
) -> None:
    leads = [await tell(storage, name) for name in ("lead", "other lead")]
    slow, quick = [await tell(storage, f"after {one.id}", after=one) for one in leads]
    other = await Storage.open(url)
    board = other.storyboard
    async with storage.database.write() as connection:
        act = Act(connection, "t", "story.split", f"signal:{slow.id}", NOW)
        await act.update(signals, {"id": slow.id}, story_id=None)
        await finish(act)  # it has its number, and its transaction goes on
        later = await _take_out(other, quick.id)
        assert act.entry is not None
        assert later > act.entry.id
        seen = await board.moves(Known(), NOW)
        assert set(seen.places) == {quick.id}
        filled = await board.apart(NOW - WEEK, NOW)
    late = await board.moves(seen.known, NOW + minutes(1))
    assert late.places == {slow.id: None}
    assert set((await board.moves(filled.known, NOW)).places) == {slow.id, quick.id}
    # Each is looked at once, and both are settled in the end.
    assert (await board.moves(late.known, NOW + minutes(1))).places == {}
    settled = await board.moves(late.known, NOW + minutes(11))
    assert (settled.places, settled.known) == ({}, Known(later))
    await other.close()


async def _take_out(storage: Storage, signal_id: int) -> int:
    """Another editor takes a signal out of its story; the act's number."""
    async with storage.acts.act("t", "story.split", f"signal:{signal_id}", NOW) as act:
        await act.update(signals, {"id": signal_id}, camp=-signal_id, story_id=None)
    assert act.entry is not None
    return act.entry.id


async def test_what_was_taken_out_is_remembered_until_it_is_put_back(storage: Storage) -> None:
    lead = await tell(storage, "lead")
    out = await tell(storage, "out", after=lead)
    story_id = await at_story(storage, lead)
    split = await storage.storyboard.split(out.id, "t", NOW)
    assert split is not None
    apart = await storage.storyboard.apart(NOW - WEEK, NOW)
    assert (apart.apart, apart.known) == ({(out.id, story_id)}, Known(0))
    for moment in (NOW, NOW + DAY):
        assert (await storage.storyboard.moves(Known(), moment)).apart == {(out.id, story_id)}
    # By then whatever was under way beside it is committed.
    assert (await storage.storyboard.apart(NOW + DAY, NOW + DAY)).known == Known(split.id)
    assert (await storage.storyboard.apart(NOW + minutes(1), NOW)).apart == frozenset()
    # By its name of today.
    other = await tell(storage, "other")
    await tell(storage, "other two", after=other)
    merged = await storage.storyboard.join(lead.id, other.id, "t", NOW, whole=True)
    target = await at_story(storage, other)
    apart = await storage.storyboard.apart(NOW - WEEK, NOW)
    assert apart.apart == {(out.id, target), (out.id, story_id)}  # that draws its like there
    back = await storage.storyboard.join(out.id, lead.id, "t", NOW)
    assert (await storage.storyboard.apart(NOW - WEEK, NOW)).apart == frozenset()
    for entry in (back, merged, split):
        assert entry is not None
        await storage.acts.undo(entry.id, "t", NOW + minutes(1))
    assert (await storage.storyboard.apart(NOW - WEEK, NOW)).apart == frozenset()
    assert await at_story(storage, out) == story_id
    async with storage.database.read() as connection:
        assert (await connection.execute(select(story_splits))).all() == []


async def test_a_join_is_taken_back_though_the_story_went_on(storage: Storage) -> None:
    lead = await tell(storage, "lead")
    second = await tell(storage, "second", after=lead)
    other = await tell(storage, "other")
    entry = await storage.storyboard.join(other.id, lead.id, "t", NOW + minutes(1))
    third = await tell(storage, "third", after=second, at=NOW + DAY)
    assert entry is not None
    await storage.acts.undo(entry.id, "t", NOW + 2 * DAY)
    story = await storage.stories.get(await at_story(storage, third))
    assert story is not None
    assert (story.signals, story.updated_at, story.is_series) == (3, NOW + DAY, True)


# --- several processes -------------------------------------------------------------------


async def test_of_two_who_place_at_once_the_later_looks_again(storage: Storage) -> None:
    mark = await storage.story_items.mark(NOW)
    sources = [await add_source(storage, name) for name in ("one", "two")]
    news = [
        NewSignal(
            draft=told(f"article {number}"),
            entry=await add_entry(storage, source, f"{number}"),
            source=source,
            fingerprint="",
            backlog=False,
            story=ALONE,
            judged_by=mark.signal_id,
        )
        for number, source in enumerate(sources)
    ]
    done = await asyncio.gather(
        *(storage.signals.insert(new, NOW) for new in news), return_exceptions=True
    )
    kept = [one for one in done if isinstance(one, Signal)]
    assert len(kept) == 1
    assert sum(isinstance(one, Outrun) for one in done) == 1
    # Whoever was too late finds what was kept meanwhile, and is taken.
    (item,) = await storage.story_items.arrived(mark, NOW - WEEK)
    assert item.signal_id == kept[0].id
    late = news[1 if kept[0].title == "标题 article 0" else 0]
    joined = replace(
        late,
        story=StoryPlacement(kept[0].id, Relation.DUPLICATE, 0.9),
        judged_by=item.signal_id,
    )
    assert (await storage.signals.insert(joined, NOW)).story_id is not None
    opened = await storage.story_items.joined(replace(mark, signal_id=item.signal_id))
    assert set(opened) == {item.signal_id}


async def test_the_stream_of_items_has_pages_and_no_private_readings(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.story_items._PAGE", 2)
    made = [await tell(storage, f"n{number}", at=NOW - minutes(9)) for number in range(4)]
    await tell(storage, "long ago", at=NOW - WEEK - minutes(1))
    pages = [page async for page in storage.story_items.since(NOW - WEEK)]
    assert [len(page) for page in pages] == [2, 2]
    assert [row.id for page in pages for row in page] == [one.id for one in made]
