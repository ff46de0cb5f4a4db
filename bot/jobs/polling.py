"""Poll the sources that are due: fetch, parse, decide, record. One source's failure is a value."""

import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from bot import meters
from bot.clock import Clock
from bot.engine.workers import WorkerPool
from bot.fetching import Fetched, Fetcher
from bot.jobs.documents import Documents, body_hash
from bot.jobs.pool import work_through
from bot.watching.about import about
from digest.errors import PollFailure, SourceError
from digest.hot import HotTitle, ranked
from digest.model import FeedReading, HotList, Source, SourceKind, SourceState
from digest.sources.polling import (
    PollAnswer,
    PollDecision,
    after_poll,
    lease_until,
    own_headers,
    request_headers,
    select_new,
)
from storage import Storage
from storage.source_news import Event
from storage.source_rows import host_of

log = logging.getLogger(__name__)

FEED_BYTES = 10 * 1024 * 1024
# More new entries than this between two polls are an archive, not a day's work.
MOST_NEW = 200


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll brought: `new` entries, `outcome` in a word, `error` when it failed."""

    source: Source
    new: int
    outcome: str
    error: SourceError | None = None


class Poller:
    """Polls due sources. `tell_admins` is called once when a source sickens or recovers."""

    def __init__(
        self,
        storage: Storage,
        fetcher: Fetcher,
        workers: WorkerPool,
        *,
        clock: Clock,
        user_agent: str,
        backlog_per_source: int,
        tell_admins: Callable[[Source, PollDecision], Awaitable[None]],
    ) -> None:
        self._storage = storage
        self._fetcher = fetcher
        self._documents = Documents(workers)
        self._clock = clock
        self._user_agent = user_agent
        self._backlog = backlog_per_source
        self._tell_admins = tell_admins
        self._random = random.Random()  # noqa: S311  spreads polls, guards nothing

    async def run_due(self, room: int = 40) -> tuple[PollResult, ...]:
        """Poll all due sources, `room` at a time; the next poll is stored before the fetch."""

        async def claim(count: int) -> tuple[Source, ...]:
            now = self._clock()
            return await self._storage.sources.claim_due(now, count, partial(lease_until, now=now))

        results = await work_through(claim, self._poll_alone, room)
        _say_what_came(results)
        return results

    async def _poll_alone(self, source: Source) -> PollResult:
        """Poll a source; a fault of ours over it counts as a document that we cannot read."""
        try:
            return await self.poll(source)
        except Exception as error:  # the boundary: one source must not end the round
            log.exception("poll %s", source.spec.key)
            failure = SourceError(PollFailure.NOT_A_FEED, f"{type(error).__name__}: {error}")
            answer = _failed(source.spec.url, failure)
            decision = after_poll(source, answer, self._clock(), self._random.random())
            await self._storage.sources.record_poll(
                source.id, decision.poll, news=_news_of(decision), now=self._clock()
            )
            return PollResult(source, 0, decision.outcome, failure)

    async def poll(self, source: Source) -> PollResult:
        """Poll one source now and record what came of it."""
        with about(source=source.id):
            return await self._poll(source)

    async def _poll(self, source: Source) -> PollResult:
        answer = await self._ask(source)
        now = self._clock()
        decision = after_poll(source, answer, now, self._random.random())
        new = await self._record(source, answer.reading, decision, now)
        meters.POLLS.labels(decision.outcome).inc()
        meters.NEW_ENTRIES.inc(new)
        if answer.error is not None:
            log.debug("poll %s: %s (%s)", source.spec.key, answer.error, decision.outcome)
        elif new:
            log.debug("poll %s: %d new", source.spec.key, new)
        if decision.tell or decision.recovered:
            await self._tell_admins(source, decision)
        return PollResult(source, new, decision.outcome, answer.error)

    async def _ask(self, source: Source) -> PollAnswer:
        spec = source.spec
        try:
            got = await self._get(source, spec.url, request_headers(source, self._user_agent))
        except SourceError as error:
            return _failed(spec.url, error)
        if not (200 <= got.status < 300) or not got.body:  # noqa: PLR2004  HTTP success
            return _answer(got, None, None, _empty_body(got))
        first_hash = body_hash(got.body)
        if spec.kind is not SourceKind.SITEMAP and first_hash == source.poll.body_hash:
            return _answer(got, first_hash, None, None)
        plain = request_headers(source, self._user_agent, conditional=False)
        try:
            read = await self._documents.read(
                got,
                spec.kind,
                spec.recipe,
                self._clock(),
                lambda url: self._get(source, url, plain),
            )
        except SourceError as error:
            return _answer(got, first_hash, None, error)
        if read.several:
            # An index may stay the same while what it names changes: next time ask for all.
            got = replace(got, headers=_without_validators(got.headers))
        same = read.body_hash == source.poll.body_hash
        return _answer(got, read.body_hash, None if same else read.reading, None)

    async def _get(self, source: Source, url: str, headers: Mapping[str, str]) -> Fetched:
        own = own_headers(source) if host_of(url) == host_of(source.spec.url) else None
        return await self._fetcher.fetch(
            url, headers=headers, own_headers=own, max_bytes=FEED_BYTES
        )

    async def _record(
        self, source: Source, reading: FeedReading | None, decision: PollDecision, now: datetime
    ) -> int:
        ranks = _ranks(source, reading, decision)
        entries = reading.entries if reading else ()
        if source.spec.hot is HotList.RANKS:
            entries = ()  # a title that people look at is no article
        known = await self._storage.sources.known_keys(source.id, [entry.key for entry in entries])
        fresh = len(select_new(entries, known))
        # A feed that renamed all its entries shows its archive again: not news either.
        backlog = source.poll.last_ok_at is None or fresh > MOST_NEW
        inserted = await self._storage.sources.record_poll(
            source.id,
            decision.poll,
            entries=entries,
            state=decision.state if decision.state != source.state else None,
            url=decision.url,
            backlog=backlog,
            news=_news_of(decision),
            ranks=ranks,
            now=now,
        )
        if backlog and fresh > self._backlog:
            await self._storage.entries.retire_backlog(source.id, keep=self._backlog, now=now)
        if decision.host_block is not None:
            host = host_of(source.spec.url)
            await self._storage.sources.block_host(host, decision.host_block, decision.outcome)
        return inserted


def _ranks(
    source: Source, reading: FeedReading | None, decision: PollDecision
) -> tuple[HotTitle, ...] | None:
    """The order of a hot list, () for one that is as it was, None where there is none to note."""
    if source.spec.hot is HotList.NO or decision.poll.errors:
        return None
    return ranked(reading.entries) if reading else ()


def _news_of(decision: PollDecision) -> Event | None:
    """What the staff is to hear of a poll."""
    if decision.recovered:
        return Event.BACK
    if not decision.tell:
        return None
    return Event.GONE if decision.state is SourceState.GONE else Event.SICK


def _say_what_came(results: Sequence[PollResult]) -> None:
    """One line for a round: a machine without a network must not print a wall of errors."""
    new = sum(result.new for result in results)
    failed = Counter(str(result.error.code) for result in results if result.error)
    if new or failed:
        reasons = ", ".join(f"{code} {count}" for code, count in failed.most_common())
        log.info(
            "polled %d: %d new entries%s",
            len(results),
            new,
            f"; not reached for now: {reasons} (details on the page /sources)" if reasons else "",
        )


def _failed(url: str, error: SourceError) -> PollAnswer:
    return PollAnswer(
        status=error.status,
        url=url,
        headers={},
        body_hash=None,
        redirects=(),
        reading=None,
        error=error,
    )


def _answer(
    got: Fetched,
    body_hash: str | None,
    reading: FeedReading | None,
    error: SourceError | None,
) -> PollAnswer:
    headers: Mapping[str, str] = got.headers
    return PollAnswer(
        status=got.status,
        url=got.url,
        headers=headers,
        body_hash=body_hash,
        redirects=got.redirects,
        reading=reading,
        error=error,
    )


def _without_validators(headers: Mapping[str, str]) -> dict[str, str]:
    gone = {"etag", "last-modified"}
    return {name: value for name, value in headers.items() if name not in gone}


def _empty_body(got: Fetched) -> SourceError | None:
    if 200 <= got.status < 300:  # noqa: PLR2004  HTTP success
        return SourceError(PollFailure.NOT_A_FEED, "empty body", status=got.status)
    return None
