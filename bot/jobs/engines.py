"""Which engines are configured, made from the settings; nothing heavy is loaded without one."""

from contextlib import AsyncExitStack

from bot.clock import Clock
from bot.config import Settings
from bot.jobs.enriching import Engines, Enricher
from bot.jobs.ledger import Ledger, Remembered
from storage import Storage

# Reading the article, a repair, and waiting for a place in the queue.
_REQUESTS_PER_BRIEF = 2
_LONGEST_MODEL_S = 300.0


def has_translator(settings: Settings) -> bool:
    """Whether a translator is named, or a local model is installed. Looks, loads nothing."""
    if settings.translator not in {"", "local"}:
        return True
    return any((settings.data_dir / "models").glob("*/manifest.json"))


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
    if has_translator(settings):
        from bot.translating import make_translator

        translating = make_translator(settings, cache=Remembered(storage, clock), model=model)
        if translating is not None:
            stack.push_async_callback(translating.close)
    if model is None and translating is None:
        return None
    engines = Engines(
        model=model,
        translating=translating,
        min_score=settings.model_min_score,
        model_s=min(_LONGEST_MODEL_S, _REQUESTS_PER_BRIEF * settings.model_timeout),
    )
    return Enricher(storage, engines, clock=clock)
