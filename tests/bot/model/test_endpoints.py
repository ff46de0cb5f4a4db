"""Servers that answer in their own way, badly, late or not at all."""

import asyncio
import json

import pytest

from bot.config import Settings
from bot.model import MemoryCalls, make_model
from digest.model import Tier
from tests.bot.model.asking import made_of
from tests.bot.model.briefs import ARTICLE, GOOD, RULES
from tests.bot.model.clock import MovedClock
from tests.bot.model.imitation import (
    Reply,
    answers,
    body,
    fails,
    huge,
    late,
    refuses_formats,
    resets,
    says,
    talking_to,
)
from tests.digest.articles import article

# --- answers that are no use --------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "outcome"),
    [
        (says("这篇文章讲的是芯片。"), "refused"),
        (says("I'm sorry, but I can't help with that."), "refused"),
        (says(""), "empty"),
        (says(None), "empty"),
        (says('{"headline": "只有标题"}'), "bad_json"),
        (says('{"points": "x", "headline"'), "bad_json"),
        (says("[" * 5_000), "refused"),
        (says('{"a":' * 5_000), "bad_json"),
        (says("{" + "长" * 70_000), "oversize"),
    ],
)
async def test_an_unusable_answer_is_asked_for_once_more_then_rules_stay(
    bad: Reply, outcome: str
) -> None:
    brief, outcomes, counted = await made_of(bad)
    assert brief is RULES
    assert outcomes == [outcome, outcome]
    assert counted == {outcome: 1}


async def test_the_second_answer_counts_and_the_complaint_was_told() -> None:
    async with talking_to(says('{"headline": "只有标题"}'), answers(GOOD)) as (
        model,
        imitation,
        _,
    ):
        brief = await model.enrich(ARTICLE, RULES)
    assert brief.tier is Tier.MODEL
    chat = imitation.asked[1]["messages"]
    assert [message["role"] for message in chat] == ["system", "user", "assistant", "user"]
    assert "points" in chat[3]["content"]


async def test_an_answer_cut_off_keeps_whole_points_only() -> None:
    text = json.dumps(GOOD, ensure_ascii=False)
    cut = text[: text.index("估值 90")]
    async with talking_to(says(cut, finish="length")) as (model, _, store):
        brief = await model.enrich(ARTICLE, RULES)
    assert len(brief.points) == 2
    assert all(point.text.endswith("。") for point in brief.points)
    assert store.calls[0].outcome == "truncated"


@pytest.mark.parametrize(
    ("reply", "outcome", "requests"),
    [
        (body({"choices": [], "object": "chat.completion"}), "empty", 1),
        (body({"hello": "world"}), "empty", 1),
        (body([1, 2, 3]), "bad_response", 1),
        (says(None, refusal="I cannot do that"), "refused", 1),
        (says("", finish="content_filter"), "refused", 1),
        (fails(401, "bad key"), "auth", 1),
        (fails(403, "forbidden"), "auth", 1),
        (fails(404, "model not found"), "not_found", 1),
        (fails(402, "Insufficient Balance"), "no_credit", 1),
        (fails(429, "quota", code="insufficient_quota"), "no_credit", 1),
        (fails(400, "maximum context length is 4096 tokens"), "too_long", 1),
        (fails(500), "server", 3),
        (fails(503), "server", 3),
        (fails(429), "rate_limit", 3),
        (resets(), "connection", 3),
        (huge(10, declared=True), "oversize", 1),
        (huge(10, declared=False), "oversize", 1),
    ],
)
async def test_trouble_of_the_wire_has_a_name_and_leaves_the_rules_brief(
    reply: Reply, outcome: str, requests: int
) -> None:
    async with talking_to(reply) as (model, imitation, store):
        brief = await model.enrich(ARTICLE, RULES)
    assert brief is RULES
    assert model.outcomes == {outcome: 1}
    assert [call.outcome for call in store.calls] == [outcome]
    assert len(imitation.asked) == requests


