"""Telegram's sending limits: 30 a second in all, 1 a second per chat, 20 a minute per group."""

from collections import defaultdict, deque
from dataclasses import dataclass
from math import ceil

from bot.sandbox.errors import too_many_requests


@dataclass(frozen=True)
class LimitRules:
    """How much is let through; 0 switches a limit off.

    `overall` messages in any second, `chat_burst` messages at once to one chat, which come back at
    `chat_rate` a second, `group` messages a minute to one group or channel. New messages count for
    all of them, edits for the first and the last.
    """

    overall: int = 30
    chat_rate: float = 1.0
    chat_burst: int = 4
    group: int = 20


class Limits:
    """Counts what was let through. Times are seconds of one clock."""

    def __init__(self, rules: LimitRules) -> None:
        self.rules = rules
        self._overall: deque[float] = deque()
        self._groups: defaultdict[int, deque[float]] = defaultdict(deque)
        self._chats: dict[int, tuple[float, float]] = {}

    def charge(
        self, chat_id: int, now: float, *, group: bool, new: bool = True, count: int = 1
    ) -> None:
        """Let `count` messages through or raise ApiError 429 with how long to wait."""
        waits = [_window_wait(self._overall, self.rules.overall, count, 1.0, now)]
        if group:
            window = self._groups[chat_id]
            waits.append(_window_wait(window, self.rules.group, count, 60.0, now))
        if new:
            waits.append(self._chat_wait(chat_id, now, count))
        wait = max(waits)
        if wait > 0:
            raise too_many_requests(max(1, ceil(wait)))
        self._overall.extend([now] * count)
        if group:
            self._groups[chat_id].extend([now] * count)
        if new and self.rules.chat_rate:
            self._chats[chat_id] = (self._tokens(chat_id, now) - count, now)

    def _tokens(self, chat_id: int, now: float) -> float:
        full = float(self.rules.chat_burst)
        tokens, then = self._chats.get(chat_id, (full, now))
        return min(full, tokens + (now - then) * self.rules.chat_rate)

    def _chat_wait(self, chat_id: int, now: float, count: int) -> float:
        if not self.rules.chat_rate:
            return 0.0
        # An album is let through whole when its first picture may go.
        missing = min(count, 1) - self._tokens(chat_id, now)
        return missing / self.rules.chat_rate


def _window_wait(times: deque[float], most: int, count: int, width: float, now: float) -> float:
    """Seconds until `count` more fit into a window of `width` seconds."""
    while times and times[0] <= now - width:
        times.popleft()
    excess = len(times) + count - most
    if not most or excess <= 0:
        return 0.0
    return times[min(excess, len(times)) - 1] + width - now if times else width
