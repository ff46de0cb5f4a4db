"""Sitemaps (sitemaps.org): lists of a site's addresses, their news form, and indices of them."""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from digest.errors import PollFailure, SourceError
from digest.model import Recipe
from digest.regexes import regex
from digest.sources.dates import parse_date
from digest.sources.normalise import MAX_BYTES, normalise
from digest.sources.raw import MAX_ENTRIES, RawEntry, RawFeed, web_address

# The protocol allows 50,000 addresses in one file.
MAX_URLS = 50_000
MAX_CHILDREN = 2_000
ROOTS = frozenset({"urlset", "sitemapindex"})
_GZIP = b"\x1f\x8b"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Names of the part of a site where articles are, and of parts where none are.
_LIKELY = regex(r"news|post|article|blog|story|stories|latest|recent", re.IGNORECASE)
_UNLIKELY = regex(
    r"image|video|categor|tag|author|user|product|page[-_.]|pages|taxonom|attachment|archive-",
    re.IGNORECASE,
)
_NUMBER = regex(r"\d+")


@dataclass(frozen=True, slots=True)
class Child:
    """One sitemap that an index names; `changed` is None when it does not say."""

    url: str
    changed: datetime | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap: its entries, or the sitemaps it is an index of."""

    feed: RawFeed
    children: tuple[Child, ...] = ()
    cut: int = 0


def parse_sitemap(body: bytes, *, url: str, recipe: Recipe, content_type: str = "") -> Sitemap:
    """Read a sitemap, gzipped or not: the 1,000 addresses that changed last, or its children.

    `lastmod` only orders: an article that was corrected today is not one of today. Dates and
    titles come from the news form. Raises SourceError: NOT_A_FEED, TOO_LARGE.
    """
    document = normalise(_plain(body), content_type, ROOTS)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, recover=True, remove_pis=True
    )
    try:
        root = etree.fromstring(document.body, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(PollFailure.NOT_A_FEED, f"no sitemap: {error}") from error
    if root is None:
        raise SourceError(PollFailure.NOT_A_FEED, "no sitemap")
    if _name(root) == "sitemapindex":
        return Sitemap(RawFeed("sitemap", ()), tuple(_children(root, url)))
    found = [
        (entry, changed)
        for entry, changed in _urls(root, url)
        if not recipe.include or recipe.include in entry.link
    ]
    found.sort(key=lambda one: one[1] or _LONG_AGO, reverse=True)
    kept = tuple(entry for entry, _ in found[:MAX_ENTRIES])
    return Sitemap(RawFeed("sitemap", kept), cut=len(found) - len(kept))


def likely_children(children: Iterable[Child], most: int) -> tuple[Child, ...]:
    """The children of an index in which new articles are, the best first.

    News and posts before pages and tags; of parts that are numbered the highest, else what
    changed last.
    """
    ranked = sorted(enumerate(children), key=lambda one: _rank(one[1], one[0]), reverse=True)
    return tuple(child for _, child in ranked[:most])


def _rank(child: Child, place: int) -> tuple[int, datetime, int, int]:
    name = child.url.rpartition("/")[2] or child.url
    likely = 2 * bool(_LIKELY.search(name)) - 3 * bool(_UNLIKELY.search(name))
    if "news" in name.lower():
        likely += 1
    number = int((_NUMBER.findall(name) or ["0"])[-1][:12])
    return likely, child.changed or _LONG_AGO, number, -place


def _plain(body: bytes) -> bytes:
    """The document, unpacked when it is a gzip file. Raises SourceError(TOO_LARGE)."""
    if not body.startswith(_GZIP):
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        plain = unpacking.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise SourceError(PollFailure.NOT_A_FEED, f"broken gzip: {error}") from error
    if len(plain) > MAX_BYTES:
        raise SourceError(PollFailure.TOO_LARGE, f"over {MAX_BYTES} bytes unpacked")
    return plain


def _children(root: Any, base: str) -> Iterator[Child]:
    for place, element in enumerate(root):
        if place >= MAX_CHILDREN:
            return
        fields = _fields(element)
        url = web_address(fields.get("loc", ""), base)
        if url:
            yield Child(url, _changed(fields))


def _urls(root: Any, base: str) -> Iterator[tuple[RawEntry, datetime | None]]:
    for place, element in enumerate(root):
        if place >= MAX_URLS:
            return
        fields = _fields(element)
        url = web_address(fields.get("loc", ""), base)
        if not url:
            continue
        published = parse_date(fields.get("publication_date", ""))
        entry = RawEntry(link=url, title=fields.get("title", ""), date=published)
        yield entry, _changed(fields) or (published.at if published else None)


def _changed(fields: dict[str, str]) -> datetime | None:
    found = parse_date(fields.get("lastmod", ""))
    return found.at if found else None


def _fields(element: Any) -> dict[str, str]:
    """Texts by their names: of the element's children and, of a news block, of theirs.

    Blocks of images and videos have titles of their own, which are not the page's.
    """
    fields: dict[str, str] = {}
    for child in element:
        name = _name(child)
        if name == "news":
            fields |= {_name(part): (part.text or "").strip() for part in child}
        elif name in {"loc", "lastmod"}:
            fields.setdefault(name, (child.text or "").strip())
    return fields


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""
