"""Builds everything in order, runs it until told to stop, takes it down in reverse."""

import asyncio
import logging
import os
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

from bot.addresses import AddressPolicy
from bot.application import App, BotApi, ChatError, build_application, chatting
from bot.clock import Clock, utc_now
from bot.config import Settings
from bot.delivery.amending import Amender
from bot.delivery.limiter import Limiter
from bot.delivery.sender import Sender
from bot.engine.jobs_photo import prepare_photo
from bot.engine.workers import WorkerFailed, WorkerPool
from bot.fetching import Fetcher
from bot.jobs.broadcasting import Broadcaster
from bot.jobs.correcting import Corrector, FittedToReaders, Watcher
from bot.jobs.counting import Counting
from bot.jobs.discovering import Discoverer
from bot.jobs.engines import has_translator, make_enricher
from bot.jobs.enriching import Enricher
from bot.jobs.links import LinkReader
from bot.jobs.placing import StoryFinder
from bot.jobs.planning import Planner
from bot.jobs.polling import Poller
from bot.jobs.posts import PostPublisher
from bot.jobs.press import Press
from bot.jobs.queue import QueueKeeper, QueueTeller
from bot.jobs.reading import Reader
from bot.jobs.reporting import Reporter
from bot.jobs.saving import RuleSaver
from bot.jobs.sourcework import lately, make_source_desk
from bot.jobs.telling import Telling, in_log
from bot.jobs.topic_notes import TopicNotes
from bot.jobs.trending import Trending
from bot.jobs.upkeep import Upkeep
from bot.jobs.weekly_desk import WeeklyDesk
from bot.jobs.weekly_intro import WeekIntroducer
from bot.jobs.weekly_issues import WeeklyIssues
from bot.jobs.weekly_numbers import WeeklyNumbers
from bot.pictures.painter import Painter
from bot.sandbox import Sandbox, newsroom_specs
from bot.schedule import Schedule, Tick
from bot.web import make_web
from bot.web.guards import server_log
from bot.web.miniapp.routes import MiniApp
from digest import roles
from digest.errors import PhotoError, PhotoFault
from digest.links import Quota
from digest.model import PreparedPhoto, Signal
from digest.render import Links
from digest.seals import KEY_NAME, POST, make_seal
from digest.sources.catalog import load_catalog
from digest.sources.polling import first_spread
from digest.stories import StoryIndex
from digest.verify.meaning import installed_encoder
from handlers.admin.posting.telling import tell_out
from handlers.admin.sources.work import SourceDesk
from handlers.admission import Access, AccessMode
from handlers.callbacks import pack
from handlers.context import Services
from handlers.linkdesk import IN_FLIGHT, LinkDesk
from handlers.staff import Staff
from storage import DatabaseDamaged, Storage, StorageUnavailable, migrate

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
# How long a stopping process waits for messages under way (a platform kills after 10 s or more).
DRAIN_S = 5.0
# Between two pages of one site that people ask for: they wait for it.
LINKS_GAP_S = 0.5


class StartError(Exception):
    """The bot cannot start; the text says what to do. `code` is the exit status."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Role(StrEnum):
    """Which part of the whole this process runs (Procfile); `all` is everything in one."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"
    CLOCK = "clock"


@dataclass(slots=True)
class Running:
    """What is up: for the start message, for the sandbox, for tests."""

    settings: Settings
    storage: Storage
    clock: Clock
    pages_url: str = ""
    chat_url: str = ""
    username: str = ""
    fatal: str = ""
    owner_code: str = ""
    sandbox: Sandbox | None = None
    application: App | None = None
    schedule: Schedule | None = None
    planner: Planner | None = None
    ticks: list[Tick] = field(default_factory=list)

    def untranslated(self) -> bool:
        """Whether nothing puts foreign articles into Chinese at this moment."""
        return not (self.settings.model_base_url or has_translator(self.settings))


