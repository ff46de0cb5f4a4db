"""One pass by hand: poll and read what is due, or show what a digest would say."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from html import unescape
from zoneinfo import ZoneInfo

import nh3
from rich.console import Console
from rich.progress import Progress

from bot.addresses import AddressPolicy
from bot.clock import Clock, utc_now
from bot.config import Settings
from bot.engine.workers import WorkerPool
from bot.fetching import Fetcher
from bot.jobs.engines import make_enricher
from bot.jobs.polling import Poller
from bot.jobs.pool import work_through
from bot.jobs.reading import Reader
from bot.jobs.telling import in_log
from digest.compose import compose
from digest.model import Digest, DigestKind, Lang, Signal, Source, SourceState, Wishes
from digest.render import Links, Rendering, render_digest
from digest.sources.catalog import load_catalog
from digest.sources.polling import lease_until
from digest.taxonomy import Taxonomy
from digest.texts import texts_for
from storage import Storage, migrate

POLLS_AT_ONCE = 40


class NoSuchSource(Exception):  # noqa: N818  an answer to a person
    """There is no source with this id."""


@dataclass(slots=True)
class PassReport:
    """What one pass brought: polls by outcome, entries by state, when the next poll is due."""

    polls: Counter[str] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    new_entries: int = 0
    next_poll: str = ""

    def lines(self) -> tuple[str, ...]:
        """The report as lines for a person."""
        if self.polls:
            polls = "，".join(f"{name} {count}" for name, count in self.polls.most_common())
            first = f"轮询了 {self.polls.total()} 个信源：{polls}"
        else:
            when = f"，最早的 {self.next_poll} 到期" if self.next_poll else ""
            first = f"没有到期的信源{when}；要立即轮询某一个，用 --source ID"
        states = "，".join(f"{name} {count}" for name, count in self.entries.most_common())
        return (first, f"新条目 {self.new_entries} 条；整理：{states or '没有待整理的'}")


@asynccontextmanager
async def opened(settings: Settings, clock: Clock) -> AsyncIterator[Storage]:
    """The storage with the newest tables and, unless switched off, the catalog's sources."""
    await migrate(settings.database_url)
    storage = await Storage.open(settings.database_url)
    try:
        if settings.catalog:
            await storage.sources.seed(load_catalog(), clock())
        yield storage
    finally:
        await storage.close()


async def poll_once(
    settings: Settings, console: Console, source_id: int | None, *, clock: Clock = utc_now
) -> PassReport:
    """Poll the due sources (or this one, due or not), then read all that waits.

    Shows progress bars. Raises NoSuchSource.
    """
    async with opened(settings, clock) as storage:
        source = None if source_id is None else await storage.sources.get(source_id)
        if source_id is not None and source is None:
            raise NoSuchSource
        report = await _one_pass(storage, settings, console, source, clock)
        report.next_poll = _shown(await _next_poll(storage), settings.default_zone)
        return report


async def _one_pass(
    storage: Storage,
    settings: Settings,
    console: Console,
    source: Source | None,
    clock: Clock,
) -> PassReport:
    workers = WorkerPool(settings.workers)
    report = PassReport()
    fetching = Fetcher(
        user_agent=settings.agent,
        allow=AddressPolicy(settings.allowed_addresses),
        total=settings.poll_concurrency,
    )
    try:
        async with AsyncExitStack() as stack:
            fetcher = await stack.enter_async_context(fetching)
            enricher = await make_enricher(settings, storage, stack, clock)
            poller = Poller(
                storage,
                fetcher,
                workers,
                clock=clock,
                user_agent=settings.agent,
                backlog_per_source=settings.backlog_per_source,
                tell_admins=in_log,
            )
            reader = Reader(
                storage,
                fetcher,
                workers,
                clock=clock,
                on_signal=_nobody_waits,
                enricher=enricher,
            )
            quiet = not console.is_terminal
            with Progress(console=console, transient=True, disable=quiet) as progress:
                if source is not None:
                    await _poll(source, poller, storage, report)
                else:
                    await _poll_due(poller, storage, report, progress, clock)
                await _read_all(reader, storage, report, progress, clock)
    finally:
        await workers.close()
    return report


async def _nobody_waits(signal: Signal) -> None:
    """Pushes are planned by the running bot, not by a pass by hand."""


async def _poll_due(
    poller: Poller, storage: Storage, report: PassReport, progress: Progress, clock: Clock
) -> None:
    now = clock()
    due = [
        source
        for source in await storage.sources.all()
        if source.state is SourceState.ACTIVE
        and (source.poll.next_poll_at is None or source.poll.next_poll_at <= now)
    ]
    task = progress.add_task("轮询", total=len(due))

    async def claim(count: int) -> tuple[Source, ...]:
        now = clock()
        return await storage.sources.claim_due(now, count, partial(lease_until, now=now))

    async def poll(source: Source) -> None:
        await _poll(source, poller, storage, report)
        progress.advance(task)

    await work_through(claim, poll, POLLS_AT_ONCE)


async def _poll(source: Source, poller: Poller, storage: Storage, report: PassReport) -> None:
    result = await poller.poll(source)
    after = await storage.sources.get(source.id)
    # A failure by its cause: "not_found" says more than what the schedule made of it.
    failed = after.poll.error_code if after is not None and after.poll.errors else None
    report.polls[failed or result.outcome] += 1
    report.new_entries += result.new


async def _read_all(
    reader: Reader, storage: Storage, report: PassReport, progress: Progress, clock: Clock
) -> None:
    total = await storage.entries.waiting(clock())
    task = progress.add_task("整理", total=total)

    async def watch() -> None:
        while True:
            await asyncio.sleep(0.5)
            left = await storage.entries.waiting(clock())
            progress.update(task, completed=max(0, total - left))

    watching = asyncio.create_task(watch())
    try:
        for result in await reader.run_due():
            report.entries[str(result.state)] += 1
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _next_poll(storage: Storage) -> datetime | None:
    moments = (
        source.poll.next_poll_at
        for source in await storage.sources.all()
        if source.state is SourceState.ACTIVE and source.poll.next_poll_at is not None
    )
    return min(moments, default=None)


def _shown(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" if at else ""


async def preview_digest(
    settings: Settings, *, hours: int, lang: str, clock: Clock = utc_now
) -> str:
    """What the default digest of the last `hours` would say now, as plain text.

    Where nothing would be pushed, what a new reader's first digest would say instead.
    """
    now = clock()
    since = now - timedelta(hours=hours)
    async with opened(settings, clock) as storage:
        signals, taxonomy = await storage.signals.window(since, now), storage.taxonomy.current
    for kind in (DigestKind.DAILY, DigestKind.FIRST):
        made = compose(
            signals,
            Wishes(lang=Lang(lang)),
            kind=kind,
            window_from=since,
            window_to=now,
            zone=settings.default_zone,
            taxonomy=taxonomy,
        )
        if made is not None:
            text = _plain(made, settings, taxonomy, now)
            silent = "没有新内容可推送，机器人会保持安静。新读者的首份摘要会是：\n\n"
            return text if kind is DigestKind.DAILY else silent + text
    return f"最近 {hours} 小时没有值得推送的内容：此时机器人会保持安静。"


def _plain(made: Digest, settings: Settings, taxonomy: Taxonomy, now: datetime) -> str:
    links = Links(settings.public_base_url or f"http://127.0.0.1:{settings.port}")
    rendering = Rendering(links, texts_for(made.lang), taxonomy, made.zone, now)
    parts = (unescape(nh3.clean(one.text, tags=set())) for one in render_digest(made, rendering))
    return "\n\n――\n\n".join(parts)
