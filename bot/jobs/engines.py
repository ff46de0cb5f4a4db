"""Which engines are configured, made from the settings; nothing heavy is loaded without one."""
# ruff: noqa: PLC0415  imports inside functions: a bot without engines starts without them

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.config import Settings
from bot.jobs.enriching import TARGET, Engines, Enricher
from bot.jobs.installed import Installed, speaks
from bot.jobs.ledger import Ledger, Remembered
from bot.jobs.strain import StrainNote
from storage import Storage

if TYPE_CHECKING:
    from bot.model import Model
    from bot.translating import Translating

# Reading the article, a repair, and waiting for a place in the queue.
_REQUESTS_PER_BRIEF = 2
_LONGEST_MODEL_S = 300.0


def has_translator(settings: Settings) -> bool:
    """Whether foreign articles are put into Chinese now. Looks, loads nothing.

    A translator is named, or a model into Chinese is installed: that may change while we run.
    """
    if settings.translator not in {"", "local"}:
        return True
    return speaks(_models(settings), TARGET)


async def make_enricher(
    settings: Settings, storage: Storage, stack: AsyncExitStack, clock: Clock
) -> Enricher:
    """What betters briefs here; `stack` closes it and its engines.

    Without a model or a translator it does nothing, until a translation model is installed.
    """
    model = None
    if settings.model_base_url:
        from bot.model import make_model

        model = make_model(settings, Ledger(storage), clock)
        if model is not None:
            stack.push_async_callback(model.close)
    translating = _translating(
        settings, Remembered(storage, clock), StrainNote(storage, clock), model
    )
    if translating is not None:
        stack.push_async_callback(translating.close)
    engines = Engines(
        model=model,
        translating=translating,
        min_score=settings.model_min_score,
        model_s=min(_LONGEST_MODEL_S, _REQUESTS_PER_BRIEF * settings.model_timeout),
        wait_s=settings.model_wait,
    )
    enricher = Enricher(storage, engines, clock=clock)
    stack.push_async_callback(enricher.close)
    return enricher


def _translating(
    settings: Settings, cache: Remembered, noting: StrainNote, model: "Model | None"
) -> "Installed | Translating | None":
    def made() -> "Translating | None":
        from bot.translating import make_translator

        return make_translator(settings, cache=cache, noting=noting, model=model)

    if settings.translator in {"", "local"}:
        return Installed(_models(settings), made)
    return made()


def _models(settings: Settings) -> Path:
    return settings.data_dir.absolute() / "models"
