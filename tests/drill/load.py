"""What goes on while something breaks: pushes that are owed, people who ask, news that comes.

Everything is counted where it arrives: at the Bot API server and the site, then in the tables.
"""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import utc_now
from bot.sandbox.people import Person
from bot.sandbox.sandbox import Sandbox
from digest.model import DeliveryState
from storage import Storage
from tests.bot.delivery.outbox import Outbox
from tests.soak.press import Press

ASK_EVERY_S, PUBLISH_EVERY_S = 0.5, 1.5
SOURCES = 6
# What was written before somebody was killed arrives within this.
UNDER_WAY_S = 0.3
ASKERS_FROM = 900_000
_WAITING = {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.RETRY}
_UNSURE = {DeliveryState.SENDING, DeliveryState.UNKNOWN}
_ASKERS = 20


class Site(Press):
    """Remembers when it was asked for a feed."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.asked_at: list[float] = []

    async def _feed(self, request: web.Request) -> web.Response:
        self.asked_at.append(time.monotonic())
        return await super()._feed(request)


@dataclass
class Ask:
    """A question of somebody's, by a word of its own."""

    person: Person
    word: str
    asked: float
    answered: float = 0.0

    @property
    def answers(self) -> int:
        """How many answers stand in the chat."""
        return sum(one.by_bot and self.word in one.text for one in self.person.messages)


@dataclass
class Recovery:
    """Seconds until the next push, answer and poll; None where there was none to come."""

    push: float | None = None
    answer: float | None = None
    poll: float | None = None


