"""Plausible sentences that no article says, told by a model: most of them reach no reader.

How many are found is counted, since no check of words finds all; what is faithful always passes.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from bot.translating.model_engine import ModelTranslator
from bot.translating.service import Translating
from digest.model import Rendered
from digest.translation import load_glossary
from digest.verify.meaning import Encoder, installed_encoder
from tests.bot.model.briefs import RULES
from tests.bot.model.imitation import Reply, answers, completion, lines_of, talking_to
from tests.digest.articles import article
from tests.hostile.inventions import INVENTIONS, Invention

Way = Callable[[Invention], str]
WAYS: dict[str, Way] = {
    "in its place": lambda one: one.invented,
    "behind it": lambda one: one.faithful + one.invented,
    "before it": lambda one: one.invented + one.faithful,
    "as a clause": lambda one: f"{one.faithful[:-1]}，{one.invented}",
}
# Of forty, by words alone and by what they mean.
FOUND = {
    "in its place": (19, 32),
    "behind it": (22, 30),
    "before it": (22, 30),
    "as a clause": (13, 30),
}
ORIGINALS = [one.original for one in INVENTIONS]
needs_extra = pytest.mark.skipif(
    installed_encoder() is None, reason="the extra `semantic` is not installed"
)


def tells(way: Way) -> Reply:
    """A model that translates each line and adds to it what it likes to."""
    told = {one.original: way(one) for one in INVENTIONS}

    async def reply(_: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        lines = [line.split(" ", 1)[1] for line in lines_of(asked)]
        value = {"lines": [{"id": n, "text": told[one]} for n, one in enumerate(lines, 1)]}
        return web.json_response(completion(json.dumps(value, ensure_ascii=False)))

    return reply


async def refused(way: Way, encoder: Encoder | None) -> int:
    async with talking_to(tells(way), tells(way)) as (model, _, _):
        service = Translating(ModelTranslator(model, load_glossary()), encoder=encoder)
        shown = await service.sentences(ORIGINALS, "en")
    failed = [one for one in shown if one.rendered is Rendered.FAILED]
    assert [one.text for one in failed] == [ORIGINALS[one.index] for one in failed]
    return len(failed)


@pytest.mark.parametrize("way", list(WAYS))
async def test_what_a_translation_adds_is_found_by_words(way: str) -> None:
    assert await refused(WAYS[way], None) >= FOUND[way][0]


@needs_extra
@pytest.mark.parametrize("way", list(WAYS))
async def test_what_a_translation_adds_is_found_by_what_it_means(way: str) -> None:
    assert await refused(WAYS[way], installed_encoder()) >= FOUND[way][1]


@pytest.mark.parametrize("encoder", [None, pytest.param(installed_encoder(), marks=needs_extra)])
async def test_what_is_faithful_is_shown(encoder: Encoder | None) -> None:
    assert await refused(lambda one: one.faithful, encoder) == 0


@needs_extra
async def test_points_that_an_english_article_does_not_say_are_left_out() -> None:
    """Each group of eight is an article: its own sentences stay, with an invention they go."""
    shown: list[str] = []
    for at in range(0, len(INVENTIONS), 8):
        group = INVENTIONS[at : at + 8]
        told = article("What was said", " ".join(one.original for one in group), lang="en")
        texts = [group[0].faithful, group[1].faithful, *(one.invented for one in group[2:5])]
        points = [{"text": one, "sentences": [n]} for n, one in enumerate(texts)]
        answer = {"headline": group[0].faithful, "points": points}
        async with talking_to(answers(answer), answers({"statements": []})) as (model, _, _):
            brief = await model.enrich(told, RULES)
        points_shown = [one.text for one in brief.points]
        assert points_shown[:2] == texts[:2]
        shown += points_shown[2:]
    assert len(shown) <= 5  # of fifteen
