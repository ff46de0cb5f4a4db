"""Tries what editors want as sources, one by one and list by list, and tells how far it has come.

Everything is a row of storage: a process that is killed anywhere leaves nothing spinning, for the
next one goes on with the row and edits the same message.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from telegram import Bot, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import Forbidden, RetryAfter, TelegramError

from digest.model import Lang, Message, SourceSpec
from digest.render import Rendering
from digest.sources.drafts import spec_data, spec_of, trial_data
from digest.sources.lists import FeedList
from digest.sources.trial import Refusal, Refused, Trial
from digest.texts import texts_for
from handlers.admin.sources.draftcards import draft_message, trying_message
from handlers.admin.sources.importcards import (
    REPORTED,
    import_message,
    report_body,
    report_name,
)
from handlers.bell import Bell
from handlers.context import PolledNow, Services, SourceTrial
from handlers.keyboards import markup
from handlers.replies import edit_message
from storage import DraftState, ImportRow, ImportState, RowState, SourceDraft, SourceImport
from storage.source_drafts import Where

log = logging.getLogger(__name__)

DRAFTS_AT_ONCE = 4
ROWS_AT_ONCE = 6
# So many tried ones are saved together, in one act.
SAVED_TOGETHER = 50
# Between two edits of one message: faster ones are lost on people, and Telegram minds.
PACE_S = 3.0
_LOOK_AGAIN_S = 5.0
_LEASE_S = 180.0
_TRIES = 4

Poll = Callable[[int], Awaitable[PolledNow | None]]
Fetch = Callable[[str], Awaitable[bytes]]
Read = Callable[[bytes], Awaitable[FeedList]]


class SourceDesk:
    """Works on drafts and imports in storage, a few at a time. Fits `SourceWork`.

    `poll` polls a source by its number, `fetch` gets a file, `read` reads a list apart from us.
    """

    def __init__(
        self,
        trial: SourceTrial,
        *,
        poll: Poll,
        fetch: Fetch,
        read: Read,
        pace_s: float = PACE_S,
    ) -> None:
        self.poll = poll
        self.fetch = fetch
        self.read = read
        self.trial = trial
        self.pace_s = pace_s
        self._bell = Bell()
        self._drafts: dict[int, asyncio.Task[None]] = {}
        self._rows: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._other: set[asyncio.Task[None]] = set()
        self._shown: dict[int, float] = {}

    def wake(self) -> None:
        """Something waits."""
        self._bell.ring()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something aside; it is dropped when the process ends."""
        task = asyncio.create_task(_alone(work))
        self._other.add(task)
        task.add_done_callback(self._other.discard)
        task.add_done_callback(lambda _task: work.close())  # also when it never began

    async def run(self, services: Services, bot: Bot, stop: asyncio.Event) -> None:
        """Work until `stop`; what is under way then is done by the next process."""
        now = services.clock()
        await services.storage.source_drafts.take_back(now)
        await services.storage.source_imports.take_back(now)
        look = partial(self._round, services, bot)
        try:
            await self._bell.rounds("sources", look, stop, _LOOK_AGAIN_S)
        finally:
            tasks = (*self._drafts.values(), *self._rows.values(), *self._other)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _round(self, services: Services, bot: Bot) -> None:
        room = DRAFTS_AT_ONCE - len(self._drafts)
        if room > 0:
            drafts = services.storage.source_drafts
            for draft in await drafts.claim(services.clock(), room, _LEASE_S):
                if draft.id not in self._drafts:
                    self._start(self._drafts, draft.id, self._try_draft(services, bot, draft))
        running = await services.storage.source_imports.running()
        self._shown = {one.id: self._shown.get(one.id, 0.0) for one in running}
        for found in running:
            await self._advance(services, bot, found)

    def _start(
        self, tasks: dict[Any, asyncio.Task[None]], key: Any, work: Coroutine[Any, Any, None]
    ) -> None:
        task = asyncio.create_task(_alone(work))
        tasks[key] = task

        def done(_task: asyncio.Task[None]) -> None:
            work.close()  # also when it never began
            tasks.pop(key, None)
            self._bell.ring()

        task.add_done_callback(done)

    # --- one at a time --------------------------------------------------------------------

    async def _try_draft(self, services: Services, bot: Bot, draft: SourceDraft) -> None:
        talk = _Talk(services, bot, draft.where)
        if draft.tries > _TRIES:  # it ends every process that tries it, or cannot be told
            given_up = trial_data(Trial(draft.words, refusal=Refusal(Refused.UNAVAILABLE)))
            ended = replace(draft, state=DraftState.READY, trial=given_up)
            await services.storage.source_drafts.found(draft.id, given_up)
            await self._put_draft(talk, draft, draft_message(talk.rendering, ended))
            return
        draft = await self._put_draft(talk, draft, trying_message(talk.rendering, draft, 0))
        trial = await self._following(talk, draft)
        done = replace(draft, state=DraftState.READY, trial=trial_data(trial))
        now = await services.storage.source_drafts.get(draft.id)
        if now is None or now.state is not DraftState.TRYING:
            return  # given up meanwhile
        await self._put_draft(talk, draft, draft_message(talk.rendering, done))
        await services.storage.source_drafts.found(draft.id, done.trial)

    async def _following(self, talk: "_Talk", draft: SourceDraft) -> Trial:
        """Try it, and say every few seconds that it is still being tried."""
        trying = asyncio.create_task(self._tried(draft))
        started = time.monotonic()
        try:
            while True:
                done, _ = await asyncio.wait({trying}, timeout=self.pace_s)
                if done:
                    return trying.result()
                seconds = int(time.monotonic() - started)
                with suppress(TelegramError):
                    await self._put_draft(
                        talk, draft, trying_message(talk.rendering, draft, seconds)
                    )
        finally:
            trying.cancel()

    async def _tried(self, draft: SourceDraft) -> Trial:
        if draft.asked:
            return await self.trial.preview(spec_of(draft.asked))
        return await self.trial(draft.words)

    async def _put_draft(self, talk: "_Talk", draft: SourceDraft, message: Message) -> SourceDraft:
        message_id = await talk.put(draft.message_id, message)
        if message_id == draft.message_id:
            return draft
        await talk.services.storage.source_drafts.set_message(draft.id, message_id)
        return replace(draft, message_id=message_id)

    # --- lists ------------------------------------------------------------------------------

    async def _advance(self, services: Services, bot: Bot, found: SourceImport) -> None:
        """Let a list go on: begin what may begin, save what is good, tell, end it."""
        imports, now = services.storage.source_imports, services.clock()
        room = ROWS_AT_ONCE - len(self._rows)
        if room > 0:
            for row in await imports.claim(found.id, now, room, _LEASE_S):
                key = (row.import_id, row.place)
                if key not in self._rows:
                    self._start(self._rows, key, self._try_row(services, row))
        through = not found.count(RowState.WAITING)
        tried = found.count(RowState.TRIED)
        if tried and (through or tried >= SAVED_TOGETHER):
            await services.storage.source_acts.save_tried(found.id, actor=found.actor, now=now)
            self._bell.ring()
            return
        if through:
            await self._end(services, bot, found)
        elif time.monotonic() - self._shown.get(found.id, 0.0) >= self.pace_s:
            self._shown[found.id] = time.monotonic()
            talk = _Talk(services, bot, found.where)
            with suppress(TelegramError):
                await self._put_import(talk, found)

    async def _try_row(self, services: Services, row: ImportRow) -> None:
        trial = await self.trial(row.address)
        imports, best = services.storage.source_imports, trial.best
        if best is None:
            refusal = trial.refusal
            code = refusal.code if refusal else Refused.UNAVAILABLE
            await imports.settle(row, RowState.FAILED, reason=code.value)
        elif best.known is not None:
            await imports.settle(row, RowState.KNOWN, source_id=best.known.id)
        else:
            spec = _as_listed(row, best.spec)
            await imports.settle(row, RowState.TRIED, spec=spec_data(spec))

    async def _end(self, services: Services, bot: Bot, found: SourceImport) -> None:
        """Tell what came of it, with each failure's reason in a file, and end it."""
        now = services.clock()
        ended = replace(found, state=ImportState.DONE, ended_at=now)
        talk = _Talk(services, bot, found.where)
        try:
            await self._put_import(talk, ended)
            if found.count(RowState.FAILED, RowState.UNUSABLE):
                await self._send_report(talk, ended)
        except RetryAfter:
            return  # a little later; nothing is lost by that
        except TelegramError as error:  # the chat is gone: the sources are here all the same
            log.warning("import %d could not be told of: %s", found.id, error)
        await services.storage.source_imports.end(found.id, now)

    async def _send_report(self, talk: "_Talk", found: SourceImport) -> None:
        rows = await talk.services.storage.source_imports.rows(found.id, *REPORTED)
        body = report_body(rows, talk.rendering.texts)
        await talk.bot.send_document(
            talk.where.chat_id,
            InputFile(body, filename=report_name(found)),
            caption=talk.rendering.texts("chat.opml.report_caption"),
            parse_mode=ParseMode.HTML,
            disable_content_type_detection=True,
            message_thread_id=talk.where.thread_id or None,
        )

    async def _put_import(self, talk: "_Talk", found: SourceImport) -> None:
        message_id = await talk.put(found.message_id, import_message(talk.rendering, found))
        if message_id != found.message_id:
            await talk.services.storage.source_imports.set_message(found.id, message_id)


