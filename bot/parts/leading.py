"""What only one process may do: brought up when this one leads, taken down when it does not.

On SQLite there is one process, and it leads. On PostgreSQL any number stand by, and one leads
(storage/lead.py); a term ends with the process or when the database is out of reach.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bot.running import Running, StartError
from bot.schedule import Schedule

if TYPE_CHECKING:
    from storage.lead import Lead

log = logging.getLogger(__name__)

Begin = Callable[[AsyncExitStack], Awaitable[None]]


class Leading:
    """Runs terms. `begin` brings up what a term needs, `halt` stops at once what may do harm."""

    def __init__(
        self, running: Running, lead: "Lead | None", begin: Begin, halt: Callable[[], None]
    ) -> None:
        self._running = running
        self._lead = lead
        self._begin = begin
        self._halt = halt
        self._stopping = asyncio.Event()
        self._settled = asyncio.Event()
        self._led = False
        self._trouble: Exception | None = None

    async def start(self, stack: AsyncExitStack, stop_for: Callable[[str], None]) -> None:
        """Lead if nobody does, else stand by. Raises StartError when a first term cannot begin."""
        if self._lead is None:
            await self._bring_up(stack)
            return
        task = asyncio.create_task(self._reign(self._lead, stop_for))

        async def end() -> None:
            self._stopping.set()
            await task

        try:
            await self._settled.wait()
        except asyncio.CancelledError:  # told to stop while still starting
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        stack.push_async_callback(end)
        if self._trouble is not None:
            raise self._trouble

    async def _reign(self, lead: "Lead", stop_for: Callable[[str], None]) -> None:
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            while not self._stopping.is_set():
                winning = asyncio.create_task(lead.win(self._stand_by))
                await asyncio.wait([winning, stopping], return_when=asyncio.FIRST_COMPLETED)
                if not winning.done():
                    await _cancelled(winning)
                    break
                winning.result()
                log.warning("this process leads")
                try:
                    await self._term(lead, stopping)
                except StartError:
                    raise
                except Exception:  # the boundary of a term: the database left us in its middle
                    if not self._led:
                        raise
                    log.exception("a term ended badly; another is tried for")
                await lead.give_up()
        except Exception as error:
            log.exception("leading failed")
            self._trouble = error
            if self._led:
                stop_for(str(error))
        finally:
            stopping.cancel()
            await lead.give_up()
            self._settled.set()

    async def _term(self, lead: "Lead", stopping: asyncio.Task[bool]) -> None:
        holding = asyncio.create_task(lead.hold())
        try:
            async with AsyncExitStack() as stack:
                beginning = asyncio.create_task(self._bring_up(stack))
                # Either may happen while Telegram keeps us waiting.
                await asyncio.wait(
                    [beginning, holding, stopping], return_when=asyncio.FIRST_COMPLETED
                )
                if not beginning.done():
                    await _cancelled(beginning)
                    return
                beginning.result()
                self._led = True
                self._settled.set()
                await asyncio.wait([holding, stopping], return_when=asyncio.FIRST_COMPLETED)
                self._halt()
        finally:
            # Held while what is under way is finished, so that nobody begins in the middle.
            await _cancelled(holding)
            self._running.term = None
            self._running.watching.health.parts.chats = False

    async def _bring_up(self, stack: AsyncExitStack) -> None:
        running = self._running
        kept, running.ticks = running.ticks, []
        try:
            await self._begin(stack)
            running.term = schedule = Schedule(tuple(running.ticks))
        finally:
            running.ticks = kept
        running.stands_by = False
        schedule.start()
        stack.push_async_callback(schedule.stop)
        if running.wakeups is not None:
            hearing = asyncio.create_task(running.wakeups.answer(schedule.names, schedule.nudge))
            stack.push_async_callback(_cancelled, hearing)

    def _stand_by(self) -> None:
        self._running.stands_by = True
        if not self._settled.is_set():
            log.warning("another process leads; this one stands by")
            self._settled.set()


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
