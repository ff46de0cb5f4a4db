"""JSON Feed 1.0 and 1.1 (jsonfeed.org), with a type check on every value."""

import html
import json
from typing import Any

from digest.errors import PollFailure, SourceError
from digest.sources.dates import parse_date
from digest.sources.raw import NO_LETTERS, RawEntry, RawFeed


def parse_json_feed(body: bytes) -> RawFeed:
    """Read a JSON Feed. Raises SourceError(NOT_A_FEED) for any other JSON."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceError(PollFailure.NOT_A_FEED, "broken JSON") from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise SourceError(PollFailure.NOT_A_FEED, "JSON, but no JSON Feed")
    items = [item for item in data["items"] if isinstance(item, dict)]
    author = _author(data)
    return RawFeed(
        parser="json",
        entries=tuple(_entry(item, author) for item in items),
        title=_text(data, "title"),
        site_url=_text(data, "home_page_url"),
        lang=_text(data, "language"),
        hub_url=_hub(data),
    )


def _hub(data: dict[str, Any]) -> str:
    hubs = data.get("hubs")
    for hub in hubs if isinstance(hubs, list) else []:
        if isinstance(hub, dict) and _text(hub, "type").lower() == "websub":
            return _text(hub, "url")
    return ""


def _entry(item: dict[str, Any], author: str) -> RawEntry:
    plain = _text(item, "content_text")
    date = parse_date(_text(item, "date_published")) or parse_date(_text(item, "date_modified"))
    return RawEntry(
        guid=_text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        author=_author(item) or author,
        bodies=(_text(item, "content_html"), _paragraphs(plain), _text(item, "summary")),
        date=date,
    )


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if isinstance(value, str):
        return NO_LETTERS.sub("", value).strip()
    # 1.0 says of ids that a reader must take a number for its digits.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _author(data: dict[str, Any]) -> str:
    """Names of `authors` (1.1), else of `author` (1.0)."""
    listed = data.get("authors")
    people = listed if isinstance(listed, list) else [data.get("author")]
    names = [_text(person, "name") for person in people if isinstance(person, dict)]
    return ", ".join(name for name in names if name)


def _paragraphs(text: str) -> str:
    """Plain text as HTML, one paragraph per blank line."""
    blocks = [html.escape(block.strip()) for block in text.split("\n\n")]
    return "".join(f"<p>{block}</p>" for block in blocks if block)
