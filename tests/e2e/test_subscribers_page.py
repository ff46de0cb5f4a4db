"""A subscribers' page, from the bot's link to the day on which the link has ended."""

from datetime import timedelta

import aiohttp
import pytest

from digest.model import Access, Lang
from digest.seals import LASTS
from tests.covering import covers
from tests.e2e.conftest import MovableClock, Start
from tests.e2e.test_first_minutes import until_read


@covers("subscribers' page")
@pytest.mark.parametrize(
    ("name", "lang", "points", "closed"),
    [
        ("lin", Lang.ZH, "核心信息", "这个链接打不开了"),
        ("alex", Lang.EN, "Key points", "This link no longer opens the page"),
    ],
)
async def test_the_bots_link_opens_the_page_until_it_ends(
    hexin: Start, clock: MovableClock, name: str, lang: Lang, points: str, closed: str
) -> None:
    async with hexin() as running, aiohttp.ClientSession() as browser:
        await until_read(running, 1)
        assert running.sandbox is not None
        (signal, *_) = await running.storage.signals.latest(limit=1)
        now = clock()
        await running.storage.signals.set_access(
            signal.id, Access.SUBSCRIBERS, actor="test", now=now
        )

        async def read(address: str) -> str:
            asked = f"{address}&lang={lang}" if "?" in address else f"{address}?lang={lang}"
            async with browser.get(asked) as response:
                assert response.status == 200
                return await response.text()

        person = running.sandbox.person(name)
        person.start()
        await person.wait_for()
        person.send(f"/start s_{signal.id}")
        card = await person.wait_for(lambda seen: any("?k=" in link for link in seen.links))
        link = next(link for link in card.links if f"/s/{signal.id}?k=" in link)
        assert f'id="core">{points}' in await read(link)

        # Without the key only the public part is there.
        bare = link.partition("?")[0]
        assert 'id="core"' not in await read(bare)

        clock.offset += LASTS + timedelta(days=2)
        ended = await read(link)
        assert closed in ended
        assert 'id="core"' not in ended
        person.send(f"/start s_{signal.id}")
        again = await person.wait_for(
            lambda seen: any("?k=" in one and one != link for one in seen.links)
        )
        fresh = next(one for one in again.links if f"/s/{signal.id}?k=" in one)
        assert f'id="core">{points}' in await read(fresh)
