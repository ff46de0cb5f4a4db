"""An address that is tried once: a feed, a page with feeds, or a clear reason."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.config import Settings, load_settings
from bot.jobs.trying import spec_of, try_source
from digest.errors import PollFailure, SourceError
from tests.bot.jobs.pages import item, rss
from tests.bot.jobs.world import Time

FEED = rss(item(title="第一条消息", link="https://news.example/1", guid="1"), title="海港新闻")


class Site:
    """A news site that answers what a test tells it to."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, str]] = {}
        self.asked: list[str] = []
        self.base = ""

    @property
    def settings(self) -> Settings:
        return load_settings(_env_file=None, fetch_allow=self.base.removeprefix("http://"))

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        status, text = self.answers.get(request.path, (404, "nothing"))
        return web.Response(status=status, text=text, content_type="text/html")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    async with TestServer(app) as server:
        made.base = f"http://127.0.0.1:{server.port}"
        yield made


async def test_a_feed_is_taken_as_it_is(site: Site) -> None:
    site.answers["/feed"] = (200, FEED)
    tried = await try_source(f"{site.base}/feed", site.settings, Time())
    assert tried.url == f"{site.base}/feed"
    assert [entry.title for entry in tried.reading.entries] == ["第一条消息"]
    assert tried.lang == "zh"  # the feed declares none, its titles tell
    assert site.asked == ["/feed"]


async def test_a_page_leads_to_its_feed_past_one_that_is_broken(site: Site) -> None:
    link = "<link rel='alternate' type='application/rss+xml' href='{}'>"
    head = link.format("/broken") + link.format("/real")
    site.answers["/"] = (200, f"<html><head>{head}</head><body>hi</body></html>")
    site.answers["/broken"] = (200, "<html>no feed</html>")
    site.answers["/real"] = (200, FEED)
    tried = await try_source(f"{site.base}/", site.settings, Time())
    assert tried.url == f"{site.base}/real"


async def test_a_page_without_feeds_is_no_feed_after_a_few_tries(site: Site) -> None:
    site.answers["/"] = (200, "<html><body>hi</body></html>")
    with pytest.raises(SourceError) as caught:
        await try_source(f"{site.base}/", site.settings, Time())
    assert caught.value.code == PollFailure.NOT_A_FEED
    assert len(site.asked) <= 7


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, PollFailure.FORBIDDEN),
        (403, PollFailure.FORBIDDEN),
        (404, PollFailure.NOT_FOUND),
        (410, PollFailure.GONE),
        (418, PollFailure.HTTP),
        (429, PollFailure.RATE_LIMITED),
        (503, PollFailure.UNAVAILABLE),
    ],
)
async def test_an_unhappy_answer_has_its_name(site: Site, status: int, code: PollFailure) -> None:
    site.answers["/feed"] = (status, FEED)
    with pytest.raises(SourceError) as caught:
        await try_source(f"{site.base}/feed", site.settings, Time())
    assert caught.value.code == code
    assert caught.value.status == status


async def test_inner_addresses_are_refused(site: Site) -> None:
    closed = load_settings(_env_file=None, fetch_allow="")
    with pytest.raises(SourceError) as caught:
        await try_source(f"{site.base}/feed", closed, Time())
    assert caught.value.code == PollFailure.REFUSED
    assert site.asked == []


async def test_an_address_without_a_scheme_is_tried_over_https(site: Site) -> None:
    with pytest.raises(SourceError) as caught:
        await try_source(site.base.removeprefix("http://"), site.settings, Time())
    assert caught.value.code in {PollFailure.TLS, PollFailure.CONNECT}


async def test_a_tried_address_makes_a_source(site: Site) -> None:
    site.answers["/feed"] = (200, FEED)
    tried = await try_source(f"{site.base}/feed", site.settings, Time())
    spec = spec_of(tried, title="", column="tech", weight=1.5)
    assert (spec.title, spec.lang, spec.column, spec.weight) == ("海港新闻", "zh", "tech", 1.5)
    assert spec_of(tried, title="我的", column="tech", weight=1).title == "我的"
