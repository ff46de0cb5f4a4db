"""The chat side, assembled: python-telegram-bot on our transport, limiter, handlers, sender."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
from telegram import Update
from telegram.error import (
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import Application, ExtBot

from bot.delivery.limiter import Limiter, PacedRateLimiter
from bot.watching.chat import MeasuredProcessor, MeasuredRequest, PollRequest, Reach
from bot.web.webhook import Hook
from handlers.context import Services
from handlers.inbox import Inbox
from handlers.registry import install, publish_menu, publish_menu_button
from handlers.staff import Staff

log = logging.getLogger(__name__)

App = Application[Any, Any, Any, Any, Any, Any]
LONG_POLL_S = 25
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
# For a question that only finds out whether Telegram can be reached.
_PROBE_S = 5.0


class ChatError(Exception):
    """The chat side cannot work at all: a wrong token, or a second process with the same one."""


@dataclass(frozen=True, slots=True)
class BotApi:
    """Which Bot API server, with which token."""

    base_url: str
    token: str


class KeepingBot(ExtBot[int]):
    """A bot that has an `inbox` write down what a poll brings, all in one transaction.

    The application's queue is given one after the other, and the next poll waits for them all.
    """

    __slots__ = ("_inbox", "_polls")

    def __init__(self, inbox: Inbox, polls: PollRequest, token: str, **more: Any) -> None:
        super().__init__(token, get_updates_request=polls, **more)
        self._inbox = inbox
        self._polls = polls

    async def get_updates(self, *args: Any, **more: Any) -> tuple[Update, ...]:
        """As the library's, and written down."""
        updates = await super().get_updates(*args, **more)
        if updates:
            await self._inbox.keep(updates, self._polls.brought())
        return updates


class ForgetfulApplication(App):
    """An application that keeps nothing of those whom it has answered.

    The library notes the chat and the person of every update for a persistence, also where there
    is none, and takes no one out again: of a million readers some 150 MB, for as long as we run.
    """

    __slots__ = ()

    def _mark_for_persistence_update(self, *, update: object = None, job: object = None) -> None:
        """Note nobody: nothing is kept for them. The library has no setting for it."""


def build_application(
    api: BotApi,
    session: aiohttp.ClientSession,
    limiter: Limiter,
    services: Services,
    reach: Reach | None = None,
) -> App:
    """Make the Application with every handler installed; nothing is sent yet."""
    reach = reach or Reach()
    inbox = Inbox(services.storage, services.clock)
    bot = KeepingBot(
        inbox,
        PollRequest(session, reach),
        api.token,
        base_url=f"{api.base_url}/bot",
        base_file_url=f"{api.base_url}/file/bot",
        request=MeasuredRequest(session, reach),
        rate_limiter=PacedRateLimiter(limiter),
    )
    application: App = (
        Application.builder()
        .application_class(ForgetfulApplication)
        .bot(bot)
        .concurrent_updates(MeasuredProcessor())
        .update_queue(inbox)
        .build()
    )
    inbox.bot = bot
    limiter.road.ask = partial(
        application.bot.get_me, read_timeout=_PROBE_S, connect_timeout=_PROBE_S
    )
    install(application, services)
    return application


async def log_in(application: App) -> None:
    """Ask who we are, as long as it takes. Raises ChatError when it can never work."""
    wait = FIRST_WAIT_S
    while True:
        try:
            await application.initialize()
        except InvalidToken as error:
            raise ChatError(
                "Telegram 不认这个令牌：请向 @BotFather 核对 TELEGRAM_BOT_TOKEN。"
            ) from error
        except (TimedOut, NetworkError, RetryAfter) as error:
            log.warning("Telegram cannot be reached (%s); trying again in %.0f s", error, wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_S)
        else:
            return


@asynccontextmanager
async def chatting(
    application: App,
    on_fatal: Callable[[str], None],
    app_url: str = "",
    staff: Staff | None = None,
    hook: Hook | None = None,
) -> AsyncIterator[None]:
    """Receive and answer updates until the block ends; what is being answered is finished.

    `on_fatal` is told when Telegram refuses us for good; `app_url` is where the Mini App opens;
    the `staff` sees its own commands in the menu. With a `hook` updates are brought to other
    processes, and collected from what they store (handlers/inbox.py).
    """

    def on_error(error: TelegramError) -> None:
        if isinstance(error, Conflict):
            on_fatal("另一个进程正在用同一个令牌收消息：请只保留一个。")
        elif isinstance(error, InvalidToken):
            on_fatal("令牌已失效：请向 @BotFather 核对 TELEGRAM_BOT_TOKEN。")
        else:
            log.warning("receiving updates: %s", error)

    updater = application.updater
    if updater is None:
        raise RuntimeError("the application was built without an updater")
    await log_in(application)
    await application.start()
    setting_up = [asyncio.create_task(_menu(application, app_url, staff))]
    if hook is not None:
        setting_up.append(asyncio.create_task(_set_hook(application, hook)))
    else:
        if isinstance(application.update_queue, Inbox):
            await application.update_queue.replay()
        await updater.start_polling(  # which takes a webhook of before away
            timeout=LONG_POLL_S,
            allowed_updates=Update.ALL_TYPES,
            error_callback=on_error,
            bootstrap_retries=-1,
        )
    try:
        yield
    finally:
        for task in setting_up:
            task.cancel()
        await asyncio.gather(*setting_up, return_exceptions=True)
        if updater.running:
            await updater.stop()
        await application.stop()
        await application.shutdown()


async def _set_hook(application: App, hook: Hook) -> None:
    """Tell Telegram where to bring updates, until it has understood."""
    wait = FIRST_WAIT_S
    while True:
        try:
            await application.bot.set_webhook(
                hook.url, secret_token=hook.secret, allowed_updates=Update.ALL_TYPES
            )
        except TelegramError as error:
            log.warning("the webhook could not be set (%s); trying again", error)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_S)
        else:
            return


async def _menu(application: App, app_url: str, staff: Staff | None) -> None:
    """The menu is a convenience: the bot works while Telegram makes us wait for it."""
    try:
        await publish_menu(application.bot, staff)
        await publish_menu_button(application.bot, app_url)
    except TelegramError as error:
        log.warning("the command menu could not be set: %s", error)
