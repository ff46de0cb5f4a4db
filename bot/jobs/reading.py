"""Turn waiting entries into signals: fetch the page, extract, condense, place, store."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot import meters
from bot.clock import Clock
from bot.engine.jobs_cpu import DraftJob, ReadRequest, draft_article, read_page
from bot.engine.workers import WorkerFailed, WorkerPool
from bot.fetching import Fetcher
from bot.jobs.enriching import Enriched, Enricher
from bot.jobs.memory import Memory
from bot.jobs.placing import StoryFinder
from bot.jobs.pool import work_through
from bot.jobs.publishing import hold_of, let_go
from bot.watching.about import about
from digest.errors import ExtractionError, HexinError, PollFailure, SourceError
from digest.extract import Page
from digest.identity import canonical_url
from digest.model import (
    Adds,
    EntryState,
    Signal,
    SignalDraft,
    SignalState,
    Source,
    SourceKind,
)
from digest.newness import Account, account_of, relate
from digest.score import with_context
from digest.sources.telegrampage import is_post
from digest.stories import StoryItem, StoryPlacement, text_fingerprint, told_otherwise
from storage import NewSignal, Outrun, PendingEntry, Storage
from storage.errors import is_of_machine

log = logging.getLogger(__name__)

PAGE_BYTES = 3 * 1024 * 1024
# Entries older than this are kept as backlog: found by queries, never pushed as news.
FRESH_FOR = timedelta(days=3)
# Well within a claim (storage/entries.py), also when one time is missed.
KEEP_EVERY_S = 5.0
# After a fault of the machine's: soon, and not all at the moment when it is well again.
_SOON = timedelta(seconds=10)
# A page that took its reader with it so often is not read.
_DEFEATS = 2
# How often an article is placed anew because other processes kept theirs first.
_OUTRUN_AT_MOST = 5
RETRY_AFTER = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
# A page that says so will not change its mind within minutes; the network may.
_FOR_GOOD = {PollFailure.TOO_LARGE, PollFailure.REDIRECTS}


@dataclass(frozen=True, slots=True)
class ReadResult:
    """How one entry ended: its state, and the signal it made or joined."""

    entry_id: int
    state: EntryState
    detail: str = ""
    signal: Signal | None = None


class Reader:
    """Reads waiting entries. `on_signal` is called with each new signal that may be pushed.

    With an `enricher` a draft is bettered before it is published.
    """

    def __init__(  # noqa: PLR0913  wired once
        self,
        storage: Storage,
        fetcher: Fetcher,
        workers: WorkerPool,
        *,
        clock: Clock,
        on_signal: Callable[[Signal], Awaitable[None]],
        in_flight: int = 32,
        enricher: Enricher | None = None,
        finder: StoryFinder | None = None,
    ) -> None:
        self._storage = storage
        self._fetcher = fetcher
        self._workers = workers
        self._clock = clock
        self._on_signal = on_signal
        self._in_flight = in_flight
        self._enricher = enricher
        self._finder = finder or StoryFinder(storage)
        self._memory = Memory(storage, clock=clock)
        # Same article twice at the same moment: the second must see the first one's signal.
        self._settling = asyncio.Lock()
        # What is being read by this process: its claims are kept up.
        self._in_hand: set[int] = set()
        # And it must not be bettered, and paid for, twice.
        self._bettering: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def run_due(self) -> tuple[ReadResult, ...]:
        """Read all waiting entries, a few at a time, new ones before the backlog."""
        sources: dict[int, Source] = {}

        async def claim(count: int) -> tuple[PendingEntry, ...]:
            waiting = await self._storage.entries.claim(
                self._clock(), count, besides=self._in_hand
            )
            if any(pending.source_id not in sources for pending in waiting):
                sources.update({one.id: one for one in await self._storage.sources.all()})
            return waiting

        async def read(pending: PendingEntry) -> ReadResult:
            self._in_hand.add(pending.id)
            try:
                with about(entry=pending.id), meters.timed(meters.ARTICLE_TIME):
                    result = await self.read(pending, sources[pending.source_id])
            except Exception as error:  # the boundary: one entry must not end the round
                log.exception("entry %s", pending.entry.url or pending.entry.key)
                result = await self._put_back(pending, error)
            finally:
                self._in_hand.discard(pending.id)
            meters.ARTICLES.labels(result.state).inc()
            return result

        keeping = asyncio.create_task(self._keep_claims())
        try:
            return await work_through(claim, read, self._in_flight)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep_claims(self) -> None:
        """Say again and again that what is in hand is being read, until cancelled.

        What a process that is killed had in hand is so read by another within seconds, however
        long an engine may take.
        """
        while True:
            await asyncio.sleep(KEEP_EVERY_S)
            if self._in_hand:
                try:
                    await self._storage.entries.keep(self._in_hand, self._clock())
                except Exception:  # the next time, or they are read by another
                    log.exception("claims could not be kept")

    async def read(self, pending: PendingEntry, source: Source) -> ReadResult:
        """Read one entry to its end, or put it back for a later try."""
        url = pending.entry.url or _own_address(pending, source)
        same = await self._storage.signals.find_same(canonical_url(url), "")
        if same is not None and (met := await self._meet(pending, source, same)) is not None:
            return met
        page, trouble = await self._page(pending, source, url)
        if trouble is not None and trouble.code == PollFailure.REFUSED and not page.fallback_html:
            return await self._end(pending, EntryState.OFF_LIMITS, trouble.detail)
        try:
            draft = await self._draft(page, source)
        except ExtractionError as error:
            if trouble is not None and trouble.code not in _FOR_GOOD:
                return await self._again(pending, str(trouble))
            if not pending.entry.url:
                return await self._end(pending, EntryState.SHORT, "no link, and little text")
            return await self._end(pending, error.state, str(trouble or error.detail))
        except WorkerFailed as error:
            # A page that hangs or crashes its reader does so again; a machine in need does not.
            if pending.tries < _DEFEATS:
                return await self._again(pending, str(error))
            return await self._end(pending, EntryState.FAILED, str(error))
        return await self._publish(pending, source, draft)

    async def _meet(
        self, pending: PendingEntry, source: Source, signal_id: int
    ) -> ReadResult | None:
        """The article has a signal: be one more source of it.

        One that was made for a reader's link becomes news, placed and scored as its source's;
        None when it has to be read again for that, because its text is kept no longer.
        """
        known = await self._private(signal_id)
        if known is None:
            return await self._join(pending, source, signal_id)
        article = await self._storage.signals.article(signal_id)
        if article is None:
            return None
        spec, names = source.spec, await self._memory.names()
        taxonomy = self._memory.taxonomy()
        job = DraftJob(article, spec.column, spec.weight, self._clock(), names, taxonomy)
        draft = await self._workers.run(draft_article, job)
        return await self._settle(pending, source, Enriched(replace(draft, brief=known.brief)))

    async def _private(self, signal_id: int) -> Signal | None:
        """The signal if it was made for a reader's link and is not news yet."""
        signal = await self._storage.signals.get(signal_id)
        return signal if signal and signal.state is SignalState.PRIVATE else None

    async def _publish(
        self, pending: PendingEntry, source: Source, draft: SignalDraft
    ) -> ReadResult:
        """Better the draft where an engine is configured, then make it a signal."""
        backlog = _is_backlog(pending, draft, self._clock())
        translate = source.spec.translate
        if self._enricher is None or not self._enricher.wants(
            draft, backlog=backlog, translate=translate
        ):
            return await self._settle(pending, source, Enriched(draft))
        fingerprint = text_fingerprint(draft.article)
        async with self._alone(fingerprint, draft.article.canonical_url):
            same = await self._storage.signals.find_same(draft.article.canonical_url, fingerprint)
            if same is not None and (met := await self._meet(pending, source, same)) is not None:
                return met
            better = await self._enricher.first_sight(draft, backlog=backlog, translate=translate)
            return await self._settle(pending, source, better)

    def _alone(self, *names: str) -> AbstractAsyncContextManager[None]:
        """A lock shared by all who read the same article, by the first name that is not ""."""
        name = next((name for name in names if name), "")
        if not name:
            return nullcontext()
        return self._bettering.setdefault(name, asyncio.Lock())

    async def _draft(self, page: Page, source: Source) -> SignalDraft:
        """Read the page in a worker; one that defeats it gives way to the feed's own text."""
        names = await self._memory.names()

        async def read(what: Page) -> SignalDraft:
            spec = source.spec
            request = ReadRequest(
                what,
                spec.column,
                spec.weight,
                self._clock(),
                names,
                self._memory.taxonomy(),
            )
            try:
                with meters.timed(meters.CONDENSE_TIME):
                    return await self._workers.run(read_page, request)
            except HexinError:
                raise
            except Exception as error:
                # A fault of ours that only this page brings out: the page is at an end, not we.
                log.exception("reading %s", what.url)
                raise WorkerFailed(f"{type(error).__name__}: {error}") from error

        try:
            return await read(page)
        except WorkerFailed:
            if not page.fallback_html:
                raise
            return await read(replace(page, body=b"", status=0))

    async def _page(
        self, pending: PendingEntry, source: Source, url: str
    ) -> tuple[Page, SourceError | None]:
        entry = pending.entry
        page = Page(
            url=url,
            body=b"",
            content_type="",
            fallback_html=entry.body_html,
            fallback_title=entry.title,
            fallback_author=entry.author,
            fallback_published=entry.published_at,
            fallback_offset_min=entry.utc_offset_min,
            lang_hint=entry.lang or source.spec.lang,
            status=0,
        )
        if not entry.url or _is_own_text(entry.url, source):
            return page, None
        try:
            got = await self._fetcher.fetch(url, max_bytes=PAGE_BYTES)
        except SourceError as error:
            return page, error
        trouble = _http_trouble(got.status)
        return (
            replace(
                page,
                url=got.url,
                body=got.body,
                content_type=got.headers.get("content-type", ""),
                status=got.status,
            ),
            trouble,
        )

    async def _settle(self, pending: PendingEntry, source: Source, better: Enriched) -> ReadResult:
        draft = better.draft
        fingerprint = text_fingerprint(draft.article)
        async with self._settling:
            same = await self._storage.signals.find_same(draft.article.canonical_url, fingerprint)
            if same is not None and await self._private(same) is None:
                better.dismiss()
                return await self._join(pending, source, same)
            signal, draft = await self._keep(pending, source, draft, fingerprint)
        meters.SIGNALS.inc()
        await self._memory.learn(draft, source.id)
        if self._enricher is not None:
            await self._enricher.published(signal, better)
        if not signal.backlog and signal.state is SignalState.LIVE:
            await self._on_signal(signal)
        return ReadResult(pending.id, EntryState.DONE, signal=signal)

    async def _keep(
        self, pending: PendingEntry, source: Source, draft: SignalDraft, fingerprint: str
    ) -> tuple[Signal, SignalDraft]:
        """Place, score and store a draft: again when another process was faster meanwhile."""
        now = self._clock()
        item = story_item(draft, now)
        backlog = _is_backlog(pending, draft, now)
        for outrun in reversed(range(_OUTRUN_AT_MOST + 1)):
            placed = await self._finder.place(item, now)
            placement = placed.placement
            told = await self._memory.score(
                draft,
                replace(item, story_id=placed.story_id),
                placement.story_of,
                backlog=backlog,
            )
            draft = replace(draft, score=told)
            placement, adds = await self._newness(draft, placement, now)
            hold = await hold_of(self._storage, draft, source, placement, now)
            new = NewSignal(
                draft=draft,
                entry=pending,
                source=source,
                fingerprint=fingerprint,
                backlog=backlog,
                story=placement,
                state=SignalState.HELD if hold else SignalState.LIVE,
                hold=hold,
                adds=adds,
                returns_to=None if backlog else placed.returns_to,
                judged_by=placed.judged_by if outrun else None,
            )
            try:
                signal = await self._storage.signals.insert(new, now)
                break
            except Outrun:
                continue
        kept = replace(item, signal_id=signal.id, story_id=signal.story_id)
        await self._finder.keep(kept, placement.story_of)
        return signal, draft

    async def _newness(
        self, draft: SignalDraft, placement: StoryPlacement, now: datetime
    ) -> tuple[StoryPlacement, Adds | None]:
        """What the draft is to its story by what that has told, and what it adds to it."""
        if placement.story_of is None:
            return placement, None
        told = await self._storage.newness.told(placement.story_of)
        if not told:
            return placement, None
        relation, adds = await asyncio.to_thread(relate, account(draft, now), told)
        return replace(placement, relation=relation), adds

    async def _join(self, pending: PendingEntry, source: Source, signal_id: int) -> ReadResult:
        signal = await self._storage.signals.add_source(signal_id, pending, source, self._clock())
        await self._corroborate(signal)
        held = await self._storage.signals.get(signal_id) or signal
        if await let_go(self._storage, held, source, self._clock()) and not held.backlog:
            await self._on_signal(held)
        return ReadResult(pending.id, EntryState.MERGED, signal=signal)

    async def _corroborate(self, signal: Signal) -> None:
        score = with_context(signal.score, sources=signal.other_sources + 1)
        if score != signal.score:
            await self._storage.signals.set_score(signal.id, score)

    async def _again(self, pending: PendingEntry, detail: str) -> ReadResult:
        if pending.tries > len(RETRY_AFTER):
            return await self._end(pending, EntryState.FAILED, detail)
        wait = RETRY_AFTER[max(0, pending.tries - 1)]
        await self._storage.entries.retry(pending.id, self._clock() + wait, detail)
        return ReadResult(pending.id, pending.state, detail)

    async def _put_back(self, pending: PendingEntry, error: Exception) -> ReadResult:
        """After an error that nobody expected. One of the machine's is no try of the entry's."""
        detail = f"{type(error).__name__}: {error}"
        of_machine = is_of_machine(error)
        try:
            if not of_machine:
                return await self._again(pending, detail)
            await self._storage.entries.retry(
                pending.id, self._clock() + _SOON, detail, counts=False
            )
        except Exception:  # its claim runs out
            log.exception("entry %d could not be put back", pending.id)
        return ReadResult(pending.id, pending.state, detail)

    async def _end(self, pending: PendingEntry, state: EntryState, detail: str) -> ReadResult:
        await self._storage.entries.finish(pending.id, state, detail, now=self._clock())
        log.info("entry %s: %s %s", pending.entry.url or pending.entry.key, state, detail)
        return ReadResult(pending.id, state, detail)


