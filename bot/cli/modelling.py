"""`hexin lab condense --tier model`: texts by the model that the settings name, one by one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from time import monotonic

from bot.cli.shared import USAGE_ERROR, fail, settings_or_exit
from bot.cli.stages import add_places, article_of
from bot.cli.stream import Record, Stage
from bot.clock import utc_now
from bot.model import MemoryCalls, Model, make_model
from digest.condense import condense
from digest.model import Tier


@contextmanager
def model_stage() -> Iterator[Stage]:
    """The stage, its model open; ends with a clear word when the settings name no model."""
    calls = MemoryCalls()
    model = make_model(settings_or_exit(log_level="ERROR"), calls, utc_now)
    if model is None:
        fail(
            "没有设置模型：请填 MODEL_BASE_URL 和 MODEL_NAME（见 docs/model-tier.md）。",
            USAGE_ERROR,
        )
    with asyncio.Runner() as runner:
        try:
            yield lambda record: runner.run(_condensed(record, model, calls))
        finally:
            runner.run(model.close())


async def _condensed(record: Record, model: Model, calls: MemoryCalls) -> Record:
    """The brief of a text, what was dropped of it, and what it cost."""
    article = article_of(record)
    rules = condense(article)
    before = len(calls.calls)
    started = monotonic()
    tried = await model.attempt(article, rules)
    brief = tried.brief
    answer = asdict(brief)
    points = [*answer["points"], *([answer["why"]] if answer["why"] else []), *answer["gaps"]]
    add_places(str(record["text"]), article, points)
    made = calls.calls[before:]
    return {
        **answer,
        "lang": article.lang,
        "checked": asdict(tried.checked) if tried.checked else None,
        "outcome": tried.outcome,
        "fell_back": brief.tier is not Tier.MODEL,
        "calls": [asdict(call) for call in made],
        "tokens_in": sum(call.tokens_in for call in made),
        "tokens_out": sum(call.tokens_out for call in made),
        "cost": sum(call.cost for call in made),
        "seconds": round(monotonic() - started, 1),
    }
