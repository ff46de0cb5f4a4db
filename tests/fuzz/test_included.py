"""Documents that would have other documents read: nothing is fetched, and nothing included."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.errors import SourceError
from digest.sources.feeds import parse_feed
from digest.sources.jsonlist import load_json, search
from digest.sources.lists import ListError, read_list
from tests.fuzz.targets import BY_NAME

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://e.example/feed"
XI = 'xmlns:xi="http://www.w3.org/2001/XInclude"'


def including(secret: Path, parse: str) -> str:
    return f'<xi:include {XI} href="{secret.as_uri()}" parse="{parse}"/>'


@pytest.mark.parametrize("parse", ["text", "xml"])
@pytest.mark.parametrize(
    "shape",
    [
        "<rss><channel><item><title>One{}</title><description>Words{}</description></item>{}"
        "</channel></rss>",
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="xhtml">One{}</title>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Words{}</div></content>'
        "</entry>{}</feed>",
        '<?xml-stylesheet href="{0}"?><rss><channel><item><title>One{0}</title></item></channel>'
        "</rss>",
    ],
)
def test_a_feed_includes_nothing(tmp_path: Path, parse: str, shape: str) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<item><title>SECRET</title></item>", encoding="utf-8")
    inside = including(secret, parse)
    body = shape.format(inside) if "{0}" in shape else shape.replace("{}", inside)
    found = parse_feed(body.encode(), url=URL, now=NOW)
    assert found.entries
    assert "SECRET" not in repr(found)


def test_a_list_of_sources_includes_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.opml"
    secret.write_text(
        '<outline type="rss" text="SECRET" xmlUrl="https://s.example/"/>', encoding="utf-8"
    )
    outline = '<outline type="rss" text="N" xmlUrl="https://n.example/feed"/>'
    body = f"<opml><body>{including(secret, 'xml')}{outline}</body></opml>"
    assert [one.url for one in read_list(body.encode()).specs] == ["https://n.example/feed"]


ITEM = '{"id": 1, "id": 2, "url": "https://e.example/1", "title": "One", "title": "Two"}'
FEED = '{"version": "https://jsonfeed.org/version/1.1", "items": [%s]}'


def test_of_keys_that_are_there_twice_the_last_one_counts() -> None:
    (entry,) = parse_feed((FEED % ITEM).encode(), url=URL, now=NOW).entries
    assert (entry.title, entry.url) == ("Two", "https://e.example/1")


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 4000, "-0.0"])
def test_numbers_that_are_none_are_no_words(number: str) -> None:
    item = f'{{"url": "https://e.example/1", "title": {number}, "date_published": {number}}}'
    (entry,) = parse_feed((FEED % item).encode(), url=URL, now=NOW).entries
    assert entry.published_at is None
    assert entry.title in {"", "9" * 4000} or entry.title.endswith("…")
    assert len(entry.title) <= 500


@pytest.mark.parametrize("body", [FEED % ('{"id": %s}' % ("9" * 5000)), FEED % "[[", FEED % "{"])
def test_what_python_reads_not_is_refused(body: str) -> None:
    with pytest.raises(SourceError):
        parse_feed(body.encode(), url=URL, now=NOW)
    with pytest.raises(SourceError):
        load_json(body.encode())


def test_a_json_list_finds_no_words_in_numbers_that_are_none() -> None:
    data = load_json(b'{"items": [{"title": NaN, "score": Infinity}]}')
    assert json.dumps(search("items[0].score", data)) == "Infinity"


@pytest.mark.parametrize(
    "text",
    [
        '{"headline": "a", "headline": NaN, "points": []}',
        '{"headline": "a", "points": [{"text": "b", "sentences": [1e999]}], "points": NaN}',
        '{"headline": %s, "points": []}' % ("9" * 5000),
        '{"headline": "a", "points": [{"text": "b", "sentences": [%s]}]}' % ("9" * 4000),
    ],
)
def test_a_model_that_answers_so_keeps_the_promise(text: str) -> None:
    BY_NAME["model"].check_bytes(text.encode())


@pytest.mark.parametrize(
    "body",
    [
        b'[{"url": "https://a.example/", "url": "https://b.example/", "title": NaN}]',
        b'[{"url": NaN}]',
        b"[" + b"9" * 5000 + b"]",
    ],
)
def test_a_list_in_json_of_odd_values(body: bytes) -> None:
    try:
        found = read_list(body)
    except ListError:
        return
    assert [one.url for one in found.specs] == ["https://b.example/"]
