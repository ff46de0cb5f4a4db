"""A file of collections at the chat page in a real browser: downloaded, and sent back."""

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser import browsing
from tests.e2e.conftest import Start
from tests.e2e.test_first_minutes import until_read
from tests.e2e.test_in_browser import say

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def test_a_file_goes_out_and_comes_back(hexin: Start, tmp_path: Path) -> None:
    async with (
        hexin() as running,
        browsing(locale="zh-CN", accept_downloads=True) as page,
    ):
        await until_read(running)
        (newest,) = await running.storage.signals.latest(limit=1)
        await page.goto(f"{running.chat_url}?as=wang&start=s_{newest.id}")
        messages = page.get_by_test_id("messages")
        await page.get_by_role("button", name="收藏", exact=True).last.click()
        await expect(page.get_by_test_id("toast")).to_contain_text("默认收藏")

        await say(page, "/collections export")
        await page.get_by_role("button", name="JSON", exact=True).last.click()
        link = messages.locator("a[href*='/chat/file/']").last
        async with page.expect_download() as fetched:
            await link.click()
        download = await fetched.value
        assert download.suggested_filename.startswith("默认收藏-")
        path = tmp_path / "saved.json"
        await download.save_as(path)
        data = json.loads(path.read_bytes())
        assert [one["url"] for one in data["collections"][0]["saved"]] == [newest.url]

        await page.locator("#file").set_input_files(path)
        await expect(messages).to_contain_text("导入好了")
        await expect(messages).to_contain_text("1 条本来就有")
