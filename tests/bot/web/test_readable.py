"""Every kind of page, in a real browser: readable by all, on everything, within its budget."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp.test_utils import TestClient
from playwright.async_api import Page, ViewportSize

from storage import Storage, migrate
from tests.bot.web.conftest import Newsroom
from tests.bot.web.sample_paths import PATHS, furnish, pages
from tests.browser import browsing
from tests.readable import (
    ALL_LIMIT,
    HTML_LIMIT,
    SHIFT_LIMIT,
    Traffic,
    axe_findings,
    head_of,
    layout_shift,
    measured,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
Client = TestClient[Any, Any]

PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database full of signals, made once and copied for each test."""
    path = tmp_path_factory.mktemp("readable") / "full.db"

    async def make() -> None:
        await migrate(f"sqlite:///{path}")
        storage = await Storage.open(f"sqlite:///{path}")
        await furnish(Newsroom(storage))
        await storage.close()

    asyncio.run(make())
    return path


@pytest.fixture
async def storage(furnished: Path, tmp_path: Path) -> AsyncIterator[Storage]:
    opened = await Storage.open(f"sqlite:///{shutil.copy(furnished, tmp_path / 'pages.db')}")
    yield opened
    await opened.close()


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def page(client: Client, lang: str) -> AsyncIterator[Page]:
    """A browser in one language before a newsroom full of signals."""
    locale = {"zh": "zh-CN", "en": "en-GB"}[lang]
    base = str(client.make_url("/"))
    no_such_page = "status of 404"
    async with browsing(
        forgiven=no_such_page, base_url=base, locale=locale, viewport=PHONE
    ) as page:
        yield page


def test_every_route_has_an_address_to_look_at(client: Client) -> None:
    assert client.app is not None
    routes = {route.resource.canonical for route in client.app.router.routes() if route.resource}
    assert routes == set(PATHS)


async def test_axe_finds_nothing(page: Page) -> None:
    found = {}
    looks: list[tuple[Any, ViewportSize]] = [("light", PHONE), ("dark", DESKTOP)]
    for path in pages():
        await page.goto(path)
        for scheme, size in looks:
            await page.emulate_media(color_scheme=scheme)
            await page.set_viewport_size(size)
            if findings := await axe_findings(page):
                found[path, scheme] = findings
    assert found == {}


async def test_pages_keep_to_their_budget(page: Page) -> None:
    traffic = Traffic.of(page)
    for path in pages():
        traffic.clear()
        await page.goto(path, wait_until="load")
        assert await traffic.html_bytes() < HTML_LIMIT, path
        assert await traffic.all_bytes() < ALL_LIMIT, path
        assert [kind for kind in traffic.kinds() if kind != "image"] == ["document", "stylesheet"]
        assert traffic.hosts() == {urlsplit(page.url).netloc}, path
        assert await layout_shift(page) < SHIFT_LIMIT, path
        found = await measured(page)
        assert found["scripts"] == 0, path
        assert found["handlers"] == [], path
        assert found["unsized"] == [], path


async def test_pages_read_well_on_a_phone(page: Page) -> None:
    found = {}
    for path in pages():
        await page.goto(path)
        seen = await measured(page)
        found[path] = [*seen["small"], *seen["tiny"]]
    assert {path: texts for path, texts in found.items() if texts} == {}


async def test_nothing_is_wider_than_the_window(page: Page) -> None:
    """320 pixels are a window of 1280 at 400 % (WCAG 1.4.10)."""
    wider = {}
    for path in pages():
        await page.goto(path)
        for size in (NARROW, PHONE, DESKTOP):
            await page.set_viewport_size(size)
            if overflow := (await measured(page))["overflow"]:
                wider[path, size["width"]] = overflow
    assert wider == {}


