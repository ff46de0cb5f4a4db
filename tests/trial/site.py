"""A news site on loopback made of a folder of real feeds and pages."""

import base64
import gzip
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

from aiohttp import web

from digest.model import SourceSpec

PORTION = 40
PAGE_SETS = (
    "ext_scrapinghub",
    "ext_readability",
    "ext_trafilatura",
    "ext_wcxb",
    "ext_zh_handmade",
    "ext_zh_gne",
    "ext_goose_newspaper",
    "ext_postlight_meta",
)


@dataclass(slots=True)
class Site:
    """Feeds by path (with their successive polls) and pages by path."""

    feeds: dict[str, list[bytes]] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)
    served: dict[str, int] = field(default_factory=dict)

    def app(self) -> web.Application:
        """The site as an aiohttp application."""
        app = web.Application()
        app.router.add_get("/feed/{name:.+}", self._feed)
        app.router.add_get("/page/{name:.+}", self._page)
        return app

    async def _feed(self, request: web.Request) -> web.Response:
        polls = self.feeds.get(request.match_info["name"])
        if polls is None:  # a relative link of a real feed, now relative to this site
            raise web.HTTPNotFound
        turn = self.served.get(request.path, 0)
        self.served[request.path] = turn + 1
        body = polls[min(turn, len(polls) - 1)]
        return web.Response(body=body, content_type="application/xml")

    async def _page(self, request: web.Request) -> web.Response:
        # No charset in the header: pages must be decoded by what they say themselves.
        body = self.pages.get(request.match_info["name"])
        if body is None:
            raise web.HTTPNotFound
        return web.Response(body=body, headers={"Content-Type": "text/html"})

    def specs(self, base: str) -> Iterator[SourceSpec]:
        """Every feed as a source."""
        for name in self.feeds:
            yield SourceSpec(
                key=f"trial:{name}",
                url=f"{base}/feed/{name}",
                title=name,
                column="tech",
                lang="",
                poll_floor_s=5,
            )


def load_site(corpora: Path, base: str, now: Any, *, pages_per_set: int) -> Site:
    """Read feeds and pages; pages get one feed per set, since the sets have none."""
    site = Site()
    _real_feeds(corpora, site)
    _polled_feeds(corpora, site)
    for name in PAGE_SETS:
        path = corpora / name / "data.jsonl.gz"
        if path.is_file():
            _page_set(path, name, base, now, pages_per_set, site)
    return site


def _tar(path: Path) -> Iterator[tuple[str, bytes]]:
    if not path.is_file():
        return
    with tarfile.open(path) as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            stream = archive.extractfile(member)
            if stream is not None:
                yield member.name, stream.read()


def _real_feeds(corpora: Path, site: Site) -> None:
    for name, body in _tar(corpora / "feeds_real" / "files.tar.gz"):
        site.feeds[f"real/{name}"] = [body]


def _polled_feeds(corpora: Path, site: Site) -> None:
    """`polls/<feed>/<time>.xml`: the same feed at successive times, one per poll."""
    for name, body in _tar(corpora / "feeds_zh_polls" / "files.tar.gz"):
        site.feeds.setdefault(f"zh/{name.rpartition('/')[0]}", []).append(body)


def _page_set(path: Path, name: str, base: str, now: Any, most: int, site: Site) -> None:
    items = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number >= most:
                break
            record = json.loads(line)
            body = (
                base64.b64decode(record["html_b64"])
                if "html_b64" in record
                else record["html"].encode("utf-8", "surrogatepass")
            )
            key = f"{name}/{number}"
            site.pages[key] = body
            items.append(
                f"<item><title>{escape(record.get('title') or key)}</title>"
                f"<link>{base}/page/{key}</link><guid>{key}</guid>"
                f"<pubDate>{format_datetime(now)}</pubDate></item>"
            )
    # Empty at the first poll: then all pages are news, and not a backlog that is mostly left. In
    # portions, since a feed that is suddenly full of new entries is taken for a renamed archive.
    for at in range(0, len(items), PORTION):
        portion = _feed(name, base, items[at : at + PORTION])
        site.feeds[f"pages/{name}-{at}"] = [_feed(name, base, []), portion]


def _feed(name: str, base: str, items: list[str]) -> bytes:
    return (
        f"<rss version='2.0'><channel><title>{name}</title><link>{base}/</link>"
        f"<description>pages</description>{''.join(items)}</channel></rss>"
    ).encode()
