"""A real browser for the pages: Debian's chromium, without its chatter on the network."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"] + [
    f"--disable-{name}" for name in ("background-networking", "component-update", "sync")
]


def chromium() -> str:
    """The browser's path. Skips the test where there is none, fails where one is required."""
    path = shutil.which("chromium")
    if path is None:
        reason = "no chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("HEXIN_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@asynccontextmanager
async def browsing(*, forgiven: str = "", **context: Any) -> AsyncIterator[Page]:
    """A page in a fresh browser; at its end no script error may have been reported.

    `forgiven` is a part of messages that are meant to come (such as a page that does not exist).
    """
    path = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        page = await (await browser.new_context(**context)).new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda line: problems.append(line.text) if line.type == "error" else None
        )
        yield page
        await browser.close()
        assert [one for one in problems if not forgiven or forgiven not in one] == []
