"""The search page with its filters."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from digest.model import Kind, Lang, Placement, SourceSpec
from tests.bot.web.conftest import Newsroom
from tests.bot.web.samples import NOW, signal
from tests.bot.web.test_pages import links, page, select, words
from tests.covering import covers

Client = TestClient[Any, Any]

OTHER = SourceSpec("herald", "https://herald.example/feed", "The Herald", "ai", "en")


async def filled(newsroom: Newsroom) -> list[int]:
    business = Placement("business", Kind.NEWS, ("chips",), {})
    made = (
        await newsroom.add(signal(published_at=NOW - timedelta(hours=1))),
        await newsroom.add(signal(published_at=NOW - timedelta(hours=2)), spec=OTHER),
        await newsroom.add(
            signal(published_at=NOW - timedelta(days=1, hours=2), placement=business)
        ),
    )
    return [one.id for one in made]


@covers("page /search")
@pytest.mark.parametrize("lang", [Lang.ZH, Lang.EN])
@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ("q=northwind", [0, 1, 2]),
        ("q=northwind&column=business", [2]),
        ("q=northwind&source=2", [1]),
        ("q=northwind&day=2026-11-22", [0, 1]),
        ("q=northwind&topic=chips", [2]),
        ("q=northwind&column=ai&day=2026-11-21", []),
        ("column=ai", [0, 1]),
        ("q=northwind&column=nope&topic=nope&day=yesterday&source=x", [0, 1, 2]),
    ],
)
async def test_filters_narrow_what_is_found(
    client: Client, newsroom: Newsroom, asked: str, places: list[int], lang: Lang
):
    ids = await filled(newsroom)
    shown = await page(client, f"/search?{asked}&lang={lang.value}")
    found = [link.partition("?")[0] for link in links(shown, ".entry", "h2")]
    assert found == [f"/s/{ids[place]}" for place in places]


async def test_chosen_filters_stay_chosen_and_can_be_taken_away(
    client: Client, newsroom: Newsroom
):
    await filled(newsroom)
    shown = await page(client, "/search?q=northwind&column=ai&source=2&day=2026-11-22")
    chosen = shown.xpath("//option[@selected]/@value")
    assert chosen == ["ai", "2"]
    assert shown.xpath("//input[@type='date']/@value") == ["2026-11-22"]
    assert words(select(shown, ".chips")[0]) == "人工智能 × The Herald × 2026年11月22日 ×"
    assert links(shown, ".chips")[0] == "/search?q=northwind&source=2&day=2026-11-22"
    options = select(shown, "select")[1]
    assert words(options) == "不限Example Wire (1)The Herald (1)"
    other = select(shown, "a.switch")[0].get("href")
    assert set(other.partition("?")[2].split("&")) == {
        "q=northwind", "column=ai", "source=2", "day=2026-11-22", "lang=en",
    }  # fmt: skip


async def test_search_pages_to_the_end_within_its_filters(client: Client, newsroom: Newsroom):
    for minutes in range(60):
        placed = replace(signal().placement, column="ai" if minutes % 2 else "business")
        await newsroom.add(signal(published_at=NOW - timedelta(minutes=minutes), placement=placed))
    seen: list[str] = []
    following = "/search?q=northwind&column=ai"
    while following:
        shown = await page(client, following)
        assert len(select(shown, ".entry")) <= 25
        seen += links(shown, ".entry", "h2")
        found = shown.xpath("//a[@rel='next']/@href")
        following = found[0] if found else ""
    assert len(seen) == len(set(seen)) == 30


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00%01",
        "?q=" + "%F0%9F%98%80" * 400,
        "?q=%22%22%22",
        "?q=%FF%FE",
        "?source=" + "9" * 40,
        "?day=0000-00-00",
        "?day[]=1&q[]=2",
        "?&&&=",
        "?before=999999999&q=northwind",
        "?q=(AND%20OR*",
    ],
)
async def test_odd_questions_are_answered_calmly(client: Client, newsroom: Newsroom, query: str):
    await newsroom.add()
    await page(client, f"/search{query}")
