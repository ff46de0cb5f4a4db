"""Feeds: RSS, RDF, Atom, JSON Feed."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from digest.errors import SourceError
from digest.model import FeedReading
from digest.sources.feeds import parse_feed, parse_feed_fast
from digest.sources.raw import MAX_AUTHOR, MAX_BODY, MAX_ENTRIES, MAX_TITLE
from tests.fuzz.pieces import texts
from tests.fuzz.said import check_address, check_kept, check_line
from tests.fuzz.target import Target

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://feeds.example.org/news/feed.xml"
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_FURTHEST_OFFSET_MIN = 24 * 60
_LONGEST_TTL_S = 400 * 86_400

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:sy="x"><channel>
<title>Harbour News</title><link>https://feeds.example.org/</link><ttl>30</ttl>
<skipHours><hour>3</hour></skipHours><language>en-gb</language>
<item><title>Port &amp; robots &#8211; 1,200 sold</title><link>/a?x=1&amp;y=2</link>
<guid isPermaLink="false">g1</guid><pubDate>Fri, 20 Nov 2026 06:00:00 +0800</pubDate>
<description><![CDATA[<p>Text <b>bold</b></p>]]></description>
<author>a@e.example (Mara)</author></item>
<item><title>港口</title><guid>https://feeds.example.org/b</guid>
<pubDate>2026年11月20日 14:30</pubDate><description>正文</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN" xml:base="https://a.example/x/">
<title type="html">T &lt;i&gt;x&lt;/i&gt;</title><link rel="hub" href="https://hub.example/"/>
<entry><id>tag:1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">X</div></title>
<link rel="alternate" href="b.html"/><updated>2026-11-20T06:00:00.123Z</updated>
<content type="html">&lt;p&gt;Body&lt;/p&gt;</content>
<author><name>N</name></author></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>R</title></channel>
<item rdf:about="https://r.example/1"><title>One</title><link>https://r.example/1</link>
<dc:date>2026-11-20</dc:date></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1", "title": "J",
        "home_page_url": "https://j.example",
        "items": [
            {"id": 1, "url": "https://j.example/1", "title": "One", "content_html": "<p>x</p>",
             "date_published": "2026-11-20T06:00:00+08:00", "authors": [{"name": "N"}]},
            {"id": "2", "external_url": "/2", "content_text": "a\n\nb", "tags": ["x"]},
        ],
    }
)  # fmt: skip
SEEDS = (
    *(text.encode() for text in (RSS, ATOM, RDF, JSON)),
    RSS.replace("utf-8", "gb2312").encode("gb18030"),
    RSS.encode("utf-16"),
)
WORDS = (
    b"<item>", b"</item>", b"<entry>", b"</entry>", b"<link>", b"<guid>", b"<title>", b"<![CDATA[",
    b"]]>", b"<!--", b"-->", b"<!DOCTYPE r [", b'<!ENTITY a "b">', b"&a;", b"&#x0;", b"&#55357;",
    b"<pubDate>", b'xml:base="', b'href="', b"javascript:", b"//", b"\x00", b"\xff\xfe",
    b"\xa1\xa1",
    b'<content type="xhtml">', b"base64", b"<ttl>99999999999</ttl>", b'"items":[', b"\\ud800",
    b"9999-12-31T23:59:59-23:59", b"0001-01-01T00:00:00+23:59", b"1e999", b"NaN", b'{"id":',
    b'encoding="utf-7"', b"<rdf:RDF", b"<feed", b"<rss><channel>", b"24:60:60 PST",
    b"<sy:updatePeriod>",
)  # fmt: skip


def check_feed(body: bytes) -> None:
    try:
        reading = parse_feed(body, url=URL, now=NOW)
    except SourceError:
        return
    check_reading(reading)
    assert parse_feed(body, url=URL, now=NOW) == reading, "read twice, read differently"
    fast = parse_feed_fast(body, url=URL, now=NOW)
    assert fast is None or fast == reading, "the fast way reads otherwise"


def check_reading(reading: FeedReading) -> None:
    """What holds of everything that any kind of source brings."""
    check_line(reading.title, 200)
    check_address(reading.site_url)
    check_address(reading.hub_url)
    check_line(reading.lang, 40)
    assert 0 <= reading.ttl_s <= _LONGEST_TTL_S, f"ttl of {reading.ttl_s} s"
    assert reading.skip_hours < frozenset(range(24)) or not reading.skip_hours
    assert reading.skip_days < frozenset(range(7)) or not reading.skip_days
    assert len(reading.entries) <= MAX_ENTRIES
    assert len({entry.key for entry in reading.entries}) == len(reading.entries)
    for entry in reading.entries:
        assert entry.url or entry.title or entry.body_html, "an entry of nothing"
        check_address(entry.url)
        check_line(entry.title, MAX_TITLE)
        check_line(entry.author, MAX_AUTHOR)
        check_kept(entry.body_html, MAX_BODY)
        check_line(entry.lang, 2)
        if entry.published_at is not None:
            assert entry.published_at.utcoffset() == timedelta(0), "a time that is not in UTC"
            assert _OLDEST <= entry.published_at <= NOW + timedelta(days=1)
        assert abs(entry.utc_offset_min or 0) <= _FURTHEST_OFFSET_MIN


_DATES = st.one_of(
    st.datetimes().map(lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S ")),
    st.datetimes().map(datetime.isoformat),
    st.text(alphabet="0123456789年月日T:+-. /ZPSTGMTFriNov", max_size=30),
).flatmap(
    lambda date: st.sampled_from(["", "GMT", "+0800", "-2359", "+99:99", "EST"]).map(date.__add__)
)
_LINKS = st.one_of(
    st.sampled_from(
        ["/a", "//h.example/x", "javascript:alert(1)", "http://[::1", "https://e.example:99999/",
         "http://", "mailto:a@b", "feeds.example.org/x", "https://u:p@h.example/",
         "file:///etc/passwd",
         "https://é.example/路?q=核", "data:text/html,x", "\\\\h\\x", "https://h.example/\ud83d",
         "https://h.example/\x00", "https://h.example/a b", "#x", "?a"]
    ),
    st.text(max_size=30),
)  # fmt: skip


@st.composite
def feeds(draw: st.DrawFn) -> bytes:
    """Documents that look like feeds, escaped or not, in some encoding, cut somewhere or not."""
    item = draw(st.sampled_from(["item", "entry", "rss:item"]))
    pieces = [
        draw(
            st.sampled_from(
                [
                    "<rss><channel>",
                    '<feed xml:base="../x">',
                    '<feed xml:base="http://[">',
                    '<feed xml:base="ftp://b/">',
                    "<rdf:RDF>",
                    "<channel>",
                ]
            )
        )
    ]
    for _ in range(draw(st.integers(0, 3))):
        fields = {
            "title": draw(texts(6)),
            draw(st.sampled_from(["link", "id", "guid"])): draw(_LINKS),
            draw(st.sampled_from(["pubDate", "updated", "dc:date", "published"])): draw(_DATES),
            draw(st.sampled_from(["description", "content:encoded", "summary", "content"])): draw(
                texts(12)
            ),
            draw(st.sampled_from(["author", "dc:creator", "name"])): draw(texts(3)),
        }
        inside = "".join(
            f"<{name}>{draw(_wrapped(text))}</{name}>" for name, text in fields.items()
        )
        pieces.append(f"<{item}>{inside}</{item}>")
    text = "".join(pieces)
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "gb18030", "utf-16", "big5", "latin-1"]))
    body = (
        text.encode(encoding, "replace" if encoding in {"big5", "latin-1"} else "surrogatepass")
        if encoding != "gb18030"
        else text.encode("gb18030", "replace")
    )
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body


def _wrapped(text: str) -> st.SearchStrategy[str]:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return st.sampled_from([text, escaped, f"<![CDATA[{text}]]>"])


_JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts(5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "url", "title", "items", "authors", "name", "date_published", "content_html",
        "hubs"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def json_feeds() -> st.SearchStrategy[bytes]:
    items = st.lists(
        st.fixed_dictionaries(
            {}, optional={"id": _JSON_VALUES, "url": _LINKS, "title": texts(4),
            "content_text": texts(8),
                          "date_published": _DATES, "authors": _JSON_VALUES,
                          "external_url": _JSON_VALUES}),
        max_size=4,
    )  # fmt: skip
    return st.fixed_dictionaries(
        {"items": items | _JSON_VALUES}, optional={"title": _JSON_VALUES, "hubs": _JSON_VALUES}
    ).map(lambda value: json.dumps(value).encode())


TARGETS = (
    Target(
        "feed",
        "Only SourceError is raised. Each entry has an absolute http(s) address or none, a title,"
        " author and body of bounded size that a database takes, a time in UTC between 1990 and"
        " tomorrow or none; keys differ; reading twice gives the same; the fast way agrees with"
        " the thorough one.",
        check_feed,
        feeds() | json_feeds(),
        read=bytes,
        seeds=SEEDS,
        words=WORDS,
    ),
)
