"""The fast path: fastfeedparser on normalised bytes, with the dates read by ourselves."""

import re
from collections.abc import Sequence
from typing import Any

import fastfeedparser

from digest.regexes import regex
from digest.sources.dates import FeedDate, parse_date
from digest.sources.normalise import outside_cdata
from digest.sources.raw import RawEntry, RawFeed
from digest.sources.rhythm import Rhythm
from digest.sources.stamps import Stamps, read_stamps

_TEXTS = regex(
    rb"<(?:[\w.-]{1,40}:)?(?:description|summary|content|encoded|abstract|tagline|body|fullitem)"
    rb"(?:\s[^<>]{0,300})?>\s*[^\s<]"
    rb"|<(?:[\w.-]{1,40}:)?(?:description|summary|content|encoded|body)"
    rb"(?:\s[^<>]{0,300})?>\s*<(?!/|!\[CDATA\[\s*\]\]>)",
    re.IGNORECASE,
)
_ITEM = regex(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_RDF = regex(rb"<(?:[\w.-]{1,40}:)?rdf[\s>]", re.IGNORECASE)
# Elements inside what should be text: fastfeedparser keeps only the words before the first one.
_NAKED = regex(
    rb"<(?:title|summary|description|tagline)(?:\s[^<>]{0,300})?>[^<]{0,5000}<(?![/!])",
    re.IGNORECASE,
)
# Addresses as Atom writes them, in items of RSS too, which fastfeedparser looks for in Atom alone.
_HREF = regex(rb"<(?:[\w.-]{1,40}:)?link\s[^<>]{0,2000}href\s*=", re.IGNORECASE)
# A base within the document; fastfeedparser resolves nothing, and we know the document's alone.
_INNER_BASE = regex(
    rb"<(?:[\w.-]{1,40}:)?(?:item|entry|link)\s[^<>]{0,2000}xml:base\s*=", re.IGNORECASE
)
_TITLES = ((b"<media:title", b"</media:title"), (b"<itunes:title", b"</itunes:title"))
_WRAPPER = regex(
    r"<(?:[\w.-]{1,40}:)?content(?:\s[^<>]*)?>(.*)</(?:[\w.-]{1,40}:)?content>\s*", re.DOTALL
)


def parse_fast(body: bytes, rhythm: Rhythm) -> RawFeed | None:
    """Read a normalised XML feed; None when it cannot be parsed."""
    try:
        stamps = read_stamps(body)
        # Bytes only: given a str that looks like an address, fastfeedparser fetches it.
        parsed = fastfeedparser.parse(
            _own_titles_first(stamps.body, len(stamps.per_item)),
            include_tags=False,
            include_media=b"<media:" in body,
            include_enclosures=False,
        )
        return _raw_feed(parsed.get("feed") or {}, parsed["entries"], stamps, rhythm)
    except Exception:  # noqa: BLE001  a parser's bug on odd input is what the other parser is for
        return None


def suffices(feed: RawFeed, body: bytes) -> bool:
    """Whether another parser would hardly find more in the same document.

    It would when items were overlooked, when half of the entries lack a text or an address that
    the document seems to have, or where the document does what this parser does not understand.
    """
    if _RDF.search(body, 0, 500) and b"content:encoded>" in body:
        return False  # fastfeedparser reads the full text in RSS alone
    half = len(feed.entries) / 2
    first = _ITEM.search(body)
    if not feed.entries or first is None:
        return first is None
    if sum(not entry.text for entry in feed.entries) > half and (
        len(_TEXTS.findall(body, 0, 2_000_000)) > half
    ):
        return False
    links = [entry.link for entry in feed.entries]
    if sum(not link for link in links) > half and _HREF.search(body, first.end()):
        return False
    if any(link and "://" not in link for link in links) and _INNER_BASE.search(body):
        return False
    return b'base64"' not in body and not _has_naked_markup(body)


def _own_titles_first(body: bytes, items: int) -> bytes:
    """`body` without the titles of pictures and recordings where items have titles of their own.

    fastfeedparser takes the first element called title, whatever its prefix.
    """
    for start, end in _TITLES:
        if start in body and body.count(b"<title") >= items:
            body = body.replace(start, b"<x").replace(end, b"</x")
    return body


def _has_naked_markup(body: bytes) -> bool:
    return any(_NAKED.search(body, start, end) for start, end in outside_cdata(body))


def _raw_feed(
    head: dict[str, Any],
    items: list[dict[str, Any]],
    stamps: Stamps,
    rhythm: Rhythm,
) -> RawFeed:
    author = _text(head.get("author"))
    dates = _dates(items, stamps)
    return RawFeed(
        parser="fast",
        entries=tuple(
            _raw_entry(item, date, author) for item, date in zip(items, dates, strict=True)
        ),
        title=_text(head.get("title")),
        site_url=_text(head.get("link")),
        lang=rhythm.lang,
        base=rhythm.base,
        hub_url=rhythm.hub_url,
    )


def _raw_entry(item: dict[str, Any], date: FeedDate | None, author: str) -> RawEntry:
    bodies = [_unwrapped(_text(part.get("value"))) for part in item.get("content") or ()]
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


def _unwrapped(markup: str) -> str:
    """XHTML content without the `<content>` element around it."""
    found = _WRAPPER.fullmatch(markup) if "content" in markup[:50] else None
    return found[1].strip() if found else markup


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _dates(items: list[dict[str, Any]], stamps: Stamps) -> Sequence[FeedDate | None]:
    """One date per item: by place, or by its moment where items were counted differently.

    A moment that the document does not contain was made up from a guid.
    """
    if len(stamps.per_item) == len(items):
        return stamps.per_item
    read = [parse_date(_text(item.get("published"))) for item in items]
    return [stamps.by_moment.get(date.at) if date else None for date in read]
