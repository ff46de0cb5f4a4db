"""Tell the staff that the bot itself is in trouble for long, and when it is well again."""

import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.clock import Clock
from bot.jobs.strain import NOTE, read_strain
from bot.model.trouble import PASSING, SETTINGS
from bot.watching.chat import Reach
from digest.model import Lang
from digest.texts import texts_for
from digest.troubles import Note, Turn, plain, read_notes, turn
from handlers.admin.troublecards import trouble_message
from handlers.staff import Place, Staff
from storage import Storage
from storage.source_drafts import Where

log = logging.getLogger(__name__)

DELIVERY = timedelta(minutes=30)
READING = timedelta(hours=1)
POLLING = timedelta(minutes=30)
TRANSLATOR = timedelta(minutes=15)
MODEL, MODEL_FAILURES = timedelta(minutes=15), 5
TELEGRAM_S = 300.0
DATABASE = timedelta(minutes=3)
_NOTES = "troubles"
_DOWN = PASSING | SETTINGS


class TroubleWatch:
    """Looks at what waits and at what fails.

    Its memory lies in the database, and here too, for when that is what is down.
    """

    def __init__(
        self, storage: Storage, bot: Bot, *, staff: Staff, reach: Reach, clock: Clock
    ) -> None:
        self._storage = storage
        self._bot = bot
        self._staff = staff
        self._reach = reach
        self._clock = clock
        self._places: Sequence[Place] = ()
        self._notes: dict[str, Note] | None = None
        self._down_since: datetime | None = None

    async def run_due(self) -> None:
        """Look, remember, and tell what is ripe."""
        now = self._clock()
        bad: dict[str, datetime] = {}
        try:
            bad |= await self._look(now)
            self._places = await self._staff.places()
            if self._notes is None:
                self._notes = read_notes(json.loads(await self._storage.meta.get(_NOTES) or "{}"))
            self._down_since = None
        except Exception as error:  # noqa: BLE001  whatever is wrong with it, that is the trouble
            log.warning("the database was not asked how things are: %r", error)
            self._down_since = self._down_since or now
            if now - self._down_since >= DATABASE:
                bad["database"] = self._down_since
        silent = self._reach.silent_s()
        if TELEGRAM_S < silent < float("inf"):
            bad["telegram"] = now - timedelta(seconds=silent)
        made = turn(self._notes or {}, bad, now, can_tell="telegram" not in bad)
        await self._keep(made, now)

    async def _look(self, now: datetime) -> dict[str, datetime]:
        lengths = await self._storage.watch.lengths(now)
        since = {
            "delivery": (lengths.late_since, DELIVERY),
            "reading": (lengths.unread_since, READING),
            "polling": (lengths.unpolled_since, POLLING),
        }
        bad = {kind: at for kind, (at, long) in since.items() if at and now - at >= long}
        failures, first = await self._storage.spending.failing(now, _DOWN)
        if failures >= MODEL_FAILURES and first is not None and now - first >= MODEL:
            bad["model"] = first
        strain = read_strain(await self._storage.meta.get(NOTE))
        if strain is not None and strain.is_trouble(now, TRANSLATOR):
            bad["translator"] = strain.since
        return bad

    async def _keep(self, made: Turn, now: datetime) -> None:
        """Remember first: what is told twice after a crash is worse than what is told late."""
        changed = made.notes != (self._notes or {})
        self._notes = made.notes if self._notes is not None or made.notes else None
        news = {"troubles": {"began": made.began, "ended": made.ended}}
        told = bool(made.began or made.ended)
        if self._down_since is not None:
            if told:
                await self._say(news)
            return
        if changed:
            await self._storage.meta.set(_NOTES, json.dumps(plain(made.notes)))
        if told:
            places = [Where(one.chat_id, one.thread_id, one.lang) for one in self._places]
            await self._storage.source_news.owe(places, news, (), now)

    async def _say(self, news: dict[str, dict[str, dict[str, int]]]) -> None:
        """Say it without the outbox, which lies in the database that is down."""
        for place in self._places:
            message = trouble_message(texts_for(Lang(place.lang)), news["troubles"])
            with suppress(TelegramError):
                await self._bot.send_message(
                    place.chat_id,
                    message.text,
                    parse_mode=ParseMode.HTML,
                    message_thread_id=place.thread_id or None,
                )
