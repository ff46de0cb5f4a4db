"""What nobody serves in good faith, and words that are none: each ends in a reason, soon."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from bot.jobs import discovering
from digest.errors import PollFailure
from digest.model import Recipe, SourceKind, SourceSpec
from digest.sources.services import own_spec
from digest.sources.trial import Refused, Remark, Service
from tests.bot.jobs.pages import item, rss
from tests.bot.kinds.conftest import Kinds
from tests.bot.kinds.services import Answer, as_json, list_page, sitemap, sitemap_index, xml

pytestmark = pytest.mark.asyncio(loop_scope="module")

BAD = "https://bad.example"
_ENTITIES = "".join(f'<!ENTITY a{n} "{("&a" + str(n - 1) + ";") * 10}">' for n in range(1, 9))
BOMB = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "ha">{_ENTITIES}]>'


def deep(levels: int) -> str:
    inner = json.dumps([{"title": "Nobody looks here", "url": f"{BAD}/story"}] * 5)
    return '{"a":' * levels + inner + "}" * levels


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    await response.prepare(request)
    try:
        while True:
            await response.write(b"<p>on and on</p>" * 4096)
    except (ConnectionError, asyncio.CancelledError):
        return response


async def _slow(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(100):
        await response.write(b"<")
        await asyncio.sleep(0.2)
    return response


def redirect(target: str) -> Answer:
    def answer(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(target)

    return answer


WORDS: list[tuple[str, PollFailure | Refused]] = [
    ("", Refused.NO_WORDS),
    ("   \n", Refused.NO_WORDS),
    ("今天天气不错", Refused.NOT_UNDERSTOOD),
    ("javascript:alert(1)", Refused.NOT_UNDERSTOOD),
    ("file:///etc/passwd", Refused.NOT_UNDERSTOOD),
    ("x" * 50_000, Refused.NOT_UNDERSTOOD),
    ("https://", Refused.NOT_UNDERSTOOD),
    ("http://[::1", Refused.NOT_UNDERSTOOD),
    ("http://127.0.0.1:9/feed", PollFailure.REFUSED),
    ("http://169.254.169.254/latest/meta-data", PollFailure.REFUSED),
    ("https://user:secret@bad.example/feed", PollFailure.REFUSED),
    ("https://inner.example/feed", PollFailure.REFUSED),
    ("https://t.me/+AbCdEf123", Refused.NO_SUCH_CHANNEL),
    ("https://t.me/s/hidden_channel", Refused.NO_SUCH_CHANNEL),
    ("https://www.youtube.com/@nobody", PollFailure.NOT_FOUND),
    ("harbour/missing", PollFailure.NOT_FOUND),
]

DOCUMENTS: dict[str, tuple[object, PollFailure | Refused]] = {
    "empty": ("", Refused.NOTHING_FOUND),
    "words": ("nothing but words", Refused.NOTHING_FOUND),
    "endless": (_endless, PollFailure.TOO_LARGE),
    "slow": (_slow, PollFailure.TIMEOUT),
    "attributes": (f"<html><p {'a=1 ' * 60_000}>x</p></html>", Refused.NOTHING_FOUND),
    "siblings": ("<html>" + "<a href='/x'>some title of no worth</a>" * 200_000,
                 Refused.NOTHING_FOUND),
    "nested": ("<html>" + "<div>" * 100_000 + "x", Refused.NOTHING_FOUND),
    "zeros.gz": (web.Response(body=gzip.compress(bytes(50_000_000))), PollFailure.TOO_LARGE),
    "broken.gz": (web.Response(body=b"\x1f\x8b\x08 no gzip at all"), PollFailure.NOT_A_FEED),
    "deep.json": (deep(10), PollFailure.NOT_A_FEED),
    "deeper.json": (deep(50_000), PollFailure.NOT_A_FEED),
    "strings.json": (as_json(["a", "b", "c"]), PollFailure.NOT_A_FEED),
    "types.json": (as_json([{"title": 7, "url": ["x"]}, {"title": None, "url": {}}] * 9),
                   PollFailure.NOT_A_FEED),
    "half.json": ('{"items": [{"title": "x"', PollFailure.NOT_A_FEED),
    "inside": (redirect("http://192.168.1.1/feed"), PollFailure.REFUSED),
    "named-inside": (redirect("https://inner.example/feed"), PollFailure.REFUSED),
    "round": (redirect(f"{BAD}/round"), PollFailure.REDIRECTS),
    "elsewhere": (redirect("gopher://bad.example/1"), PollFailure.REFUSED),
    "gone": (web.Response(status=410), PollFailure.GONE),
    "browser": (web.Response(status=403, headers={"cf-mitigated": "challenge"}),
                PollFailure.CHALLENGED),
    "loop.xml": (xml(sitemap_index(f"{BAD}/loop.xml", f"{BAD}/loop2.xml")), PollFailure.NO_ITEMS),
    "loop2.xml": (xml(sitemap_index(f"{BAD}/loop.xml", f"{BAD}/loop2.xml")), PollFailure.NO_ITEMS),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def documents(kinds: Kinds) -> None:
    for name, (answer, _) in DOCUMENTS.items():
        kinds.net.answers[f"bad.example/{name}"] = answer  # type: ignore[assignment]


@pytest.mark.parametrize(("words", "code"), WORDS, ids=lambda one: str(one)[:40])
async def test_words_that_lead_nowhere_end_in_a_reason(
    kinds: Kinds, words: str, code: PollFailure | Refused
) -> None:
    trial = await kinds.trial(words)
    assert trial.proposals == ()
    assert trial.refusal is not None
    assert trial.refusal.code == code


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_document_of_bad_will_ends_in_a_reason(kinds: Kinds, name: str) -> None:
    trial = await kinds.trial(f"{BAD}/{name}")
    assert trial.proposals == ()
    assert trial.refusal is not None
    assert trial.refusal.code == DOCUMENTS[name][1], trial.refusal


async def test_entities_of_a_document_are_never_expanded(kinds: Kinds) -> None:
    kinds.net.answers["bad.example/bomb"] = xml(
        f"{BOMB}<urlset><url><loc>{BAD}/story?&a8;</loc></url></urlset>"
    )
    trial = await kinds.trial(f"{BAD}/bomb")
    assert trial.best is not None
    assert [one.url for one in trial.best.samples] == [f"{BAD}/story?&a8;"]


async def test_no_trial_asks_an_address_inside(kinds: Kinds) -> None:
    for words in ("https://inner.example/feed", f"{BAD}/inside", f"{BAD}/named-inside"):
        await kinds.trial(words)
    hosts = {urlsplit(f"//{asked}").hostname for asked in kinds.net.asked}
    assert not {host for host in hosts if host and (host.startswith("inner") or host[0].isdigit())}


@pytest.mark.parametrize(
    ("recipe", "code"),
    [
        (Recipe(items="li["), PollFailure.BAD_RECIPE),
        (Recipe(items="li::before"), PollFailure.BAD_RECIPE),
        (Recipe(items="li", link="a:nonsense(3)"), PollFailure.BAD_RECIPE),
        (Recipe(items="a, " * 200 + "b"), PollFailure.BAD_RECIPE),
        (Recipe(items=".nothing-like-it"), PollFailure.NO_ITEMS),
        (Recipe(items="li", link=".nothing"), PollFailure.NO_ITEMS),
        (Recipe(items="li", include="/never/"), PollFailure.NO_ITEMS),
    ],
)
async def test_a_selector_that_finds_nothing_or_is_none_is_told_apart(
    kinds: Kinds, recipe: Recipe, code: PollFailure
) -> None:
    kinds.net.answers["bad.example/list"] = list_page()
    trial = await kinds.trial.preview(own_spec(f"{BAD}/list", recipe))
    assert trial.refusal is not None
    assert trial.refusal.code == code


async def test_a_selector_that_matches_everything_brings_each_link_once(kinds: Kinds) -> None:
    kinds.net.answers["bad.example/list"] = list_page()
    trial = await kinds.trial.preview(own_spec(f"{BAD}/list", Recipe(items="*")))
    assert trial.best is not None
    assert trial.best.total == 16  # nine in the menu, six stories, one in the footer


@pytest.mark.parametrize("path", ["items[", "items[*].title |", "nothing(items)", "a" * 400])
async def test_a_path_that_is_none_is_told_so(kinds: Kinds, path: str) -> None:
    kinds.net.answers["bad.example/hot"] = as_json({"items": [{"title": "x", "url": "/story"}]})
    spec = replace(own_spec(f"{BAD}/hot", Recipe(items=path)), kind=SourceKind.JSON)
    trial = await kinds.trial.preview(spec)
    assert trial.refusal is not None
    assert trial.refusal.code in {PollFailure.BAD_RECIPE, PollFailure.NO_ITEMS}


async def test_a_page_that_is_not_utf8_is_read_as_it_was_written(kinds: Kinds) -> None:
    body = list_page().replace("utf-8", "gb2312").encode("gb18030")
    kinds.net.answers["bad.example/gbk"] = web.Response(body=body, content_type="text/html")
    trial = await kinds.trial(f"{BAD}/gbk")
    assert trial.best is not None
    assert trial.best.spec.title == "海港要闻"
    assert "海港机器人交付第 1 批" in trial.best.samples[0].title


async def test_what_is_known_is_told_whatever_its_scheme_and_slash(kinds: Kinds) -> None:
    kinds.net.answers["bad.example/known/"] = xml(rss(item(title="x", link=f"{BAD}/story-k")))
    spec = SourceSpec("known", "http://www.bad.example/known", "Known", "tech", "en")
    source = await kinds.world.storage.sources.add(spec, kinds.world.time(), actor="test")
    trial = await kinds.trial(f"{BAD}/known/")
    assert trial.best is not None
    assert trial.best.known == source


async def test_headers_go_out_with_polls_and_to_no_other_host(kinds: Kinds) -> None:
    kinds.net.answers["bad.example/secret"] = redirect("https://hub.example/secret")
    kinds.net.answers["hub.example/secret"] = xml(rss(item(title="x", link=f"{BAD}/story-s")))
    spec = replace(own_spec(f"{BAD}/secret"), headers=(("X-Key", "secret"),))
    source = await kinds.world.storage.sources.add(spec, kinds.world.time(), actor="test")
    for ask in (_preview(kinds, spec), _poll(kinds, source.id)):
        kinds.net.asked.clear()
        kinds.net.headers.clear()
        await ask()
        sent = [one.get("X-Key", "") for one in kinds.net.headers]
        assert kinds.net.asked == ["bad.example/secret", "hub.example/secret"]
        assert sent == ["secret", ""]


def _preview(kinds: Kinds, spec: SourceSpec) -> Callable[[], Awaitable[object]]:
    return lambda: kinds.trial.preview(spec)


def _poll(kinds: Kinds, source_id: int) -> Callable[[], Awaitable[object]]:
    async def ask() -> None:
        source = await kinds.world.storage.sources.get(source_id)
        assert source is not None
        assert (await kinds.world.poller.poll(source)).error is None

    return ask


async def test_a_site_whose_list_moved_turns_sick_with_the_reason(kinds: Kinds) -> None:
    found = await kinds.trial("https://gazette.example/news")
    assert found.best is not None
    spec = replace(found.best.spec, url=f"{BAD}/moving", key="moving")
    kinds.net.answers["bad.example/moving"] = list_page()
    source = await kinds.world.storage.sources.add(spec, kinds.world.time(), actor="test")
    assert (await kinds.world.poller.poll(source)).new == 6
    kinds.net.answers["bad.example/moving"] = "<html><body>all new</body></html>"
    read = await kinds.world.storage.sources.get(source.id)
    assert read is not None
    result = await kinds.world.poller.poll(read)
    assert result.error is not None
    assert result.error.code is PollFailure.NO_ITEMS


async def test_an_index_that_stays_the_same_is_followed_at_each_poll(kinds: Kinds) -> None:
    net = kinds.net
    headers = {"ETag": '"same"', "Content-Type": "application/xml"}
    index = sitemap_index(f"{BAD}/post-1.xml")
    net.answers["bad.example/index.xml"] = web.Response(text=index, headers=headers)
    net.answers["bad.example/post-1.xml"] = xml(sitemap((f"{BAD}/story-a", "2026-03-01")))
    found = await kinds.trial(f"{BAD}/index.xml")
    assert found.best is not None
    assert found.best.service is Service.SITEMAP
    assert Remark.NO_TITLES in found.best.remarks
    sources = kinds.world.storage.sources
    source = await sources.add(found.best.spec, kinds.world.time(), actor="test")
    assert (await kinds.world.poller.poll(source)).new == 1
    again = await sources.get(source.id)
    assert again is not None
    assert again.poll.validators is None
    assert (await kinds.world.poller.poll(again)).outcome == "unchanged"
    net.answers["bad.example/post-1.xml"] = xml(
        sitemap((f"{BAD}/story-a", "2026-03-01"), (f"{BAD}/story-b", "2026-03-02"))
    )
    assert (await kinds.world.poller.poll(again)).new == 1


async def test_several_feeds_of_a_page_are_proposed_those_of_comments_last(kinds: Kinds) -> None:
    trial = await kinds.trial("https://blog.example/")
    urls = [found.spec.url.removeprefix("https://blog.example") for found in trial.proposals]
    assert urls == ["/feed", "/notes.atom", "/comments/feed"]
    assert Remark.COMMENTS in trial.proposals[-1].remarks


async def test_half_characters_and_nul_reach_no_database(kinds: Kinds) -> None:
    items = [{"title": "One \ud800 and \0 two", "url": f"{BAD}/story-\udfff?\0"}] * 2
    kinds.net.answers["bad.example/halves"] = web.Response(body=json.dumps(items).encode())
    found = await kinds.trial(f"{BAD}/halves")
    assert found.best is not None
    assert found.best.samples[0].title == "One and two"
    spec = replace(found.best.spec, title="half \ud800 \0")
    source = await kinds.world.storage.sources.add(spec, kinds.world.time(), actor="test")
    assert (await kinds.world.poller.poll(source)).new == 1


async def test_what_was_found_before_time_ran_out_is_proposed(
    kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = "".join(f"<link rel=alternate type=application/rss+xml href=/{n}>" for n in ("q", "w"))
    kinds.net.answers["bad.example/waits"] = f"<html><head>{links}</head></html>"
    kinds.net.answers["bad.example/q"] = xml(rss(item(title="x", link=f"{BAD}/story-q")))
    kinds.net.answers["bad.example/w"] = _slow
    monkeypatch.setattr(discovering, "TRIAL_S", 1.0)
    trial = await kinds.trial(f"{BAD}/waits")
    assert [found.spec.url for found in trial.proposals] == [f"{BAD}/q"]
    trial = await kinds.trial(f"{BAD}/w")
    assert trial.refusal is not None
    assert trial.refusal.code is PollFailure.TIMEOUT
