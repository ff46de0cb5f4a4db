"""Brings the draft of a week's report to the staff: its picture, then its words with the buttons.

Who was told stands in storage before the message goes out: a process that ends in between costs
one place its note, and no restart brings one twice. The draft is found under /policy as well.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from telegram import Bot, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.clock import Clock
from bot.delivery.fates import fate_of
from digest.errors import DeliveryFate, HexinError
from digest.render import Links, Rendering
from digest.taxonomy import Taxonomy
from digest.texts import texts_for
from digest.weeklies.glance import glance_of
from handlers.admin.weeklies.pages import Looked, draft_page, look
from handlers.context import Paint
from handlers.keyboards import markup
from handlers.staff import Place
from handlers.weekpicture import glance_caption
from storage import Storage
from storage.weeklies import Issue

log = logging.getLogger(__name__)


class WeeklyDesk:
    """Tells each place of the staff of each draft, once."""

    def __init__(
        self,
        storage: Storage,
        bot: Bot,
        *,
        places: Callable[[], Awaitable[Sequence[Place]]],
        taxonomy: Taxonomy,
        links: Links,
        paint: Paint | None,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._bot = bot
        self._places = places
        self._taxonomy = taxonomy
        self._links = links
        self._paint = paint
        self._clock = clock

    async def run_due(self) -> int:
        """Tell whoever has not been told of a draft that waits. Returns how many places were."""
        sent = 0
        for issue in await self._storage.weeklies.drafts():
            told = await self._storage.staff_notes.told("drafts", str(issue.week))
            for place in await self._places():
                if (place.chat_id, place.thread_id) not in told:
                    sent += await self._tell(issue, place)
        return sent

    async def _tell(self, issue: Issue, place: Place) -> bool:
        now, notes = self._clock(), self._storage.staff_notes
        rendering = self._rendering(place, now)
        looked = await look(self._storage, issue, self._taxonomy, rendering, now)
        note = str(issue.week), place.chat_id, place.thread_id
        if not await notes.claim("drafts", *note, now):
            return False  # another process was quicker
        try:
            await self._picture(looked, place, rendering)
            await self._words(looked, place, rendering)
        except TelegramError as error:
            log.warning("place %d was not told of week %s: %s", place.chat_id, issue.week, error)
            if fate_of(error, now).fate is DeliveryFate.RETRY:
                await notes.give_back("drafts", *note)
            return False
        return True

    def _rendering(self, place: Place, now: datetime) -> Rendering:
        zone = str(self._storage.numbers.zone)
        return Rendering(self._links, texts_for(place.lang), self._taxonomy, zone, now)

    async def _picture(self, looked: Looked, place: Place, rendering: Rendering) -> None:
        """Without a picture the words say it all."""
        if self._paint is None or looked.weekly is None:
            return
        picture = glance_of(looked.weekly, rendering)
        if picture.is_empty:
            return
        try:
            body = await self._paint.png(picture)
        except HexinError:
            log.exception("the picture of week %s was not drawn", looked.issue.week)
            return
        await self._bot.send_photo(
            place.chat_id,
            InputFile(body, filename=f"{looked.issue.week}.png"),
            caption=glance_caption(looked.weekly, rendering),
            parse_mode=ParseMode.HTML,
            message_thread_id=place.thread_id or None,
            disable_notification=True,
        )

    async def _words(self, looked: Looked, place: Place, rendering: Rendering) -> None:
        message = draft_page(looked, rendering)
        await self._bot.send_message(
            place.chat_id,
            message.text,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=markup(message.buttons),
            message_thread_id=place.thread_id or None,
        )
