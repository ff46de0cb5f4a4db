"""Questions to a model, one by one: cache, budget, breaker, retries, and the record of each.

cache ─▶ budget ─▶ place in the queue ─▶ breaker ─▶ endpoint (tried up to three times)
"""

import asyncio
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from hashlib import sha256
from time import monotonic
from typing import TypeVar

from pydantic import BaseModel

from bot import meters
from bot.clock import Clock
from bot.config import Settings
from bot.model.breaker import LONGEST_WAIT, Breaker
from bot.model.budget import Budget, Hold
from bot.model.port import CallStore
from bot.model.trouble import PASSING, ModelTrouble
from bot.model.wire import Answer, Endpoint, asked_tokens
from digest.modeltier.asking import Question
from digest.modeltier.calls import Call
from digest.modeltier.parsing import BadAnswer, Parsed, read_answer

log = logging.getLogger(__name__)

_ANEW: ContextVar[bool] = ContextVar("anew", default=False)

_TRIES = 3

A = TypeVar("A", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before the second try, doubling after it, in seconds."""

    first: float = 1.0

    def wait(self, attempt: int, trouble: ModelTrouble) -> float | None:
        """Seconds before try `attempt` + 1, None when trying again is no use."""
        if trouble.reason not in PASSING or attempt >= _TRIES:
            return None
        if trouble.reason == "timeout" and attempt > 1:
            return None  # a request takes up to half an hour
        own = self.first * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311  jitter
        asked = trouble.retry_after or 0.0
        return None if asked > LONGEST_WAIT else max(own, asked)


@contextmanager
def asking_anew() -> Iterator[None]:
    """Ask in this block even what has been answered before: somebody wants another answer."""
    token = _ANEW.set(True)
    try:
        yield
    finally:
        _ANEW.reset(token)


class Asker:
    """Asks one endpoint. All that a request may not exceed is decided here."""

    def __init__(
        self,
        settings: Settings,
        store: CallStore,
        clock: Clock,
        *,
        patience: Patience | None = None,
    ) -> None:
        self.endpoint = Endpoint(
            settings.model_base_url,
            settings.model_api_key.get_secret_value(),
            settings.model_name,
            settings.model_timeout,
        )
        self.breaker = Breaker(clock)
        self._budget = Budget(settings, store, clock)
        self.at_once = settings.model_concurrency
        self._queue = asyncio.Semaphore(self.at_once)
        self._patience = patience or Patience()
        self._store = store
        self._clock = clock

    async def ask(self, question: Question, shape: type[A], signal_id: int | None) -> Parsed[A]:
        """A valid answer, after one repair if need be.

        Raises ModelTrouble, also for an answer that stayed unusable.
        """
        try:
            return await self._valid(question, shape, signal_id)
        except BadAnswer as bad:
            again = question.mended(bad.said, bad.complaints)
        try:
            found = await self._valid(again, shape, signal_id)
        except BadAnswer as bad:
            raise ModelTrouble(bad.reason, "；".join(bad.complaints)) from bad
        return Parsed(found.answer, mended=True)

    async def close(self) -> None:
        """Close the connections."""
        await self.endpoint.close()

    async def _valid(self, question: Question, shape: type[A], signal_id: int | None) -> Parsed[A]:
        key = self._key(question)
        kept = None if _ANEW.get() else await self._store.answer(key)
        if kept is not None:
            return read_answer(kept, shape)
        answer, call, hold = await self._paid(question, signal_id)
        try:
            parsed = read_answer(answer.text, shape, cut=answer.cut)
        except BadAnswer as bad:
            await self._record(call, "truncated" if answer.cut else bad.reason)
            raise
        else:
            await self._record(call, "truncated" if answer.cut else "ok")
        finally:
            hold.release()  # only now that it is in the books
        if not answer.cut:
            await self._store.keep_answer(key, answer.text, self._clock())
        return parsed

    def _key(self, question: Question) -> str:
        parts = (self.endpoint.base_url, self.endpoint.model, question.content)
        return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()

    async def _paid(self, question: Question, signal_id: int | None) -> tuple[Answer, Call, Hold]:
        """An answer within the budget, its call, and what is held until that is recorded."""
        tokens_in = asked_tokens(question)
        async with self._queue:
            self.breaker.enter()
            try:
                hold = await self._budget.hold(tokens_in, question.most_tokens)
            except BaseException:
                self.breaker.abandon()
                raise
            started = monotonic()
            try:
                answer = await self._patiently(question)
            except BaseException as error:
                try:
                    await self._unanswered(question, signal_id, started, error)
                finally:
                    hold.release()
                raise
            return answer, self._call(question, signal_id, started, answer), hold

    async def _patiently(self, question: Question) -> Answer:
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = await self.endpoint.ask(question)
            except ModelTrouble as trouble:
                wait = self._patience.wait(attempt, trouble)
                if wait is None:
                    self.breaker.leave(trouble)
                    raise
                log.debug("model: %s, again in %.1f s", trouble, wait)
            except BaseException:
                self.breaker.abandon()
                raise
            else:
                self.breaker.leave(None)
                return answer
            try:
                await asyncio.sleep(wait)
            except asyncio.CancelledError:
                self.breaker.abandon()
                raise

    def _call(
        self, question: Question, signal_id: int | None, started: float, answer: Answer
    ) -> Call:
        tokens_in, tokens_out = answer.tokens_in, answer.tokens_out
        return Call(
            purpose=question.purpose,
            model=self.endpoint.model,
            prompt=question.prompt,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost=self._budget.prices.cost(tokens_in, tokens_out),
            ms=round((monotonic() - started) * 1000),
            outcome="",
            signal_id=signal_id,
        )

    async def _unanswered(
        self, question: Question, signal_id: int | None, started: float, error: BaseException
    ) -> None:
        """Record a request without an answer: one given up was read, and is billed."""
        outcome = error.reason if isinstance(error, ModelTrouble) else "error"
        if isinstance(error, asyncio.CancelledError):
            outcome = "cancelled"
        tokens_in = asked_tokens(question) if outcome in {"timeout", "cancelled"} else 0
        nothing = Answer("", tokens_in, 0, cut=False)
        await self._record(self._call(question, signal_id, started, nothing), outcome)

    async def _record(self, call: Call, outcome: str) -> None:
        meters.MODEL_CALLS.labels(call.purpose, outcome).inc()
        meters.MODEL_TOKENS.labels("in").inc(call.tokens_in)
        meters.MODEL_TOKENS.labels("out").inc(call.tokens_out)
        meters.MODEL_COST.inc(call.cost)
        meters.MODEL_TIME.observe(call.ms / 1000)
        await self._store.record(replace(call, outcome=outcome), self._clock())
