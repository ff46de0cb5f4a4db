"""What a document looks like from its first bytes: which adapter is worth asking."""

import re
from enum import StrEnum

from digest.regexes import regex
from digest.sources.raw import web_address
from digest.text.decoding import decode

_HEAD = 64 * 1024
_GZIP = b"\x1f\x8b"
_ROOT = regex(
    rb"<(?:[\w.-]{1,40}:)?(urlset|sitemapindex|rss|feed|rdf|channel|html|body|head)(?=[\s/>])",
    re.IGNORECASE,
)
_JSON_FEED = regex(rb"\"version\"\s*:\s*\"https:(?:\\?/){2}jsonfeed\.org")
_SITEMAP_LINE = regex(r"^\s*sitemap\s*:\s*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_ROBOTS = regex(r"^\s*(?:user-agent|sitemap)\s*:", re.IGNORECASE | re.MULTILINE)
_AUDIO = regex(rb"<enclosure\s[^<>]{0,1000}type=[\"']audio/", re.IGNORECASE)
_MOST_NAMED = 20


class Looks(StrEnum):
    """What it is read as; `page` is also what nothing else recognises."""

    FEED = "feed"
    SITEMAP = "sitemap"
    JSON = "json"
    ROBOTS = "robots"
    PAGE = "page"


def looks(body: bytes, content_type: str = "") -> Looks:
    """What `body` looks like."""
    if body.startswith(_GZIP):
        return Looks.SITEMAP
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in {b"{", b"["}:
        # Many lists have "items" too; what is meant as a feed says so.
        return Looks.FEED if _JSON_FEED.search(head) else Looks.JSON
    found = _ROOT.search(head)
    name = found[1].lower() if found else b""
    if name in {b"urlset", b"sitemapindex"}:
        return Looks.SITEMAP
    if name in {b"rss", b"feed", b"rdf", b"channel"}:
        return Looks.FEED
    plain = not name and ("text/plain" in content_type or b"<" not in head)
    if plain and _ROBOTS.search(head.decode("utf-8", "replace")):
        return Looks.ROBOTS
    return Looks.PAGE


def audio_feed(body: bytes) -> bool:
    """Whether a feed's items are recordings to listen to."""
    return bool(_AUDIO.search(body, 0, 1024 * 1024))


def sitemaps_named(robots: bytes, url: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names, those with "news" in their names first."""
    text = decode(robots[:_HEAD]).text
    if _ROOT.search(robots[:_HEAD]):
        return ()  # a page in the place of a robots.txt
    named = [web_address(one, url) for one in _SITEMAP_LINE.findall(text)[:_MOST_NAMED]]
    found = dict.fromkeys(one for one in named if one)
    return tuple(sorted(found, key=lambda one: "news" not in one.lower()))
