"""One update brought to two web processes at the same moment, and again later: handled once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import Bot

from bot.parts.serving import listen, serve
from bot.web import make_web
from bot.web.webhook import HookDoor
from handlers.inbox import Inbox
from storage import Storage
from tests.bot.web.samples import NOW, TAXONOMY
from tests.bot.web.test_webhook import HOOK, RIGHT, TOKEN, said
from tests.databases import migrated

MANY = 40


@dataclass
class House:
    """A database, and web processes before it, each with connections of its own."""

    url: str
    stack: AsyncExitStack
    at: datetime = NOW
    woken: list[int] = field(default_factory=list)

    async def storage(self) -> Storage:
        opened = await Storage.open(self.url)
        self.stack.push_async_callback(opened.close)
        return opened

    async def web(self) -> str:
        """A process that takes updates; where Telegram reaches it."""

        async def report() -> dict[str, Any]:
            return {}

        storage = await self.storage()
        app = make_web(
            storage,
            TAXONOMY,
            clock=lambda: self.at,
            base_url="https://bot.example",
            bot_username=lambda: "hexin_bot",
            health=report,
            hook=HookDoor(
                HOOK,
                storage,
                bot_id=4242,
                clock=lambda: self.at,
                wake=lambda: self.woken.append(1),
            ),
        )
        return f"http://127.0.0.1:{await serve(app, listen('127.0.0.1', 0), self.stack)}"

    async def bring(self, hooks: Sequence[str], updates: Sequence[dict[str, Any]]) -> list[int]:
        """Each update to each of `hooks`, all at once; the answers."""

        async def to(hook: str, update: dict[str, Any]) -> int:
            async with session.post(hook + HOOK.path, json=update, headers=RIGHT) as answer:
                return answer.status

        async with ClientSession() as session:
            return list(
                await asyncio.gather(*(to(hook, one) for one in updates for hook in hooks))
            )

    async def answers(self) -> list[int]:
        """What a process that answers takes up and ends, begun anew."""
        storage = await self.storage()
        inbox = Inbox(storage, lambda: self.at)
        inbox.bot = Bot(TOKEN)
        await inbox.collect()
        begun = []
        for _ in range(inbox.qsize()):
            update = inbox.get_nowait()
            number: int = update.update_id  # type: ignore[attr-defined]
            if await storage.updates.begin(number, self.at) is not None:
                begun.append(number)
            await storage.updates.finish(number)
        return begun


@pytest.fixture(params=["postgresql", "sqlite"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        yield House(stack.enter_context(migrated(request.param, request, tmp_path)), stack)


async def test_the_same_update_at_two_doors_at_once_is_handled_once(house: House) -> None:
    hooks = [await house.web(), await house.web()]
    updates = [said(1000 + number, "/latest") for number in range(MANY)]
    assert set(await house.bring(hooks * 2, updates)) == {200}
    assert len(house.woken) == MANY
    assert await house.answers() == [one["update_id"] for one in updates]
    assert await house.answers() == []


async def test_other_words_under_the_same_number_at_once_are_one_update(house: House) -> None:
    hooks = [await house.web(), await house.web()]
    told = await asyncio.gather(
        house.bring(hooks, [said(7, "/latest")]), house.bring(hooks, [said(7, "/forget")])
    )
    assert told == [[200, 200], [200, 200]]
    assert len(house.woken) == 1
    assert await house.answers() == [7]


async def test_what_was_handled_is_not_handled_by_later_processes(house: House) -> None:
    """Telegram brings an update for a day; what was answered is known for longer."""
    first = [await house.web(), await house.web()]
    assert set(await house.bring(first, [said(5, "/start"), said(6, "/latest")])) == {200}
    assert await house.answers() == [5, 6]
    house.at = NOW + timedelta(hours=23)
    later = [await house.web(), await house.web()]
    assert set(await house.bring(later, [said(5, "/start"), said(6, "/forget")])) == {200}
    assert len(house.woken) == 2
    assert await house.answers() == []


async def test_what_nobody_answered_before_the_restart_is_answered_once(house: House) -> None:
    assert await house.bring([await house.web()], [said(5, "/start")]) == [200]
    # Its answer never reached Telegram, and all processes are new.
    assert await house.bring([await house.web(), await house.web()], [said(5, "/start")]) == [
        200,
        200,
    ]
    assert await house.answers() == [5]
    assert await house.answers() == []
