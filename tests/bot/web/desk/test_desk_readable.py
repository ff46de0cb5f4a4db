"""The staff's pages in a real browser: as readable as all others, in both languages."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from playwright.async_api import Page, ViewportSize

from bot.pictures.painter import Painter
from bot.web.desk.numbers import PAINTING, Painting
from digest.numbers import Count
from tests.bot.web.conftest import BROWSER
from tests.bot.web.desk.conftest import WANG, Browser
from tests.bot.web.desk.test_sources_page import furnish
from tests.bot.web.samples import NOW
from tests.browser import browsing
from tests.planted_figures import planted
from tests.readable import HTML_LIMIT, Traffic, axe_findings, layout_shift, measured

Client = TestClient[Any, Any]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
# An area that adds a page adds its addresses here.
PATHS = ("/desk", "/desk/stats?days=30", "/desk/sources")


@pytest.fixture
async def furnished(browser: Browser) -> AsyncIterator[None]:
    """Sixty days of numbers, and somebody who draws them."""
    numbers = browser.storage.numbers
    today, figures = numbers.today(NOW), planted(30)
    for back, day in enumerate(reversed((*figures.span.before.days, *figures.span.days))):
        counts = {
            (name, label): count
            for name, labels in figures.days.items()
            for label, count in labels.get(day, {}).items()
        }
        await numbers.add(today - timedelta(days=back), counts | {(Count.COUNTED, ""): 10**8})
    painter = Painter(lambda: NOW)
    app = browser.client.app
    assert app is not None
    app._state[PAINTING] = Painting(painter)
    yield
    await painter.close()


@pytest.fixture(params=["zh", "en"])
async def page(
    browser: Browser,
    furnished: None,  # noqa: ARG001  what the pages show
    request: pytest.FixtureRequest,
) -> AsyncIterator[Page]:
    """A browser of somebody who has just opened their link."""
    client: Client = browser.client
    locale = {"zh": "zh-CN", "en": "en-GB"}[request.param]
    base = str(client.make_url("/"))
    async with browsing(
        base_url=base,
        locale=locale,
        viewport=PHONE,
        user_agent=BROWSER,  # a headless one counts as a machine
        forgiven="status of 404",
    ) as page:
        await page.goto(await browser.link(WANG))
        assert page.url.endswith("/desk")
        yield page


async def test_every_page_reads_well_and_keeps_to_its_budget(page: Page, browser: Browser) -> None:
    await furnish(browser)
    traffic, titles = Traffic.of(page), set()
    for path in PATHS:
        traffic.clear()
        await page.goto(path, wait_until="load")
        titles.add(await page.title())
        assert await traffic.html_bytes() < HTML_LIMIT, path
        assert await layout_shift(page) < 0.01, path
        for scheme, size in (("light", PHONE), ("dark", DESKTOP), ("light", NARROW)):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.set_viewport_size(size)
            assert await axe_findings(page) == [], (path, scheme)
            seen = await measured(page)
            small = seen["small"] if size is not DESKTOP else ()  # a wide screen is nearer
            assert [*small, *seen["tiny"], *seen["unsized"], *seen["handlers"]] == [], path
            assert (seen["overflow"], seen["scripts"]) == (0, 0), path
    assert len(titles) == len(PATHS)


async def test_signing_out_in_the_browser(page: Page) -> None:
    await page.locator(".leave button").click()
    await page.wait_for_url("**/")
    answer = await page.request.get("/desk")
    assert answer.status == 404
