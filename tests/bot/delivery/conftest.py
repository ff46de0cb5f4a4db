from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.bot.delivery.outbox import Outbox, an_outbox
from tests.bot.delivery.wire import Wire, listening


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with listening() as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    async with an_outbox(tmp_path) as opened:
        yield opened
