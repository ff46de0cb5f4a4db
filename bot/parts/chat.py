"""The chat: logging in, answering people, sending what is owed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from functools import partial

from bot.application import App, BotApi, ChatError, build_application, chatting
from bot.delivery.amending import Amender
from bot.delivery.limiter import Limiter
from bot.delivery.road import Road
from bot.delivery.sender import Sender
from bot.delivery.transport import open_session
from bot.jobs.broadcasting import Broadcaster
from bot.jobs.correcting import Corrector, FittedToReaders, Watcher
from bot.jobs.planning import Planner
from bot.jobs.posts import PostPublisher
from bot.jobs.press import Press
from bot.jobs.weekly_intro import WeekIntroducer
from bot.jobs.weekly_issues import WeeklyIssues
from bot.parts.reading import Reading
from bot.parts.ticks import desk_ticks
from bot.running import Running, StartError
from bot.schedule import Tick
from bot.watching.chat import keep_in_touch
from bot.web.webhook import Hook
from digest import roles
from digest.errors import DeliveryError
from handlers.admin.posting.telling import tell_out
from handlers.admin.sources.work import SourceDesk
from handlers.callbacks import pack
from handlers.context import Services
from handlers.inbox import Inbox
from handlers.linkdesk import LinkDesk
from storage.database import process_name

log = logging.getLogger(__name__)

# How long a stopping process waits for messages under way (a platform kills after 10 s or more).
DRAIN_S = 5.0
# What other processes took in is looked for so often, even when nobody wakes us.
COLLECT_S = 0.5
# Digests are planned ahead for so many seconds of sending: what is sent is hardly older.
_AHEAD_S, _LEAST_AHEAD = 600, 1_000
AGAIN_S = 1.0
# The note of what the bot is called, for processes that do not speak to Telegram.
USERNAME = "bot.username"


class Chat:
    """What speaks to people through the Bot API. `sender` is None before it is up."""

    def __init__(
        self,
        running: Running,
        reading: Reading,
        stop_for: Callable[[str], None],
    ) -> None:
        self._running = running
        self._settings = running.settings
        self._storage = running.storage
        self._clock = running.clock
        self._stack = AsyncExitStack()
        self._reading = reading
        self._stop_for = stop_for
        self._sender: Sender | None = None
        self._road: Road | None = None
        self._stops: list[asyncio.Event] = []

    def wake_sender(self) -> None:
        """Tell the sender that something is owed, in whichever process it is."""
        if self._running.leads and self._sender is not None:
            self._sender.wake()
        else:
            self._running.nudge("deliveries")

    def halt(self) -> None:
        """Begin nothing more: no message, no answer. What is being written is finished."""
        self._storage.updates.stand_down()
        if self._road is not None:
            self._road.end()
        for stop in self._stops:
            stop.set()

    async def start(
        self, services: Services, api: BotApi, stack: AsyncExitStack, hook: Hook | None
    ) -> None:
        """Log in, answer people, send what is owed, until `stack` ends.

        With a `hook` what came by it is collected from storage.
        """
        self._stack, self._stops = stack, []
        self._storage.updates.take_up()
        await self._storage.deliveries.take_over(process_name())
        limiter = Limiter(rate=self._settings.send_rate)
        self._road = limiter.road
        session = open_session(limiter.in_flight)
        self._stack.push_async_callback(session.close)
        sender = Sender(
            storage=self._storage,
            session=session,
            api_base=api.base_url,
            token=api.token,
            limiter=limiter,
            clock=self._clock,
            owner=process_name(),
            paid=self._settings.paid_broadcast,
        )
        self._sender = sender
        amender = Amender(
            self._storage,
            session,
            f"{api.base_url.rstrip('/')}/bot{api.token}",
            limiter,
            self._clock,
            fitted=FittedToReaders(self._storage, pack),
        )
        desk = LinkDesk(await self._reading.link_reader())
        trial, sourcedesk = await self._reading.source_trial()
        self._running.services = services = replace(
            services,
            links_read=desk,
            source_trial=trial,
            source_work=sourcedesk,
            prepare_photo=self._reading.prepare_photo,
            rewriting=(await self._reading.engines())[1],
        )
        watching = self._running.watching
        application = build_application(api, session, limiter, services, watching.reach)
        try:
            await self._stack.enter_async_context(
                chatting(application, self._stop_for, services.app_url, services.staff, hook)
            )
        except ChatError as error:
            raise StartError(str(error), 2) from error
        self._stack.callback(limiter.road.end)
        self._running.application = application
        watching.health.parts.chats = True
        self._running.username = application.bot.username
        await self._storage.meta.set(USERNAME, application.bot.username)
        if hook is not None and isinstance(application.update_queue, Inbox):
            self._running.ticks.append(
                Tick("updates", COLLECT_S, application.update_queue.collect)
            )
        if not await services.staff.has_owner():
            self._running.owner_code = await self._storage.staff.make_code(
                roles.Role.OWNER, 0, self._clock()
            )
        await self._send(sender)

        async def look_for_deliveries() -> None:
            sender.wake()

        self._running.ticks.append(Tick("deliveries", 30, look_for_deliveries))
        await self._amend(amender, services, application)
        await self._work_on(desk, services, application)
        await self._work_on(sourcedesk, services, application)
        await self._plan(services, sender, application)
        self._broadcast(services, sender, application)
        self._running.ticks += desk_ticks(self._running, services, application)
        touch = partial(keep_in_touch, application.bot, watching.reach)
        self._running.ticks.append(Tick("telegram", 30, touch))

    async def _work_on(
        self, desk: LinkDesk | SourceDesk, services: Services, application: App
    ) -> None:
        stop = self._stop_event()
        task = asyncio.create_task(desk.run(services, application.bot, stop))

        async def end() -> None:
            stop.set()
            await task

        self._stack.push_async_callback(end)

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
        stop = self._stop_event()
        task = asyncio.create_task(self._watch(sender.run, stop))

        async def drain() -> None:
            stop.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(task, DRAIN_S)

        self._stack.push_async_callback(drain)

    async def _amend(self, amender: Amender, services: Services, application: App) -> None:
        """Let what was sent follow what becomes of its signals."""
        stop = self._stop_event()
        task = asyncio.create_task(self._watch(amender.run, stop))

        async def end() -> None:
            stop.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(task, DRAIN_S)

        self._stack.push_async_callback(end)
        press = Press(services.taxonomy, services.links, self._clock, pack)
        corrector = Corrector(self._storage, press, clock=self._clock, wake_amender=amender.wake)
        watcher = Watcher(self._storage, application.bot)
        self._running.ticks += [
            Tick("corrections", 3, corrector.run_due),
            Tick("amending", 3, watcher.run_due),
        ]

    def _stop_event(self) -> asyncio.Event:
        self._stops.append(asyncio.Event())
        return self._stops[-1]

    async def _watch(
        self, run: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event
    ) -> None:
        """Run until `stop`, again when the database failed; a refusal of Telegram's ends it."""
        while not stop.is_set():
            try:
                await run(stop)
            except DeliveryError as error:
                log.exception("the sender stopped")
                self._stop_for(f"投递停止了：{error}")
                return
            except Exception:
                log.exception("the sender was interrupted and begins again")
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), AGAIN_S)

    async def _plan(self, services: Services, sender: Sender, application: App) -> None:
        planner = Planner(
            self._storage,
            taxonomy=services.taxonomy,
            links=services.links,
            clock=self._clock,
            pack=pack,
            wake_sender=sender.wake,
            circle=services.circle,
            ahead=max(_LEAST_AHEAD, int(self._settings.send_rate * _AHEAD_S)),
        )
        self._running.planner = planner
        model = (await self._reading.engines())[1].model
        issues = WeeklyIssues(
            self._storage,
            taxonomy=services.taxonomy,
            clock=self._clock,
            introduce=WeekIntroducer(self._storage, model) if model is not None else None,
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
