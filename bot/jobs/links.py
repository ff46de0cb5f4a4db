"""Read one link that a person sent: fetch, extract, condense, better, keep it for them alone."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from bot.clock import Clock
from bot.engine.jobs_cpu import DraftJob, ReadRequest, draft_article, extract_page
from bot.engine.workers import WorkerFailed, WorkerPool
from bot.fetching import Fetched, Fetcher
from bot.jobs.enriching import Enriched, Enricher
from bot.jobs.linkfaults import in_the_answer, in_the_page, on_the_way
from bot.jobs.memory import Memory
from bot.jobs.placing import StoryFinder
from bot.jobs.reading import PAGE_BYTES, story_item
from digest.errors import ExtractionError, SourceError
from digest.extract import Page
from digest.identity import canonical_url
from digest.links import LinkReading, Stage, Trouble, same_page, same_site
from digest.model import Article, Signal, SignalDraft, SignalState
from digest.stories import text_fingerprint
from storage import PrivateReading, Storage

log = logging.getLogger(__name__)

# The usual weight of a source, for pages that no source of ours brought.
_WEIGHT = 1.0
# A person does not wait longer for a page, whatever holds it up.
_FETCH_S = 40.0
_STORIES_S = 3.0
_CONDENSED = frozenset({"zh", "en"})

Tell = Callable[[Stage], None]


class _Unreadable(Exception):  # noqa: N818  an outcome, which the reader is told
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class LinkReader:
    """Reads links. What comes of one is a value; `tell` hears how far it has come."""

    def __init__(
        self,
        storage: Storage,
        fetcher: Fetcher,
        workers: WorkerPool,
        *,
        clock: Clock,
        enricher: Enricher | None = None,
        finder: StoryFinder | None = None,
    ) -> None:
        self._storage = storage
        self._fetcher = fetcher
        self._workers = workers
        self._clock = clock
        self._enricher = enricher
        self._memory = Memory(storage, clock=clock)
        self._finder = finder or StoryFinder(storage)

    async def __call__(self, url: str, tell: Tell) -> LinkReading:
        """Read the page at `url`, or find that it was read before. Never raises but cancelled."""
        try:
            return await self._read(url, tell)
        except _Unreadable as outcome:
            log.info("link %s: %s", url, outcome.trouble)
            return LinkReading(trouble=outcome.trouble)
        except Exception:  # the boundary: the person is told, the log has the trace
            log.exception("link %s", url)
            return LinkReading(trouble=Trouble.BROKEN)

    async def _read(self, url: str, tell: Tell) -> LinkReading:
        if not same_page(url):
            raise _Unreadable(Trouble.NO_ADDRESS)
        known = await self._known(url)
        if known is not None:
            return known
        tell(Stage.OPENING)
        got = await self._fetch(url)
        known = await self._known(got.url, met_at=url)
        if known is not None:
            return known
        tell(Stage.EXTRACTING)
        article = await self._extract(got)
        known = await self._known(article.canonical_url, met_at=url)
        if known is not None:
            return known
        tell(Stage.CONDENSING)
        draft = await self._condense(article)
        return await self._keep(draft, (url, got.url), tell)

    async def _known(self, url: str, *, met_at: str = "") -> LinkReading | None:
        """What is stored under an address; the way that led there is remembered."""
        found = await self._storage.signals.find_at(same_page(url))
        if found is None:
            return None
        if met_at:
            await self._storage.signals.note_addresses(found, (met_at,))
        signal = await self._storage.signals.get(found)
        return _shown(signal, known=True) if signal else None

    async def _fetch(self, url: str) -> Fetched:
        try:
            async with asyncio.timeout(_FETCH_S):
                got = await self._fetcher.fetch(url, max_bytes=PAGE_BYTES)
        except SourceError as error:
            raise _Unreadable(on_the_way(error, url)) from error
        except TimeoutError as error:
            raise _Unreadable(Trouble.TIMEOUT) from error
        trouble = in_the_answer(got)
        if trouble is not None:
            raise _Unreadable(trouble)
        return got

    async def _extract(self, got: Fetched) -> Article:
        kind = got.headers.get("content-type", "")
        page = Page(url=got.url, body=got.body, content_type=kind, status=got.status)
        request = ReadRequest(page, "", _WEIGHT, self._clock())
        try:
            article = await self._workers.run(extract_page, request, urgent=True)
        except ExtractionError as error:
            raise _Unreadable(in_the_page(error, got)) from error
        except WorkerFailed as error:
            raise _Unreadable(Trouble.UNREADABLE) from error
        if same_site(article.canonical_url, got.url):
            return article
        # Anybody can claim to be somebody else's article, and readers would believe it of us.
        return replace(article, canonical_url=canonical_url(got.url))

    async def _condense(self, article: Article) -> SignalDraft:
        names = await self._memory.names()
        taxonomy = self._memory.taxonomy()
        job = DraftJob(article, "", _WEIGHT, self._clock(), names, taxonomy)
        try:
            draft = await self._workers.run(draft_article, job, urgent=True)
        except WorkerFailed as error:
            raise _Unreadable(Trouble.UNREADABLE) from error
        if not draft.brief.points:
            strange = article.lang not in _CONDENSED
            raise _Unreadable(Trouble.LANGUAGE if strange else Trouble.SHORT)
        return draft

    async def _keep(self, draft: SignalDraft, met_at: tuple[str, ...], tell: Tell) -> LinkReading:
        """Better the draft where an engine is configured, place it, and store it privately."""
        fingerprint = text_fingerprint(draft.article)
        same = await self._storage.signals.find_same(draft.article.canonical_url, fingerprint)
        better = Enriched(draft)
        if same is None and self._enricher and self._enricher.wants(draft, backlog=False):
            tell(Stage.BETTERING)
            better = await self._enricher.first_sight(draft, backlog=False)
        scored, story = await self._placed(better.draft)
        signal = await self._storage.signals.insert_private(
            PrivateReading(scored, fingerprint, met_at), self._clock()
        )
        known = same is not None or signal.state is not SignalState.PRIVATE
        if known:
            better.dismiss()
        elif self._enricher is not None:
            await self._enricher.published(signal, better)
        return _shown(signal, known=known, story=None if known else story)

    async def _placed(self, draft: SignalDraft) -> tuple[SignalDraft, Signal | None]:
        """The draft with what others say counted in its score, and who tells the same story."""
        now = self._clock()
        item = story_item(draft, now)
        other, placed = None, item
        if await self._finder.ready(now, within_s=_STORIES_S):  # somebody waits for the card
            found = await self._finder.place(item, now)
            other = found.placement.story_of
            placed = replace(item, story_id=found.story_id)
        score = await self._memory.score(draft, placed, other, backlog=True)
        story = await self._storage.signals.get(other) if other is not None else None
        listed = story is not None and story.state is SignalState.LIVE
        return replace(draft, score=score), story if listed else None


def _shown(signal: Signal, *, known: bool, story: Signal | None = None) -> LinkReading:
    if signal.state in {SignalState.HELD, SignalState.REJECTED}:
        return LinkReading(trouble=Trouble.WITHHELD)
    return LinkReading(signal=signal, known=known, story=story)
