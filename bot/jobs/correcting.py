"""Puts right what was sent, or waits to be sent, when one of its signals changes.

Composing anew happens once per part of a digest, however many have it; where a part does not
show the change, nothing happens to its readers at all.
"""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.clock import Clock
from bot.jobs.press import Press
from digest.model import Action, Lang
from digest.render.amending import Change, Frozen, amended, reduced
from digest.texts import Texts, texts_for
from storage import Storage
from storage.amendment_rows import Amending, AmendState, Changed, Notice, Part

log = logging.getLogger(__name__)

_GROUP_PAUSE_S = 20.0


class Corrector:
    """Finds out which messages a change concerns; the amender edits them."""

    def __init__(
        self, storage: Storage, press: Press, *, clock: Clock, wake_amender: Callable[[], None]
    ) -> None:
        self._storage = storage
        self._press = press
        self._clock = clock
        self._wake_amender = wake_amender

    async def run_due(self) -> int:
        """Spread every change that is not spread yet. Returns how many messages will be edited."""
        owed = 0
        while changes := await self._storage.amendments.unspread():
            for change in changes:
                owed += await self._spread(change)
        if owed:
            self._wake_amender()
        return owed

    async def _spread(self, change: Changed) -> int:
        owed = 0
        now = self._clock()
        for part in await self._storage.amendments.parts(change.signal_id, now):
            try:
                owed += await self._put_right(part, change.id, now)
            except Exception:  # the boundary: one odd part must not hold up the others
                log.exception("part %d of digest %d stays wrong", part.part, part.digest_id)
        await self._storage.amendments.spread(change.id, now)
        return owed

    async def _put_right(self, part: Part, change_id: int, now: datetime) -> int:
        known = await self._storage.amendments.before(part.signal_ids, part.created_at)
        present = await self._storage.signals.get_many(sorted(known))
        changes = {
            signal.id: Change(before[0], signal, known[signal.id].note, before[1:])
            for signal in present
            for before in (known[signal.id].of(signal),)
        }
        rendering = self._press.rendering_as(part.lang, part.look)
        frozen = Frozen(part.body, part.blocks, self._opens)
        return await self._storage.amendments.put_right(
            part,
            change_id,
            sent=amended(frozen, changes, rendering),
            waiting=reduced(frozen, changes, rendering),
            taken_out=[one for one, change in changes.items() if change.withdrawn],
            now=now,
        )

    def _opens(self, signal_id: int) -> str:
        return self._press.pack(Action("card", (signal_id,)))


class FittedToReaders:
    """The body of an amended message with the buttons as its reader has them.

    Under a card the reader may have saved the signal, and its button says so.
    """

    def __init__(self, storage: Storage, pack: Callable[[Action], str]) -> None:
        self._storage = storage
        self._pack = pack

    async def __call__(self, one: Amending) -> dict[str, Any]:
        """The body for the reader of this message."""
        rows = one.body.get("reply_markup", {}).get("inline_keyboard", ())
        saves = self._pack(Action("save", (0,))).removesuffix("0")
        for row in rows:
            for button in row:
                data = button.get("callback_data", "")
                number = data.removeprefix(saves)
                if number != data and number.isdecimal():
                    return await self._fitted(one, data, int(number))
        return one.body

    async def _fitted(self, one: Amending, data: str, signal_id: int) -> dict[str, Any]:
        if one.chat_id < 0:  # in a group nobody's saves are shown
            return one.body
        places = await self._storage.collections.where_saved(one.subscriber_id, [signal_id])
        if not places.get(signal_id):
            return one.body
        label = texts_for(one.lang)("card.saved")
        rows = [
            [
                {**button, "text": label} if button.get("callback_data") == data else button
                for button in row
            ]
            for row in one.body["reply_markup"]["inline_keyboard"]
        ]
        return {**one.body, "reply_markup": {"inline_keyboard": rows}}


class Watcher:
    """Lets the messages that editors watch count on, the same one at most every few seconds.

    In groups far less often: Telegram takes twenty messages and edits a minute there, and those
    who work at a desk need them. The end is told wherever it can be.
    """

    def __init__(
        self, storage: Storage, bot: Bot, moment: Callable[[], float] = time.monotonic
    ) -> None:
        self._storage = storage
        self._bot = bot
        self._moment = moment
        self._told: dict[tuple[int, int], float] = {}

    async def run_due(self) -> None:
        """Bring every watched message up to date; one that has told the end is left alone."""
        watched = await self._storage.amendments.watched()
        for notice in watched:
            await self._tell(notice)
        known = {(notice.change_id, notice.chat_id) for notice in watched}
        self._told = {key: at for key, at in self._told.items() if key in known}

    async def _tell(self, notice: Notice) -> None:
        counts = await self._storage.amendments.progress(notice.change_id)
        waiting = counts[AmendState.PENDING] + counts[AmendState.SENDING]
        over = notice.spread and not waiting
        known = await self._storage.subscribers.by_chat(notice.chat_id, 0)
        texts = texts_for(known.lang if known else Lang.ZH)
        told = progress_words(counts, over=over, texts=texts)
        if over and not counts.total() and notice.told != texts("bot.amend.begun"):
            told = texts("bot.amend.overtaken")  # its messages follow a later change now
        if told != notice.told:
            if not over and self._was_told_lately(notice):
                return
            try:
                await self._bot.edit_message_text(told, notice.chat_id, notice.message_id)
            except (BadRequest, Forbidden) as error:
                log.warning("an editor's message does not count on: %s", error)
                over = over or "not found" in str(error).casefold()
            except TelegramError as error:  # a wait, or the network: told the next time
                log.warning("an editor's message counts on later: %s", error)
                return
            await self._storage.amendments.watch(
                notice.change_id, notice.chat_id, notice.message_id, told
            )
        if over:
            await self._storage.amendments.unwatch(notice.change_id, notice.chat_id)

    def _was_told_lately(self, notice: Notice) -> bool:
        """Whether a group's message was changed a moment ago; if not, it is now."""
        key, now = (notice.change_id, notice.chat_id), self._moment()
        if notice.chat_id < 0 and now - self._told.get(key, -math.inf) < _GROUP_PAUSE_S:
            return True
        self._told[key] = now
        return False


def progress_words(counts: Counter[AmendState], *, over: bool, texts: Texts) -> str:
    """How far a change has come, in plain words."""
    done, total = counts[AmendState.DONE], counts.total()
    if not total:
        return texts("bot.amend.none") if over else texts("bot.amend.begun")
    lines = [texts("bot.amend.done" if over else "bot.amend.progress", done=done, all=total)]
    gone, impossible = counts[AmendState.GONE], counts[AmendState.IMPOSSIBLE]
    lines += [texts.n("bot.amend.gone", gone)] if gone else []
    lines += [texts.n("bot.amend.impossible", impossible)] if impossible else []
    return "\n".join(lines)
