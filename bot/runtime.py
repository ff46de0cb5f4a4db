"""Builds everything in order, runs it until told to stop, takes it down in reverse."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.application import BotApi
from bot.clock import Clock, utc_now
from bot.config import Settings
from bot.heap import give_back
from bot.observe import keep_also
from bot.parts.chat import USERNAME, Chat
from bot.parts.front import Front
from bot.parts.leading import Leading
from bot.parts.outlook import open_outlook
from bot.parts.reading import Reading
from bot.parts.ticks import upkeep_ticks
from bot.pictures.painter import Painter
from bot.running import Role, Running, StartError
from bot.schedule import Schedule, Tick
from bot.watching.sentry import set_up_sentry
from digest.links import Quota
from digest.render import Links
from digest.seals import KEY_NAME, POST, make_seal
from handlers.admission import Access, AccessMode
from handlers.context import Services
from storage import DatabaseDamaged, Storage, StorageUnavailable, migrate
from storage.database import process_name

if TYPE_CHECKING:
    from storage.lead import Lead

log = logging.getLogger(__name__)


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
    set_up_sentry(
        settings.sentry_dsn.get_secret_value(), role=role, release=f"hexin@{version('hexin')}"
    )
    async with AsyncExitStack() as stack:
        storage = await _open_storage(settings, stack)
        running = Running(settings, storage, clock, allowed=list(settings.allowed_addresses))
        running.watching.start(stack)
        _open_wakeups(running, stack)
        await open_outlook(running, stack)
        painter = Painter(clock)
        stack.push_async_callback(painter.close)
        front = Front(running, stack, painter)
        reading = Reading(running, stack)

        def stop_for(reason: str) -> None:
            log.error("%s", reason)
            running.fatal = reason
            on_fatal()

        chat = Chat(running, reading, stop_for)
        if role in {Role.ALL, Role.CLOCK} and not settings.token:
            await front.sandbox()
        if role in {Role.ALL, Role.WEB}:
            await front.pages()
        services = running.services = await _make_services(running, front, chat, painter)
        if role in {Role.ALL, Role.CLOCK}:
            api = front.api or BotApi(settings.telegram_api_base_url, settings.token)
            hook = await front.hook()

            async def begin(term: AsyncExitStack) -> None:
                await chat.start(services, api, term, hook)
                running.ticks += upkeep_ticks(running)

            leading = Leading(running, _lead(running, api), begin, chat.halt)
            await leading.start(stack, stop_for)
        if role in {Role.ALL, Role.WORKER}:
            await reading.start()
        _begin_the_day(running, stack)
        yield running


async def _open_storage(settings: Settings, stack: AsyncExitStack) -> Storage:
    try:
        await migrate(settings.database_url)
        storage = await Storage.open(settings.database_url)
    except (StorageUnavailable, DatabaseDamaged) as error:
        raise StartError(f"{error}\n运行 hexin doctor 查看详情。") from error
    stack.push_async_callback(storage.close)
    storage.meta.guard(settings.token, keep_also)
    storage.deliveries.resend_alerts = settings.resend_alerts
    storage.numbers.zone = ZoneInfo(settings.default_zone)
    return storage


def _open_wakeups(running: Running, stack: AsyncExitStack) -> None:
    """Let this process wake others, where there are others."""
    if running.storage.database.dialect == "sqlite":
        return
    from storage.wakeups import Wakeups  # noqa: PLC0415  on SQLite nothing of it is needed

    running.wakeups = Wakeups(running.settings.database_url)
    carrying = asyncio.create_task(running.wakeups.carry())

    async def end() -> None:
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)

    stack.push_async_callback(end)


def _lead(running: Running, api: BotApi) -> "Lead | None":
    """The lead of the processes of this bot; SQLite has room for one only."""
    if running.storage.database.dialect == "sqlite":
        return None
    from storage.lead import Lead  # noqa: PLC0415  its driver takes 5 MB

    bot_id = api.token.partition(":")[0]
    return Lead(running.settings.database_url, f"bot {bot_id}", process_name())


async def _make_services(running: Running, front: Front, chat: Chat, painter: Painter) -> Services:
    """What handlers and the Mini App work with."""
    settings, storage, clock = running.settings, running.storage, running.clock
    key = await storage.meta.secret(KEY_NAME)
    links = Links(
        running.base_url,
        lambda signal_id: make_seal(key, signal_id, clock()),
        lambda post_id: make_seal(key, post_id, clock(), of=POST),
    )
    return Services(
        storage=storage,
        taxonomy=storage.taxonomy.current,
        links=links,
        clock=clock,
        wake_sender=chat.wake_sender,
        wake_corrector=lambda: running.nudge("corrections"),
        admins=front.admins(),
        sandbox=running.sandbox is not None,
        zone=settings.default_zone,
        untranslated=running.untranslated,
        access=Access(AccessMode(settings.access), settings.allowed),
        app_url=front.app_url(),
        paint=painter,
        send_rate=settings.send_rate,
        quota=Quota(settings.links_hourly, settings.links_daily),
    )


def _begin_the_day(running: Running, stack: AsyncExitStack) -> None:
    async def refresh_taxonomy() -> None:
        if await running.storage.taxonomy.refresh():
            log.info("columns and topics were changed by another process")

    async def learn_name() -> None:
        if not running.username:
            running.username = await running.storage.meta.get(USERNAME) or ""

    if not running.leads:
        running.ticks.append(Tick("name", 30, learn_name))
    # What editors change in another process, or by the command line, counts here soon.
    running.ticks.append(Tick("taxonomy", 3, refresh_taxonomy))
    running.ticks.append(Tick("health", 15, running.watching.health.look))
    running.ticks.append(Tick("memory", 120, give_back))
    schedule = Schedule(tuple(running.ticks))
    running.schedule = schedule
    schedule.start()
    stack.push_async_callback(schedule.stop)
