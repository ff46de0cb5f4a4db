"""When a handler breaks: the log gets the trace, the person a clear message and a reference."""

import logging
import secrets
from typing import Any

from telegram import Update
from telegram.error import Forbidden, NetworkError, TelegramError
from telegram.ext import CallbackContext

from digest.model import Lang
from digest.texts import texts_for
from handlers.context import Services
from handlers.guards import first_language

_log = logging.getLogger(__name__)

AnyContext = CallbackContext[Any, Any, Any, Any]


async def report(services: Services, update: object, context: AnyContext) -> None:
    """Handle the error of one update: log it, tell the person, never raise.

    A chat that blocked us is marked inactive instead; a broken connection to Telegram is logged
    only, for an apology would not get through either.
    """
    error = context.error
    reference = secrets.token_hex(3).upper()
    if isinstance(error, Forbidden) and isinstance(update, Update) and update.effective_chat:
        _log.info("chat %s no longer wants us: %s", update.effective_chat.id, error)
        await _deactivate(services, update.effective_chat.id)
        return
    what = _describe(update)
    _log.error("reference %s: %s failed", reference, what, exc_info=error)
    # BadRequest is a NetworkError by inheritance, but the connection is fine then.
    if type(error) is NetworkError or not isinstance(update, Update):
        return
    await _apologise(services, update, context, reference)


async def _deactivate(services: Services, chat_id: int) -> None:
    try:
        await services.storage.subscribers.set_active(
            chat_id, active=False, reason="blocked", now=services.clock()
        )
    except Exception:  # noqa: BLE001, RUF100  the last line of defence never raises
        _log.exception("could not mark chat %s as gone", chat_id)


async def _apologise(
    services: Services, update: Update, context: AnyContext, reference: str
) -> None:
    texts = texts_for(await _language(services, update))
    try:
        if update.callback_query:
            await update.callback_query.answer(
                texts("chat.error.toast", reference=reference), show_alert=True
            )
        elif update.effective_chat:
            message = update.effective_message
            await context.bot.send_message(
                update.effective_chat.id,
                texts("chat.error.sorry", reference=reference),
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
