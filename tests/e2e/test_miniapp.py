"""The Mini App, opened from the chat page in a real browser, and the chat that agrees with it."""

import re

import pytest
from playwright.async_api import FrameLocator, Page, expect

from digest.model import Lang
from digest.texts import texts_for
from tests.browser import browsing
from tests.covering import covers
from tests.e2e.conftest import Start
from tests.e2e.test_first_minutes import until_read
from tests.e2e.test_in_browser import say

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
KEYS = {"lin": Lang.ZH, "alex": Lang.EN}


async def opened(page: Page) -> FrameLocator:
    """The app's own page, once it is there."""
    frame = page.frame_locator("[data-testid=webapp-frame]")
    await expect(frame.locator(".tabs")).to_be_visible(timeout=15_000)
    return frame


@covers("page /app", "page /app/settings", "page /app/s/{id}", "page /app/saved/{list}/{id}")
@pytest.mark.parametrize("key", ["lin", "alex"])
async def test_the_app_and_the_chat_agree(hexin: Start, key: str) -> None:
    texts = texts_for(KEYS[key])
    async with (
        hexin() as running,
        browsing(viewport={"width": 1100, "height": 860}, color_scheme="dark") as page,
    ):
        await until_read(running)
        await page.goto(f"{running.chat_url}?as={key}")
        await page.get_by_test_id("start-button").click()
        messages = page.get_by_test_id("messages")
        await expect(messages.locator(".theirs")).to_have_count(1, timeout=15_000)

        # By the button under /settings: a choice made there is what the chat then says.
        await say(page, "/settings")
        await page.get_by_role("button", name=texts("chat.app.open")).last.click()
        app = await opened(page)
        score = texts("chat.settings.min_score.button")
        await app.get_by_role("link", name=re.compile(f"^{re.escape(score)}")).click()
        choice = app.get_by_role("button", name="70", exact=True)
        await choice.click()
        await expect(choice).to_have_attribute("aria-pressed", "true")
        await expect(app.locator("#said")).to_contain_text("70")
        scheme = await app.locator("html").get_attribute("data-scheme")
        assert scheme == "dark"  # the chat's own colours

        # The back button of Telegram's window leads back, and is gone where there is no back.
        await page.get_by_test_id("webapp-back").click()
        await expect(app.locator(".settings")).to_be_visible()
        await expect(page.get_by_test_id("webapp-back")).to_be_hidden()
        await page.get_by_test_id("webapp-close").click()
        await expect(page.get_by_test_id("webapp")).to_be_hidden()
        await say(page, "/settings")
        await expect(messages.locator(".theirs").last).to_contain_text("70")

        # By the menu button: what is saved in the chat is there, and notes and sharing work.
        (newest,) = await running.storage.signals.latest(limit=1)
        subscriber = await running.storage.subscribers.by_chat(1001 if key == "lin" else 1002)
        assert subscriber is not None
        shelf = await running.storage.collections.default(
            subscriber.id, running.clock(), texts("chat.save.default")
        )
        await running.storage.collections.save(shelf.id, newest.id, running.clock())
        await page.get_by_test_id("app-button").click()
        app = await opened(page)
        await app.locator(".shelf-list a", has_text=shelf.name).first.click()
        await app.locator(".tools summary").first.click()
        await app.get_by_label(texts("web.app.note"), exact=True).fill("to check 复查")
        await app.get_by_role("button", name=texts("web.app.note.keep")).click()
        await expect(app.locator(".own-note")).to_have_text("to check 复查")
        await app.get_by_role("button", name=texts("web.app.share.start")).click()
        link = app.locator(".shared a")
        await expect(link).to_be_visible()
        address = await link.get_attribute("href")
        async with page.context.expect_page() as shared:
            await link.click()
        look = await shared.value
        await expect(look.locator("h1")).to_contain_text(shelf.name)
        assert look.url == address
        await look.close()
        kept = await running.storage.collections.one_saved(shelf.id, newest.id)
        assert kept is not None
        assert kept.note == "to check 复查"

        # Telegram changes its colours while the app is open.
        await page.emulate_media(color_scheme="light")
        await expect(app.locator("html")).to_have_attribute("data-scheme", "light")