@asynccontextmanager
async def start(
    settings: Settings,
    *,
    role: Role = Role.ALL,
    clock: Clock = utc_now,
    on_fatal: Callable[[], None] = lambda: None,
) -> AsyncIterator[Running]:
    """Bring up what `role` needs and take it down in reverse order at the end.

    Raises StartError when a port is taken, the database cannot be used or the token is wrong.
    """
    async with AsyncExitStack() as stack:
        storage = await _open_storage(settings, stack)
        running = Running(settings, storage, clock)
        parts = _Parts(running, stack, on_fatal)
        if role in {Role.ALL, Role.CLOCK} and not settings.token:
            await parts.sandbox()
        if role in {Role.ALL, Role.WEB}:
            await parts.pages()
        key = await storage.meta.secret(KEY_NAME)
        links = Links(
            settings.public_base_url or running.pages_url or _local(settings),
            lambda signal_id: make_seal(key, signal_id, clock()),
            lambda post_id: make_seal(key, post_id, clock(), of=POST),
        )
        parts.make_services(links)
        if role in {Role.ALL, Role.CLOCK}:
            await parts.chat()
        if role in {Role.ALL, Role.WORKER}:
            await parts.reading()
        if role in {Role.ALL, Role.CLOCK}:
            parts.upkeep()
        parts.schedule()
        yield running


async def _open_storage(settings: Settings, stack: AsyncExitStack) -> Storage:
    try:
        await migrate(settings.database_url)
        storage = await Storage.open(settings.database_url)
    except (StorageUnavailable, DatabaseDamaged) as error:
        raise StartError(f"{error}\n运行 hexin doctor 查看详情。") from error
    stack.push_async_callback(storage.close)
    storage.numbers.zone = ZoneInfo(settings.default_zone)
    return storage


def _local(settings: Settings) -> str:
    return f"http://{LOOPBACK}:{settings.port}"


