"""What words are tried as: the documented addresses of services, and what is none of them."""

import pytest

from digest.model import SourceKind
from digest.sources.services import as_url, recognise, services_of, video_feed
from digest.sources.trial import Service

API = "https://export.arxiv.org/api/query?search_query="


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("https://www.youtube.com/user/harbour", None),
        ("https://m.youtube.com/channel/UCabcdefghijklmnopqrstuv/videos",
         "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"),
        ("https://github.com/harbour/belts.git",
         "https://github.com/harbour/belts/releases.atom"),
        ("https://github.com/harbour/belts/tags", "https://github.com/harbour/belts/tags.atom"),
        ("https://github.com/harbour/belts/commits/main.atom",
         "https://github.com/harbour/belts/commits/main.atom"),
        ("/r/belts", "https://www.reddit.com/r/belts/.rss"),
        ("https://www.reddit.com/r/belts/comments/x1/story/", "https://www.reddit.com/r/belts/.rss"),
        ("ti:belts AND au:li", f"{API}ti:belts+AND+au:li"),
        ("arxiv: sorting machines", f"{API}all:sorting+machines"),
        ("arxiv:cs.LG", f"{API}cat:cs.LG"),
        ("@harbour@toots.example", "https://toots.example/@harbour.rss"),
        ("https://t.me/s/harbour?before=7", "https://t.me/s/harbour"),
        ("@li.bsky.social", "https://bsky.app/profile/li.bsky.social/rss"),
        ("https://bsky.app/profile/did:plc:abc123",
         "https://bsky.app/profile/did:plc:abc123/rss"),
        ("https://medium.com/@li", "https://medium.com/feed/@li"),
    ],
)  # fmt: skip
def test_words_of_a_service_are_its_documented_address(words: str, url: str | None) -> None:
    attempts = recognise(words).attempts
    first = attempts[0].url.partition("&sortBy")[0] if attempts else None
    assert first == url


@pytest.mark.parametrize(
    "words",
    ["https://github.com/harbour", "https://github.com/topics/rust", "https://arxiv.org/abs/2603.1",
     "https://www.youtube.com/about", "https://www.reddit.com/", "https://bsky.app/",
     "https://news.ycombinator.com/item?id=1", "example.org", "EXAMPLE.org/news?p=1"],
)  # fmt: skip
def test_other_addresses_are_pages(words: str) -> None:
    wanted = recognise(words)
    assert wanted.attempts == ()
    assert wanted.page


def test_an_official_interface_comes_before_an_unofficial_copy() -> None:
    urls = [attempt.url for attempt in recognise("hn").attempts]
    assert urls[0].startswith("https://hn.algolia.com/api/v1/")
    assert urls[1] == "https://news.ycombinator.com/rss"
    assert not any("hnrss" in url for url in urls)
    assert recognise("hn").attempts[0].kind is SourceKind.JSON


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("feed://example.org/rss", "https://example.org/rss"),
        ("feed:https://example.org/rss", "https://example.org/rss"),
        ("rsshub://weibo/user/1", "https://rsshub.app/weibo/user/1"),
        ("https://example.org/a?q=News Item&x=1", "https://example.org/a?q=News%20Item&x=1"),
        ("https://example.org/feed 这个不错", "https://example.org/feed"),
        ("192.168.1.4:1200/x", "https://192.168.1.4:1200/x"),
        ("two words", ""),
        ("word", ""),
        ("ftp://example.org/", ""),
    ],
)
def test_an_address_is_taken_as_browsers_take_it(words: str, url: str) -> None:
    assert as_url(words) == url


def test_a_name_may_be_of_several_services() -> None:
    assert list(services_of("@harbour")) == [Service.TELEGRAM, Service.YOUTUBE]
    assert list(services_of("https://any.example/@li")) == [Service.MASTODON, Service.PAGE]
    assert list(services_of("nothing at all")) == []


@pytest.mark.parametrize(
    "page",
    [
        '<link rel="canonical" href="https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv">',
        '<script>{"externalId":"UCabcdefghijklmnopqrstuv"}</script>',
        '<link href="https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv">',
    ],
)
def test_a_youtube_page_names_its_channel(page: str) -> None:
    assert video_feed(page).endswith("channel_id=UCabcdefghijklmnopqrstuv")
    assert video_feed("<html>a page of none</html>") == ""
