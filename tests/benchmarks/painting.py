"""How fast a slow phone shows the pages, and how much it loads and moves for that."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import async_playwright

from bot.web import make_web
from storage import Storage, migrate
from tests.benchmarks.measure import Row
from tests.bot.web.conftest import Newsroom
from tests.bot.web.sample_paths import furnish
from tests.bot.web.samples import NOW, TAXONOMY
from tests.browser import QUIET

PAGES = ("/", "/s/1", "/column/ai", "/topic/llm", "/search?q=Northwind", "/sources")
SLOWER = 4
_PAINTS = """() => new Promise((done) => {
  const found = { shift: 0, lcp: 0 };
  const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
    .observe({ type, buffered: true });
  watch("layout-shift", (one) => { found.shift += one.value; });
  watch("largest-contentful-paint", (one) => { found.lcp = one.startTime; });
  setTimeout(() => {
    found.fcp = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
    const loaded = ["navigation", "resource"].flatMap((one) => performance.getEntriesByType(one));
    found.bytes = loaded.reduce((sum, one) => sum + one.transferSize, 0);
    done(found);
  }, 300);
})"""


def rows() -> list[Row]:
    return asyncio.run(_rows())


async def _rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'pages.db'}"
        await migrate(url)
        storage = await Storage.open(url)
        await furnish(Newsroom(storage))

        async def health() -> dict[str, Any]:
            return {}

        app = make_web(
            storage,
            TAXONOMY,
            clock=lambda: NOW,
            base_url="https://pages.example",
            bot_username=lambda: "",
            health=health,
        )
        async with TestClient(TestServer(app)) as client:
            found = await _shown(str(client.make_url("/")))
        await storage.close()
        return found


async def _shown(base: str) -> list[Row]:
    path = shutil.which("chromium")
    if path is None:
        return [Row("pages on a slow phone", "–", note="no chromium on this machine")]
    found = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        for address in PAGES:
            context = await browser.new_context(
                base_url=base, viewport={"width": 390, "height": 844}, locale="zh-CN"
            )
            page = await context.new_page()
            debugger = await context.new_cdp_session(page)
            await debugger.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            await page.goto(address, wait_until="load")
            seen = await page.evaluate(_PAINTS)
            await context.close()
            note = f"CLS {seen['shift']:.3f}, {seen['bytes'] / 1000:.1f} kB transferred"
            paints = f"FCP {seen['fcp']:.0f} ms, LCP {seen['lcp']:.0f} ms"
            found.append(Row(f"page {address}, CPU ×{SLOWER} slower (wall)", paints, note=note))
        await browser.close()
    return found
