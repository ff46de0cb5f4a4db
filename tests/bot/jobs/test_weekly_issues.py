"""Reports of weeks: made once, looked at first where that is set, and sent as they were chosen."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.jobs.weekly_issues import WeeklyIssues
from digest.model import SignalState, Subscriber, WeeklyTime, Wishes
from digest.weeklies.report import UNEDITED, signal_key
from digest.weekly import Week
from storage.weeklies import Issue, IssueState, WeeklyPolicy
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON

WEEK = Week(2026, 11)
OVER = datetime(2026, 3, 15, 16, tzinfo=UTC)  # midnight in Shanghai
DUE = datetime(2026, 3, 16, 1, tzinfo=UTC)  # nine there
MONDAY: dict[str, Any] = {
    "weekly": WeeklyTime(0, time(9)),
    "digest_times": (),
    "instant": False,
}


def issues(desk: Desk) -> WeeklyIssues:
    return WeeklyIssues(desk.storage, taxonomy=desk.storage.taxonomy.current, clock=desk.time)


async def kept(desk: Desk) -> Issue:
    found = await desk.storage.weeklies.get(WEEK)
    assert found is not None
    return found


async def review(desk: Desk, **policy: Any) -> None:
    wanted = WeeklyPolicy(review=True, **policy)
    await desk.storage.weeklies.set_policy(wanted, actor="test", now=desk.time())


async def sent(desk: Desk, reader: Subscriber) -> str:
    """The text of the last weekly that a reader is owed."""
    found = await desk.storage.digests.latest_for(reader.id)
    assert found is not None
    return str(found.parts[0]["text"])


async def test_a_report_is_out_as_soon_as_its_week_is_over_and_stays(desk: Desk) -> None:
    told = await desk.news.publish("先说的事", at=NOON, total=60)
    desk.time.now = OVER - timedelta(seconds=1)
    await issues(desk).run_due()
    assert await desk.storage.weeklies.get(WEEK) is None
    desk.time.now = OVER
    assert await issues(desk).run_due() == 1
    assert await issues(desk).run_due() == 0
    first = await kept(desk)
    assert first.state is IssueState.OUT
    assert first.report is not None
    assert first.report.signal_ids == (told.id,)
    # What is agreed to later belongs to the week in which readers first see it.
    await desk.news.publish("补进来的大事", at=OVER + timedelta(hours=1), total=99)
    assert await kept(desk) == first
    desk.time.now = OVER + timedelta(days=7)
    await issues(desk).run_due()
    second = await desk.storage.weeklies.get(WEEK.moved(1))
    assert second is not None
    assert second.report is not None
    assert second.report.signal_ids == (told.id + 1,)


async def test_what_an_editor_agrees_to_late_comes_in_the_next_report(desk: Desk) -> None:
    await desk.news.publish("按时的", at=NOON, total=60)
    late = await desk.news.publish("晚批的", at=NOON, total=70, state=SignalState.HELD)
    desk.time.now = OVER
    await issues(desk).run_due()
    await desk.storage.curation.approve(late.id, "test", OVER + timedelta(hours=9))
    desk.time.now = OVER + timedelta(days=7)
    await issues(desk).run_due()
    following = await desk.storage.weeklies.get(WEEK.moved(1))
    assert following is not None
    assert following.report is not None
    assert following.report.signal_ids == (late.id,)


async def test_with_review_nobody_gets_it_before_it_is_approved(desk: Desk) -> None:
    reader = await desk.reader(**MONDAY)
    friday = await desk.reader(**(MONDAY | {"weekly": WeeklyTime(4, time(18))}))
    told = await desk.news.publish("要审的", at=NOON, total=60)
    await desk.news.publish("拿掉的", at=NOON, total=50, source="two")
    await review(desk)
    for moment in (DUE - timedelta(days=2), DUE - timedelta(hours=2, seconds=1)):
        desk.time.now = moment
        assert await desk.planner.run_due() == 0
        await issues(desk).run_due()
        assert await desk.storage.weeklies.get(WEEK) is None
    desk.time.now = DUE - timedelta(hours=2)
    assert await issues(desk).run_due() == 1
    draft = await kept(desk)
    assert draft.state is IssueState.DRAFT
    assert await desk.planner.run_due() == 0
    edits = replace(UNEDITED, dropped=frozenset({signal_key(told.id + 1)}))
    await desk.storage.weeklies.edit(draft, edits, actor="user:1", now=desk.time())
    desk.time.now = DUE + timedelta(days=3)
    assert await desk.planner.run_due() == 0
    await desk.storage.weeklies.approve(await kept(desk), actor="user:1", now=desk.time())
    assert await desk.planner.run_due() == 2
    for one in (reader, friday):
        text = await sent(desk, one)
        assert "要审的" in text
        assert "拿掉的" not in text
        assert "第 11 周" in text
    upcoming = (await desk.again(reader)).subscription.next_weekly_at
    assert upcoming == DUE + timedelta(days=7)


async def test_a_week_left_out_moves_schedules_and_says_nothing(desk: Desk) -> None:
    reader = await desk.reader(**MONDAY)
    await desk.news.publish(at=NOON, total=60)
    await review(desk)
    desk.time.now = DUE
    await issues(desk).run_due()
    await desk.storage.weeklies.skip(await kept(desk), actor="user:1", now=desk.time())
    assert await desk.planner.run_due() == 0
    assert (await desk.again(reader)).subscription.next_weekly_at == DUE + timedelta(days=7)


async def test_a_draft_that_nobody_looks_at_goes_out_in_its_time(desk: Desk) -> None:
    await desk.reader(**MONDAY)
    await desk.news.publish(at=NOON, total=60)
    await review(desk, fall_hours=3)
    desk.time.now = DUE - timedelta(hours=2)
    await issues(desk).run_due()
    desk.time.now = DUE + timedelta(minutes=59)
    assert await issues(desk).run_due() == 0
    desk.time.now = DUE + timedelta(hours=1)
    assert await issues(desk).run_due() == 1
    assert (await kept(desk)).state is IssueState.OUT
    assert await desk.planner.run_due() == 1


async def test_a_draft_is_overtaken_by_the_next_week(desk: Desk) -> None:
    await desk.news.publish(at=NOON, total=60)
    await review(desk)
    desk.time.now = DUE
    await issues(desk).run_due()
    desk.time.now = DUE + timedelta(days=7)
    await desk.news.publish(at=DUE + timedelta(days=1), total=60)
    await issues(desk).run_due()
    assert (await kept(desk)).state is IssueState.SKIPPED
    assert [one.week for one in await desk.storage.weeklies.drafts()] == [WEEK.moved(1)]


async def test_wishes_narrow_the_report_and_editors_words_reach_all(desk: Desk) -> None:
    reader = await desk.reader(**MONDAY, wishes=Wishes(columns=("business",), min_score=0))
    other = await desk.reader(**MONDAY, wishes=Wishes(columns=("ai",), min_score=0))
    await desk.news.publish("降准", at=NOON, column="business", total=60)
    await desk.news.publish("新模型", at=NOON, column="ai", total=60, source="two")
    desk.time.now = OVER
    await issues(desk).run_due()
    edits = replace(UNEDITED, foreword={"zh": "这周看两件事。"})
    await desk.storage.weeklies.edit(await kept(desk), edits, actor="user:1", now=OVER)
    desk.time.now = DUE
    assert await desk.planner.run_due() == 2
    found = await desk.storage.digests.latest_for(reader.id)
    assert found is not None
    body = found.parts[0]
    glance = "https://hexin.example/week/2026-W11/glance.png?lang=zh"
    assert body["link_preview_options"]["url"] == glance
    buttons = [one for row in body["reply_markup"]["inline_keyboard"] for one in row]
    assert "1:weekcol:2026-W11:ai" in [one.get("callback_data") for one in buttons]
    assert buttons[-1]["url"] == "https://hexin.example/week/2026-W11"
    mine, theirs = await sent(desk, reader), await sent(desk, other)
    assert "降准" in mine
    assert "新模型" not in mine
    assert "新模型" in theirs
    assert "降准" not in theirs
    assert all("编者按：这周看两件事。" in text for text in (mine, theirs))


async def test_a_week_begins_on_the_monday_of_its_reader(desk: Desk) -> None:
    """Sunday evening in New York is Monday in Shanghai: there it is of the week that ends."""
    reader = await desk.reader(**MONDAY, zone="America/New_York")
    await desk.news.publish("周二的事", at=NOON, total=60)
    await desk.news.publish("周日晚的事", at=OVER + timedelta(hours=2), total=70, source="two")
    due = (await desk.again(reader)).subscription.next_weekly_at
    assert due is not None
    desk.time.now = due
    assert await desk.planner.run_due() == 1
    text = await sent(desk, reader)
    assert "周日晚的事" in text
    assert "第 11 周" in text
    report = (await kept(desk)).report
    assert report is not None
    assert len(report.signal_ids) == 1


FRIDAY: dict[str, Any] = MONDAY | {"weekly": WeeklyTime(4, time(18))}


async def approved(desk: Desk, week: Week, at: datetime) -> None:
    """An editor lets the draft of a week out."""
    desk.time.now = at
    await issues(desk).run_due()
    draft = await desk.storage.weeklies.get(week)
    assert draft is not None
    await desk.storage.weeklies.approve(draft, actor="user:1", now=at)


async def test_who_is_due_before_the_approval_gets_each_week_once(desk: Desk) -> None:
    friday = await desk.reader(**FRIDAY)
    await desk.news.publish("第一周的事", at=NOON, total=60)
    await review(desk)
    # The first week is approved on Saturday of the second, when that one is due as well.
    saturday = DUE + timedelta(days=5)
    desk.time.now = saturday - timedelta(hours=1)
    assert await desk.storage.weeklies.waiting(desk.time.now) == 1
    assert await desk.planner.run_due() == 0
    await desk.news.publish("第二周的事", at=DUE + timedelta(days=1), total=60)
    await approved(desk, WEEK, saturday)
    assert await desk.planner.run_due() == 1
    assert "第一周的事" in await sent(desk, friday)
    assert await desk.planner.run_due() == 0
    await approved(desk, WEEK.moved(1), DUE + timedelta(days=7))
    assert await desk.planner.run_due() == 1
    text = await sent(desk, friday)
    assert "第二周的事" in text
    assert "第一周的事" not in text
    assert await desk.planner.run_due() == 0
    upcoming = (await desk.again(friday)).subscription.next_weekly_at
    assert upcoming == datetime(2026, 3, 27, 10, tzinfo=UTC)


async def test_who_sleeps_when_it_is_approved_gets_that_week_on_waking(desk: Desk) -> None:
    friday = await desk.reader(**FRIDAY)
    await desk.news.publish("那一周的事", at=NOON, total=60)
    await review(desk)
    night = DUE + timedelta(days=2, hours=17)  # Thursday at two in the morning
    desk.time.now = night - timedelta(minutes=1)
    assert await desk.planner.run_due() == 0
    await approved(desk, WEEK, night)
    assert await desk.planner.run_due() == 0
    later = await desk.reader(**(FRIDAY | {"quiet_from": time(0), "quiet_to": time(0)}))
    await desk.storage.subscribers.save_subscription(
        later.id, replace(later.subscription, next_weekly_at=night - timedelta(days=5))
    )
    desk.time.now = night + timedelta(hours=5)
    assert await desk.planner.run_due() == 2
    for one in (friday, later):
        assert "第 11 周" in await sent(desk, one)


async def test_after_a_pause_of_ours_the_newest_week_comes_alone(desk: Desk) -> None:
    reader = await desk.reader(**MONDAY)
    for week in range(3):
        at = NOON + timedelta(days=7 * week)
        await desk.news.publish(f"第 {week} 周的事", at=at, total=60)
    desk.time.now = DUE + timedelta(days=15)
    assert await desk.planner.run_due() == 1
    assert "第 2 周的事" in await sent(desk, reader)
    assert await desk.planner.run_due() == 0
    upcoming = (await desk.again(reader)).subscription.next_weekly_at
    assert upcoming == DUE + timedelta(days=21)


async def test_who_waits_for_an_editor_holds_up_nobody_else(desk: Desk) -> None:
    await desk.reader(**FRIDAY)
    await desk.news.publish("那一周的事", at=NOON, total=60)
    await review(desk)
    await approved(desk, WEEK, DUE)
    assert await desk.planner.run_due() == 1
    desk.time.now = DUE + timedelta(days=5)
    assert await desk.planner.run_due() == 0  # Friday's reader waits for the week after
    tuesday = MONDAY | {"weekly": WeeklyTime(1, time(9))}
    late = await desk.reader(**tuesday)
    await desk.storage.subscribers.save_subscription(
        late.id, replace(late.subscription, next_weekly_at=DUE + timedelta(days=1))
    )
    desk.time.pass_(minutes=31)
    assert await desk.planner.run_due() == 1
    assert "那一周的事" in await sent(desk, late)
