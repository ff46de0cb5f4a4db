"""Every kind of feed, and every field of an entry."""

import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from digest.model import Entry, FeedReading
from digest.sources.feeds import parse_feed, parse_feed_fast

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://example.org/blog/feed.xml"

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
     xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>示例 &amp; 新闻</title><link>https://example.org/</link><language>zh-CN</language>
<ttl>90</ttl><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
<atom:link rel="hub" href="https://hub.example.net/"/>
<skipHours><hour>0</hour><hour>24</hour><hour>3</hour></skipHours>
<skipDays><day>Saturday</day><day>Sunday</day></skipDays>
<item><title>甲公司发布新芯片</title><link>/p/1?utm_source=rss</link>
 <guid isPermaLink="false">a-1</guid><dc:creator>张三</dc:creator>
 <pubDate>Sun, 22 Nov 2026 18:30:00 +0800</pubDate>
 <description>短摘要</description>
 <content:encoded><![CDATA[<p>正文第一段。</p><p>正文第二段 &amp; 更多。</p>]]></content:encoded>
 </item>
<item><title>Second</title><guid>https://example.org/p/2</guid>
 <pubDate>2026-11-21T08:00:00Z</pubDate><description>Two</description></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB" xml:base="https://base.example.org/x/">
<title>Atom</title><link href="https://example.org/"/><author><name>The Desk</name></author>
<entry><title type="html">A &lt;b&gt;bold&lt;/b&gt; move</title><id>tag:example.org,2026:1</id>
 <link rel="alternate" href="one"/><link rel="edit" href="https://example.org/edit"/>
 <published>2026-11-20T10:00:00-05:00</published><updated>2026-11-21T10:00:00-05:00</updated>
 <summary>Short.</summary>
 <content type="xhtml">
 <div xmlns="http://www.w3.org/1999/xhtml"><p>Long <em>text</em> here, longer.</p>
 </div></content></entry>
<entry><title>Plain</title><id>u:2</id><link href="https://example.org/two"/>
 <author><name>Ann</name></author><updated>2026-11-19T00:00:00+00:00</updated></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.org/"><title>RDF</title>
 <link>https://example.org/</link>
 <items><rdf:Seq><rdf:li resource="https://example.org/1"/></rdf:Seq></items></channel>
 <item rdf:about="https://example.org/1"><title>One</title><link>https://example.org/1</link>
 <description>Text of one</description><dc:date>2026-11-18T09:00:00+09:00</dc:date>
 <dc:creator>Bo</dc:creator></item></rdf:RDF>"""

YOUTUBE = """<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns="http://www.w3.org/2005/Atom"><title>Channel</title><entry><id>yt:video:abc</id><yt:videoId>abc</yt:videoId>
 <title>A talk</title><link rel="alternate" href="https://www.youtube.com/watch?v=abc"/>
 <author><name>Lab</name></author><published>2026-11-01T00:00:00+00:00</published>
 <media:group><media:title>A talk</media:title>
 <media:content url="https://v.example/abc" type="x"/>
 <media:description>What the talk is about.</media:description></media:group></entry></feed>"""

PODCAST = """<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Pod</title>
<item><title>Episode 9</title>
 <enclosure url="https://cdn.example/9.mp3" type="audio/mpeg" length="1"/>
