"""What the model tier spends, when it leaves a model alone, how it works off a backlog."""

import asyncio
from typing import Any

import pytest

from bot.model import Job
from digest.model import Tier
from tests.bot.model.briefs import ARTICLE, GOOD, RULES
from tests.bot.model.clock import MovedClock
from tests.bot.model.imitation import (
    answers,
    fails,
    late,
    talking_to,
)
from tests.digest.articles import article

# --- budget, breaker, cache, queue --------------------------------------------------------


async def test_the_same_article_costs_nothing_the_second_time() -> None:
    async with talking_to(answers(GOOD)) as (model, imitation, store):
        first = await model.enrich(ARTICLE, RULES)
        second = await model.enrich(ARTICLE, RULES)
    assert first == second
    assert (len(imitation.asked), len(store.calls)) == (1, 1)


async def test_the_days_tokens_are_not_exceeded_and_come_back_at_midnight() -> None:
    clock = MovedClock()
    other = article("Another", *map(" ".join, ARTICLE.paragraphs))
    async with talking_to(answers(GOOD), clock=clock, model_daily_tokens=4_800) as talk:
        model, imitation, _ = talk
        assert (await model.enrich(ARTICLE, RULES)).tier is Tier.MODEL
        assert await model.enrich(other, RULES) is RULES
        assert (model.outcomes["budget"], len(imitation.asked)) == (1, 1)
        clock.move(hours=16)
        assert (await model.enrich(other, RULES)).tier is Tier.MODEL


async def test_the_days_money_is_not_exceeded_and_every_call_has_its_price() -> None:
    prices = {"model_price_in": 2.0, "model_price_out": 10.0, "model_daily_cost": 0.04}
    others = [article(f"Story {n}", *map(" ".join, ARTICLE.paragraphs)) for n in range(5)]
    async with talking_to(answers(GOOD), **prices) as (model, _, store):
        await model.enrich(ARTICLE, RULES)
        assert store.calls[0].cost == pytest.approx(900 * 2e-6 + 300 * 10e-6)
        await asyncio.gather(*(model.enrich(other, RULES) for other in others))
        assert model.outcomes["budget"] >= 4
        assert sum(call.cost for call in store.calls) <= 0.04


async def test_a_dead_model_is_left_alone_then_probed_once() -> None:
    clock = MovedClock()
    stories = [article(f"Story {n}", *map(" ".join, ARTICLE.paragraphs)) for n in range(12)]
    async with talking_to(fails(500), clock=clock) as (model, imitation, _):
        for told in stories[:8]:
            assert await model.enrich(told, RULES) is RULES
        assert model.outcomes == {"server": 5, "paused": 3}
        assert model.paused == "server"
        asked = len(imitation.asked)
        clock.move(minutes=2)
        await asyncio.gather(*(model.enrich(told, RULES) for told in stories[8:]))
        assert len(imitation.asked) == asked + 3  # one probe with its tries
        clock.move(minutes=5)
        imitation.replies = [answers(GOOD)]
        assert (await model.enrich(stories[8], RULES)).tier is Tier.MODEL
        assert model.paused == ""


async def test_a_wrong_key_is_not_tried_again_and_again() -> None:
    async with talking_to(fails(401)) as (model, imitation, _):
        await model.enrich(ARTICLE, RULES)
        await model.enrich(ARTICLE, RULES)
        assert model.outcomes == {"auth": 1, "paused": 1}
        assert len(imitation.asked) == 1


async def test_a_backlog_is_worked_off_with_no_more_at_once_than_set() -> None:
    async def slow(request: Any, asked: Any) -> Any:
        await asyncio.sleep(0.05)
        return await answers(GOOD)(request, asked)

    jobs = [
        Job(n, article(f"Story {n}", *map(" ".join, ARTICLE.paragraphs)), RULES) for n in range(9)
    ]
    async with talking_to(slow, model_concurrency=3) as (model, imitation, store):
        done = [(job.signal_id, brief.tier) async for job, brief in model.enrich_many(jobs)]
    assert sorted(done) == [(n, Tier.MODEL) for n in range(9)]
    assert imitation.most_at_once == 3
    assert sorted(call.signal_id for call in store.calls) == list(range(9))


async def test_a_backlog_stops_where_the_budget_ends() -> None:
    jobs = [
        Job(n, article(f"Story {n}", *map(" ".join, ARTICLE.paragraphs)), RULES) for n in range(9)
    ]
    async with talking_to(answers(GOOD), model_daily_tokens=8_000, model_concurrency=1) as talk:
        model, imitation, _ = talk
        done = [job.signal_id async for job, _ in model.enrich_many(jobs)]
    assert done == list(range(len(imitation.asked)))
    assert 1 <= len(done) < 9


async def test_a_cancelled_request_gives_its_tokens_back() -> None:
    """What the endpoint has read by then stays counted."""
    replies = late(4), answers(GOOD)
    async with talking_to(*replies, model_daily_tokens=6_000) as (model, imitation, store):
        task = asyncio.create_task(model.enrich(ARTICLE, RULES))
        while not imitation.asked:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        (call,) = store.calls
        assert (call.outcome, call.tokens_out) == ("cancelled", 0)
        assert 500 < call.tokens_in < 1_500
        assert (await model.enrich(ARTICLE, RULES)).tier is Tier.MODEL
