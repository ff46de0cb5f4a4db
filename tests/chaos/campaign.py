"""One campaign: news for many readers, and a process that is not left alone meanwhile."""

import asyncio
import datetime as dt
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from bot.clock import utc_now
from digest.model import DeliveryState, Subscription, Wishes
from digest.render import plain_text
from storage import Storage
from storage.schema import (
    DUE,
    OPEN,
    deliveries,
    digest_parts,
    digest_signals,
    signals,
    subscribers,
    subscriptions,
)
from storage.subscribers import _wishes_values
from tests.chaos.tally import Round, Shown, Tally, tally
from tests.chaos.weather import FIRST_CHAT, Instant, words_of
from tests.newsdesk import Newsdesk

MIDNIGHT = dt.time()
LOUD, QUIET = 95, 55
FEWEST = 3  # what a round brings, and no room for what is owed from before
COLUMNS = ("ai", "tech", "business")
# Where the digests of different readers differ, so that a round has several.
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York")
ALERTED = 2  # every second reader has alerts
PATIENCE_S = 120.0
STOP_S = 10.0
# Longer than digests look back beyond the last one.
AGES = timedelta(minutes=10)
IDLE = "kill -9, with nothing left to do"
_STATE = deliveries.c.state
_SHOWS = (digest_signals.c.digest_id == deliveries.c.digest_id) & (
    digest_signals.c.part == deliveries.c.part
)


@dataclass(frozen=True)
class Plan:
    """How large a campaign is. A round owes each reader a digest, and half of them an alert."""

    name: str
    url: str
    readers: int
    rounds: int
    kills: int
    seed: int = 1
    resend: bool = False
    rate: float = 150.0
    instants: float = 0.72  # the share of deaths at an instant of a request

    @property
    def deliveries(self) -> int:
        """How many messages are owed before anything goes wrong, the last, calm round not."""
        return self.rounds * self.a_round

    @property
    def a_round(self) -> int:
        """How many of them are owed in one round."""
        return self.readers + self.readers // ALERTED


@dataclass
class Outcome:
    """What was seen. `states` are our tables' at the end; `doubts` how often one was unknown."""

    plan: Plan
    took_s: float = 0.0
    cpu_s: float = 0.0
    ends: Counter[str] = field(default_factory=Counter)
    ills: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    unknown_arrived: int = 0
    resent: int = 0
    unproven: int = 0
    ended_badly: list[str] = field(default_factory=list)
    left_by_term: int = 0
    tally: Tally | None = None

    @property
    def kills(self) -> int:
        """How often the process was killed with -9 at its work."""
        return sum(
            count for how, count in self.ends.items() if how.startswith("kill") and how != IDLE
        )

    @property
    def faults(self) -> list[str]:
        """What must not be; nothing where all is well."""
        found = self.tally.faults if self.tally else ["it did not end"]
        found = [*found, *self.ended_badly]
        if self.left_by_term:
            found.append(f"left in doubt by SIGTERM: {self.left_by_term}")
        if self.unproven:
            found.append(f"believed to be sent, and never shown: {self.unproven}")
        unsettled = set(self.states) - {"sent", "unknown"}
        return [*found, *(f"still {state}: {self.states[state]}" for state in unsettled)]


