"""A bot that also plans, sends and amends: what readers are shown, and what becomes of it."""

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from sqlalchemy import update

from bot.delivery.amending import Amender
from bot.delivery.limiter import Limiter
from bot.delivery.sender import Sender
from bot.jobs.correcting import Corrector, FittedToReaders, Watcher
from bot.jobs.planning import Planner
from bot.jobs.press import Press
from bot.sandbox.people import Person, Seen
from digest.compose import next_push_at
from digest.model import Brief, Lang, Signal, SignalState, Subscription, Wishes
from digest.texts import Texts, texts_for
from handlers.callbacks import pack
from storage.schema import signals
from storage.signal_changes import note_change, shown_now
from storage.values import brief_data
from tests.handlers.conftest import Chatting
from tests.newsdesk import NOON


@dataclass
class Newsroom:
    """Planner, sender, corrector and amender around a chatting bot."""

    chatting: Chatting
    planner: Planner
    sender: Sender
    corrector: Corrector
    amender: Amender
    watcher: Watcher

    async def subscribe(self, person: Person, **wanted: Any) -> None:
        """Let somebody have everything, now."""
        await self.chatting.say(person, "/help")
        reader = await self.chatting.subscriber(person)
        made = replace(
            Subscription(Wishes(min_score=0, lang=reader.lang), zone="Asia/Shanghai"), **wanted
        )
        due = replace(made, next_digest_at=next_push_at(made, NOON))
        await self.chatting.storage.subscribers.save_subscription(reader.id, due)

    async def digest(self, *people: Person) -> list[Seen]:
        """Send everybody's digest now, and see its first message."""
        for person in people:
            assert await self.planner.plan_now(await self.chatting.subscriber(person))
        return await self.deliver(*people)

    async def deliver(self, *people: Person) -> list[Seen]:
        await self.sender.deliver_due(1000)
        return [copied(person.messages_in(person.id)[-1]) for person in people]

    async def put(self, signal: Signal, brief: Brief | None = None, **values: Any) -> int:
        """Change a signal as an editor does, without the conversation."""
        if brief is not None:
            values["brief"] = brief_data(brief)
        async with self.chatting.storage.database.write() as connection:
            before = await shown_now(connection, signal.id)
            assert before is not None
            await connection.execute(
                update(signals).where(signals.c.id == signal.id).values(**values)
            )
            return await note_change(connection, signal.id, before, self.chatting.clock())

    async def withdraw(self, signal: Signal) -> int:
        return await self.put(signal, state=SignalState.REJECTED)

    async def amend(self) -> int:
        """Spread all changes and edit what they concern. Returns how many edits were tried."""
        await self.corrector.run_due()
        return await self.amender.amend_due(10_000)


def copied(message: Seen) -> Seen:
    """A message as it looks at this moment, whatever is edited later."""
    return replace(message, data=copy.deepcopy(message.data))


@asynccontextmanager
async def newsroom_over(chatting: Chatting, **limits: Any) -> AsyncIterator[Newsroom]:
    """`chatting` with everything that sends, on its sandbox."""
    storage, services, clock = chatting.storage, chatting.services, chatting.clock
    address = chatting.application.bot.base_url  # with the token
    base = address.rpartition("/bot")[0]
    limiter = Limiter(900, in_flight=10, **limits)
    async with aiohttp.ClientSession() as session:
        sender = Sender(storage, session, base, chatting.sandbox.token, limiter, clock, "test")
        amender = Amender(
            storage, session, address, limiter, clock, fitted=FittedToReaders(storage, pack)
        )
        yield Newsroom(
            chatting,
            Planner(
                storage,
                taxonomy=services.taxonomy,
                links=services.links,
                clock=clock,
                pack=pack,
                wake_sender=lambda: None,
            ),
            sender,
            Corrector(
                storage,
                Press(services.taxonomy, services.links, clock, pack),
                clock=clock,
                wake_amender=amender.wake,
            ),
            amender,
            Watcher(storage, chatting.application.bot),
        )


class Editor:
    """One editor at work."""

    def __init__(self, room: Newsroom, person: Person) -> None:
        self.bot = room.chatting
        self.person = person
        self.texts: Texts = texts_for(Lang.EN if person is room.chatting.alex else Lang.ZH)

    async def sheet(self, signal: Signal) -> Seen:
        return await self.bot.say(self.person, f"/edit {signal.id}")

    async def tap(self, message: Seen, label: str) -> Seen:
        return await self.bot.tap(self.person, message, label)

    async def question(self, message: Seen, label: str) -> Seen:
        """Tap what asks for words, and see the question."""
        await self.bot.toast(self.person, message, label)
        await self.bot.quiet()
        return self.person.messages_in(self.person.id)[-1]

    async def answer(self, question: Seen, words: str) -> Seen:
        return await self.bot.answer(self.person, question, words)

    async def signal(self, signal: Signal) -> Signal:
        found = await self.bot.storage.signals.get(signal.id)
        assert found is not None
        return found
