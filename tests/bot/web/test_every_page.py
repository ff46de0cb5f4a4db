"""The lists and what machines ask, each in both languages: what a reader finds there."""

import re
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from tests.bot.web.conftest import Newsroom
from tests.bot.web.samples import NOW, signal
from tests.bot.web.test_pages import links, page, select, words
from tests.covering import covers

Client = TestClient[Any, Any]

SAID = {
    "/": ("今天整理了 3 条信号", "3 signals today"),
    "/column/ai": ("人工智能", "AI"),
    "/topic/llm": (
        "近 30 天共 3 条，今天到现在 3 条",
        "3 in the last 30 days, 3 so far today",
    ),
    "/day/2026-11-22": ("2026年11月22日", "22 Nov 2026"),
    "/sources": ("共 1 个信源。", "1 source"),
}


@covers("page /", "page /column/{id}", "page /topic/{id}", "page /day/{day}", "page /sources")
@pytest.mark.parametrize("path", list(SAID))
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_list_says_what_it_is_in_both_languages(
    client: Client, newsroom: Newsroom, path: str, lang: str
):
    ids = [
        (await newsroom.add(signal(published_at=NOW - timedelta(minutes=minutes)))).id
        for minutes in range(3)
    ]
    shown = await page(client, f"{path}?lang={lang}")
    text = words(select(shown, "main")[0])
    assert SAID[path][lang == "en"] in text
    # Nothing of the other language's frame is left on the page.
    frame = words(select(shown, "header.top")[0]) + words(select(shown, "footer.end")[0])
    assert bool(re.search("今日|往期|信源", frame)) is (lang == "zh")
    if path != "/sources":
        found = {link.partition("?")[0] for link in links(shown, "main")}
        assert {f"/s/{number}" for number in ids} <= found
    assert all("lang=" in link for link in links(shown, "main") if link.startswith("/s/"))


@covers(
    "page /healthz", "page /readyz", "page /static/{name}", "page /robots.txt", "page /favicon.ico"
)
@pytest.mark.parametrize(
    ("path", "kind", "has"),
    [
        ("/healthz", "application/json", b"true"),
        ("/readyz", "application/json", b'"database": true'),
        ("/static/pages.css", "text/css", b":root"),
        ("/robots.txt", "text/plain", b"Sitemap:"),
        ("/favicon.ico", "image/svg+xml", b"<svg"),
    ],
)
async def test_machines_are_answered(client: Client, path: str, kind: str, has: bytes):
    async with client.get(path) as response:
        assert response.status == 200
        assert response.content_type == kind
        assert has in await response.read()
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_no_page_that_lists_much_is_heavy(client: Client, newsroom: Newsroom, lang: str):
    headline = "一条很长的标题，说的是数据中心、芯片与电力，还有谁来付钱" * 4
    long = signal(brief=signal().brief.__class__(headline, "zh", signal().brief.points))
    for minutes in range(60):
        await newsroom.add(signal(published_at=NOW - timedelta(minutes=minutes), brief=long.brief))
    for path in ("/", "/column/ai", "/topic/llm?days=90", "/day/2026-11-22", "/archive",
                 "/week/2026-W47", "/search?q=数据中心&column=ai", "/sources"):  # fmt: skip
        joined = "&" if "?" in path else "?"
        async with client.get(f"{path}{joined}lang={lang}") as response:
            assert len(await response.read()) < 50_000, path
