"""Addresses of before a merge lead to the page, feed and picture of today."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.web import make_web
from storage import Storage
from tests.bot.web.samples import NOW
from tests.covering import covers


@covers("page /topic/{id}", "page /column/{id}")
@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/topic/openai", "/topic/llm"),
        ("/topic/openai?lang=en&days=90", "/topic/llm?lang=en&days=90"),
        ("/topic/openai/feed.xml", "/topic/llm/feed.xml"),
        ("/topic/openai/card.png", "/topic/llm/card.png"),
        ("/column/tech/feed.json", "/column/ai/feed.json"),
    ],
)
async def test_old_addresses_lead_on(storage: Storage, asked: str, answer: str) -> None:
    async def health() -> dict[str, Any]:
        return {}

    app = make_web(
        storage,
        storage.taxonomy.current,
        clock=lambda: NOW,
        base_url="https://pages.example",
        bot_username=lambda: "",
        health=health,
    )
    async with TestClient(TestServer(app)) as client:
        before = await client.get(asked, allow_redirects=False)
        await storage.shelves.merge("topic", "openai", "llm", actor="cli", now=NOW)
        await storage.shelves.merge("column", "tech", "ai", actor="cli", now=NOW)
        moved = await client.get(asked, allow_redirects=False)
        assert before.status == 200
        assert (moved.status, moved.headers["Location"]) == (301, answer)
        assert (await client.get(answer)).status == 200
        assert "/column/tech<" not in await (await client.get("/sitemap/pages.xml")).text()
