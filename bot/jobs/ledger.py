"""What engines want from storage: their calls in the books, their sentences remembered."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from bot.clock import Clock
from digest.modeltier.calls import Call
from storage import Spent, Storage

# The numbers of the calls made inside `noted_calls`, also by the tasks that work started.
_NUMBERS: ContextVar[list[int] | None] = ContextVar("numbers of model calls", default=None)


@contextmanager
def noted_calls() -> Iterator[list[int]]:
    """The numbers of all model calls that are recorded inside the block.

    A brief is made before its signal has a number, so its calls are assigned afterwards.
    """
    numbers: list[int] = []
    token = _NUMBERS.set(numbers)
    try:
        yield numbers
    finally:
        _NUMBERS.reset(token)


class Ledger:
    """The books of model calls, as the model tier asks for them (`bot.model.CallStore`)."""

    def __init__(self, storage: Storage) -> None:
        self._spending = storage.spending

    async def record(self, call: Call, now: datetime, /) -> None:
        """Enter a call."""
        number = await self._spending.record(call, now)
        numbers = _NUMBERS.get()
        if numbers is not None:
            numbers.append(number)

    async def spent(self, since: datetime, /) -> Spent:
        """The sum of the calls since then."""
        return await self._spending.spent(since)

    async def answer(self, key: str, /) -> str | None:
        """An answer kept under `key`."""
        return await self._spending.answer(key)

    async def keep_answer(self, key: str, text: str, now: datetime, /) -> None:
        """Keep an answer."""
        await self._spending.keep_answer(key, text, now)


class Remembered:
    """Sentences that were translated before (`bot.translating.SentenceCache`)."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._translations = storage.translations
        self._clock = clock

    async def get(self, keys: Sequence[str]) -> dict[str, str]:
        """The texts of those keys that are known."""
        return await self._translations.remembered(keys)

    async def put(self, entries: Mapping[str, str], engine: str) -> None:
        """Remember texts by key."""
        await self._translations.remember(entries, engine, self._clock())
