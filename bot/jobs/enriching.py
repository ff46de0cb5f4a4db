"""From the rules brief to the best that is configured: a model's, else a translated one.

Once before a signal is published, for a short while, so that what a reader sees first is the
better one if the engine is quick. A slow one is not waited for: the rules brief is published, and
what comes later takes its place. Whole articles, and what was missed, follow in the background.
Whatever goes wrong, the rules brief stands.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from bot.clock import Clock
from bot.jobs.ledger import noted_calls
from digest.errors import HexinError
from digest.model import Article, Brief, Lang, Placement, Signal, SignalDraft, Tier, Translation
from digest.modeltier.earlier import Earlier
from storage import Storage

if TYPE_CHECKING:
    from bot.model import Job
    from digest.modeltier.schema import FactsAnswer
    from digest.modeltier.week import WeekLine

log = logging.getLogger(__name__)

TARGET = "zh"
# How far back the background looks; older ones are for `hexin enrich`.
RECENT = timedelta(days=2)
RETRY_AFTER = timedelta(minutes=20)
ROUND = 24
# News that may wait for the model at once; further news is published without waiting.
FIRST_SIGHTS = 8
# The same for the translator. Together they leave places for reading on (Reader's `in_flight`).
FIRST_TRANSLATIONS = 16
# Sentences of one brief; and of a whole article, on a slow machine.
BRIEF_S = 30.0
ARTICLE_S = 300.0
_EARLIER_DAYS = timedelta(days=60)
_EARLIER_TOPICS, _EARLIER_POOL, _MOST_EARLIER = 3, 8, 4


class Enriching(Protocol):
    """The model tier (`bot.model.Model`)."""

    async def enrich(
        self, article: Article, brief: Brief, earlier: Sequence[Earlier] = ()
    ) -> Brief:
        """A checked brief of the model's, or `brief` itself on any trouble."""

    async def introduce(self, lines: "Sequence[WeekLine]", lang: Lang) -> "FactsAnswer":
        """Sentences that introduce a week, nothing of them checked. Raises ModelTrouble."""

    def enrich_many(self, jobs: "Iterable[Job]") -> "AsyncIterator[tuple[Job, Brief]]":
        """The same for many; ends early when the budget is used up or the model is down."""


class Rendering(Protocol):
    """The translator in use (`bot.translating.Translating`)."""

    def covers(self, source: str, target: str = TARGET) -> bool:
        """Whether it is worth asking for this pair of languages."""

    async def brief(self, brief: Brief, article: Article, target: str = TARGET) -> Brief:
        """The brief with what could be translated. Raises a HexinError when the engine is down."""

    async def article(self, article: Article, target: str = TARGET) -> Translation:
        """The article, sentence by sentence. Raises a HexinError when the engine is down."""


@dataclass(frozen=True, slots=True)
class Made:
    """A model's brief (or the rules' own, when nothing came of it) and the calls it took."""

    brief: Brief
    calls: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Enriched:
    """A draft with the best brief to be had soon, and the model calls that it took.

    `late` is the model still at work on a better one.
    """

    draft: SignalDraft
    calls: tuple[int, ...] = ()
    late: asyncio.Task[Made] | None = None

    def dismiss(self) -> None:
        """The draft became no signal: what the model still makes of it is not wanted."""
        if self.late is not None:
            self.late.cancel()


@dataclass(frozen=True, slots=True)
class Engines:
    """What is configured; None is not.

    In seconds: `model_s` bounds one article's brief by the model, `wait_s` how long news waits for
    it before the rules brief is published.
    """

    model: Enriching | None = None
    translating: Rendering | None = None
    min_score: int = 40
    model_s: float = 120.0
    wait_s: float = 45.0


