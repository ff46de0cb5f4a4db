"""A site on loopback that editors add sources of, and the desk that tries them."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.addresses import AddressPolicy
from bot.fetching import Fetcher
from bot.jobs.discovering import Discoverer
from bot.jobs.polling import Poller
from bot.jobs.sourcework import make_source_desk
from bot.jobs.telling import in_log
from bot.sandbox.people import Person, Seen
from digest.model import Lang, Source
from digest.texts import Texts, texts_for
from handlers.admin.sources.work import SourceDesk
from handlers.guards import Pacer
from storage import DraftState, Storage
from tests.bot.jobs.pages import item, rss
from tests.clocks import HandClock
from tests.handlers.conftest import Chatting, Newsroom, newsroom_over
from tests.handlers.newsstand import Newsstand, newsstand
from tests.newsdesk import NOON
from tests.workers import LentPool

# Buttons that stand under a draft only once it has been tried.
_ENDED = re.compile(r":draft:\d+:(?:save|again|recipe):")


@dataclass(frozen=True)
class SourceRoom:
    """The staff, a site, and one of the staff who does the walk."""

    newsroom: Newsroom
    stand: Newsstand
    desk: SourceDesk
    person: Person
    texts: Texts

    @property
    def chatting(self) -> Chatting:
        return self.newsroom.chatting

    @property
    def storage(self) -> Storage:
        return self.newsroom.chatting.storage

    async def say(self, text: str, **where: object) -> Seen:
        return await self.chatting.say(self.person, text, **where)

    async def tap(self, message: Seen, label: str) -> Seen:
        return await self.chatting.tap(self.person, message, label)

    async def toast(self, message: Seen, label: str) -> str:
        return await self.chatting.toast(self.person, message, label)

    async def sees(self, part: str) -> Seen:
        """The newest message of the chat once it shows `part`, also after an edit."""
        async with asyncio.timeout(10):
            while True:
                for seen in reversed(self.person.inbox):
                    now = self.chatting.now_of(self.person, seen)
                    if part in now.text or part in str(now.labels):
                        await self._noted(now)
                        return now
                await asyncio.sleep(0.01)

    async def _noted(self, shown: Seen) -> None:
        """Wait until what `shown` tells is noted too: the chat is told of a trial first."""
        buttons = [button.get("callback_data", "") for button in shown.buttons]
        ended = {int(data.split(":")[2]) for data in buttons if _ENDED.search(data)}
        for draft_id in ended:
            while (draft := await self.storage.source_drafts.get(draft_id)) is not None:
                if draft.state is not DraftState.TRYING:
                    break
                await asyncio.sleep(0.01)

    def feed(self, path: str, title: str = "Harbour news", *, count: int = 4) -> str:
        """A feed at `path` with entries of the last hours; its address."""
        items = [
            item(
                title=f"{title} {number}",
                link=self.stand.link(f"{path}/{number}"),
                guid=f"{path}-{number}",
                at=NOON - timedelta(hours=number),
                text="The port of Lindholm has bought sorting machines.",
            )
            for number in range(1, count + 1)
        ]
        self.stand.pages[path] = rss(*items, title=title)
        return self.stand.link(path)

    async def added(self, path: str = "/feed", title: str = "Harbour news") -> Source:
        """A source of the stand, saved without a word."""
        from tests.newsdesk import source_spec

        url = self.feed(path, title)
        spec = source_spec(path.strip("/"), url=url, title=title, lang="en")
        return await self.storage.sources.add(spec, self.chatting.clock(), actor="cli")


@asynccontextmanager
async def desk_over(
    storage: Storage, stand: Newsstand, clock: HandClock
) -> AsyncIterator[SourceDesk]:
    """The desk as it runs, which may open the stand's pages and no others of this machine."""
    workers = LentPool()
    policy = AddressPolicy((stand.base.removeprefix("http://"),))
    try:
        async with Fetcher(
            user_agent="hexin-test", allow=policy, timeout_s=2.0, per_host_gap_s=0.0
        ) as fetcher:
            trial = Discoverer(fetcher, workers, clock=clock, known=storage.sources.all)
            poller = Poller(
                storage,
                fetcher,
                workers,
                clock=clock,
                user_agent="hexin-test",
                backlog_per_source=10,
                tell_admins=in_log,
            )
            desk = make_source_desk(storage, trial, fetcher, workers, lambda: poller)
            desk.pace_s = 0.02
            yield desk
    finally:
        await workers.close()


@asynccontextmanager
async def source_room(
    storage: Storage, pacer: Pacer, lang: Lang = Lang.ZH
) -> AsyncIterator[SourceRoom]:
    """The staff at work with a desk that tries sources, and a site."""
    async with newsstand() as stand, room_at(storage, pacer, stand, lang) as room:
        yield room


@asynccontextmanager
async def room_at(
    storage: Storage, pacer: Pacer, stand: Newsstand, lang: Lang = Lang.ZH
) -> AsyncIterator[SourceRoom]:
    """The staff at work: one process after another may work on the same site and storage."""
    clock = HandClock(NOON)
    async with (
        desk_over(storage, stand, clock) as desk,
        newsroom_over(storage, pacer, source_work=desk, source_trial=desk.trial) as newsroom,
    ):
        chatting = newsroom.chatting
        chatting.clock.now = clock.now
        stop = asyncio.Event()
        task = asyncio.create_task(desk.run(chatting.services, chatting.application.bot, stop))
        person = newsroom.editor if lang is Lang.ZH else newsroom.second
        try:
            yield SourceRoom(newsroom, stand, desk, person, texts_for(lang))
        finally:
            stop.set()
            await task
