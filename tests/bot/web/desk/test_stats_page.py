"""The numbers on a private page: nothing is only in the picture."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from lxml import html

from bot.web.desk.numbers import PAINTING, Painting
from digest.model import ChatKind, Lang
from digest.numbers import Count
from digest.pictures import Picture
from tests.bot.web.conftest import Newsroom
from tests.bot.web.desk.conftest import VERA, Browser
from tests.bot.web.samples import NOW
from tests.covering import covers


@dataclass
class Easel:
    """Keeps what it is asked to draw."""

    asked: list[tuple[Picture, bool]] = field(default_factory=list)

    async def png(self, picture: Picture, *, dark: bool = False) -> bytes:
        self.asked.append((picture, dark))
        return b"\x89PNG of it"


@pytest.fixture
def easel(client: Any) -> Easel:
    made = Easel()
    client.app._state[PAINTING] = Painting(made)
    return made


async def furnish(browser: Browser) -> None:
    storage = browser.storage
    await storage.subscribers.enter(5, 0, ChatKind.PRIVATE, "某人", Lang.ZH, NOW)
    await storage.numbers.add(storage.numbers.today(NOW), {(Count.OPENS, "home"): 1234})


async def shown(browser: Browser, path: str) -> Any:
    answer = await browser.get(path)
    assert answer.status == 200, path
    return html.fromstring(await answer.text())


@covers("page /desk/stats", "page /desk/stats/{picture}.png")
@pytest.mark.parametrize(("lang", "said"), [("zh", "页面打开 1,234"), ("en", "1,234 page opens")])
async def test_every_number_of_a_picture_stands_in_a_table(
    browser: Browser, newsroom: Newsroom, easel: Easel, lang: str, said: str
):
    await newsroom.add()
    await furnish(browser)
    await browser.enter(VERA, lang=lang)
    page = await shown(browser, f"/desk/stats?lang={lang}")
    assert said in page.find(".//dl").text_content()
    pictures = page.findall(".//picture")
    assert pictures
    for picture in pictures:
        image, dark = picture.find(".//img"), picture.find(".//source")
        assert len(image.get("alt")) > 8
        for address, is_dark in ((image.get("src"), False), (dark.get("srcset"), True)):
            answer = await browser.get(address)
            assert (answer.status, answer.content_type) == (200, "image/png")
            assert easel.asked[-1][1] is is_dark
        drawn = easel.asked[-1][0]
        section = picture.getparent()
        captions = [one.text for one in section.findall(".//caption")]
        assert captions == [panel.title for panel in drawn.panels]
    opened = next(
        one for one in page.findall(".//section") if one.get("aria-labelledby") == "opens"
    )
    assert "1,234" in [cell.text for cell in opened.findall(".//td")]


@pytest.mark.usefixtures("easel")
async def test_spans_lead_to_each_other(browser: Browser):
    await furnish(browser)
    await browser.enter()
    page = await shown(browser, "/desk/stats?days=30")
    spans = page.findall(".//nav[@class='spans']/a")
    assert [one.get("href") for one in spans] == [
        f"/desk/stats?days={days}" for days in (7, 30, 90)
    ]
    assert [one.get("aria-current") for one in spans] == [None, "page", None]
    assert page.find(".//img").get("src").endswith("?days=30")
    # What is no span of ours is the usual one.
    assert (await shown(browser, "/desk/stats?days=31")).find(".//img").get("src").endswith("=7")


@pytest.mark.usefixtures("easel")
async def test_what_is_not_there_is_not_drawn(browser: Browser):
    await furnish(browser)
    assert (await browser.get("/desk/stats/readers.png")).status == 404
    await browser.enter()
    assert (await browser.get("/desk/stats/readers.png")).status == 200
    for name in ("model", "money"):
        assert (await browser.get(f"/desk/stats/{name}.png")).status == 404


async def test_without_a_painter_the_tables_are_there(browser: Browser):
    await furnish(browser)
    await browser.enter()
    page = await shown(browser, "/desk/stats")
    assert page.findall(".//img") == []
    assert page.findall(".//table")
    assert (await browser.get("/desk/stats/readers.png")).status == 404


@pytest.mark.usefixtures("easel")
async def test_an_empty_newsroom_says_so(browser: Browser):
    await browser.enter()
    page = await shown(browser, "/desk/stats")
    assert "还什么都没有发生过" in page.text_content()
    assert page.findall(".//picture") == []