def _as_listed(row: ImportRow, spec: SourceSpec) -> SourceSpec:
    """What was found, with the name and column that its list gave it."""
    host = spec.url.partition("://")[2].partition("/")[0].removeprefix("www.")
    named = row.title and row.title not in {host, row.address}
    return replace(
        spec,
        title=row.title if named else spec.title,
        column=row.column,
        lang=spec.lang or row.lang,
    )


class _Talk:
    """One place of the staff, spoken to from outside of a turn."""

    def __init__(self, services: Services, bot: Bot, where: Where) -> None:
        self.services = services
        self.bot = bot
        self.where = where
        self.rendering = Rendering(
            links=services.links,
            texts=texts_for(Lang(where.lang)),
            taxonomy=services.taxonomy,
            zone=services.zone,
            now=services.clock(),
        )

    async def put(self, message_id: int | None, message: Message) -> int:
        """Edit our message, or send one where there is none (any more). Returns its id."""
        if message_id is not None and await edit_message(
            self.bot, self.where.chat_id, message_id, message
        ):
            return message_id
        sent = await self.bot.send_message(
            self.where.chat_id,
            message.text,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=markup(message.buttons),
            message_thread_id=self.where.thread_id or None,
        )
        return sent.message_id


async def _alone(work: Coroutine[Any, Any, None]) -> None:
    """Do `work`; its failure must not end the others'."""
    try:
        await work
    except Forbidden as error:
        log.info("a chat of the staff cannot be written to: %s", error)
    except Exception:  # the boundary: rows of storage are taken up again after their lease
        log.exception("work on sources")
