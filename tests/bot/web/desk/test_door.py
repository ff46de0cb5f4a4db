"""Who gets to the staff's pages, how long, and what everybody else is told."""

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.web import make_web
from bot.web.desk import pages
from bot.web.desk.frame import DeskPage, desk_page
from digest.passes import KEY_NAME, LINK, SESSION
from digest.roles import Role
from storage import Storage
from tests.bot.web.conftest import BROWSER
from tests.bot.web.desk.conftest import VERA, WANG, Browser, Staff
from tests.bot.web.samples import TAXONOMY
from tests.clocks import HandClock
from tests.covering import covers


async def refused(browser: Browser, path: str, **more: Any) -> bool:
    """Whether an address is answered word for word as one that does not exist."""
    answer, nothing = await browser.get(path, **more), await browser.get("/desk/no", **more)
    mine = (await answer.text()).replace("/desk/no", "/desk")
    alike = mine.replace(path.partition("?")[0], "/desk") == (
        (await nothing.text()).replace("/desk/no", "/desk")
    )
    assert "Set-Cookie" not in answer.headers
    return (answer.status, nothing.status) == (404, 404) and alike


@covers("page /desk", "page /desk/enter")
@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "只给编辑部看的页面"), ("en", "opened by a personal link")]
)
async def test_a_link_of_the_bot_opens_the_pages(browser: Browser, lang: str, said: str):
    assert await refused(browser, "/desk")
    await browser.enter(lang=lang)
    answer = await browser.get(f"/desk?lang={lang}")
    assert answer.status == 200
    assert said in await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


async def test_the_link_leads_to_the_page_it_names_in_the_persons_language(browser: Browser):
    for asked, target in (
        ({"page": "stats", "lang": "en"}, "/desk/stats?lang=en"),
        ({"page": "source/12"}, "/desk/source/12"),
        ({"page": "//evil.example"}, "/desk"),
        ({"page": "../s/1"}, "/desk"),
    ):
        answer = await browser.get(await browser.link(**asked))
        assert (answer.status, answer.headers["Location"]) == (303, target)


async def test_the_cookie_is_for_these_pages_alone(browser: Browser):
    answer = await browser.get(await browser.link())
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/desk" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie  # this site is on http
    assert "Domain" not in cookie


async def test_under_https_the_cookie_travels_by_https_alone(
    storage: Storage, clock: HandClock, staff: Staff
):
    app = make_web(
        storage,
        TAXONOMY,
        clock=clock,
        base_url="https://pages.example",
        bot_username=lambda: "",
        health=lambda: asyncio.sleep(0, {}),
        role_of=staff.role_of,
    )
    async with TestClient(TestServer(app), headers={"User-Agent": BROWSER}) as client:
        answer = await Browser(client, storage, clock).get(
            await Browser(client, storage, clock).link()
        )
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(("lang", "said"), [("zh", "已经失效"), ("en", "no longer works")])
async def test_a_link_opens_once(browser: Browser, lang: str, said: str):
    link = await browser.link(lang=lang)
    assert (await browser.get(link)).status == 303
    # Whoever is in already may follow the link again; nobody else may.
    assert (await browser.get(link)).status == 303
    browser.client.session.cookie_jar.clear()
    answer = await browser.get(link)
    assert answer.status == 410
    assert said in await answer.text()
    assert "Set-Cookie" not in answer.headers


async def test_two_who_open_one_link_at_the_same_time_do_not_both_get_in(browser: Browser):
    link = await browser.link()
    answers = await asyncio.gather(*(browser.get(link, cookies={}) for _ in range(4)))
    cookies = {one.headers["Set-Cookie"] for one in answers if "Set-Cookie" in one.headers}
    assert len(cookies) == 1


async def test_a_link_is_short_lived(browser: Browser, clock: HandClock):
    late, link = await browser.link(), await browser.link()
    clock.move(minutes=9)
    assert (await browser.get(link)).status == 303
    browser.client.session.cookie_jar.clear()
    clock.move(minutes=2)
    assert (await browser.get(late)).status == 410