class _Parts:
    """The parts of one process, each brought up by one method, in the order of `start`."""

    def __init__(
        self, running: Running, stack: AsyncExitStack, on_fatal: Callable[[], None]
    ) -> None:
        self._running = running
        self._settings = running.settings
        self._storage = running.storage
        self._clock = running.clock
        self._stack = stack
        self._on_fatal = on_fatal
        self._allowed = list(running.settings.allowed_addresses)
        self._api: BotApi | None = None
        self._services: Services | None = None
        self._finder = StoryFinder(self._storage, index=StoryIndex(installed_encoder()))
        self._painter = Painter(self._clock)
        stack.push_async_callback(self._painter.close)
        self._sender: Sender | None = None
        self._amender: Amender | None = None
        self._shared: tuple[WorkerPool, Enricher] | None = None
        self._poller: Poller | None = None

    def _stop_for(self, reason: str) -> None:
        log.error("%s", reason)
        self._running.fatal = reason
        self._on_fatal()

    async def sandbox(self) -> None:
        """Start the local Bot API server with its chat page and newsroom."""
        sandbox = Sandbox(clock=self._clock, newsroom=self._settings.sandbox_newsroom)
        port = await self._serve(sandbox.make_app(), LOOPBACK, self._settings.sandbox_port)
        base = f"http://{LOOPBACK}:{port}"
        self._api = BotApi(base, sandbox.token)
        self._allowed.append(f"{LOOPBACK}:{port}")
        self._running.sandbox, self._running.chat_url = sandbox, f"{base}/"
        for person in sandbox.people:
            # Chats live in memory, readers in the database: who started the bot once, still has.
            known = await self._storage.subscribers.by_chat(person.id)
            person.user.started = known is not None and known.active
        if self._settings.sandbox_newsroom:
            await self._storage.sources.seed(newsroom_specs(base), self._clock())

    async def pages(self) -> None:
        """Serve the pages."""
        listening = _listen(self._settings.web_host, self._settings.port)
        shown = LOOPBACK if self._settings.web_host in {"0.0.0.0", "::"} else ""  # noqa: S104
        host = shown or self._settings.web_host
        base = self._settings.public_base_url or f"http://{host}:{listening.getsockname()[1]}"
        app = make_web(
            self._storage,
            self._storage.taxonomy.current,
            clock=self._clock,
            base_url=base,
            # The sandbox's bot is not on Telegram: its name leads nowhere there.
            bot_username=lambda: "" if self._running.sandbox else self._running.username,
            health=self._health,
            miniapp=self._miniapp(),
            cards_folder=self._settings.data_dir / "cards",
            role_of=Staff(self._storage.staff, self._admins()).role_of,
            paint=self._painter,
        )
        await self._serve_on(app, listening)
        self._running.pages_url = f"{base}/"

    def _admins(self) -> frozenset[int]:
        sandbox = self._running.sandbox
        return self._settings.admins | ({sandbox.person("wang").id} if sandbox else set())

    def _miniapp(self) -> MiniApp | None:
        """The app that the bot opens, None when this process knows no bot."""
        token = self._api.token if self._api else self._settings.token
        if not token:
            return None
        chat = self._running.chat_url.rstrip("/")
        return MiniApp(token, lambda: self._services, (chat,) if chat else ())

    def _app_url(self) -> str:
        """Where the app opens, "" when nowhere: Telegram takes https, the sandbox this machine."""
        base = (self._settings.public_base_url or self._running.pages_url).rstrip("/")
        here = self._running.sandbox is not None and base.startswith(f"http://{LOOPBACK}:")
        return f"{base}/app" if here or base.startswith("https://") else ""

    async def _health(self) -> dict[str, Any]:
        deliveries = await self._storage.deliveries.counts()
        return {"deliveries": {str(state): count for state, count in deliveries.items()}}

    def make_services(self, links: Links) -> None:
        """What handlers and the Mini App work with."""
        sandbox = self._running.sandbox
        self._services = Services(
            storage=self._storage,
            taxonomy=self._storage.taxonomy.current,
            links=links,
            clock=self._clock,
            wake_sender=lambda: self._sender.wake() if self._sender else None,
            wake_corrector=lambda: self._nudge("corrections"),
            admins=self._admins(),
            sandbox=sandbox is not None,
            zone=self._settings.default_zone,
            untranslated=self._running.untranslated,
            access=Access(AccessMode(self._settings.access), self._settings.allowed),
            app_url=self._app_url(),
            paint=self._painter,
            send_rate=self._settings.send_rate,
            quota=Quota(self._settings.links_hourly, self._settings.links_daily),
        )

    async def chat(self) -> None:
        """Log in, answer people, send what is owed."""
        services = self._services
        if services is None:
            raise RuntimeError("services are made before the chat")
        api = self._api or BotApi(self._settings.telegram_api_base_url, self._settings.token)
        session = aiohttp.ClientSession(trust_env=False)
        self._stack.push_async_callback(session.close)
        limiter = Limiter(rate=self._settings.send_rate)
        sender = Sender(
            storage=self._storage,
            session=session,
            api_base=api.base_url,
            token=api.token,
            limiter=limiter,
            clock=self._clock,
            owner=f"{socket.gethostname()}:{os.getpid()}",
        )
        self._sender = sender
        self._amender = Amender(
            self._storage,
            session,
            f"{api.base_url.rstrip('/')}/bot{api.token}",
            limiter,
            self._clock,
            fitted=FittedToReaders(self._storage, pack),
        )
        desk = LinkDesk(await self._link_reader())
        trial, sourcedesk = await self._source_trial()
        self._services = services = replace(
            services,
            links_read=desk,
            source_trial=trial,
            source_work=sourcedesk,
            prepare_photo=self._prepare_photo,
            rewriting=(await self._engines())[1],
        )
        application = build_application(api, session, limiter, services)
        try:
            await self._stack.enter_async_context(
                chatting(application, self._stop_for, services.app_url, services.staff)
            )
        except ChatError as error:
            raise StartError(str(error), 2) from error
        self._running.application = application
        self._running.username = application.bot.username
        if not await services.staff.has_owner():
            self._running.owner_code = await self._storage.staff.make_code(
                roles.Role.OWNER, 0, self._clock()
            )
        await self._send(sender)
        await self._amend(services, application)
        await self._work_on(desk, services, application)
        await self._work_on(sourcedesk, services, application)
        self._plan(services, sender, application)
        self._broadcast(services, sender, application)
        self._report(services, application)

    async def _link_reader(self) -> LinkReader:
        """What reads links for people: with its own connections, so that no poll holds it up."""
        workers, enricher = await self._engines()
        fetcher = await self._stack.enter_async_context(
            Fetcher(
                user_agent=self._settings.agent,
                allow=AddressPolicy(tuple(self._allowed)),
                per_host_gap_s=LINKS_GAP_S,
                total=IN_FLIGHT,
            )
        )
        return LinkReader(
            self._storage,
            fetcher,
            workers,
            clock=self._clock,
            enricher=enricher,
            finder=self._finder,
        )

    async def _source_trial(self) -> tuple[Discoverer, SourceDesk]:
        """What tries sources for editors: somebody waits, so with its own connections."""
        workers, _ = await self._engines()
        fetcher = await self._stack.enter_async_context(
            Fetcher(
                user_agent=self._settings.agent,
                allow=AddressPolicy(tuple(self._allowed)),
                per_host_gap_s=LINKS_GAP_S,
                total=IN_FLIGHT,
            )
        )
        known = lately(self._storage, self._clock)
        trial = Discoverer(fetcher, workers, clock=self._clock, known=known)
        desk = make_source_desk(self._storage, trial, fetcher, workers, lambda: self._poller)
        return trial, desk

    async def _work_on(
        self, desk: LinkDesk | SourceDesk, services: Services, application: App
    ) -> None:
        stop = asyncio.Event()
        task = asyncio.create_task(desk.run(services, application.bot, stop))

        async def end() -> None:
            stop.set()
            await task

        self._stack.push_async_callback(end)

    async def _prepare_photo(self, body: bytes) -> PreparedPhoto:
        """A picture made anew in a process that a hostile file can take down with it."""
        workers, _ = await self._engines()
        try:
            return await workers.run(prepare_photo, body, urgent=True)
        except WorkerFailed as error:
            raise PhotoError(PhotoFault.BROKEN) from error

    async def _engines(self) -> tuple[WorkerPool, Enricher]:
        """The processes that read pages and what betters briefs, shared by all who need them."""
        if self._shared is None:
            workers = WorkerPool(self._settings.workers)
            self._stack.push_async_callback(workers.close)
            enricher = await make_enricher(self._settings, self._storage, self._stack, self._clock)
            self._shared = workers, enricher
        return self._shared

    def _report(self, services: Services, application: App) -> None:
        reporter = Reporter(
            self._storage,
            application.bot,
            admins=services.staff.editors,
            links=services.links,
            clock=self._clock,
        )
        weekly = WeeklyNumbers(
            self._storage,
            application.bot,
            staff=services.staff,
            taxonomy=self._storage.taxonomy.current,
            paint=services.paint,
            clock=self._clock,
        )
        teller = QueueTeller(
            self._storage,
            application.bot,
            places=services.staff.places,
            zone=self._settings.default_zone,
            clock=self._clock,
        )
        drafts = WeeklyDesk(
            self._storage,
            application.bot,
            places=services.staff.places,
            taxonomy=services.taxonomy,
            links=services.links,
            paint=services.paint,
            clock=self._clock,
        )
        topics = TopicNotes(
            self._storage,
            application.bot,
            places=services.staff.places,
            zone=self._settings.default_zone,
            clock=self._clock,
        )
        self._running.ticks += [
            Tick("reports", 10, reporter.run_due),
            Tick("week in numbers", 60, weekly.run_due),
            Tick("queue notes", 60, teller.run_due),
            Tick("new topics", 300, topics.run_due),
            Tick("weekly drafts", 30, drafts.run_due),
            Tick("source news", 15, Telling(services, application.bot).run_due),
        ]

    def _broadcast(self, services: Services, sender: Sender, application: App) -> None:
        broadcaster = Broadcaster(
            self._storage,
            application.bot,
            taxonomy=services.taxonomy,
            circle=services.circle,
            clock=self._clock,
            wake_sender=sender.wake,
            rate=services.send_rate,
        )
        self._running.ticks.append(Tick("broadcasts", 1, broadcaster.run_due))

    async def _send(self, sender: Sender) -> None:
        stop = asyncio.Event()
        task = asyncio.create_task(self._watch(sender.run(stop)))

        async def drain() -> None:
            stop.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(task, DRAIN_S)

        self._stack.push_async_callback(drain)

    async def _amend(self, services: Services, application: App) -> None:
        """Let what was sent follow what becomes of its signals."""
        assert self._amender is not None  # noqa: S101  made with the sender
        stop = asyncio.Event()
        task = asyncio.create_task(self._watch(self._amender.run(stop)))

        async def end() -> None:
            stop.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(task, DRAIN_S)

        self._stack.push_async_callback(end)
        press = Press(services.taxonomy, services.links, self._clock, pack)
        corrector = Corrector(
            self._storage, press, clock=self._clock, wake_amender=self._amender.wake
        )
        watcher = Watcher(self._storage, application.bot)
        self._running.ticks += [
            Tick("corrections", 3, corrector.run_due),
            Tick("amending", 3, watcher.run_due),
        ]

    def _introducer(self) -> WeekIntroducer | None:
        """What introduces weeks, None without a model."""
        model = self._shared[1].model if self._shared else None
        return WeekIntroducer(self._storage, model) if model is not None else None

    def _nudge(self, tick: str) -> None:
        if self._running.schedule is not None:
            self._running.schedule.nudge(tick)

    async def _watch(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:
            log.exception("the sender stopped")
            self._stop_for(f"投递停止了：{error}")

    def _plan(self, services: Services, sender: Sender, application: App) -> None:
        planner = Planner(
            self._storage,
            taxonomy=services.taxonomy,
            links=services.links,
            clock=self._clock,
            pack=pack,
            wake_sender=sender.wake,
            circle=services.circle,
        )
        self._running.planner = planner
        issues = WeeklyIssues(
            self._storage,
            taxonomy=services.taxonomy,
            clock=self._clock,
            introduce=self._introducer(),
        )
        publisher = PostPublisher(
            self._storage, clock=self._clock, told=partial(tell_out, services, application.bot)
        )
        if self._running.sandbox is not None:
            self._running.sandbox.on_hurry = self._hurry
        self._running.ticks += [
            Tick("digests", 15, planner.run_due),
            Tick("alerts", 5, planner.run_instant),
            Tick("trend alerts", 120, planner.run_trends),
            Tick("weekly issue", 60, issues.run_due),
            Tick("scheduled posts", 5, publisher.run_due),
            Tick("posts", 3, planner.run_posts),
        ]

    async def _hurry(self, chat_id: int) -> str:
        """In the sandbox nobody waits until tomorrow morning to see a push."""
        subscriber = await self._storage.subscribers.by_chat(chat_id)
        if subscriber is None or subscriber.subscription.next_digest_at is None:
            return "还没有订阅定时摘要：先点「开始」，或发 /settings"
        planner = self._running.planner
        made = await planner.plan_now(subscriber) if planner else 0
        return "马上推送" if made else "没有符合选择的新内容，所以保持安静"

    async def reading(self) -> None:
        """Poll sources and read their entries."""
        settings = self._settings
        if settings.catalog:
            await self._storage.sources.seed(load_catalog(), self._clock())
        await self._spread_overdue()
        fetcher = await self._stack.enter_async_context(
            Fetcher(
                user_agent=settings.agent,
                allow=AddressPolicy(tuple(self._allowed)),
                total=settings.poll_concurrency,
            )
        )
        workers, enricher = await self._engines()
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
        self._running.ticks += [
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
        if self._running.schedule is not None and self._running.planner is not None:
            self._running.schedule.nudge("alerts")

    def upkeep(self) -> None:
        """Tidy up after processes that died."""
        upkeep = Upkeep(self._storage, clock=self._clock, article_days=self._settings.article_days)
        self._running.ticks += [
            Tick("count", 60, Counting(self._storage, clock=self._clock).run_due),
            Tick("trends", 60, Trending(self._storage, clock=self._clock).run_due),
            Tick("queue", 10, QueueKeeper(self._storage, clock=self._clock).run_due),
            Tick("recover", 30, upkeep.recover),
            Tick("silent stories", 300, upkeep.close_stories),
            Tick("forget", 3600, upkeep.forget),
            Tick("retain", 6 * 3600, upkeep.retain),
        ]

    def schedule(self) -> None:
        """Begin the day."""
        # What editors change in another process, or by the command line, counts here soon.
        self._running.ticks.append(Tick("taxonomy", 3, self._refresh_taxonomy))
        schedule = Schedule(tuple(self._running.ticks))
        self._running.schedule = schedule
        schedule.start()
        self._stack.push_async_callback(schedule.stop)

    async def _refresh_taxonomy(self) -> None:
        if await self._storage.taxonomy.refresh():
            log.info("columns and topics were changed by another process")

    async def _serve(self, app: web.Application, host: str, port: int) -> int:
        listening = _listen(host, port)
        await self._serve_on(app, listening)
        return int(listening.getsockname()[1])

    async def _serve_on(self, app: web.Application, listening: socket.socket) -> None:
        runner = web.AppRunner(app, access_log=None, logger=server_log(), shutdown_timeout=1.0)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, listening).start()


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), reuse_port=False)
    except OSError as error:
        # create_server adds the address, which we name ourselves.
        reason = str(error.strerror).partition(" (while")[0]
        raise StartError(
            f"端口 {host}:{port} 用不了（{reason}）。换一个：PORT=… 或 SANDBOX_PORT=…", 2
        ) from error
