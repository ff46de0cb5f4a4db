"""The pages of weeks: what was chosen stays, what was taken back goes, editors come first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update

from bot.web import make_web
from digest.model import Access, Lang
from digest.pictures import Picture
from digest.weeklies.report import UNEDITED, Said, signal_key
from digest.weekly import Week
from storage import Storage
from storage.schema import signals
from storage.weeklies import WeeklyPolicy
from storage.weekly_reading import make_report
from tests.bot.web.conftest import SPEC, Newsroom
from tests.bot.web.samples import NOW, TAXONOMY
from tests.bot.web.test_pages import page, select, words
from tests.covering import covers

Client = TestClient[Any, Any]
LAST = Week(2026, 46)  # NOW is the Sunday of the one after
IN_IT = NOW - timedelta(days=8)


@covers(
    "page /week/{week}/{column}",
    "page /weeks",
    "page /weeks/feed.xml",
    "page /weeks/rss.xml",
    "page /weeks/feed.json",
)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_a_week_that_is_over_stays_as_it_was(client: Client, newsroom: Newsroom, lang: Lang):
    asked = f"?lang={lang}"
    one = await newsroom.add(at=IN_IT)
    path = f"/week/{LAST}{asked}"
    first = words(await page(client, path))
    # Whatever comes later, the report speaks of what it was made from.
    await newsroom.add(at=IN_IT + timedelta(hours=1))
    assert words(await page(client, path)) == first
    column = await page(client, f"/week/{LAST}/{one.placement.column}{asked}")
    assert len(select(column, ".entry")) == 1
    await page(client, f"/week/{LAST}/nonsense{asked}", status=404)
    listed = await page(client, f"/weeks{asked}")
    assert [link.get("href") for link in select(listed, ".entry", "h2", "a")] == [path]
    for form, mark in (("feed.xml", "<entry>"), ("rss.xml", "<item>"), ("feed.json", '"url"')):
        async with client.get(f"/weeks/{form}{asked}") as response:
            body = await response.text()
        assert body.count(mark) == 1, form
        assert f"https://pages.example/week/{LAST}" in body, form
    async with client.get(f"/week/{LAST}/glance.png{asked}") as response:
        assert response.status == 404  # nobody draws here


async def test_what_was_taken_back_is_gone_from_the_report(client: Client, newsroom: Newsroom):
    two = replace(SPEC, key="two", url="https://two.example/feed", title="Two")
    one = await newsroom.add(at=IN_IT)
    await newsroom.add(at=IN_IT, spec=two)
    assert len(select(await page(client, f"/week/{LAST}"), ".entry")) == 2
    async with newsroom.storage.database.write() as connection:
        await connection.execute(
            update(signals).where(signals.c.id == one.id).values(state="rejected")
        )
    assert len(select(await page(client, f"/week/{LAST}"), ".entry")) == 1


async def test_what_rests_on_a_closed_signal_is_not_told_to_everybody(
    client: Client, newsroom: Newsroom
):
    weeklies = newsroom.storage.weeklies
    one = await newsroom.add(at=IN_IT)
    closed = replace(SPEC, key="two", url="https://two.example/feed", title="Two")
    two = await newsroom.add(at=IN_IT, spec=replace(closed, access=Access.SUBSCRIBERS))
    made = await make_report(newsroom.storage, LAST, "Asia/Shanghai", NOW, TAXONOMY)
    intro = {
        "zh": (Said("人人可读的一句。", (one.id,)), Said("订户才有的一句。", (one.id, two.id)))
    }
    await weeklies.keep(LAST, made, NOW, intro=intro)
    shown = words(await page(client, f"/week/{LAST}"))
    assert "人人可读的一句。" in shown
    assert "订户才有的一句。" not in shown
    column = words(await page(client, f"/week/{LAST}/{two.placement.column}"))
    assert "订户才有的一句。" not in column
    async with client.get("/weeks/feed.json") as response:
        assert "订户才有的一句。" not in await response.text()


async def test_editors_come_first(client: Client, newsroom: Newsroom):
    weeklies = newsroom.storage.weeklies
    one = await newsroom.add(at=IN_IT)
    await newsroom.add(at=IN_IT)
    await page(client, f"/week/{LAST}")
    issue = await weeklies.get(LAST)
    assert issue is not None
    edits = replace(
        UNEDITED,
        dropped=frozenset({signal_key(one.id)}),
        foreword={"zh": "编辑的话 <b>"},
        lines={signal_key(one.id + 1): {"zh": "我们怎么看"}},
    )
    await weeklies.edit(issue, edits, actor="user:1", now=NOW)
    shown = await page(client, f"/week/{LAST}")
    assert len(select(shown, ".entry")) == 1
    assert "编辑的话 <b>" in words(shown)
    assert "我们怎么看" in words(shown)
    assert "我们怎么看" not in words(await page(client, f"/week/{LAST}?lang=en"))


async def test_a_week_under_review_is_not_shown(client: Client, newsroom: Newsroom):
    await newsroom.add(at=IN_IT)
    await newsroom.storage.weeklies.set_policy(WeeklyPolicy(review=True), actor="t", now=NOW)
    for week in (LAST, LAST.moved(1)):
        shown = await page(client, f"/week/{week}")
        assert "还在编辑部" in words(shown)
        assert select(shown, ".entry") == []


@covers("page /week/{week}/glance.png")
async def test_the_week_at_a_glance_is_drawn_in_each_language(
    storage: Storage, newsroom: Newsroom
):
    drawn: list[tuple[Lang, bool]] = []

    class Brush:
        async def png(self, picture: Picture, *, dark: bool = False) -> bytes:
            drawn.append((picture.lang, dark))
            return b"png"

    async def report() -> dict[str, Any]:
        return {}

    await newsroom.add(at=IN_IT)
    app = make_web(
        storage,
        TAXONOMY,
        clock=lambda: NOW,
        base_url="https://pages.example/",
        bot_username=lambda: "",
        health=report,
        paint=Brush(),
    )
    async with TestClient(TestServer(app)) as client:
        shown = await page(client, f"/week/{LAST}?lang=en")
        (plate,) = select(shown, ".glance", "img")
        dark = select(shown, ".glance", "source")[0].get("srcset")
        for address in (plate.get("src"), dark, f"/week/{LAST}/glance.png?lang=zh"):
            async with client.get(address) as response:
                assert (response.status, await response.read()) == (200, b"png")
        async with client.get("/week/2020-W10/glance.png") as response:
            assert response.status == 404
    assert drawn == [(Lang.EN, False), (Lang.EN, True), (Lang.ZH, False)]
    assert "signal" in plate.get("alt")
