"""The limits, held on a simulated clock: at Telegram's side, however long the way there takes."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.pacing import GROUP_LIMIT, Pacer, Ticket
from tests.bot.delivery.simulation import Simulation, Telegram, most_within


@pytest.mark.parametrize(
    ("latency", "jitter", "back"),
    [
        (0.025, 0.0, 0.0),
        (0.0, 0.1, 0.0),
        (0.0, 0.0, 0.1),
        (0.02, 0.1, 0.02),
        (0.02, 0.05, 0.05),
        (0.15, 0.05, 0.0),
    ],
)
def test_of_a_broadcast_thirty_arrive_in_a_second_at_most_and_nine_tenths_at_least(
    latency: float, jitter: float, back: float
):
    simulation = Simulation(
        Pacer(28, 30, in_flight=15), latency=latency, jitter=jitter, jitter_back=back
    )
    for chat in range(1, 2001):
        simulation.ask(0.0, chat)
    simulation.run()
    times = simulation.times()
    assert len(times) == 2000
    assert most_within(times, 1.0) <= 30
    assert 2000 / (times[-1] - times[0]) >= 27


@pytest.mark.parametrize(("lag", "ahead"), [(0.0, False), (0.02, True)])
def test_of_a_thousand_a_second_nearly_all_are_used_and_never_more_arrive(lag: float, ahead: bool):
    """Also where each is noted first, in a turn that was taken ahead."""
    pacer = Pacer(1000, 1000, in_flight=125)
    simulation = Simulation(pacer, lag=lag, ahead=ahead, jitter_back=0.004)
    for chat in range(1, 8001):
        simulation.ask(0.0, chat)
    simulation.run()
    times = simulation.times()
    assert len(times) == 8000
    assert most_within(times, 1.0) <= 1000
    assert 8000 / (times[-1] - times[0]) >= 990


def test_answers_wait_for_no_turns_that_were_taken_ahead():
    pacer = Pacer(1000, 1000, in_flight=125)
    simulation = Simulation(pacer, lag=0.02, ahead=True, jitter_back=0.004)
    for chat in range(1, 4001):
        simulation.ask(0.0, chat)
    answers = [simulation.ask(1.5 + number * 0.01, -number, priority=0) for number in range(1, 9)]
    simulation.run()
    assert most_within(simulation.times(), 1.0) <= 1000
    when = {ticket: at for at, ticket in simulation.written}
    assert all(when[one] - simulation.asked[one] < 0.15 for one in answers)


@pytest.mark.parametrize("rate", [150, 450, 900])
@pytest.mark.parametrize("jitter", [0.0, 0.05])
def test_what_is_granted_ahead_never_arrives_beyond_the_limit(rate: int, jitter: float):
    pacer = Pacer(rate, rate, in_flight=125)
    simulation = Simulation(pacer, lag=0.1, ahead=True, jitter=jitter, jitter_back=jitter)
    for chat in range(1, 4 * rate):
        simulation.ask(0.0, chat)
    simulation.run()
    assert len(simulation.times()) == 4 * rate - 1
    assert most_within(simulation.times(), 1.0) <= rate


def test_at_a_fast_pace_pushes_leave_together_and_answers_at_once():
    simulation = Simulation(Pacer(500, 1000, in_flight=125))
    for chat in range(1, 2001):
        simulation.ask(0.0, chat)
    answers = [simulation.ask(1.003 + number * 0.01, -number, priority=0) for number in range(9)]
    simulation.run()
    pushes = {at for at, ticket in simulation.written if ticket.priority > 0}
    assert len(pushes) < 2000 / 3
    when = {ticket: at for at, ticket in simulation.written}
    assert all(when[one] - simulation.asked[one] < 0.02 for one in answers)


def test_at_a_fast_pace_a_pause_of_the_process_is_made_up_for():
    pacer = Pacer(500, 1000, in_flight=1000)
    for chat in range(1000):
        pacer.ask(Ticket(chat, is_group=False, priority=1), 100.0)
    moments = (100.0, 100.01, 100.02, 100.06, 100.07)
    granted = [len(pacer.grant(at + 1e-4)) for at in moments]
    assert granted[1:] == pytest.approx([5, 5, 20, 5], abs=1)


def test_a_first_burst_over_new_connections_is_no_breach():
    # Nothing is known yet of the way, and the first ten messages open a connection each.
    simulation = Simulation(Pacer(30, 30), latency=0.02, jitter=0.4)
    for chat in range(1, 301):
        simulation.ask(0.0, chat)
    simulation.run(until=0.5)
    simulation.jitter = 0.0
    simulation.run()
    assert len(simulation.arrived) == 300
    assert most_within(simulation.times(), 1.0) <= 30


def test_a_way_that_becomes_longer_and_shorter_is_no_breach():
    simulation = Simulation(Pacer(30, 30), latency=0.02, jitter=0.02)
    for chat in range(1, 1501):
        simulation.ask(0.0, chat)
    for until, latency in ((12.0, 0.25), (24.0, 0.02), (36.0, 0.12), (10_000.0, 0.01)):
        simulation.run(until=until)
        simulation.latency = latency
    simulation.run()
    assert len(simulation.arrived) == 1500
    assert most_within(simulation.times(), 1.0) <= 30


def test_late_writes_do_not_bunch_up_beyond_the_limit():
    # Half a second may pass between the leave to write and the write (a busy database).
    simulation = Simulation(Pacer(28, 30), lag=0.5, jitter=0.1)
    for chat in range(1, 1001):
        simulation.ask(0.0, chat)
    simulation.run()
    assert len(simulation.arrived) == 1000
    assert most_within(simulation.times(), 1.0) <= 30


def test_pushes_arrive_in_a_chat_a_second_apart():
    simulation = Simulation(Pacer(28, 30), jitter=0.1)
    for chat in range(1, 11):
        for _ in range(10):
            simulation.ask(0.0, chat)
    simulation.run()
    for chat in range(1, 11):
        times = simulation.times(chat)
        assert len(times) == 10
        assert most_within(times, 1.0) == 1
        assert times[-1] - times[0] <= 9 * 1.25


def test_answers_in_a_chat_get_a_burst_of_three_then_one_a_second():
    simulation = Simulation(Pacer(28, 30), latency=0.0)
    for _ in range(10):
        simulation.ask(0.0, 7, priority=0)
    simulation.run()
    times = simulation.times()
    assert times[2] < 0.2
    assert [round(at, 3) for at in times[3:]] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


def test_an_answer_does_not_wait_for_the_pushes_of_its_chat():
    simulation = Simulation(Pacer(28, 30), latency=0.5)
    for _ in range(5):
        simulation.ask(0.0, 7)
    answer = simulation.ask(0.2, 7, priority=0)
    simulation.run()
    assert len(simulation.arrived) == 6
    when = {ticket: at for at, ticket in simulation.written}
    assert when[answer] <= 0.21


def test_edits_do_not_use_up_the_chats_second():
    pacer = Pacer(28, 30)
    for number in range(10):
        ticket = Ticket(7, is_group=False, priority=0, edit=True)
        pacer.ask(ticket, number * 0.1)
        assert pacer.grant(number * 0.1) == [ticket]
        pacer.end(ticket, number * 0.1)


def test_a_group_gets_twenty_in_any_minute():
    simulation = Simulation(Pacer(28, 30), jitter=0.1)
    for _ in range(70):
        simulation.ask(0.0, -5, group=True)
    simulation.run()
    times = simulation.times()
    assert len(times) == 70
    assert most_within(times, 60.0) == GROUP_LIMIT
    assert times[-1] < 10 + 3 * 61


def test_a_full_group_does_not_hold_up_others():
    simulation = Simulation(Pacer(28, 30))
    for _ in range(100):
        simulation.ask(0.0, -5, group=True)
    late = [simulation.ask(1.0, chat) for chat in range(1, 11)]
    simulation.run(until=3.0)
    assert {ticket for _, ticket in simulation.written} >= set(late)


@pytest.mark.parametrize("jitter", [0.0, 0.1])
def test_answers_overtake_a_broadcast(jitter: float):
    simulation = Simulation(Pacer(28, 30), jitter=jitter)
    for chat in range(1, 1501):
        simulation.ask(0.0, chat)
    for number in range(200):
        simulation.ask(1.0 + number * 0.2, 10_000 + number, priority=0)
    simulation.run()
    waits = sorted(simulation.waits(0))
    assert len(waits) == 200
    assert waits[int(len(waits) * 0.95)] <= 0.15
    assert most_within(simulation.times(), 1.0) <= 30


def test_at_most_so_many_pushes_are_under_way():
    simulation = Simulation(Pacer(500, 600, in_flight=10), latency=0.5)
    for chat in range(1, 101):
        simulation.ask(0.0, chat)
    simulation.run()
    assert len(simulation.written) == 100
    assert most_within(simulation.times(), 0.9) == 10


def test_a_flood_in_one_chat_stops_only_that_chat():
    simulation = Simulation(Pacer(28, 30))
    simulation.penalties.append((0.0, 7, 5.0))
    blocked = simulation.ask(0.1, 7)
    free = simulation.ask(0.1, 8)
    simulation.run()
    when = {ticket: at for at, ticket in simulation.written}
    assert when[free] < 0.2
    assert when[blocked] >= 5.0


def test_a_flood_while_waiting_parks_the_chat():
    simulation = Simulation(Pacer(1, 2))
    tickets = [simulation.ask(0.0, chat) for chat in (1, 2, 3, 4, 5)]
    simulation.penalties.append((0.5, 3, 20.0))
    simulation.run()
    when = {ticket: at for at, ticket in simulation.written}
    assert when[tickets[2]] >= 20.5
    assert when[tickets[4]] < 10


def test_a_global_flood_stops_everything_and_slows_down():
    pacer = Pacer(28, 30)
    simulation = Simulation(pacer)
    for chat in range(1, 200):
        simulation.ask(0.0, chat)
    simulation.penalties.append((2.0, None, 3.0))
    simulation.run()
    assert not [at for at, _ in simulation.written if 2.0 < at < 5.0]
    assert len(simulation.written) == 199
    assert pacer.rate < 28


def test_floods_in_several_chats_mean_everything():
    pacer = Pacer(28, 30)
    for chat in (1, 2, 3):
        pacer.penalise(chat, 4.0, 10.0)
    pacer.ask(Ticket(99, is_group=False, priority=0), 10.0)
    assert pacer.grant(10.1) == []
    assert len(pacer.grant(14.1)) == 1
    assert pacer.rate < 28


def test_what_was_under_way_when_telegram_said_no_slows_down_once():
    pacer = Pacer(28, 30)
    for chat in range(1, 11):
        pacer.penalise(chat, 4.0, 10.0 + chat * 0.01)
    assert pacer.rate == pytest.approx(28 * 0.8)


def test_a_storm_of_floods_lowers_the_pace_and_calm_restores_it():
    telegram = Telegram(18, rest_s=2.0)
    pacer = Pacer(28, 30)
    simulation = Simulation(pacer, jitter=0.1, judge=telegram)
    for chat in range(1, 20_001):
        simulation.ask(0.0, chat)
    simulation.run(until=300.0)
    refused = len(simulation.refused)
    assert 3 <= refused <= 150
    assert len(simulation.arrived) >= 300 * 18 * 0.75
    assert all(pace <= 19 for at, pace in simulation.paces if at > 30)
    slow = pacer.rate
    telegram.a_second = 30
    simulation.run(until=760.0)
    assert len(simulation.refused) == refused
    assert pacer.rate > slow + 5
    assert most_within(simulation.times(), 1.0) <= 30


def test_a_quiet_hour_restores_the_usual_pace_and_no_more():
    pacer = Pacer(28, 30)
    pacer.penalise(None, 5.0, 0.0)
    assert pacer.rate < 28
    pacer.ask(Ticket(1, is_group=False, priority=0), 3600.0)
    assert len(pacer.grant(3600.0)) == 1
    assert pacer.rate == 28


def test_an_hour_of_rest_for_one_chat_halts_only_that_chat():
    simulation = Simulation(Pacer(28, 30))
    simulation.penalties.append((1.0, 7, 3600.0))
    for chat in range(1, 301):
        for part in range(2):
            simulation.ask(part * 5.0, chat)
    simulation.ask(20.0, 7, priority=0)
    simulation.run()
    last = max(at for at, ticket in simulation.arrived if ticket.chat_id != 7)
    assert len(simulation.arrived) == 601
    assert last < 30
    assert [at > 3600 for at in simulation.times(7)] == [False, True, True]
    assert simulation.pacer.rate >= 28


def test_calm_raises_the_pace_to_the_ceiling_only():
    pacer = Pacer(28, 30)
    for second in range(600):
        ticket = Ticket(second, is_group=False, priority=0)
        pacer.ask(ticket, float(second))
        assert pacer.grant(float(second)) == [ticket]
        pacer.end(ticket, float(second))
    assert pacer.rate == 30


def test_a_withdrawn_ticket_makes_room():
    pacer = Pacer(28, 30)
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
    simulation = Simulation(Pacer(9, 10), lag=lag, jitter=lag / 2)
    for moment, chat, group, priority in asks:
        simulation.ask(moment, -chat if group else chat, group=group, priority=priority)
    simulation.penalties.extend(sorted(penalties, key=lambda one: one[0]))
    simulation.run()
    written = Counter(ticket for _, ticket in simulation.written)
    assert set(written.values()) == {1}
    assert len(written) == len(asks)
    assert most_within(simulation.times(), 1.0) <= 10
    for group in {ticket.chat_id for ticket in written if ticket.is_group}:
        assert most_within(simulation.times(group), 60.0) <= GROUP_LIMIT


@pytest.mark.parametrize("ceiling", [1, 2, 1000])
def test_any_ceiling_works(ceiling: int):
    simulation = Simulation(Pacer(ceiling * 0.9, ceiling, in_flight=100))
    for chat in range(1, 50):
        simulation.ask(0.0, chat)
    simulation.run()
    assert len(simulation.written) == 49
    assert most_within(simulation.times(), 1.0) <= max(1, ceiling)
