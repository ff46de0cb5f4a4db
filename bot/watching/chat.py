"""The chat side, measured: updates as they are worked on, calls as Telegram answers them."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

from telegram import Bot, Update
from telegram.constants import UpdateType
from telegram.error import InvalidToken, TelegramError
from telegram.request import RequestData

from bot import meters
from bot.delivery.transport import AiohttpRequest
from bot.watching.about import about
from handlers.processor import OrderedProcessor

QUIET_S = 30.0
_KINDS: tuple[str, ...] = tuple(str(kind.value) for kind in UpdateType)


class MeasuredProcessor(OrderedProcessor):
    """Counts updates by kind and the time of their work, without the wait for their turn."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """As `OrderedProcessor`."""
        kind = kind_of(update)
        meters.UPDATES.labels(kind).inc()

        async def work() -> None:
            number = update.update_id if isinstance(update, Update) else 0
            with about(update=number), meters.timed(meters.UPDATE_TIME.labels(kind)):
                await coroutine

        await super().do_process_update(update, work())


def kind_of(update: object) -> str:
    """What an update is about, by the Bot API's own name; "other" for what has none."""
    if isinstance(update, Update):
        for kind in _KINDS:
            if getattr(update, kind, None) is not None:
                return kind
    return "other"


class Reach:
    """Whether Telegram can be reached and knows us, by the last call that told."""

    def __init__(self) -> None:
        self.answered_at = float("-inf")
        self.refused = ""

    def note(self, *, answered: bool, refused: str = "") -> None:
        """A call ended: Telegram answered, or could not be reached, or `refused` our token."""
        if answered:
            self.answered_at = asyncio.get_running_loop().time()
            self.refused = refused

    def silent_s(self) -> float:
        """Seconds since Telegram last answered anything."""
        return asyncio.get_running_loop().time() - self.answered_at


async def keep_in_touch(bot: Bot, reach: Reach) -> None:
    """Ask Telegram who we are when it has said nothing for a while; what it says is noted."""
    if reach.silent_s() > QUIET_S:
        with suppress(TelegramError):
            await bot.get_me()


class MeasuredRequest(AiohttpRequest):
    """Counts calls by outcome, and remembers when Telegram last answered."""

    __slots__ = ("_reach",)

    def __init__(self, session: Any, reach: Reach) -> None:
        super().__init__(session)
        self._reach = reach

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *args: Any,
        **more: Any,
    ) -> tuple[int, bytes]:
        """As `AiohttpRequest`."""
        try:
            status, body = await super().do_request(url, method, request_data, *args, **more)
        except TelegramError:
            meters.TELEGRAM_CALLS.labels("unreached").inc()
            raise
        refused = InvalidToken.__name__ if status in {401, 404} else ""
        self._reach.note(answered=status < 500, refused=refused)  # noqa: PLR2004
        meters.TELEGRAM_CALLS.labels(_outcome(status)).inc()
        return status, body


class PollRequest(MeasuredRequest):
    """Remembers what the last poll brought, as Telegram wrote it."""

    __slots__ = ("_answer",)

    def __init__(self, session: Any, reach: Reach) -> None:
        super().__init__(session, reach)
        self._answer = b'{"result": []}'

    async def do_request(self, *args: Any, **more: Any) -> tuple[int, bytes]:
        """As `MeasuredRequest`."""
        status, self._answer = await super().do_request(*args, **more)
        return status, self._answer

    def brought(self) -> dict[int, dict[str, Any]]:
        """The updates of the last poll, by their ids."""
        return {one["update_id"]: one for one in self.parse_json_payload(self._answer)["result"]}


def _outcome(status: int) -> str:
    """One of a few words, whatever a server answers."""
    if status < 300:  # noqa: PLR2004  HTTP success
        return "ok"
    if status == 429:  # noqa: PLR2004
        return "too_many"
    return "refused" if status < 500 else "broken"  # noqa: PLR2004
