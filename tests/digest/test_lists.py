import json
import time

import pytest

from digest.sources.lists import ListError, read_list


def test_json_of_described_sources_is_read_with_its_folders() -> None:
    data = [
        {"category": "财经", "name": "晨报", "routePath": "https://a.example/feed"},
        {"category": "财经", "name": "没有地址的", "routePath": "/morning/:id"},
        {"title": "Paper", "feed_url": "https://b.example/rss", "url": "https://b.example/"},
        {"organization": "Observer", "domains": ["observer.example"], "owner": "nobody"},
    ]
    found = read_list(json.dumps(data).encode())
    assert [(one.title, one.url, one.column, one.lang) for one in found.specs] == [
        ("晨报", "https://a.example/feed", "business", "zh"),
        ("Paper", "https://b.example/rss", "tech", "en"),
        ("Observer", "https://observer.example/", "tech", "en"),
    ]
    assert [(one.name, one.address) for one in found.unusable] == [("没有地址的", "/morning/:id")]


def test_json_of_bare_addresses_below_headings_is_read() -> None:
    data = {
        "AI": {"category_type": "topic", "feeds": ["https://a.example/1", "https://a.example/2"]},
        "Politics": {"feeds": ["https://b.example/", "https://a.example/1", "nothing"]},
    }
    found = read_list(json.dumps(data).encode())
    assert [(one.url, one.column) for one in found.specs] == [
        ("https://a.example/1", "ai"),
        ("https://a.example/2", "ai"),
        ("https://b.example/", "policy"),
    ]
    assert found.repeated == 1


def test_addresses_among_words_take_the_words_beside_them() -> None:
    text = """# 人工智能
- [机器之心](https://a.example/rss)
https://b.example/feed.
财经：
晨报，https://c.example/rss，每天更新
<a href="https://d.example/rss">Daily</a>
两个：https://e.example/1 和 https://e.example/2
"""
    found = read_list(text.encode("gb18030"))
    assert [(one.title, one.url, one.column) for one in found.specs] == [
        ("机器之心", "https://a.example/rss", "ai"),
        ("b.example", "https://b.example/feed", "ai"),
        ("晨报", "https://c.example/rss", "business"),
        ("Daily", "https://d.example/rss", "business"),
        ("e.example", "https://e.example/1", "business"),
        ("e.example", "https://e.example/2", "business"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b" " * 5_000_000 + b"x",
        b"# " + b" " * 2_000_000 + b"x",
        b"<" * 2_000_000,
        b"https://" * 500_000,
        b"(" * 1_000_000 + b" https://a.example/ " + b")" * 1_000_000,
    ],
    ids=["brackets", "objects", "blanks", "heading", "tags", "schemes", "edges"],
)
def test_hostile_lists_end_soon(body: bytes) -> None:
    started = time.perf_counter()
    try:
        read_list(body)
    except ListError as error:
        assert error.reason in {"empty", "too_many"}  # noqa: PT017  either is well
    assert time.perf_counter() - started < 3
