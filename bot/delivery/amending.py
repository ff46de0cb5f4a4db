"""Edits messages that show what is no longer right: each as often as it takes, behind all else.

Unlike a message, an edit may be sent twice: it only says again how the message has to read. So
nothing is ever in doubt here, and what a killed process left is edited again.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from bot.clock import Clock
from bot.delivery.fates import Answer, fate_of, read_answer
from bot.delivery.limiter import Limiter, is_group
from bot.delivery.transport import JSON_HEADERS, redacted
from digest.errors import DeliveryError, DeliveryFate
from digest.render import PHOTO, marked_again, plain_text
from digest.texts import texts_for
from storage import Storage
from storage.amendment_rows import Amending, AmendState, Settled

log = logging.getLogger(__name__)

AMEND = 2
"""The priority in the limiter: answers (0) and news (1) go first."""

_AT_ONCE = 60
_TIMEOUT = aiohttp.ClientTimeout(total=50, connect=15, sock_connect=10, sock_read=30)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
_MOST_TRIES = 30
_IDLE_S = 15.0
_DRAIN_S = 7.0
# Refusals (lower case) of an edit: it reads like this already, or it cannot be changed any more.
_DONE = "message is not modified"
_LOST = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
)
_NO_CAPTION = "no caption in the message"
_NO_TEXT = "no text in the message"


class Amender:
    """One per bot token, beside the sender and paced by the same limiter.

    `fitted` gives the body for one reader, whose saved signals their buttons show.
    """

    def __init__(
        self,
        storage: Storage,
        session: aiohttp.ClientSession,
        address: str,
        limiter: Limiter,
        clock: Clock,
        *,
        fitted: Callable[[Amending], Awaitable[dict[str, Any]]] | None = None,
    ) -> None:
        self._storage = storage
        self._session = session
        self._address = address.rstrip("/")  # of the bot: …/bot<token>
        self._limiter = limiter
        self._clock = clock
        self._fitted = fitted
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look for messages to edit now."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Edit until `stop` is set. What is under way then is edited again by the next process."""
        await self._storage.amendments.recover()
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._wake.clear()
                work = asyncio.create_task(self.amend_due(_AT_ONCE))
                await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if stop.is_set():
                    await _end(work)
                    return
                if not work.result():
                    await self._rest(stopping)
        finally:
            stopping.cancel()

    async def amend_due(self, limit: int) -> int:
        """Edit up to `limit` messages that are due. Returns how many were tried."""
        claimed = await self._storage.amendments.claim(self._clock(), limit)
        if claimed:
            outcomes = await asyncio.gather(*(self._amend(one) for one in claimed))
            await self._storage.amendments.settle(outcomes, self._clock())
        return len(claimed)

    async def _rest(self, stopping: asyncio.Task[bool]) -> None:
        due = await self._storage.amendments.next_due()
        wait = (due - self._clock()).total_seconds() if due else _IDLE_S
        waking = asyncio.create_task(self._wake.wait())
        await asyncio.wait(
            {waking, stopping},
            timeout=max(0.2, min(wait, _IDLE_S)),
            return_when=asyncio.FIRST_COMPLETED,
        )
        waking.cancel()

    async def _amend(self, one: Amending) -> Settled:
        """Edit one message, and say what came of it."""
        body = await self._fitted(one) if self._fitted else one.body
        if one.resent:
            body = marked_again(body, texts_for(one.lang))
        captioned = PHOTO in body
        outcome = await self._edit(one, body, captioned=captioned)
        if _says(outcome, _NO_CAPTION if captioned else _NO_TEXT):
            # Where no picture may be shown, its words were sent as a text of their own.
            captioned = not captioned
            outcome = await self._edit(one, body, captioned=captioned)
        if self._refuses_form(outcome):
            outcome = await self._edit(one, _as_plain(body), captioned=captioned)
        return await self._settled(one, outcome)

    async def _edit(
        self, one: Amending, body: dict[str, Any], *, captioned: bool
    ) -> Answer | Exception:
        turn = await self._limiter.acquire(
            one.chat_id, is_group=is_group(one.chat_id), priority=AMEND, edit=True
        )
        method = "editMessageCaption" if captioned else "editMessageText"
        with turn:
            turn.begin()
            try:
                async with self._session.post(
                    f"{self._address}/{method}",
                    data=_packed(one, body, captioned=captioned),
                    headers=JSON_HEADERS,
                    timeout=_TIMEOUT,
                    allow_redirects=False,
                ) as response:
                    return read_answer(response.status, await response.read())
            except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
                return error

    def _refuses_form(self, outcome: Answer | Exception) -> bool:
        if not isinstance(outcome, Answer) or outcome.message_id:
            return False
        return fate_of(outcome, self._clock()).fate is DeliveryFate.PLAIN

    async def _settled(self, one: Amending, outcome: Answer | Exception) -> Settled:
        now = self._clock()
        if isinstance(outcome, Answer):
            # A message that was edited by somebody else's request comes back as True.
            if outcome.message_id or outcome.status == 200 or _says(outcome, _DONE):  # noqa: PLR2004
                return Settled(one.delivery_id, one.version, AmendState.DONE)
            if _says(outcome, *_LOST):
                return _end_of(one, AmendState.IMPOSSIBLE, outcome.description)
        error = fate_of(outcome, now)
        detail = redacted(str(error))
        log.warning("amending delivery %d: %s", one.delivery_id, detail)
        again = await self._react(one, error, now)
        if again is not None and one.tries < _MOST_TRIES:
            return Settled(one.delivery_id, one.version, AmendState.PENDING, detail, again)
        gone = error.fate in {DeliveryFate.GONE, DeliveryFate.TOPIC_GONE}
        return _end_of(one, AmendState.GONE if gone else AmendState.IMPOSSIBLE, detail)

    async def _react(self, one: Amending, error: DeliveryError, now: datetime) -> datetime | None:
        """Draw the consequences. Returns when to try again, None when never."""
        match error.fate:
            case DeliveryFate.RETRY if error.not_before is not None:
                self._limiter.penalise(one.chat_id, (error.not_before - now).total_seconds())
                return error.not_before
            case DeliveryFate.RETRY | DeliveryFate.UNKNOWN | DeliveryFate.STOP:
                # A wrong token is the sender's to report.
                return now + min(_FIRST_WAIT * (1 << min(one.tries, 10)), _LONGEST_WAIT)
            case DeliveryFate.GONE:
                await self._storage.subscribers.set_active(
                    one.chat_id, active=False, reason=str(error), now=now
                )
            case _:
                pass
        return None


