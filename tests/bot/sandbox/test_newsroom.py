"""The sample newsroom: feeds of every kind, validators, late articles."""

import io
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import feedparser
import pytest

from bot.sandbox import newsroom_specs
from bot.sandbox.newsroom.articles import load_articles
from digest.sources.feeds import parse_feed

COLUMNS = {"ai", "tech", "dev", "business", "science", "policy"}


@pytest.fixture
async def site(port: int) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session


def test_no_feed_starts_with_more_than_a_first_poll_reads() -> None:
    at_start = [article for article in load_articles() if article.after_s < 0]
    per_feed = Counter(feed for article in at_start for feed in article.feeds)
    assert set(per_feed) == {"tech", "world", "open", "business", "science"}
    assert max(per_feed.values()) <= 8


def test_the_articles_are_what_a_trial_needs() -> None:
    articles = load_articles()
    languages = Counter(article.lang for article in articles)
    assert languages["zh"] >= 18
    assert languages["en"] >= 12
    assert {article.column for article in articles} == COLUMNS
    assert sorted(a.after_s for a in articles if a.after_s > 0) == [30, 75, 150, 240]
    assert all(5 <= len(article.paragraphs) <= 12 for article in articles)
    assert all(any(ch.isdigit() for ch in "".join(a.paragraphs)) for a in articles)
    assert any("<" in a.title and "&" in a.title and "🚨" in a.title for a in articles)
    assert any(len(a.title) > 300 for a in articles)
    assert any("$1.2 billion" in a.title for a in articles)
    assert any("from 40 to 4" in a.title for a in articles)
    assert sum(len(a.feeds) >= 2 for a in articles) >= 2
    texts = Counter(article.paragraphs for article in articles)
    assert max(texts.values()) == 2


async def read(site: aiohttp.ClientSession, url: str) -> tuple[list[str], list[str]]:
    async with site.get(url) as answer:
        body = await answer.read()
    if url.endswith(".json"):
        items = json.loads(body)["items"]
        return [i["title"] for i in items], [i["url"] for i in items]
    parsed = feedparser.parse(io.BytesIO(body))
    assert not parsed.bozo
    return [e.title for e in parsed.entries], [e.link for e in parsed.entries]


async def test_every_feed_parses_and_every_link_leads_to_its_article(
    site: aiohttp.ClientSession, port: int
) -> None:
    specs = newsroom_specs(f"http://127.0.0.1:{port}")
    assert [spec.poll_floor_s for spec in specs] == [15] * 5
    seen: Counter[str] = Counter()
    for spec in specs:
        titles, urls = await read(site, spec.url)
        assert len(titles) >= 5
        seen.update(urls)
        for title, url in zip(titles, urls, strict=True):
            assert url.startswith(f"http://127.0.0.1:{port}/news/a/")
            async with site.get(url) as answer:
                assert answer.status == 200
                page = await answer.text()
            assert title.split("<", maxsplit=1)[0].split("`", maxsplit=1)[0].strip() in page
    assert max(seen.values()) == 2  # late articles have not appeared yet


async def test_the_projects_own_parser_reads_every_feed(
    site: aiohttp.ClientSession, port: int, clock: Any
) -> None:
    for spec in newsroom_specs(f"http://127.0.0.1:{port}"):
        async with site.get(spec.url) as answer:
            body, kind = await answer.read(), answer.headers["Content-Type"]
        reading = parse_feed(body, url=spec.url, content_type=kind, now=clock())
        assert reading.title == spec.title
        assert len(reading.entries) >= 5
        assert all(e.title and e.published_at and e.author for e in reading.entries)
        newest = max(e.published_at for e in reading.entries if e.published_at)
        assert newest < clock()


async def test_unchanged_feeds_cost_nothing(site: aiohttp.ClientSession, clock: Any) -> None:
    async with site.get("/news/feeds/tech.xml") as answer:
        tag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]
    for headers in (
        {"If-None-Match": tag},
        {"If-None-Match": tag, "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Modified-Since": modified},
    ):
        async with site.get("/news/feeds/tech.xml", headers=headers) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
    clock.push(31)
    async with site.get("/news/feeds/tech.xml", headers={"If-None-Match": tag}) as answer:
        assert answer.status == 200
        assert "光刻胶" in await answer.text()


async def test_late_articles_appear_in_their_time(site: aiohttp.ClientSession, clock: Any) -> None:
    async with site.get("/news/a/bay-rate-cut") as answer:
        assert answer.status == 404
    clock.push(76)
    async with site.get("/news/a/bay-rate-cut") as answer:
        assert answer.status == 200
        text = await answer.text()
    assert "<h1>海湾联盟储备局意外降息50个基点" in text
    assert "虚构" in text
    async with site.get("/news") as answer:
        front = await answer.text()
    assert "Why `a &lt; b" in front
    assert "<Compass>" not in front
    async with site.get("/news/feeds/none.xml") as answer:
        assert answer.status == 404