<guid isPermaLink="false">ep-9</guid><pubDate>Fri, 20 Nov 2026 06:00:00 EST</pubDate>
<itunes:author>Host</itunes:author>
<description>About nine things and more.</description></item></channel></rss>"""

JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "J",
    "home_page_url": "https://example.org/",
    "language": "en-US",
    "authors": [{"name": "Desk"}],
    "hubs": [{"type": "WebSub", "url": "https://hub.example.net/"}],
    "items": [
        {
            "id": 7,
            "url": "/seven",
            "title": "Seven",
            "content_text": "One & two.\n\nThree <four>.",
            "date_published": "2026-11-21T10:00:00+02:00",
            "authors": [{"name": "Ann"}, {"name": "Bo"}, 3],
        },
        {"id": "8", "external_url": "https://other.example/8", "content_html": "<p>Eight.</p>"},
        "nonsense",
    ],
}


def read(text: str | bytes, url: str = URL) -> FeedReading:
    return parse_feed(text.encode() if isinstance(text, str) else text, url=url, now=NOW)


def item(inside: str) -> Entry:
    """The one entry of a feed whose one item holds `inside`."""
    (entry,) = read(f"<rss><channel><title>c</title><item>{inside}</item></channel></rss>").entries
    return entry


def test_rss_with_everything() -> None:
    reading = read(RSS)
    assert (reading.title, reading.site_url, reading.lang) == (
        "示例 & 新闻",
        "https://example.org/",
        "zh",
    )
    assert reading.ttl_s == 5400
    assert reading.skip_hours == {0, 3}
    assert reading.skip_days == {5, 6}
    assert reading.hub_url == "https://hub.example.net/"
    assert reading.parser == "fast"
    first, second = reading.entries
    assert first.url == "https://example.org/p/1?utm_source=rss"
    assert (first.title, first.author, first.lang) == ("甲公司发布新芯片", "张三", "zh")
    assert first.published_at == datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    assert first.utc_offset_min == 480
    assert first.body_html == "<p>正文第一段。</p><p>正文第二段 &amp; 更多。</p>"
    assert second.url == "https://example.org/p/2"
    assert second.utc_offset_min == 0


def test_atom_with_xhtml_base_and_inherited_author() -> None:
    reading = read(ATOM)
    one, two = reading.entries
    assert (one.title, one.author, one.lang) == ("A bold move", "The Desk", "en")
    assert one.url == "https://base.example.org/x/one"
    assert one.published_at == datetime(2026, 11, 20, 15, tzinfo=UTC)
    assert one.utc_offset_min == -300
    assert one.body_html.startswith("<div")
    assert "<em>text</em>" in one.body_html
    assert (two.author, two.published_at) == ("Ann", datetime(2026, 11, 19, tzinfo=UTC))


def test_rdf() -> None:
    (entry,) = read(RDF).entries
    assert (entry.title, entry.url, entry.author) == ("One", "https://example.org/1", "Bo")
    assert (entry.published_at, entry.utc_offset_min) == (datetime(2026, 11, 18, tzinfo=UTC), 540)
    assert entry.body_html == "Text of one"


def test_rdf_with_full_text_goes_to_the_thorough_parser() -> None:
    body = RDF.replace(
        "<dc:creator>",
        '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        "<![CDATA[<p>The whole text of one.</p>]]></content:encoded><dc:creator>",
    )
    assert parse_feed_fast(body.encode(), url=URL, now=NOW) is None
    (entry,) = read(body).entries
    assert "whole text" in entry.body_html


def test_youtube_keeps_the_description() -> None:
    (entry,) = read(YOUTUBE).entries
    assert entry.url == "https://www.youtube.com/watch?v=abc"
    assert entry.body_html == "What the talk is about."


def test_podcast_without_link() -> None:
    (entry,) = read(PODCAST).entries
    assert (entry.url, entry.author, entry.utc_offset_min) == ("", "Host", -300)
    assert entry.body_html == "About nine things and more."


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_json_feed(version: str) -> None:
    data = JSON_FEED | {"version": f"https://jsonfeed.org/version/{version}"}
    reading = read(json.dumps(data))
    assert (reading.parser, reading.lang, reading.hub_url) == (
        "json",
        "en",
        "https://hub.example.net/",
    )
    seven, eight = reading.entries
    assert (seven.url, seven.author) == ("https://example.org/seven", "Ann, Bo")
    assert seven.body_html == "<p>One &amp; two.</p><p>Three &lt;four&gt;.</p>"
    assert (seven.published_at, seven.utc_offset_min) == (
        datetime(2026, 11, 21, 8, tzinfo=UTC),
        120,
    )
    assert (eight.url, eight.author, eight.title) == ("https://other.example/8", "Desk", "Eight.")


def test_json_feed_1_0_has_one_author() -> None:
    data = {"items": [{"id": "1", "title": "t", "author": {"name": "Old"}}], "authors": 5}
    (entry,) = read(json.dumps(data)).entries
    assert entry.author == "Old"


@pytest.mark.parametrize(
    "body", ["<rss><channel><title>x</title></channel></rss>", '{"items":[]}']
)
def test_a_feed_without_entries_is_a_feed(body: str) -> None:
    assert read(body).entries == ()
    assert parse_feed_fast(body.encode(), url=URL, now=NOW) is not None


def test_identity_survives_an_edit() -> None:
    before = item("<guid>g</guid><title>Old</title><link>https://e.org/1</link>")
    after = item("<guid>g</guid><title>New</title><link>https://e.org/2</link>")
    assert before.key == after.key
    assert before.content_hash != after.content_hash


def test_a_date_of_the_moment_is_no_edit() -> None:
    one = item("<guid>g</guid><title>t</title><pubDate>Fri, 20 Nov 2026 06:00:00 GMT</pubDate>")
    two = item("<guid>g</guid><title>t</title><pubDate>Fri, 20 Nov 2026 07:00:00 GMT</pubDate>")
    assert one.content_hash == two.content_hash


def test_without_guid_the_address_identifies_and_without_both_title_and_date() -> None:
    one = item("<title>a</title><link>https://e.org/1?utm_source=x</link>")
    two = item("<title>b</title><link>https://e.org/1</link>")
    assert one.key == two.key
    lone = item("<title>a</title><pubDate>Fri, 20 Nov 2026 06:00:00 GMT</pubDate>")
    assert lone.url == ""
    assert lone.key != item("<title>a</title>").key


def test_a_guid_that_all_entries_share_identifies_none() -> None:
    rows = "".join(
        f"<item><guid>https://e.org/</guid><title>t{n}</title><link>https://e.org/{n}</link></item>"
        for n in range(5)
    )
    entries = read(f"<rss><channel>{rows}</channel></rss>").entries
    assert len({entry.key for entry in entries}) == 5


def test_a_repeated_entry_counts_once() -> None:
    row = "<item><guid>1</guid><title>t</title></item>"
    reading = read(f"<rss><channel>{row * 3}<item/></channel></rss>")
    assert (len(reading.entries), reading.dropped) == (1, 3)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://e.org/a b", "https://e.org/a%20b"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("../up", "https://example.org/up"),
        ("example.org/forgot", "https://example.org/forgot"),
        ("javascript:alert(1)", ""),
        ("ftp://e.org/x", ""),
        ("mailto:x@e.org", ""),
        ("http://", ""),
        ("http://[bad", ""),
        ("https://e.org/" + "a" * 3000, ""),
    ],
)
def test_only_web_addresses_are_links(link: str, url: str) -> None:
    assert item(f"<title>t</title><link>{link}</link>").url == url


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("A &lt; B &amp;&amp; C &gt; D 🎉", "A < B && C > D 🎉"),
        ("<![CDATA[<script>alert(1)</script>Hi<br/>you]]>", "Hi you"),
        ("std::vector&lt;int&gt; and Vec&lt;T&gt;", "std::vector<int> and Vec<T>"),
        ("Using &lt;div&gt; in HTML", "Using <div> in HTML"),
        ("&amp;lt;b&amp;gt;T&amp;lt;/b&amp;gt;", "T"),
        ("Tom &amp;amp; Jerry&amp;#8217;s", "Tom & Jerry’s"),
        ("&lt;img src=x onerror=alert(1)&gt;T", "T"),
        (" a \n\t b&#160;c ", "a b c"),
        ("a\u202eb\u200bc\u2066", "abc"),
        ("it&#146;s &#150; fine", "it’s – fine"),
        ("👩\u200d💻 a\u200db", "👩\u200d💻 ab"),
        ("Caf&eacute; &hellip; &unknown; AT&T", "Café … &unknown; AT&T"),
    ],
)
def test_titles_are_plain_text(written: str, title: str) -> None:
    assert item(f"<title>{written}</title><link>https://e.org/</link>").title == title


def test_long_titles_are_cut_behind_a_word() -> None:
    english = item(f"<title>{'word ' * 200}</title>").title
    assert len(english) <= 500
    assert english.endswith("word…")
    chinese = item(f"<title>{'字' * 600}</title>").title
    assert len(chinese) == 500
    assert chinese.endswith("字…")
    exact = "x" * 500
    assert item(f"<title>{exact}</title>").title == exact


def test_a_post_without_title_is_called_by_its_beginning() -> None:
    body = "<![CDATA[<p>今天我们讨论的是一件小事。</p><p>" + "然后" * 60 + "</p>]]>"
    entry = item(f"<link>https://e.org/</link><description>{body}</description>")
    assert entry.title.startswith("今天我们讨论的是一件小事。")
    assert len(entry.title) <= 80


def test_large_bodies_are_cut_outside_of_tags() -> None:
    body = "<p>word word</p>" * 50_000
    entry = item(f"<title>t</title><description><![CDATA[{body}]]></description>")
    assert len(entry.body_html) <= 500_000
    assert entry.body_html.endswith(">")


def test_generators_default_language_yields_to_the_script() -> None:
    body = (
        "<rss><channel><language>en</language><item><title>中文标题</title></item></channel></rss>"
    )
    assert read(body).entries[0].lang == ""


def test_five_thousand_entries_keep_the_newest_thousand() -> None:
    def rows(dated: bool) -> str:
        start = datetime(2026, 1, 1, tzinfo=UTC)
        return "".join(
            f"<item><title>t{n}</title><link>https://e.org/{n}</link>"
            + (
                f"<pubDate>{start + timedelta(minutes=n):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
                * dated
            )
            + "</item>"
            for n in range(5000)
        )

    oldest_first = read(f"<rss><channel>{rows(dated=True)}</channel></rss>")
    assert (len(oldest_first.entries), oldest_first.dropped) == (1000, 4000)
    assert [entry.title for entry in oldest_first.entries[::999]] == ["t4000", "t4999"]
    undated = read(f"<rss><channel>{rows(dated=False)}</channel></rss>")
    assert [entry.title for entry in undated.entries[::999]] == ["t0", "t999"]


def test_the_fast_path_needs_no_feedparser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "feedparser", None)
    for body in (RSS, ATOM, RDF, YOUTUBE, PODCAST):
        reading = parse_feed_fast(body.encode(), url=URL, now=NOW)
        assert reading is not None
        assert reading.parser == "fast"
        assert reading.entries


ODD = {
    "titles of XHTML and nothing else": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml">One <b>port</b></div></title></entry></feed>',
        ("One port", "", ""),
    ),
    "a body of XHTML in RSS": (
        "<rss><channel><item><title>One</title>"
        '<body xmlns="http://www.w3.org/1999/xhtml"><p>Words.</p></body></item></channel></rss>',
        ("One", "", "<p>Words.</p>"),
    ),
    "a text in base64": (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>'
        '<title mode="base64">T25lIHBvcnQ=</title></entry></feed>',
        ("One port", "", ""),
    ),
    "a link with an attribute in RSS": (
        '<rss><channel><item><title>One</title><link href="/1"/></item></channel></rss>',
        ("One", "https://example.org/1", ""),
    ),
    "a link of Atom's in RSS": (
        '<rss xmlns:a="http://www.w3.org/2005/Atom"><channel><item><title>One</title>'
        '<a:link href="https://example.org/1"/></item></channel></rss>',
        ("One", "https://example.org/1", ""),
    ),
    "a base of the entry's own": (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/x/">'
        '<entry xml:base="y/"><title>One</title><link href="z"/></entry></feed>',
        ("One", "https://b.example/x/y/z", ""),
    ),
    "a base on the channel": (
        '<rss><channel xml:base="https://b.example/x/"><item><title>One</title>'
        "<link>z</link></item></channel></rss>",
        ("One", "https://b.example/x/z", ""),
    ),
    "a picture's title in front of the item's": (
        '<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><item>'
        "<media:title>A crane</media:title><title>One</title></item></channel></rss>",
        ("One", "", ""),
    ),
    "a title of the recording alone": (
        '<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><item>'
        "<itunes:title>One</itunes:title></item></channel></rss>",
        ("One", "", ""),
    ),
    "an address as identity, in capitals": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>One</title>'
        "<id>HTTPS://example.org/1</id></entry></feed>",
        ("One", "https://example.org/1", ""),
    ),
    "RSS 0.90": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>c</title></channel>'
        "<item><title>One</title><link>https://example.org/1</link></item></rdf:RDF>",
        ("One", "https://example.org/1", ""),
    ),
    "CDF": (
        '<CHANNEL HREF="https://example.org/"><ITEM HREF="https://example.org/1">'
        "<TITLE>One</TITLE><ABSTRACT>Words.</ABSTRACT></ITEM></CHANNEL>",
        ("One", "https://example.org/1", "Words."),
    ),
    "names in capitals": (
        "<RSS><CHANNEL><ITEM><TITLE>One</TITLE><LINK>https://example.org/1</LINK></ITEM>"
        "</CHANNEL></RSS>",
        ("One", "https://example.org/1", ""),
    ),
    "prefixes that nobody declared": (
        "<rss><channel><item><title>One</title><link>/1</link>"
        "<content:encoded><![CDATA[<p>Words.</p>]]></content:encoded></item></channel></rss>",
        ("One", "https://example.org/1", "<p>Words.</p>"),
    ),
    "prefixes that nobody uses": (
        '<x:feed xmlns:x="http://www.w3.org/2005/Atom"><x:entry><x:title>One</x:title>'
        '<x:link href="/1"/><x:summary>Words.</x:summary></x:entry></x:feed>',
        ("One", "https://example.org/1", "Words."),
    ),
    "a namespace that nobody knows": (
        '<feed xmlns="https://example.org/ns"><entry><title>One</title><link href="/1"/>'
        "</entry></feed>",
        ("One", "https://example.org/1", ""),
    ),
    "Dublin Core alone": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/">'
        '<item rdf:about="https://example.org/1"><dc:title>One</dc:title>'
        "<dc:description>Words.</dc:description></item></rdf:RDF>",
        ("One", "https://example.org/1", "Words."),
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_feeds_are_read(name: str) -> None:
    body, wanted = ODD[name]
    (entry,) = read(body).entries
    assert (entry.title, entry.url, entry.body_html) == wanted


def test_items_without_any_link_are_no_reason_to_read_slowly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "feedparser", None)
    rows = "".join(f"<item><title>t{n}</title></item>" for n in range(3))
    body = f'<rss><channel><link href="/"/>{rows}</channel></rss>'
    reading = parse_feed_fast(body.encode(), url=URL, now=NOW)
    assert reading is not None
    assert len(reading.entries) == 3
