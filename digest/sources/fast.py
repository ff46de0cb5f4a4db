"""The fast path: fastfeedparser on normalised bytes, and dates read by ourselves.

fastfeedparser turns every date into UTC and takes some guids for dates; we want the offset that
the feed wrote, so the dates are read from the document in one scan beside it.
"""

import re
from datetime import datetime
from typing import Any

import fastfeedparser

from digest.sources.dates import FeedDate, parse_date
from digest.sources.raw import MAX_ENTRIES, RawEntry, RawFeed
from digest.sources.rhythm import Rhythm

# Item starts and dates in document order; CDATA is passed over in one step.
_SCAN = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<(?:[\w.-]{1,40}:)?(?P<item>item|entry)(?=[\s>])"
    r"|<(?:[\w.-]{1,40}:)?(?P<name>pubDate|published|issued|date|created|updated|modified"
    r"|lastBuildDate)(?:\s[^<>]{0,300})?>\s*(?:<!\[CDATA\[)?\s*(?P<date>[^<>\]]{4,100})",
    re.IGNORECASE | re.DOTALL,
)
_PUBLISHED = frozenset({"pubdate", "published", "issued", "date", "created"})
_TEXTS = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:description|summary|content|encoded|abstract|tagline|body)"
    r"(?:\s[^<>]{0,300})?>\s*[^\s<]|<(?:[\w.-]{1,40}:)?(?:description|summary|content|encoded)"
    r"(?:\s[^<>]{0,300})?>\s*<(?!/)",
    re.IGNORECASE,
)
_RICH_TITLE = re.compile(r"<title\s[^<>]{0,200}type\s*=\s*[\"']xhtml", re.IGNORECASE)


def parse_fast(text: str, rhythm: Rhythm) -> RawFeed | None:
    """Read a normalised XML feed; None when it cannot be parsed."""
    try:
        # Bytes only: given a str that looks like an address, fastfeedparser fetches it.
        parsed = fastfeedparser.parse(
            text.encode("utf-8", "replace"),
            include_tags=False,
            include_media="<media:" in text,
            include_enclosures=False,
        )
        items = parsed["entries"]
        dates = _dates(text, len(items))
        return _raw_feed(parsed.get("feed") or {}, items, dates, rhythm)
    except Exception:  # noqa: BLE001  a parser's bug on odd input is what the other parser is for
        return None


def suffices(feed: RawFeed, text: str) -> bool:
    """Whether another parser would hardly find more in the same document.

    It would when there are no entries, or when half of them lack a title or text that the
    document seems to have.
    """
    half = len(feed.entries) / 2
    if not feed.entries:
        return False
    if sum(not entry.text for entry in feed.entries) > half:
        return len(_TEXTS.findall(text, 0, 2_000_000)) <= half
    if sum(not entry.title for entry in feed.entries) > half:
        return not _RICH_TITLE.search(text)
    return True


def _raw_feed(
    head: dict[str, Any],
    items: list[dict[str, Any]],
    dates: list[FeedDate | None] | dict[datetime, FeedDate],
    rhythm: Rhythm,
) -> RawFeed:
    author = _text(head.get("author"))
    entries = []
    for number, item in enumerate(items[:MAX_ENTRIES]):
        date = dates[number] if isinstance(dates, list) else _date_of(item, dates)
        entries.append(_raw_entry(item, date, author))
    return RawFeed(
        parser="fast",
        entries=tuple(entries),
        title=_text(head.get("title")),
        site_url=_text(head.get("link")),
        lang=rhythm.lang,
        base=rhythm.base,
        hub_url=rhythm.hub_url,
        beyond=max(0, len(items) - MAX_ENTRIES),
    )


def _raw_entry(item: dict[str, Any], date: FeedDate | None, author: str) -> RawEntry:
    bodies = [_text(part.get("value")) for part in item.get("content") or ()]
    bodies.append(_text(item.get("description")))
    bodies += [_text(part.get("description")) for part in item.get("media_content") or ()]
    return RawEntry(
        guid=_text(item.get("id")),
        link=_text(item.get("link")),
        title=_text(item.get("title")),
        author=_text(item.get("author")) or author,
        bodies=tuple(body for body in bodies if body),
        date=date,
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _dates(text: str, count: int) -> list[FeedDate | None] | dict[datetime, FeedDate]:
    """One date per item, or all dates by their moment when items were counted differently."""
    items: list[tuple[list[str], list[str]]] = []
    every: list[str] = []
    for found in _SCAN.finditer(text):
        if found["item"]:
            items.append(([], []))
        elif found["date"]:
            every.append(found["date"])
            if items:
                items[-1][found["name"].lower() not in _PUBLISHED].append(found["date"])
    if len(items) == count:
        return [_first_readable(published + updated) for published, updated in items]
    read = [date for date in map(parse_date, every) if date]
    return {date.at: date for date in read}


def _first_readable(texts: list[str]) -> FeedDate | None:
    for text in texts:
        date = parse_date(text)
        if date:
            return date
    return None


def _date_of(item: dict[str, Any], dates: dict[datetime, FeedDate]) -> FeedDate | None:
    """The parser's own moment with the offset the document wrote for it.

    A moment that the document does not contain was made up from a guid.
    """
    found = parse_date(_text(item.get("published")))
    return dates.get(found.at) if found else None
