"""Fetched documents read by their kind: in the loop where that is quick, else in a worker."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.engine.jobs_cpu import SitemapRequest, parse_sitemap_job, read_document_job
from bot.engine.workers import WorkerFailed, WorkerPool
from bot.fetching import Fetched
from digest.errors import PollFailure, SourceError
from digest.links import same_site
from digest.model import FeedReading, Recipe, SourceKind
from digest.sources.adapters import Document
from digest.sources.feeds import parse_feed_fast, reading_of
from digest.sources.sitemaps import Sitemap, likely_children

# Up to this size the fast parser takes single milliseconds, so it may run in the event loop.
INLINE_BYTES = 512 * 1024
# Of an index of sitemaps so many are read, in at most so many levels.
MOST_SITEMAPS = 3
DEEPEST_INDEX = 2
_OK = range(200, 300)

Get = Callable[[str], Awaitable[Fetched]]


@dataclass(frozen=True, slots=True)
class Read:
    """A reading, and the hash of all that it was made of. `several`: more than one document."""

    reading: FeedReading
    body_hash: str
    several: bool = False


class Documents:
    """Reads documents. `urgent` goes before what nobody waits for."""

    def __init__(self, workers: WorkerPool, *, urgent: bool = False) -> None:
        self._workers = workers
        self._urgent = urgent

    async def read(
        self, got: Fetched, kind: SourceKind, recipe: Recipe, now: datetime, get: Get
    ) -> Read:
        """The entries of what was fetched; `get` fetches what an index names.

        Raises SourceError, NOT_A_FEED also when the reader had to be stopped.
        """
        if kind is SourceKind.SITEMAP:
            return await self._sitemaps(got, recipe, now, get)
        content_type = got.headers.get("content-type", "")
        if kind is SourceKind.FEED and not recipe.include and len(got.body) <= INLINE_BYTES:
            fast = parse_feed_fast(got.body, url=got.url, content_type=content_type, now=now)
            if fast is not None:
                return Read(fast, body_hash(got.body))
        document = Document(got.body, got.url, content_type, now, kind, recipe)
        try:
            reading = await self._workers.run(read_document_job, document, urgent=self._urgent)
        except WorkerFailed as error:
            raise _stopped(error) from error
        return Read(reading, body_hash(got.body))

    async def _sitemaps(self, got: Fetched, recipe: Recipe, now: datetime, get: Get) -> Read:
        """A sitemap, or the likeliest of those that an index names, each read once."""
        first = await self._sitemap(got, recipe)
        if not first.children:
            reading = replace(
                reading_of(first.feed, got.url, now), site_url=_root(got.url), dropped=first.cut
            )
            return Read(reading, body_hash(got.body))
        seen, found, bodies = {got.url}, list[Sitemap](), [got.body]
        await self._follow((first,), recipe, get, _Walk(seen, found, bodies, got.url))
        if not found:
            raise SourceError(PollFailure.NO_ITEMS, "an index of sitemaps that cannot be read")
        entries = tuple(entry for sitemap in found for entry in sitemap.feed.entries)
        raw = replace(found[0].feed, entries=entries)
        reading = replace(reading_of(raw, got.url, now), site_url=_root(got.url))
        return Read(reading, body_hash(*bodies), several=True)

    async def _follow(
        self, indices: Sequence[Sitemap], recipe: Recipe, get: Get, walk: "_Walk"
    ) -> None:
        for _ in range(DEEPEST_INDEX):
            children = likely_children(
                (
                    child
                    for index in indices
                    for child in index.children
                    if child.url not in walk.seen and same_site(child.url, walk.root)
                ),
                MOST_SITEMAPS,
            )
            deeper = []
            for child in children:
                sitemap = await self._child(child.url, recipe, get, walk)
                if sitemap is not None and sitemap.children:
                    deeper.append(sitemap)
                elif sitemap is not None:
                    walk.found.append(sitemap)
            if not deeper:
                return
            indices = deeper

    async def _child(self, url: str, recipe: Recipe, get: Get, walk: "_Walk") -> Sitemap | None:
        """One of an index; what cannot be read does not keep us from the others."""
        walk.seen.add(url)
        try:
            got = await get(url)
            if got.status not in _OK:
                return None
            walk.bodies.append(got.body)
            return await self._sitemap(got, recipe)
        except SourceError:
            return None

    async def _sitemap(self, got: Fetched, recipe: Recipe) -> Sitemap:
        content_type = got.headers.get("content-type", "")
        request = SitemapRequest(got.body, got.url, content_type, recipe)
        try:
            return await self._workers.run(parse_sitemap_job, request, urgent=self._urgent)
        except WorkerFailed as error:
            raise _stopped(error) from error


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk through an index: addresses seen, sitemaps found, bodies read, where it began."""

    seen: set[str]
    found: list[Sitemap]
    bodies: list[bytes]
    root: str


def body_hash(*bodies: bytes) -> str:
    """A fingerprint of documents, in their order."""
    return hashlib.sha256(b"".join(bodies)).hexdigest()


def _stopped(error: WorkerFailed) -> SourceError:
    return SourceError(PollFailure.NOT_A_FEED, f"parser stopped: {error}")


def _root(url: str) -> str:
    return "/".join(url.split("/", 3)[:3]) + "/"
