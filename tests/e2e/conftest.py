"""The whole bot, started as `hexin run` starts it, on free ports and a folder of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Settings, load_settings
from bot.running import Running
from bot.runtime import start
from tests.workers import lending


class MovableClock:
    """Real time, moved forward by hand: minutes pass in a test, the bot's pacing stays real."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def move_to(self, moment: datetime) -> None:
        self.offset += moment - self()


Start = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[..., Settings]:
    def make(**changes: object) -> Settings:
        values: dict[str, object] = {
            "telegram_bot_token": "",
            "database_url": f"sqlite:///{tmp_path}/hexin.db",
            "data_dir": tmp_path,
            "port": 0,
            "sandbox_port": 0,
            "catalog": False,
        }
        return load_settings(_env_file=None, **(values | changes))

    return make


@pytest.fixture
def hexin(settings_for: Callable[..., Settings], clock: MovableClock) -> Start:
    """`async with hexin() as running:` starts everything; again with the same data if repeated."""

    @asynccontextmanager
    async def begin(**changes: object) -> AsyncIterator[Running]:
        with lending():
            async with start(settings_for(**changes), clock=clock) as running:
                yield running

    return begin
