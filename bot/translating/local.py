"""The local engine: Firefox's translation models in a killable worker process."""

from collections.abc import Sequence

from bot.engine.workers import WorkerCrashed, WorkerFailed, WorkerPool, WorkerTimeout
from bot.translating.firefox_job import LocalJob, Weights, translate_job, weights_of
from bot.translating.port import TranslationUnavailable, Trouble
from bot.translating.shelf import InstalledModel, ModelError
from digest.translation import batches, pieces, rejoined, shield, unshield

_PIVOT = "en"
_BATCH = 16  # pieces: a second or two of work, so that little is lost when one is killed
_BATCH_BYTES = 6_000
# Far slower than any machine we measured; also what loading a model may take.
_LOAD_S = 20.0
_CHARACTERS_PER_S = 40


class FirefoxTranslator:
    """Translates on this machine; nothing leaves it. A pair without a model goes by English.

    `pool` is its own (a pool's process keeps its models loaded) and is closed with it.
    """

    def __init__(self, models: Sequence[InstalledModel], pool: WorkerPool) -> None:
        self._models = {model.pair: model for model in models}
        self._pool = pool

    @property
    def name(self) -> str:
        """All models, as pages name them."""
        return "、".join(model.title for model in self._models.values()) or "firefox"

    def covers(self, source: str, target: str) -> bool:
        """Whether the models for this pair (or for both halves of the way) are there."""
        return bool(self._route(source, target))

    def label(self, source: str, target: str) -> str:
        """The models that this pair uses, with the version that the cache must tell apart."""
        return " → ".join(model.title for model in self._route(source, target))

    def edition(self, source: str, target: str) -> str:
        """Changes when the files change, so that old translations are not reused."""
        route = self._route(source, target)
        return "+".join(file.sha256[:12] for model in route for file in model.files)

    async def translate(self, sentences: Sequence[str], *, source: str, target: str) -> list[str]:
        """See the port. A sentence that kills its process comes back as ""."""
        try:
            route = tuple(weights_of(model) for model in self._route(source, target))
        except ModelError as error:
            raise TranslationUnavailable(Trouble.BROKEN, str(error)) from error
        if not route:
            raise TranslationUnavailable(Trouble.PAIR, f"{source}-{target}")
        shielded = [shield(sentence) for sentence in sentences]
        cut = [pieces(text) for text, _ in shielded]
        flat = [piece for parts in cut for piece in parts]
        told: list[str] = []
        for batch in batches(flat, most=_BATCH, size=_BATCH_BYTES):
            answer = await self._batch(route, [flat[place] for place in batch])
            if len(batch) > 1 and not any(answer):
                raise TranslationUnavailable(Trouble.BROKEN, "the worker ends on every sentence")
            told += answer
        whole = iter(told)
        joined = [rejoined([next(whole) for _ in parts], target) for parts in cut]
        return [unshield(text, parts) for text, (_, parts) in zip(joined, shielded, strict=True)]

    async def close(self) -> None:
        """End the worker."""
        await self._pool.close()

    async def _batch(self, route: tuple[Weights, ...], texts: list[str]) -> list[str]:
        """One job; when it fails, each half on its own, so that one sentence costs only itself."""
        deadline_s = _LOAD_S + len(route) * sum(map(len, texts)) / _CHARACTERS_PER_S
        try:
            return await self._pool.run(
                translate_job, LocalJob(route, tuple(texts)), deadline_s=deadline_s
            )
        except (WorkerTimeout, WorkerCrashed):
            if len(texts) == 1:
                return [""]
            middle = len(texts) // 2
            first = await self._batch(route, texts[:middle])
            return first + await self._batch(route, texts[middle:])
        except ImportError as error:
            raise TranslationUnavailable(Trouble.BROKEN, f"fxtranslate: {error}") from error
        except (ModelError, WorkerFailed, RuntimeError, MemoryError, SystemError) as error:
            # The last two are of a worker without memory: the interpreter fails in its midst.
            raise TranslationUnavailable(Trouble.BROKEN, str(error)) from error

    def _route(self, source: str, target: str) -> tuple[InstalledModel, ...]:
        direct = self._models.get(f"{source}-{target}")
        if direct is not None:
            return (direct,)
        halves = (self._models.get(f"{source}-{_PIVOT}"), self._models.get(f"{_PIVOT}-{target}"))
        first, second = halves
        return (first, second) if first is not None and second is not None else ()
