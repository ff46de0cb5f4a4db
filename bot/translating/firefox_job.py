"""The job of the local engine, in a worker process: models stay loaded there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.translating.shelf import InstalledModel, ModelError, sha256_of


@dataclass(frozen=True, slots=True)
class Weights:
    """One loaded step: its files with the checksums that they must have."""

    pair: str
    model: tuple[str, str]
    source: tuple[str, str]
    target: tuple[str, str]


@dataclass(frozen=True, slots=True)
class LocalJob:
    """Sentences and the models to send them through, one after the other."""

    route: tuple[Weights, ...]
    sentences: tuple[str, ...]


_loaded: dict[Weights, Any] = {}


def weights_of(model: InstalledModel) -> Weights:
    """What the job needs of an installed model. Raises ModelError when a file is not listed."""

    def place(*roles: str) -> tuple[str, str]:
        file = model.file(*roles)
        return str(model.folder / file.name), file.sha256

    return Weights(
        model.pair, place("model"), place("source", "vocabulary"), place("target", "vocabulary")
    )


def warm_up() -> None:
    """Load the library, so that no job's deadline pays for it."""
    import fxtranslate  # noqa: F401, PLC0415  only to load it, and only in the worker


def translate_job(job: LocalJob) -> list[str]:
    """The sentences translated. Raises ModelError when a model's files are not what they were."""
    texts = list(job.sentences)
    for weights in job.route:
        translator = _translator(weights)
        texts = [translator.translate(text) if text else "" for text in texts]
    return texts


def _translator(weights: Weights) -> Any:
    found = _loaded.get(weights)
    if found is None:
        from fxtranslate import Translator  # noqa: PLC0415  lives in the worker only

        model, source, target = (
            _content(*place) for place in (weights.model, weights.source, weights.target)
        )
        try:
            found = Translator(model=model, src_vocab=source, trg_vocab=target)
        except ValueError as error:
            raise ModelError(f"{weights.pair} 的模型文件无法读取：{error}") from error
        _loaded[weights] = found
    return found


def _content(path: str, sha256: str) -> bytes:
    try:
        content = Path(path).read_bytes()
        actual = sha256_of(Path(path))
    except OSError as error:
        raise ModelError(f"读不到模型文件 {path}：{error.strerror}") from error
    if actual != sha256:
        raise ModelError(
            f"模型文件 {Path(path).name} 已损坏（校验和不符），请重新 hexin models add"
        )
    return content
