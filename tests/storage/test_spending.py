from digest.modeltier.calls import Call
from storage import Spent, Storage
from tests.storage.making import NOW, minutes


def call(outcome: str = "ok", *, cost: float = 0.25, signal_id: int | None = None) -> Call:
    return Call("brief", "gpt-x", "brief-1", 900, 100, cost, 1200, outcome, signal_id)


async def test_calls_add_up_from_a_moment_on(storage: Storage) -> None:
    assert await storage.spending.spent(NOW) == Spent()
    await storage.spending.record(call(), NOW - minutes(1))
    await storage.spending.record(call(), NOW)
    await storage.spending.record(call("timeout", cost=0.5), NOW + minutes(1))
    spent = await storage.spending.spent(NOW)
    assert spent == Spent(2, 1800, 200, 0.75)
    assert spent.tokens == 2000
    assert await storage.spending.outcomes(NOW) == {"ok": 1, "timeout": 1}


async def test_a_call_is_assigned_once_its_signal_has_a_number(storage: Storage) -> None:
    first = await storage.spending.record(call(), NOW)
    second = await storage.spending.record(call(), NOW)
    await storage.spending.record(call(signal_id=8), NOW)
    await storage.spending.assign([first, second], 7)
    assert await storage.spending.of_signal(7) == Spent(2, 1800, 200, 0.5)
    assert await storage.spending.of_signal(8) == Spent(1, 900, 100, 0.25)
    assert await storage.spending.of_signal(9) == Spent()
    await storage.spending.assign([], 9)


async def test_answers_are_kept_replaced_and_forgotten_by_age(storage: Storage) -> None:
    assert await storage.spending.answer("a") is None
    await storage.spending.keep_answer("a", "{}", NOW - minutes(9))
    await storage.spending.keep_answer("b", '{"标题": 1}' * 1000, NOW - minutes(9))
    await storage.spending.keep_answer("b", '{"标题": 2}', NOW)
    assert await storage.spending.answer("b") == '{"标题": 2}'
    assert await storage.spending.forget_before(NOW) == 1
    assert await storage.spending.answer("a") is None
