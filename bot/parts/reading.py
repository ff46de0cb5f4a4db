"""What fetches pages and reads them: for the sources, and for people who send links."""

import random
from contextlib import AsyncExitStack
from functools import partial

from bot.addresses import AddressPolicy
from bot.engine.jobs_photo import prepare_photo
from bot.engine.workers import WorkerFailed, WorkerPool
from bot.fetching import Fetcher
from bot.jobs.clockwatch import ClockWatch
from bot.jobs.discovering import Discoverer
from bot.jobs.engines import make_enricher
from bot.jobs.enriching import Enricher
from bot.jobs.links import LinkReader
from bot.jobs.placing import StoryFinder
from bot.jobs.polling import Poller
from bot.jobs.reading import RETRY_AFTER, Reader
from bot.jobs.saving import RuleSaver
from bot.jobs.sourcework import lately, make_source_desk
from bot.jobs.telling import in_log
from bot.running import Running
from bot.schedule import Tick
from digest.errors import PhotoError, PhotoFault
from digest.model import PreparedPhoto, Signal
from digest.sources.catalog import load_catalog
from digest.sources.polling import first_spread
from digest.verify.meaning import installed_encoder
from handlers.admin.sources.work import SourceDesk
from handlers.linkdesk import IN_FLIGHT

# Between two pages of one site that people ask for: they wait for it.
LINKS_GAP_S = 0.5


class Reading:
    """The processes that read pages, and everything that has pages read."""

    def __init__(self, running: Running, stack: AsyncExitStack) -> None:
        self._running = running
        self._settings = running.settings
        self._storage = running.storage
        self._clock = running.clock
        self._stack = stack
        self._finder = StoryFinder(self._storage, encoder=installed_encoder())
        self._shared: tuple[WorkerPool, Enricher] | None = None
        self._poller: Poller | None = None
        self._links: LinkReader | None = None
        self._trial: tuple[Discoverer, SourceDesk] | None = None

    async def engines(self) -> tuple[WorkerPool, Enricher]:
        """The processes that read pages and what betters briefs, shared by all who need them."""
        if self._shared is None:
            workers = WorkerPool(self._settings.workers)
            self._stack.push_async_callback(workers.close)
            enricher = await make_enricher(self._settings, self._storage, self._stack, self._clock)
            self._shared = workers, enricher
        return self._shared

    async def _for_people(self) -> Fetcher:
        """Connections for what somebody waits for, so that no poll holds it up."""
        return await self._stack.enter_async_context(
            Fetcher(
                user_agent=self._settings.agent,
                allow=AddressPolicy(tuple(self._running.allowed)),
                per_host_gap_s=LINKS_GAP_S,
                total=IN_FLIGHT,
            )
        )

    async def link_reader(self) -> LinkReader:
        """What reads links for people."""
        if self._links is not None:
            return self._links
        workers, enricher = await self.engines()
        fetcher = await self._for_people()
        self._links = LinkReader(
            self._storage,
            fetcher,
            workers,
            clock=self._clock,
            enricher=enricher,
            finder=self._finder,
        )
        return self._links

    async def source_trial(self) -> tuple[Discoverer, SourceDesk]:
        """What tries sources for editors."""
        if self._trial is not None:
            return self._trial
        workers, _ = await self.engines()
        fetcher = await self._for_people()
        known = lately(self._storage, self._clock)
        trial = Discoverer(fetcher, workers, clock=self._clock, known=known)
        desk = make_source_desk(self._storage, trial, fetcher, workers, lambda: self._poller)
        self._trial = trial, desk
        return self._trial

    async def prepare_photo(self, body: bytes) -> PreparedPhoto:
        """A picture made anew in a process that a hostile file can take down with it."""
        workers, _ = await self.engines()
        try:
            return await workers.run(prepare_photo, body, urgent=True)
        except WorkerFailed as error:
            raise PhotoError(PhotoFault.BROKEN) from error

    async def start(self) -> None:
        """Poll sources and read their entries."""
        settings = self._settings
        if settings.catalog:
            await self._storage.sources.seed(load_catalog(), self._clock())
        await self._spread_overdue()
        fetcher = await self._stack.enter_async_context(
            Fetcher(
                user_agent=settings.agent,
                allow=AddressPolicy(tuple(self._running.allowed)),
                total=settings.poll_concurrency,
            )
        )
        workers, enricher = await self.engines()
        self._poller = poller = Poller(
            self._storage,
            fetcher,
            workers,
            clock=self._clock,
            user_agent=settings.agent,
            backlog_per_source=settings.backlog_per_source,
            tell_admins=in_log,
        )
        reader = Reader(
            self._storage,
            fetcher,
            workers,
            clock=self._clock,
            on_signal=self._woke,
            enricher=enricher,
            finder=self._finder,
        )
        put_right = partial(self._storage.ahead.of_reading, waits=RETRY_AFTER)
        watch = ClockWatch(put_right, clock=self._clock)
        self._running.watching.health.parts.polls = True
        self._running.ticks += [
            Tick("clock of reading", 5, watch.run_due),
            Tick("poll", 5, poller.run_due),
            Tick("read", 3, reader.run_due),
            Tick("rules", 20, RuleSaver(self._storage, clock=self._clock).run_due),
            Tick("enrich", 20, enricher.upgrade_due),
            Tick("translate", 20, enricher.translate_due),
        ]

    async def _spread_overdue(self) -> None:
        """After a pause everything is overdue at once; spread it instead of firing it all.

        Sources that are meant to be polled faster than others do not wait.
        """
        now = self._clock()
        patient = [
            source
            for source in await self._storage.sources.all()
            if source.spec.poll_floor_s is None and source.poll.last_poll_at is not None
        ]
        await self._storage.sources.reschedule(first_spread(patient, now, random.random()))  # noqa: S311  a phase, no secret

    async def _woke(self, _signal: Signal) -> None:
        self._running.nudge("alerts")
