import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import PollState, Source, SourceSpec, SourceState
from digest.sources.catalog import load_catalog
from digest.sources.lists import MAX_LISTED, ListError, read_list
from digest.sources.opml import write_opml

NESTED = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE opml [<!ENTITY boom "boom">]>
<opml version="1.0"><head><title>x</title></head><body>
  <outline text="技术"><outline text="开源项目">
    <outline type="rss" text="Rust &amp; friends" xmlUrl="https://blog.example.org/feed.xml?utm_source=x"
             htmlUrl="https://blog.example.org/"/>
    <outline TEXT="大小写" XMLURL="https://case.example.org/rss"/>
  </outline></outline>
  <outline text="AI"><outline title="机器&lt;b&gt;学习&lt;/b&gt;"
    xmlUrl=" https://ai.example.org/atom "/></outline>
  <outline text="Markets"><outline xmlUrl="https://money.example.org/rss"/></outline>
  <outline text="again" xmlUrl="https://blog.example.org/feed.xml"/>
  <outline text="mail" xmlUrl="mailto:x@example.org"/>
  <outline text="file" xmlUrl="file:///etc/passwd"/>
  <outline text="a &boom; b" xmlUrl="https://entity.example.org/rss"/>
</body></opml>"""


def as_source(spec: SourceSpec, number: int = 1) -> Source:
    return Source(number, spec, SourceState.ACTIVE, PollState())


def test_nested_folders_tell_the_column() -> None:
    specs = {spec.url: spec for spec in read_list(NESTED.encode()).specs}
    assert list(specs) == [
        "https://blog.example.org/feed.xml?utm_source=x",
        "https://case.example.org/rss",
        "https://ai.example.org/atom",
        "https://money.example.org/rss",
        "https://entity.example.org/rss",
    ]
    first, case, ai, money, entity = specs.values()
    assert (first.title, first.column, first.lang) == ("Rust & friends", "dev", "en")
    assert first.site_url == "https://blog.example.org/"
    assert (case.title, case.column, case.lang) == ("大小写", "dev", "zh")
    assert (ai.title, ai.column, ai.lang) == ("机器学习", "ai", "zh")
    assert (money.title, money.column) == ("money.example.org", "business")
    assert "boom" not in entity.title
    assert entity.column == "tech"


def test_importing_twice_gives_the_same_keys() -> None:
    keys = [spec.key for spec in read_list(NESTED.encode()).specs]
    assert keys == [spec.key for spec in read_list(NESTED.encode()).specs]
    assert len(set(keys)) == len(keys)


def test_gb18030_is_read() -> None:
    body = '<?xml version="1.0" encoding="gb2312"?><opml><body><outline text="镕基的中国新闻频道" xmlUrl="https://z.example.cn/rss"/></body></opml>'
    (spec,) = read_list(body.encode("gb18030")).specs
    assert (spec.title, spec.lang) == ("镕基的中国新闻频道", "zh")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<rss/>",
        b"\x00\xff\xfe",
        b"{}",
        b"<opml>" + b" " * (20 * 1024 * 1024 + 1),
        b"<opml><outline " + b" ".join(b'a%d=""' % n for n in range(20_000)) + b"/></opml>",
    ],
    ids=["empty", "feed", "bytes", "json", "large", "attributes"],
)
def test_what_is_no_opml_is_refused(body: bytes) -> None:
    with pytest.raises(ListError):
        read_list(body)


def test_too_many_feeds_are_refused() -> None:
    rows = "".join(f'<outline xmlUrl="https://e.example/{n}"/>' for n in range(MAX_LISTED + 1))
    with pytest.raises(ListError, match="too_many"):
        read_list(f"<opml><body>{rows}</body></opml>".encode())


def test_deep_nesting_is_bounded() -> None:
    deep = "<outline text='a'>" * 50_000
    started = time.perf_counter()
    specs = read_list(f"<opml><body><outline xmlUrl='https://e.example/1'/>{deep}".encode()).specs
    assert [spec.url for spec in specs] == ["https://e.example/1"]
    assert time.perf_counter() - started < 2


def test_the_catalog_comes_back_from_opml() -> None:
    specs = load_catalog()
    text = write_opml([as_source(spec, n) for n, spec in enumerate(specs)])
    again = {spec.url: spec for spec in read_list(text.encode()).specs}
    assert set(again) == {spec.url for spec in specs}
    for spec in specs:
        read = again[spec.url]
        assert (read.title, read.column, read.lang, read.site_url) == (
            spec.title,
            spec.column,
            spec.lang,
            spec.site_url,
        )


@settings(max_examples=60)
@given(title=st.text(min_size=1, max_size=40))
def test_any_title_is_written_as_valid_xml(title: str) -> None:
    spec = SourceSpec("k", 'https://e.example/?a=1&b="2"', title, "dev", "zh")
    text = write_opml([as_source(spec)], title=title)
    (read,) = read_list(text.encode("utf-8", "replace")).specs
    assert read.url == 'https://e.example/?a=1&b="2"'
    assert read.column == "dev"
