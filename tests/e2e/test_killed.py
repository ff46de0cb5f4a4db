"""`kill -9` while somebody is being answered: the next process answers, and does nothing twice."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.sandbox import Fault, FaultKind
from bot.sandbox.limits import LimitRules
from bot.sandbox.people import Person, Seen
from bot.sandbox.sandbox import Sandbox
from digest.model import Lang
from digest.texts import texts_for
from storage import Storage, migrate
from tests.handlers.newsstand import Newsstand, newsstand
from tests.newsdesk import Newsdesk

ZH = texts_for(Lang.ZH)
# Long enough to be killed in, short enough to wait for.
HELD_S = 4.0


@dataclass
class Outside:
    """What outlives the process: Telegram, a news site, and the database."""

    sandbox: Sandbox
    stand: Newsstand
    environment: dict[str, str]
    database_url: str

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
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    @asynccontextmanager
    async def storage(self) -> AsyncIterator[Storage]:
        opened = await Storage.open(self.database_url, check=False)
        try:
            yield opened
        finally:
            await opened.close()


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Outside]:
    free = LimitRules(overall=0, chat_rate=0, group=0)
    sandbox = Sandbox(newsroom=False, limits=free)
    url = f"sqlite:///{tmp_path}/hexin.db"
    await migrate(url)
    async with newsstand() as stand, sandbox.serve() as port:
        environment = {
            **os.environ,
            "TELEGRAM_BOT_TOKEN": sandbox.token,
            "TELEGRAM_API_BASE_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": url,
            "DATA_DIR": str(tmp_path),
            "PORT": "0",
            "CATALOG": "false",
            "FETCH_ALLOW": stand.base.removeprefix("http://"),
        }
        yield Outside(sandbox, stand, environment, url)


async def first_word(person: Person) -> Seen:
    person.send("/help")
    return await person.wait_for(lambda seen: "/latest" in seen.text, 60)


async def test_a_command_is_answered_by_the_next_process(outside: Outside) -> None:
    sandbox, wang = outside.sandbox, outside.sandbox.person("wang")
    group = sandbox.chat("group").id
    async with outside.process():
        await first_word(wang)
        held = Fault(FaultKind.DELAY, method="getChatMember", delay_s=HELD_S)
        sandbox.faults.add(held)
        wang.send("/settings", chat=group)
        await until(lambda: held.times == 0)
    before = len(sandbox.log.of("sendMessage"))
    async with outside.process():
        page = await wang.wait_for(lambda seen: bool(seen.labels), 60, chat=group)
        await first_word(wang)
    assert len([s for s in wang.messages_in(group) if s.by_bot and s.labels]) == 1, page
    assert len(sandbox.log.of("sendMessage")) == before + 2


async def test_what_was_changed_is_not_changed_back(outside: Outside) -> None:
    sandbox, lin = outside.sandbox, outside.sandbox.person("lin")
    async with outside.storage() as storage:
        known = await Newsdesk(storage).publish("央行下调存款准备金率")
    async with outside.process():
        await first_word(lin)
        lin.start(f"s_{known.id}")
        card = await lin.wait_for(lambda seen: ZH("card.save") in seen.labels)
        await lin.answer_to(lin.press(card, ZH("card.save")))
        await lin.answer_to(lin.press(card, ZH("card.saved")))
        held = Fault(FaultKind.DELAY, method="editMessageReplyMarkup", delay_s=HELD_S)
        sandbox.faults.add(held)
        lin.press(card, f"✓ {ZH('chat.save.default')}")
        await until(lambda: held.times == 0)
    async with outside.process():
        told = await lin.wait_for(lambda seen: seen.text == ZH("chat.interrupted"), 60)
        await first_word(lin)
        async with outside.storage() as storage, asyncio.timeout(10):
            while await storage.updates.unanswered():
                await asyncio.sleep(0.02)
    assert [seen.text for seen in lin.inbox].count(told.text) == 1
    async with outside.storage() as storage:
        reader = await storage.subscribers.by_chat(lin.id)
        assert reader is not None
        assert await storage.collections.where_saved(reader.id, [known.id]) == {}


async def test_a_link_is_read_by_the_next_process_in_the_same_message(outside: Outside) -> None:
    lin, stand = outside.sandbox.person("lin"), outside.stand
    async with outside.process():
        await first_word(lin)
        stand.gate.clear()
        lin.send(stand.put("/robots", 1200))
        status = await lin.wait_for(lambda seen: "⏳" in seen.text)
        await until(lambda: stand.asked == ["/robots"])
    stand.gate.set()
    async with outside.process():
        card = await lin.wait_for(lambda seen: ZH("card.save") in seen.labels, 60)
        await first_word(lin)
    assert card.id == status.id
    assert [seen for seen in lin.inbox if "⏳" in seen.text] == []
    assert len(lin.inbox) == 3


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)
