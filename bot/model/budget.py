"""Not more tokens and money a day than the owner set."""

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.config import Settings
from bot.model.port import CallStore
from bot.model.trouble import ModelTrouble

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, read and written."""

    tokens_in: float
    tokens_out: float

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """The price of one request."""
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / _MILLION


class Budget:
    """Today's limits (UTC days), with what requests in flight may still use set aside."""

    def __init__(self, settings: Settings, store: CallStore, clock: Clock) -> None:
        self.prices = Prices(settings.model_price_in, settings.model_price_out)
        self._most_tokens = settings.model_daily_tokens
        self._most_cost = settings.model_daily_cost
        self._store = store
        self._clock = clock
        self._tokens_held = 0
        self._cost_held = 0.0

    async def hold(self, tokens_in: int, tokens_out: int) -> "Hold":
        """Set aside the most that a request may use. Raises ModelTrouble("budget")."""
        cost = self.prices.cost(tokens_in, tokens_out)
        tokens = tokens_in + tokens_out
        held = Hold(self, tokens, cost)
        # Held before we look: two requests at once must not both find the last tokens free.
        self._tokens_held += tokens
        self._cost_held += cost
        try:
            await self._check()
        except BaseException:
            held.release()
            raise
        return held

    async def _check(self) -> None:
        if not self._most_tokens and not self._most_cost:
            return
        spent = await self._store.spent(_day_of(self._clock()))
        used = spent.tokens_in + spent.tokens_out
        if self._most_tokens and used + self._tokens_held > self._most_tokens:
            raise ModelTrouble("budget", f"{used} of {self._most_tokens} tokens used today")
        if self._most_cost and spent.cost + self._cost_held > self._most_cost:
            raise ModelTrouble("budget", f"{spent.cost:.4f} of {self._most_cost:g} spent today")

    def release(self, tokens: int, cost: float) -> None:
        """Give back what was set aside."""
        self._tokens_held -= tokens
        self._cost_held -= cost


@dataclass(frozen=True, slots=True)
class Hold:
    """What one request has set aside, until it is recorded."""

    budget: Budget
    tokens: int
    cost: float

    def release(self) -> None:
        """Give it back: the request is over and what it really used is recorded."""
        self.budget.release(self.tokens, self.cost)


def _day_of(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
