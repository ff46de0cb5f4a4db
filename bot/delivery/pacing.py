"""Who may write to Telegram when: the arithmetic, without a clock or an event loop.

Telegram allows about 30 messages in a second per bot, one in a second per chat (a short burst is
tolerated) and 20 in a minute per group. Three rules keep within them:

    all chats   an even pace (GCRA) and an exact sliding window over the last second
    one chat    GCRA, one in a second, bursts of three
    one group   an exact sliding window over the last minute

Chats that must wait are parked, so that they never hold up others. Everything is O(log n).
"""

import heapq
import math
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import count

WINDOW_S = 1.03  # a second, and what timers and networks jitter
CHAT_INTERVAL_S = 1.0
CHAT_BURST = 3
GROUP_WINDOW_S = 61.0
GROUP_LIMIT = 20
_BURST = 2
_SLOWER = 0.8
_FASTER = 0.5
_CALM_S = 30.0
_SLOWEST = 1.0
# So many chats told to wait within so many seconds: Telegram means all of us.
_CHATS_FOR_ALL = 3
_ALL_WITHIN_S = 10.0
_PRUNE_FROM = 4096


@dataclass(slots=True, eq=False)
class Ticket:
    """One request to write. `priority` 0 answers a person; higher numbers are pushes.

    An `edit` waits for its chat but does not count among the chat's messages per second.
    """

    chat_id: Hashable
    is_group: bool
    priority: int
    edit: bool = False
    seq: int = 0
    granted: bool = False
    begun: bool = False
    over: bool = False


@dataclass(slots=True, eq=False)
class _Chat:
    key: Hashable
    tat: float = -math.inf
    blocked_until: float = -math.inf
    parked_at: float | None = None
    waiting: list[tuple[int, int, Ticket]] = field(default_factory=list)
    minute: deque[float] | None = None

    def free_at(self) -> float:
        """The moment from which this chat may be written to."""
        full = self.minute is not None and len(self.minute) == GROUP_LIMIT
        return max(
            self.blocked_until,
            self.tat - CHAT_INTERVAL_S * (CHAT_BURST - 1),
            self.minute[0] + GROUP_WINDOW_S if full and self.minute else -math.inf,
        )

    def charge(self, now: float, *, edit: bool) -> None:
        if not edit:
            self.tat = max(self.tat, now) + CHAT_INTERVAL_S
        if self.minute is not None:
            self.minute.append(now)

    def idle(self, now: float) -> bool:
        minute_over = not self.minute or self.minute[-1] + GROUP_WINDOW_S <= now
        return not self.waiting and max(self.tat, self.blocked_until) <= now and minute_over


