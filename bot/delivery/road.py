"""Whether Telegram can be reached, for answers to people: they wait for that, and are not lost.

A call that fails on its way, or stays without an answer for long, closes the road. From then on
one thing alone is asked, which does nobody any harm (getMe), again and again until Telegram
answers. So of all answers that fall into an outage only those may be in doubt that were being
written when it began, or before it was noticed. Of these, what was written into a silence is
known: nothing had come from Telegram since before it, nor came until a question failed as well.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut

from bot.delivery.fates import Unanswered, certainly_not_sent
from handlers.failures import Unsent

log = logging.getLogger(__name__)

Call = Callable[..., Coroutine[Any, Any, Any]]

SILENT_S = 3.0
"""After so long without an answer Telegram is asked whether it is there, before more is sent."""

# What was written so soon after the last sign of Telegram had perhaps arrived before the silence.
_SIGN_S = 0.1
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 2.0


class Road:
    """Open until `broke`. Set `ask`, which asks Telegram anything, for it to be watched."""

    def __init__(self) -> None:
        self.ask: Callable[[], Awaitable[object]] | None = None
        self._open = asyncio.Event()
        self._open.set()
        self._over = self._cut = False
        self._heard = float("-inf")
        self._silence = (float("-inf"), float("-inf"))
        self._probing: asyncio.Task[None] | None = None

    def heard(self) -> None:
        """Telegram has just answered something, no matter what."""
        self._heard = asyncio.get_running_loop().time()

    def swallowed(self, at: float) -> bool:
        """Whether what was written `at` that moment by the loop's clock went into a silence."""
        since, until = self._silence
        return since + _SIGN_S < at < until

    def broke(self) -> None:
        """A call did not come through: nobody writes until Telegram answers again."""
        if self._over:  # nobody asks any more, so it is not found out
            self._cut = True
        if self.ask is None or self._over or not self._open.is_set():
            return
        self._open.clear()
        self._probing = asyncio.create_task(self._probe(self.ask))

    async def clear(self, until: float) -> None:
        """Wait until the road is open, to `until` by the loop's clock at most. Raises Unsent."""
        if not self._open.is_set():
            try:
                async with asyncio.timeout_at(until):
                    await self._open.wait()
            except TimeoutError as error:
                raise Unsent("Telegram cannot be reached") from error
        if self._cut:
            raise Unsent("stopped while Telegram could not be reached", left=True)

    def end(self) -> None:
        """Let nobody wait any more: what was not sent is left to the next process.

        While Telegram answers, what is being answered may still be finished.
        """
        self._over = True
        self._cut = not self._open.is_set()
        if self._probing is not None:
            self._probing.cancel()
        self._open.set()

    async def _probe(self, ask: Callable[[], Awaitable[object]]) -> None:
        wait, lost = _FIRST_WAIT_S, False
        while True:
            try:
                await ask()
            except TelegramError as error:
                if is_lost(error):
                    if is_silence(error):
                        self._silence = self._heard, asyncio.get_running_loop().time()
                    if not lost:
                        log.warning("Telegram cannot be reached; answers wait")
                    lost = True
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, _LONGEST_WAIT_S)
                    continue
            break
        if lost:
            log.warning("Telegram answers again")
        self._open.set()


class Watched:
    """A call on the road, and whether the last try remained without a byte for long (`silent`).

    A connection that leads nowhere fails only when its time is over, and whatever is written until
    then is in doubt as well: so when an answer is `urgent`, no others follow it once it stays
    without one for long.
    """

    def __init__(self, road: Road, call: Call, *, urgent: bool) -> None:
        self._road = road
        self._call = call
        self._urgent = urgent
        self._begun = 0.0
        self.silent = False

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call, and note whether anything came back."""
        loop = asyncio.get_running_loop()
        self._begun = loop.time()
        late = loop.call_later(SILENT_S, self._road.broke) if self._urgent else None
        try:
            answer = await self._call(*args, **kwargs)
        except TelegramError as error:
            self.silent = is_silence(error) and loop.time() - self._begun >= SILENT_S
            if not is_silence(error):
                self._road.heard()
            if self.silent and type(error) is NetworkError:
                # However its connection ended: of that whoever asked is told, of a break they are
                # not (handlers/failures.py), for what broke at once had mostly arrived.
                raise TimedOut(error.message) from error.__cause__
            raise
        finally:
            if late is not None:
                late.cancel()
        self._road.heard()
        return answer

    @property
    def was_swallowed(self) -> bool:
        """Whether it went into a silence. Only to be asked when the road is clear again.

        What is lost at once is no such thing: it had mostly arrived, and its answer is lost.
        """
        return self.silent and self._road.swallowed(self._begun)


def is_lost(error: TelegramError) -> bool:
    """Whether a call or its answer was lost on the way; BadRequest is a NetworkError too."""
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def is_unsent(error: TelegramError) -> bool:
    """Whether a call that was lost certainly did not reach Telegram."""
    cause = error.__cause__
    return is_lost(error) and cause is not None and certainly_not_sent(cause)


def is_silence(error: TelegramError) -> bool:
    """Whether not a byte came back."""
    return is_unsent(error) or (is_lost(error) and isinstance(error.__cause__, Unanswered))
