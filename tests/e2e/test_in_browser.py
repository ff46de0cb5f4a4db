"""A second person, at the chat page in a real browser: from START to a pushed digest."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from tests.browser import browsing
from tests.e2e.conftest import MovableClock, Start
from tests.e2e.test_digest_once import fresh_signals
from tests.e2e.test_first_minutes import until_read

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def say(page: Page, text: str) -> None:
    box = page.get_by_test_id("composer-input")
    await box.fill(text)
    await box.press("Enter")


async def test_from_start_to_a_pushed_digest(hexin: Start, clock: MovableClock) -> None:
    async with (
        hexin() as running,
        browsing(locale="zh-CN", viewport={"width": 1280, "height": 860}) as page,
    ):
        await until_read(running)
        await page.goto(f"{running.chat_url}?as=wang")
        await page.get_by_test_id("start-button").click()
        await page.get_by_role("button", name="中文", exact=True).last.click()
        await page.get_by_role("button", name="选话题").last.click()
        await page.get_by_role("button", name="完成").last.click()
        messages = page.get_by_test_id("messages")
        await expect(messages).to_contain_text("下次", timeout=15_000)

        await page.get_by_role("button", name="1", exact=True).last.click()
        save = page.get_by_role("button", name="收藏", exact=True).last
        await save.click()
        await expect(page.get_by_test_id("toast")).to_contain_text("默认收藏")

        await say(page, "/search 融资")
        await expect(messages).to_contain_text(re.compile("融资.*启明半导体", re.DOTALL))

        # The full page opens beside the chat.
        link = messages.locator("a[href*='/s/']").last
        async with page.context.expect_page() as opened:
            await link.click()
        full = await opened.value
        await expect(full.locator("h1")).to_be_visible()
        await expect(full.locator("body")).to_contain_text("规则整理稿")
        await full.close()

        # Something new is published; the next push is brought forward, and it arrives once:
        # at once when it is strong, else in that digest.
        await fresh_signals(running, clock)
        now = running.clock()
        fresh = next(
            one
            for one in await running.storage.signals.window(now - timedelta(hours=2), now)
            if not one.backlog
        )
        await page.get_by_test_id("more-button").click()
        await page.get_by_test_id("hurry").click()
        headline = messages.get_by_text(fresh.brief.headline)
        await expect(headline).to_have_count(1, timeout=30_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_pages_fit_phone_and_desktop_in_light_and_dark(
    hexin: Start, scheme: str, width: int
) -> None:
    async with (
        hexin() as running,
        browsing(viewport={"width": width, "height": 900}, color_scheme=scheme) as page,
    ):
        await until_read(running)
        (newest,) = await running.storage.signals.latest(limit=1)
        for path in ("", f"s/{newest.id}", "sources", "column/ai", "search?q=融资"):
            answer = await page.goto(running.pages_url + path)
            assert answer is not None
            assert answer.ok, path
            overflow = await page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow <= 0, path
