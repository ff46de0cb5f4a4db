"""Tell the admins what readers report: one message for a signal and fault, which counts on.

A message that could not be sent is tried again; the reports themselves stay in storage.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from html import escape

from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.clock import Clock
from digest.model import Action, Button, Lang, Signal
from digest.render import Links
from digest.text.units import clip
from digest.texts import Texts, texts_for
from handlers.keyboards import markup
from storage import Notice, Storage

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(minutes=1)
# An admin who has not started the bot, or blocked it, may come back.
GONE_FOR = timedelta(minutes=10)
_WORDS_UNITS = 300
_HEADLINE_UNITS = 200


class Reporter:
    """Writes to the private chats of those who edit; `admins` is asked anew each time."""

    def __init__(
        self,
        storage: Storage,
        bot: Bot,
        *,
        admins: Callable[[], Awaitable[Iterable[int]]],
        links: Links,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._bot = bot
        self._admins = admins
        self._links = links
        self._clock = clock

    async def run_due(self) -> int:
        """Tell what is untold. Returns how many messages were sent or changed."""
        told = 0
        gone: set[int] = set()
        for notice in await self._storage.reports.untold(await self._admins(), self._clock()):
            if notice.admin_id in gone:  # one refusal stands for all that waits there
                await self._storage.reports.put_off(notice, self._clock() + GONE_FOR)
            elif await self._tell(notice, gone):
                told += 1
        return told

    async def _tell(self, notice: Notice, gone: set[int]) -> bool:
        now = self._clock()
        try:
            message_id = await self._write(notice)
        except Forbidden:
            log.warning("admin %d cannot be told of reports", notice.admin_id)
            gone.add(notice.admin_id)
            await self._storage.reports.put_off(notice, now + GONE_FOR)
            return False
        except TelegramError as error:
            log.warning("admin %d was not told of a report: %s", notice.admin_id, error)
            await self._storage.reports.put_off(notice, now + AGAIN_AFTER)
            return False
        await self._storage.reports.told(notice, message_id)
        return True

    async def _write(self, notice: Notice) -> int:
        """Change the message that the admin has, or send one. Returns its id."""
        signal = await self._storage.signals.get(notice.signal_id)
        admin = await self._storage.subscribers.by_chat(notice.admin_id)
        texts = texts_for(admin.lang if admin else Lang.ZH)
        text = notice_text(notice, signal, texts, self._links)
        card = Button(texts("bot.report.open"), action=Action("card", (notice.signal_id,)))
        keyboard = markup(((card,),))
        preview = LinkPreviewOptions(is_disabled=True)
        if notice.message_id is not None:
            try:
                await self._bot.edit_message_text(
                    text,
                    notice.admin_id,
                    notice.message_id,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=preview,
                    reply_markup=keyboard,
                )
            except BadRequest as error:
                if "not modified" in error.message.casefold():
                    return notice.message_id
                log.info("the earlier notice is out of reach: %s", error)
            else:
                return notice.message_id
        sent = await self._bot.send_message(
            notice.admin_id,
            text,
            parse_mode=ParseMode.HTML,
            link_preview_options=preview,
            reply_markup=keyboard,
        )
        return sent.message_id


def notice_text(notice: Notice, signal: Signal | None, texts: Texts, links: Links) -> str:
    """What an admin reads (HTML): the fault, how many found it, what they wrote, who."""
    kind = texts(f"chat.report.{notice.kind}").rstrip("…")
    people = texts.n("bot.report.people", notice.count)
    lines = [texts("bot.report.title", kind=kind, count=people), _named(notice, signal, links)]
    for quote in notice.quotes:
        person = f"<code>{quote.user_id}</code>"
        words = escape(clip(quote.words, _WORDS_UNITS), quote=False)
        key = "bot.report.line" if words else "bot.report.bare"
        lines.append(texts(key, words=words, person=person))
    further = notice.count - len(notice.quotes)
    if further > 0:
        lines.append(texts.n("bot.report.further", further))
    return "\n".join(lines)


def _named(notice: Notice, signal: Signal | None, links: Links) -> str:
    name = signal.brief.headline if signal else f"#{notice.signal_id}"
    shown = escape(clip(name, _HEADLINE_UNITS), quote=False)
    if not links.usable:
        return shown
    return f'<a href="{escape(links.signal(notice.signal_id))}">{shown}</a>'
