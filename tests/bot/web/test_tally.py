"""Opened pages are counted by kind, people and machines apart, and in few writes."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import event

from bot.web import make_web
from bot.web.tally import KINDS, Tally
from digest.numbers import Count, Span
from storage import Storage
from tests.bot.web.conftest import BROWSER, Newsroom
from tests.bot.web.sample_paths import PATHS
from tests.bot.web.samples import NOW, TAXONOMY


async def health() -> dict[str, Any]:
    return {}


def site(storage: Storage) -> TestClient[Any, Any]:
    app = make_web(
        storage,
        TAXONOMY,
        clock=lambda: NOW,
        base_url="https://pages.example",
        bot_username=lambda: "",
        health=health,
    )
    return TestClient(TestServer(app), headers={"User-Agent": BROWSER})


async def counted(storage: Storage) -> dict[Count, dict[str, int]]:
    today = storage.numbers.today(NOW)
    return await storage.numbers.totals((Count.OPENS, Count.MACHINES), Span(today, today))


async def test_pages_are_counted_when_the_site_closes(storage: Storage, newsroom: Newsroom):
    kept = await newsroom.add()
    async with site(storage) as client:
        for path in ("/", "/", f"/s/{kept.id}", "/column/ai", "/archive", "/day/2026-11-22"):
            assert (await client.get(path)).status == 200, path
        for path in ("/nothing", "/s/999", "/healthz", "/feed.xml", "/static/pages.css"):
            await client.get(path)
        await client.get("/", headers={"User-Agent": "TelegramBot (like TwitterBot)"})
        await client.get(f"/s/{kept.id}", headers={"User-Agent": "curl/8.0"})
        await client.get("/", headers={"Sec-Purpose": "prefetch"})
        await client.head("/")
        assert await counted(storage) == {Count.OPENS: {}, Count.MACHINES: {}}
    found = await counted(storage)
    assert found[Count.OPENS] == {"home": 2, "signal": 1, "column": 1, "archive": 2}
    assert found[Count.MACHINES] == {"home": 1, "signal": 1}


async def test_a_page_that_the_browser_still_has_was_opened_too(storage: Storage):
    async with site(storage) as client:
        first = await client.get("/")
        again = await client.get("/", headers={"If-None-Match": first.headers["ETag"]})
        assert again.status == 304
    assert (await counted(storage))[Count.OPENS] == {"home": 2}


async def test_many_opens_are_one_write(storage: Storage):
    writes = []

    def note(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        if "daily_counts" in sql:
            writes.append(sql)

    event.listen(storage.database._writer.sync_engine, "before_cursor_execute", note)
    async with site(storage) as client:
        for _ in range(30):
            await client.get("/archive")
    assert (await counted(storage))[Count.OPENS] == {"archive": 30}
    assert len(writes) == 1


async def test_what_could_not_be_written_is_written_later(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
):
    tally = Tally(storage, lambda: NOW)
    tally._waiting[Count.OPENS, "home"] = 3
    with monkeypatch.context() as broken:
        broken.setattr(storage.database, "write", lambda: 1 / 0)
        await tally.write()
    await tally.write()
    await tally.write()
    assert (await counted(storage))[Count.OPENS] == {"home": 3}


def test_only_pages_that_exist_are_counted():
    assert {path for path in KINDS if not path.startswith("/app/")} <= set(PATHS)
