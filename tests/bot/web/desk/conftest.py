"""The staff's pages over a real database, asked over a real socket as a browser would."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from bot.web import make_web
from digest.passes import KEY_NAME, LINK
from digest.roles import Role
from storage import Storage
from tests.bot.web.conftest import BROWSER
from tests.bot.web.samples import NOW, TAXONOMY
from tests.clocks import HandClock

WANG, VERA = 2001, 2002


@dataclass
class Staff:
    """Who is on the staff; tests change it."""

    ranks: dict[int, Role] = field(default_factory=lambda: {WANG: Role.OWNER, VERA: Role.VIEWER})

    async def role_of(self, user_id: int) -> Role | None:
        return self.ranks.get(user_id)


@dataclass
class Browser:
    """A person's browser and the links that the bot gives them."""

    client: TestClient[Any, Any]
    storage: Storage
    clock: HandClock

    async def link(self, user_id: int = WANG, page: str = "", lang: str = "") -> str:
        """A link as the bot makes it."""
        key = await self.storage.meta.secret(KEY_NAME)
        made = LINK.make(key, user_id, self.clock(), secrets.token_urlsafe(9))
        asked = {"pass": made, "page": page, "lang": lang}
        return str(URL("/desk/enter").with_query({k: v for k, v in asked.items() if v}))

    async def get(self, path: str, **more: Any) -> ClientResponse:
        """A page, redirects not followed."""
        return await self.client.get(path, allow_redirects=False, **more)

    async def enter(self, user_id: int = WANG, page: str = "", lang: str = "") -> "Browser":
        """Open a fresh link."""
        answer = await self.get(await self.link(user_id, page, lang))
        assert answer.status == 303, await answer.text()
        return self

    @property
    def cookie(self) -> str:
        """What the browser keeps of us."""
        jar = self.client.session.cookie_jar.filter_cookies(self.client.make_url("/desk"))
        return jar["hexin_desk"].value if "hexin_desk" in jar else ""

    def keep(self, cookie: str) -> None:
        """Put a cookie into the browser."""
        self.client.session.cookie_jar.clear()
        url = self.client.make_url("/desk")
        self.client.session.cookie_jar.update_cookies({"hexin_desk": cookie}, url)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def staff() -> Staff:
    return Staff()


@pytest.fixture
async def client(
    storage: Storage, clock: HandClock, staff: Staff
) -> AsyncIterator[TestClient[Any, Any]]:
    async def health() -> dict[str, Any]:
        return {}

    app = make_web(
        storage,
        TAXONOMY,
        clock=clock,
        base_url="http://pages.example",
        bot_username=lambda: "hexin_bot",
        health=health,
        role_of=staff.role_of,
    )
    headers = {"User-Agent": BROWSER, "Accept-Language": "zh-CN,zh;q=0.9"}
    jar = CookieJar(unsafe=True)  # the server is at an address without a name
    async with TestClient(TestServer(app), headers=headers, cookie_jar=jar) as opened:
        yield opened


@pytest.fixture
def browser(client: TestClient[Any, Any], storage: Storage, clock: HandClock) -> Browser:
    return Browser(client, storage, clock)
