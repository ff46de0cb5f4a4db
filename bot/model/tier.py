"""模型增强版: a brief by a model where it stands up to its article, else the rules' own.

Whatever happens, `Model.enrich` gives back a brief: trouble is logged and counted, never raised.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.config import Settings
from bot.model.asker import Asker, Patience
from bot.model.port import CallStore
from bot.model.trouble import ModelTrouble
from digest.model import Article, Brief, Checked, Lang
from digest.modeltier.asking import (
    ask_brief,
    ask_facts,
    ask_rewrite,
    ask_translation,
)
from digest.modeltier.assemble import assemble, checked_of
from digest.modeltier.checking import (
    Reviewed,
    complaints,
    evidence_for,
    is_foreign,
    mended,
    review,
    to_mend,
)
from digest.modeltier.earlier import Earlier
from digest.modeltier.fencing import is_instruction, new_fence
from digest.modeltier.grounds import Grounds
from digest.modeltier.plan import (
    Material,
    Plan,
    Room,
    estimate_tokens,
    from_facts,
    make_plan,
)
from digest.modeltier.schema import (
    BriefAnswer,
    FactsAnswer,
    RepairAnswer,
    Rewritten,
    TranslationAnswer,
)
from digest.modeltier.statements import Slot, Statement, statements_of, written
from digest.modeltier.week import WeekLine, ask_week
from digest.modeltier.wording import visible
from digest.verify.meaning import Encoder, installed_encoder

log = logging.getLogger(__name__)

_STOPPED = frozenset({"budget", "paused"})
_LARGEST_BATCH = 40  # lines


@dataclass(frozen=True, slots=True)
class Job:
    """One article of a backlog."""

    signal_id: int
    article: Article
    brief: Brief
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one article. `brief` is the rules' own unless `outcome` is "ok".

    `outcome`: "ok", "unsupported" (too little of it holds), "error", or the reason of a
    ModelTrouble. `checked` tells what was compared and dropped, None when nothing was.
    """

    brief: Brief
    outcome: str
    checked: Checked | None = None


