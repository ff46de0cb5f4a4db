import time

import pytest

from digest.sources.discovery import MAX_FOUND, find_feeds

PAGE = """<!doctype html><html><head>
<!-- <link rel="alternate" type="application/rss+xml" href="/old.xml"> -->
<link rel="alternate" type="application/rss+xml" title="E &raquo; Comments Feed"
 href="/comments/feed/">
<link rel="alternate" type="application/json" href="https://example.org/wp-json/wp/v2/posts/7">
<link href='/feed/?a=1&amp;b=2' type="application/rss+xml; charset=utf-8" rel=alternate>
<LINK REL="feed" HREF="atom.xml">
<link rel="alternate" type="application/feed+json" href="https://cdn.example.net/feed.json">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="stylesheet" type="text/css" href="/a.css">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
</head><body><a class=x href="/podcast.rss">RSS</a><a href="/about">About</a></body></html>"""


def test_declared_feeds_come_first_and_comments_after_them() -> None:
    found = find_feeds(PAGE, "https://example.org/blog/post.html")
    assert found[:5] == (
        "https://example.org/feed/?a=1&b=2",
        "https://example.org/blog/atom.xml",
        "https://cdn.example.net/feed.json",
        "https://example.org/comments/feed/",
        "https://example.org/podcast.rss",
    )
    assert not any("wp-json" in url or "javascript" in url or "old.xml" in url for url in found)
    assert len(found) == len(set(found)) <= MAX_FOUND


def test_usual_paths_stand_in_when_the_page_says_nothing() -> None:
    found = find_feeds("<html><body>hello", "https://example.org/news?x=1")
    assert found[:2] == ("https://example.org/news/feed", "https://example.org/news/feed.xml")
    assert "https://example.org/rss.xml" in found
    assert all(url.startswith("https://example.org/") for url in found)


def test_the_base_element_is_obeyed() -> None:
    page = '<base href="https://other.example/x/"><link rel=feed href=f.atom>'
    assert find_feeds(page, "https://example.org/")[0] == "https://other.example/x/f.atom"


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        (
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv",
        ),
        ("https://github.com/python/cpython", "https://github.com/python/cpython/releases.atom"),
        ("https://old.reddit.com/r/python/", "https://www.reddit.com/r/python/.rss"),
    ],
)
def test_some_sites_are_known(page: str, feed: str) -> None:
    assert find_feeds("", page)[0] == feed


@pytest.mark.parametrize(
    "page",
    [
        "<link " * 200_000,
        "<link rel=alternate " + 'a="b" ' * 200_000,
        "<a href=/feed>" * 100_000,
        "<!--" * 300_000,
        "<base href='" * 100_000,
        "<link rel=alternate type=application/rss+xml href=/f.xml>" * 50_000,
    ],
)
def test_hostile_pages_take_bounded_time(page: str) -> None:
    started = time.perf_counter()
    found = find_feeds(page, "https://example.org/")
    assert time.perf_counter() - started < 2
    assert len(found) <= MAX_FOUND


def test_addresses_that_are_none_give_nothing() -> None:
    assert find_feeds("<link rel=alternate type=application/rss+xml href=/x>", "not a url") == ()
