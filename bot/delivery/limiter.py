"""One budget for everything that is written to Telegram: answers first, then pushes."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from telegram.error import BadRequest, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot import meters
from bot.config import FREE_RATE
from bot.delivery.fates import seconds_of
from bot.delivery.pacing import Pacer, Ticket
from bot.delivery.road import Road, Watched, is_lost, is_unsent
from handlers.failures import Unsent
from handlers.processor import at_work
from storage.acting import has_acted

log = logging.getLogger(__name__)

INTERACTIVE = 0
PUSH = 1
_ANSWER_WAIT, _PUSH_WAIT = (meters.LIMITER_WAIT.labels(name) for name in ("answer", "push"))
# Messages in a second that Telegram allows a bot that pays for what is beyond the free ones.
_ALLOWED_IF_PAID = 1000
# A pace of 27 or 28 leaves room for answers and for what networks do.
_PACE_OF_CEILING = 0.9
LONGEST_PATIENCE_S = 30.0
_IN_FLIGHT = 10
_CHARGED = ("send", "edit", "copy", "forward", "stop")
_EDITS = ("edit", "stop")
# Done twice as good as once.
_HARMLESS = ("edit", "answer", "get", "set")
_FREE = frozenset({"sendChatAction"})
# Worth nothing a moment later, or asked by whoever waits for Telegram.
_HASTY = _FREE | {"getMe", "setWebhook", "deleteWebhook"}
# From the beginning of an update's work. While Telegram is out of reach nobody else can be
# answered, so whoever waits takes nothing from anybody; taps and inline queries soon run out.
PATIENCE_S = 600.0
_SHORT_PATIENCE_S = 15.0
_AGAIN_S = 0.2
# Those whose moments are so close are woken together.
_STEP_S = 0.002


class Turn:
    """Leave to write one message. As a context manager it ends by itself.

    `begin` marks the moment of writing, for those who do something else first.
    """

    def __init__(self, limiter: "Limiter", ticket: Ticket) -> None:
        self._limiter = limiter
        self._ticket = ticket

    async def ripe(self) -> None:
        """Wait for the moment of a turn that was taken ahead; before it nothing may be written."""
        if self._ticket.at > asyncio.get_running_loop().time():
            moment = math.ceil(self._ticket.at / _STEP_S) * _STEP_S
            await self._limiter._reach(moment)  # noqa: SLF001  a turn is a part of its limiter

    def begin(self) -> None:
        """The message is written now. Limits count from here, else from the turn itself."""
        self._limiter._begin(self._ticket)  # noqa: SLF001  a turn is a part of its limiter

    def end(self) -> None:
        """The message is answered, or will not be written."""
        self._limiter._end(self._ticket)  # noqa: SLF001  a turn is a part of its limiter

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()


class Limiter:
    """Lets messages through as fast as Telegram allows, answers to people before pushes.

    `rate` is the pace in messages per second, `ceiling` (rate / 0.9, but no more than Telegram
    allows, when not given) the number that never arrives within any second. At most `in_flight`
    pushes (10, more for a fast pace, when not given) are between their turn and its end: so many
    may be in doubt after a kill.
    """

    def __init__(
        self,
        rate: float = 28.0,
        *,
        ceiling: int | None = None,
        in_flight: int | None = None,
    ) -> None:
        # Answers take 50 to 70 ms, and being marked and settled a little more.
        self.in_flight = in_flight or max(_IN_FLIGHT, round(rate / 8))
        self._pacer = Pacer(rate, ceiling or _ceiling_of(rate), in_flight=self.in_flight)
        self.road = Road()
        self._turns: dict[Ticket, asyncio.Future[None]] = {}
        self._ripening: dict[float, list[asyncio.Future[None]]] = {}
        self._pumping = False
        self._timer: asyncio.Handle | None = None
        self._timer_at: float | None = None
        self._shown = 0.0

    @property
    def rate(self) -> float:
        """The pace now, in messages per second."""
        return self._pacer.rate

    async def acquire(
        self,
        chat_id: int | str,
        *,
        is_group: bool,
        priority: int = INTERACTIVE,
        edit: bool = False,
        ahead: bool = False,
    ) -> Turn:
        """Wait until a message may be written to the chat. The turn must be ended.

        An `edit` changes a message that is there already. A turn taken `ahead` has to become
        `ripe` before anything is written. An answer (priority 0) raises
        RetryAfter, now or while it waits, when Telegram has halted its chat or everything for
        longer than a person waits.
        """
        loop = asyncio.get_running_loop()
        ticket = Ticket(chat_id, is_group, priority, edit, ahead)
        waiting = loop.create_future()
        self._turns[ticket] = waiting
        self._pacer.ask(ticket, loop.time())
        self._refuse(ticket, waiting)
        self._pump_soon()
        try:
            with meters.timed(_PUSH_WAIT if priority else _ANSWER_WAIT):
                await waiting
        except (asyncio.CancelledError, RetryAfter):
            self._turns.pop(ticket, None)
            self._end(ticket)
            raise
        return Turn(self, ticket)

    def penalise(self, chat_id: int | str | None, seconds: float) -> None:
        """Telegram answered 429: nothing to the chat (None: to anyone) for `seconds`."""
        meters.TOLD_OFF.inc()
        self._pacer.penalise(chat_id, seconds, self._now())
        for ticket, waiting in self._turns.items():
            self._refuse(ticket, waiting)
        self._pump_soon()

    def chat_wait(self, chat_id: int | str) -> float:
        """Seconds until the chat's own limits allow another message."""
        now = self._now()
        return max(0.0, self._pacer.free_at(chat_id, now) - now)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _refuse(self, ticket: Ticket, waiting: asyncio.Future[None]) -> None:
        """Nobody waits for an answer so long, and those who work on answers are few."""
        if ticket.priority == INTERACTIVE and not waiting.done():
            halt = self._pacer.halted_until(ticket.chat_id) - self._now()
            if halt > LONGEST_PATIENCE_S:
                waiting.set_exception(RetryAfter(timedelta(seconds=math.ceil(halt))))

    def _begin(self, ticket: Ticket) -> None:
        self._pacer.begin(ticket, self._now())

    def _end(self, ticket: Ticket) -> None:
        self._pacer.end(ticket, self._now())
        if self._turns:
            self._pump_soon()

    async def _reach(self, moment: float) -> None:
        """Wait until `moment`, with one timer for all who wait for the same."""
        loop = asyncio.get_running_loop()
        waiting = loop.create_future()
        if moment not in self._ripening:
            self._ripening[moment] = []
            loop.call_at(moment, self._reached, moment)
        self._ripening[moment].append(waiting)
        await waiting

    def _reached(self, moment: float) -> None:
        for waiting in self._ripening.pop(moment):
            if not waiting.done():
                waiting.set_result(None)

    def _pump_soon(self) -> None:
        """`_pump`, once for all who come and go at the same time."""
        if not self._pumping:
            self._pumping = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        """Let go who may go now, and come back when the next one may."""
        self._pumping = False
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._pacer.rate != self._shown:
            self._shown = self._pacer.rate
            meters.LIMITER_RATE.set(self._shown)
        for ticket in self._pacer.grant(now):
            waiting = self._turns.pop(ticket, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)
        at = self._pacer.next_at(now)
        if self._timer is not None:
            if self._timer_at == at:
                return
            self._timer.cancel()
        self._timer_at = at
        self._timer = None if at is None else loop.call_at(at, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._pump()


def _ceiling_of(rate: float) -> int:
    most = FREE_RATE if rate <= FREE_RATE else _ALLOWED_IF_PAID
    return max(1, min(most, math.ceil(rate / _PACE_OF_CEILING)), math.ceil(rate))


class PacedRateLimiter(BaseRateLimiter[int]):
    """python-telegram-bot's calls under the same budget as pushes, and before them.

    A 429 that names a bearable wait is tried again, once: it says that nothing was sent. A
    longer wait, also one that Telegram asked for earlier, is told to the caller at once.
    What is said to somebody whose update is at work waits while Telegram is out of reach, and is
    tried again when it certainly was not sent. What was perhaps sent is said once more only when
    that shows nothing twice, or when it went into a silence and its update has changed nothing
    (who is killed there answers such an update again as well).
    """

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Call Telegram when it is our turn. `rate_limit_args` may name another priority."""
        work = at_work.get()
        if endpoint in _HASTY:
            work = None
        wire = Watched(self._limiter.road, callback, urgent=work is not None)

        async def call() -> Any:
            return await self._paced(wire, args, kwargs, endpoint, data, rate_limit_args)

        if work is None:
            return await call()
        try:
            answer = await self._answer(call, wire, endpoint, work.begun)
        except Unsent as error:
            error.left = error.left and not work.said
            raise
        except TelegramError as error:
            work.said = work.said or not is_unsent(error)
            raise
        work.said = True
        return answer

    async def _answer(
        self, call: Callable[[], Awaitable[Any]], wire: Watched, endpoint: str, begun: float
    ) -> Any:
        """Say something to somebody, when Telegram can be reached. Raises Unsent after a time."""
        road = self._limiter.road
        until = begun + (_SHORT_PATIENCE_S if endpoint.startswith("answer") else PATIENCE_S)
        again = False
        while True:
            await road.clear(until)
            try:
                return await call()
            except TelegramError as error:
                if again and _stands_there(error, endpoint):
                    return True
                if is_lost(error):
                    road.broke()
                in_time = asyncio.get_running_loop().time() <= until
                if is_unsent(error) and in_time:
                    await asyncio.sleep(_AGAIN_S)
                elif again or not (is_lost(error) and in_time):
                    raise
                elif await self._may_repeat(wire, endpoint, until):
                    again = True
                else:
                    raise

    async def _may_repeat(self, wire: Watched, endpoint: str, until: float) -> bool:
        """Whether what is in doubt may be said once more. Raises Unsent."""
        if endpoint.startswith(_HARMLESS):
            return True
        if has_acted() or not wire.silent:
            return False
        await self._limiter.road.clear(until)
        return wire.was_swallowed

    async def _paced(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        chat_id = data.get("chat_id")
        if chat_id is None or not endpoint.startswith(_CHARGED) or endpoint in _FREE:
            return await callback(*args, **kwargs)
        priority = INTERACTIVE if rate_limit_args is None else rate_limit_args

        async def call() -> Any:
            turn = await self._limiter.acquire(
                chat_id,
                is_group=is_group(chat_id),
                priority=priority,
                edit=endpoint.startswith(_EDITS),
            )
            with turn:
                turn.begin()
                try:
                    return await callback(*args, **kwargs)
                except RetryAfter as error:
                    wait = seconds_of(error)
                    self._limiter.penalise(chat_id, wait)
                    log.warning("Telegram asks for %.0f s of rest on %s", wait, endpoint)
                    raise

        try:
            return await call()
        except RetryAfter as error:
            if seconds_of(error) > LONGEST_PATIENCE_S:
                raise
        return await call()


def is_group(chat_id: int | str) -> bool:
    """Whether the id is a group's or a channel's: negative, or a public @name."""
    return not isinstance(chat_id, int) or chat_id < 0


def _stands_there(error: TelegramError, endpoint: str) -> bool:
    """Whether an edit was refused because it was made already."""
    unchanged = isinstance(error, BadRequest) and "is not modified" in error.message.casefold()
    return unchanged and endpoint.startswith("edit")
