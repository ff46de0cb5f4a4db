"""From a page to its feeds: what the page names, then where feeds usually are.

Pages are hostile until proven otherwise, so nothing here backtracks and every list has an end.
"""

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from digest.regexes import regex
from digest.sources.raw import web_address

MAX_FOUND = 20
# Heads are long on modern pages; feeds named deeper than this were not meant to be found.
_READ = 1024 * 1024
_MOST_TAGS = 5_000

_BASE = regex(r"<base\s[^<>]{0,2000}>", re.IGNORECASE)
_LINK = regex(r"<link\s[^<>]{0,4000}>", re.IGNORECASE)
_ANCHOR = regex(r"<a\s[^<>]{0,4000}>", re.IGNORECASE)
# An open end counts as an end: looking for one from each start in turn would be quadratic.
_COMMENT = regex(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ATTRIBUTE = regex(
    r"([A-Za-z-]{1,20})\s*=\s*(?:\"([^\"<>]{0,3000})\"|'([^'<>]{0,3000})'|([^\s\"'<>]{1,3000}))"
)
_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/rss",
        "application/atom",
        "text/rss+xml",
        "text/rss",
        "application/xml",
        "text/xml",
    }
)
_JSON_TYPES = frozenset({"application/json"})
_FEED_PATH = regex(
    r"(?:^|/)(?:feeds?|rss|atom|rdf|index\.(?:rss|rdf|atom|xml)|feed\.json|[\w-]{1,40}\.(?:rss|atom|rdf))/?$"
    r"|(?:^|/)(?:rss|atom|feed|index)[\w-]{0,20}\.xml$",
    re.IGNORECASE,
)
_COMMENTS = regex(r"comments?\b|/comments/|评论", re.IGNORECASE)
# "Share this" at Facebook is at /dialog/feed, and is no feed.
_SHARING = regex(r"//(?:www\.)?(?:facebook|twitter|x|linkedin|pinterest)\.com/", re.IGNORECASE)
# In the order in which site generators use them.
_USUAL = (
    "feed",
    "feed.xml",
    "rss.xml",
    "atom.xml",
    "index.xml",
    "rss",
    "feed/",
    "feed.json",
    "feeds/posts/default",
    "blog/feed",
    "news/rss.xml",
)
_YOUTUBE_CHANNEL = regex(r"/channel/(UC[\w-]{22})")
_GITHUB_REPOSITORY = regex(r"/([\w.-]{1,60})/([\w.-]{1,100})/?")


def find_feeds(page: str, base_url: str) -> tuple[str, ...]:
    """Addresses worth trying as the feed of `page`, best first, at most 20.

    First what the page declares (`<link rel="alternate">`, feeds of comments last), then links
    that look like feeds, then usual paths on the same site. None is fetched here.
    """
    return _each_once((*named_feeds(page, base_url), *usual_feeds(base_url)))


def named_feeds(page: str, base_url: str) -> tuple[str, ...]:
    """Those that the page itself names, or that follow from its address."""
    text = _COMMENT.sub(" ", page[:_READ])
    base = _base(text, base_url)
    declared = sorted(_declared(text, base), key=lambda found: found[1])
    addresses = (address for address, _ in declared)
    return _each_once((*addresses, *_known_sites(base_url), *_anchors(text, base)))


def usual_feeds(base_url: str) -> tuple[str, ...]:
    """Where site generators put feeds, for a page at that address."""
    return _each_once(_usual(base_url))


def _each_once(candidates: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for found in candidates if found))[:MAX_FOUND]


def _base(text: str, base_url: str) -> str:
    tag = _BASE.search(text)
    href = _attributes(tag[0]).get("href", "") if tag else ""
    return web_address(href, base_url) or base_url


def _declared(text: str, base: str) -> Iterator[tuple[str, int]]:
    """Declared feeds with their rank: feeds, JSON that may be one, feeds of comments."""
    for tag in _tags(_LINK, text):
        values = _attributes(tag)
        rel = values.get("rel", "").lower().split()
        kind = values.get("type", "").lower().partition(";")[0].strip()
        address = web_address(values.get("href", ""), base)
        feedlike = kind in _FEED_TYPES or kind in _JSON_TYPES
        if not address or not ("feed" in rel or ("alternate" in rel and feedlike)):
            continue
        # WordPress names its REST API as alternate JSON.
        if kind in _JSON_TYPES and "wp-json" in address:
            continue
        comments = _COMMENTS.search(values.get("title", "")) or _COMMENTS.search(address)
        yield address, 2 if comments else int(kind in _JSON_TYPES)


def _anchors(text: str, base: str) -> Iterator[str]:
    for tag in _tags(_ANCHOR, text):
        href = _attributes(tag).get("href", "")
        path = href.partition("?")[0]
        if _FEED_PATH.search(path) and not (_COMMENTS.search(href) or _SHARING.search(path)):
            yield web_address(href, base)


def _usual(base_url: str) -> Iterator[str]:
    """Usual paths below the page's own folder first, then at the root of its site."""
    path = urlsplit(base_url).path
    folders = dict.fromkeys((path.rstrip("/") + "/", "/"))
    for folder in list(folders):
        for name in _USUAL:
            yield web_address(urljoin(base_url, folder + name), base_url)


def _known_sites(base_url: str) -> Iterator[str]:
    """Sites whose feeds follow from the address of a page."""
    parts = urlsplit(base_url)
    host = (parts.hostname or "").removeprefix("www.")
    channel = _YOUTUBE_CHANNEL.match(parts.path)
    if host == "youtube.com" and channel:
        yield f"https://www.youtube.com/feeds/videos.xml?channel_id={channel[1]}"
    repository = _GITHUB_REPOSITORY.fullmatch(parts.path)
    if host == "github.com" and repository:
        yield f"https://github.com/{repository[1]}/{repository[2]}/releases.atom"
    if host.endswith("reddit.com") and parts.path.startswith("/r/"):
        yield f"https://www.reddit.com{parts.path.rstrip('/')}/.rss"


def _tags(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    for number, found in enumerate(pattern.finditer(text)):
        if number >= _MOST_TAGS:
            return
        yield found[0]


def _attributes(tag: str) -> dict[str, str]:
    """Attributes of a tag, the first of each name, entities decoded."""
    values: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(tag):
        values.setdefault(name.lower(), html.unescape(double or single or bare).strip())
    return values
