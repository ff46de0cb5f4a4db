"""The limits, held on a simulated clock."""

import heapq
import random
from collections import Counter, deque
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.pacing import GROUP_LIMIT, Pacer, Ticket


class Simulation:
    """Asks at given times, writes `lag` seconds after each grant, ends `latency` after that."""

    def __init__(self, pacer: Pacer, *, lag: float = 0.0, latency: float = 0.05) -> None:
        self.pacer = pacer
        self.lag = lag
        self.latency = latency
        self.now = 0.0
        self.written: list[tuple[float, Ticket]] = []
        self.asked: dict[Ticket, float] = {}
        self._events: list[tuple[float, int, str, Ticket]] = []
        self._number = 0
        self.penalties: deque[tuple[float, int | None, float]] = deque()

    def at(self, moment: float, what: str, ticket: Ticket) -> None:
        self._number += 1
        heapq.heappush(self._events, (moment, self._number, what, ticket))

    def ask(self, moment: float, chat: int, *, group: bool = False, priority: int = 1) -> Ticket:
        ticket = Ticket(chat, group, priority)
        self.at(moment, "ask", ticket)
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
                self._happen(*heapq.heappop(self._events)[2:])
            for ticket in self.pacer.grant(self.now):
                self.at(self.now + self.lag * random.random(), "write", ticket)

    def _happen(self, what: str, ticket: Ticket) -> None:
        if what == "ask":
            self.asked[ticket] = self.now
            self.pacer.ask(ticket, self.now)
        elif what == "write":
            self.pacer.begin(ticket, self.now)
            self.written.append((self.now, ticket))
            self.at(self.now + self.latency, "end", ticket)
        else:
            self.pacer.end(ticket, self.now)

    def waits(self, priority: int) -> list[float]:
        return [at - self.asked[one] for at, one in self.written if one.priority == priority]


