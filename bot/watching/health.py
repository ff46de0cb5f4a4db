"""Whether this process does its work, in reasons: what /readyz answers, by what it runs.

A reason is a word for machines with what there is to know; no secrets, nobody's words.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot import meters
from bot.clock import Clock
from bot.observe import redact_line
from bot.watching.chat import Reach
from digest.model import DeliveryState
from storage import Storage
from storage.lengths import Lengths
from storage.migrate import at_head

PATIENCE_S = 1.5
# A long poll lasts 25 s, and whoever is asked for little is asked every 30 s (see `ask_telegram`).
SILENT_S = 120.0
# Pushes overdue for so long, of which none was settled for so long: the sender does not work.
OVERDUE_S, STUCK_S = 300.0, 120.0
UNPOLLED_S = 900.0


@dataclass(slots=True)
class Parts:
    """What runs in this process, as it comes up. `late` tells which steps did not end in time."""

    chats: bool = False
    polls: bool = False
    late: Callable[[], dict[str, float]] = dict
    fatal: Callable[[], str] = str


@dataclass(slots=True)
class Health:
    """Asks the database and remembers when deliveries last moved."""

    storage: Storage
    clock: Clock
    reach: Reach
    parts: Parts = field(default_factory=Parts)
    _settled: float = -1.0
    _moved_at: float = float("-inf")
    _at_head: bool = False

    async def report(self) -> dict[str, Any]:
        """Whether all is well, with the reasons why not, and what is owed."""
        reasons: dict[str, Any] = {}
        answer: dict[str, Any] = {"database": False}
        try:
            async with asyncio.timeout(PATIENCE_S):
                lengths = await self.storage.watch.lengths(self.clock())
                answer["database"] = True
                if not await self._is_at_head():
                    reasons["migrations"] = "behind"
        except Exception as error:  # noqa: BLE001  whatever is wrong, we cannot work
            reasons["database"] = type(error).__name__
        else:
            answer["deliveries"] = {str(state): many for state, many in lengths.owed.items()}
            reasons |= self._chat_reasons(lengths) if self.parts.chats else {}
            reasons |= self._poll_reasons(lengths) if self.parts.polls else {}
        late = self.parts.late()
        if late:
            reasons["late_steps"] = {name: round(seconds) for name, seconds in late.items()}
        if fatal := self.parts.fatal():
            reasons["stopping"] = redact_line(fatal)
        return answer | {"reasons": reasons, "ok": not reasons}

    async def look(self) -> None:
        """Note whether deliveries move; a step of the day."""
        settled = meters.total(meters.DELIVERIES)
        if settled != self._settled:
            self._settled, self._moved_at = settled, asyncio.get_running_loop().time()

    async def _is_at_head(self) -> bool:
        # Tables only ever go forward while we run: once there is enough.
        self._at_head = self._at_head or await at_head(self.storage.database)
        return self._at_head

    def _chat_reasons(self, lengths: Lengths) -> dict[str, Any]:
        reasons: dict[str, Any] = {}
        silent = self.reach.silent_s()
        if self.reach.refused:
            reasons["telegram"] = "token refused"
        elif silent > SILENT_S:
            reasons["telegram"] = "no answer"
        overdue = _age_s(lengths.owed_since, self.clock)
        idle = asyncio.get_running_loop().time() - self._moved_at
        if overdue > OVERDUE_S and idle > STUCK_S:
            owed = sum(
                lengths.owed.get(state, 0)
                for state in (DeliveryState.PENDING, DeliveryState.RETRY)
            )
            reasons["sender"] = {"overdue_s": round(overdue), "owed": owed}
        return reasons

    def _poll_reasons(self, lengths: Lengths) -> dict[str, Any]:
        overdue = _age_s(lengths.unpolled_since, self.clock)
        return {"polling": {"overdue_s": round(overdue)}} if overdue > UNPOLLED_S else {}


def _age_s(since: Any, clock: Clock) -> float:
    return float((clock() - since).total_seconds()) if since else 0.0
