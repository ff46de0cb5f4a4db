"""Lets announcements go to their readers, tells the editors how far they are, corrects them.

All that matters is in the tables: whoever runs this next goes on where the last one stopped, in
whatever state that was. Only the pace is remembered here, for the words of the progress message.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.clock import Clock
from bot.delivery.amending import AMEND
from bot.delivery.limiter import is_group
from digest.audience import Circle
from digest.broadcast import Broadcast, BroadcastCounts, BroadcastState, Correction, edit_after
from digest.model import Message
from digest.taxonomy import Taxonomy
from digest.texts import texts_for
from handlers.admin.broadcasts.words import Pace, is_last_word, report, under_way
from handlers.keyboards import markup
from handlers.replies import edit_message
from storage import Storage
from storage.announcing import SentMessage

log = logging.getLogger(__name__)

# So many seconds of work wait in the outbox: enough that the sender never idles.
_AHEAD_S = 4.0
_LEAST_AHEAD = 100
_MEASURED_OVER = timedelta(seconds=30)
_AGAIN_AFTER = timedelta(minutes=1)
_WITHDRAWN_WITHIN = timedelta(hours=48)


@dataclass(slots=True)
class _Shown:
    """What is remembered of one announcement between two looks."""

    text: str = ""
    next_at: datetime | None = None
    settled: deque[tuple[datetime, int]] = field(default_factory=deque)

    def rate(self, now: datetime, settled: int) -> float | None:
        """Messages a second over the last half minute, None when nothing can be said yet."""
        self.settled.append((now, settled))
        while now - self.settled[0][0] > _MEASURED_OVER and len(self.settled) > 2:  # noqa: PLR2004  two make a pace
            self.settled.popleft()
        since, before = self.settled[0]
        passed = (now - since).total_seconds()
        return (settled - before) / passed if passed >= 1 else None


class Broadcaster:
    """One per bot token, beside the sender. `circle` bounds whom the bot writes to at all.

    `rate` is the pace of sending, in messages a second.
    """

    def __init__(
        self,
        storage: Storage,
        bot: Bot,
        *,
        taxonomy: Taxonomy,
        circle: Callable[[], Awaitable[Circle]],
        clock: Clock,
        wake_sender: Callable[[], None],
        rate: float,
    ) -> None:
        self._storage = storage
        self._bot = bot
        self._taxonomy = taxonomy
        self._circle = circle
        self._clock = clock
        self._wake_sender = wake_sender
        self._rate = rate
        self._ahead = max(_LEAST_AHEAD, round(rate * _AHEAD_S))
        self._shown: dict[int, _Shown] = {}

    async def run_due(self) -> int:
        """Take every announcement a step further. Returns how many are at work."""
        at_work = await self._storage.broadcasts.at_work()
        for broadcast in at_work:
            try:
                await self._advance(broadcast)
                await self._tell(broadcast.id)
            except Exception:  # the boundary: one odd announcement must not hold up the others
                log.exception("broadcast %d could not be taken further", broadcast.id)
        known = {one.id for one in at_work}
        self._shown = {number: one for number, one in self._shown.items() if number in known}
        return len(at_work)

    async def _advance(self, broadcast: Broadcast) -> None:
        match broadcast.state:
            case BroadcastState.GATHERING:
                await self._gather(broadcast)
            case BroadcastState.SENDING:
                await self._send(broadcast)
            case BroadcastState.PAUSED | BroadcastState.CANCELLED:
                await self._storage.announcing.hold(broadcast)
            case _:
                pass
        if broadcast.correcting and (
            broadcast.state is BroadcastState.SENDING
            or await self._storage.announcing.is_still(broadcast)
        ):
            await self._correct(broadcast)

    async def _gather(self, broadcast: Broadcast) -> None:
        circle, announcing = await self._circle(), self._storage.announcing
        while await announcing.gather(broadcast, circle, self._clock()):
            await self._tell(broadcast.id)
        found = await self._storage.broadcasts.get(broadcast.id)
        if found is not None and found.state is BroadcastState.SENDING:
            await self._send(found)

    async def _send(self, broadcast: Broadcast) -> None:
        now = self._clock()
        if await self._storage.announcing.let_go(broadcast, now, self._ahead):
            self._wake_sender()
        elif await self._storage.announcing.is_over(broadcast, now):
            await self._storage.broadcasts.finish(broadcast.id, now)

    # --- telling --------------------------------------------------------------------------

    async def _tell(self, broadcast_id: int) -> None:
        """Bring the message in the editors' chat up to date, when it is time to."""
        broadcast = await self._storage.broadcasts.get(broadcast_id)
        if broadcast is None:
            return
        now = self._clock()
        shown = self._shown.setdefault(broadcast.id, _Shown())
        last = is_last_word(broadcast)
        if shown.next_at is not None and now < shown.next_at and not last:
            return
        counts = await self._storage.announcing.counts(broadcast, now)
        pace = Pace(shown.rate(now, counts.settled), self._rate)
        shown.next_at = now + edit_after(
            counts.waiting, pace.expected, is_group=is_group(broadcast.chat_id)
        )
        message = await self._message(broadcast, counts, pace)
        if message.text == shown.text and not last:
            return
        try:
            await self._show(broadcast, message)
        except (Forbidden, BadRequest, ChatMigrated) as error:
            log.warning("nobody can be told of broadcast %d: %s", broadcast.id, error)
        except TelegramError as error:
            log.warning("broadcast %d was not told of: %s", broadcast.id, error)
            shown.next_at = now + _AGAIN_AFTER
            return
        shown.text = message.text
        if last:
            await self._storage.broadcasts.reported(broadcast.id)

    async def _message(self, broadcast: Broadcast, counts: BroadcastCounts, pace: Pace) -> Message:
        texts = texts_for(broadcast.lang)
        if broadcast.state in {BroadcastState.DONE, BroadcastState.CANCELLED}:
            reasons = await self._storage.announcing.reasons(broadcast)
            return report(broadcast, counts, reasons, texts, self._taxonomy)
        return under_way(broadcast, counts, pace, texts, self._taxonomy)

    async def _show(self, broadcast: Broadcast, message: Message) -> None:
        if broadcast.message_id and await edit_message(
            self._bot, broadcast.chat_id, broadcast.message_id, message
        ):
            return
        sent = await self._bot.send_message(
            broadcast.chat_id,
            message.text,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=markup(message.buttons),
            message_thread_id=broadcast.thread_id or None,
        )
        await self._storage.broadcasts.shown_in(broadcast.id, sent.message_id)

    # --- correcting -----------------------------------------------------------------------

    async def _correct(self, broadcast: Broadcast) -> None:
        """Correct the next few messages; what could not be asked now is asked again."""
        room = max(1, round(self._rate))
        some = await self._storage.announcing.sent_after(broadcast, broadcast.corrected_to, room)
        if not some:
            await self._storage.broadcasts.end_correction(broadcast.id)
            return
        outcomes = await asyncio.gather(*(self._correct_one(broadcast, one) for one in some))
        settled = _until_none(outcomes)
        if settled:
            await self._storage.broadcasts.corrected(
                broadcast.id,
                some[len(settled) - 1].delivery_id,
                sum(settled),
                len(settled) - sum(settled),
            )

    async def _correct_one(self, broadcast: Broadcast, one: SentMessage) -> bool | None:
        """Whether the message is corrected now; None when Telegram could not be asked.

        Both ways of correcting may be repeated: what is done already counts as done.
        """
        try:
            if broadcast.correction is Correction.WITHDRAW:
                return await self._delete(one)
            return await self._edit(broadcast, one)
        except (BadRequest, Forbidden, ChatMigrated) as error:
            log.info("delivery %d cannot be corrected: %s", one.delivery_id, error)
            return False
        except TelegramError as error:
            log.warning("delivery %d is not corrected yet: %s", one.delivery_id, error)
            return None

    async def _delete(self, one: SentMessage) -> bool:
        if self._clock() - one.sent_at > _WITHDRAWN_WITHIN:
            return False
        try:
            await self._bot.delete_message(one.chat_id, one.message_id)
        except BadRequest as error:
            return "message to delete not found" in error.message.casefold()
        return True

    async def _edit(self, broadcast: Broadcast, one: SentMessage) -> bool:
        message = broadcast.announcement.message
        try:
            if broadcast.announcement.photo:
                await self._edit_caption(one, message)
            else:
                await self._edit_text(one, message)
        except BadRequest as error:
            said = error.message.casefold()
            if "no caption" in said or "no text" in said:
                # Where no picture may be shown, its words were sent as a text of their own.
                await self._edit_text(one, message)
                return True
            return "message is not modified" in said
        return True

    async def _edit_text(self, one: SentMessage, message: Message) -> None:
        await self._bot.edit_message_text(
            message.text,
            one.chat_id,
            one.message_id,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=markup(message.buttons),
            **_behind(self._bot),
        )

    async def _edit_caption(self, one: SentMessage, message: Message) -> None:
        await self._bot.edit_message_caption(
            one.chat_id,
            one.message_id,
            caption=message.text,
            parse_mode=ParseMode.HTML,
            reply_markup=markup(message.buttons),
            **_behind(self._bot),
        )


def _behind(bot: Bot) -> dict[str, Any]:
    """Answers to people and news go first, where somebody keeps the order."""
    return {"rate_limit_args": AMEND} if getattr(bot, "rate_limiter", None) else {}


def _until_none(outcomes: Sequence[bool | None]) -> list[bool]:
    """The outcomes up to the first that is none."""
    settled: list[bool] = []
    for one in outcomes:
        if one is None:
            break
        settled.append(one)
    return settled
