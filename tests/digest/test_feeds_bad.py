"""Broken and hostile feeds, each with its defined outcome."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import PollFailure, SourceError
from digest.model import FeedReading
from digest.sources.feeds import parse_feed, parse_feed_fast
from digest.sources.normalise import MAX_BYTES

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://example.org/feed"
ZH = "朱镕基谈人工智能与芯片产业"
ZH_ITEM = (
    f"<item><title>{ZH}</title><link>/a</link>"
    "<description>记者从现场了解到，中国科学院今天发布了新的研究成果。</description></item>"
)


def rss(inside: str, encoding: str = "", head: str = "") -> str:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding else ""
    return f"{declared}{head}<rss><channel><title>c</title>{inside}</channel></rss>"


def row(number: int = 1, title: str = "One") -> str:
    return (
        f"<item><title>{title}</title><link>https://e.org/{number}</link><guid>g{number}</guid>"
        f"<pubDate>Fri, 20 Nov 2026 06:00:00 GMT</pubDate><description>Text</description></item>"
    )


def read(body: bytes | str, content_type: str = "") -> FeedReading:
    data = body.encode() if isinstance(body, str) else body
    return parse_feed(data, url=URL, content_type=content_type, now=NOW)


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        ("gb2312", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-8", "gb18030"),
        ("", "gb18030"),
        ("gbk", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("utf-16", "utf-16"),
        ("", "utf-8-sig"),
    ],
)
def test_chinese_is_read_whatever_was_declared(declared: str, actual: str) -> None:
    (entry,) = read(rss(ZH_ITEM, declared).encode(actual)).entries
    assert entry.title == ZH
    assert "中国科学院" in entry.body_html


def test_one_bad_byte_costs_one_character() -> None:
    body = rss(ZH_ITEM, "utf-8").encode()
    place = body.index("芯片".encode())
    (entry,) = read(body[:place] + b"\xff" + body[place:]).entries
    assert entry.title.replace("\ufffd", "") == ZH


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("AT&T & you", "AT&T & you"),
        ("caf&eacute;&nbsp;au lait", "café au lait"),
        ("a\x00b\x0bc &#0;&#11;&#x1f;&#xD800; d", "abc d"),
        ("&#X41;", "A"),
        ("&bogus; &", "&bogus; &"),
    ],
)
def test_references_are_repaired(title: str, wanted: str) -> None:
    (entry,) = read(rss(row(title=title))).entries
    assert entry.title == wanted
    assert entry.body_html == "Text"


def test_cdata_is_left_alone() -> None:
    inside = "<p>a &amp; b &nbsp; c & d</p>"
    body = rss(row().replace("Text", f"<![CDATA[{inside}]]>") + row(2, "x & y"))
    assert read(body).entries[0].body_html == inside


def test_naked_markup_is_kept() -> None:
    body = rss(row().replace("Text", "One <b>bold<br> text</p><img src=x>"))
    assert parse_feed_fast(body.encode(), url=URL, now=NOW) is None
    (entry,) = read(body).entries
    assert "bold" in entry.body_html
    assert "text" in entry.body_html


@pytest.mark.parametrize(
    "head",
    [
        "<br />\n<b>Warning</b>: foo() in x.php on line 3<br />\n",
        "\n\n \ufeff",
        "<!-- cached --> ",
        '<?xml-stylesheet href="x.xsl"?>',
    ],
)
def test_what_stands_in_front_is_passed_over(head: str) -> None:
    assert read(head + rss(row())).entries[0].title == "One"


def test_a_truncated_feed_gives_what_arrived() -> None:
    entries = read(rss(row(1) + row(2))[:-60]).entries
    assert [entry.title for entry in entries] == ["One", "One"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", PollFailure.NOT_A_FEED),
        (b"hello", PollFailure.NOT_A_FEED),
        (b"<!doctype html><html><body>hi</body></html>", PollFailure.NOT_A_FEED),
        (b"<?xml version='1.0'?><urlset><url/></urlset>", PollFailure.NOT_A_FEED),
        (b"<opml><body/></opml>", PollFailure.NOT_A_FEED),
        (b'{"a": 1}', PollFailure.NOT_A_FEED),
        (b'{"items": {}}', PollFailure.NOT_A_FEED),
        (b'{"items": [', PollFailure.NOT_A_FEED),
        (b'{"items": [' + b"[" * 100_000, PollFailure.NOT_A_FEED),
        (b"\x00\x01\x02\xff" * 100, PollFailure.NOT_A_FEED),
        (b"<rss>" + b" " * MAX_BYTES, PollFailure.TOO_LARGE),
        (b"<rss " + b'a="1" ' * 300_000 + b">", PollFailure.TOO_LARGE),
        (b"<rss><item " + b'a="1" ' * 600 + b"/></rss>", PollFailure.TOO_LARGE),
        (b"<rss><item>" + b"<a" * 100_000 + b"<" + b"a" * 70_000, PollFailure.TOO_LARGE),
    ],
)
def test_what_is_no_feed_is_refused(body: bytes, code: PollFailure) -> None:
    for parse in (parse_feed, parse_feed_fast):
        with pytest.raises(SourceError) as caught:
            parse(body, url=URL, now=NOW)
        assert caught.value.code is code


def test_entities_and_files_are_never_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOPSECRET")
    for declaration in (
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;]>',
        '<!DOCTYPE r [<!ENTITY a "TOPSECRET"><!ENTITY x "&a;&a;&a;&a;">]>',
    ):
        (entry,) = read(rss(row(title="a &x; b"), head=declaration)).entries
        assert entry.title == "a &x; b"
        assert "TOPSECRET" not in entry.body_html


def test_a_body_that_names_a_file_or_an_address_is_only_text(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(rss(row()))
    for body in (str(feed), feed.as_uri(), "http://127.0.0.1:9/feed.xml"):
        with pytest.raises(SourceError):
            read(body)


HOSTILE = {
    "cdata": "<rss><channel>" + "<![CDATA[" * 200_000,
    "comments": rss(row() + "<!--" * 200_000),
    "ampersands": rss(row() + "&" * 300_000),
    "entities": rss(row() + "&eacute;" * 100_000),
    "titles": rss(
        "".join(row(n, "<![CDATA[" + "<!--<script><a =" * 600 + "</b>]]>") for n in range(60))
    ),
    "language": rss("<language>" + " " * 60_000 + row()),
    "skips": rss("<skipHours>" * 5_000 + row()),
    "dates": rss("".join(row(n).replace("Fri, 20", f"{n} of the dog,") for n in range(800))),
    "guids": rss(
        "".join(f"<item><title>t</title><guid>{n} hours ago</guid></item>" for n in range(800))
    ),
    "blank dates": rss(("<pubDate>" + " " * 300) * 1_000 + row()),
    "depth": "<rss><channel>" + "<a>" * 30_000,
    "json depth": '{"items":[{"title":' + "[" * 500 + "]" * 500 + "}]}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_fast_path_stays_fast_on_hostile_input(name: str) -> None:
    body = HOSTILE[name].encode()
    started = time.process_time()
    reading = parse_feed_fast(body, url=URL, now=NOW)
    # Generous, for a busy machine; what these guard against takes minutes.
    assert time.process_time() - started < 3
    assert reading is None or len(reading.entries) <= 1000


def test_json_of_wrong_types_is_survived() -> None:
    body = (
        '{"title": 3, "items": [null, 1, {"id": true, "url": 5, "title": ["x"], "authors": "x",'
        ' "content_html": {"a": 1}, "date_published": 12}, {"title": "ok"}],'
        ' "hubs": [{"type": 1}]}'
    )
    assert [entry.title for entry in read(body).entries][-1] == "ok"


SAMPLE = rss(row(1) + row(2, ZH) + ZH_ITEM, "utf-8").encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    edits=st.lists(
        st.tuples(
            st.integers(0, len(SAMPLE) - 1),
            st.integers(0, 12),
            st.binary(max_size=6)
            | st.sampled_from([b"<", b">", b"&", b"]]>", b"<![CDATA[", b'"']),
        ),
        max_size=12,
    )
)
def test_damage_never_raises_anything_else(edits: list[tuple[int, int, bytes]]) -> None:
    body = SAMPLE
    for place, length, new in edits:
        body = body[:place] + new + body[place + length :]
    try:
        entries = read(body).entries
    except SourceError:
        entries = ()
    assert all(entry.key and len(entry.title) <= 500 for entry in entries)
