"""Once a week the staff is told which new topics seem to come up; nothing is told of nothing."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.clock import Clock
from bot.delivery.fates import fate_of
from digest.errors import DeliveryFate
from digest.model import Action, Button
from digest.render import escape
from digest.suggesting import Suggestion
from digest.texts import Texts, texts_for
from digest.weekly import Week
from handlers.keyboards import markup
from handlers.staff import Place
from storage import Storage

log = logging.getLogger(__name__)

DAY, AT, WITHIN = 1, time(10), timedelta(hours=6)
"""On Tuesdays: Mondays have the numbers of the week."""
MOST = 5


class TopicNotes:
    """Tells each place of the staff once a week; `places` are its desks, or its editors."""

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
        self._zone = ZoneInfo(zone)
        self._clock = clock

    async def run_due(self) -> int:
        """Tell whoever is to be told now. Returns how many notes were sent."""
        now = self._clock()
        local = now.astimezone(self._zone)
        due = datetime.combine(local.date(), AT, self._zone)
        if local.weekday() != DAY or not due <= local < due + WITHIN:
            return 0
        week = str(Week.of(local.date()))
        told = await self._storage.staff_notes.told("topics", week)
        waiting = [
            place for place in await self._places() if (place.chat_id, place.thread_id) not in told
        ]
        if not waiting:
            return 0
        ideas = await self._storage.ideas.fresh(self._storage.taxonomy.current, now)
        if not ideas:
            return 0
        return sum([await self._tell(place, week, ideas, now) for place in waiting])

    async def _tell(
        self, place: Place, week: str, ideas: Sequence[Suggestion], now: datetime
    ) -> bool:
        texts, notes = texts_for(place.lang), self._storage.staff_notes
        button = Button(texts("bot.topics.open"), action=Action("txideas", (0,)))
        # Noted first: a process that ends in between must not tell it twice.
        note = week, place.chat_id, place.thread_id
        if not await notes.claim("topics", *note, now):
            return False  # another process was quicker
        try:
            await self._bot.send_message(
                place.chat_id,
                note_text(ideas, texts),
                parse_mode=ParseMode.HTML,
                reply_markup=markup(((button,),)),
                message_thread_id=place.thread_id or None,
            )
        except TelegramError as error:
            log.warning("the staff at %d was not told of new topics: %s", place.chat_id, error)
            if fate_of(error, now).fate is DeliveryFate.RETRY:
                await notes.give_back("topics", *note)
            return False
        return True


def note_text(ideas: Sequence[Suggestion], texts: Texts) -> str:
    """The note (HTML): how many phrases rise, and the first of them."""
    lines = [texts.n("bot.topics.title", len(ideas))]
    for one in ideas[:MOST]:
        named = f"{one.phrase} / {one.pair}" if one.pair else one.phrase
        said = texts("bot.topics.line", name=named, recent=one.recent, sources=one.sources)
        lines.append(f"· {escape(said)}")
    return "\n".join(lines)
