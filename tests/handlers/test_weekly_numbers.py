"""The staff's weekly report: on Monday morning, once in each place, whatever happens."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.jobs.weekly_numbers import WeeklyNumbers
from bot.sandbox.calls import Fault, FaultKind
from digest.model import Lang
from digest.numbers import Count
from digest.texts import texts_for
from handlers.context import Paint
from handlers.guards import Pacer
from storage import Storage
from tests.covering import covers
from tests.handlers.conftest import Newsroom, newsroom_over
from tests.handlers.test_stats import Easel
from tests.storage.making import add_source, add_subscriber

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=ZONE)
ZH, EN = texts_for(Lang.ZH), texts_for(Lang.EN)


@pytest.fixture
def easel() -> Easel:
    return Easel()


@pytest.fixture
async def newsroom(storage: Storage, pacer: Pacer, easel: Easel) -> AsyncIterator[Newsroom]:
    async with newsroom_over(storage, pacer, paint=easel) as staffed:
        for person in staffed.everyone:  # a bot cannot write first
            await staffed.chatting.say(person, "/start")
        yield staffed


def job(newsroom: Newsroom, now: datetime, paint: Paint | None = None) -> WeeklyNumbers:
    """A process that has just started at `now`."""
    chatting = newsroom.chatting
    return WeeklyNumbers(
        chatting.storage,
        chatting.application.bot,
        staff=chatting.services.staff,
        taxonomy=chatting.services.taxonomy,
        paint=paint,
        clock=lambda: now,
    )


async def plant(newsroom: Newsroom, *, opens: int = 40) -> None:
    """A week of numbers up to Sunday 29 November, counted as it would be by Monday."""
    storage = newsroom.chatting.storage
    numbers = storage.numbers
    for back in range(7, 0, -1):
        day = (MONDAY - timedelta(days=back)).date()
        if opens:
            await numbers.add(day, {(Count.OPENS, "home"): opens})
        await numbers.recount(day, MONDAY - timedelta(hours=1))


def reports(newsroom: Newsroom) -> dict[str, list[str]]:
    """The reports that each of the staff has, by their key."""
    return {
        person.user.key: [
            seen.text
            for seen in person.messages_in(person.id)
            if seen.by_bot and seen.text.startswith("📊")
        ]
        for person in newsroom.everyone
    }


async def test_everybody_is_told_on_monday_at_nine_and_not_again(newsroom: Newsroom):
    await plant(newsroom)
    early = job(newsroom, MONDAY - timedelta(seconds=1))
    assert await early.run_due() == 0
    assert await job(newsroom, MONDAY).run_due() == 4
    assert await job(newsroom, MONDAY).run_due() == 0  # another process, after a restart
    assert await job(newsroom, MONDAY + timedelta(hours=20)).run_due() == 0
    found = reports(newsroom)
    assert [len(texts) for texts in found.values()] == [1, 1, 1, 1]
    (chinese,), (english,) = found["zhao"], found["kim"]
    assert chinese.startswith("📊 第 48 周的数字　11月23日 – 11月29日")
    assert english.startswith("📊 Week 48 in numbers　23 Nov – 29 Nov")
    assert ZH("stats.opens", n="280") in chinese
    assert EN("stats.opens", n="280") in english


async def test_the_next_week_has_its_own(newsroom: Newsroom):
    await plant(newsroom)
    await job(newsroom, MONDAY).run_due()
    later = MONDAY + timedelta(days=7)
    numbers = newsroom.chatting.storage.numbers
    for back in range(7, 0, -1):
        await numbers.recount((later - timedelta(days=back)).date(), later)
    assert await job(newsroom, later).run_due() == 4


async def test_a_bot_that_was_away_does_not_tell_old_news(newsroom: Newsroom):
    await plant(newsroom)
    assert await job(newsroom, MONDAY + timedelta(hours=36)).run_due() == 0
    assert await job(newsroom, MONDAY + timedelta(hours=35)).run_due() == 4


async def test_nothing_is_told_of_a_week_that_was_not_counted_to_its_end(newsroom: Newsroom):
    assert await job(newsroom, MONDAY).run_due() == 0
    sunday = MONDAY - timedelta(hours=12)
    await newsroom.chatting.storage.numbers.recount(sunday.date(), sunday)
    assert await job(newsroom, MONDAY).run_due() == 0


async def test_a_week_without_anything_is_told_as_that(newsroom: Newsroom):
    storage = newsroom.chatting.storage
    for back in range(7, 0, -1):
        await storage.numbers.recount((MONDAY - timedelta(days=back + 700)).date(), MONDAY)
    # Nobody was there two years ago; the report of that week says so in one line.
    then = MONDAY - timedelta(days=700)
    await job(newsroom, then).run_due()
    (text,) = reports(newsroom)["zhao"]
    assert ZH("stats.week.nothing") in text


async def test_a_desk_is_told_in_the_place_of_its_members(newsroom: Newsroom):
    await plant(newsroom)
    chatting = newsroom.chatting
    group = chatting.sandbox.chat("group").id
    await chatting.storage.staff.open_desk(
        group, 0, "编辑部", Lang.ZH, actor="cli", now=chatting.clock()
    )
    assert await job(newsroom, MONDAY).run_due() == 1
    assert reports(newsroom) == {"wang": [], "zhao": [], "kim": [], "he": []}
    (told,) = [one for one in chatting.wang.messages_in(group) if one.text.startswith("📊")]
    assert "第 48 周" in told.text


async def test_what_went_wrong_stands_in_it(newsroom: Newsroom):
    storage, clock = newsroom.chatting.storage, newsroom.chatting.clock
    broken, silent = await add_source(storage, "broken"), await add_source(storage, "silent")
    failing = replace(broken.poll, errors=9, failing_since=clock(), error_code="timeout")
    await storage.sources.record_poll(broken.id, failing, now=clock())
    await plant(newsroom)
    await storage.numbers.add(
        (MONDAY - timedelta(days=3)).date(),
        {(Count.READ, str(silent.id)): 7, (Count.READY_MINUTES, "12"): 9},
    )
    await job(newsroom, MONDAY).run_due()
    (text,) = reports(newsroom)["zhao"]
    assert ZH.n("stats.week.failing", 1, names="broken 日报") in text
    assert ZH.n("stats.week.barren", 1, names="silent 日报 7") in text
    assert ZH("stats.ready", median="12 分钟", most="12 分钟") in text


async def test_sources_that_brought_nothing_are_named(newsroom: Newsroom):
    storage = newsroom.chatting.storage
    for number in range(10):
        await add_source(storage, f"s{number}")
    await plant(newsroom)
    await job(newsroom, MONDAY).run_due()
    (text,) = reports(newsroom)["zhao"]
    names = "、".join(f"s{number} 日报" for number in range(8))
    assert ZH.n("stats.week.silent", 10, names=names + ZH.n("stats.week.more", 2)) in text


async def test_the_picture_comes_after_the_words(newsroom: Newsroom, easel: Easel):
    await plant(newsroom)
    await job(newsroom, MONDAY, easel).run_due()
    seen = [one for one in newsroom.editor.messages_in(newsroom.editor.id) if one.by_bot][-2:]
    assert seen[0].text.startswith("📊")
    assert seen[1].data["photo"]
    assert [panel.title for panel in easel.asked[0].panels] == [ZH("stats.panel.opens")]


async def test_who_blocked_the_bot_is_not_tried_for_ever(newsroom: Newsroom):
    await plant(newsroom)
    newsroom.viewer.block()
    assert await job(newsroom, MONDAY).run_due() == 3
    assert await job(newsroom, MONDAY).run_due() == 0


# The library warns of its own attribute whenever it makes this error.
@pytest.mark.filterwarnings("ignore:.*retry_after")
@pytest.mark.parametrize(
    ("fault", "again"),
    [
        (Fault(FaultKind.ANSWER, "sendMessage", code=429, retry_after=1), 1),
        # It arrived, and the answer did not: it is not sent twice.
        (Fault(FaultKind.DROP_AFTER, "sendMessage"), 0),
    ],
)
async def test_what_was_certainly_not_sent_is_tried_again(
    newsroom: Newsroom, fault: Fault, again: int
):
    await plant(newsroom)
    newsroom.chatting.sandbox.faults.add(fault)
    assert await job(newsroom, MONDAY).run_due() == 3
    assert await job(newsroom, MONDAY + timedelta(minutes=1)).run_due() == again
    assert [len(texts) for texts in reports(newsroom).values()] == [1, 1, 1, 1]


@covers("/stats")
async def test_the_report_is_seen_beforehand(newsroom: Newsroom, easel: Easel):
    """In Chinese by Zhao, in English by Kim."""
    await plant(newsroom)
    newsroom.chatting.clock.now = MONDAY
    await add_subscriber(newsroom.chatting.storage, 9001, now=MONDAY)
    shown = await newsroom.chatting.say(newsroom.second, "/stats weekly")
    assert shown.data["photo"]
    assert len(easel.asked) == 1
    await newsroom.chatting.quiet()
    assert reports(newsroom)["kim"][-1].startswith("📊 Week 48 in numbers")
    await newsroom.chatting.say(newsroom.editor, "/stats 周报")
    await newsroom.chatting.quiet()
    assert reports(newsroom)["zhao"][-1].startswith("📊 第 48 周的数字")
    # It was only looked at: on Monday it comes all the same.
    assert await job(newsroom, MONDAY).run_due() == 4
