"""Whether Telegram can be reached, for answers to people: they wait for that, and are not lost.

A call that fails on its way, or stays without an answer for long, closes the road. From then on
one thing alone is asked, which does nobody any harm (getMe), again and again until Telegram
answers. So of all answers that fall into an outage only those may be in doubt that were being
written when it began, or before it was noticed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram.error import BadRequest, NetworkError, TelegramError

from bot.delivery.fates import certainly_not_sent
from handlers.failures import Unsent

log = logging.getLogger(__name__)

Call = Callable[..., Coroutine[Any, Any, Any]]

SILENT_S = 3.0
"""After so long without an answer Telegram is asked whether it is there, before more is sent."""

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 2.0


class Road:
    """Open until `broke`. Set `ask`, which asks Telegram anything, for it to be watched."""

    def __init__(self) -> None:
        self.ask: Callable[[], Awaitable[object]] | None = None
        self._open = asyncio.Event()
        self._open.set()
        self._over = False
        self._probing: asyncio.Task[None] | None = None

    def broke(self) -> None:
        """A call did not come through: nobody writes until Telegram answers again."""
        if self.ask is None or self._over or not self._open.is_set():
            return
        self._open.clear()
        self._probing = asyncio.create_task(self._probe(self.ask))

    def watched(self, call: Call) -> Call:
        """`call`, behind which no others follow when it stays without an answer for long.

        A connection that leads nowhere fails only when its time is over, and whatever is written
        until then is in doubt as well.
        """

        async def watched(*args: Any, **kwargs: Any) -> Any:
            late = asyncio.get_running_loop().call_later(SILENT_S, self.broke)
            try:
                return await call(*args, **kwargs)
            finally:
                late.cancel()

        return watched

    async def clear(self, until: float) -> None:
        """Wait until the road is open, to `until` by the loop's clock at most. Raises Unsent."""
        if self._open.is_set():
            return
        try:
            async with asyncio.timeout_at(until):
                await self._open.wait()
        except TimeoutError as error:
            raise Unsent("Telegram cannot be reached") from error
        if self._over:
            raise Unsent("stopped while Telegram could not be reached", left=True)

    def end(self) -> None:
        """Let nobody wait any more: what was not sent is left to the next process."""
        self._over = True
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


def is_lost(error: TelegramError) -> bool:
    """Whether a call or its answer was lost on the way; BadRequest is a NetworkError too."""
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def is_unsent(error: TelegramError) -> bool:
    """Whether a call that was lost certainly did not reach Telegram."""
    cause = error.__cause__
    return is_lost(error) and cause is not None and certainly_not_sent(cause)
