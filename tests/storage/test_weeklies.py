"""Weekly reports as they are kept, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from digest.model import SignalState
from digest.weeklies.report import (
    UNEDITED,
    Ahead,
    Came,
    FigureRef,
    Move,
    Phase,
    Report,
    Said,
    Step,
    TopStory,
)
from digest.weekly import Tally, Week
from storage import Stale, Storage
from storage.weeklies import Issue, IssueState, WeeklyPolicy
from storage.weekly_reading import material
from tests.newsdesk import Newsdesk

WEEK = Week(2026, 11)
START, END = WEEK.bounds("Asia/Shanghai")
NOW = END + timedelta(hours=1)

REPORT = Report(
    week=WEEK,
    zone="Asia/Shanghai",
    window_from=START,
    until=END,
    made_at=NOW,
    tally=Tally(12, 3, {"ai": 12}),
    days={"ai": (1, 2, 3, 0, 0, 4, 2)},
    picks=(("ai", (1, 2)),),
    stories=(
        TopStory(
            7,
            3,
            4,
            2,
            START,
            END,
            (
                Step(Came.NEWS, 4, point=1),
                Step(Came.FIGURE, 5, fact="19 人", earlier=3, before="12 人"),
            ),
            Phase.RETURNED,
        ),
    ),
    figures=(FigureRef(1, "12 亿元"),),
    moves=(Move("topic", "llm", "llm", 9, 2.5, up=True),),
    ahead=(Ahead(2, 0), Ahead(6, 1, date(2026, 4, 1))),
)


async def kept(storage: Storage, **how: Any) -> Issue:
    assert await storage.weeklies.keep(WEEK, REPORT, NOW, **how)
    return await again(storage)


async def again(storage: Storage) -> Issue:
    found = await storage.weeklies.get(WEEK)
    assert found is not None
    return found


async def test_a_report_comes_back_as_it_was_kept(storage: Storage) -> None:
    intro = {"zh": (Said("这周很热闹。", (1, 2)),)}
    assert await storage.weeklies.keep(WEEK, REPORT, NOW, intro=intro)
    assert not await storage.weeklies.keep(WEEK, None, NOW)
    found = await again(storage)
    assert (found.report, found.intro, found.state) == (REPORT, intro, IssueState.OUT)
    assert set(REPORT.signal_ids) == {1, 2, 3, 4, 5, 6}
    assert await storage.weeklies.out() == (found,)
    assert await storage.weeklies.out(before=WEEK) == ()


async def test_of_two_editors_one_is_first(storage: Storage) -> None:
    draft = await kept(storage, review=True)
    assert (draft.state, draft.published_at) == (IssueState.DRAFT, None)
    assert await storage.weeklies.out() == ()
    entry = await storage.weeklies.approve(draft, actor="user:1", now=NOW)
    assert entry is not None
    for late in (storage.weeklies.approve, storage.weeklies.skip):
        with pytest.raises(Stale) as second:
            await late(draft, actor="user:2", now=NOW)
        assert second.value.by is not None
        assert second.value.by.actor == "user:1"
    assert (await again(storage)).published_at == NOW
    await storage.acts.undo(entry.id, "user:2", NOW)
    assert (await again(storage)).state is IssueState.DRAFT


async def test_edits_are_kept_and_taken_back_one_by_one(storage: Storage) -> None:
    issue = await kept(storage)
    once = replace(UNEDITED, dropped=frozenset({"i1"}), order=("s7",))
    twice = replace(once, lines={"s7": {"zh": "改"}}, foreword={"en": "Words."})
    for edits in (once, twice):
        entry = await storage.weeklies.edit(issue, edits, actor="user:1", now=NOW)
        issue = await again(storage)
        assert issue.edits == edits
    assert entry is not None
    await storage.acts.undo(entry.id, "user:1", NOW)
    back = await again(storage)
    assert back.edits == once
    assert back.revision > issue.revision  # or an old button would fit again
    with pytest.raises(Stale):
        await storage.weeklies.edit(issue, twice, actor="user:2", now=NOW)


async def test_a_draft_that_is_called_back_does_not_fall_due_by_itself(storage: Storage) -> None:
    late = NOW + timedelta(hours=3)
    draft = await kept(storage, review=True, falls_at=NOW + timedelta(hours=1))
    entry = await storage.weeklies.approve(draft, actor="user:1", now=NOW)
    assert entry is not None
    await storage.acts.undo(entry.id, "user:1", late)
    assert await storage.weeklies.fall(late) == ()
    assert (await again(storage)).state is IssueState.DRAFT


async def test_the_policy_is_kept(storage: Storage) -> None:
    assert await storage.weeklies.policy() == WeeklyPolicy()
    wanted = WeeklyPolicy(review=True, lead_hours=4, fall_hours=6)
    assert await storage.weeklies.set_policy(wanted, actor="user:1", now=NOW)
    assert await storage.weeklies.set_policy(wanted, actor="user:1", now=NOW) is None
    assert await storage.weeklies.policy() == wanted


async def test_a_week_has_what_readers_first_saw_in_it(storage: Storage) -> None:
    news = Newsdesk(storage)
    before = START - timedelta(hours=1)
    within = await news.publish(at=START, total=50)
    best = await news.publish(at=END - timedelta(seconds=1), total=90, source="two")
    await news.publish(at=before)
    await news.publish(at=END)
    # Of what a new source had before, its own date counts.
    dated = {"published_at": START + timedelta(days=1)}
    old = await news.publish(at=END, backlog=True, total=70, source="new", **dated)
    held = await news.publish(at=before, total=80, state=SignalState.HELD)
    await storage.curation.approve(held.id, "test", START + timedelta(days=2))
    found = await storage.weeklies.week_signals(START, END)
    assert [one.id for one in found] == [best.id, held.id, old.id, within.id]
    some = await storage.weeklies.week_signals(START, END, per_column=2)
    assert [one.id for one in some] == [best.id, held.id]
    moments, sources = await storage.weeklies.moments(START, END)
    assert sorted(at for _, at in moments) == sorted(
        [START, END - timedelta(seconds=1), dated["published_at"], START + timedelta(days=2)]
    )
    assert sources == 3


@pytest.mark.parametrize(("begun", "usual"), [(8, []), (24, [0.0])])
async def test_what_sources_still_had_is_no_past(
    storage: Storage, begun: int, usual: list[float]
) -> None:
    news = Newsdesk(storage)
    first = START - timedelta(days=begun)
    for days in (1, 8, 15):  # one from each of the weeks before
        dated = first - timedelta(days=days)
        await news.publish(at=first, backlog=True, topics=("chips",), published_at=dated)
    for at in (first, first + timedelta(days=2)):
        await news.publish(at=at, topics=("chips",), published_at=at)
    for hours in range(8):
        at = START + timedelta(hours=10 + hours)
        await news.publish(at=at, topics=("llm",), published_at=at)
    moves = (await material(storage, WEEK, "Asia/Shanghai", NOW)).moves
    assert [one.usual for one in moves] == usual


async def test_nobody_who_has_left_makes_a_draft_come_early(storage: Storage) -> None:
    from tests.storage.making import add_subscriber

    assert await storage.weeklies.earliest_push(END) is None
    for chat, hours in ((1, 9), (2, 7)):
        reader = await add_subscriber(storage, chat)
        wanted = replace(reader.subscription, next_weekly_at=END + timedelta(hours=hours))
        await storage.subscribers.save_subscription(reader.id, wanted)
    assert await storage.weeklies.earliest_push(END) == END + timedelta(hours=7)
    await storage.subscribers.set_active(
        2, active=False, reason="gone", now=datetime(2026, 3, 1, tzinfo=UTC)
    )
    assert await storage.weeklies.earliest_push(END) == END + timedelta(hours=9)
