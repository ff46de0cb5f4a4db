"""From anything a person types to sources that are ready to be saved, tried at once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from bot.clock import Clock
from bot.engine.jobs_cpu import FeedRequest, parse_feed_job
from bot.engine.workers import WorkerFailed, WorkerPool
from bot.fetching import Fetched, Fetcher
from digest.errors import PollFailure, SourceError
from digest.identity import canonical_url
from digest.model import Entry, FeedReading, Source, SourceSpec
from digest.sources.answers import STATUS_FAILURES
from digest.sources.discovery import find_feeds
from digest.sources.trial import (
    SAMPLES,
    Proposal,
    Refusal,
    Refused,
    Remark,
    Sample,
    Service,
    Trial,
)
from digest.text.decoding import decode
from digest.text.language import detect_language

log = logging.getLogger(__name__)

FALLBACK_COLUMN = "tech"
MOST_CANDIDATES = 6
LONGEST_WORDS = 2_000
TRIAL_S = 60.0
_OLD = timedelta(days=90)
_SERVER_ERROR = 500

Known = Callable[[], Awaitable[tuple[Source, ...]]]


class Discoverer:
    """Tries words and specs. Every failure is a refusal in the trial; nothing is saved."""

    def __init__(
        self, fetcher: Fetcher, workers: WorkerPool, *, clock: Clock, known: Known
    ) -> None:
        self._fetcher = fetcher
        self._workers = workers
        self._clock = clock
        self._known = known

    async def __call__(self, words: str) -> Trial:
        """What `words` are: an address, a channel, a repository, a query and so on."""
        words = words.strip()
        if not words:
            return Trial(words, refusal=Refusal(Refused.NO_WORDS))
        try:
            async with asyncio.timeout(TRIAL_S):
                return await self._discover(words[:LONGEST_WORDS])
        except SourceError as error:
            return Trial(words, refusal=Refusal(error.code, words, error.detail))
        except TimeoutError:
            return Trial(words, refusal=Refusal(PollFailure.TIMEOUT, words))
        except Exception as error:  # the boundary: the editor is told, the log has the trace
            log.exception("trying %r", words)
            return Trial(words, refusal=Refusal(Refused.UNAVAILABLE, "", type(error).__name__))

    async def preview(self, spec: SourceSpec) -> Trial:
        """The entries that this very spec brings, with its own recipe and headers."""
        return await self(spec.url)

    async def _discover(self, words: str) -> Trial:
        got = await self._get(words if "://" in words else f"https://{words}")
        try:
            proposals = [await self._proposal(got)]
        except SourceError:
            proposals = await self._on_page(got)
        if not proposals:
            return Trial(words, refusal=Refusal(Refused.NOTHING_FOUND, got.url))
        return Trial(words, tuple(proposals))

    async def _on_page(self, got: Fetched) -> list[Proposal]:
        proposals = []
        for candidate in find_feeds(decode(got.body).text, got.url)[:MOST_CANDIDATES]:
            try:
                proposals.append(await self._proposal(await self._get(candidate)))
            except SourceError:
                continue
        return proposals

    async def _proposal(self, got: Fetched) -> Proposal:
        kind = got.headers.get("content-type", "")
        request = FeedRequest(got.body, got.url, kind, self._clock())
        try:
            reading = await self._workers.run(parse_feed_job, request, urgent=True)
        except WorkerFailed as error:
            raise SourceError(PollFailure.NOT_A_FEED, f"parser stopped: {error}") from error
        spec = SourceSpec(
            key=f"own:{got.url}",
            url=got.url,
            title=reading.title or got.url,
            column=FALLBACK_COLUMN,
            lang=_lang(reading),
            site_url=reading.site_url,
        )
        return Proposal(
            spec,
            Service.FEED,
            tuple(_sample(entry) for entry in reading.entries[:SAMPLES]),
            len(reading.entries),
            tuple(self._remarks(reading)),
            await self._same(got.url),
        )

    def _remarks(self, reading: FeedReading) -> Iterable[Remark]:
        entries = reading.entries
        if not entries:
            yield Remark.EMPTY
            return
        dates = [entry.published_at for entry in entries if entry.published_at]
        if len(dates) < len(entries):
            yield Remark.SOME_DATES if dates else Remark.NO_DATES
        if dates and max(dates) < self._clock() - _OLD:
            yield Remark.OLD

    async def _same(self, url: str) -> Source | None:
        address = _address(url)
        return next(
            (source for source in await self._known() if _address(source.spec.url) == address),
            None,
        )

    async def _get(self, url: str) -> Fetched:
        got = await self._fetcher.fetch(url)
        if got.status != 200:  # noqa: PLR2004  HTTP OK
            other = PollFailure.UNAVAILABLE if got.status >= _SERVER_ERROR else PollFailure.HTTP
            code = STATUS_FAILURES.get(got.status, other)
            raise SourceError(code, f"HTTP {got.status}", status=got.status)
        return got


def _lang(reading: FeedReading) -> str:
    declared = reading.lang.replace("_", "-").partition("-")[0].lower()
    return declared or detect_language("\n".join(one.title for one in reading.entries))


def _sample(entry: Entry) -> Sample:
    return Sample(entry.title, entry.url, entry.published_at)


def _address(url: str) -> str:
    """An address without what makes no other source of it: scheme, "www.", the last slash."""
    plain = canonical_url(url).partition("://")[2].removeprefix("www.")
    return plain.rstrip("/")
