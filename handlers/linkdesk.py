"""Reads the links that were sent: tells how far it has come, and ends each with an answer.

Every link is a row of storage from the moment it was sent, with the number of our message about
it. That message is edited until it is the card, and an edit may be repeated: so a process that is
killed anywhere leaves nothing spinning and nothing twice, for the next one goes on with the row.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

from telegram import Bot, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import Forbidden, NetworkError, RetryAfter, TelegramError

from digest.links import LinkReading, Stage, Trouble, same_page
from digest.model import ChatKind, Message, Subscriber
from digest.texts import texts_for
from handlers.admin.posting.reading import read_outcome
from handlers.bell import Bell
from handlers.context import Services, rendering_for
from handlers.keyboards import markup
from handlers.linkcards import outcome_message, status_message
from handlers.replies import edit_message
from storage import LinkState, PastedLink

log = logging.getLogger(__name__)

ReadLink = Callable[[str, Callable[[Stage], None]], Coroutine[Any, Any, LinkReading]]

IN_FLIGHT = 6
# So that somebody with ten links leaves places to others.
EACH = 2
# Between two edits of one message: faster ones are lost on people, and Telegram minds.
PACE_S = 1.5
_TYPING_S = 4.5
_LOOK_AGAIN_S = 5.0
_LEASE_S = 180.0
_TRIES = 5
_RETRY = timedelta(seconds=20)


@dataclass
class _Shared:
    """One reading that several people may wait for."""

    task: asyncio.Task[LinkReading]
    stage: Stage = Stage.OPENING
    hearers: list[Callable[[Stage], None]] = field(default_factory=list)


class LinkDesk:
    """Answers the links in storage, a few at a time; `read_link` reads one. Fits `LinkWork`."""

    def __init__(self, read_link: ReadLink, *, pace_s: float = PACE_S) -> None:
        self._read_link = read_link
        self._pace_s = pace_s
        self._bell = Bell()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._shared: dict[str, _Shared] = {}

    def wake(self) -> None:
        """A link waits."""
        self._bell.ring()

    def stop(self, link_id: int) -> None:
        """A link is not wanted any more."""
        task = self._tasks.get(link_id)
        if task is not None:
            task.cancel()

    @property
    def idle(self) -> bool:
        """Whether nothing is being read."""
        return not self._tasks and not self._bell.is_rung

    async def run(self, services: Services, bot: Bot, stop: asyncio.Event) -> None:
        """Work until `stop`; what is under way then is done by the next process."""
        await services.storage.pasted.take_back()
        look = partial(self._round, services, bot)
        try:
            await self._bell.rounds("links", look, stop, _LOOK_AGAIN_S)
        finally:
            for task in tuple(self._tasks.values()):
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _round(self, services: Services, bot: Bot) -> None:
        """Begin what may begin; tell the others that they wait."""
        pasted = services.storage.pasted
        room = IN_FLIGHT - len(self._tasks)
        if room > 0:
            claimed = await pasted.claim(services.clock(), room, each=EACH, lease_s=_LEASE_S)
            for link in claimed:
                if link.id not in self._tasks:
                    self._begin(link, _Answering(services, bot, link, self._pace_s))
        before: Counter[int] = Counter()
        for link in await pasted.in_line():
            if link.state is LinkState.WAITING and link.status_id is None:
                answering = _Answering(services, bot, link, self._pace_s)
                with suppress(TelegramError):
                    await answering.show(Stage.WAITING, before[link.person_id])
            # Links of others do not hold one up; one's own do.
            before[link.person_id] += 1

    def _begin(self, link: PastedLink, answering: "_Answering") -> None:
        task = asyncio.create_task(self._answer(link, answering))
        self._tasks[link.id] = task

        def done(_task: asyncio.Task[None]) -> None:
            self._tasks.pop(link.id, None)
            self._bell.ring()

        task.add_done_callback(done)

    async def _answer(self, link: PastedLink, answering: "_Answering") -> None:
        try:
            async with answering.moving() as tell:
                reading = await self._reading_of(link.url, tell)
            await answering.end(reading)
        except Forbidden:
            await answering.close(LinkReading(trouble=Trouble.BROKEN))
        except (NetworkError, RetryAfter) as error:
            await answering.put_off(error)
        except Exception:  # the boundary: one link must not end the others
            log.exception("the answer to link %d", link.id)
            await answering.put_off(None)

    async def _reading_of(self, url: str, tell: Callable[[Stage], None]) -> LinkReading:
        """Read `url`, or join those who wait for it already."""
        key = next(iter(same_page(url)), url)
        shared = self._shared.get(key)
        if shared is None:

            def broadcast(stage: Stage) -> None:
                made.stage = stage
                for hear in made.hearers:
                    hear(stage)

            made = _Shared(asyncio.create_task(self._read_link(url, broadcast)))
            made.task.add_done_callback(lambda _task: self._shared.pop(key, None))
            self._shared[key] = shared = made
        shared.hearers.append(tell)
        tell(shared.stage)
        try:
            return await asyncio.shield(shared.task)
        finally:
            shared.hearers.remove(tell)
            if not shared.hearers:
                shared.task.cancel()


class _Answering:
    """One link, the chat it came from, and our message about it."""

    def __init__(self, services: Services, bot: Bot, link: PastedLink, pace_s: float) -> None:
        self._services = services
        self._bot = bot
        self._link = link
        self._pace_s = pace_s
        self._stage = Stage.OPENING
        self._moved = asyncio.Event()
        self._subscriber: Subscriber | None = None

    async def _reader(self) -> Subscriber:
        if self._subscriber is None:
            found = await self._services.storage.subscribers.get(self._link.subscriber_id)
            if found is None:
                raise Forbidden("the reader is gone")
            self._subscriber = found
        return self._subscriber

    async def show(self, stage: Stage, ahead: int = 0) -> None:
        """Say how far it has come, in the message about it or in a new one."""
        reader = await self._reader()
        await self._put(status_message(texts_for(reader.lang), self._link, stage, ahead))

    @asynccontextmanager
    async def moving(self) -> AsyncIterator[Callable[[Stage], None]]:
        """Show the stages that are told, at a calm pace, and that we are typing."""
        await self.show(self._stage)
        tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._type())]

        def tell(stage: Stage) -> None:
            if stage is not self._stage:
                self._stage = stage
                self._moved.set()

        try:
            yield tell
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self._pace_s)
            await self._moved.wait()
            self._moved.clear()
            try:
                await self.show(self._stage)
            except TelegramError as error:
                log.info("how far link %d has come: %s", self._link.id, error)

    async def _type(self) -> None:
        reader = await self._reader()
        while True:
            with suppress(TelegramError):
                await self._bot.send_chat_action(
                    reader.chat_id,
                    ChatAction.TYPING,
                    message_thread_id=reader.thread_id or None,
                )
            await asyncio.sleep(_TYPING_S)

    async def end(self, reading: LinkReading) -> None:
        """Put the answer in the place of the stages, and end the link."""
        if not await self._still_wanted():
            return
        reader, storage = await self._reader(), self._services.storage
        post = await storage.posts.of_link(self._link.id)
        if post is not None:
            await self._put(await read_outcome(self._services, reader, post, reading))
            await self.close(reading)
            return
        signal, saved = reading.signal, False
        if signal is not None and reader.kind is ChatKind.PRIVATE:
            saved = bool(await storage.collections.where_saved(reader.id, [signal.id]))
        message = outcome_message(
            rendering_for(self._services, reader, self._services.clock()),
            self._link,
            signal,
            trouble=reading.trouble,
            story=reading.story,
            saved=saved,
        )
        # Whoever may see it must be able to tap its buttons as soon as they are there.
        if signal is not None:
            await storage.pasted.allow(self._link.id, signal.id)
        await self._put(message)
        await self.close(reading)

    async def _still_wanted(self) -> bool:
        """Whether the link is still to be answered; not so when it was stopped, or erased."""
        now = await self._services.storage.pasted.get(self._link.id)
        if now is None and self._link.status_id is not None:
            # The person had everything erased meanwhile; nothing of ours goes on spinning.
            reader = await self._reader()
            await self._bot.delete_message(reader.chat_id, self._link.status_id)
        return now is not None and now.state is LinkState.READING

    async def close(self, reading: LinkReading) -> None:
        """End the link in storage."""
        await self._services.storage.pasted.finish(
            self._link.id,
            LinkState.DONE if reading.signal else LinkState.FAILED,
            self._services.clock(),
            signal_id=reading.signal.id if reading.signal else None,
            trouble=reading.trouble or "",
            free=reading.known,
        )

    async def put_off(self, error: TelegramError | None) -> None:
        """Telegram or storage is in trouble: answer a little later, but not for ever."""
        if self._link.tries >= _TRIES:
            await self.close(LinkReading(trouble=Trouble.BROKEN))
            return
        wait = _RETRY
        if isinstance(error, RetryAfter):
            wait += timedelta(seconds=30)
        log.warning("link %d is answered later: %s", self._link.id, error)
        await self._services.storage.pasted.postpone(self._link.id, self._services.clock() + wait)

    async def _put(self, message: Message) -> None:
        """Edit the message about the link; send one where there is none (any more)."""
        reader, status_id = await self._reader(), self._link.status_id
        if status_id is not None and await edit_message(
            self._bot, reader.chat_id, status_id, message
        ):
            return
        sent = await self._bot.send_message(
            reader.chat_id,
            message.text,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=markup(message.buttons),
            reply_parameters=ReplyParameters(
                self._link.message_id, allow_sending_without_reply=True
            ),
            message_thread_id=reader.thread_id or None,
        )
        await self._services.storage.pasted.set_status(self._link.id, sent.message_id)
        self._link = replace(self._link, status_id=sent.message_id)