def _is_own_text(url: str, source: Source) -> bool:
    """Whether the entry is all there is: a Telegram post's page shows less than its channel's."""
    return source.spec.kind is SourceKind.TELEGRAM and is_post(url)


def _own_address(pending: PendingEntry, source: Source) -> str:
    """For an entry without a link: its source's page, told apart from its other entries.

    As a query: fragments are dropped when addresses are compared.
    """
    base = source.spec.site_url or source.spec.url
    return f"{base}{'&' if '?' in base else '?'}entry={pending.entry.key}"


def _http_trouble(status: int) -> SourceError | None:
    if status in {429, 500, 502, 503, 504}:
        return SourceError(PollFailure.UNAVAILABLE, f"HTTP {status}", status=status)
    return None


def _is_backlog(pending: PendingEntry, draft: SignalDraft, now: datetime) -> bool:
    published = draft.article.published_at
    old = published is not None and now - published > FRESH_FOR
    return old or pending.state == EntryState.BACKLOG


def account(draft: SignalDraft, now: datetime) -> Account:
    """What a draft tells, at the time by which signals are put in order."""
    return account_of(
        0,
        draft.article,
        draft.brief,
        title=draft.article.title,
        lang=draft.article.lang,
        kind=draft.placement.kind,
        at=min(draft.article.published_at or now, now),
    )


def story_item(draft: SignalDraft, now: datetime) -> StoryItem:
    """What the story index needs of a draft."""
    article, brief = draft.article, draft.brief
    # Other articles on the same event are in simplified characters.
    told = draft.simple.sentences if draft.simple else article.sentences
    return StoryItem(
        signal_id=0,
        story_id=None,
        title=brief.headline if draft.simple else article.title,
        lead_text=" ".join(sentence.text for sentence in told[:5]),
        lang=article.lang,
        keywords=brief.keywords,
        numbers=tuple(number.text for number in brief.numbers),
        at=min(article.published_at or now, now),
        score=draft.score.total,
        also="" if draft.simple else told_otherwise(brief, article.lang),
    )
