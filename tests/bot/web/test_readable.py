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
