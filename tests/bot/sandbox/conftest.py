from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from bot.sandbox import LimitRules, Sandbox

NO_LIMITS = LimitRules(overall=0, chat_rate=0, group=0)


@dataclass
class FakeClock:
    """A clock that stands still until it is pushed on."""

    now: datetime = field(default_factory=lambda: datetime(2026, 5, 4, 3, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def push(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sandbox(clock: FakeClock) -> Sandbox:
    return Sandbox(clock=clock, limits=NO_LIMITS)


@pytest.fixture
async def port(sandbox: Sandbox) -> AsyncIterator[int]:
    async with sandbox.serve() as found:
        yield found


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


Call = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
def call(sandbox: Sandbox, port: int, http: aiohttp.ClientSession) -> Call:
    """Call a method with a JSON body; (status, answer)."""

    async def ask(method: str, **body: object) -> tuple[int, dict[str, Any]]:
        url = f"{sandbox.api_base_url(port)}{sandbox.token}/{method}"
        async with http.post(url, json=body) as answer:
            return answer.status, await answer.json()

    return ask


@pytest.fixture
async def bot(sandbox: Sandbox, port: int) -> AsyncIterator[Bot]:
    """python-telegram-bot's own Bot, which only knows the base URLs."""
    made = Bot(
        sandbox.token,
        base_url=sandbox.api_base_url(port),
        base_file_url=sandbox.file_base_url(port),
    )
    async with made:
        yield made
