"""One adapter per kind of source: what was fetched becomes a reading.

    feed ─▶ feeds · sitemap ─▶ sitemaps · page ─▶ listpage · json ─▶ jsonlist · telegram ─▶ …page

Pure and, on hostile input, slow: call it in a worker that can be killed.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from digest.errors import PollFailure, SourceError
from digest.model import AS_USUAL, FeedReading, Recipe, SourceKind
from digest.sources.feeds import parse_feed, reading_of
from digest.sources.jsonlist import parse_json_list
from digest.sources.listpage import parse_list_page
from digest.sources.sitemaps import parse_sitemap
from digest.sources.telegrampage import parse_channel


@dataclass(frozen=True, slots=True)
class Document:
    """What was fetched from `url` at `now`, and how it is to be read."""

    body: bytes
    url: str
    content_type: str
    now: datetime
    kind: SourceKind = SourceKind.FEED
    recipe: Recipe = AS_USUAL


def read_document(document: Document) -> FeedReading:
    """The entries of a document. Raises SourceError as the adapters do.

    An index of sitemaps has none: whoever fetches follows it (bot/jobs/documents.py).
    """
    body, url, content_type, now = (
        document.body, document.url, document.content_type, document.now,
    )  # fmt: skip
    recipe = document.recipe
    match document.kind:
        case SourceKind.FEED:
            return _included(parse_feed(body, url=url, content_type=content_type, now=now), recipe)
        case SourceKind.PAGE:
            raw = parse_list_page(body, url=url, recipe=recipe, content_type=content_type, now=now)
        case SourceKind.JSON:
            raw = parse_json_list(body, url=url, recipe=recipe, content_type=content_type, now=now)
        case SourceKind.TELEGRAM:
            raw = parse_channel(body, url=url, content_type=content_type, now=now)
        case SourceKind.SITEMAP:
            sitemap = parse_sitemap(body, url=url, recipe=recipe, content_type=content_type)
            if sitemap.children:
                raise SourceError(PollFailure.NOT_A_FEED, "an index of sitemaps")
            raw = sitemap.feed
    return reading_of(raw, url, now)


def _included(reading: FeedReading, recipe: Recipe) -> FeedReading:
    """A feed's entries with the addresses that the recipe wants."""
    if not recipe.include:
        return reading
    kept = tuple(entry for entry in reading.entries if recipe.include in entry.url)
    return replace(reading, entries=kept)
