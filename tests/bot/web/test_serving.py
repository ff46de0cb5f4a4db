import asyncio
import logging
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text

from bot.web.assets import asset_url
from bot.web.guards import server_log
from bot.web.readers import is_browser
from storage import Storage
from tests.bot.web.conftest import BROWSER, Newsroom

Client = TestClient[Any, Any]


async def views(storage: Storage, signal_id: int) -> int:
    kept = await storage.signals.get(signal_id)
    assert kept is not None
    return kept.views


async def lose_the_tables(storage: Storage) -> None:
    async with storage.database.write() as connection:
        await connection.execute(text("ALTER TABLE signals RENAME TO lost"))


@pytest.mark.parametrize(
    "path", ["/", "/s/1", "/nothing", "/feed.xml", "/static/pages.css", "/healthz", "/robots.txt"]
)
async def test_every_answer_is_guarded(client: Client, newsroom: Newsroom, path: str):
    await newsroom.add()
    async with client.get(path) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self' data:")
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("address", ["/?lang=en%0d%0aX-Evil:1", "/search?q=%0d%0aX-Evil:1"])
async def test_parameters_never_become_headers(client: Client, address: str):
    async with client.get(address) as response:
        assert response.status == 200
        assert "X-Evil" not in response.headers


async def test_an_unchanged_page_is_not_sent_again(client: Client, newsroom: Newsroom):
    await newsroom.add()
    async with client.get("/s/1") as first:
        etag = first.headers["ETag"]
    async with client.get("/s/1", headers={"If-None-Match": etag}) as again:
        assert again.status == 304
        assert await again.read() == b""
        assert "Content-Security-Policy" in again.headers
    async with client.get("/s/1?lang=en", headers={"If-None-Match": etag}) as english:
        assert english.status == 200


async def test_views_do_not_make_a_page_another_one(client: Client, newsroom: Newsroom):
    await newsroom.add()
    marks = []
    for _ in range(3):
        async with client.get("/s/1") as response:
            marks.append(response.headers["ETag"])
            body = await response.text()
    assert "浏览 2 次" in body
    assert len(set(marks)) == 1


async def test_files_may_be_kept_for_a_year_under_their_mark(client: Client):
    async with client.get(asset_url("pages.css")) as marked:
        assert marked.status == 200
        assert "immutable" in marked.headers["Cache-Control"]
        etag = marked.headers["ETag"]
    async with client.get("/static/pages.css", headers={"If-None-Match": etag}) as again:
        assert again.status == 304
        assert "immutable" not in again.headers["Cache-Control"]
    async with client.get("/favicon.ico") as icon:
        assert icon.content_type == "image/svg+xml"


async def test_a_persons_reading_is_counted_once(
    client: Client, newsroom: Newsroom, storage: Storage
):
    await newsroom.add()
    await client.get("/s/1")
    assert await views(storage, 1) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": ""},
        {"User-Agent": BROWSER, "Sec-Purpose": "prefetch;prerender"},
    ],
)
async def test_machines_and_prefetches_are_not_readers(
    client: Client, newsroom: Newsroom, storage: Storage, headers: dict[str, str]
):
    await newsroom.add()
    await client.get("/s/1", headers=headers)
    await client.head("/s/1")
    assert await views(storage, 1) == 0


def test_browsers_are_told_from_machines():
    assert is_browser(BROWSER)
    assert is_browser("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1")
    assert not is_browser("Mozilla/5.0 (compatible; bingbot/2.0)")
    assert not is_browser("Mozilla/5.0 HeadlessChrome/156.0")


async def test_head_answers_like_get_without_a_body(client: Client, newsroom: Newsroom):
    await newsroom.add()
    async with client.head("/s/1") as response:
        assert response.status == 200
        assert await response.read() == b""


async def test_other_methods_are_refused_calmly(client: Client):
    async with client.post("/search", data={"q": "x"}) as response:
        assert response.status == 405
        assert "GET" in response.headers["Allow"]
        assert "这个请求无法处理" in await response.text()


async def test_a_failure_is_a_calm_page_logged_once_without_its_inside(
    client: Client, storage: Storage, caplog: pytest.LogCaptureFixture
):
    await lose_the_tables(storage)
    with caplog.at_level(logging.ERROR):
        async with client.get("/s/1") as response:
            body = await response.text()
    assert response.status == 500
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert "页面暂时打不开" in body
    assert "Traceback" not in body
    assert "sqlite" not in body.lower()
    records = [record for record in caplog.records if record.name.startswith("bot.web")]
    assert len(records) == 1
    assert records[0].exc_info is not None


async def test_probes_tell_alive_from_ready(
    client: Client, storage: Storage, health: dict[str, Any]
):
    health["polling"] = "fine"
    async with client.get("/readyz") as ready:
        assert ready.status == 200
        assert await ready.json() == {"ok": True, "database": True, "polling": "fine"}
    health["ok"] = False
    async with client.get("/readyz") as unwell:
        assert unwell.status == 503
    await lose_the_tables(storage)
    async with client.get("/readyz") as broken:
        assert broken.status == 503
        assert await broken.json() == {"ok": False, "database": False}
    async with client.get("/healthz") as alive:
        assert alive.status == 200


async def test_many_readers_at_once_are_all_counted(
    client: Client, newsroom: Newsroom, storage: Storage
):
    await newsroom.add()

    async def read() -> int:
        async with client.get("/s/1") as response:
            await response.read()
            return response.status

    assert set(await asyncio.gather(*(read() for _ in range(30)))) == {200}
    assert await views(storage, 1) == 30


async def test_what_is_no_http_is_refused_and_leaves_no_line(
    client: Client, caplog: pytest.LogCaptureFixture
):
    app = client.app
    assert app is not None
    caplog.set_level(logging.DEBUG)
    server = TestServer(app)
    await server.start_server(logger=server_log(), access_log=None)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /s/1?k=50c2-secret" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n")
        assert b" 400 " in await reader.readline()
        writer.close()
        await writer.wait_closed()
    finally:
        await server.close()
    assert "secret" not in caplog.text
    assert "127.0.0.1" not in caplog.text


@pytest.mark.parametrize("path", ["/s/{}", "/s/{}/card.png"])
async def test_a_page_has_one_spelling_of_its_number(
    client: Client, newsroom: Newsroom, path: str
):
    number = (await newsroom.add()).id
    for spelt, status in ((str(number), 200), (f"0{number}", 404), (f"{number:018}", 404)):
        async with client.get(path.format(spelt)) as answer:
            assert answer.status == status
