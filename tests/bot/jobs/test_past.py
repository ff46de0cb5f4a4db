"""Look-backs as they are planned: at most one a day, never the same twice, silent when empty."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import event

from digest.model import (
    ChatKind,
    DigestKind,
    Lang,
    LookBackWish,
    Relation,
    Subscriber,
    Wishes,
)
from storage import StoredDigest
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON

DAY = timedelta(days=1)
# 08:40 on the day after NOON: a year and a month before it are 11 March 2025 and 11 February.
DUE = datetime(2026, 3, 11, 0, 40, tzinfo=UTC)
YEAR = DUE - 365 * DAY
DAILY = {"look_back": LookBackWish.DAILY, "instant": False}


async def past(desk: Desk, title: str, at: datetime = YEAR, **more: object) -> int:
    given = {"total": 90} | more
    made = await desk.news.publish(title, at=at, published_at=at, **given)  # type: ignore[arg-type]
    return made.id


async def look_back(desk: Desk, reader: Subscriber) -> StoredDigest | None:
    found = await desk.storage.digests.latest_for(reader.id)
    return found if found and found.kind is DigestKind.LOOK_BACK else None


async def at(desk: Desk, moment: datetime) -> int:
    desk.time.now = moment
    return await desk.planner.run_due()


async def test_it_comes_after_the_digest_once_silently_and_says_why(desk: Desk) -> None:
    told = await past(desk, "一年前的大事")
    reader = await desk.reader(**DAILY)
    assert reader.subscription.next_look_back_at == DUE
    assert await at(desk, DUE - timedelta(seconds=1)) == 0
    before = (await desk.again(reader)).subscription
    assert await at(desk, DUE) == 1
    assert await desk.planner.run_due() == 0
    assert await desk.restarted().run_due() == 0
    made = await look_back(desk, reader)
    assert made is not None
    assert made.signal_ids == (told,)
    said = made.parts[0]["text"]
    assert said.startswith("<b>历史上的今天 · 2025年3月11日（1 年前）</b>\n\n")
    assert "一年前的大事" in said
    (owed,) = await desk.sending()
    assert owed.silent
    after = (await desk.again(reader)).subscription
    assert after.next_look_back_at == DUE + DAY
    assert after.considered_until == before.considered_until


async def test_never_the_same_twice_nor_when_there_is_nothing(desk: Desk) -> None:
    told = await past(desk, "一年前的大事")
    reader = await desk.reader(**DAILY)
    await desk.storage.look_backs.note_shown((reader.id,), (told,), NOON)
    assert await at(desk, DUE) == 0
    assert (await desk.again(reader)).subscription.next_look_back_at == DUE + DAY
    other = await desk.reader(**DAILY)
    assert await at(desk, DUE + DAY) == 0  # 12 March has no past
    assert await look_back(desk, other) is None


async def test_one_a_day_even_when_there_is_more(desk: Desk) -> None:
    await past(desk, "一年前的大事")
    await past(desk, "一年前的另一件大事", total=85)
    await desk.reader(**DAILY)
    assert await at(desk, DUE) == 1
    assert await at(desk, DUE + timedelta(hours=8)) == 0


async def test_only_those_who_wish_so_and_what_they_want(desk: Desk) -> None:
    await past(desk, "一年前的大事", column="business")
    await desk.reader(instant=False)
    await desk.reader(**DAILY, paused=True)
    await desk.reader(**DAILY, wishes=Wishes(min_score=0, mutes=("大事",)))
    await desk.reader(**DAILY, wishes=Wishes(min_score=0, columns=("science",)))
    await desk.reader(look_back=LookBackWish.WEEKLY, instant=False)
    assert await at(desk, DUE) == 0
    following = await desk.reader(**DAILY, wishes=Wishes(min_score=0, columns=("business",)))
    desk.time.now = DUE - timedelta(minutes=1)
    await desk.want(following, following.subscription)
    assert await at(desk, DUE) == 1


async def test_a_weekly_one_comes_on_sunday(desk: Desk) -> None:
    sunday = datetime(2026, 3, 15, 0, 40, tzinfo=UTC)
    await past(desk, "一年前的大事", sunday - 365 * DAY)
    reader = await desk.reader(look_back=LookBackWish.WEEKLY, instant=False)
    assert reader.subscription.next_look_back_at == sunday
    assert await at(desk, sunday) == 1
    assert (await desk.again(reader)).subscription.next_look_back_at == sunday + 7 * DAY


async def test_a_late_one_waits_for_the_end_of_quiet(desk: Desk) -> None:
    await past(desk, "一年前的大事")
    reader = await desk.reader(**DAILY)
    assert await at(desk, DUE + timedelta(hours=16)) == 0  # we were down until one at night
    wake = (await desk.again(reader)).subscription.next_look_back_at
    assert wake == datetime(2026, 3, 11, 23, tzinfo=UTC)


async def test_readers_of_one_look_share_a_digest_and_each_reads_their_language(
    desk: Desk,
) -> None:
    await past(desk, "一年前的大事")
    one, two = await desk.reader(**DAILY), await desk.reader(**DAILY)
    english = await desk.reader(lang=Lang.EN, **DAILY)
    channel = await desk.reader_in(-100, kind=ChatKind.CHANNEL, **DAILY)
    assert await at(desk, DUE) == 4
    made = [await look_back(desk, reader) for reader in (one, two, english, channel)]
    assert all(made)
    first, second, third, fourth = (one.id for one in made if one)
    assert first == second
    assert len({first, third, fourth}) == 3
    assert made[2] is not None
    assert "On this day · 11 Mar 2025 (1 year ago)" in made[2].parts[0]["text"]
    buttons = [str(one.parts[0]) for one in made if one]
    assert "多久回顾一次" in buttons[0]
    assert "多久回顾一次" not in buttons[3]  # a channel's readers set nothing


async def test_what_came_of_it_is_told_and_follows_corrections(desk: Desk) -> None:
    lead = await past(desk, "青栎科技召回电池", DUE - 30 * DAY, total=70)
    later = await past(desk, "召回结束", DUE - 25 * DAY, total=60, story_of=lead,
                       relation=Relation.FOLLOW_UP)  # fmt: skip
    reader = await desk.reader(**DAILY, digest_times=(time(8, 30),))
    assert await at(desk, DUE) == 1
    made = await look_back(desk, reader)
    assert made is not None
    said = made.parts[0]["text"]
    assert said.startswith("<b>后来怎样 · 2026年2月9日的一条</b>")
    assert "此后本站又收录 1 条更新或后续，最近一条（2月14日 08:40）：" in said
    assert f"/s/{later}" in said


async def test_the_past_is_asked_once_for_all_readers_of_a_zone(desk: Desk) -> None:
    database = desk.storage.database
    asked: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        asked.append(sql)

    for engine in (database._reader, database._writer):
        event.listen(engine.sync_engine, "before_cursor_execute", note)
    counts = []
    for days, more in enumerate((2, 18)):
        await past(desk, f"{days} 天后的大事", YEAR + days * DAY)
        for _ in range(more):
            await desk.reader(**DAILY)
        asked.clear()
        assert await at(desk, DUE + days * DAY) == desk.readers
        counts.append(len(asked))
    assert counts[1] - counts[0] < 18  # readers more


async def test_a_reader_who_cannot_be_planned_for_holds_nobody_up(desk: Desk) -> None:
    await past(desk, "一年前的大事")
    astray, *others = [await desk.reader(**DAILY) for _ in range(3)]
    await desk.storage.subscribers.save_subscription(
        astray.id, replace(astray.subscription, zone="Mars/Arcadia")
    )
    desk.time.now = DUE
    assert await desk.planner.run_due(limit=1) == 2
    assert all([await look_back(desk, one) for one in others])
    assert (await desk.again(astray)).subscription.next_look_back_at == DUE