@dataclass
class Counted:
    """What became of it all."""

    owed: int = 0
    got: int = 0
    doubled: int = 0
    unsure: int = 0
    lost: int = 0
    asked: int = 0
    answered: int = 0
    answers_doubled: int = 0
    longest_s: float = 0.0
    published: int = 0
    read: int = 0
    read_doubled: int = 0
    read_after_s: float = 0.0
    failed: dict[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """What must not be."""
        wrong = {
            "pushes lost": self.lost,
            "pushes doubled": self.doubled,
            "answers missing": self.asked - self.answered,
            "articles not read": self.published - self.read,
            "articles doubled": self.read_doubled,
        }
        return [f"{many} {what}" for what, many in wrong.items() if many]


@dataclass
class Load:
    """The load of one drill: `crowd` is owed a digest, once."""

    sandbox: Sandbox
    storage: Storage
    site: Site
    crowd: list[Person]
    begun: datetime
    text: str = ""
    asks: list[Ask] = field(default_factory=list)
    published: int = 0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def begin(self, *, wake: Any) -> None:
        """Owe, ask and publish; returns when a quarter of what is owed has gone out."""
        outbox = Outbox(self.storage)
        outbox._digests = time.monotonic_ns()  # a text and a digest of its own each time
        self.text = await outbox.owe(*(person.id for person in self.crowd))
        self._tasks = [asyncio.create_task(one) for one in (self._ask(), self._publish())]
        async with asyncio.timeout(60):
            while self._out() < len(self.crowd) // 4:
                wake("deliveries")
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Ask and publish no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def recovered(self, since: float, within: float) -> Recovery:
        """Wait for the next push, answer and poll after `since` (monotonic)."""
        found, ids = Recovery(), {person.id for person in self.crowd}
        at = utc_now().timestamp() - time.monotonic() + since
        owed = self._out(at) < len(self.crowd)
        ends = time.monotonic() + within
        while time.monotonic() < ends:
            if found.push is None and owed:
                found.push = self._next_push(ids, at)
            if found.answer is None:
                later = [one.answered - since for one in self.asks if one.asked > since]
                found.answer = min((one for one in later if one > 0), default=None)
            if found.poll is None:
                found.poll = next((one - since for one in self.site.asked_at if one > since), None)
            if None not in {found.answer, found.poll} and (not owed or found.push is not None):
                break
            await asyncio.sleep(0.02)
        return found

    async def settled(self, since: float, within: float = 200.0) -> Counted:
        """Wait until nothing is under way any more, and count."""
        ends = time.monotonic() + within
        read_after = 0.0
        while time.monotonic() < ends:
            with suppress(SQLAlchemyError, OSError):
                counts = await self.storage.deliveries.counts()
                waiting = sum(counts.get(one, 0) for one in _WAITING)
                entries = await self._entries()
                if _read(entries) >= self.site.published and not read_after:
                    read_after = time.monotonic() - since
                if not waiting and all(one.answered for one in self.asks) and read_after:
                    break
            await asyncio.sleep(0.2)
        await asyncio.sleep(0.5)  # what would come twice would come about now
        return await self._count(read_after)

    # --- what goes on ---

    async def _ask(self) -> None:
        people = [one for one in self.sandbox.people if 0 <= one.id - ASKERS_FROM < _ASKERS]
        watching: set[asyncio.Task[None]] = set()
        number = 0
        while True:
            number += 1
            ask = Ask(people[number % len(people)], f"q{time.monotonic_ns()}", time.monotonic())
            ask.person.send(f"/search {ask.word}")
            self.asks.append(ask)
            task = asyncio.create_task(_watch(ask))
            watching.add(task)
            task.add_done_callback(watching.discard)
            await asyncio.sleep(ASK_EVERY_S)

    async def _publish(self) -> None:
        while True:
            self.site.publish()
            self.published += 1
            await asyncio.sleep(PUBLISH_EVERY_S)

    # --- counting ---

    def _out(self, before: float = float("inf")) -> int:
        ids = {person.id for person in self.crowd}
        return sum(
            call.method == "sendMessage" and call.code == 200 and call.chat_id in ids
            and call.at.timestamp() <= before and call.at >= self.begun
            for call in self.sandbox.log.calls
        )  # fmt: skip

    def _next_push(self, ids: set[int], at: float) -> float | None:
        return next(
            (
                call.at.timestamp() - at
                for call in self.sandbox.log.of("sendMessage")
                if call.code == 200
                and call.chat_id in ids
                and call.at.timestamp() > at + UNDER_WAY_S
            ),
            None,
        )

    async def _entries(self) -> Counter[str]:
        async with self.storage.database.read() as connection:
            rows = await connection.execute(text("SELECT state, count(*) FROM entries GROUP BY 1"))
            return Counter({str(state): int(many) for state, many in rows})

    async def _failed(self) -> dict[str, int]:
        """Why articles ended unread, and how many for each reason."""
        query = text(
            "SELECT detail, count(*) FROM entries WHERE state = 'failed' OR"
            " (state IN ('new', 'backlog') AND detail <> '') GROUP BY 1"
        )
        async with self.storage.database.read() as connection:
            rows = await connection.execute(query)
            return {str(detail): int(many) for detail, many in rows}

    async def _count(self, read_after: float) -> Counted:
        states = await self._states()
        copies = {one.id: sum(seen.text == self.text for seen in one.inbox) for one in self.crowd}
        without = [chat for chat, times in copies.items() if not times]
        entries = await self._entries()
        async with self.storage.database.read() as connection:
            signals = int(await connection.scalar(text("SELECT count(*) FROM signals")) or 0)
        waits = [one.answered - one.asked for one in self.asks if one.answered]
        return Counted(
            owed=len(self.crowd),
            got=sum(times > 0 for times in copies.values()),
            doubled=sum(times > 1 for times in copies.values()),
            unsure=sum(state in _UNSURE for state in states.values()),
            lost=sum(states.get(chat) not in _UNSURE for chat in without),
            asked=len(self.asks),
            answered=sum(bool(one.answers) for one in self.asks),
            answers_doubled=sum(one.answers > 1 for one in self.asks),
            longest_s=max(waits, default=0.0),
            published=self.site.published,
            read=_read(entries) - entries["failed"],
            read_doubled=signals - entries["done"],
            read_after_s=read_after,
            failed=await self._failed(),
        )

    async def _states(self) -> dict[int, DeliveryState]:
        """The state of what each of the crowd was owed now, by chat."""
        query = text(
            "SELECT s.chat_id, d.state FROM deliveries d JOIN subscribers s"
            " ON s.id = d.subscriber_id WHERE d.digest_id ="
            " (SELECT max(digest_id) FROM deliveries)"
        )
        async with self.storage.database.read() as connection:
            return {chat: DeliveryState(state) for chat, state in await connection.execute(query)}


def _read(entries: Counter[str]) -> int:
    return sum(entries.values()) - entries["new"] - entries["backlog"]


async def _watch(ask: Ask) -> None:
    while not ask.answers:
        await asyncio.sleep(0.05)
    ask.answered = time.monotonic()
