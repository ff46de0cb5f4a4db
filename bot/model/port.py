"""What the model tier wants from storage: calls recorded, spending summed up, answers kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.modeltier.calls import Call


class Spending(Protocol):
    """What was spent since some moment; storage has its own type with these fields."""

    @property
    def tokens_in(self) -> int:
        """Tokens read by the model."""

    @property
    def tokens_out(self) -> int:
        """Tokens written by it."""

    @property
    def cost(self) -> float:
        """Money, in the currency of the prices that are set."""


class CallStore(Protocol):
    """Where calls, their cost and their answers are kept: `storage.spending`."""

    async def record(self, call: Call, now: datetime, /) -> object:
        """Keep what a call cost."""

    async def spent(self, since: datetime, /) -> Spending:
        """The sum since `since`."""

    async def answer(self, key: str, /) -> str | None:
        """An answer kept under `key`."""

    async def keep_answer(self, key: str, text: str, now: datetime, /) -> None:
        """Keep an answer."""


@dataclass(frozen=True, slots=True)
class Spent:
    """A sum of calls."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0


class MemoryCalls:
    """A CallStore without a database, for the command line and for trials."""

    def __init__(self) -> None:
        self._calls: list[tuple[Call, datetime]] = []
        self._answers: dict[str, str] = {}

    @property
    def calls(self) -> Sequence[Call]:
        """All calls so far, in order."""
        return [call for call, _ in self._calls]

    async def record(self, call: Call, now: datetime, /) -> None:
        """Keep what a call cost."""
        self._calls.append((call, now))

    async def spent(self, since: datetime, /) -> Spent:
        """The sum since `since`."""
        calls = [call for call, at in self._calls if at >= since]
        return Spent(
            len(calls),
            sum(call.tokens_in for call in calls),
            sum(call.tokens_out for call in calls),
            sum(call.cost for call in calls),
        )

    async def answer(self, key: str, /) -> str | None:
        """An answer kept under `key`."""
        return self._answers.get(key)

    async def keep_answer(self, key: str, text: str, now: datetime, /) -> None:  # noqa: ARG002  nothing expires here
        """Keep an answer."""
        self._answers[key] = text
