"""The Mini App over a real database, asked over a real socket as Telegram's clients would."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from lxml import html

from bot.web import make_web
from bot.web.miniapp.routes import MiniApp
from bot.web.miniapp.sessions import HEADER
from digest.model import Subscriber
from digest.render import Links
from handlers.admission import Access
from handlers.context import Services
from storage import Storage
from tests.bot.web.conftest import BROWSER
from tests.bot.web.miniapp.signing import LIN, TOKEN, init_data
from tests.bot.web.samples import NOW
from tests.clocks import HandClock


@dataclass
class InApp:
    """A person with the app open: every request shows the session."""

    client: TestClient[Any, Any]
    storage: Storage
    clock: HandClock
    session: str = ""
    person: Any = None

    async def open(self, person: dict[str, Any] | None = None) -> "InApp":
        """Open the app as `person` (a Telegram user)."""
        self.person = person or LIN
        data = init_data(self.clock(), user=self.person)
        async with self.client.post("/app/session", data={"init_data": data}) as answer:
            assert answer.status == 200, await answer.text()
            self.session = (await answer.json())["session"]
        return self

    async def get(self, path: str, status: int = 200) -> Any:
        """A page as its tree."""
        async with self.client.get(path, headers={HEADER: self.session}) as answer:
            return html.fromstring(await self._read(answer, status))

    async def post(self, path: str, status: int = 200, **fields: Any) -> Any:
        """Send a form; the page that answers, as its tree."""
        headers = {HEADER: self.session}
        async with self.client.post(path, data=fields, headers=headers) as answer:
            return html.fromstring(await self._read(answer, status))

    async def _read(self, answer: Any, status: int) -> str:
        body = str(await answer.text())
        assert answer.status == status, body
        self.session = answer.headers.get(HEADER, self.session)
        return body

    async def subscriber(self) -> Subscriber:
        """What the bot keeps of the person."""
        found = await self.storage.subscribers.by_chat(self.person["id"], 0)
        assert found is not None
        return found


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def access() -> Access:
    """Whom the bot serves."""
    return Access()


@pytest.fixture
async def client(
    storage: Storage, clock: HandClock, access: Access
) -> AsyncIterator[TestClient[Any, Any]]:
    services = Services(
        storage=storage,
        taxonomy=storage.taxonomy.current,
        links=Links("https://pages.example"),
        clock=clock,
        wake_sender=lambda: None,
        app_url="https://pages.example/app",
        access=access,
    )

    async def health() -> dict[str, Any]:
        return {}

    app = make_web(
        storage,
        services.taxonomy,
        clock=clock,
        base_url="https://pages.example",
        bot_username=lambda: "hexin_bot",
        health=health,
        miniapp=MiniApp(TOKEN, lambda: services, ("http://127.0.0.1:8081",)),
    )
    headers = {"User-Agent": BROWSER, "Accept-Language": "zh-CN,zh;q=0.9"}
    async with TestClient(TestServer(app), headers=headers) as opened:
        yield opened


@pytest.fixture
async def app(client: TestClient[Any, Any], storage: Storage, clock: HandClock) -> InApp:
    """The app before anybody opened it."""
    return InApp(client, storage, clock)