@dataclass
class Campaign:
    """The world around the process."""

    plan: Plan
    folder: Path
    storage: Storage
    session: aiohttp.ClientSession
    base: str
    nursery: asyncio.subprocess.Process
    outcome: Outcome
    dice: random.Random
    rounds: list[Round] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    owners: set[str] = field(default_factory=set)

    # --- the readers and their news --------------------------------------------------------

    async def gather(self) -> None:
        """Subscribe everybody: each wants all there is, at one moment that is moved by hand."""
        now = utc_now() - timedelta(days=1)
        rows, wishes = [], []
        for number in range(self.plan.readers):
            rows.append(
                {
                    "id": number + 1, "chat_id": FIRST_CHAT + number, "thread_id": 0,
                    "kind": "private", "title": "", "lang": ("zh", "en")[number % 5 == 0],
                    "active": True, "reason": "", "created_at": now, "changed_at": now,
                    "considered_until": now,
                }
            )  # fmt: skip
            wanted = Subscription(
                Wishes(min_score=0, max_items=FEWEST if number % 4 == 1 else 10),
                instant=number % ALERTED == 0, instant_score=LOUD,
                digest_times=(dt.time(8, 30),), zone=ZONES[number % 3], max_a_day=0,
                quiet_from=MIDNIGHT, quiet_to=MIDNIGHT,
            )  # fmt: skip
            wishes.append(_wishes_values(wanted) | {"subscriber_id": number + 1})
        async with self.storage.database.write() as connection:
            await connection.execute(insert(subscribers), rows)
            await connection.execute(insert(subscriptions), wishes)

    async def publish(self, desk: Newsdesk) -> None:
        """Three signals on three shelves, one of them loud; then everybody's digest is due."""
        number, made = len(self.rounds), []
        for column, score in zip(COLUMNS, (LOUD, QUIET, QUIET), strict=True):
            one = await desk.publish(
                f"第 {number} 轮的消息：{column} {self.dice.getrandbits(64):x}",
                at=utc_now(), source=f"{column}{number}", column=column, total=score,
                published_at=utc_now(),
            )  # fmt: skip
            made.append(one.id)
        self.rounds.append(Round(tuple(made), made[0]))
        async with self.storage.database.write() as connection:
            await connection.execute(update(subscribers).values(next_digest_at=utc_now()))

    async def grow_old(self) -> None:
        """What was told becomes old news: only what a reader is owed brings it again."""
        async with self.storage.database.write() as connection:
            times = select(signals.c.id, signals.c.live_at, signals.c.created_at)
            for row in (await connection.execute(times)).all():
                older = {"live_at": row.live_at - AGES, "created_at": row.created_at - AGES}
                await connection.execute(
                    update(signals).where(signals.c.id == row.id).values(older)
                )

    # --- what is left to do ----------------------------------------------------------------

    async def over(self, pid: int | None = None) -> bool:
        """Whether everything is planned and settled that this round owes.

        With `pid` what the dead were writing does not count: that process can do nothing about it.
        """
        left = or_(DUE, OPEN)
        if pid is not None:
            mine: ColumnElement[bool] = deliveries.c.owner.endswith(f":{pid}")
            given_up = deliveries.c.lease_until <= utc_now()
            mine = or_(_STATE == DeliveryState.CLAIMED, mine, given_up)
            left = or_(DUE, and_(OPEN, mine))
        due = subscribers.c.next_digest_at <= utc_now()
        told = digest_signals.c.signal_id.in_(self.rounds[-1].signals)
        planned = select(func.count(deliveries.c.subscriber_id.distinct())).join(
            digest_signals, _SHOWS
        )
        alerted = digest_signals.c.signal_id == self.rounds[-1].loud
        readers = self.plan.readers
        async with self.storage.database.read() as connection:
            # On PostgreSQL each question sees a moment of its own: what is planned between two of
            # them is found by the last.
            return (
                not await connection.scalar(select(func.count()).where(due))
                and await connection.scalar(planned.where(told)) == readers
                and await connection.scalar(planned.where(alerted)) == readers
                and not await connection.scalar(select(func.count()).where(left))
            )

    async def let_leases_run_out(self) -> None:
        """As if it had been down for two minutes: what the dead were writing is given up."""
        past = utc_now() - timedelta(seconds=1)
        async with self.storage.database.write() as connection:
            await connection.execute(
                update(deliveries).where(OPEN).values(lease_until=past)
            )  # fmt: skip

    # --- lives -----------------------------------------------------------------------------

    async def live(self, *, spare: bool = False) -> None:
        """One life of the process, until it ends or there is nothing left to do."""
        pid = await self._begin()
        ending = asyncio.create_task(self._line())
        how = "spared"
        try:
            if not spare:
                how = await self._doom(pid, ending)
            async with asyncio.timeout(PATIENCE_S):
                while not ending.done() and not await self.over(pid):
                    await asyncio.wait({ending}, timeout=0.2)
        finally:
            if not ending.done():
                how = "spared" if spare else IDLE
                os.kill(pid, signal.SIGKILL)
            code, used = (await ending).split()
            self.outcome.cpu_s += float(used)
        self._note(how, int(code))

    async def _doom(self, pid: int, ending: "asyncio.Task[str]") -> str:
        """Let a death be in wait for it. Returns its name."""
        cast = self.dice.random()
        if cast < self.plan.instants:
            instant = self.dice.choices(tuple(Instant), (3, 3, 2))[0]
            after = self.dice.randint(1, 2 * self._a_life())
            order = {"pid": pid, "at": instant, "after": after}
            await self.session.post(f"{self.base}/-/strike", json=order)
            return f"kill -9, {instant}"
        term = cast > 0.9
        moment = self.dice.uniform(0.05, 1.5)
        await asyncio.wait({ending}, timeout=moment)
        if ending.done():
            return "ended by itself"
        os.kill(pid, signal.SIGTERM if term else signal.SIGKILL)
        if not term:
            return "kill -9, at any moment"
        await asyncio.wait({ending}, timeout=STOP_S)
        if not ending.done():
            self.outcome.ended_badly.append(f"SIGTERM was not obeyed within {STOP_S:.0f} s")
        self.outcome.left_by_term += await self._left_by(pid)
        return "SIGTERM"

    def _a_life(self) -> int:
        """How many messages a life may send on average, for about as many kills as planned."""
        left = (self.plan.rounds - len(self.rounds) + 1) * self.plan.a_round
        kills = max(1, self.plan.kills - self.outcome.kills)
        return max(2, round(left / kills / 1.5))

    async def _left_by(self, pid: int) -> int:
        """What a life that was told to stop has left in doubt."""
        owner = deliveries.c.owner.endswith(f":{pid}")
        query = select(func.count()).where(_STATE == DeliveryState.SENDING, owner)
        async with self.storage.database.read() as connection:
            return await connection.scalar(query) or 0

    def _note(self, how: str, code: int) -> None:
        expected = {0, -signal.SIGTERM} if how == "SIGTERM" else {-signal.SIGKILL}
        if code not in expected:
            self.outcome.ended_badly.append(f"{how}: exit status {code}")
        self.outcome.ends[how] += 1

    async def _begin(self) -> int:
        assert self.nursery.stdin is not None
        self.nursery.stdin.write(b"\n")
        await self.nursery.stdin.drain()
        return int(await self._line())

    async def _line(self) -> str:
        assert self.nursery.stdout is not None
        return (await self.nursery.stdout.readline()).decode()

    # --- the whole -------------------------------------------------------------------------

    async def run(self) -> None:
        """All rounds under fire, and a calm one."""
        began = time.monotonic()
        await self.gather()
        desk = Newsdesk(self.storage)
        for _ in range(self.plan.rounds):
            await self.publish(desk)
            while not await self.over():
                # The dead are found out by the next life, or by a later one.
                if await self.over(0) or self.dice.random() < 0.5:
                    await self.let_leases_run_out()
                await self.live()
            await self.read_book()
            await self.grow_old()
        await self.session.post(f"{self.base}/-/calm")
        await self.publish(desk)
        await self.let_leases_run_out()
        await self.live(spare=True)
        await self.read_book()
        await self._count()
        self.outcome.took_s = time.monotonic() - began

    async def read_book(self) -> None:
        """What the server has shown since the last round's end."""
        async with self.session.get(f"{self.base}/-/book") as answer:
            book: dict[str, Any] = await answer.json()
        self.outcome.ills = book["ills"]
        for chat, numbers, marked, words in book["shown"][len(self.shown) :]:
            in_round = len(self.rounds) - 1
            self.shown.append(Shown(chat, tuple(numbers), marked, words, in_round))

    async def _count(self) -> None:
        counts = await self.storage.deliveries.counts()
        self.outcome.states = {str(state.value): count for state, count in counts.items()}
        unsure = or_(_STATE == DeliveryState.UNKNOWN, deliveries.c.resent)
        query = (
            select(deliveries.c.id, deliveries.c.resent, subscribers.c.chat_id,
                   digest_signals.c.signal_id)
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .join(digest_signals, _SHOWS)
            .where(unsure)
        )  # fmt: skip
        async with self.storage.database.read() as connection:
            rows = (await connection.execute(query)).all()
        self.outcome.resent = len({row.id for row in rows if row.resent})
        doubtful = {(row.chat_id, row.signal_id) for row in rows}
        await self._compare()
        readers = range(FIRST_CHAT, FIRST_CHAT + self.plan.readers)
        self.outcome.tally = tally(self.shown, self.rounds, readers, doubtful)

    async def _compare(self) -> None:
        """What our tables believe, against what chats were shown."""
        there = {(one.chat, one.words) for one in self.shown}
        part = (digest_parts.c.digest_id == deliveries.c.digest_id) & (
            digest_parts.c.part == deliveries.c.part
        )
        query = (
            select(_STATE, subscribers.c.chat_id, digest_parts.c.body)
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .join(digest_parts, part)
        )
        async with self.storage.database.read() as connection:
            for state, chat, body in await connection.execute(query):
                arrived = (chat, words_of(plain_text(body["text"]))) in there
                self.outcome.unknown_arrived += state == DeliveryState.UNKNOWN and arrived
                self.outcome.unproven += state == DeliveryState.SENT and not arrived