def _end_of(one: Amending, state: AmendState, detail: str) -> Settled:
    return Settled(one.delivery_id, one.version, state, detail)


def _says(outcome: Answer | Exception, *phrases: str) -> bool:
    if not isinstance(outcome, Answer):
        return False
    words = outcome.description.casefold()
    return any(phrase in words for phrase in phrases)


def _packed(one: Amending, body: dict[str, Any], *, captioned: bool) -> bytes:
    words = body.get("caption") or body.get("text") or ""
    kept = {name: value for name, value in body.items() if name not in {PHOTO, "text", "caption"}}
    if captioned:
        kept.pop("link_preview_options", None)
    data = {
        "chat_id": one.chat_id,
        "message_id": one.message_id,
        "caption" if captioned else "text": words,
        **kept,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _as_plain(body: dict[str, Any]) -> dict[str, Any]:
    """Only the words: neither entities nor buttons can be refused."""
    text = plain_text(str(body.get("caption") or body.get("text") or ""))
    return {PHOTO: body[PHOTO], "caption": text} if PHOTO in body else {"text": text}


async def _end(work: asyncio.Task[int]) -> None:
    """Let what is under way be answered, but not for long."""
    done, _ = await asyncio.wait({work}, timeout=_DRAIN_S)
    if not done:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
