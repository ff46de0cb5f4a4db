"""The dates of an XML feed, read in one scan beside the parser.

fastfeedparser turns every date into UTC, takes some guids for dates, and spends milliseconds on
each date it does not know. So we read the dates ourselves, with the offset that was written, and
hand the parser a document in which every date is plain.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from digest.regexes import regex
from digest.sources.dates import FeedDate, parse_date
from digest.sources.normalise import outside_cdata

# Item starts and dates in document order.
_SCAN = regex(
    rb"<(?:[\w.-]{1,40}:)?(?:(?P<item>item|entry)(?:\s[^<>]{0,2000})?>"
    rb"|(?P<name>pubDate|published|issued|date|created|updated|modified|lastBuildDate)"
    rb"(?:\s[^<>]{0,300})?>\s*(?:<!\[CDATA\[)?(?P<date>[^<>\]]{4,120}))",
    re.IGNORECASE,
)
# A date may stand in a CDATA section; longer ones hold bodies, which are none of our business.
_LONG_SECTION = 200
_PUBLISHED = frozenset({b"pubdate", b"published", b"issued", b"date", b"created"})
# Spellings that fastfeedparser reads by position.
_PLAIN = regex(
    r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]\d{4})"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)"
)
# Stands where no date can be read. It lies before every date we accept.
_NO_DATE = b"1989-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Stamps:
    """What the scan found: a date per item, every date by its moment, and the plainer body."""

    per_item: tuple[FeedDate | None, ...]
    by_moment: dict[datetime, FeedDate]
    body: bytes


@dataclass(slots=True)
class _Item:
    """One item while it is scanned; `start` is where its content begins."""

    start: int
    is_rss: bool
    published: FeedDate | None = None
    updated: FeedDate | None = None
    dated: bool = False


def read_stamps(body: bytes) -> Stamps:
    """Read all dates of a normalised XML feed."""
    items: list[_Item] = []
    by_moment: dict[datetime, FeedDate] = {}
    edits: list[tuple[int, int, bytes]] = []
    for found in _found(body):
        if found["item"]:
            items.append(_Item(found.end(), found["item"].lower() == b"item"))
            continue
        written = found["date"].decode("utf-8", "replace")
        date = parse_date(written)
        if date is not None:
            by_moment[date.at] = date
        if date is None or not _PLAIN.fullmatch(written):
            edits.append((*found.span("date"), _spelt(date)))
        if items:
            _put(items[-1], date, is_published=found["name"].lower() in _PUBLISHED)
    # An RSS item without any date would have its guid tried as one.
    bare = b"<pubDate>%b</pubDate>" % _NO_DATE
    edits += [(item.start, item.start, bare) for item in items if item.is_rss and not item.dated]
    dates = tuple(item.published or item.updated for item in items)
    return Stamps(dates, by_moment, _edited(body, edits))


def _found(body: bytes) -> Iterator[re.Match[bytes]]:
    for start, end in outside_cdata(body, least=_LONG_SECTION):
        yield from _SCAN.finditer(body, start, end)


def _put(item: _Item, date: FeedDate | None, *, is_published: bool) -> None:
    item.dated = True
    if is_published:
        item.published = item.published or date
    else:
        item.updated = item.updated or date


def _spelt(date: FeedDate | None) -> bytes:
    return date.at.strftime("%Y-%m-%dT%H:%M:%SZ").encode() if date else _NO_DATE


def _edited(body: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    if not edits:
        return body
    pieces: list[bytes] = []
    position = 0
    for start, end, replacement in sorted(edits):
        pieces += (body[position:start], replacement)
        position = end
    pieces.append(body[position:])
    return b"".join(pieces)
