"""Words from outside stay words: on every page, in every feed, with and without the CSP."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from lxml import etree, html
from playwright.async_api import BrowserContext, async_playwright

from bot.web import make_web
from bot.web.guards import SECURITY_HEADERS
from storage import Storage
from tests.bot.web.conftest import BROWSER
from tests.bot.web.samples import NOW
from tests.browser import QUIET, chromium
from tests.databases import migrated_file
from tests.hostile.pages import FEEDS, LISTS, furnish, hostile_taxonomy
from tests.hostile.words import ADDRESSES, BUNDLES, WORDS

pytestmark = pytest.mark.browser
Client = TestClient[Any, Any]
Shape = set[tuple[str, str]]

HARMLESS = ("Plain words", "Other plain words", "Third", "Fourth")
ASKED = ("/search?q={}", "/search?q=x&column={}&day={}", "/nothing/{}", "/topic/{}", "/?lang={}")
OURS = {"", "pages.example", "127.0.0.1", "t.me"}


@dataclass
class Site:
    client: Client
    ids: list[int]

    def paths(self) -> list[str]:
        return [*LISTS, *(f"/s/{number}" for number in self.ids)]


@asynccontextmanager
async def site(
    storage: Storage, words: tuple[str, ...], urls: tuple[str, ...], *, policy: bool = True
) -> AsyncIterator[Site]:
    async def health() -> dict[str, Any]:
        return {}

    ids = await furnish(storage, words, urls)
    app = make_web(
        storage,
        hostile_taxonomy(words[0]),
        clock=lambda: NOW,
        base_url="https://pages.example/",
        bot_username=lambda: "hexin_bot",
        health=health,
    )
    if not policy:
        app.on_response_prepare.append(_without_policy)
        shown = [*LISTS, *(f"/s/{one}" for one in ids)]
        app.router.add_get(
            "/all-at-once", _page("".join(f'<iframe src="{one}"></iframe>' for one in shown))
        )
    headers = {"User-Agent": BROWSER, "Accept-Language": "zh-CN,zh;q=0.9"}
    async with TestClient(TestServer(app), headers=headers) as client:
        yield Site(client, ids)


async def _without_policy(_: web.Request, response: web.StreamResponse) -> None:
    for name in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options"):
        response.headers.popall(name, None)


def _page(body: str, headers: dict[str, str] | None = None) -> Any:
    async def handler(_: web.Request) -> web.Response:
        text = f"<!doctype html>{body}"
        return web.Response(text=text, content_type="text/html", headers=headers)

    return handler


@pytest.fixture
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    opened = await Storage.open(migrated_file(request, tmp_path))
    yield opened
    await opened.close()


async def text_of(client: Client, path: str, **headers: str) -> str:
    async with client.get(path, headers=headers, allow_redirects=False) as answer:
        assert answer.status < 500, path
        assert answer.status == 200 or path not in FEEDS, path
        assert set(answer.headers.getall("Set-Cookie", [])) == set(), path
        return await answer.text()


def shape_of(text: str) -> Shape:
    """Every element with every name of its attributes."""
    tree = html.document_fromstring(text)
    found: Shape = set()
    for node in tree.iter():
        name = node.tag if isinstance(node.tag, str) else "comment"
        found.add((name, ""))
        found |= {(name, attribute) for attribute in node.attrib}
    return found


# Attributes that lead somewhere.
_LEADING = ("href", "src", "action", "formaction", "poster", "data", "srcset", "xlink:href")


def wrong_links(text: str) -> list[str]:
    """Addresses that a page must not lead to: programs, other schemes, none at all."""
    tree = html.document_fromstring(text)
    return [
        f"{node.tag} {name} {node.get(name)!r}"
        for node in tree.iter(etree.Element)
        for name in _LEADING
        if not _is_right(name, node.get(name, ""))
    ]


def _is_right(name: str, value: str) -> bool:
    parts = urlsplit(value.strip())
    if re.search(r"[\x00-\x20]", value) or value.startswith(("//", "\\")):
        return False
    if parts.scheme == "data":
        return value.startswith("data:image/")
    if name != "href" and (parts.hostname or "") not in OURS:
        return False
    return parts.scheme in {"http", "https"} or not (
        parts.scheme or ":" in value.split("/", maxsplit=1)[0]
    )


_LINKS = frozenset({"link", "url", "id", "href", "loc", "comments", "uri", "external_url"})
_ADDRESSED = frozenset({"href", "xmlUrl", "htmlUrl", "url", "src"})


def wrong_in_feed(text: str, plain: Shape) -> list[str]:
    """What a reader of feeds could take for more than words; raises where it is no document."""
    pieces = _of_json(json.loads(text)) if text.startswith("{") else _of_xml(text)
    found = []
    for name, value in pieces:
        if name == "html":
            body = f"<p>{value}</p>"
            added = {one for one in shape_of(body) if one[0] not in {tag for tag, _ in plain}}
            found += [f"{one}" for one in added] + wrong_links(body)
            found += [f"{one}" for one in shape_of(body) if one[1].startswith(("on", "style"))]
        elif not _is_right("href", value) and not value.startswith(("urn:", "tag:")):
            found.append(f"{name} {value!r}")
    return found


def _of_json(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_json(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _of_json(inner, name)
    elif name == "content_html":
        yield "html", str(value)
    elif name in _LINKS:
        yield name, str(value)


def _of_xml(text: str) -> Iterator[tuple[str, str]]:
    root = etree.fromstring(text.encode())  # strict: not well formed is an error
    for node in root.iter(etree.Element):
        name = etree.QName(node).localname
        if name in {"description", "encoded"} or node.get("type") == "html":
            yield "html", node.text or ""
        elif name in _LINKS and node.text and node.text.strip():
            yield name, node.text
        for key in _ADDRESSED & set(node.attrib):
            yield key, str(node.get(key))


async def test_hostile_words_add_nothing_to_a_page_that_harmless_words_lack(
    storage: Storage, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "plain").mkdir()
    other = await Storage.open(migrated_file(request, tmp_path / "plain"))
    plain: Shape = {("small", "lang")}  # a sum in the reader's own way, beside the few that differ
    async with site(other, HARMLESS, ("https://news.example/a",)) as calm:
        for path in (*calm.paths(), *(one.format("x", "x") for one in ASKED)):
            plain |= shape_of(await text_of(calm.client, path))
    await other.close()
    more: dict[str, Shape] = {}
    links: dict[str, list[str]] = {}
    async with site(storage, BUNDLES, ADDRESSES) as wild:
        asked = [
            ASKED[number % len(ASKED)].format(*[quote(words, safe="")] * 2)
            for number, words in enumerate(BUNDLES)
        ]
        for path in (*wild.paths(), *(f"{one}?lang=en" for one in LISTS[:3]), *asked):
            text = await text_of(wild.client, path)
            if added := shape_of(text) - plain:
                more[path] = added
            if wrong := wrong_links(text):
                links[path] = wrong
        for path in FEEDS:
            text = await text_of(wild.client, path)
            if wrong := wrong_in_feed(text, plain):
                links[path] = wrong
    assert more == {}
    assert links == {}


# Nodes that could run something, as the browser's own parser sees them.
_LOOK = """() => [...document.querySelectorAll("*")].flatMap(node => [
  ...["SCRIPT", "IFRAME", "OBJECT", "EMBED", "BASE"].filter(name => node.nodeName === name),
  ...[...node.attributes].filter(one => /^on/i.test(one.name)
    || ["href", "src", "action", "formaction", "xlink:href"].includes(one.name)
      && /^[\\s\\x00-\\x1f]*(javascript|vbscript|data:text)/i.test(one.value)
  ).map(one => `${node.nodeName} ${one.name}=${one.value}`)])"""
_TOUCH = """() => { for (const node of document.querySelectorAll("*")) {
  if (node.nodeName === "DETAILS") node.open = true;
  node.focus?.(); node.dispatchEvent(new MouseEvent("mouseover", {bubbles: true})); } }"""


@dataclass
class Seen:
    """What a browser did: scripts that ran, what it asked for, what evil.test was asked for."""

    ran: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)

    def runs(self, source: dict[str, Any], *_: object) -> None:
        """`alert` was called on a page."""
        self.ran.append(source["frame"].url)

    def outside(self, base: str) -> list[str]:
        return [url for url in self.asked if not url.startswith((base, "data:", "about:"))]


@asynccontextmanager
async def watching() -> AsyncIterator[tuple[BrowserContext, Seen]]:
    """A browser that tells of every alert and every request; nothing leaves this machine."""
    seen = Seen()
    path = chromium()

    async def reached(request: web.Request) -> web.Response:
        seen.reached.append(request.path)
        return web.Response(text="alert(1)", content_type="text/javascript")

    evil = web.Application()
    evil.router.add_get("/{path:.*}", reached)
    async with TestServer(evil) as server, async_playwright() as playwright:
        rules = f"MAP evil.test:80 127.0.0.1:{server.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        browser = await playwright.chromium.launch(
            executable_path=path, args=[*QUIET, f"--host-resolver-rules={rules}"]
        )
        context = await browser.new_context(locale="zh-CN")
        await context.expose_binding(
            "alert", lambda source, _: seen.ran.append(source["frame"].url)
        )
        context.on("request", lambda request: seen.asked.append(request.url))
        yield context, seen
        await browser.close()


async def test_a_browser_runs_nothing_and_asks_nobody(storage: Storage) -> None:
    """Without the policy, so that nothing but what is written keeps the page still."""
    async with (
        site(storage, BUNDLES, ADDRESSES, policy=False) as wild,
        watching() as (context, seen),
    ):
        base = str(wild.client.make_url("/")).rstrip("/")
        page = await context.new_page()
        await page.goto(f"{base}/all-at-once", wait_until="load")
        frames = page.frames[1:]
        assert len(frames) == len(wild.paths())
        bad = {frame.url: found for frame in frames if (found := await frame.evaluate(_LOOK))}
        # Once more for what is opened, focused or moved over.
        for frame in frames:
            await frame.evaluate(_TOUCH)
        assert (seen.ran, seen.reached, seen.outside(base)) == ([], [], [])
        assert bad == {}


async def test_the_policy_alone_keeps_a_page_still() -> None:
    """With the words written out raw, as if a template had forgotten itself."""
    async with raw_words(SECURITY_HEADERS) as base, watching() as (context, seen):
        page = await context.new_page()
        await page.goto(base, wait_until="load")
        await page.evaluate(_TOUCH)
        assert (seen.ran, seen.reached, page.url) == ([], [], base)
        async with raw_words({}) as open_base:  # else all this would prove nothing
            await page.goto(open_base, wait_until="load")
            assert seen.ran != []
            assert {"/x.js", "/x.css", "/pixel.gif"} <= set(seen.reached)


@asynccontextmanager
async def raw_words(headers: dict[str, str]) -> AsyncIterator[str]:
    app = web.Application()
    # A comment that nobody closes would hide whatever follows it; and that a page sends its
    # reader elsewhere is what no policy can forbid.
    words = sorted((one for one in WORDS if "refresh" not in one), key=lambda one: "<!--" in one)
    app.router.add_get("/", _page("\n".join(words), headers))
    async with TestServer(app) as server:
        yield str(server.make_url("/"))