class Enricher:
    """Makes briefs better and articles Chinese, before and after signals are published.

    Close it when done: a model may be at work on what was published.
    """

    def __init__(self, storage: Storage, engines: Engines, *, clock: Clock) -> None:
        self._storage = storage
        self._engines = engines
        self._clock = clock
        self._waiting = 0
        self._translated_now = 0
        self._late: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Give up what models are still at work on; it stays in the backlog."""
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    def wants(self, draft: SignalDraft, *, backlog: bool, translate: bool = True) -> bool:
        """Whether there is anything that `first_sight` might do for this draft."""
        if self._is_for_model(draft, backlog=backlog):
            return True
        return translate and self._is_to_translate(draft.article)

    def _is_for_model(self, draft: SignalDraft, *, backlog: bool) -> bool:
        strong = not backlog and draft.score.total >= self._engines.min_score
        return strong and self._engines.model is not None

    def _is_to_translate(self, article: Article) -> bool:
        translating = self._engines.translating
        if translating is None or article.lang in {TARGET, ""}:
            return False
        return translating.covers(article.lang)

    async def first_sight(
        self, draft: SignalDraft, *, backlog: bool, translate: bool = True
    ) -> Enriched:
        """The draft as readers should see it first; itself after any trouble.

        The model is asked only for news that is strong enough, and waited for only a while. What
        it does not make by then, and what is weaker or from before its source was added, is
        translated, unless its source does without (`translate`).
        """
        made, late = Made(draft.brief), None
        if self._is_for_model(draft, backlog=backlog) and self._waiting < FIRST_SIGHTS:
            work = asyncio.create_task(self._by_model(draft.article, draft.brief, draft.placement))
            late = None if await self._soon(work) else work
            made = made if late else work.result()
        brief = made.brief
        with noted_calls() as calls:
            if translate and brief.tier is Tier.RULES:
                brief = await self._translated(draft.article, brief)
        return Enriched(replace(draft, brief=brief), (*made.calls, *calls), late)

    async def _soon(self, work: asyncio.Task[Made]) -> bool:
        """Whether the model is done while news may wait for it."""
        self._waiting += 1
        try:
            done, _ = await asyncio.wait({work}, timeout=self._engines.wait_s)
        except asyncio.CancelledError:
            work.cancel()
            raise
        finally:
            self._waiting -= 1
        return bool(done)

    async def published(self, signal: Signal, better: Enriched) -> None:
        """Note for which signal the calls were made, and follow a model that is still at work."""
        if better.calls:
            await self._storage.spending.assign(better.calls, signal.id)
        if better.late is not None:
            task = asyncio.create_task(self._follow(signal, better.late))
            self._late.add(task)
            task.add_done_callback(self._late.discard)

    async def _follow(self, signal: Signal, late: asyncio.Task[Made]) -> None:
        """Put a model's brief in the place of the rules' when it comes."""
        try:
            if not await self._begin(signal, "model"):
                return  # the background was quicker
            made = await late
            await self._storage.spending.assign(made.calls, signal.id)
            if made.brief.tier is Tier.MODEL:
                await self._storage.signals.set_brief(signal.id, made.brief, self._clock())
        except Exception:  # the boundary: the rules brief is out, and stays
            log.exception("a late brief of signal %s", signal.id)
        finally:
            late.cancel()

    async def _by_model(self, article: Article, brief: Brief, placement: Placement) -> Made:
        model = self._engines.model
        if model is None:
            return Made(brief)
        with noted_calls() as calls:
            earlier = await self._earlier(placement.topics, brief.keywords)
            made = await _in_time(
                lambda: model.enrich(article, brief, earlier),
                brief,
                self._engines.model_s,
                article,
            )
        return Made(made, tuple(calls))

    async def _translated(self, article: Article, brief: Brief) -> Brief:
        translating = self._engines.translating
        if translating is None or not self._is_to_translate(article):
            return brief
        if self._translated_now >= FIRST_TRANSLATIONS:
            return brief  # its turn comes in the background
        self._translated_now += 1
        try:
            return await _in_time(
                lambda: translating.brief(brief, article), brief, BRIEF_S, article
            )
        finally:
            self._translated_now -= 1

    async def _earlier(
        self, topics: Sequence[str], keywords: Sequence[str], besides: int = 0
    ) -> tuple[Earlier, ...]:
        """What we published before on the same subject: shared words, not only a shared topic."""
        if self._engines.model is None:
            return ()
        since = self._clock() - _EARLIER_DAYS
        pool: dict[int, Signal] = {}
        for topic in topics[:_EARLIER_TOPICS]:
            latest = self._storage.signals.latest
            found = await latest(topic=topic, since=since, limit=_EARLIER_POOL)
            pool |= {signal.id: signal for signal in found if signal.id != besides}
        words = {word.casefold() for word in keywords}
        near = [
            signal
            for signal in pool.values()
            if words & {word.casefold() for word in signal.brief.keywords}
        ]
        near.sort(key=lambda signal: (signal.when, signal.id), reverse=True)
        return tuple(_as_earlier(signal) for signal in near[:_MOST_EARLIER])

    @property
    def model(self) -> Enriching | None:
        """The model that is configured, None without one."""
        return self._engines.model

    # --- on demand -----------------------------------------------------------------------

    @property
    def available(self) -> bool:
        """Whether a model is configured."""
        return self._engines.model is not None

    async def rewrite(self, signal_id: int) -> Brief | None:
        """A new brief by the model, whatever it answered before; None when none came of it."""
        from bot.model.asker import asking_anew  # noqa: PLC0415  heavy, and needed only here

        model = self._engines.model
        signal = await self._storage.signals.get(signal_id)
        article = await self._storage.signals.article(signal_id)
        if model is None or signal is None or article is None:
            return None
        known = await self._storage.editing.of(signal_id)
        brief = known.original.brief if known else signal.brief
        earlier = await self._earlier(signal.placement.topics, brief.keywords, besides=signal_id)
        with noted_calls() as calls, asking_anew():
            made = await _in_time(
                lambda: model.enrich(article, brief, earlier),
                brief,
                self._engines.model_s,
                article,
            )
        if calls:
            await self._storage.spending.assign(calls, signal_id)
        return made if made is not brief and made.tier is Tier.MODEL else None

    # --- afterwards ----------------------------------------------------------------------

    async def upgrade_due(self) -> Counter[str]:
        """One round of the model in the background: the newest signals of the last two days."""
        done: Counter[str] = Counter()
        await self._upgrade(self._clock() - RECENT, ROUND, lambda end: done.update([end]))
        return done

    async def translate_due(self) -> Counter[str]:
        """One round of the translator, apart from the model's: neither waits for the other."""
        done: Counter[str] = Counter()
        since = self._clock() - RECENT
        await self._translate_waiting(since, ROUND, lambda end: done.update([end]))
        return done

    async def catch_up(
        self,
        since: datetime,
        limit: int,
        *,
        told: Callable[[str], None] = lambda _outcome: None,
    ) -> Counter[str]:
        """Better the briefs and translate the articles of at most `limit` signals made since then.

        Returns, and tells one by one, how each ended: "model", "translated", "unchanged", or
        "postponed" when the budget was used up or the model did not answer.
        """
        done: Counter[str] = Counter()

        def tell(outcome: str) -> None:
            done[outcome] += 1
            told(outcome)

        await asyncio.gather(
            self._upgrade(since, limit, tell), self._translate_waiting(since, limit, tell)
        )
        return done

    def _retry_before(self) -> datetime:
        return self._clock() - RETRY_AFTER

    async def _upgrade(self, since: datetime, limit: int, tell: Callable[[str], None]) -> None:
        """Models' briefs in the place of rules briefs, as far as the budget goes."""
        model = self._engines.model
        if model is None:
            return
        waiting = await self._storage.signals.awaiting_model(
            self._engines.min_score, limit, since=since, retry_before=self._retry_before()
        )
        jobs = {signal_id: job for signal_id in waiting if (job := await self._job(signal_id))}
        left = set(jobs)
        try:
            async for job, brief in model.enrich_many(jobs.values()):
                left.discard(job.signal_id)
                if brief.tier is Tier.MODEL:
                    await self._storage.signals.set_brief(job.signal_id, brief, self._clock())
                tell("model" if brief.tier is Tier.MODEL else "unchanged")
        finally:
            for signal_id in left:
                await self._storage.signals.forgive(signal_id, "model")
                tell("postponed")

    async def _job(self, signal_id: int) -> "Job | None":
        from bot.model import Job  # noqa: PLC0415  heavy, and needed only with a model

        signal = await self._storage.signals.get(signal_id)
        article = await self._storage.signals.article(signal_id)
        if signal is None or article is None or not await self._begin(signal, "model"):
            return None
        earlier = await self._earlier(
            signal.placement.topics, signal.brief.keywords, besides=signal.id
        )
        return Job(signal_id, article, signal.brief, earlier)

    async def _translate_waiting(
        self, since: datetime, limit: int, tell: Callable[[str], None]
    ) -> None:
        """Work through foreign articles until the engine fails, or all are done."""
        translating = self._engines.translating
        if translating is None:
            return
        from bot.translating.port import (  # noqa: PLC0415  slow to import, and most do without
            TranslationUnavailable,
            Trouble,
        )

        langs = await self._storage.translations.languages(since)
        known = [lang for lang in langs if lang != TARGET and translating.covers(lang)]
        for signal_id in await self._storage.translations.waiting(
            since, limit, lang=TARGET, known=known, retry_before=self._retry_before()
        ):
            signal = await self._storage.signals.get(signal_id)
            article = await self._storage.signals.article(signal_id)
            if signal is None or article is None or not await self._begin(signal, TARGET):
                continue
            try:
                await self._translate(translating, signal, article)
                tell("translated")
            except TranslationUnavailable as error:
                tell("unchanged")
                if error.trouble is not Trouble.PAIR:
                    log.warning("translating stopped for now: %s", error)
                    await self._storage.signals.forgive(signal_id, TARGET)
                    return
            except Exception:  # the boundary: one article must not end the round
                log.exception("translating signal %s", signal_id)
                tell("unchanged")

    async def _translate(self, translating: Rendering, signal: Signal, article: Article) -> None:
        """The article in Chinese, and its brief where no model made it."""
        brief = signal.brief
        with noted_calls() as calls:
            try:
                async with asyncio.timeout(ARTICLE_S):
                    translation = await translating.article(article)
                    if brief.tier is Tier.RULES and not brief.maker:
                        brief = await translating.brief(brief, article)
            finally:
                if calls:
                    await self._storage.spending.assign(calls, signal.id)
        if brief != signal.brief:
            await self._storage.signals.set_brief(
                signal.id, brief, self._clock(), instead_of=signal.brief
            )
        await self._storage.translations.save(signal.id, translation, self._clock())

    async def _begin(self, signal: Signal, task: str) -> bool:
        return await self._storage.signals.begin(
            signal.id, task, self._clock(), retry_before=self._retry_before()
        )


async def _in_time(
    make: Callable[[], Awaitable[Brief]], brief: Brief, limit_s: float, article: Article
) -> Brief:
    """What `make` gives within `limit_s`, else `brief`: no engine may hold up a signal."""
    try:
        async with asyncio.timeout(limit_s):
            return await make()
    except TimeoutError:
        log.warning("no better brief within %g s: %s", limit_s, article.url)
    except HexinError as error:
        log.warning("no better brief: %s (%s)", error, article.url)
    except Exception:  # the boundary: a fault in an engine must not cost a signal
        log.exception("no better brief: %s", article.url)
    return brief


def _as_earlier(signal: Signal) -> Earlier:
    points = tuple(point.text for point in signal.brief.points[:2])
    return Earlier(signal.brief.headline or signal.title, signal.when.date(), points)
