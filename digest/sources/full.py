"""The thorough path: feedparser, for what the fast parser cannot read.

It takes seconds on hostile input, so whoever calls this bounds its time (a killable worker).
"""

import calendar
import io
from datetime import UTC, datetime
from typing import Any

from digest.sources.dates import FeedDate, parse_date
from digest.sources.raw import RawEntry, RawFeed
from digest.sources.rhythm import Rhythm


def parse_full(body: bytes, rhythm: Rhythm) -> RawFeed | None:
    """Read a normalised XML feed with feedparser; None when it is none or broke the parser."""
    import feedparser  # noqa: PLC0415  80 ms that most runs never need

    try:
        # A stream only: given bytes that name a path, feedparser opens the file; given a str
        # that looks like an address, it fetches it.
        parsed = feedparser.parse(
            io.BytesIO(body),
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        if not parsed.get("version") and not parsed.get("entries"):
            return None
        return _raw_feed(parsed, rhythm)
    except Exception:  # noqa: BLE001  it raises whatever its innards raise on damaged input
        return None


def _raw_feed(parsed: Any, rhythm: Rhythm) -> RawFeed:
    head, items = parsed.get("feed") or {}, parsed.get("entries") or []
    author = _text(head.get("author"))
    return RawFeed(
        parser="feedparser",
        entries=tuple(_raw_entry(item, author) for item in items),
        title=_text(head.get("title")),
        site_url=_text(head.get("link")),
        lang=rhythm.lang or _text(head.get("language")),
        base=rhythm.base,
        hub_url=rhythm.hub_url,
    )


def _raw_entry(item: Any, author: str) -> RawEntry:
    bodies = [_text(part.get("value")) for part in item.get("content") or ()]
    bodies.append(_text(item.get("summary")))
    return RawEntry(
        guid=_text(item.get("id")),
        link=_text(item.get("link")),
        title=_text(item.get("title")),
        author=_text(item.get("author")) or author,
        bodies=tuple(body for body in bodies if body),
        date=_date(item, "published") or _date(item, "updated") or _date(item, "created"),
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _date(item: Any, name: str) -> FeedDate | None:
    """Our own reading of the date; feedparser's for the few notations only it knows."""
    written = _text(item.get(name))
    ours = parse_date(written)
    if ours or not written or "年" in written:  # it reads 2025年1月6日 as the first of November
        return ours
    parts = item.get(f"{name}_parsed")
    if not parts:
        return None
    return FeedDate(datetime.fromtimestamp(calendar.timegm(parts), UTC), None)
