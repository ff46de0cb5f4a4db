"""What only a browser can tell of the pages: what stands beside what, and what a tap opens."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from playwright.async_api import Page, ViewportSize

from digest.model import PollState, SourceSpec
from tests.bot.web.conftest import Newsroom
from tests.bot.web.samples import NOW, signal
from tests.bot.web.test_enriched_pages import own_source, translated, translation
from tests.browser import browsing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
Client = TestClient[Any, Any]

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture
async def page(client: Client) -> AsyncIterator[Page]:
    """A browser without scripts: nothing on our pages may need one."""
    base = str(client.make_url("/"))
    async with browsing(
        base_url=base, locale="zh-CN", viewport=PHONE, java_script_enabled=False
    ) as opened:
        yield opened


async def box(page: Page, selector: str, place: int = 0) -> dict[str, float]:
    found = await page.locator(selector).nth(place).bounding_box()
    assert found is not None, selector
    return dict(found)


async def test_a_translation_stands_beside_on_wide_screens_and_below_on_phones(
    page: Page, newsroom: Newsroom
):
    kept = await newsroom.add(translated(), spec=own_source())
    await newsroom.storage.translations.save(kept.id, translation(), NOW)
    await page.goto(f"/s/{kept.id}")
    original, told = await box(page, "#p1"), await box(page, ".told")
    assert told["y"] >= original["y"] + original["height"]
    assert await box(page, "#p2") != original
    assert (await box(page, "#p2"))["y"] > told["y"]
    await page.set_viewport_size(DESKTOP)
    for place in range(3):
        original = await box(page, f"#p{place + 1}")
        told = await box(page, ".told", place)
        assert abs(told["y"] - original["y"]) < 2
        assert told["x"] > original["x"] + original["width"] - 1


async def test_a_tap_opens_the_evidence_and_leads_to_its_place(page: Page, newsroom: Newsroom):
    kept = await newsroom.add()
    await page.goto(f"/s/{kept.id}")
    evidence = page.locator("details.basis").first
    quote = evidence.locator("blockquote").first
    assert not await quote.is_visible()
    await evidence.locator("summary").press("Enter")
    assert await quote.is_visible()
    await quote.locator("a").click()
    target = page.locator(":target")
    assert await target.count() == 1
    assert "Power comes from three rivers." in await target.inner_text()


async def test_names_of_sick_sources_are_not_squeezed(page: Page, newsroom: Newsroom):
    storage = newsroom.storage
    await storage.sources.seed(
        [SourceSpec("sick", "https://sick.example/feed", "一家名字很长的日报", "ai", "zh")], NOW
    )
    (source,) = await storage.sources.all()
    ill = PollState(
        errors=9, error_code="not_a_feed", failing_since=NOW - timedelta(days=3), last_ok_at=NOW
    )
    await storage.sources.record_poll(source.id, ill, now=NOW)
    for size in (PHONE, {"width": 320, "height": 640}, DESKTOP):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        await page.goto("/sources")
        name = await box(page, ".sources .name")
        assert name["height"] < 80, size  # two lines at most, not one letter a line
        state = await box(page, ".sources .state")
        assert state["x"] >= name["x"] + name["width"] or state["y"] >= name["y"] + name["height"]


async def test_the_picture_of_a_topic_fills_the_width_and_keeps_its_figures(
    page: Page, newsroom: Newsroom
):
    for hours in range(0, 200, 9):
        await newsroom.add(signal(published_at=NOW - timedelta(hours=hours)))
    await page.goto("/topic/llm")
    plot, ticks = await box(page, ".plot svg"), await box(page, ".ticks")
    assert plot["width"] > 280
    assert ticks["x"] + ticks["width"] <= plot["x"]
    bars = [await box(page, ".plot rect", place) for place in (0, 29)]
    assert bars[0]["x"] >= plot["x"] - 1
    assert bars[1]["x"] + bars[1]["width"] <= plot["x"] + plot["width"] + 1
    table = page.locator(".trend table")
    assert not await table.is_visible()
    await page.locator(".trend summary").press("Enter")
    assert await table.is_visible()


async def test_a_calendar_has_a_column_for_each_day_of_the_week(page: Page, newsroom: Newsroom):
    await newsroom.add()
    await page.goto("/archive")
    assert await page.locator(".calendar thead th").count() == 8
    cells = [await box(page, ".calendar tbody tr:nth-child(3) td", place) for place in range(7)]
    assert {round(cell["y"]) for cell in cells} == {round(cells[0]["y"])}
    assert max(cell["width"] for cell in cells) - min(cell["width"] for cell in cells) < 2
    await page.get_by_role("link", name="22").click()
    assert page.url.endswith("/day/2026-11-22")
