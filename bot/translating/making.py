"""The engine that the settings name."""

import logging

from bot.config import Settings
from bot.engine.workers import WorkerPool
from bot.translating.deepl import DeepL, deepl_url
from bot.translating.libretranslate import LibreTranslate
from bot.translating.local import FirefoxTranslator
from bot.translating.model_engine import ModelTranslator, TranslatingModel
from bot.translating.port import Noting, SentenceCache, Translator
from bot.translating.service import Translating
from bot.translating.shelf import Shelf
from bot.translating.wire import Wire
from digest.translation import load_glossary
from digest.verify.meaning import installed_encoder

log = logging.getLogger(__name__)

# A loaded model takes 70 to 250 MB; address space is counted more generously.
_WORKER_BYTES = 2_000_000_000


def make_translator(
    settings: Settings,
    *,
    cache: SentenceCache | None = None,
    noting: Noting | None = None,
    model: TranslatingModel | None = None,
) -> Translating | None:
    """The translation service, None when nothing is configured and no model is installed.

    Where the extra `semantic` is installed, its encoder takes part in the checks.

    `model` is the model tier (`make_model`), needed for TRANSLATOR=model only. Opens nothing yet.
    """
    engine = _engine(settings, model)
    if engine is None:
        return None
    concurrency = settings.model_concurrency if settings.translator == "model" else 2
    return Translating(
        engine, cache=cache, noting=noting, encoder=installed_encoder(), concurrency=concurrency
    )


def _engine(settings: Settings, model: TranslatingModel | None) -> Translator | None:
    key = settings.translator_key.get_secret_value()
    if settings.translator == "libretranslate":
        return LibreTranslate(Wire(settings.translator_url), key)
    if settings.translator == "deepl":
        headers = {"Authorization": f"DeepL-Auth-Key {key}", "User-Agent": settings.user_agent}
        wire = Wire(settings.translator_url or deepl_url(key), headers=headers)
        return DeepL(wire, load_glossary())
    if settings.translator == "model":
        return ModelTranslator(model, load_glossary()) if model is not None else None
    return _local(settings)


def _local(settings: Settings) -> Translator | None:
    """The installed models. That there are none is worth a word only where they are asked for."""
    models = Shelf(settings.data_dir).all()
    if not models:
        if settings.translator == "local":
            log.warning("TRANSLATOR=local，但还没有模型：请先运行 hexin models add en-zh")
        return None
    return FirefoxTranslator(models, WorkerPool(1, memory_bytes=_WORKER_BYTES))
