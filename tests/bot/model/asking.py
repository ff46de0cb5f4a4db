"""The model tier asked about the article, beside a server that answers as it is told."""

from typing import Any

from tests.bot.model.briefs import ARTICLE, RULES
from tests.bot.model.imitation import (
    Reply,
    answers,
    talking_to,
)

NO_REPAIR = answers({"statements": []})


async def made_of(*replies: Reply, **settings: Any) -> Any:
    async with talking_to(*replies, **settings) as (model, _, store):
        brief = await model.enrich(ARTICLE, RULES)
        return brief, [call.outcome for call in store.calls], model.outcomes
