from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.identity import canonical_url, entry_key

SAME = [
    ("HTTPS://Example.COM:443/a/", "https://example.com/a"),
    ("http://example.com:80", "http://example.com/"),
    ("https://example.com", "https://example.com/"),
    ("https://example.com./a", "https://example.com/a"),
    ("https://example.com/a#comments", "https://example.com/a"),
    ("https://example.com/#!/story/9", "https://example.com/#!/story/9"),
    ("https://example.com/#/story/9", "https://example.com/#/story/9"),
    ("  https://example.com/a\n", "https://example.com/a"),
    ("https://user:pw@example.com/a", "https://example.com/a"),
    ("https://example.com:8443/a", "https://example.com:8443/a"),
    ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
    ("https://example.com/a?utm_source=rss&utm_medium=feed", "https://example.com/a"),
    ("https://example.com/a?id=7&utm_source=rss", "https://example.com/a?id=7"),
    ("https://example.com/?p=123&fbclid=x", "https://example.com/?p=123"),
    ("https://example.com/a?gclid=1&b=2&spm=a2.3", "https://example.com/a?b=2"),
    ("https://example.com/a?from=timeline&isappinstalled=0", "https://example.com/a"),
    ("https://example.com/a?from=2024-01-01&to=2", "https://example.com/a?from=2024-01-01&to=2"),
    ("https://example.com/a?ref=producthunt", "https://example.com/a"),
    ("https://example.com/a?ref=news.example.com", "https://example.com/a"),
    ("https://github.com/o/r?ref=main", "https://github.com/o/r?ref=main"),
    ("https://m.com/a?source=rss----5f&b=1", "https://m.com/a?b=1"),
    ("https://example.com/a?mc_cid=1&mc_eid=2", "https://example.com/a"),
    ("https://m.example.com/a", "https://m.example.com/a"),
    ("https://example.com/news/amp/", "https://example.com/news"),
    ("https://example.com/news.html?amp=1", "https://example.com/news.html"),
    ("https://example.com/news?outputType=amp", "https://example.com/news"),
    ("https://example.com/amplifier", "https://example.com/amplifier"),
    ("https://www.google.com/amp/s/example.com/a?b=1", "https://example.com/a?b=1"),
    ("https://example-com.cdn.ampproject.org/c/s/example.com/a", "https://example.com/a"),
    ("https://example.com/%7euser/%e4%b8%ad", "https://example.com/~user/%E4%B8%AD"),
    ("https://example.com/标签/中", "https://example.com/%E6%A0%87%E7%AD%BE/%E4%B8%AD"),
    ("https://example.com/a?q=%E4%B8%AD+b", "https://example.com/a?q=%E4%B8%AD+b"),
    ("https://example.com/a?b=2&a=1", "https://example.com/a?b=2&a=1"),
    (
        "https://www.youtube.com/watch?v=abc&si=x&feature=share",
        "https://www.youtube.com/watch?v=abc",
    ),
    (
        "https://www.bilibili.com/video/BV1?vd_source=a&p=2",
        "https://www.bilibili.com/video/BV1?p=2",
    ),
    (
        "http://mp.weixin.qq.com/s?__biz=Mz==&mid=1&idx=2&sn=ab&chksm=c&scene=27#wechat_redirect",
        "http://mp.weixin.qq.com/s?__biz=Mz==&mid=1&idx=2&sn=ab",
    ),
    ("https://mp.weixin.qq.com/s/AbC-d?from=x&scene=1", "https://mp.weixin.qq.com/s/AbC-d"),
    ("mailto:someone@example.com", "mailto:someone@example.com"),
    ("", ""),
    ("https://example.com:abc/x", "https://example.com:abc/x"),
    ("http://[bad/x", "http://[bad/x"),
]


@pytest.mark.parametrize(("url", "wanted"), SAME)
def test_an_address_has_one_spelling(url: str, wanted: str) -> None:
    assert canonical_url(url) == wanted


@given(
    st.text(max_size=60)
    | st.builds(
        "{}://{}{}?{}#{}".format,
        st.sampled_from(["http", "HTTPS", "ftp"]),
        st.sampled_from(
            ["Example.com", "www.google.com/amp/s/x.com", "a.cdn.ampproject.org/c", "[::1]"]
        ),
        st.text(max_size=20).map("/".__add__),
        st.lists(
            st.sampled_from(
                ["utm_source=a", "id=%e4%zz", "from=rss", "a=中&&", "amp", "q=a+b%20c"]
            )
        ).map("&".join),
        st.text(max_size=8),
    )
)
def test_canonical_url_is_idempotent_and_never_raises(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


def test_the_key_comes_from_the_guid_then_the_address_then_title_and_date() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert entry_key("g", "https://a/1", "t", noon) == entry_key(" g ", "https://a/2", "new", None)
    assert entry_key("", "https://a/1?utm_source=x", "t", noon) == entry_key(
        "", "https://a/1", "u", None
    )
    assert entry_key("", "", "t", noon) != entry_key("", "", "t", None)
    assert entry_key("https://a/1", "", "", None) != entry_key("", "https://a/1", "", None)
    assert len(entry_key("g", "", "", None)) == 20