async def test_previews_of_a_link_do_not_use_it_up(browser: Browser):
    link = await browser.link()
    for agent in ("TelegramBot (like TwitterBot)", "Mozilla/5.0 (compatible; Googlebot/2.1)", ""):
        assert await refused(browser, link, headers={"User-Agent": agent})
    assert await refused(browser, link, headers={"Sec-Purpose": "prefetch"})
    assert (await browser.client.head(link)).status == 404
    await browser.enter()
    assert (await browser.get(link)).status == 303


async def test_what_is_forged_opens_nothing(browser: Browser, clock: HandClock):
    key = await browser.storage.meta.secret(KEY_NAME)
    link = LINK.make(key, WANG, clock(), "k3JdQ3mKabcd")
    user, minute, nonce, mac = link.split(".")
    for forged in (
        "",
        "x",
        f"{VERA}.{minute}.{nonce}.{mac}",
        f"{user}.{int(minute, 16) + 60:x}.{nonce}.{mac}",
        f"{user}.{minute}.{nonce[:-1]}A.{mac}",
        LINK.make("another key", WANG, clock(), "k3JdQ3mKabcd"),
        SESSION.make(key, WANG, clock(), "k3JdQ3mKabcd"),  # a session is no link
    ):
        assert await refused(browser, f"/desk/enter?pass={forged}")
    session = SESSION.make(key, WANG, clock(), "k3JdQ3mKabcd")
    user, minute, nonce, mac = session.split(".")
    for forged in (
        "x",
        f"{VERA}.{minute}.{nonce}.{mac}",
        f"{user}.{int(minute, 16) + 60:x}.{nonce}.{mac}",
        SESSION.make("another key", WANG, clock(), "k3JdQ3mKabcd"),
        link,  # a link is no session
    ):
        browser.keep(forged)
        assert (await browser.get("/desk")).status == 404
    browser.keep(session)
    assert (await browser.get("/desk")).status == 200


async def test_whoever_leaves_the_staff_is_out_at_once(browser: Browser, staff: Staff):
    link = await browser.link()
    await browser.enter()
    assert (await browser.get("/desk")).status == 200
    del staff.ranks[WANG]
    assert await refused(browser, "/desk")
    assert await refused(browser, link)
    staff.ranks[WANG] = Role.VIEWER
    assert (await browser.get("/desk")).status == 200


async def test_the_session_ends_after_half_a_day(browser: Browser, clock: HandClock):
    await browser.enter()
    clock.move(hours=11, minutes=58)
    assert (await browser.get("/desk")).status == 200
    clock.move(minutes=3)
    assert await refused(browser, "/desk")


async def test_a_page_is_for_those_of_its_rank(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, staff: Staff, storage: Storage
):
    async def show(request: Any, member: Any) -> Any:
        return desk_page(request, member, "desk_home.html")

    extra = DeskPage("home", show, Role.EDITOR, rest="/{id:[0-9]+}", listed=False)
    monkeypatch.setattr(pages, "PAGES", (*pages.PAGES, extra))
    app = make_web(
        storage,
        TAXONOMY,
        clock=browser.clock,
        base_url="http://pages.example",
        bot_username=lambda: "",
        health=lambda: asyncio.sleep(0, {}),
        role_of=staff.role_of,
    )
    key = await storage.meta.secret(KEY_NAME)
    async with TestClient(TestServer(app), headers={"User-Agent": BROWSER}) as client:
        for who, status in ((WANG, 200), (VERA, 404)):
            cookie = SESSION.make(key, who, browser.clock(), "k3JdQ3mKabcd")
            answer = await client.get("/desk/home/3", headers={"Cookie": f"hexin_desk={cookie}"})
            assert answer.status == status


@covers("page /desk/leave")
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_leaving_takes_the_cookie_away(browser: Browser, lang: str):
    await browser.enter()
    answer = await browser.client.post(f"/desk/leave?lang={lang}", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, f"/?lang={lang}")
    assert browser.cookie == ""
    assert await refused(browser, "/desk")


async def test_nothing_public_tells_of_these_pages(browser: Browser):
    await browser.enter()
    for path in ("/", "/sitemap.xml", "/sitemap/pages.xml", "/robots.txt", "/archive"):
        assert "desk" not in (await (await browser.get(path)).text()).replace("desk.css", "")
