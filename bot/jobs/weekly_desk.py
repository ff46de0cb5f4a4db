"""Brings the draft of a week's report to the staff: its picture, then its words with the buttons.

Who was told stands in storage before the message goes out: a process that ends in between costs
one place its note, and no restart brings one twice. The draft is found under /policy as well.
"""

import json
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
from digest.weekly import Week
from handlers.admin.weeklies.pages import Looked, draft_page, look
from handlers.context import Paint
from handlers.keyboards import markup
from handlers.staff import Place
from handlers.weekpicture import glance_caption
from storage import Storage
from storage.weeklies import Issue

log = logging.getLogger(__name__)

_TOLD = "weekly.drafts"
_WEEKS_KEPT = 60


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
            for place in await self._places():
                told = await self._told(issue)
                mark = f"{place.chat_id}:{place.thread_id}"
                if mark not in told:
                    sent += await self._tell(issue, place, [*told, mark])
        return sent

    async def _told(self, issue: Issue) -> list[str]:
        return (await self._all_told()).get(str(issue.week), [])

    async def _all_told(self) -> dict[str, list[str]]:
        """The places that were told, by week: taking an act back can bring an old draft back."""
        kept = json.loads(await self._storage.meta.get(_TOLD) or "{}")
        return {week: list(told) for week, told in kept.items() if Week.read(week)}

    async def _note(self, issue: Issue, told: Sequence[str]) -> None:
        kept = {**await self._all_told(), str(issue.week): list(told)}
        newest = sorted(kept)[-_WEEKS_KEPT:]
        await self._storage.meta.set(_TOLD, json.dumps({week: kept[week] for week in newest}))

    async def _tell(self, issue: Issue, place: Place, told: Sequence[str]) -> bool:
        now = self._clock()
        rendering = self._rendering(place, now)
        looked = await look(self._storage, issue, self._taxonomy, rendering, now)
        await self._note(issue, told)
        try:
            await self._picture(looked, place, rendering)
            await self._words(looked, place, rendering)
        except TelegramError as error:
            log.warning("place %d was not told of week %s: %s", place.chat_id, issue.week, error)
            if fate_of(error, now).fate is DeliveryFate.RETRY:
                await self._note(issue, told[:-1])
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
