"""Once a week the staff is told which new topics seem to come up; nothing is told of nothing."""

import json
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
_TOLD = "topics.suggested"


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
        waiting = [
            place for place in await self._places() if _mark(place) not in await self._told(week)
        ]
        if not waiting:
            return 0
        ideas = await self._storage.ideas.fresh(self._storage.taxonomy.current, now)
        if not ideas:
            return 0
        return sum([await self._tell(place, week, ideas, now) for place in waiting])

    async def _told(self, week: str) -> list[str]:
        kept = json.loads(await self._storage.meta.get(_TOLD) or "{}")
        return list(kept.get("told", ())) if kept.get("week") == week else []

    async def _note(self, week: str, told: Sequence[str]) -> None:
        await self._storage.meta.set(_TOLD, json.dumps({"week": week, "told": list(told)}))

    async def _tell(
        self, place: Place, week: str, ideas: Sequence[Suggestion], now: datetime
    ) -> bool:
        texts, told = texts_for(place.lang), await self._told(week)
        button = Button(texts("bot.topics.open"), action=Action("txideas", (0,)))
        # Noted first: a process that ends in between must not tell it twice.
        await self._note(week, [*told, _mark(place)])
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
                await self._note(week, told)
            return False
        return True


def _mark(place: Place) -> str:
    return f"{place.chat_id}:{place.thread_id}"


def note_text(ideas: Sequence[Suggestion], texts: Texts) -> str:
    """The note (HTML): how many phrases rise, and the first of them."""
    lines = [texts.n("bot.topics.title", len(ideas))]
    for one in ideas[:MOST]:
        named = f"{one.phrase} / {one.pair}" if one.pair else one.phrase
        said = texts("bot.topics.line", name=named, recent=one.recent, sources=one.sources)
        lines.append(f"· {escape(said)}")
    return "\n".join(lines)
