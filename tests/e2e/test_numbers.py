"""The numbers in the whole bot: told in chat, drawn, and on a page that only the staff opens."""

from datetime import timedelta

import aiohttp

from tests.bot.web.conftest import BROWSER
from tests.e2e.conftest import MovableClock, Start


async def test_numbers_from_chat_to_page(hexin: Start, clock: MovableClock) -> None:
    async with (
        hexin() as running,
        aiohttp.ClientSession(
            headers={"User-Agent": BROWSER}, cookie_jar=aiohttp.CookieJar(unsafe=True)
        ) as browser,
    ):
        assert running.sandbox is not None
        wang = running.sandbox.person("wang")
        wang.start()
        await wang.wait_for(lambda seen: "核心信息" in seen.text)
        clock.offset += timedelta(seconds=11)  # today was counted when the bot started
        wang.send("/stats")
        told = await wang.wait_for(lambda seen: seen.text.startswith("📊"))
        assert "读者　1" in told.text
        wang.press(told, "读者")
        photo = await wang.wait_for(lambda seen: "photo" in seen.data)
        assert photo.data["photo"][0]["width"] == 1080
        wang.press(told, "在网页上看全部")
        link = await wang.wait_for(lambda seen: "/desk/enter" in str(seen.data))
        (button,) = link.buttons
        async with browser.get(button["url"]) as answer:
            assert (answer.status, answer.url.path) == (200, "/desk/stats")
            assert "读者" in await answer.text()
        async with browser.get(answer.url.with_path("/desk/stats/readers.png")) as picture:
            assert (picture.status, picture.content_type) == (200, "image/png")
        async with aiohttp.ClientSession() as stranger, stranger.get(answer.url) as refused:
            assert refused.status == 404
