"""The staff's pages and the Mini App with hostile words, in a browser that counts violations."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.web import make_web
from bot.web.miniapp.routes import MiniApp
from digest.model import ChatKind, Lang, PollState
from digest.passes import KEY_NAME, LINK
from digest.render import Links
from digest.roles import Role
from handlers.context import Services
from storage import Storage
from tests.bot.web.conftest import BROWSER
from tests.bot.web.miniapp.signing import LIN, TOKEN, init_data
from tests.bot.web.samples import NOW
from tests.databases import migrated_file
from tests.hostile.pages import furnish
from tests.hostile.test_stored_words import _LOOK, _TOUCH, watching
from tests.hostile.words import ADDRESSES, BUNDLES
from tests.newsdesk import source_spec

pytestmark = pytest.mark.browser
# Before anything of the page: whatever the policy stops is written down.
_COUNT = """window.stopped = []; addEventListener("securitypolicyviolation",
  one => window.stopped.push(`${one.violatedDirective} ${one.blockedURI}`));"""

_FOREIGN = """document.querySelectorAll('script:not([src^="/static/"])').length"""


@pytest.fixture
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    opened = await Storage.open(migrated_file(request, tmp_path))
    yield opened
    await opened.close()


def inside(storage: Storage) -> web.Application:
    async def health() -> dict[str, Any]:
        return {}

    async def role_of(_: int) -> Role | None:
        return Role.OWNER

    services = Services(
        storage=storage,
        taxonomy=storage.taxonomy.current,
        links=Links("https://pages.example"),
        clock=lambda: NOW,
        wake_sender=lambda: None,
        app_url="https://pages.example/app",
    )
    return make_web(
        storage,
        storage.taxonomy.current,
        clock=lambda: NOW,
        base_url="http://127.0.0.1",
        bot_username=lambda: "hexin_bot",
        health=health,
        role_of=role_of,
        miniapp=MiniApp(TOKEN, lambda: services, ()),
    )


async def test_inside_too_nothing_runs_and_the_policy_has_nothing_to_stop(
    storage: Storage,
) -> None:
    words = BUNDLES[:6]
    ids = await furnish(storage, words, ADDRESSES[:6])
    for number, one in enumerate(words):
        spec = replace(source_spec(f"ill{number}", title=one), headers=(("X-Odd", one[:40]),))
        ill = await storage.sources.add(spec, NOW, actor=one)
        sick = PollState(errors=4, error_code="http", error_text=one, failing_since=NOW)
        await storage.sources.record_poll(ill.id, sick, now=NOW)
    reader, _ = await storage.subscribers.enter(LIN["id"], 0, ChatKind.PRIVATE, "x", Lang.ZH, NOW)
    for one in words:
        made = await storage.collections.create(reader.id, one[:60], NOW)
        for number in ids:
            await storage.collections.save(made.id, number, NOW, note=one)
    key = await storage.meta.secret(KEY_NAME)
    desk = f"/desk/enter?pass={LINK.make(key, 1003, NOW, 'nonceNonce00')}"
    async with TestServer(inside(storage)) as server, watching() as (context, seen):
        base = str(server.make_url("/")).rstrip("/")
        await context.add_init_script(_COUNT)
        # Headless browsers are taken for machines, which use up no link.
        await context.set_extra_http_headers({"User-Agent": BROWSER})
        page = await context.new_page()
        bad: dict[str, Any] = {}

        async def look(what: str) -> None:
            await page.evaluate(_TOUCH)
            scripts = [one for one in await page.evaluate(_LOOK) if one != "SCRIPT"]
            own = await page.evaluate(_FOREIGN)
            stopped = await page.evaluate("window.stopped")
            assert "&lt;script" in await page.content(), what  # the words are there
            if scripts or own or stopped:
                bad[what] = (scripts, own, stopped)

        await page.goto(f"{base}{desk}&page=sources", wait_until="load")
        await look("/desk/sources")
        for path in (f"/desk/signal/{ids[0]}",):
            await page.goto(f"{base}{path}", wait_until="load")
            await look(path)
        await page.goto(f"{base}/app#tgWebAppData={quoted(init_data(NOW))}", wait_until="load")
        await page.wait_for_selector(".shelf-list a")
        await look("/app")
        await page.locator(".shelf-list a").first.click()
        await page.wait_for_url("**/app/saved/*")
        await look("/app/saved/…")
        assert (seen.ran, seen.reached, seen.outside(base)) == ([], [], [])
        assert bad == {}


def quoted(data: str) -> str:
    return quote(data, safe="")