class Model:
    """One model behind an OpenAI-compatible endpoint. Close it when the bot stops."""

    def __init__(self, asker: Asker, room: Room, encoder: Encoder | None = None) -> None:
        """`encoder` helps to find what a point about a foreign article is told from."""
        self._asker = asker
        self._room = room
        self._encoder = encoder
        self.outcomes: Counter[str] = Counter()

    @property
    def name(self) -> str:
        """The model's name, as briefs carry it."""
        return self._asker.endpoint.model

    @property
    def paused(self) -> str:
        """Why the model is left alone at the moment, "" when it is not."""
        return self._asker.breaker.reason if self._asker.breaker.is_open else ""

    async def close(self) -> None:
        """Close the connections."""
        await self._asker.close()

    # --- briefs ---------------------------------------------------------------------------

    async def enrich(
        self,
        article: Article,
        brief: Brief,
        earlier: Sequence[Earlier] = (),
        *,
        signal_id: int | None = None,
    ) -> Brief:
        """A brief by the model, checked against the article, or `brief` itself on any trouble."""
        return (await self.attempt(article, brief, earlier, signal_id=signal_id)).brief

    async def attempt(
        self,
        article: Article,
        brief: Brief,
        earlier: Sequence[Earlier] = (),
        *,
        signal_id: int | None = None,
    ) -> Attempt:
        """As `enrich`, with how it ended."""
        tried = await self._tried(article, brief, earlier, signal_id)
        self.outcomes[tried.outcome] += 1
        return tried

    async def enrich_many(self, jobs: Iterable[Job]) -> AsyncIterator[tuple[Job, Brief]]:
        """Work off a backlog, as many at once as may be; each pair as soon as it is done.

        Ends early, without the rest, when the budget is used up or the model is left alone:
        those jobs stay in the backlog.
        """
        waiting = iter(jobs)
        running: set[asyncio.Task[tuple[Job, Attempt]]] = set()
        try:
            while True:
                while len(running) < self._asker.at_once and (job := next(waiting, None)):
                    running.add(asyncio.create_task(self._job(job)))
                if not running:
                    return
                done, running = await asyncio.wait(running, return_when="FIRST_COMPLETED")
                for task in done:
                    job, tried = task.result()
                    if tried.outcome in _STOPPED:
                        waiting = iter(())
                    else:
                        yield job, tried.brief
        finally:
            for task in running:
                task.cancel()

    async def _job(self, job: Job) -> tuple[Job, Attempt]:
        return job, await self.attempt(
            job.article, job.brief, job.earlier, signal_id=job.signal_id
        )

    async def _tried(
        self, article: Article, brief: Brief, earlier: Sequence[Earlier], signal_id: int | None
    ) -> Attempt:
        where = article.canonical_url or article.url
        try:
            work = _Work(
                self._asker, self._room, article, earlier, signal_id, encoder=self._encoder
            )
            made, checked = await work.brief(brief)
        except ModelTrouble as trouble:
            level = logging.DEBUG if trouble.reason in _STOPPED else logging.WARNING
            log.log(level, "model tier: %s kept by rules: %s", where, trouble)
            return Attempt(brief, trouble.reason)
        except Exception:  # the boundary: no brief may be lost to the better one
            log.exception("model tier: %s kept by rules", where)
            return Attempt(brief, "error")
        if made is None:
            log.info("model tier: %s kept by rules: too little of the answer holds", where)
            return Attempt(brief, "unsupported", checked)
        return Attempt(made, "ok", checked)

    # --- a week ---------------------------------------------------------------------------

    async def introduce(self, lines: Sequence[WeekLine], lang: Lang) -> FactsAnswer:
        """Sentences that introduce a week, told from these lines; nothing of them is checked.

        Raises ModelTrouble.
        """
        fence = _fence("\n".join(line.text for line in lines))
        return (await self._asker.ask(ask_week(lines, lang, fence), FactsAnswer, None)).answer

    # --- translation ----------------------------------------------------------------------

    async def translate(
        self,
        sentences: Sequence[str],
        source: str,
        target: str,
        *,
        glossary: Mapping[str, str] | None = None,
        signal_id: int | None = None,
    ) -> list[str]:
        """`sentences` in the other language, one for one; "" where the model left one out.

        Those that speak to a model are not put before it, and are "" too. `glossary` holds terms
        and how they are to be written. Raises ModelTrouble.
        """
        done: list[str] = []
        for batch in _batches(sentences, self._room):
            lines = [line for line in batch if _is_asked(line)]
            found: dict[int, str] = {}
            if lines:
                used = _used_terms(glossary or {}, lines)
                found = await self._lines(lines, (source, target), used, signal_id)
            numbers = iter(range(1, len(lines) + 1))
            done += [found.get(next(numbers), "") if _is_asked(line) else "" for line in batch]
        return done

    async def _lines(
        self,
        lines: Sequence[str],
        languages: tuple[str, str],
        glossary: Mapping[str, str],
        signal_id: int | None,
    ) -> dict[int, str]:
        fence = _fence("\n".join(lines))
        room = 60 + sum(2 * estimate_tokens(line) + 14 for line in lines)
        question = ask_translation(lines, languages, glossary, fence, room)
        parsed = await self._asker.ask(question, TranslationAnswer, signal_id)
        return {line.id: visible(line.text) for line in parsed.answer.lines}