class Pacer:
    """Grants tickets in the order of priority, then of asking, as early as the limits allow.

    `rate` is the pace in messages per second: 429s slow it, calm raises it slowly up to
    `ceiling`, the number that is never passed within any second. The last `reserve` of those are
    kept for priority 0. At most `in_flight` pushes are between grant and end. Times are seconds
    of any monotonic clock.
    """

    def __init__(
        self, rate: float, ceiling: int, *, reserve: int = 2, in_flight: int = 10
    ) -> None:
        self.rate = min(rate, float(ceiling))
        self._ceiling = ceiling
        self._reserve = min(reserve, ceiling - 1)
        self._in_flight = in_flight
        self._pushes = 0
        self._unwritten = 0
        self._written: deque[float] = deque()
        self._tat = -math.inf
        self._halted_until = -math.inf
        self._changed_at: float | None = None
        self._penalties: deque[tuple[float, Hashable]] = deque()
        self._chats: dict[Hashable, _Chat] = {}
        self._prune_at = _PRUNE_FROM
        self._ready: list[tuple[int, int, Ticket]] = []
        self._parked: list[tuple[float, int, _Chat]] = []
        self._seq = count()

    # --- asking and being granted ---

    def ask(self, ticket: Ticket, now: float) -> None:
        """Put `ticket` in line."""
        ticket.seq = next(self._seq)
        chat = self._chat(ticket.chat_id, now)
        if ticket.is_group and chat.minute is None:
            chat.minute = deque(maxlen=GROUP_LIMIT)
        heapq.heappush(chat.waiting, (ticket.priority, ticket.seq, ticket))
        if chat.parked_at is None and chat.waiting[0][2] is ticket:
            self._place(chat, now)

    def grant(self, now: float) -> list[Ticket]:
        """All tickets that may go now, in order; each counts as outstanding until its end."""
        self._unpark(now)
        granted: list[Ticket] = []
        while (ticket := self._first()) is not None:
            at = self._allowed_at(ticket.priority, now)
            if at is None or at > now:
                break
            heapq.heappop(self._ready)
            self._charge(ticket, now)
            granted.append(ticket)
        return granted

    def next_at(self, now: float) -> float | None:
        """When `grant` is next worth calling; None when only an end or a new ticket can help."""
        parked = self._parked[0][0] if self._parked else None
        first = self._first()
        at = self._allowed_at(first.priority, now) if first is not None else None
        return min((moment for moment in (parked, at) if moment is not None), default=None)

    def begin(self, ticket: Ticket, now: float) -> None:
        """The ticket's message is being written now; the window counts from here."""
        if ticket.granted and not ticket.begun:
            ticket.begun = True
            self._unwritten -= 1
            self._written.append(now)

    def end(self, ticket: Ticket, now: float) -> None:
        """The ticket is used up, or withdrawn before it was granted."""
        if ticket.over:
            return
        ticket.over = True
        if ticket.granted:
            # A turn that was never used is counted as if it had been.
            self.begin(ticket, now)
            self._pushes -= ticket.priority > 0
            return
        chat = self._chats.get(ticket.chat_id)
        if chat is not None and chat.parked_at is None:
            self._place(chat, now)

    def free_at(self, chat_id: Hashable) -> float:
        """When the chat's own limits next allow a message, minus infinity when they do."""
        chat = self._chats.get(chat_id)
        return chat.free_at() if chat is not None else -math.inf

    # --- being told off ---

    def penalise(self, chat_id: Hashable | None, seconds: float, now: float) -> None:
        """Telegram said 429 for `chat_id`, or (None) for everything: nothing for `seconds`.

        When it says so for several chats at once it means everything, though it names no one.
        """
        if chat_id is not None:
            chat = self._chat(chat_id, now)
            chat.blocked_until = max(chat.blocked_until, now + seconds)
            if chat.waiting:
                self._place(chat, now)
            self._penalties.append((now, chat_id))
        while self._penalties and self._penalties[0][0] < now - _ALL_WITHIN_S:
            self._penalties.popleft()
        many = len({chat for _, chat in self._penalties}) >= _CHATS_FOR_ALL
        if chat_id is None or many:
            self._penalties.clear()
            self._halted_until = max(self._halted_until, now + seconds)
            self.rate = max(min(_SLOWEST, self.rate), self.rate * _SLOWER)
            self._changed_at = now + seconds

    # --- inside ---

    def _chat(self, key: Hashable, now: float) -> _Chat:
        chat = self._chats.get(key)
        if chat is None:
            if len(self._chats) >= self._prune_at:
                self._prune(now)
            chat = self._chats[key] = _Chat(key)
        return chat

    def _prune(self, now: float) -> None:
        self._chats = {key: chat for key, chat in self._chats.items() if not chat.idle(now)}
        self._prune_at = max(_PRUNE_FROM, 2 * len(self._chats))

    def _place(self, chat: _Chat, now: float) -> None:
        """Put the chat's first ticket in line, or park the chat until it may be written to."""
        while chat.waiting and chat.waiting[0][2].over:
            heapq.heappop(chat.waiting)
        chat.parked_at = None
        if not chat.waiting:
            return
        at = chat.free_at()
        if at > now:
            chat.parked_at = at
            heapq.heappush(self._parked, (at, next(self._seq), chat))
        else:
            heapq.heappush(self._ready, chat.waiting[0])

    def _unpark(self, now: float) -> None:
        while self._parked and self._parked[0][0] <= now:
            at, _, chat = heapq.heappop(self._parked)
            if chat.parked_at == at:
                self._place(chat, now)

    def _first(self) -> Ticket | None:
        """The ticket that is next, without those that were withdrawn or overtaken."""
        while self._ready:
            ticket = self._ready[0][2]
            chat = self._chats.get(ticket.chat_id)
            waits = chat is not None and chat.parked_at is None and bool(chat.waiting)
            if waits and chat is not None and chat.waiting[0][2] is ticket and not ticket.over:
                return ticket
            heapq.heappop(self._ready)
        return None

    def _allowed_at(self, priority: int, now: float) -> float | None:
        """The earliest moment for a message of `priority`, None when an end must come first."""
        if priority > 0 and self._pushes >= self._in_flight:
            return None
        while self._written and self._written[0] + WINDOW_S <= now:
            self._written.popleft()
        limit = self._ceiling - (self._reserve if priority > 0 else 0)
        excess = len(self._written) + self._unwritten - limit
        if excess >= len(self._written) and excess >= 0:
            return None
        window_at = self._written[excess] + WINDOW_S if excess >= 0 else -math.inf
        burst = _BURST + (0 if priority > 0 else self._reserve)
        pace_at = self._tat - (burst - 1) / self.rate
        return max(window_at, pace_at, self._halted_until)

    def _charge(self, ticket: Ticket, now: float) -> None:
        self._speed_up(now)
        self._tat = max(self._tat, now) + 1 / self.rate
        self._unwritten += 1
        self._pushes += ticket.priority > 0
        ticket.granted = True
        chat = self._chats[ticket.chat_id]
        heapq.heappop(chat.waiting)
        chat.charge(now, edit=ticket.edit)
        self._place(chat, now)

    def _speed_up(self, now: float) -> None:
        if self._changed_at is None:
            self._changed_at = now
        elif now - self._changed_at >= _CALM_S:
            self._changed_at = now
            self.rate = min(float(self._ceiling), self.rate + _FASTER)
