"""Each page in Chinese and in English, and what has no language."""

import re
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from lxml import html

from digest.model import Lang
from digest.texts import texts_for
from tests.bot.web.conftest import Newsroom
from tests.bot.web.samples import NOW
from tests.covering import covers
from tests.trending import keep, report, trend

Client = TestClient[Any, Any]


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> Lang:
    return Lang(request.param)


async def read(client: Client, path: str, lang: Lang) -> tuple[Any, str]:
    """The page as a tree and its words."""
    async with client.get(path, headers={"Accept-Language": lang.value}) as response:
        assert response.status == 200, path
        tree = html.fromstring(await response.text())
    assert tree.get("lang").startswith(lang.value)
    return tree, " ".join(tree.text_content().split())


@covers("page /", "page /column/{id}", "page /topic/{id}", "page /day/{day}")
async def test_lists_name_the_signal_in_the_words_of_the_reader(
    client: Client, newsroom: Newsroom, lang: Lang
):
    kept = await newsroom.add()
    texts = texts_for(lang)
    for path in ("/", "/column/ai", "/topic/llm", "/day/2026-11-22"):
        tree, words = await read(client, path, lang)
        assert f"/s/{kept.id}" in " ".join(tree.xpath("//main//a/@href")), path
        assert texts("web.skip") in words, path
        other = texts_for(Lang.EN if lang is Lang.ZH else Lang.ZH)
        assert other("web.skip") not in words, path
        assert kept.title in words, path


@covers("page /sources")
async def test_sources_say_how_they_are(client: Client, newsroom: Newsroom, lang: Lang):
    await newsroom.add()
    _tree, words = await read(client, "/sources", lang)
    assert "Example Wire" in words or "wire.example.org" in words
    assert texts_for(lang)("web.sources.explain") in words


@covers("page /healthz", "page /readyz", "page /static/{name}", "page /favicon.ico")
async def test_what_has_no_language_answers_everyone(client: Client):
    async with client.get("/") as response:
        (style,) = re.findall(r'href="(/static/pages\.css[^"]*)"', await response.text())
    for path, kind in (
        ("/healthz", "application/json"),
        ("/readyz", "application/json"),
        (style, "text/css"),
        ("/favicon.ico", "image/svg+xml"),
    ):
        async with client.get(path) as response:
            assert response.status == 200, path
            assert response.content_type == kind, path
            assert await response.read(), path


@covers("page /metrics")
async def test_figures_are_for_whoever_watches_and_has_the_token(client: Client, lang: Lang):
    async with client.get("/metrics", params={"lang": lang}) as response:
        assert response.status == 404
        assert "hexin_polls" not in await response.text()


@covers("page /trends")
async def test_trends_are_told_in_the_words_of_the_reader(
    client: Client, newsroom: Newsroom, lang: Lang
):
    texts = texts_for(lang)
    await keep(newsroom.storage, report(trend(), at=NOW))
    _, words = await read(client, "/trends", lang)
    assert texts("web.trends") in words
    assert f"{texts('trends.phase.rising')} {texts.n('trends.short', 12)}" in words
    assert texts("trends.short.usual", usual="3") in words
