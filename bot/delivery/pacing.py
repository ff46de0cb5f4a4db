"""Who may write to Telegram when: the arithmetic, without a clock or an event loop.

Telegram allows about 30 messages in a second per bot, one in a second per chat (a short burst is
tolerated) and 20 in a minute per group. It counts where messages arrive, we decide where they
leave, and what lies between is never twice the same. So a window counts a message until a second
(a minute) after it can have arrived at the latest:

    left                    answered
      |--- underway --------|
      |            |--------| the shortest round trip of the last minutes
      |            ^ at the latest it arrived then, if the shortest way to Telegram is no time;
                     the next message needs that shortest way too, so it may be left out

Until it is answered it may arrive at any time and counts. Three rules keep within the limits:

    all chats   an even pace (GCRA; a fast one in beats) and such a window of a second
    one chat    a push a second after whatever came before it; answers one in a second (GCRA)
                with bursts of three
    one group   as a chat, and such a window of a minute

At a fast pace who first has to note that he writes may be told ahead when his moment comes.
Chats that must wait are parked, so that they never hold up others. Everything is O(log n).
"""

import heapq
import math
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import count

WINDOW_S = 1.0
CHAT_INTERVAL_S = 1.0
CHAT_BURST = 3
GROUP_WINDOW_S = 60.0
GROUP_LIMIT = 20
# Clocks and timers are exact to about a millisecond; a shortest round trip is found to a few.
_SLACK_S = 0.005
_BURST = 2
_ANSWER_BURST = 4
# Waking up for a message costs as much as sending it. At a pace of more than one in so many
# seconds pushes go together, at the beats of a clock; and what was missed in so many is made up
# for, else every pause of the process would be lost for good.
_BEAT_S = 0.01
_MADE_UP_S = 0.05
# What noting takes: marks gather, and are committed together.
_AHEAD_S = 0.03
_SLOWER = 0.8
_FASTER = 0.5
_CALM_S = 30.0
_SLOWEST = 1.0
# So many chats told to wait within so many seconds: Telegram means all of us.
_CHATS_FOR_ALL = 3
_ALL_WITHIN_S = 10.0
_PRUNE_FROM = 4096
# So many round trips in so many seconds tell how short one can be.
_TRIPS_TO_KNOW = 100
_TRIPS_KEPT_S = 300.0


@dataclass(slots=True, eq=False)
class Ticket:
    """One request to write. `priority` 0 answers a person; higher numbers are pushes.

    An `edit` waits for its chat but does not count among the chat's messages per second. One
    that takes its turn `ahead` may be granted a little before its moment, and is written no
    earlier than `at`.
    """

    chat_id: Hashable
    is_group: bool
    priority: int
    edit: bool = False
    ahead: bool = False
    seq: int = 0
    at: float = -math.inf
    granted: bool = False
    begun: bool = False
    over: bool = False
    left_at: float = -math.inf


class _Window:
    """At most `limit` messages of which any two may arrive within `seconds` of each other."""

    __slots__ = ("_leaving", "_limit", "_seconds", "_underway")

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._underway = 0
        self._leaving: deque[float] = deque()

    def enter(self) -> None:
        """A message is under way from now on."""
        self._underway += 1

    def leave(self, arrived_at: float) -> None:
        """A message under way has arrived, at the latest at `arrived_at`."""
        self._underway -= 1
        at = arrived_at + self._seconds
        self._leaving.append(max(at, self._leaving[-1]) if self._leaving else at)

    def free_at(self, now: float) -> float:
        """When there is room for one more, infinity when only an answer makes some."""
        while self._leaving and self._leaving[0] <= now:
            self._leaving.popleft()
        excess = len(self._leaving) + self._underway - self._limit
        if excess < 0:
            return -math.inf
        return self._leaving[excess] if excess < len(self._leaving) else math.inf

    def empty(self, now: float) -> bool:
        """Whether nothing counts any more."""
        return not self._underway and (not self._leaving or self._leaving[-1] <= now)