async def test_pages_say_what_they_are(page: Page, lang: str) -> None:
    titles = set()
    for path in pages():
        await page.goto(path)
        head = await head_of(page)
        titles.add(head["title"])
        assert head["lang"] == {"zh": "zh-Hans", "en": "en"}[lang], path
        assert head["viewport"] == "width=device-width, initial-scale=1", path
        assert len(head["description"]) >= 10, path
        assert sorted(set(head["alternates"])) == ["en", "x-default", "zh-Hans"], path
        if path != "/nothing":
            assert head["canonical"].startswith("https://pages.example/"), path
    shown = [path for path in PATHS.values() if path is not None]
    assert len(titles) > len(shown) / 2


# --- keyboard, paper, and what people have set in their system ---------------------------------


async def test_the_keyboard_skips_to_the_text_and_unfolds_what_is_folded(page: Page) -> None:
    await page.goto("/s/1")
    await page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert await skip.evaluate("el => el === document.activeElement")
    box = await skip.bounding_box()
    assert box is not None
    assert box["x"] >= 0  # it is seen as soon as it is reached
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"
    folded = page.locator("main details").first
    await folded.locator("summary").focus()
    assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    await page.keyboard.press("Enter")
    assert await folded.get_attribute("open") is not None


async def test_paper_carries_the_originals_address_and_no_navigation(page: Page) -> None:
    await page.goto("/s/1")
    await page.emulate_media(media="print")
    shown = """(selector) => [...document.querySelectorAll(selector)]
      .filter((el) => el.getClientRects().length).length"""
    for gone in (".shelves", ".find", ".switch", ".beside", ".skip", ".end .links"):
        assert await page.evaluate(shown, gone) == 0, gone
    assert await page.locator(".printed").inner_text() in {
        "https://pages.example/s/1",
        "https://pages.example/s/1?lang=en",
    }
    written = await page.locator(".out a").first.evaluate(
        "a => getComputedStyle(a, '::after').content"
    )
    assert "https://news.example.org/a" in written
    quoted = page.locator("details blockquote").first
    assert await quoted.is_visible()  # folded on the screen, unfolded on paper
    assert len(await page.pdf()) > 10_000


async def test_lines_are_as_long_as_the_eye_can_follow(page: Page) -> None:
    """About 40 Chinese characters; a Chinese character is one em wide."""
    await page.set_viewport_size(DESKTOP)
    for path, texts in (("/s/1", ".paragraphs p:not(.gap), .said"), ("/", ".gist, .lead li")):
        await page.goto(path)
        ems = await page.locator(texts).evaluate_all(
            """(all) => all.map((el) => {
                 const style = getComputedStyle(el);
                 const width = el.clientWidth - parseFloat(style.paddingLeft);
                 return width / parseFloat(style.fontSize);
               })"""
        )
        assert ems, path
        assert max(ems) <= 42, (path, max(ems))


async def test_the_readers_own_system_is_followed(page: Page) -> None:
    await page.goto("/")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    await page.emulate_media(color_scheme="light")
    light = await page.evaluate(paper)
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce", forced_colors="none")
    assert await page.evaluate(paper) != light
    scrolling = "getComputedStyle(document.documentElement).scrollBehavior"
    assert await page.evaluate(scrolling) == "auto"
    # In forced colours the present page is still told from the others.
    await page.emulate_media(forced_colors="active")
    borders = await page.locator(".shelves a").evaluate_all(
        "all => all.map((el) => getComputedStyle(el).borderBottomColor)"
    )
    assert borders.count(borders[0]) == 1


async def test_mixed_text_is_set_with_care(page: Page) -> None:
    await page.goto("/s/3")
    style = await page.locator("h1").evaluate(
        """(el) => { const s = getComputedStyle(el);
             return [s.textAutospace, s.textSpacingTrim, s.lineBreak, el.lang, s.fontFamily]; }"""
    )
    assert style[:4] == ["normal", "normal", "strict", "zh-Hans"]
    assert "Noto Serif CJK SC" in style[4]
    foreign = page.locator("[lang='en']").first
    assert "PingFang" not in (await foreign.evaluate("el => getComputedStyle(el).fontFamily"))[:40]
    numbers = await page.locator("time").first.evaluate(
        "el => getComputedStyle(el).fontVariantNumeric"
    )
    assert numbers == "tabular-nums"
