"""What begins to rise, as a feed: each burst once, under an id that stays."""

import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from lxml import etree

from digest.model import Lang
from digest.texts import texts_for
from digest.trends import TrendKind
from tests.bot.web.conftest import Newsroom
from tests.bot.web.samples import NOW, TAXONOMY
from tests.covering import covers
from tests.trending import keep_all, report, trend

Client = TestClient[Any, Any]

HOUR = timedelta(hours=1)
_ATOM = "{http://www.w3.org/2005/Atom}"


async def entries(client: Client, path: str) -> list[dict[str, str]]:
    async with client.get(path) as response:
        assert response.status == 200
        return list(json.loads(await response.text())["items"])


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> Lang:
    return Lang(request.param)


@covers("page /trends/feed.xml", "page /trends/rss.xml", "page /trends/feed.json")
async def test_each_burst_is_one_entry_whatever_the_hours(
    client: Client, newsroom: Newsroom, lang: Lang
) -> None:
    lasting = [report(trend(now=n), at=NOW - n * HOUR) for n in (5, 4, 3)]
    old = report(trend("chips"), at=NOW - timedelta(days=7, hours=5))
    again = [report(trend("robots"), at=NOW - n * HOUR) for n in (60, 30)]
    await keep_all(newsroom.storage, old, *again, *lasting)
    asked = f"?lang={lang.value}"
    first = await entries(client, f"/trends/feed.json{asked}")
    texts = texts_for(lang)
    title = texts("trends.alert.title", name=TAXONOMY.topics["llm"].name(lang))
    assert [one["title"] == title for one in first] == [True, False, False]
    assert len({one["id"] for one in first}) == len(first)
    assert texts.n("trends.count", 3) in first[0]["content_html"]
    newest = report(trend(now=9), trend("chips"), at=NOW)
    await keep_all(newsroom.storage, old, *again, *lasting, newest)
    for path in ("/trends/feed.xml", "/trends/rss.xml"):
        async with client.get(path + asked) as response:
            root = etree.fromstring(await response.read())
        told = [one.text or "" for one in root.iter(f"{_ATOM}id")][1:]
        told = told or [one.text or "" for one in root.iter("guid")]
        assert told[-len(first) :] == [one["id"] for one in first]


async def test_a_feed_speaks_the_language_that_was_asked_for(
    client: Client, newsroom: Newsroom
) -> None:
    word = trend("agents", TrendKind.WORD, name="智能体", pair="Agents", usual=0.1)
    await keep_all(newsroom.storage, report(word, at=NOW))
    (one,) = await entries(client, "/trends/feed.json?lang=en")
    assert one["title"] == texts_for(Lang.EN)("trends.alert.title", name="Agents")
    assert "usually 1 in 10 days" in one["content_html"]


async def test_what_only_hidden_signals_told_is_in_no_feed(
    client: Client, newsroom: Newsroom
) -> None:
    ghost = trend("ghost", TrendKind.WORD, signal_ids=(999_999,))
    await keep_all(newsroom.storage, report(ghost, at=NOW))
    assert await entries(client, "/trends/feed.json") == []
