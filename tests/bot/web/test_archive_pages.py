"""Pages by the calendar: months, weeks, days."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.web.views.archive import Month
from digest.model import Access, Lang, NumberFact, Score, ScorePart
from tests.bot.web.conftest import SPEC, Newsroom
from tests.bot.web.samples import NOW, brief, signal
from tests.bot.web.test_pages import links, page, select, words
from tests.covering import covers

Client = TestClient[Any, Any]


@covers("page /archive", "page /archive/{month}")
@pytest.mark.parametrize(
    ("lang", "title", "total"),
    [
        (Lang.ZH, "2026年11月", "这个月收录 3 条"),
        (Lang.EN, "November 2026", "3 signals this month"),
    ],
)
async def test_the_archive_is_a_calendar_of_days_with_signals(
    client: Client, newsroom: Newsroom, lang: Lang, title: str, total: str
):
    # 23:30 on the 20th in Beijing, half past midnight on the 21st there, and the month before.
    for at in (
        datetime(2026, 11, 20, 15, 30, tzinfo=UTC),
        datetime(2026, 11, 20, 16, 30, tzinfo=UTC),
        datetime(2026, 11, 20, 17, 30, tzinfo=UTC),
        datetime(2026, 9, 30, 3, 0, tzinfo=UTC),
    ):
        await newsroom.add(signal(published_at=at))
    asked = f"?lang={lang.value}"
    shown = await page(client, f"/archive{asked}")
    assert title in words(shown)
    assert total in words(shown)
    days = select(shown, ".calendar", "td", "a")
    assert [day.get("href") for day in days] == [
        f"/day/2026-11-20{asked}",
        f"/day/2026-11-21{asked}",
    ]
    assert [words(day)[:2] for day in days] == ["20", "21"]
    assert len(select(shown, ".calendar", "tbody", "tr")) == 6
    assert links(shown, ".months") == [
        f"/archive/2026-{month}{asked}" for month in ("11", "10", "09")
    ]
    assert links(shown, ".pager") == [f"/archive/2026-10{asked}"]
    september = await page(client, f"/archive/2026-09{asked}")
    assert [day.get("href") for day in select(september, ".calendar", "td", "a")] == [
        f"/day/2026-09-30{asked}"
    ]
    assert links(september, ".pager") == [f"/archive/2026-10{asked}"]


async def test_the_days_of_the_calendar_hold_what_they_count(client: Client, newsroom: Newsroom):
    for hours in range(0, 200, 7):
        await newsroom.add(signal(published_at=NOW - timedelta(hours=hours)))
    shown = await page(client, "/archive")
    for day in select(shown, ".calendar", "td", "a"):
        count = int("".join(filter(str.isdigit, words(select(day, "small")[0]))))
        assert len(select(await page(client, day.get("href")), ".entry")) == count


@pytest.mark.parametrize(
    "path", ["/archive/2026-12", "/archive/2026-13", "/archive/1999-01", "/archive/2026-1x",
             "/week/2026-W54", "/week/2026-W48", "/week/1999-W01", "/week/2026w47x"]
)  # fmt: skip
async def test_months_and_weeks_that_are_not_there(client: Client, path: str):
    await page(client, path, status=404)


def test_months_go_over_the_year():
    assert Month(2026, 1).moved(-1) == Month(2025, 12)
    assert Month(2026, 12).moved(1) == Month(2027, 1)
    assert Month.read("2026-11") == Month(2026, 11)
    assert [Month.read(text) for text in ("2026-00", "2026-13", "1026-11", "2026-1", "")] == [
        None
    ] * 5


@covers("page /week", "page /week/{week}")
@pytest.mark.parametrize(
    ("lang", "words_"),
    [
        (Lang.ZH, ("周报", "2 条信号，2 家信源", "这一周的数字", "大事与后来")),
        (
            Lang.EN,
            ("The week in review", "2 signals from 2 sources ", "Numbers of the week",
             "The big stories"),
        ),
    ],
)  # fmt: skip
async def test_a_week_is_reviewed(
    client: Client, newsroom: Newsroom, lang: Lang, words_: tuple[str, ...]
):
    two = replace(SPEC, key="two", url="https://two.example/feed", title="Two")
    fact = NumberFact("$1.5 billion", 1.5e9, "money", "USD", 1, measure="cost")
    told = brief(headline="The site will cost $1.5 billion", numbers=(fact,))
    first = await newsroom.add(signal(brief=told), at=NOW - timedelta(days=2))
    await newsroom.add(at=NOW - timedelta(days=1), spec=two, story_of=first.id)
    await newsroom.add(at=NOW - timedelta(days=9))
    asked = f"?lang={lang.value}"
    async with client.get(f"/week{asked}", allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"] == f"/week/2026-W47{asked}"
    shown = await page(client, f"/week/2026-W47{asked}")
    for expected in words_:
        assert expected in words(shown), expected
    assert links(shown, ".pager") == [f"/week/2026-W46{asked}"]
    assert len(select(shown, ".week-part", ".entry")) == 1
    assert select(shown, ".shelf-box", ".entry") == []  # a story is told once
    before = await page(client, f"/week/2026-W46{asked}")
    assert len(select(before, ".entry")) == 1
    assert links(before, ".pager") == [f"/week/2026-W45{asked}", f"/week/2026-W47{asked}"]
    assert select(await page(client, f"/week/2020-W10{asked}"), ".entry") == []


@pytest.mark.parametrize(
    ("lang", "why"),
    [
        (Lang.ZH, "历史上的今天 · 2025年11月22日（1 年前）"),
        (Lang.EN, "On this day · 22 Nov 2025 (1 year ago)"),
    ],
)
async def test_a_day_and_the_front_page_look_back_where_there_is_something(
    client: Client, newsroom: Newsroom, lang: Lang, why: str
):
    asked = f"?lang={lang.value}"
    await newsroom.add()
    assert select(await page(client, f"/day/2026-11-22{asked}"), ".past") == []
    assert select(await page(client, f"/{asked}"), ".past") == []
    strong = Score((ScorePart("source", 90, 90),))
    year = await newsroom.add(signal(published_at=NOW - timedelta(days=365), score=strong))
    newsroom.storage.past.forget()
    for path in (f"/day/2026-11-22{asked}", f"/{asked}"):
        (block,) = select(await page(client, path), ".past")
        assert why in words(block)
        assert f"/s/{year.id}{asked}" in links(block)
    assert select(await page(client, f"/day/2026-11-21{asked}"), ".past") == []


async def test_subscribers_signals_are_not_looked_back_at_on_pages(
    client: Client, newsroom: Newsroom
):
    strong = Score((ScorePart("source", 90, 90),))
    year = await newsroom.add(signal(published_at=NOW - timedelta(days=365), score=strong))
    await newsroom.storage.signals.set_access(year.id, Access.SUBSCRIBERS, actor="t", now=NOW)
    assert select(await page(client, "/"), ".past") == []
