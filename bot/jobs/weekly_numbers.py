"""On Monday morning the staff is told the numbers of the week: each place once.

Who was told stands in storage before the message goes out: a process that ends in between costs
a report, and no restart brings one twice. What certainly was not sent is tried again.
"""

import logging
from datetime import datetime, time, timedelta

from telegram import Bot, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.clock import Clock
from bot.delivery.fates import fate_of
from digest.errors import DeliveryFate, HexinError
from digest.numbers import Span, bounds
from digest.roles import Role
from digest.taxonomy import Taxonomy
from digest.texts import texts_for
from digest.weekly import Week
from handlers.admin.inside import page_button
from handlers.admin.weekly_numbers import WeeklyReport, last_week, weekly_report
from handlers.context import Paint
from handlers.keyboards import markup
from handlers.staff import Place, Staff
from storage import Storage

log = logging.getLogger(__name__)

AT = time(9)
LATE_AT_MOST = timedelta(hours=36)
"""A bot that was away longer leaves the report out: /stats has the numbers."""


class WeeklyNumbers:
    """Sends the report to the desks, or without one to each of the staff."""

    def __init__(
        self,
        storage: Storage,
        bot: Bot,
        *,
        staff: Staff,
        taxonomy: Taxonomy,
        paint: Paint | None,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._bot = bot
        self._staff = staff
        self._taxonomy = taxonomy
        self._paint = paint
        self._clock = clock

    async def run_due(self) -> int:
        """Tell whoever has not been told of last week. Returns how many places were."""
        now = self._clock()
        span = last_week(self._storage, now)
        if not self._is_time(now) or not await self._has_begun(span):
            return 0
        week = str(Week.of(span.first))
        sent = 0
        told = await self._storage.staff_notes.told("numbers", week)
        for place in await self._staff.places(Role.VIEWER):
            if (place.chat_id, place.thread_id) not in told:
                sent += await self._tell(place, span, week)
        return sent

    def _is_time(self, now: datetime) -> bool:
        zone = self._storage.numbers.zone
        local = now.astimezone(zone)
        monday = local.date() - timedelta(days=local.weekday())
        late = local - datetime.combine(monday, AT, zone)
        return timedelta() <= late < LATE_AT_MOST

    async def _has_begun(self, span: Span) -> bool:
        """Whether that week was counted to its end: of a day half counted nothing is told."""
        numbers = self._storage.numbers
        counted = (await numbers.counted_days(span)).get(span.last)
        return counted is not None and counted >= bounds(span.last, numbers.zone)[1]

    async def _tell(self, place: Place, span: Span, week: str) -> bool:
        report = await weekly_report(
            self._storage, self._taxonomy, span, place.lang, self._clock()
        )
        picture = await self._drawn(report)
        note = week, place.chat_id, place.thread_id
        if not await self._storage.staff_notes.claim("numbers", *note, self._clock()):
            return False  # another process was quicker
        try:
            await self._send(place, report, picture)
        except TelegramError as error:
            log.warning("place %d was not told of the week: %s", place.chat_id, error)
            if fate_of(error, self._clock()).fate is DeliveryFate.RETRY:
                await self._storage.staff_notes.give_back("numbers", *note)
            return False
        return True

    async def _drawn(self, report: WeeklyReport) -> bytes | None:
        if self._paint is None or report.picture is None:
            return None
        try:
            return await self._paint.png(report.picture)
        except HexinError:
            log.exception("the picture of the week was not drawn")
            return None

    async def _send(self, place: Place, report: WeeklyReport, picture: bytes | None) -> None:
        """The words first; a picture that does not arrive is not worth saying them twice."""
        button = page_button(texts_for(place.lang)("chat.stats.page"), "stats")
        await self._bot.send_message(
            place.chat_id,
            report.text,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=markup(((button,),)),
            message_thread_id=place.thread_id or None,
        )
        if picture is None:
            return
        try:
            await self._bot.send_photo(
                place.chat_id,
                InputFile(picture, filename="week.png"),
                message_thread_id=place.thread_id or None,
                disable_notification=True,
            )
        except TelegramError as error:
            log.warning("the picture of the week did not reach %d: %s", place.chat_id, error)
