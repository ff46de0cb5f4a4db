"""Feeds out, read back by readers of feeds: Atom, RSS 2.0, JSON Feed 1.1."""

import io
import json
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.etree.ElementTree import Element

import fastfeedparser
import feedparser
import pytest
from aiohttp.test_utils import TestClient
from lxml import etree

from bot.web import make_web
from digest.model import FullText, Lang, NumberFact, Point, SignalState, SourceSpec
from tests.bot.web.conftest import SPEC, Newsroom
from tests.bot.web.samples import NOW, TAXONOMY, brief, signal
from tests.bot.web.test_pages import page
from tests.bot.web.test_shared_page import shared
from tests.covering import covers

Client = TestClient[Any, Any]
Root = Element

FORMATS = {
    "feed.xml": "application/atom+xml",
    "rss.xml": "application/rss+xml",
    "feed.json": "application/feed+json",
}
EVIL = 'A & B <i>\x0b "x" 喜 ]]>'
EVIL_SHOWN = 'A & B <i> "x" 喜 ]]>'


async def shelves(newsroom: Newsroom) -> list[str]:
    """Something on every shelf that has a feed."""
    facts = (NumberFact("$1.2 billion", 1.2e9, "money", "USD", 1, measure="cost", zh="12 亿美元"),)
    made = brief(headline=EVIL, points=(Point("1 < 2", (0,), "en"),), numbers=facts)
    first = await newsroom.add(signal(brief=made, url="https://news.example.org/a?x=1&y=2"))
    await newsroom.add(signal(published_at=NOW - timedelta(hours=1)), story_of=first.id)
    kept = await newsroom.storage.signals.get(first.id)
    assert kept is not None
    _, _, key = await shared(newsroom.storage, [first.id])
    return ["", "/column/ai", "/topic/llm", f"/story/{kept.story_id}", f"/c/{key}"]


async def fetched(client: Client, path: str, kind: str) -> bytes:
    async with client.get(path) as response:
        assert response.status == 200, path
        assert response.content_type == kind
        return await response.read()


@covers(
    "page /feed.xml",
    "page /rss.xml",
    "page /column/{id}/feed.xml",
    "page /column/{id}/rss.xml",
    "page /topic/{id}/feed.xml",
    "page /topic/{id}/rss.xml",
    "page /story/{id}/feed.xml",
    "page /story/{id}/rss.xml",
    "page /c/{key}/feed.xml",
    "page /c/{key}/rss.xml",
)
@pytest.mark.parametrize("lang", [Lang.ZH, Lang.EN])
@pytest.mark.parametrize("name", ["feed.xml", "rss.xml"])
async def test_both_parsers_read_every_feed_back(
    client: Client, newsroom: Newsroom, name: str, lang: Lang
):
    for shelf in await shelves(newsroom):
        body = await fetched(client, f"{shelf}/{name}?lang={lang.value}", FORMATS[name])
        read = feedparser.parse(io.BytesIO(body))
        assert not read.bozo, read.get("bozo_exception")
        titles = [entry.title for entry in read.entries]
        # This parser takes titles for HTML; the next check reads them as what they are.
        assert len(titles) == (1 if shelf.startswith("/c/") else 2)
        evil = next(entry for entry in read.entries if "喜" in entry.title)
        assert evil.link == f"https://pages.example/s/1?lang={lang.value}"
        assert evil.id.startswith("urn:uuid:")
        assert {tag.term for tag in evil.tags} == (
            {"人工智能", "大模型"} if lang is Lang.ZH else {"AI", "Language models"}
        )
        content = evil.content[0].value if "content" in evil else evil.summary
        assert "<li>1 &lt; 2</li>" in content
        assert ("12 亿美元：cost" if lang is Lang.ZH else "$1.2 billion: cost") in content
        assert "https://news.example.org/" in content
        quick = fastfeedparser.parse(body)
        assert len(quick.entries) == len(read.entries)
        assert {entry.id for entry in quick.entries} == {entry.id for entry in read.entries}


