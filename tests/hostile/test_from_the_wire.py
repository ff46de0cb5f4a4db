"""From a feed that means no good to what people see: polled, read, condensed, published, pushed.

Nothing is put into the database by hand. The same walk with harmless words says which elements
and attributes our pages have.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from sqlalchemy import text as sql

from bot.config import load_settings
from bot.running import Running
from bot.runtime import start
from bot.sandbox.people import Person, Seen
from digest.model import Signal
from tests.bot.web.conftest import BROWSER
from tests.hostile.test_stored_words import (
    _LOOK,
    _TOUCH,
    Shape,
    shape_of,
    watching,
    wrong_in_feed,
    wrong_links,
)
from tests.hostile.wire import HostileSite
from tests.hostile.words import ADDRESSES, BUNDLES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

USERINFO = (
    "http://user:word@127.0.0.1:{P}/a/3",
    "http://news.example:80@127.0.0.1/a/7",
    "https://evil.test%2f@news.example/",
)
PLAIN = tuple(f"又一句普通的话{number}" for number in range(len(BUNDLES)))
# Ours, where articles fall together into a story and where an author's name turns the line.
PLAIN_TOO: Shape = {("li", "aria-current"), ("dd", "lang"), ("dd", "dir")}
# What turns a line round, cannot be seen, or ends a message before its time.
UNSEEN = re.compile(
    "[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]"
)
MESSAGE_ENTITIES = {
    "bold", "italic", "underline", "code", "text_link", "blockquote", "expandable_blockquote",
    "bot_command", "url", "hashtag", "mention", "cashtag",
}  # fmt: skip
COMMANDS = ("/latest 10", "/topic 大模型", "/trends", "/search 发布", "/search 融资", "/sources",
            "/saved", "/help")  # fmt: skip
LISTS = ("", "column/ai", "archive", "sources", "stories", "trends", "weeks", "search?q=发布")
FEEDS = ("feed.xml", "rss.xml", "feed.json", "column/ai/rss.xml", "column/ai/feed.json",
         "sources.opml", "sitemap.xml", "sitemap/signals-0.xml")  # fmt: skip


@asynccontextmanager
async def taken_in(
    folder: Path, words: tuple[str, ...], links: tuple[str, ...]
) -> AsyncIterator[Running]:
    """The whole bot, once it has read everything that the site published."""
    site = HostileSite(words, links)
    async with site.server, _started(folder, site) as running:
        yield running


@asynccontextmanager
async def _started(folder: Path, site: HostileSite) -> AsyncIterator[Running]:
    settings = load_settings(
        _env_file=None,
        telegram_bot_token="",
        database_url=f"sqlite:///{folder}/hexin.db",
        data_dir=folder,
        port=0,
        sandbox_port=0,
        catalog=False,
        sandbox_newsroom=False,
        fetch_allow=f"127.0.0.1:{site.server.port}",
    )
    async with start(settings) as running:
        for spec in site.sources():
            await running.storage.sources.add(spec, datetime.now(UTC), actor="test")
        async with asyncio.timeout(90):
            while await _unread(running, len(site.pieces)):
                await asyncio.sleep(0.2)
        yield running


async def _unread(running: Running, most: int) -> bool:
    """Whether something has not been read yet. All that is polled comes to an end."""
    count = "SELECT count(*), count(*) FILTER (WHERE state IN ('new', 'backlog')) FROM entries"
    async with running.storage.database.read() as connection:
        known, waiting = (await connection.execute(sql(count))).one()
    return bool(known < most or waiting)


async def signals_of(running: Running) -> list[Signal]:
    return list(await running.storage.signals.latest(limit=100, leads_only=False))


def paths(found: list[Signal]) -> list[str]:
    return [*LISTS, *(f"s/{one.id}" for one in found)]


async def shapes(running: Running) -> dict[str, Shape]:
    """Every page, with the elements and attributes that it has."""
    headers = {"User-Agent": BROWSER, "Accept-Language": "zh-CN,zh;q=0.9"}
    found = {}
    async with aiohttp.ClientSession(running.pages_url, headers=headers) as session:
        for path in paths(await signals_of(running)):
            async with session.get(path) as answer:
                assert answer.status == 200, path
                text = await answer.text()
            assert wrong_links(text) == [], path
            found[path] = shape_of(text)
    return found


async def feeds_of(running: Running, plain: Shape) -> dict[str, list[str]]:
    wrong = {}
    async with aiohttp.ClientSession(running.pages_url) as session:
        for path in FEEDS:
            async with session.get(path) as answer:
                assert answer.status == 200, path
                assert answer.headers["X-Content-Type-Options"] == "nosniff", path
                assert answer.content_type != "text/html", path
                text = await answer.text()
            if bad := wrong_in_feed(text, plain):
                wrong[path] = bad
    return wrong


async def test_a_hostile_feed_becomes_news_and_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "calm").mkdir()
    (tmp_path / "wild").mkdir()
    async with taken_in(tmp_path / "calm", PLAIN, ("https://news.example/a",)) as running:
        plain = PLAIN_TOO.union(*(await shapes(running)).values())
    async with taken_in(tmp_path / "wild", BUNDLES, (*USERINFO, *ADDRESSES)) as running:
        found = await signals_of(running)
        assert len(found) >= len(BUNDLES) - len(USERINFO)
        assert [
            one.url for one in found if urlsplit(one.url).scheme not in {"http", "https"}
        ] == []
        assert [one.url for one in found if "@" in one.url] == []
        # The words came through as words, else all this would prove nothing.
        titles = " ".join(one.title for one in found)
        assert "<script>alert(1)</script>" in titles
        assert "onerror=alert(1)" in titles
        added = {path: more for path, shape in (await shapes(running)).items()
                 if (more := shape - plain)}  # fmt: skip
        assert added == {}
        assert await feeds_of(running, plain) == {}
        await chatted(running)
        await browsed(running, found)


async def chatted(running: Running) -> None:
    """Everything that is told of them in Telegram, where a wrong entity is refused."""
    assert running.sandbox is not None
    lin = running.sandbox.person("lin")
    lin.start()
    await lin.wait_for()
    for command in COMMANDS:
        lin.send(command)
        await press_some(lin, await lin.wait_for(timeout_s=20))
    for words in BUNDLES[:6]:
        lin.send(f"/search {words[:100]}")
        await lin.wait_for(timeout_s=20)
        answer = await lin.answer_to(lin.inline(words[:100]))
        assert "results" in answer
    assert [call for call in running.sandbox.log.calls if call.code != 200] == []
    assert len(lin.inbox) > len(COMMANDS)
    assert [one for seen in lin.inbox for one in wrong_in_message(running, seen)] == []
    assert any("<script" in seen.text for seen in lin.inbox)


async def press_some(person: Person, seen: Seen) -> None:
    """The first three numbers of a list: each shows a card."""
    for label in [one for one in seen.labels if one in {"1", "2", "3"}]:
        await person.answer_to(person.press(seen.id, label))
        await person.wait_for(timeout_s=20)


def wrong_in_message(running: Running, seen: Seen) -> list[str]:
    ours = urlsplit(running.pages_url).netloc
    entities = [*seen.data.get("entities", ()), *seen.data.get("caption_entities", ())]
    links = [*seen.links, *(one["url"] for one in seen.buttons if "url" in one)]
    texts = [seen.text, *seen.labels]
    return [
        *(f"entity {one['type']}" for one in entities if one["type"] not in MESSAGE_ENTITIES),
        *(one for one in links if urlsplit(one).scheme not in {"http", "https"} or "@" in one),
        *(one for one in links if "evil" in (urlsplit(one).hostname or "")),
        *(ascii(one)[:200] for one in texts if UNSEEN.search(one)),
        *(one for one in links if "/s/" in one and urlsplit(one).netloc != ours),
    ]


async def browsed(running: Running, found: list[Signal]) -> None:
    """The pages as they are served, policy and all, in a real browser."""
    base = running.pages_url.rstrip("/")
    async with watching() as (context, seen):
        page = await context.new_page()
        refused: list[str] = []
        page.on(
            "console", lambda line: refused.append(line.text) if "Policy" in line.text else None
        )
        for path in paths(found):
            answer = await page.goto(f"{base}/{path}", wait_until="load")
            assert answer is not None
            assert "default-src 'none'" in (await answer.all_headers())["content-security-policy"]
            assert await page.evaluate(_LOOK) == [], path
            await page.evaluate(_TOUCH)
        assert (seen.ran, seen.reached, seen.outside(base)) == ([], [], [])
        # Nothing was even tried that the policy had to stop.
        assert refused == []
