"""Real feeds, where the folder of real data is at hand."""

import os
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.model import FeedReading
from digest.sources.feeds import parse_feed

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(
        not os.environ.get("HEXIN_CORPORA"), reason="HEXIN_CORPORA names no folder of real data"
    ),
]

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def bodies(name: str) -> Iterator[tuple[str, bytes]]:
    folder = Path(os.environ["HEXIN_CORPORA"])
    with tarfile.open(folder / name / "files.tar.gz") as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if member.isfile() and stream is not None:
                yield member.name, stream.read()


@pytest.mark.parametrize("name", ["feeds_real", "feeds_zh_polls"])
def test_real_feeds_are_read(name: str) -> None:
    readings: dict[str, FeedReading] = {}
    for path, body in bodies(name):
        readings[path] = parse_feed(body, url="https://feed.example/feed.xml", now=NOW)
    with_items = [
        path for path, body in bodies(name) if any(tag in body for tag in (b"item", b"entry"))
    ]
    entries = [entry for reading in readings.values() for entry in reading.entries]
    assert all(readings[path].entries for path in with_items)
    assert sum(reading.parser != "feedparser" for reading in readings.values()) >= 0.95 * len(
        readings
    )
    assert sum(bool(entry.title) for entry in entries) >= 0.99 * len(entries)
    assert sum(bool(entry.url) for entry in entries) >= 0.97 * len(entries)
    assert sum(bool(entry.published_at) for entry in entries) >= 0.97 * len(entries)
    assert all(len(entry.title) <= 500 and "\ufffd" not in entry.title for entry in entries)
