"""The jobs that run in worker processes: each takes one value and gives one back.

Importing this is cheap for the bot itself; what the jobs need loads in the child.
"""
# ruff: noqa: PLC0415  imports inside functions are what keeps this module cheap

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from digest.extract import Page, extract
from digest.model import Article, FeedReading, NameSeen, Recipe, SignalDraft

if TYPE_CHECKING:
    from digest.condense.gazetteer import Gazetteer
    from digest.sources.adapters import Document
    from digest.sources.lists import FeedList
    from digest.sources.sitemaps import Sitemap


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A fetched page, and what its source says: usual column, weight (1.0 is usual).

    `names` are those that earlier articles taught, packed by `pack_names`; `taxonomy` is what it
    is placed by, packed too (digest/taxonomy.py).
    """

    page: Page
    column_hint: str
    source_weight: float
    now: datetime
    names: bytes = b""
    taxonomy: bytes = b""


@dataclass(frozen=True, slots=True)
class SitemapRequest:
    """A sitemap as fetched from `url`."""

    body: bytes
    url: str
    content_type: str
    recipe: Recipe


def warm_up() -> None:
    """Load the libraries and tables of both jobs, so that no job's deadline pays for it."""
    import digest.extract.reader
    import digest.pipeline
    import digest.sources.adapters  # noqa: F401  only to load it
    from digest.text.language import detect_language
    from digest.text.segmentation import words

    detect_language("Some words in a language that no script tells apart from another.")
    words("载入词典", "zh")


def read_page(request: ReadRequest) -> SignalDraft:
    """Extract, condense, place and score one page. Raises `ExtractionError`."""
    return draft_article(
        DraftJob(
            extract_page(request),
            request.column_hint,
            request.source_weight,
            request.now,
            request.names,
            request.taxonomy,
        )
    )


@dataclass(frozen=True, slots=True)
class DraftJob:
    """An article that was extracted before, and what its source says, as in `ReadRequest`."""

    article: Article
    column_hint: str
    source_weight: float
    now: datetime
    names: bytes = b""
    taxonomy: bytes = b""


def extract_page(request: ReadRequest) -> Article:
    """The first half of `read_page`, for whoever tells a waiting person how far it has come."""
    return extract(request.page, now=request.now)


def draft_article(job: DraftJob) -> SignalDraft:
    """The second half of `read_page`."""
    from digest.pipeline import DraftRequest, make_draft

    return make_draft(
        DraftRequest(job.article, job.column_hint, job.source_weight, job.now, job.taxonomy),
        _gazetteer(job.names),
    )


def pack_names(names: Sequence[NameSeen]) -> bytes:
    """Names as bytes, which go to a worker with each page at next to no cost."""
    rows = [[name.text, name.kind, name.pair] for name in names]
    return json.dumps(rows, ensure_ascii=False).encode() if rows else b""


@lru_cache(maxsize=2)  # the same names come with each page, until they are read anew
def _gazetteer(names: bytes) -> "Gazetteer":
    from digest.condense.gazetteer import standard, taught

    if not names:
        return standard()
    return taught(NameSeen(*row) for row in json.loads(names))


def read_document_job(document: "Document") -> FeedReading:
    """Read one document by its kind. Raises `SourceError`."""
    from digest.sources.adapters import read_document

    return read_document(document)


def parse_sitemap_job(request: SitemapRequest) -> "Sitemap":
    """Parse one sitemap or index of sitemaps. Raises `SourceError`."""
    from digest.sources.sitemaps import parse_sitemap

    return parse_sitemap(
        request.body,
        url=request.url,
        recipe=request.recipe,
        content_type=request.content_type,
    )


def propose_job(document: "Document") -> "tuple[Recipe, ...]":
    """Where the list in a page or JSON document is, the likeliest first. Raises `SourceError`."""
    from digest.sources.proposals import propose

    return propose(document)


def read_list_job(body: bytes) -> "FeedList":
    """The sources that a file names. Raises `ListError`."""
    from digest.sources.lists import read_list

    return read_list(body)
