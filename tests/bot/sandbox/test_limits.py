"""30 a second, one a second per chat, 20 a minute per group."""

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.limits import LimitRules, Limits


def refused(limits: Limits, chat_id: int, now: float, **how: bool) -> int:
    """How many seconds a message has to wait, 0 when it is let through."""
    try:
        limits.charge(chat_id, now, group=how.get("group", False), new=how.get("new", True))
    except ApiError as error:
        return int((error.parameters or {})["retry_after"])
    return 0


def test_the_refusal_in_telegrams_words() -> None:
    limits = Limits(LimitRules(overall=1))
    limits.charge(1, 0.0, group=False)
    with pytest.raises(ApiError) as caught:
        limits.charge(2, 0.0, group=False)
    assert caught.value.body() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }


def test_thirty_in_any_second() -> None:
    limits = Limits(LimitRules())
    assert not any(refused(limits, chat, 0.9) for chat in range(30))
    assert refused(limits, 99, 1.5) == 1
    assert refused(limits, 99, 1.91) == 0


def test_one_a_second_to_a_chat_after_a_small_burst() -> None:
    limits = Limits(LimitRules(chat_burst=3))
    assert [refused(limits, 5, 10.0) for _ in range(4)] == [0, 0, 0, 1]
    assert refused(limits, 6, 10.0) == 0
    assert refused(limits, 5, 11.0) == 0
    assert refused(limits, 5, 11.5) == 1


def test_twenty_a_minute_to_a_group() -> None:
    limits = Limits(LimitRules())
    waits = [refused(limits, -5, second * 1.0, group=True) for second in range(21)]
    assert waits == [0] * 20 + [40]
    assert refused(limits, -5, 60.0, group=True) == 0


def test_edits_do_not_count_for_the_chat() -> None:
    limits = Limits(LimitRules(chat_burst=1))
    assert [refused(limits, 5, 0.0, new=False) for _ in range(5)] == [0] * 5
    assert refused(limits, 5, 0.0) == 0


@pytest.mark.parametrize("rules", [LimitRules(overall=0, chat_rate=0, group=0)])
def test_zero_switches_a_limit_off(rules: LimitRules) -> None:
    limits = Limits(rules)
    assert not any(refused(limits, -5, 0.0, group=True) for _ in range(500))


def test_a_refused_message_costs_nothing() -> None:
    limits = Limits(LimitRules(overall=1))
    assert refused(limits, 1, 0.0) == 0
    assert [refused(limits, 2, 0.5) for _ in range(9)] == [1] * 9
    assert refused(limits, 2, 1.01) == 0
