"""A planner with readers and news, for the tests of what is owed to whom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.jobs.planning import Planner
from digest.compose import next_push_at, next_weekly_push_at
from digest.look_backs import next_look_back_push_at
from digest.model import Action, ChatKind, Delivery, Lang, Subscriber, Subscription, Wishes
from digest.render import Links
from digest.taxonomy import load_taxonomy
from handlers.callbacks import pack
from storage import Storage
from tests.bot.jobs.world import Time
from tests.newsdesk import NOON, Newsdesk


class Desk:
    """Planner, readers and news on a real database; it is noon in Shanghai."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.news = Newsdesk(storage)
        self.time = Time()
        self.time.now = NOON
        self.planner = self.restarted()
        self.readers = 0

    def restarted(self, pack: Callable[[Action], str] = pack, ahead: int | None = None) -> Planner:
        return Planner(
            self.storage,
            taxonomy=load_taxonomy(),
            links=Links("https://hexin.example"),
            clock=self.time,
            pack=pack,
            wake_sender=lambda: None,
            ahead=ahead,
        )

    async def reader(self, lang: Lang = Lang.ZH, **wanted: Any) -> Subscriber:
        self.readers += 1
        return await self.reader_in(self.readers, lang=lang, **wanted)

    async def reader_in(
        self,
        chat_id: int,
        thread_id: int = 0,
        kind: ChatKind = ChatKind.PRIVATE,
        lang: Lang = Lang.ZH,
        **wanted: Any,
    ) -> Subscriber:
        """A reader (daily and instant, everything, nothing considered for three hours)."""
        found, _ = await self.storage.subscribers.enter(
            chat_id, thread_id, kind, "林晓", lang, NOON
        )
        made = Subscription(Wishes(min_score=0), considered_until=NOON - timedelta(hours=3))
        await self.want(found, replace(made, **wanted))
        return await self.again(found)

    async def want(self, reader: Subscriber, wanted: Subscription) -> None:
        due = replace(
            wanted,
            next_digest_at=next_push_at(wanted, self.time()),
            next_weekly_at=next_weekly_push_at(wanted, self.time()),
            next_look_back_at=next_look_back_push_at(wanted, self.time()),
        )
        await self.storage.subscribers.save_subscription(reader.id, due)

    async def again(self, reader: Subscriber) -> Subscriber:
        found = await self.storage.subscribers.get(reader.id)
        assert found is not None
        return found

    async def settle(self) -> int:
        """Let everything that is due arrive."""
        owed = await self.sending()
        for one in owed:
            await self.storage.deliveries.settle_sent(one.id, 1, self.time())
        return len(owed)

    async def lose(self) -> int:
        """Let nobody know whether what is due arrived."""
        owed = await self.sending()
        for one in owed:
            await self.storage.deliveries.settle_unknown(one.id, "reset", self.time())
        return len(owed)

    async def sending(self) -> tuple[Delivery, ...]:
        """What is due, on its way."""
        owed = await self.storage.deliveries.claim(self.time(), 100, "test")
        for one in owed:
            await self.storage.deliveries.mark_sending(one.id, self.time())
        return owed

    async def digest_hour(self, reader: Subscriber) -> int:
        """Plan when the reader's next digest is due."""
        due = (await self.again(reader)).subscription.next_digest_at
        assert due is not None
        self.time.now = due
        return await self.planner.run_due()
