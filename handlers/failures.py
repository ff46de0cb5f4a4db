"""When a handler breaks: the log gets the trace, the person a clear message and a reference."""

import logging
import secrets
from typing import Any

from telegram import Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError
from telegram.ext import CallbackContext

from digest.model import Lang
from digest.texts import texts_for
from handlers.context import Services
from handlers.guards import first_language
from storage.errors import is_full

_log = logging.getLogger(__name__)

# Refusals (lower case) that say what became of a chat or forum topic; pushes have a longer list.
_TOPIC_GONE = ("message thread not found", "topic_closed", "topic_deleted")
_SILENCED = ("not enough rights to send", "need administrator rights in the channel")

AnyContext = CallbackContext[Any, Any, Any, Any]


class Unsent(NetworkError):  # noqa: N818  a finding, not a fault
    """An answer that certainly was not sent, for Telegram was out of reach for too long.

    What is `left` is answered by the next process: this one stops.
    """

    def __init__(self, message: str, *, left: bool = False) -> None:
        super().__init__(message)
        self.left = left


async def report(services: Services, update: object, context: AnyContext) -> None:
    """Handle the error of one update: log it, tell the person, never raise.

    A chat that blocked, silenced or moved us is noted as such; a broken connection to Telegram is
    logged only, for an apology would not get through either.
    """
    error = context.error
    reference = secrets.token_hex(3).upper()
    if isinstance(update, Update) and await _moved(services, update, error):
        return
    what = _describe(update)
    _log.error("reference %s: %s failed", reference, what, exc_info=error)
    # BadRequest is a NetworkError by inheritance, but the connection is fine then.
    if type(error) in {NetworkError, Unsent} or not isinstance(update, Update):
        return
    await _apologise(services, update, context, reference, full=is_full(error))


async def _moved(services: Services, update: Update, error: Exception | None) -> bool:
    """Whether the error says that the chat, not we, has changed; then that is kept."""
    chat, message = update.effective_chat, update.effective_message
    if chat is None:
        return False
    thread_id = (message.message_thread_id or 0) if message and message.is_topic_message else 0
    words = str(error).casefold()
    subscribers, now = services.storage.subscribers, services.clock()
    try:
        if isinstance(error, ChatMigrated):
            await subscribers.migrate_chat(chat.id, error.new_chat_id)
        elif isinstance(error, BadRequest) and any(one in words for one in _TOPIC_GONE):
            await subscribers.close_topic(chat.id, thread_id, now)
        elif isinstance(error, Forbidden) or any(one in words for one in _SILENCED):
            await subscribers.set_active(chat.id, active=False, reason="blocked", now=now)
        else:
            return False
    except Exception:  # noqa: BLE001, RUF100  the last line of defence never raises
        _log.exception("could not note what became of chat %s", chat.id)
    _log.info("chat %s has changed: %s", chat.id, error)
    return True


async def _apologise(
    services: Services, update: Update, context: AnyContext, reference: str, *, full: bool
) -> None:
    texts = texts_for(await _language(services, update))
    sorry, toast = (
        (texts("chat.error.full"),) * 2
        if full
        else (
            texts("chat.error.sorry", reference=reference),
            texts("chat.error.toast", reference=reference),
        )
    )
    try:
        if update.callback_query:
            await update.callback_query.answer(toast, show_alert=True)
        elif update.effective_chat:
            message = update.effective_message
            await context.bot.send_message(
                update.effective_chat.id,
                sorry,
                message_thread_id=message.message_thread_id
                if message and message.is_topic_message
                else None,
            )
    except TelegramError as second:
        _log.warning("reference %s: the apology did not get through: %s", reference, second)


async def _language(services: Services, update: Update) -> Lang:
    guess = first_language(update.effective_user)
    if update.effective_chat is None:
        return guess
    try:
        known = await services.storage.subscribers.by_chat(update.effective_chat.id, 0)
    except Exception:  # noqa: BLE001, RUF100  see below
        # Perhaps storage is what broke: the apology must get out without it.
        _log.exception("could not look up the language of an apology")
        return guess
    return known.lang if known else guess


def _describe(update: object) -> str:
    """What the update was, without what was written in it."""
    if not isinstance(update, Update):
        return type(update).__name__
    chat = update.effective_chat.id if update.effective_chat else "no chat"
    if update.callback_query:
        return f"update {update.update_id} in {chat}: button {update.callback_query.data!r}"
    text = (update.effective_message.text or "") if update.effective_message else ""
    command = text.split(maxsplit=1)[0][:32] if text.startswith("/") else "a message"
    return f"update {update.update_id} in {chat}: {command}"