class _Quickest:
    """The shortest round trip of the last five to ten minutes, 0 while too few are known."""

    def __init__(self) -> None:
        self._since = -math.inf
        self._now = self._before = (math.inf, 0)

    def note(self, seconds: float, now: float) -> None:
        """One more round trip took `seconds`."""
        if now - self._since >= _TRIPS_KEPT_S:
            recent = now - self._since < 2 * _TRIPS_KEPT_S
            self._before, self._now = self._now if recent else (math.inf, 0), (math.inf, 0)
            self._since = now
        shortest, trips = self._now
        self._now = min(shortest, seconds), trips + 1

    @property
    def seconds(self) -> float:
        """The shortest round trip."""
        known = self._now[1] + self._before[1] >= _TRIPS_TO_KNOW
        return min(self._now[0], self._before[0]) if known else 0.0


@dataclass(slots=True, eq=False)
class _Chat:
    key: Hashable
    tat: float = -math.inf
    rested_at: float = -math.inf
    blocked_until: float = -math.inf
    parked_at: float | None = None
    underway: int = 0
    waiting: list[tuple[int, int, Ticket]] = field(default_factory=list)
    minute: _Window | None = None

    def free_at(self, now: float, ticket: Ticket | None = None) -> float:
        """The moment from which `ticket` (or an answer) may be written to this chat.

        Infinity when something in it has to be answered first.
        """
        full = self.minute.free_at(now) if self.minute is not None else -math.inf
        if ticket is not None and ticket.priority > 0 and not ticket.edit:
            rested = math.inf if self.underway else self.rested_at
        else:
            rested = self.tat - CHAT_INTERVAL_S * (CHAT_BURST - 1)
        return max(self.blocked_until, full, rested)

    def charge(self, now: float, *, edit: bool) -> None:
        if not edit:
            self.tat = max(self.tat, now) + CHAT_INTERVAL_S
            self.underway += 1
        if self.minute is not None:
            self.minute.enter()

    def settle(self, arrived_at: float, *, edit: bool) -> None:
        """What was charged has arrived, at the latest at `arrived_at`."""
        if not edit:
            self.underway -= 1
            self.rested_at = max(self.rested_at, arrived_at + CHAT_INTERVAL_S)
        if self.minute is not None:
            self.minute.leave(arrived_at)

    def idle(self, now: float) -> bool:
        over = max(self.tat, self.rested_at, self.blocked_until) <= now
        minute_over = self.minute is None or self.minute.empty(now)
        return not self.waiting and not self.underway and over and minute_over


