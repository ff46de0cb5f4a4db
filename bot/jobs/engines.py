"""Which engines are configured, made from the settings; nothing heavy is loaded without one."""

from contextlib import AsyncExitStack

from bot.clock import Clock
from bot.config import Settings
from bot.jobs.enriching import Engines, Enricher
from bot.jobs.ledger import Ledger
from storage import Storage

# Reading the article, a repair, and waiting for a place in the queue.
_REQUESTS_PER_BRIEF = 2
_LONGEST_MODEL_S = 300.0


async def make_enricher(
    settings: Settings, storage: Storage, stack: AsyncExitStack, clock: Clock
) -> Enricher | None:
    """What betters briefs here, None when nothing is configured. `stack` closes the engines."""
    # ruff: noqa: PLC0415  imported here: a bot without engines starts without them
    model = translating = None
    if settings.model_base_url:
        from bot.model import make_model

        model = make_model(settings, Ledger(storage), clock)
        if model is not None:
            stack.push_async_callback(model.close)
    if model is None and translating is None:
        return None
    engines = Engines(
        model=model,
        translating=translating,
        min_score=settings.model_min_score,
        model_s=min(_LONGEST_MODEL_S, _REQUESTS_PER_BRIEF * settings.model_timeout),
    )
    return Enricher(storage, engines, clock=clock)
