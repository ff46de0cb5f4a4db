"""Tell the staff, once, that sources fell ill or came back.

Desks are written to, or without one everybody who may act, in their languages. News is gathered
for a minute, so that many sources make one message. When most of the sources cannot be reached it
is our network and not theirs: that is told instead, once, and what passes with it is not told.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import Forbidden, RetryAfter, TelegramError

from bot.clock import Clock
from digest.model import Lang, Source
from digest.sources.outage import Reach, reach_of
from digest.sources.polling import PollDecision
from digest.texts import texts_for
from handlers.admin.sources.newscards import news_message
from handlers.context import Services
from handlers.keyboards import markup
from storage import Storage
from storage.source_drafts import Where
from storage.source_news import Event, News, Notice

log = logging.getLogger(__name__)

GATHERED = timedelta(seconds=60)
# After our own network was down sources come back one by one: so long nobody counts them.
_SETTLING = timedelta(hours=2)
_AGAIN = timedelta(minutes=1)
_GONE = timedelta(hours=12)
_OUTAGE = "sources_outage"


async def in_log(source: Source, decision: PollDecision) -> None:
    """For whoever looks at the log: the same news."""
    log.warning("source %s: %s", source.spec.key, decision.outcome)


class Telling:
    """Gathers news of sources and sends what is owed."""

    def __init__(self, services: Services, bot: Bot) -> None:
        self._services = services
        self._storage: Storage = services.storage
        self._clock: Clock = services.clock
        self._bot = bot

    async def run_due(self) -> int:
        """Gather what is ripe, and send. Returns how many messages went out."""
        await self._gather(self._clock())
        sent = 0
        for notice in await self._storage.source_news.due(self._clock()):
            sent += await self._send(notice)
        return sent

    # --- gathering ------------------------------------------------------------------------

    async def _gather(self, now: datetime) -> None:
        sources = await self._storage.sources.all()
        if await self._outage(reach_of(sources), now):
            return
        untold = await self._storage.source_news.untold()
        if not untold or now - untold[0].at < GATHERED:
            return
        last = _what_remains(untold)
        titles = {source.id: source.spec.title for source in sources}
        news = {
            "sources": [
                [one.source_id, titles[one.source_id], one.event, one.reason]
                for one in last
                if one.source_id in titles  # whoever retired it knows
            ]
        }
        ids = sorted({one.source_id for one in untold})
        await self._storage.source_news.owe(
            await self._places(), news if news["sources"] else {}, ids, now
        )

    async def _outage(self, reach: Reach, now: datetime) -> bool:
        """Whether our network is down, or was a moment ago; its begin and end are told."""
        meta = self._storage.meta
        state, _, since = (await meta.get(_OUTAGE) or "").partition(" ")
        down = reach.is_outage(already=state == "down")
        if down and state != "down":
            await meta.set(_OUTAGE, f"down {now.isoformat()}")
            await self._tell_outage("down", reach, now)
        elif not down and state == "down":
            await meta.set(_OUTAGE, f"settling {now.isoformat()}")
            await self._tell_outage("up", reach, now)
        elif state == "settling" and now - datetime.fromisoformat(since) >= _SETTLING:
            await meta.set(_OUTAGE, "")
            return False
        return down or state in {"down", "settling"}

    async def _tell_outage(self, what: str, reach: Reach, now: datetime) -> None:
        news = {"outage": what, "unreached": reach.unreached, "polled": reach.polled}
        await self._storage.source_news.owe(await self._places(), news, (), now)

    async def _places(self) -> list[Where]:
        places = await self._services.staff.places()
        return [Where(one.chat_id, one.thread_id, one.lang) for one in places]

    # --- sending --------------------------------------------------------------------------

    async def _send(self, notice: Notice) -> bool:
        now = self._clock()
        message = news_message(texts_for(Lang(notice.where.lang)), notice.news)
        try:
            await self._bot.send_message(
                notice.where.chat_id,
                message.text,
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=markup(message.buttons),
                message_thread_id=notice.where.thread_id or None,
            )
        except Forbidden:
            log.warning("%d cannot be told about sources", notice.where.chat_id)
            await self._storage.source_news.put_off(notice.id, now + _GONE)
            return False
        except TelegramError as error:
            wait = error.retry_after if isinstance(error, RetryAfter) else 0
            pause = wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
            log.warning("%d was not told about sources: %s", notice.where.chat_id, error)
            await self._storage.source_news.put_off(notice.id, now + max(_AGAIN, pause))
            return False
        await self._storage.source_news.sent(notice.id, now)
        return True


def _what_remains(untold: Sequence[News]) -> list[News]:
    """The newest news of each source, but none of what began and ended while nobody was told."""
    by_source: dict[int, list[News]] = {}
    for one in untold:
        by_source.setdefault(one.source_id, []).append(one)
    remaining = [
        events[-1]
        for events in by_source.values()
        if not (events[0].event is not Event.BACK and events[-1].event is Event.BACK)
    ]
    return sorted(remaining, key=lambda one: one.at)
