"""The other kinds of sources: list pages, JSON lists, sitemaps, channels; and finding them."""

import json

from hypothesis import strategies as st

from digest.errors import SourceError
from digest.model import Recipe, SourceKind
from digest.sources.adapters import Document, read_document
from digest.sources.discovery import find_feeds
from digest.sources.proposals import propose
from digest.sources.shapes import looks, sitemaps_named
from digest.text.decoding import decode
from tests.fuzz.pieces import texts
from tests.fuzz.said import check_address
from tests.fuzz.target import Target
from tests.fuzz.targets.feeds import JSON, NOW, RSS, check_reading, json_feeds

URL = "https://blog.example/notes/"
PAGE = """<html><head><title>Notes</title>
<link rel=alternate type=application/rss+xml href=/feed></head>
<body><ul><li class=post><a href="/a">The first note of this list</a>
<time datetime=2026-11-20>x</time></li>
<li class=post><a href="b">The second note of this list</a>
<time>2026年11月19日</time></li>
<li class=post><a href="//c.example/c">The third note of this list</a>
18 Nov 2026</li></ul></body></html>"""
LIST = json.dumps(
    {"data": {"list": [{"id": 1, "title": "One", "url": "/1", "time": 1795000000},
                       {"id": 2, "title": "Two", "url": "/2", "time": "2026-11-20"}]}}
)  # fmt: skip
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://blog.example/a-note</loc>
<lastmod>2026-11-20</lastmod><news:news><news:title>A note</news:title>
<news:publication_date>2026-11-20T01:00:00Z</news:publication_date></news:news></url></urlset>"""
CHANNEL = """<div class="tgme_channel_info"><div class="tgme_channel_info_header_title">C</div>
</div><div class="tgme_widget_message" data-post="chan/12">
<div class="tgme_widget_message_text">Some words
<a href="https://x.example/1">here</a></div><a class="tgme_widget_message_date" href="https://t.me/chan/12">
<time datetime="2026-11-20T10:00:00+00:00">10:00</time></a></div>"""
SEEDS = (
    *(one.encode() for one in (PAGE, LIST, SITEMAP, CHANNEL, RSS, JSON)),
    b"User-agent: *\nSitemap: https://blog.example/sitemap.xml\n",
)
WORDS = (
    b'<a href="', b"<li>", b"<time>", b"<loc>", b"<url>", b"<lastmod>", b"<sitemapindex>",
    b"<sitemap>",
    b"<urlset>", b"\x1f\x8b", b"&#0;", b"http://[", b"javascript:", b'"title":', b'"url":',
    b"[[[[", b"{}",
    b"1e400", b"-1", b"9" * 30, b"NaN", b"<base href=", b"data-post=", b"tgme_widget_message",
    b"\\ud800",
    b"<article>", b"<h2>", b"class=", b"<link rel=alternate type=application/rss+xml href=",
)  # fmt: skip
RECIPES = {
    SourceKind.PAGE: (Recipe(), Recipe(items="li", title="a", link="a @href", date="time")),
    SourceKind.JSON: (Recipe(), Recipe(items="data.list", title="title", link="url", date="time")),
    SourceKind.SITEMAP: (Recipe(), Recipe(include="note")),
    SourceKind.TELEGRAM: (Recipe(),),
}


def check_document(body: bytes) -> None:
    looks(body)
    for address in (*find_feeds(decode(body).text, URL), *sitemaps_named(body, URL)):
        check_address(address)
    for kind, recipes in RECIPES.items():
        for recipe in recipes:
            check_read(Document(body, URL, "", NOW, kind, recipe))
    for kind in (SourceKind.PAGE, SourceKind.JSON):
        try:
            proposed = propose(Document(body, URL, "", NOW, kind))
        except SourceError:
            continue
        for recipe in proposed:
            check_read(Document(body, URL, "", NOW, kind, recipe))


def check_read(document: Document) -> None:
    try:
        reading = read_document(document)
    except SourceError:
        return
    check_reading(reading)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts(4) | st.sampled_from(["/a",
    "http://[", "2026-11-20"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["id", "title", "url", "time", "data", "list", "a.b", "@",
    "名"]) | texts(1), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip
_ITEMS = st.tuples(
    st.sampled_from(
        ["<li class='{1}'><a href='{0}'>{1}</a><time>{2}</time></li>",
        "<div><h2>{1}<a href={0}>x", "<p>{1}</p>",
         "<url><loc>{0}</loc><lastmod>{2}</lastmod></url>", "<sitemap><loc>{0}</loc></sitemap>",
         "<div class=tgme_widget_message data-post='{1}'>"
         "<div class=tgme_widget_message_text>{1}<a href='{0}'>x</a></div></div>"]),
    st.sampled_from(["/a", "b?c=d", "http://[", "//x", "javascript:1",
    "https://blog.example/a-note-1", "#", ""]),
    texts(5),
    st.sampled_from(["2026-11-20", "昨天", "3 hours ago", "99:99", "1795000000",
    "Nov 31"]) | texts(2),
).map(lambda made: made[0].replace("{0}", made[1]).replace("{1}", made[2]).replace("{2}",
    made[3]))  # fmt: skip
_PAGES = st.tuples(
    st.lists(_ITEMS, max_size=6), st.sampled_from(["<html><body>{}", "<urlset>{}</urlset>",
    "<sitemapindex>{}", "{}"])
).map(lambda made: made[1].replace("{}", "".join(made[0])).encode("utf-8",
    "surrogatepass"))  # fmt: skip

TARGETS = (
    Target(
        "document",
        "List pages, JSON lists, sitemaps, channels, with usual, given and proposed recipes:"
        " SourceError or entries that keep what those of feeds keep; feeds found in a page have"
        " absolute addresses.",
        check_document,
        _PAGES | _VALUES.map(lambda value: json.dumps(value).encode()) | json_feeds(),
        read=bytes,
        seeds=SEEDS,
        words=WORDS,
    ),
)  # fmt: skip
