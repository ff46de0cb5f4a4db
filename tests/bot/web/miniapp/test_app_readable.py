"""The app's pages in a real browser: as readable as all others, in Telegram's colours."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestClient
from playwright.async_api import Page, expect

from storage import Storage
from tests.bot.web.conftest import Newsroom
from tests.bot.web.miniapp.signing import LIN, init_data
from tests.browser import browsing
from tests.clocks import HandClock
from tests.readable import HTML_LIMIT, Traffic, axe_findings, layout_shift, measured

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
Client = TestClient[Any, Any]
PHONE = {"width": 390, "height": 844}

# As Telegram's own themes are: hints too pale to read by, which the app must not follow blindly.
DAY = {
    "bg_color": "#ffffff", "text_color": "#000000", "hint_color": "#c0c0c0",
    "link_color": "#62bcf9", "button_color": "#62bcf9", "button_text_color": "#ffffff",
    "secondary_bg_color": "#f1f1f1", "destructive_text_color": "#ff8888",
}  # fmt: skip
NIGHT = {
    "bg_color": "#17212b", "text_color": "#f5f5f5", "hint_color": "#4a5a6a",
    "link_color": "#3a6a93", "button_color": "#5288c1", "button_text_color": "#ffffff",
    "secondary_bg_color": "#232e3c", "destructive_text_color": "#a33",
}  # fmt: skip
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
PAGES = (
    "/app/saved", "/app/saved/1", "/app/saved/1?q=zzzz", "/app/s/1", "/app/settings",
    "/app/settings/follows", "/app/settings/mutes", "/app/settings/frequency",
    "/app/settings/weekly", "/app/settings/quiet", "/app/settings/lang", "/app/nothing",
)  # fmt: skip


def address(path: str, clock: HandClock, person: dict[str, Any], theme: dict[str, str]) -> str:
    """Where Telegram opens the app: who it is and which colours stand in the fragment."""
    data = init_data(clock(), user=person)
    colours = quote(json.dumps(theme), safe="")
    return f"{path}#tgWebAppData={quote(data, safe='')}&tgWebAppThemeParams={colours}"


@pytest.fixture(params=["zh-hans", "en"])
async def person(
    request: pytest.FixtureRequest, storage: Storage, newsroom: Newsroom, clock: HandClock
) -> dict[str, Any]:
    """Somebody with a shared collection, notes in it and something to take back."""
    from handlers.guards import language_of

    found = LIN | {"language_code": request.param}
    lang = language_of(request.param)
    who, _new = await storage.subscribers.enter(1001, 0, "private", "L", lang, clock())  # type: ignore[arg-type]
    own = await storage.collections.default(who.id, clock(), "芯片")
    await storage.collections.create(who.id, "second", clock())
    for number in range(3):
        kept = await newsroom.add()
        await storage.collections.save(own.id, kept.id, clock(), f"note {number}")
    await storage.collections.share(who.id, own.id)
    await storage.undos.remove(who.id, own.id, 2, clock(), "title")
    return found


@pytest.fixture
async def page(client: Client, person: dict[str, Any]) -> AsyncIterator[Page]:
    locale = "en-GB" if person["language_code"] == "en" else "zh-CN"
    base = str(client.make_url("/"))
    async with browsing(
        forgiven="status of 40", base_url=base, locale=locale, viewport=PHONE
    ) as page:
        yield page


async def shown(page: Page, path: str) -> None:
    """Go to a page of the app that is open, and wait until it is there."""
    await page.goto(path)
    await expect(page.locator("#opening")).to_have_count(0)
    await page.wait_for_function("!document.body.hasAttribute('aria-busy')")


@pytest.mark.parametrize("theme", [DAY, NIGHT], ids=["day", "night"])
async def test_axe_finds_nothing_in_any_colours(
    page: Page, person: dict[str, Any], clock: HandClock, theme: dict[str, str]
) -> None:
    await page.goto(address("/app", clock, person, theme))
    await expect(page.locator(".shelf-list")).to_be_visible()
    assert "tgWebAppData" not in page.url
    scheme = await page.evaluate("document.documentElement.dataset.scheme")
    assert scheme == ("dark" if theme is NIGHT else "light")
    paper = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == ("rgb(23, 33, 43)" if theme is NIGHT else "rgb(255, 255, 255)")
    found = {}
    for path in PAGES:
        await shown(page, path)
        await page.evaluate(UNFOLD)
        if findings := await axe_findings(page):
            found[path] = findings
        seen = await measured(page)
        assert [*seen["small"], *seen["tiny"]] == [], path
        assert seen["overflow"] == 0, path
        assert seen["handlers"] in ([], ["style"]), path  # the theme, set by script on <html>
    assert found == {}


async def test_a_narrow_window_shows_everything(
    page: Page, person: dict[str, Any], clock: HandClock
) -> None:
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto(address("/app", clock, person, DAY))
    wider = {}
    for path in PAGES:
        await shown(page, path)
        if overflow := (await measured(page))["overflow"]:
            wider[path] = overflow
    assert wider == {}


async def test_the_app_keeps_to_a_budget(
    page: Page, person: dict[str, Any], clock: HandClock, client: Client
) -> None:
    traffic = Traffic.of(page)
    await page.goto(address("/app", clock, person, DAY))
    await expect(page.locator(".shelf-list")).to_be_visible()
    assert traffic.kinds() == ["document", "fetch", "fetch", "script", "stylesheet", "stylesheet"]
    assert traffic.hosts() == {f"{client.host}:{client.port}"}
    assert await traffic.html_bytes() < HTML_LIMIT
    assert await traffic.all_bytes() < 2 * HTML_LIMIT
    assert await layout_shift(page) < 0.1


async def test_without_telegram_the_way_in_is_told(client: Client) -> None:
    async with browsing(base_url=str(client.make_url("/")), locale="zh-CN") as page:
        await page.goto("/app/settings")
        await expect(page.locator("#stranger")).to_contain_text("从 Telegram 里打开")
        assert await axe_findings(page) == []


async def test_an_opening_that_was_used_is_refused_politely(
    client: Client, person: dict[str, Any], clock: HandClock
) -> None:
    again = address("/app", clock, person, DAY)
    base = str(client.make_url("/"))
    async with browsing(base_url=base, forgiven="status of 401", locale="zh-CN") as page:
        await page.goto(again)
        await expect(page.locator(".shelf-list")).to_be_visible()
        await page.reload()  # the session outlives that
        await expect(page.locator(".shelf-list")).to_be_visible()
    async with browsing(base_url=base, forgiven="status of 401", locale="zh-CN") as page:
        await page.goto(again)
        await expect(page.locator("h1")).to_have_text("这次打开已经用过了")
        assert await axe_findings(page) == []