class _Work:
    """The making of one brief."""

    def __init__(
        self,
        asker: Asker,
        room: Room,
        article: Article,
        earlier: Sequence[Earlier],
        signal_id: int | None,
        *,
        encoder: Encoder | None,
    ) -> None:
        self._asker = asker
        self._room = room
        self._encoder = encoder
        self._article = article
        self._earlier = earlier
        self._signal_id = signal_id
        self._told = [item.told for item in earlier]
        self._fence = _fence("\n".join((article.title, article.text, *self._told)))

    async def brief(self, rules: Brief) -> tuple[Brief | None, Checked | None]:
        """The model's brief, None when too little of it holds. Raises ModelTrouble."""
        # In a thread: a book's worth of text takes seconds to number and to read.
        self._plan, self._grounds = await asyncio.to_thread(self._prepared)
        if not self._plan.lines:
            return None, None
        material = self._plan.whole or await self._digested()
        question = ask_brief(self._article, material, self._earlier, self._fence)
        parsed = await self._asker.ask(question, BriefAnswer, self._signal_id)
        reviewed = await self._reviewed(statements_of(parsed.answer))
        reviewed = await self._repaired(reviewed)
        maker = self._asker.endpoint.model
        made = assemble(self._article, rules, reviewed, maker=maker, prompt=question.prompt)
        return made, checked_of(reviewed)

    def _prepared(self) -> tuple[Plan, Grounds]:
        plan = make_plan(self._article, self._room)
        return plan, Grounds(self._article, plan.places, self._told, encoder=self._encoder)

    async def _reviewed(self, statements: Sequence[Statement]) -> list[Reviewed]:
        return await asyncio.to_thread(review, statements, self._grounds)

    async def _digested(self) -> Material:
        """A long article as the facts of its sections that hold (map)."""
        parts = self._plan.sections
        found = await asyncio.gather(
            *(self._facts(part, (number, len(parts))) for number, part in enumerate(parts, 1)),
            return_exceptions=True,
        )
        troubles = [item for item in found if isinstance(item, BaseException)]
        if 2 * len(troubles) > len(parts):
            raise troubles[0]
        facts = [fact for item in found if not isinstance(item, BaseException) for fact in item]
        if not facts:
            raise ModelTrouble("unsupported", "no fact of any section holds")
        return from_facts(facts, self._room)

    async def _facts(
        self, section: Material, part: tuple[int, int]
    ) -> list[tuple[str, tuple[int, ...]]]:
        question = ask_facts(self._article, section, part, self._fence)
        parsed = await self._asker.ask(question, FactsAnswer, self._signal_id)
        said = [
            Statement(Slot.POINT, written(item.text), item.sentences)
            for item in parsed.answer.facts
        ]
        reviewed = await self._reviewed(said)
        return [
            (item.statement.text, item.statement.evidence) for item in reviewed if not item.fault
        ]

    async def _repaired(self, reviewed: list[Reviewed]) -> list[Reviewed]:
        """One more try for what does not agree with the article; no repair is no trouble."""
        wanted = to_mend(reviewed)
        foreign = {place: item for place, item in wanted.items() if is_foreign(item)}
        wrong = {place: item for place, item in wanted.items() if place not in foreign}
        new: list[Rewritten] = []
        try:
            new += await self._translated(foreign)
            new += await self._rewritten(wrong)
        except ModelTrouble as trouble:
            log.info("model tier: no repair of %d statements: %s", len(wanted), trouble)
        return await asyncio.to_thread(mended, reviewed, new, self._grounds)

    async def _rewritten(self, wanted: Mapping[int, Reviewed]) -> list[Rewritten]:
        if not wanted:
            return []
        lines = evidence_for(wanted, self._plan.lines, self._room.evidence_tokens)
        most = self._room.answer_tokens
        question = ask_rewrite(complaints(wanted), lines, self._article.lang, self._fence, most)
        parsed = await self._asker.ask(question, RepairAnswer, self._signal_id)
        return list(parsed.answer.statements)

    async def _translated(self, wanted: Mapping[int, Reviewed]) -> list[Rewritten]:
        """Small models answer in the article's language now and then; most can translate."""
        if not wanted:
            return []
        texts = [item.statement.text for item in wanted.values()]
        languages = self._article.lang or "en", "zh"
        question = ask_translation(
            texts, languages, {}, _fence("\n".join(texts)), self._room.answer_tokens
        )
        parsed = await self._asker.ask(question, TranslationAnswer, self._signal_id)
        places = dict(enumerate(wanted, 1))
        return [
            Rewritten(id=places[line.id], text=line.text)
            for line in parsed.answer.lines
            if line.id in places
        ]


def _is_asked(line: str) -> bool:
    return bool(line.strip()) and not is_instruction(line)


def _fence(text: str) -> str:
    return new_fence(lambda: secrets.token_hex(4), text)


def _batches(sentences: Sequence[str], room: Room) -> Iterable[list[str]]:
    """Runs of sentences that fit one request, answer included."""
    limit = max(200, min(1_200, room.context // 5))
    batch: list[str] = []
    size = 0
    for sentence in sentences:
        cost = estimate_tokens(sentence)
        if batch and (size + cost > limit or len(batch) >= _LARGEST_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(sentence)
        size += cost
    if batch:
        yield batch


def _used_terms(glossary: Mapping[str, str], lines: Sequence[str]) -> dict[str, str]:
    """The terms of the glossary that these lines have: prompts stay short."""
    text = "\n".join(lines).casefold()
    return {term: chosen for term, chosen in glossary.items() if term.casefold() in text}


def make_model(
    settings: Settings, store: CallStore, clock: Clock, *, patience: Patience | None = None
) -> Model | None:
    """The model that the settings name, None when they name none. Opens no connection yet.

    Where the extra `semantic` is installed, its encoder takes part in the check.
    """
    if not settings.model_base_url:
        return None
    asker = Asker(settings, store, clock, patience=patience)
    return Model(asker, Room(settings.model_context), installed_encoder())
