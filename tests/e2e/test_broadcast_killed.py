"""A great announcement, `kill -9` in its middle: whoever can be reached gets it once.

Readers block the bot, groups have become supergroups, Telegram says 429 now and then. The report
is compared with what the Bot API server knows. `make broadcast` takes 20,000 readers;
`HEXIN_BROADCAST_READERS` and `HEXIN_BROADCAST_RATE` say how many and how fast.
"""

import asyncio
import datetime as dt
import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.clock import utc_now
from bot.sandbox import Fault, FaultKind
from bot.sandbox.limits import LimitRules
from bot.sandbox.people import Person, Seen
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.state import Chat
from digest.broadcast import Broadcast, BroadcastCounts, BroadcastState
from digest.model import DeliveryState, Lang, Subscription
from digest.texts import texts_for
from storage import Storage, migrate
from storage.schema import deliveries, subscribers, subscriptions
from storage.subscribers import _wishes_values

READERS = int(os.environ.get("HEXIN_BROADCAST_READERS", "1200"))
RATE = float(os.environ.get("HEXIN_BROADCAST_RATE", "300"))
IN_FLIGHT = max(10, round(RATE / 15))
BLOCKED, MIGRATED, TOO_MANY = READERS // 20, READERS // 100, 6
WORDS = "今晚 23:00 到 23:30 停机维护，推送顺延。"
ZH = texts_for(Lang.ZH)
_FIRST, _GROUP = 100_000, -500_000
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Trial:
    """The readers as Telegram knows them, and the process that writes to them."""

    sandbox: Sandbox
    environment: dict[str, str]
    url: str
    people: list[Person] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    replies_s: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    memory_mb: float = 0.0

    @property
    def owner(self) -> Person:
        return self.sandbox.person("wang")

    @asynccontextmanager
    async def process(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """`hexin run`; killed at the end of the block."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=self.environment, start_new_session=True,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield process
        finally:
            self._measure(process.pid)
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    def _measure(self, pid: int) -> None:
        parts = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        self.cpu_s += (int(parts[11]) + int(parts[12])) / _TICKS
        self.memory_mb = max(self.memory_mb, int(parts[21]) * _PAGE / 1e6)

    @asynccontextmanager
    async def storage(self) -> AsyncIterator[Storage]:
        opened = await Storage.open(self.url, check=False)
        try:
            yield opened
        finally:
            await opened.close()

    def got(self, chat_id: int) -> int:
        """How many copies stand in a chat."""
        chat = self.sandbox.world.chats[chat_id]
        if chat.upgraded_to is not None:
            chat = self.sandbox.world.chats[chat.upgraded_to]
        return sum(one.data.get("text") == WORDS for one in chat.records.values())

    @property
    def out(self) -> int:
        """How many copies are out."""
        everyone = [person.id for person in self.people] + self.groups
        return sum(self.got(chat_id) for chat_id in everyone)


@pytest.fixture
async def trial(tmp_path: Path) -> AsyncIterator[Trial]:
    sandbox = Sandbox(newsroom=False, limits=LimitRules(overall=0, chat_rate=0, group=0))
    url = f"sqlite:///{tmp_path}/hexin.db"
    await migrate(url)
    async with sandbox.serve() as port:
        environment = {
            **os.environ,
            "TELEGRAM_BOT_TOKEN": sandbox.token,
            "TELEGRAM_API_BASE_URL": f"http://127.0.0.1:{port}",
            "ADMIN_IDS": str(sandbox.person("wang").id),
            "DATABASE_URL": url,
            "DATA_DIR": str(tmp_path),
            "PORT": "0",
            "CATALOG": "false",
            "SEND_RATE": str(RATE),
        }
        made = Trial(sandbox, environment, url)
        _gather(made)
        await _subscribe(made)
        yield made


def _gather(made: Trial) -> None:
    sandbox = made.sandbox
    made.people = sandbox.add_people(READERS - MIGRATED, first_id=_FIRST)
    for person in made.people[10 : 10 + BLOCKED * 7 : 7]:
        person.user.blocked = True
    owner, bot = made.owner.id, sandbox.world.bot.id
    for number in range(MIGRATED):
        chat = Chat(
            _GROUP - number, "group", f"群 {number}", key=f"g{number}",
            members={owner: "creator", bot: "member"},
        )  # fmt: skip
        sandbox.world.add_chat(chat)
        sandbox.upgrade_group(chat.id)
        made.groups.append(chat.id)
    # Nobody has told the bot: it finds out by writing to the old chats.
    sandbox.world.updates.waiting.clear()
    for number in range(TOO_MANY):
        sandbox.faults.add(
            Fault(
                FaultKind.ANSWER, "sendMessage", skip=READERS * number // TOO_MANY + 30,
                code=429, description="Too Many Requests: retry after 1", retry_after=1,
            )
        )  # fmt: skip


async def _subscribe(made: Trial) -> None:
    now = utc_now() - timedelta(days=1)
    kinds = [(person.id, "private") for person in made.people]
    kinds += [(chat_id, "group") for chat_id in made.groups]
    wishes = _wishes_values(Subscription(quiet_from=_MIDNIGHT, quiet_to=_MIDNIGHT))
    async with made.storage() as storage, storage.database.write() as connection:
        rows = [
            {
                "id": number, "chat_id": chat_id, "thread_id": 0, "kind": kind, "title": "",
                "lang": "zh", "active": True, "reason": "", "created_at": now, "changed_at": now,
                "considered_until": now,
            }
            for number, (chat_id, kind) in enumerate(kinds, 1)
        ]  # fmt: skip
        await connection.execute(insert(subscribers), rows)
        await connection.execute(
            insert(subscriptions), [wishes | {"subscriber_id": row["id"]} for row in rows]
        )


_MIDNIGHT = dt.time()


async def _confirm(made: Trial) -> None:
    owner = made.owner
    owner.send(f"/broadcast {WORDS}")
    draft = await owner.wait_for(lambda seen: f"{READERS:,}" in seen.text, 60)
    if READERS >= 1000:
        owner.press(draft, ZH("chat.broadcast.button.send"))
        question = await owner.wait_for(lambda seen: str(READERS) in seen.text, 60)
        owner.send(str(READERS), reply_to=question.id)
        return
    await owner.answer_to(owner.press(draft, ZH("chat.broadcast.button.send")))
    await owner.answer_to(owner.press(draft, ZH("chat.broadcast.button.sure")))


async def _until_out(made: Trial, count: int) -> None:
    accepted = made.sandbox.log.accepted
    async with asyncio.timeout(600):
        while accepted["sendMessage"] < count:
            await asyncio.sleep(0.02)


async def _let_leases_run_out(made: Trial) -> None:
    """As if the bot had been down for two minutes: what was being written is given up."""
    past = utc_now() - timedelta(seconds=1)
    async with made.storage() as storage, storage.database.write() as connection:
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.lease_until.is_not(None))
            .values(lease_until=past)
        )


async def _ask(made: Trial) -> None:
    """How long somebody waits for an answer while everybody is written to."""
    lin = made.sandbox.person("lin")
    before = time.monotonic()
    lin.send("/help")
    await lin.wait_for(lambda seen: "/latest" in seen.text, 60)
    made.replies_s.append(time.monotonic() - before)


async def _end(made: Trial) -> tuple[Broadcast, BroadcastCounts]:
    async with made.storage() as storage, asyncio.timeout(600):
        while True:
            found = await storage.broadcasts.get(1)
            assert found is not None
            if found.state is BroadcastState.DONE:
                return found, await storage.announcing.counts(found, utc_now())
            await asyncio.sleep(0.1)


async def _states(made: Trial) -> dict[int, str]:
    """What became of each reader's delivery, by reader."""
    query = select(deliveries.c.subscriber_id, deliveries.c.state)
    async with made.storage() as storage, storage.database.read() as connection:
        return {row.subscriber_id: row.state for row in await connection.execute(query)}


def _shown(text: str, key: str) -> int:
    """The number that stands in the report for this key; 0 when it is not there."""
    pattern = re.escape(ZH(key, count=0)).replace("0", "([0-9,]+)")
    found = re.search(pattern, text)
    return int(found[1].replace(",", "")) if found else 0


async def _report(made: Trial) -> Seen:
    return await made.owner.wait_for(lambda seen: ZH("chat.broadcast.state.done") in seen.text, 60)


@pytest.mark.timeout(900)
async def test_whoever_can_be_reached_gets_it_once(trial: Trial) -> None:
    began = time.monotonic()
    async with trial.process():
        await _confirm(trial)
        await _until_out(trial, READERS // 4)
        await _ask(trial)
        await _until_out(trial, READERS // 2)
    killed_at = trial.out
    await _let_leases_run_out(trial)
    async with trial.process():
        await _until_out(trial, READERS * 3 // 4)
        await _ask(trial)
        broadcast, counts = await _end(trial)
        report = await _report(trial)
    took = time.monotonic() - began
    everyone = [person.id for person in trial.people] + trial.groups
    states = await _states(trial)
    copies = {number: trial.got(chat_id) for number, chat_id in enumerate(everyone, 1)}
    assert 0 < killed_at < READERS
    # Nobody twice; only whoever was being written to at the kill is in doubt.
    assert max(copies.values()) == 1
    doubtful = {number for number, state in states.items() if state == DeliveryState.UNKNOWN}
    assert len(doubtful) <= IN_FLIGHT
    blocked = {n for n, person in enumerate(trial.people, 1) if person.user.blocked}
    for number, count in copies.items():
        if number not in doubtful | blocked:
            assert (count, states[number]) == (1, DeliveryState.SENT)
    assert all(copies[number] == 0 for number in blocked)
    # And the report says just that.
    assert broadcast.total == READERS
    settled = Counter(states.values())
    assert counts == BroadcastCounts(
        sent=settled[DeliveryState.SENT],
        gone=settled[DeliveryState.DEAD],
        unknown=len(doubtful),
    )
    assert counts.gone == len(blocked - doubtful)
    total = ZH("chat.broadcast.total", total=READERS, sent=counts.sent)
    assert total in report.text
    assert _shown(report.text, "chat.broadcast.gone") == counts.gone
    assert _shown(report.text, "chat.broadcast.unknown") == counts.unknown
    assert trial.sandbox.log.refused["sendMessage", 429] == TOO_MANY
    assert max(trial.replies_s) < 5
    print(
        f"\n{READERS} readers at {RATE:.0f}/s: {took:.1f} s with both starts, killed at "
        f"{killed_at}, {counts}, answers after {[f'{one:.2f}' for one in trial.replies_s]} s, "
        f"CPU {trial.cpu_s:.1f} s, memory {trial.memory_mb:.0f} MB"
    )
