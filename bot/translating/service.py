"""Translating sentences, articles and briefs: cached, checked, and never in the way of reading.

What one sentence suffers (no answer, a failed check) is its own: it stays in the original, marked
as failed. Only when the engine as a whole brings nothing is `TranslationUnavailable` raised; what
was translated until then is in the cache, so a later try goes on from there.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bot import meters
from bot.translating.breaker import Breaker
from bot.translating.briefs import brief_texts, translated_brief
from bot.translating.port import (
    Noting,
    SentenceCache,
    TranslationUnavailable,
    Translator,
    Trouble,
)
from digest.model import Article, Brief, Rendered, TranslatedSentence, Translation
from digest.modeltier.wording import visible
from digest.text.language import detect_language
from digest.translation import (
    Glossary,
    Judgement,
    batches,
    judge,
    load_glossary,
    malformed,
    needs_translation,
    simplified,
    simplified_article,
)
from digest.verify.meaning import Encoder

_BATCH = 24
_BATCH_BYTES = 16 * 1024
_DEADLINE_S = 600.0
# Longer than any sentence a person wrote; such "sentences" are data or a page without full stops.
LONGEST_SENTENCE = 4_000


@dataclass(frozen=True, slots=True)
class Examined:
    """One sentence with what is shown of it and, where it was translated, what the check said.

    `proposed` is the engine's text also where it was refused.
    """

    text: str
    rendered: Rendered
    proposed: str = ""
    judgement: Judgement | None = None


class NoCache:
    """A SentenceCache that remembers nothing."""

    async def get(self, keys: Sequence[str]) -> dict[str, str]:  # noqa: ARG002  the port's signature
        """Nothing."""
        return {}

    async def put(self, entries: Mapping[str, str], engine: str) -> None:
        """Nothing."""


class Translating:
    """One engine with cache, glossary, checks and breaker. Close it when done.

    `deadline_s` bounds one call, waiting for a turn included; at most `concurrency` batches are
    with the engine at once. `encoder` takes part in the checks. `clock` gives seconds that only
    grow.
    """

    def __init__(  # noqa: PLR0913 - what it is made of, each with its usual value
        self,
        engine: Translator,
        *,
        cache: SentenceCache | None = None,
        noting: Noting | None = None,
        glossary: Glossary | None = None,
        encoder: Encoder | None = None,
        deadline_s: float = _DEADLINE_S,
        concurrency: int = 2,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._cache: SentenceCache = cache or NoCache()
        self._glossary = glossary or load_glossary()
        self._encoder = encoder
        self._deadline_s = deadline_s
        self._turns = asyncio.Semaphore(concurrency)
        self._breaker = Breaker(clock)
        self._noting = noting

    @property
    def name(self) -> str:
        """The engine, as pages name it."""
        return self._engine.name

    def covers(self, source: str, target: str = "zh") -> bool:
        """Whether it is worth asking for this pair."""
        return source == target or self._engine.covers(source, target)

    async def close(self) -> None:
        """Let go of the engine's processes and connections."""
        await self._engine.close()

    # --- what callers want ---------------------------------------------------------------

    async def sentences(
        self, texts: Sequence[str], source: str, target: str = "zh"
    ) -> list[TranslatedSentence]:
        """Each text in `target`, in order, as many; `source` "" is told from the texts.

        Raises `TranslationUnavailable` when the engine brings nothing.
        """
        examined = await self.examine(texts, source, target)
        return [
            TranslatedSentence(index, one.text, one.rendered) for index, one in enumerate(examined)
        ]

    async def article(self, article: Article, target: str = "zh") -> Translation:
        """All sentences of an article; a traditional Chinese one is simplified without an engine.

        Raises `TranslationUnavailable`.
        """
        easy = simplified_article(article) if target == "zh" else None
        if easy is not None:
            return easy
        texts = [sentence.text for sentence in article.sentences]
        with _counted():
            told = await self.sentences(texts, article.lang, target)
        return Translation(target, self._engine.label(article.lang, target), tuple(told))

    async def brief(self, brief: Brief, article: Article, target: str = "zh") -> Brief:
        """The brief with headline, points, why, gaps and insight translated where accepted.

        The given brief itself when nothing in it needed translating or the engine does not know
        the pair. What failed its check keeps the original and is counted in `checked.dropped`.
        Raises `TranslationUnavailable`.
        """
        texts = brief_texts(brief, article, target)
        if not texts or not self._engine.covers(article.lang or "en", target):
            return brief
        with _counted():
            examined = await self.examine(texts, article.lang, target)
        outcome = dict(zip(texts, examined, strict=True))
        maker = self._engine.label(article.lang, target)
        return translated_brief(brief, outcome, target=target, maker=maker)

    async def examine(
        self, texts: Sequence[str], source: str, target: str = "zh"
    ) -> list[Examined]:
        """As `sentences`, with the findings of the check."""
        source = source or detect_language(" ".join(texts)[:4000])
        wanted = [text for text in dict.fromkeys(texts) if _wanted(text, source, target)]
        told = await self._told(wanted, source, target) if wanted else {}
        # In a thread: checks take CPU, up to a second for a text made to hurt.
        examined = await asyncio.to_thread(
            lambda: {
                text: _examined(text, told, source, target, self._encoder)
                for text in dict.fromkeys(texts)
            }
        )
        return [examined[text] for text in texts]

    # --- the way to the engine -----------------------------------------------------------

    async def _told(self, texts: Sequence[str], source: str, target: str) -> dict[str, str]:
        """Original → translation, "" where the engine had none."""
        keys = {self._key(text, source, target): text for text in texts}
        known = await self._cache.get(list(keys))
        told = {keys[key]: text for key, text in known.items() if key in keys}
        missing = [text for text in texts if text not in told]
        if missing:
            self._breaker.check()
            try:
                async with asyncio.timeout(self._deadline_s):
                    for places in batches(missing, most=_BATCH, size=_BATCH_BYTES):
                        batch = [missing[place] for place in places]
                        told |= await self._batch(batch, source, target)
            except TimeoutError as error:
                trouble = TranslationUnavailable(Trouble.TIMEOUT, f"{self._deadline_s:g} s in all")
                await self._failed(trouble)
                raise trouble from error
        return told

    async def _batch(self, texts: Sequence[str], source: str, target: str) -> dict[str, str]:
        async with self._turns:
            answers = await self._asked(texts, source, target)
        told = {
            text: self._finished(text, answer, source, target)
            for text, answer in zip(texts, answers, strict=True)
        }
        # An engine out of order may echo its input for an hour: that is not remembered for months.
        fresh = {
            self._key(text, source, target): one
            for text, one in told.items()
            if not malformed(text, one, target)
        }
        if fresh:
            await self._cache.put(fresh, self._engine.label(source, target))
        return told

    async def _asked(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """As many answers as texts. A batch that came back with another number is asked singly."""
        self._breaker.check()
        try:
            answers = await self._engine.translate(texts, source=source, target=target)
            _refuse_miscounted(answers, texts)
        except TranslationUnavailable as error:
            await self._failed(error)
            if error.trouble is not Trouble.ANSWER or len(texts) == 1:
                raise
            return [await self._alone(text, source, target) for text in texts]
        self._breaker.worked()
        if self._noting is not None:
            await self._noting.worked()
        return answers

    async def _failed(self, error: TranslationUnavailable) -> None:
        self._breaker.failed(error)
        if self._noting is not None and error.trouble not in {Trouble.PAIR, Trouble.RESTING}:
            await self._noting.failed(lasting=error.lasting)

    async def _alone(self, text: str, source: str, target: str) -> str:
        """One text's answer, "" when the engine talks nonsense about this one only."""
        try:
            (answer,) = await self._asked([text], source, target)
        except TranslationUnavailable as error:
            if error.trouble is not Trouble.ANSWER:
                raise
            return ""
        return answer

    def _finished(self, original: str, answer: str, source: str, target: str) -> str:
        """The engine's text in one line without unseen letters, simplified, with our terms."""
        text = visible(answer[: 8 * LONGEST_SENTENCE])
        if target == "zh":
            text = simplified(text)
        return self._glossary.even(original, text, source=source, target=target)

    def _key(self, text: str, source: str, target: str) -> str:
        edition = self._engine.edition(source, target)
        parts = (source, target, self._engine.label(source, target), edition)
        return hashlib.sha256(
            "\x1f".join((*parts, self._glossary.version, text)).encode()
        ).hexdigest()


@contextmanager
def _counted() -> Iterator[None]:
    """Count a text given to translate, by what came of it, and the time it took."""
    outcome = "failed"
    try:
        with meters.timed(meters.TRANSLATION_TIME):
            yield
        outcome = "ok"
    except TranslationUnavailable as error:
        outcome = str(error.trouble)
        raise
    finally:
        meters.TRANSLATIONS.labels(outcome).inc()


def _refuse_miscounted(answers: Sequence[str], texts: Sequence[str]) -> None:
    if len(answers) != len(texts):
        detail = f"{len(answers)} answers to {len(texts)} sentences"
        raise TranslationUnavailable(Trouble.ANSWER, detail)


def _wanted(text: str, source: str, target: str) -> bool:
    return len(text) <= LONGEST_SENTENCE and needs_translation(text, source, target)


def _examined(
    text: str, told: Mapping[str, str], source: str, target: str, encoder: Encoder | None
) -> Examined:
    if len(text) > LONGEST_SENTENCE and needs_translation(text, source, target):
        return Examined(text, Rendered.FAILED, judgement=Judgement("long"))
    if text not in told:
        return Examined(text, Rendered.KEPT)
    proposed = told[text]
    judgement = judge(text, proposed, source=source, target=target, encoder=encoder)
    if not judgement.accepted:
        return Examined(text, Rendered.FAILED, proposed, judgement)
    return Examined(proposed, Rendered.TRANSLATED, proposed, judgement)
