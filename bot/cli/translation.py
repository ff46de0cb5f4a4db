"""`hexin lab translate`: sentences through an engine, with what the check says of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.cli.stream import BadLine, Record, text_field
from digest.text.language import detect_language
from digest.text.lines import paragraphs_of
from digest.text.sentences import split_sentences

if TYPE_CHECKING:
    import asyncio

    from bot.config import Settings
    from bot.translating import Examined, Translating

_ENGINES = ("local", "libretranslate", "deepl", "model")
_MOST_SENTENCES = 5_000


class TranslateStage:
    """One record after the other; engines open when first named and close at the end."""

    def __init__(self, settings: "Settings", runner: "asyncio.Runner") -> None:
        self._settings = settings
        self._runner = runner
        self._open: dict[str, Translating] = {}

    def __call__(self, record: Record) -> Record:
        """{"text" or "sentences", "source"?, "target"?, "engine"?} → sentences with states."""
        from bot.translating import TranslationUnavailable

        target = text_field(record, "target", required=False) or "zh"
        texts = _texts(record)
        source = text_field(record, "source", required=False) or detect_language(" ".join(texts))
        engine = self._engine(text_field(record, "engine", required=False))
        try:
            told = self._runner.run(engine.examine(texts, source, target))
        except TranslationUnavailable as error:
            raise BadLine(f"no translation: {error}") from error
        return {
            "engine": engine.name,
            "source": source,
            "target": target,
            "sentences": [
                _shown(original, one) for original, one in zip(texts, told, strict=True)
            ],
        }

    def close(self) -> None:
        """Let go of what was opened."""
        for engine in self._open.values():
            self._runner.run(engine.close())

    def _engine(self, name: str) -> "Translating":
        if name and name not in _ENGINES:
            raise BadLine(f"unknown engine {name[:40]!r}; one of {', '.join(_ENGINES)}")
        if name not in self._open:
            self._open[name] = self._made(name)
        return self._open[name]

    def _made(self, name: str) -> "Translating":
        from bot.translating import make_translator

        wanted = name or self._settings.translator
        settings = self._settings.model_copy(update={"translator": wanted})
        made = make_translator(settings, model=self._model() if wanted == "model" else None)
        if made is None:
            raise BadLine("no translator: set TRANSLATOR, or run hexin models add en-zh")
        return made

    def _model(self) -> Any:
        from bot.clock import utc_now
        from bot.model import MemoryCalls, make_model

        return make_model(self._settings, MemoryCalls(), utc_now)


@contextmanager
def translate_stage(settings: "Settings") -> Iterator[TranslateStage]:
    """The stage with a loop of its own."""
    import asyncio

    with asyncio.Runner() as runner:
        stage = TranslateStage(settings, runner)
        try:
            yield stage
        finally:
            stage.close()


def _texts(record: Record) -> list[str]:
    given = record.get("sentences")
    if given is None:
        text = text_field(record, "text")
        lang = text_field(record, "source", required=False) or detect_language(text)
        given = [one for line in paragraphs_of(text) for one in split_sentences(line, lang)]
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise BadLine("'sentences' must be a list of texts")
    if len(given) > _MOST_SENTENCES:
        raise BadLine(f"over {_MOST_SENTENCES:,} sentences")
    return given


def _shown(original: str, one: "Examined") -> Record:
    judgement = one.judgement
    return {
        "original": original,
        "text": one.text,
        "state": one.rendered,
        "proposed": one.proposed,
        "reason": judgement.reason if judgement else "",
        "findings": [asdict(finding) for finding in judgement.findings] if judgement else [],
    }