async def test_a_late_answer_is_given_up_after_a_second_try() -> None:
    async with talking_to(late(6), model_timeout=1.5) as (model, imitation, _):
        brief = await model.enrich(ARTICLE, RULES)
    assert brief is RULES
    assert (model.outcomes, len(imitation.asked)) == ({"timeout": 1}, 2)


async def test_nobody_listens() -> None:
    settings = Settings(
        _env_file=None, model_base_url="http://127.0.0.1:9/v1", model_name="x", model_timeout=5
    )
    model = make_model(settings, MemoryCalls(), MovedClock())
    assert model is not None
    assert await model.enrich(ARTICLE, RULES) is RULES
    assert model.outcomes == {"connection": 1}
    await model.close()


async def test_a_server_that_asks_for_patience_gets_it() -> None:
    busy = fails(429, headers={"Retry-After": "0.6"})
    async with talking_to(busy, answers(GOOD)) as (model, _, store):
        brief = await model.enrich(ARTICLE, RULES)
    assert brief.tier is Tier.MODEL
    assert store.calls[0].ms >= 600


async def test_a_server_that_asks_for_much_patience_is_not_waited_for() -> None:
    clock = MovedClock()
    busy = fails(429, headers={"Retry-After": "900"})
    async with talking_to(busy, answers(GOOD), clock=clock) as (model, imitation, _):
        await asyncio.wait_for(model.enrich(ARTICLE, RULES), 25)
        await model.enrich(ARTICLE, RULES)
        clock.move(minutes=14)
        await model.enrich(ARTICLE, RULES)
        assert len(imitation.asked) == 1
        assert model.outcomes == {"rate_limit": 1, "paused": 2}
        clock.move(minutes=2)
        assert (await model.enrich(ARTICLE, RULES)).tier is Tier.MODEL


# --- how endpoints take a schema ----------------------------------------------------------


@pytest.mark.parametrize(
    ("refused", "kind"),
    [
        ((), "json_schema"),
        (("json_schema",), "json_object+schema"),
        (("json_schema", "json_object+schema"), "json_object"),
        (("json_schema", "json_object+schema", "json_object"), "none"),
    ],
)
async def test_what_an_endpoint_takes_is_found_out_once(
    refused: tuple[str, ...], kind: str
) -> None:
    reply = refuses_formats(*refused, then=answers(GOOD))
    async with talking_to(reply) as (model, imitation, _):
        first = await model.enrich(ARTICLE, RULES)
        second = await model.enrich(
            article("Another title", *map(" ".join, ARTICLE.paragraphs)), RULES
        )
    assert (first.tier, second.tier) == (Tier.MODEL, Tier.MODEL)
    assert len(imitation.asked) == len(refused) + 2
    last = imitation.asked[-1]
    format_ = last.get("response_format", {"type": "none"})
    assert format_["type"] + ("+schema" if "schema" in format_ else "") == kind
    enforced = kind in {"json_schema", "json_object+schema"}
    assert ("输出格式示例" in last["messages"][1]["content"]) is not enforced


async def test_a_server_that_calls_its_refusal_a_fault_of_its_own_is_understood() -> None:
    refusal = fails(500, "1 validation error: 'response_format', 'type' Input should be 'text'")
    async with talking_to(refusal, answers(GOOD)) as (model, imitation, _):
        brief = await model.enrich(ARTICLE, RULES)
    assert (brief.tier, len(imitation.asked)) == (Tier.MODEL, 2)


async def test_reasoning_models_are_asked_in_their_own_terms() -> None:
    replies = (
        fails(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        fails(400, "Unsupported value: 'temperature' does not support 0.2"),
        answers(GOOD),
    )
    async with talking_to(*replies) as (model, imitation, _):
        brief = await model.enrich(ARTICLE, RULES)
    assert brief.tier is Tier.MODEL
    last = imitation.asked[-1]
    assert "max_completion_tokens" in last
    assert not {"max_tokens", "temperature"} & set(last)


async def test_a_request_that_is_refused_in_every_form_ends() -> None:
    async with talking_to(fails(400, "no")) as (model, imitation, _):
        assert await model.enrich(ARTICLE, RULES) is RULES
        assert model.outcomes == {"bad_request": 1}
        assert len(imitation.asked) == 4
