"""What only machines read: the site map, robots.txt, OPML."""

from dataclasses import replace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from lxml import etree

from bot.web.maps import is_for_everybody
from digest.model import Access, PollState, SignalState, Source, SourceSpec, SourceState
from digest.sources.lists import read_list
from storage import Storage
from tests.bot.web.conftest import SPEC, Newsroom
from tests.bot.web.samples import NOW, signal
from tests.covering import covers

Client = TestClient[Any, Any]
BASE = "https://pages.example"
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


async def places(client: Client, path: str) -> dict[str, str]:
    """The addresses of a map and when they changed."""
    async with client.get(path) as response:
        assert response.status == 200, path
        assert response.content_type == "application/xml"
        root = etree.fromstring(await response.read())
    entries = root.findall("s:url", SPACE) + root.findall("s:sitemap", SPACE)
    assert len(entries) == len(root) <= 50_000
    return {
        one.findtext("s:loc", "", SPACE): one.findtext("s:lastmod", "", SPACE) for one in entries
    }


@covers(
    "page /sitemap.xml",
    "page /sitemap/pages.xml",
    "page /sitemap/stories.xml",
    "page /sitemap/signals-{part}.xml",
)
async def test_the_site_map_leads_to_every_public_page_and_no_other(
    client: Client, newsroom: Newsroom
):
    public = await newsroom.add()
    await newsroom.add(story_of=public.id)
    closed = replace(SPEC, key="closed", url="https://closed.example/feed", title="C")
    hidden = await newsroom.add(spec=replace(closed, access=Access.SUBSCRIBERS))
    rejected = await newsroom.add(state=SignalState.REJECTED)
    parts = await places(client, "/sitemap.xml")
    assert list(parts)[:2] == [f"{BASE}/sitemap/pages.xml", f"{BASE}/sitemap/stories.xml"]
    assert list(parts)[2:] == [f"{BASE}/sitemap/signals-0.xml"]
    listed: dict[str, str] = {}
    for part in parts:
        listed |= await places(client, part.removeprefix(BASE))
    assert f"{BASE}/s/{public.id}" in listed
    assert listed[f"{BASE}/s/{public.id}"] == NOW.isoformat(timespec="seconds")
    assert f"{BASE}/s/{hidden.id}" not in listed
    assert f"{BASE}/s/{rejected.id}" not in listed
    for path in ("/", "/column/ai", "/topic/chips", "/archive", "/archive/2026-11", "/sources",
                 "/story/1"):  # fmt: skip
        assert f"{BASE}{path}" in listed, path
    for address in listed:
        async with client.get(address.removeprefix(BASE)) as response:
            assert response.status == 200, address
            assert "noindex" not in response.headers.get("X-Robots-Tag", "")


async def test_an_empty_installation_has_a_valid_map(client: Client):
    for part in await places(client, "/sitemap.xml"):
        assert await places(client, part.removeprefix(BASE))
    async with client.get("/sitemap/signals-7.xml") as response:
        assert response.status == 404


@covers("page /robots.txt")
async def test_robots_are_kept_from_searches_and_shared_collections(client: Client):
    async with client.get("/robots.txt") as response:
        assert response.content_type == "text/plain"
        lines = (await response.text()).splitlines()
    assert {"User-agent: *", "Disallow: /search", "Disallow: /c/", "Disallow: /*?k="} <= set(lines)
    assert lines[-1] == f"Sitemap: {BASE}/sitemap.xml"


@covers("page /sources.opml")
async def test_our_sources_can_be_taken_along(client: Client, storage: Storage):
    await storage.sources.seed([SPEC], NOW)
    private = SourceSpec("p", "https://feeds.example/mine?token=abc", "Mine", "ai", "en")
    await storage.sources.add(private, NOW, actor="7")
    async with client.get("/sources.opml") as response:
        assert response.content_type == "text/x-opml"
        assert "sources.opml" in response.headers["Content-Disposition"]
        body = await response.read()
    assert [spec.url for spec in read_list(body).specs] == [SPEC.url]


@pytest.mark.parametrize(
    ("url", "origin", "told"),
    [
        ("https://a.example/feed", "admin:7", True),
        ("https://a.example/feed?key=1", "admin:7", False),
        ("https://a.example/feed?cat=1", "catalog", True),
        ("https://me:secret@a.example/feed", "catalog", False),
        ("http://192.168.1.4:1200/feed", "catalog", False),
        ("http://127.0.0.1:8081/news/feed", "catalog", False),
        ("http://rsshub:1200/feed", "catalog", False),
        ("http://nas.local/feed", "catalog", False),
        ("ftp://a.example/feed", "catalog", False),
    ],
)
def test_private_addresses_are_not_told(url: str, origin: str, told: bool):
    source = Source(1, replace(SPEC, url=url), SourceState.ACTIVE, PollState(), origin)
    assert is_for_everybody(source) is told
    assert not is_for_everybody(replace(source, state=SourceState.PAUSED))


async def test_what_repeats_a_story_is_left_to_its_lead(client: Client, newsroom: Newsroom):
    kept = await newsroom.add(signal())
    listed = await places(client, "/sitemap/signals-0.xml")
    assert list(listed) == [f"{BASE}/s/{kept.id}"]
