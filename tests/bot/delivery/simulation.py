"""A limiter, a network and Telegram on a simulated clock: what is asked, written, arrives."""

import heapq
import random
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from functools import partial

from bot.delivery.pacing import Pacer, Ticket

Judge = Callable[[Ticket, float], float]


class Simulation:
    """Asks at given times, writes up to `lag` seconds after each grant, and is answered.

    With `ahead` turns are taken ahead, and what is granted is written at its moment, or when the
    lag is over if that is later.

    What is written arrives `latency` and up to `jitter` seconds later, and the answer again
    `latency` and up to `jitter_back`.
    `judge` says for how many seconds Telegram refuses what arrives (0: it takes it); what was
    refused is asked for again when they are over, as the outbox does.
    """

    def __init__(
        self,
        pacer: Pacer,
        *,
        lag: float = 0.0,
        ahead: bool = False,
        latency: float = 0.025,
        jitter: float = 0.0,
        jitter_back: float = 0.0,
        judge: Judge = lambda _ticket, _now: 0.0,
    ) -> None:
        self.pacer = pacer
        self.lag = lag
        self.ahead = ahead
        self.latency = latency
        self.jitter = jitter
        self.jitter_back = jitter_back
        self.judge = judge
        self.now = 0.0
        self.written: list[tuple[float, Ticket]] = []
        self.arrived: list[tuple[float, Ticket]] = []
        self.refused: list[tuple[float, Ticket]] = []
        self.paces: list[tuple[float, float]] = []
        self.asked: dict[Ticket, float] = {}
        self.penalties: deque[tuple[float, int | None, float]] = deque()
        self._dice = random.Random(7)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0

    def ask(self, moment: float, chat: int, *, group: bool = False, priority: int = 1) -> Ticket:
        ticket = Ticket(chat, group, priority, ahead=self.ahead)
        self._at(moment, partial(self._ask, ticket))
        return ticket

    def run(self, until: float = 10_000.0) -> None:
        while self.now < until:
            wake = self.pacer.next_at(self.now)
            moments = [event[0] for event in self._events[:1]] + [
                moment for moment in (wake,) if moment is not None
            ]
            moments += [self.penalties[0][0]] if self.penalties else []
            if not moments:
                return
            self.now = max(self.now, min(moments))
            if self.penalties and self.penalties[0][0] <= self.now:
                _, chat, seconds = self.penalties.popleft()
                self.pacer.penalise(chat, seconds, self.now)
            while self._events and self._events[0][0] <= self.now:
                heapq.heappop(self._events)[2]()
            for ticket in self.pacer.grant(self.now):
                noted = self.now + self.lag * self._dice.random()
                self._at(max(noted, ticket.at), partial(self._write, ticket))

    def _at(self, moment: float, event: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._events, (moment, self._number, event))

    def _way(self, jitter: float) -> float:
        return self.now + self.latency + jitter * self._dice.random()

    def _ask(self, ticket: Ticket) -> None:
        self.asked[ticket] = self.now
        self.pacer.ask(ticket, self.now)

    def _write(self, ticket: Ticket) -> None:
        self.pacer.begin(ticket, self.now)
        self.written.append((self.now, ticket))
        self.paces.append((self.now, self.pacer.rate))
        self._at(self._way(self.jitter), partial(self._arrive, ticket))

    def _arrive(self, ticket: Ticket) -> None:
        seconds = self.judge(ticket, self.now)
        (self.refused if seconds else self.arrived).append((self.now, ticket))
        self._at(self._way(self.jitter_back), partial(self._answer, ticket, seconds))

    def _answer(self, ticket: Ticket, seconds: float) -> None:
        self.pacer.end(ticket, self.now)
        if seconds:
            chat = ticket.chat_id
            self.pacer.penalise(chat, seconds, self.now)
            again = Ticket(chat, ticket.is_group, ticket.priority)
            self._at(self.now + seconds, partial(self._ask, again))

    def waits(self, priority: int) -> list[float]:
        return [at - self.asked[one] for at, one in self.written if one.priority == priority]

    def times(self, chat: int | None = None) -> list[float]:
        """When messages (to `chat`) arrived, in order."""
        return sorted(at for at, one in self.arrived if chat in {None, one.chat_id})


class Telegram:
    """Judges as Telegram does, in windows over what has arrived: so many a second in all, one
    in a second and chat with a `burst`, twenty in a minute and group.
    """

    def __init__(self, a_second: int, *, burst: int = 3, rest_s: float = 3.0) -> None:
        self.a_second = a_second
        self._burst = burst
        self._rest_s = rest_s
        self._all: deque[float] = deque()
        self._chats: defaultdict[object, deque[float]] = defaultdict(deque)

    def __call__(self, ticket: Ticket, now: float) -> float:
        chat = self._chats[ticket.chat_id]
        full = (
            _count(self._all, now, 1.0) >= self.a_second
            or _count(chat, now, float(self._burst)) >= self._burst
        )
        if full:
            return self._rest_s
        self._all.append(now)
        chat.append(now)
        return 0.0


def _count(times: deque[float], now: float, seconds: float) -> int:
    while times and times[0] <= now - seconds:
        times.popleft()
    return len(times)


def most_within(times: Sequence[float], seconds: float) -> int:
    """The most of `times` (in order) in any window of so many seconds."""
    most, first = 0, 0
    for last, moment in enumerate(times):
        while moment - times[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most