def most_within(times: Sequence[float], seconds: float) -> int:
    most, first = 0, 0
    for last, moment in enumerate(times):
        while moment - times[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def times_of(simulation: Simulation) -> list[float]:
    return sorted(at for at, _ in simulation.written)


def test_a_broadcast_keeps_within_thirty_in_any_second_and_uses_nine_tenths():
    simulation = Simulation(Pacer(27, 30))
    for chat in range(1, 2001):
        simulation.ask(0.0, chat)
    simulation.run()
    times = times_of(simulation)
    assert len(times) == 2000
    assert most_within(times, 1.0) <= 30
    assert 2000 / times[-1] >= 26.9


def test_late_writes_do_not_bunch_up_beyond_the_limit():
    # Half a second may pass between the leave to write and the write (a busy database).
    simulation = Simulation(Pacer(27, 30), lag=0.5)
    for chat in range(1, 1001):
        simulation.ask(0.0, chat)
    simulation.run()
    assert len(simulation.written) == 1000
    assert most_within(times_of(simulation), 1.0) <= 30


def test_a_chat_gets_a_burst_of_three_then_one_a_second():
    simulation = Simulation(Pacer(27, 30))
    for _ in range(10):
        simulation.ask(0.0, 7)
    simulation.run()
    times = times_of(simulation)
    assert times[2] < 0.2
    assert [round(at, 3) for at in times[3:]] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


def test_edits_do_not_use_up_the_chats_second():
    pacer = Pacer(27, 30)
    for number in range(10):
        ticket = Ticket(7, is_group=False, priority=0, edit=True)
        pacer.ask(ticket, number * 0.1)
        assert pacer.grant(number * 0.1) == [ticket]
        pacer.end(ticket, number * 0.1)


def test_a_group_gets_twenty_in_any_minute():
    simulation = Simulation(Pacer(27, 30))
    for _ in range(70):
        simulation.ask(0.0, -5, group=True)
    simulation.run()
    times = times_of(simulation)
    assert len(times) == 70
    assert most_within(times, 60.0) == GROUP_LIMIT


def test_a_full_group_does_not_hold_up_others():
    simulation = Simulation(Pacer(27, 30))
    for _ in range(100):
        simulation.ask(0.0, -5, group=True)
    late = [simulation.ask(1.0, chat) for chat in range(1, 11)]
    simulation.run(until=3.0)
    assert {ticket for _, ticket in simulation.written} >= set(late)


def test_answers_overtake_a_broadcast():
    simulation = Simulation(Pacer(27, 30))
    for chat in range(1, 451):
        simulation.ask(0.0, chat)
    for number in range(60):
        simulation.ask(1.0 + number * 0.2, 1000 + number, priority=0)
    simulation.run()
    waits = sorted(simulation.waits(0))
    assert len(waits) == 60
    assert waits[int(len(waits) * 0.95)] <= 0.15


def test_at_most_so_many_pushes_are_under_way():
    simulation = Simulation(Pacer(500, 600, in_flight=10), latency=1.0)
    for chat in range(1, 101):
        simulation.ask(0.0, chat)
    simulation.run()
    assert len(simulation.written) == 100
    assert most_within(times_of(simulation), 0.9) == 10


def test_a_flood_in_one_chat_stops_only_that_chat():
    simulation = Simulation(Pacer(27, 30))
    simulation.penalties.append((0.0, 7, 5.0))
    blocked = simulation.ask(0.1, 7)
    free = simulation.ask(0.1, 8)
    simulation.run()
    when = {ticket: at for at, ticket in simulation.written}
    assert when[free] < 0.2
    assert when[blocked] >= 5.0


def test_a_flood_while_waiting_parks_the_chat():
    simulation = Simulation(Pacer(1, 2, reserve=0))
    tickets = [simulation.ask(0.0, chat) for chat in (1, 2, 3, 4, 5)]
    simulation.penalties.append((0.5, 3, 20.0))
    simulation.run()
    when = {ticket: at for at, ticket in simulation.written}
    assert when[tickets[2]] >= 20.5
    assert when[tickets[4]] < 10


def test_a_global_flood_stops_everything_and_slows_down():
    pacer = Pacer(27, 30)
    simulation = Simulation(pacer)
    for chat in range(1, 200):
        simulation.ask(0.0, chat)
    simulation.penalties.append((2.0, None, 3.0))
    simulation.run()
    assert not [at for at, _ in simulation.written if 2.0 < at < 5.0]
    assert len(simulation.written) == 199
    assert pacer.rate < 27


def test_floods_in_several_chats_mean_everything():
    pacer = Pacer(27, 30)
    for chat in (1, 2, 3):
        pacer.penalise(chat, 4.0, 10.0)
    pacer.ask(Ticket(99, is_group=False, priority=0), 10.0)
    assert pacer.grant(10.1) == []
    assert len(pacer.grant(14.1)) == 1
    assert pacer.rate < 27


def test_calm_raises_the_pace_to_the_ceiling_only():
    pacer = Pacer(27, 30)
    for second in range(600):
        ticket = Ticket(second, is_group=False, priority=0)
        pacer.ask(ticket, float(second))
        assert pacer.grant(float(second)) == [ticket]
        pacer.end(ticket, float(second))
    assert pacer.rate == 30


def test_a_withdrawn_ticket_makes_room():
    pacer = Pacer(27, 30)
    first, second = Ticket(7, is_group=False, priority=1), Ticket(7, is_group=False, priority=1)
    pacer.penalise(7, 1.0, 0.0)
    pacer.ask(first, 0.0)
    pacer.ask(second, 0.0)
    pacer.end(first, 0.5)
    assert pacer.grant(1.0) == [second]
    assert pacer.next_at(1.0) is None


def test_chats_that_are_long_quiet_are_forgotten():
    pacer = Pacer(1000, 1100, in_flight=10**6)
    for chat in range(20_000):
        ticket = Ticket(chat, is_group=False, priority=1)
        pacer.ask(ticket, chat * 0.1)
        pacer.grant(chat * 0.1)
        pacer.end(ticket, chat * 0.1)
    assert len(pacer._chats) < 9000


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 8), st.integers(1, 6), st.booleans(), st.sampled_from([0, 1, 1, 1, 2])
        ),
        min_size=1,
        max_size=120,
    ),
    st.lists(
        st.tuples(st.floats(0, 10), st.sampled_from([None, 1, -2]), st.floats(0, 4)), max_size=3
    ),
    st.floats(0, 0.4),
)
def test_whatever_is_asked_is_granted_once_and_within_all_limits(
    asks: list[tuple[float, int, bool, int]],
    penalties: list[tuple[float, int | None, float]],
    lag: float,
):
    simulation = Simulation(Pacer(9, 10), lag=lag)
    for moment, chat, group, priority in asks:
        simulation.ask(moment, -chat if group else chat, group=group, priority=priority)
    simulation.penalties.extend(sorted(penalties, key=lambda one: one[0]))
    simulation.run()
    written = Counter(ticket for _, ticket in simulation.written)
    assert set(written.values()) == {1}
    assert len(written) == len(asks)
    assert most_within(times_of(simulation), 1.0) <= 10
    for group in {ticket.chat_id for ticket in written if ticket.is_group}:
        times = sorted(at for at, ticket in simulation.written if ticket.chat_id == group)
        assert most_within(times, 59.0) <= GROUP_LIMIT


@pytest.mark.parametrize("ceiling", [1, 2, 1000])
def test_any_ceiling_works(ceiling: int):
    simulation = Simulation(Pacer(ceiling * 0.9, ceiling, in_flight=100))
    for chat in range(1, 50):
        simulation.ask(0.0, chat)
    simulation.run()
    assert len(simulation.written) == 49
    assert most_within(times_of(simulation), 1.0) <= max(1, ceiling)