async def test_atom_has_what_its_specification_requires(client: Client, newsroom: Newsroom):
    for shelf in await shelves(newsroom):
        root = etree.fromstring(await fetched(client, f"{shelf}/feed.xml", FORMATS["feed.xml"]))
        a = "{http://www.w3.org/2005/Atom}"
        for element in (root, *root.iter(f"{a}entry")):
            for required in ("id", "title", "updated"):
                assert element.findtext(f"{a}{required}"), required
            moment = datetime.fromisoformat(str(element.findtext(f"{a}updated")))
            assert moment.tzinfo is not None
        (own,) = [link for link in root.findall(f"{a}link") if link.get("rel") == "self"]
        assert own.get("href") == f"https://pages.example{shelf}/feed.xml"
        assert root.find(f"{a}author") is not None
        entry = root.find(f"{a}entry")
        assert entry is not None
    title = [one.findtext(f"{a}title") for one in root.iter(f"{a}entry")]
    assert title == [EVIL_SHOWN]


async def test_rss_has_what_its_specification_requires(client: Client, newsroom: Newsroom):
    for shelf in await shelves(newsroom):
        root = etree.fromstring(await fetched(client, f"{shelf}/rss.xml", FORMATS["rss.xml"]))
        assert (root.tag, root.get("version")) == ("rss", "2.0")
        (channel,) = root
        for required in ("title", "link", "description"):
            assert channel.findtext(required), required
        for item in channel.iter("item"):
            guid = item.find("guid")
            assert guid is not None
            assert guid.get("isPermaLink") == "false"
            assert str(guid.text).startswith("urn:uuid:")
            assert str(item.findtext("link")).startswith("https://pages.example/s/")
            assert str(item.findtext("pubDate")).endswith("+0000")


@covers(
    "page /feed.json",
    "page /column/{id}/feed.json",
    "page /topic/{id}/feed.json",
    "page /story/{id}/feed.json",
    "page /c/{key}/feed.json",
)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_json_feed_has_what_its_specification_requires(
    client: Client, newsroom: Newsroom, lang: str
):
    asked = f"?lang={lang}"
    for shelf in await shelves(newsroom):
        path = f"{shelf}/feed.json{asked}"
        feed = json.loads(await fetched(client, path, FORMATS["feed.json"]))
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"]
        assert feed["feed_url"] == f"https://pages.example{shelf}/feed.json{asked}"
        assert feed["home_page_url"] == f"https://pages.example{shelf or '/'}{asked}"
        assert feed["language"] == {"zh": "zh-Hans", "en": "en"}[lang]
        for item in feed["items"]:
            assert isinstance(item["id"], str)
            assert item["content_html"]
            assert datetime.fromisoformat(item["date_published"]).tzinfo is not None
            assert all(author["name"] for author in item["authors"])
            assert item["external_url"].startswith("https://")
            assert item["image"].endswith("/card.png")
    assert feed["items"][0]["title"] == EVIL_SHOWN
    assert set(feed["items"][0]) <= {
        "id", "url", "external_url", "title", "content_html", "date_published", "date_modified",
        "image", "tags", "language", "authors",
    }  # fmt: skip


async def test_an_entry_keeps_its_id_when_the_site_moves_and_in_every_feed(
    client: Client, newsroom: Newsroom
):
    paths = [f"{shelf}/{name}" for shelf in await shelves(newsroom) for name in FORMATS]
    ids = set()
    for path in paths:
        kind = FORMATS[path.rpartition("/")[2]]
        body = await fetched(client, path, kind)
        if kind.endswith("json"):
            ids |= {one["id"] for one in json.loads(body)["items"] if "喜" in one["title"]}
        else:
            read = feedparser.parse(io.BytesIO(body))
            ids |= {one.id for one in read.entries if "喜" in one.title}
    assert len(ids) == 1

    async def health() -> dict[str, Any]:
        return {}

    moved = make_web(
        newsroom.storage,
        TAXONOMY,
        clock=lambda: NOW,
        base_url="https://elsewhere.example",
        bot_username=lambda: "",
        health=health,
    )
    from aiohttp.test_utils import TestServer

    async with TestClient(TestServer(moved)) as there:
        feed = json.loads(await fetched(there, "/feed.json", FORMATS["feed.json"]))
    assert ids <= {one["id"] for one in feed["items"]}
    assert feed["items"][0]["url"].startswith("https://elsewhere.example/s/")


