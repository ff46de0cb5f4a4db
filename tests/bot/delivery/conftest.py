from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.bot.delivery.outbox import Outbox, an_outbox
from tests.bot.delivery.wire import Wire, listening
from tests.databases import migrated_file


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with listening() as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def outbox(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Outbox]:
    async with an_outbox(migrated_file(request, tmp_path)) as opened:
        yield opened