class Pacer:
    """Grants tickets in the order of priority, then of asking, as early as the limits allow.

    `rate` is the pace in messages per second: 429s slow it, calm raises it slowly up to
    `ceiling`, the number that never arrives within any second. At most `in_flight` pushes are
    between grant and end. Times are seconds of any monotonic clock.
    """

    def __init__(self, rate: float, ceiling: int, *, in_flight: int = 10) -> None:
        self.rate = self._usual = min(rate, float(ceiling))
        self._ceiling = ceiling
        self._in_flight = in_flight
        self._pushes = 0
        self._second = _Window(ceiling, WINDOW_S)
        self._quickest = _Quickest()
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
            chat.minute = _Window(GROUP_LIMIT, GROUP_WINDOW_S)
        heapq.heappush(chat.waiting, (ticket.priority, ticket.seq, ticket))
        # An answer may go where a push has to wait.
        if chat.waiting[0][2] is ticket:
            self._place(chat, now)

    def grant(self, now: float) -> list[Ticket]:
        """All tickets that may go now, in order; each counts as outstanding until its end."""
        self._unpark(now)
        granted: list[Ticket] = []
        while (ticket := self._first()) is not None:
            at = self._allowed_at(ticket.priority, now)
            if at is None or self._told_at(ticket, at) > now:
                break
            heapq.heappop(self._ready)
            self._charge(ticket, max(at, now), now)
            granted.append(ticket)
        return granted

    def next_at(self, now: float) -> float | None:
        """When `grant` is next worth calling; None when only an end or a new ticket can help."""
        parked = self._parked[0][0] if self._parked else None
        first = self._first()
        at = self._allowed_at(first.priority, now) if first is not None else None
        if first is not None and at is not None:
            at = self._told_at(first, at)
        return min((moment for moment in (parked, at) if moment is not None), default=None)

    def begin(self, ticket: Ticket, now: float) -> None:
        """The ticket's message is being written now."""
        if ticket.granted and not ticket.over:
            ticket.begun = True
            ticket.left_at = now

    def end(self, ticket: Ticket, now: float) -> None:
        """The ticket's message is answered; or it is withdrawn before it was granted."""
        if ticket.over:
            return
        ticket.over = True
        chat = self._chats.get(ticket.chat_id)
        if ticket.granted:
            # A turn that was never used is counted as if it had been.
            if ticket.begun:
                self._quickest.note(now - ticket.left_at, now)
            arrived_at = max(ticket.left_at, now - self._quickest.seconds) + _SLACK_S
            self._second.leave(arrived_at)
            self._pushes -= ticket.priority > 0
            if chat is not None:
                chat.settle(arrived_at, edit=ticket.edit)
        if chat is not None and (chat.parked_at is None or chat.parked_at == math.inf):
            self._place(chat, now)

    def free_at(self, chat_id: Hashable, now: float) -> float:
        """When the chat's own limits next allow an answer, minus infinity when they do."""
        chat = self._chats.get(chat_id)
        at = chat.free_at(now) if chat is not None else -math.inf
        return at if at < math.inf else -math.inf

    def halted_until(self, chat_id: Hashable) -> float:
        """Until when Telegram wants to hear nothing for this chat."""
        chat = self._chats.get(chat_id)
        return max(chat.blocked_until if chat is not None else -math.inf, self._halted_until)

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
            # What was under way when Telegram first said so tells nothing new.
            if now >= self._halted_until:
                self.rate = max(min(_SLOWEST, self.rate), self.rate * _SLOWER)
            self._halted_until = max(self._halted_until, now + seconds)
            self._changed_at = self._halted_until

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
        at = chat.free_at(now, chat.waiting[0][2])
        if at <= now:
            heapq.heappush(self._ready, chat.waiting[0])
            return
        chat.parked_at = at
        if at < math.inf:  # else an end lets it go
            heapq.heappush(self._parked, (at, next(self._seq), chat))

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
        window_at = self._second.free_at(now)
        if window_at == math.inf:
            return None
        return max(window_at, self._pace_at(priority), self._halted_until)

    def _pace_at(self, priority: int) -> float:
        burst = _BURST if priority > 0 else _ANSWER_BURST
        at = self._tat - (burst - 1) / self.rate
        if self.rate * _BEAT_S <= 1 or at == -math.inf:
            return at
        at -= _MADE_UP_S
        return math.ceil(at / _BEAT_S) * _BEAT_S if priority > 0 else at

    def _told_at(self, ticket: Ticket, at: float) -> float:
        """When the ticket whose moment is `at` may be granted."""
        if not ticket.ahead or self.rate * _BEAT_S <= 1 or at == -math.inf:
            return at
        return math.ceil((at - _AHEAD_S) / _BEAT_S) * _BEAT_S

    def _charge(self, ticket: Ticket, at: float, now: float) -> None:
        self._speed_up(now)
        self._tat = max(self._tat, at) + 1 / self.rate
        self._second.enter()
        self._pushes += ticket.priority > 0
        ticket.granted = True
        ticket.at = ticket.left_at = at
        chat = self._chats[ticket.chat_id]
        heapq.heappop(chat.waiting)
        chat.charge(at, edit=ticket.edit)
        self._place(chat, now)

    def _speed_up(self, now: float) -> None:
        """Time alone restores the usual pace; beyond it goes only who writes and meets no 429."""
        if self._changed_at is None:
            self._changed_at = now
        steps = int((now - self._changed_at) / _CALM_S)
        if steps > 0:
            self._changed_at = now
            restored = min(self._usual, self.rate + steps * _FASTER)
            self.rate = max(restored, min(float(self._ceiling), self.rate + _FASTER))