@pytest.mark.parametrize("name", list(FORMATS))
async def test_an_unchanged_feed_is_not_sent_again(client: Client, newsroom: Newsroom, name: str):
    await newsroom.add()
    async with client.get(f"/{name}") as first:
        known = {"If-None-Match": first.headers["ETag"]}
    async with client.get(f"/{name}", headers=known) as again:
        assert again.status == 304
        assert await again.read() == b""
    await newsroom.add(at=NOW + timedelta(minutes=1))
    async with client.get(f"/{name}", headers=known) as newer:
        assert newer.status == 200


@pytest.mark.parametrize("name", list(FORMATS))
async def test_what_is_saved_late_is_news_in_a_collections_feed(
    client: Client, newsroom: Newsroom, name: str
):
    old, new = await newsroom.add(), await newsroom.add(at=NOW + timedelta(hours=1))
    _, collection, key = await shared(newsroom.storage, [new.id])
    later = NOW + timedelta(hours=2)
    await newsroom.storage.collections.save(collection, old.id, later)
    # Older than what was there, but nobody who was here an hour ago has it.
    known = {"If-Modified-Since": format_datetime(NOW + timedelta(hours=1), usegmt=True)}
    async with client.get(f"/c/{key}/{name}", headers=known) as answer:
        assert answer.status == 200
        body = await answer.text()
    assert f"/s/{old.id}" in body
    if name != "feed.json":
        stamp = later.isoformat() if name == "feed.xml" else format_datetime(later)
        assert stamp in body


async def test_pages_name_their_feeds(client: Client, newsroom: Newsroom):
    for shelf in await shelves(newsroom):
        shown = await page(client, f"{shelf or '/'}?lang=en")
        for name, kind in FORMATS.items():
            found = shown.xpath(f"//link[@rel='alternate'][@type='{kind}']/@href")
            assert found == [f"{shelf}/{name}?lang=en"]


async def test_a_feed_never_carries_the_text_of_others(client: Client, newsroom: Newsroom):
    link_only = SourceSpec(
        "paper", "https://paper.example/feed", "Paper", "ai", "en", full_text=FullText.LINK
    )
    points = tuple(Point(f"Point number {n}.", (0,), "en") for n in range(6))
    await newsroom.add(signal(brief=brief(points=points)), spec=link_only)
    await newsroom.add(spec=SPEC)
    for name, kind in FORMATS.items():
        body = (await fetched(client, f"/{name}", kind)).decode()
        assert "Point number 2." in body
        assert "Point number 3." not in body
        assert "Guests were served soup" not in body
        assert "It cost $1.2 billion." not in body


@pytest.mark.parametrize("shelf", ["", "/column/ai", "/topic/llm"])
async def test_what_an_editor_agreed_to_late_is_not_missed(
    client: Client, newsroom: Newsroom, shelf: str
):
    late = await newsroom.add(
        signal(brief=brief(headline="Agreed to late"), published_at=NOW - timedelta(days=2)),
        at=NOW - timedelta(days=2),
        state=SignalState.HELD,
    )
    for minutes in range(51):
        await newsroom.add(signal(published_at=NOW - timedelta(minutes=minutes)))
    before = await fetched(client, f"{shelf}/feed.xml", FORMATS["feed.xml"])
    assert b"Agreed to late" not in before
    await newsroom.storage.curation.approve(late.id, "cli", NOW - timedelta(minutes=1))
    read = feedparser.parse(
        io.BytesIO(await fetched(client, f"{shelf}/feed.xml", FORMATS["feed.xml"]))
    )
    assert read.entries[0].title == "Agreed to late"
    assert len(read.entries) == 50
