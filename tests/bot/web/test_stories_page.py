"""The page of a story: who told it first, what each signal added, its figures."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import update

from digest.model import Access, Lang, NumberFact, Point, SignalState, SourceSpec
from storage.schema import signals
from tests.bot.web.conftest import SPEC, Newsroom
from tests.bot.web.samples import NOW, brief, signal
from tests.bot.web.test_pages import links, page, select, words
from tests.covering import covers

Client = TestClient[Any, Any]

OTHER = SourceSpec("herald", "https://herald.example/feed", "The Herald", "ai", "en")
COST = NumberFact("$1.2 billion", 1.2e9, "money", "USD", 1, measure="cost", zh="12 亿美元")
HIGHER = NumberFact("$1.5 billion", 1.5e9, "money", "USD", 1, measure="cost", zh="15 亿美元")


async def told(newsroom: Newsroom) -> tuple[int, list[int]]:
    """A story of three signals; the one that came in first was not published first."""
    lead = await newsroom.add(
        signal(published_at=NOW - timedelta(hours=2), brief=brief(numbers=(COST,)))
    )
    earlier = await newsroom.add(
        signal(published_at=NOW - timedelta(hours=9), brief=brief(numbers=(COST,))),
        spec=OTHER,
        story_of=lead.id,
    )
    more = brief(
        headline="Northwind's building costs more",
        points=(Point("The building will cost $1.5 billion.", (0,), "en"),),
        numbers=(COST, HIGHER),
    )
    later = await newsroom.add(
        signal(published_at=NOW - timedelta(hours=1), brief=more), story_of=lead.id
    )
    kept = await newsroom.storage.signals.get(lead.id)
    assert kept is not None
    assert kept.story_id is not None
    return kept.story_id, [earlier.id, lead.id, later.id]


async def reject(newsroom: Newsroom, ids: list[int]) -> None:
    async with newsroom.storage.database.write() as connection:
        await connection.execute(
            update(signals).where(signals.c.id.in_(ids)).values(state=SignalState.REJECTED)
        )


@covers("page /story/{id}")
@pytest.mark.parametrize(
    ("lang", "first", "told_by", "adds"),
    [
        (Lang.ZH, "最早报道", "3 条信号，2 家信源", "新出现的数字：$1.5 billion (cost)"),
        (Lang.EN, "First report", "3 signals from 2 sources", "New numbers: $1.5 billion (cost)"),
    ],
)
async def test_a_story_is_told_in_the_order_of_events(
    client: Client, newsroom: Newsroom, lang: Lang, first: str, told_by: str, adds: str
):
    number, ids = await told(newsroom)
    shown = await page(client, f"/story/{number}?lang={lang.value}")
    steps = select(shown, ".timeline", "li")
    assert [links(step)[0] for step in steps] == [f"/s/{one}?lang={lang.value}" for one in ids]
    assert told_by in words(shown)
    assert "The Herald" in words(steps[0])
    assert first in words(steps[0])
    assert [adds in words(step) for step in steps] == [False, False, True]
    # What was said before is not said again.
    assert "three rivers" not in words(steps[1])
    assert "The building will cost" in words(steps[2])


async def test_figures_name_who_tells_them(client: Client, newsroom: Newsroom):
    number, ids = await told(newsroom)
    rows = select(await page(client, f"/story/{number}"), ".figures", "tbody", "tr")
    assert [words(row) for row in rows] == [
        "$1.2 billion 12 亿美元 cost The Herald、Example Wire",
        "$1.5 billion 15 亿美元 cost Example Wire",
    ]
    assert links(rows[1]) == [f"/s/{ids[2]}"]


async def test_a_lone_signal_is_its_own_page(client: Client, newsroom: Newsroom):
    number, ids = await told(newsroom)
    await reject(newsroom, ids[1:])
    async with client.get(f"/story/{number}", allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"] == f"/s/{ids[0]}"
    await reject(newsroom, ids)
    await page(client, f"/story/{number}", status=404)
    await page(client, "/story/999", status=404)


async def test_a_subscribers_member_tells_its_headline_only(client: Client, newsroom: Newsroom):
    number, ids = await told(newsroom)
    await newsroom.storage.signals.set_access(ids[2], Access.SUBSCRIBERS, actor="test", now=NOW)
    text = words(await page(client, f"/story/{number}"))
    assert "Northwind's building costs more" in text
    assert "$1.5 billion" not in text
    assert "订阅者可读" in text


async def test_a_signal_leads_to_its_story(client: Client, newsroom: Newsroom):
    number, ids = await told(newsroom)
    assert f"/story/{number}" in links(await page(client, f"/s/{ids[2]}"), ".reading")


async def test_a_long_story_stays_small(client: Client, newsroom: Newsroom):
    han = "数据中心" * 100
    facts = tuple(NumberFact(f"{n} 亿元", n, "money", "CNY", 0, measure=han) for n in range(20))
    long = brief(headline=han, points=(Point(han, (0,), "zh"),), numbers=facts)
    lead = await newsroom.add(signal(brief=long))
    for minute in range(60):
        spec = replace(SPEC, key=f"s{minute}", url=f"https://s{minute}.example/feed", title=han)
        at = NOW - timedelta(minutes=minute)
        await newsroom.add(signal(brief=long, published_at=at), spec=spec, story_of=lead.id)
    kept = await newsroom.storage.signals.get(lead.id)
    assert kept is not None
    async with client.get(f"/story/{kept.story_id}") as response:
        assert len(await response.read()) < 50_000