async def run_campaign(plan: Plan, folder: Path) -> Outcome:
    """Run one campaign on a migrated database. What the process said is in `folder`."""
    async with AsyncExitStack() as stack:
        base, token = await stack.enter_async_context(_weather(plan))
        nursery = await stack.enter_async_context(_nursery(plan, folder, base, token))
        storage = await Storage.open(plan.url, check=False)
        stack.push_async_callback(storage.close)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        outcome = Outcome(plan)
        dice = random.Random(plan.seed)
        campaign = Campaign(plan, folder, storage, session, base, nursery, outcome, dice)
        await campaign.run()
        return outcome


@asynccontextmanager
async def _weather(plan: Plan) -> AsyncIterator[tuple[str, str]]:
    import json

    args = ("-m", "tests.chaos.weather", str(plan.seed), str(plan.readers))
    async with _process(*args) as process:
        assert process.stdout is not None
        base, token = json.loads(await process.stdout.readline())
        yield base, token


@asynccontextmanager
async def _nursery(
    plan: Plan, folder: Path, base: str, token: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    settings = {
        "TELEGRAM_BOT_TOKEN": token,
        "TELEGRAM_API_BASE_URL": base,
        "DATABASE_URL": plan.url,
        "DATA_DIR": str(folder),
        "PUBLIC_BASE_URL": "https://hexin.example",
        "CATALOG": "false",
        "LOG_LEVEL": "WARNING",
        "SEND_RATE": str(plan.rate),
        "RESEND_ALERTS": str(plan.resend).lower(),
        "CHAOS_LOG": str(folder / f"{plan.name}.log"),
    }
    async with _process("-m", "tests.chaos.nursery", **settings) as process:
        yield process


@asynccontextmanager
async def _process(*args: str, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *args, env=os.environ | settings, start_new_session=True,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
