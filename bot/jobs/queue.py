"""The queue by itself: what falls, what was given a time, and what the staff is told of it."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, time, timedelta
from html import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import Forbidden, TelegramError

from bot.clock import Clock
from digest.compose import local_moment
from digest.model import Action, Button, SignalState
from digest.text.units import clip
from digest.texts import Texts, texts_for
from handlers.admin.queue.words import span_words
from handlers.keyboards import markup
from handlers.staff import Place
from storage import Storage
from storage.queue import Waiting
from storage.queue_notes import Kind

log = logging.getLogger(__name__)

NOTE_AT = time(9)
# A note that could not be sent in the morning is not sent at night.
NOTE_WITHIN = timedelta(hours=6)
MANY = 50
"""From so many on the staff is told at once; again only after the queue was half as long."""
_HEADLINE_UNITS = 80


class QueueKeeper:
    """Carries out what editors and policies have ordered for a time."""

    def __init__(self, storage: Storage, *, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def run_due(self) -> int:
        """Publish what is scheduled, let fall what nobody reviewed. Returns how many changed."""
        now = self._clock()
        done = await self._storage.curation.publish_due(now)
        done += await self._storage.curation.fall_due(now)
        changed = sum(len(one.signals) for one in done)
        if changed:
            log.info("%d signals of the queue were due", changed)
        return changed


class QueueTeller:
    """Tells the staff how long the queue is: each morning, and once when it grows long.

    `places` are the desks, or without one the private chats of those who edit.
    """

    def __init__(
        self,
        storage: Storage,
        bot: Bot,
        *,
        places: Callable[[], Awaitable[Sequence[Place]]],
        zone: str,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._bot = bot
        self._places = places
        self._zone = zone
        self._clock = clock

    async def run_due(self) -> int:
        """Tell whoever is to be told now. Returns how many notes were sent."""
        now = self._clock()
        length = await self._storage.queue.length()
        sent = 0
        for place in await self._places():
            zone = await self._zone_of(place)
            morning = local_moment(now.astimezone(zone).date(), NOTE_AT, zone)
            if morning <= now < morning + NOTE_WITHIN:
                sent += await self._tell("told_at", place, morning, now, zone)
            if length >= MANY:
                sent += await self._tell("warned_at", place, None, now, zone)
            elif length < MANY // 2:
                notes = self._storage.queue_notes
                await notes.give_back("warned_at", place.chat_id, place.thread_id)
        return sent

    async def _zone_of(self, place: Place) -> ZoneInfo:
        """The time zone of the chat, ours where it has none that we know."""
        known = await self._storage.subscribers.by_chat(place.chat_id, place.thread_id)
        try:
            return ZoneInfo(known.subscription.zone if known else self._zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo(self._zone)

    async def _tell(
        self, kind: Kind, place: Place, since: datetime | None, now: datetime, zone: ZoneInfo
    ) -> bool:
        notes = self._storage.queue_notes
        if not await notes.claim(kind, place.chat_id, place.thread_id, since, now):
            return False
        waiting = await self._storage.queue.waiting(now)
        if not waiting:  # an empty queue is no news, today
            return False
        texts = texts_for(place.lang)
        text = note_text(waiting, texts, now, zone, grown=kind == "warned_at")
        button = Button(texts("bot.queue.open"), action=Action("queue", (0, "")))
        try:
            await self._bot.send_message(
                place.chat_id,
                text,
                parse_mode=ParseMode.HTML,
                reply_markup=markup(((button,),)),
                message_thread_id=place.thread_id or None,
            )
        except Forbidden:
            log.warning("the staff at %d cannot be told of the queue", place.chat_id)
            return False
        except TelegramError as error:
            log.warning("the staff at %d was not told of the queue: %s", place.chat_id, error)
            await notes.give_back(kind, place.chat_id, place.thread_id)
            return False
        return True


def note_text(
    waiting: Sequence[Waiting], texts: Texts, now: datetime, zone: ZoneInfo, *, grown: bool
) -> str:
    """How many wait, the oldest, and what falls before the day is over (HTML)."""
    oldest = waiting[0]
    headline = escape(clip(oldest.headline, _HEADLINE_UNITS) or "…", quote=False)
    lines = [
        texts.n("bot.queue.grown" if grown else "bot.queue.length", len(waiting)),
        texts("bot.queue.oldest", span=span_words(texts, now - oldest.held_at), headline=headline),
    ]
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    midnight = local_moment(tomorrow, time(), zone)
    today = [one for one in waiting if one.falls_at is not None and one.falls_at < midnight]
    falls = (
        ("bot.queue.falls.publish", SignalState.LIVE),
        ("bot.queue.falls.reject", SignalState.REJECTED),
    )
    for key, outcome in falls:
        count = sum(one.outcome is outcome for one in today)
        if count:
            lines.append(texts.n(key, count))
    return "\n".join(lines)
