"""One pass by hand: poll and read what is due, or show what a digest would say."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape

import nh3
from rich.console import Console
from rich.progress import Progress

from bot.addresses import AddressPolicy
from bot.clock import utc_now
from bot.config import Settings
from bot.engine.workers import WorkerPool
from bot.fetching import Fetcher
from bot.jobs.polling import Poller
from bot.jobs.reading import Reader
from bot.jobs.telling import in_log
from digest.compose import compose
from digest.model import DigestKind, Lang, Signal, Wishes
from digest.render import Links, Rendering, render_digest
from digest.sources.catalog import load_catalog
from digest.taxonomy import load_taxonomy
from digest.texts import texts_for
from storage import Storage, migrate


@dataclass(slots=True)
class PassReport:
    """What one pass brought: polls by outcome, entries by state."""

    polls: Counter[str] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    new_entries: int = 0

    def lines(self) -> tuple[str, ...]:
        """The report as lines for a person."""
        polls = "，".join(f"{name} {count}" for name, count in self.polls.most_common())
        states = "，".join(f"{name} {count}" for name, count in self.entries.most_common())
        return (
            f"轮询 {self.polls.total()} 个信源：{polls or '没有到期的'}",
            f"新条目 {self.new_entries} 条；整理：{states or '没有待整理的'}",
        )


async def poll_once(settings: Settings, console: Console, source_id: int | None) -> PassReport:
    """Poll every due source (or one), then read all that waits, with progress bars."""
    await migrate(settings.database_url)
    storage = await Storage.open(settings.database_url)
    try:
        if settings.catalog:
            await storage.sources.seed(load_catalog(), utc_now())
        await storage.sources.make_due(source_id, utc_now())
        return await _one_pass(storage, settings, console, source_id)
    finally:
        await storage.close()


async def _one_pass(
    storage: Storage, settings: Settings, console: Console, source_id: int | None
) -> PassReport:
    policy = AddressPolicy(settings.allowed_addresses)
    workers = WorkerPool(settings.workers)
    report = PassReport()
    try:
        async with Fetcher(
            user_agent=settings.user_agent, allow=policy, total=settings.poll_concurrency
        ) as fetcher:
            poller = Poller(
                storage,
                fetcher,
                workers,
                clock=utc_now,
                user_agent=settings.user_agent,
                backlog_per_source=settings.backlog_per_source,
                tell_admins=in_log,
            )
            reader = Reader(storage, fetcher, workers, clock=utc_now, on_signal=_nobody_waits)
            with Progress(console=console) as progress:
                await _poll_all(poller, storage, report, progress, source_id)
                await _read_all(reader, storage, report, progress)
    finally:
        await workers.close()
    return report


async def _nobody_waits(signal: Signal) -> None:
    """Pushes are planned by the running bot, not by a pass by hand."""


async def _poll_all(
    poller: Poller,
    storage: Storage,
    report: PassReport,
    progress: Progress,
    source_id: int | None,
) -> None:
    total = 1 if source_id else len(await storage.sources.all())
    task = progress.add_task("轮询", total=total)
    if source_id is not None:
        source = await storage.sources.get(source_id)
        if source is not None:
            _count(report, (await poller.poll(source),))
        progress.advance(task)
        return
    _count(report, await poller.run_due())
    progress.update(task, completed=total)


def _count(report: PassReport, results: tuple[object, ...]) -> None:
    for result in results:
        report.polls[str(getattr(result, "outcome", ""))] += 1
        report.new_entries += int(getattr(result, "new", 0))


async def _read_all(
    reader: Reader, storage: Storage, report: PassReport, progress: Progress
) -> None:
    total = await storage.entries.waiting(utc_now())
    task = progress.add_task("整理", total=total)

    async def watch() -> None:
        while True:
            await asyncio.sleep(0.5)
            left = await storage.entries.waiting(utc_now())
            progress.update(task, completed=max(0, total - left))

    watching = asyncio.create_task(watch())
    try:
        for result in await reader.run_due():
            report.entries[str(result.state)] += 1
    finally:
        watching.cancel()
    progress.update(task, completed=total)


async def preview_digest(settings: Settings, *, hours: int, lang: str) -> str:
    """What the default digest of the last `hours` would say, as plain text."""
    await migrate(settings.database_url)
    storage = await Storage.open(settings.database_url)
    try:
        now = utc_now()
        since = now - timedelta(hours=hours)
        signals = await storage.signals.window(since, now)
    finally:
        await storage.close()
    made = compose(
        signals,
        Wishes(lang=Lang(lang)),
        kind=DigestKind.DAILY,
        window_from=since,
        window_to=now,
        zone=settings.default_zone,
    )
    if made is None:
        return "没有值得推送的新内容：此时机器人会保持安静。"
    links = Links(settings.public_base_url or f"http://127.0.0.1:{settings.port}")
    rendering = Rendering(
        links, texts_for(Lang(lang)), load_taxonomy(), settings.default_zone, now
    )
    parts = (unescape(nh3.clean(m.text, tags=set())) for m in render_digest(made, rendering))
    return "\n\n――\n\n".join(parts)
