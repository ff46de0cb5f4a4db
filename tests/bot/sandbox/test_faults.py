"""Things that go wrong on the wire, to order."""

from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import pytest
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter

from bot.sandbox import Fault, FaultKind, Sandbox

Call = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]
LIN = 1001


@pytest.fixture(autouse=True)
def _started(sandbox: Sandbox) -> None:
    sandbox.person("lin").start()


@pytest.mark.parametrize(
    ("kind", "arrived"), [(FaultKind.DROP_BEFORE, []), (FaultKind.DROP_AFTER, ["x"])]
)
async def test_a_cut_connection(
    call: Call, sandbox: Sandbox, kind: FaultKind, arrived: list[str]
) -> None:
    sandbox.faults.add(Fault(kind, method="sendMessage"))
    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=LIN, text="x")
    assert [seen.text for seen in sandbox.person("lin").inbox] == arrived
    assert sandbox.log.refused["sendMessage", 0] == 1
    assert (await call("sendMessage", chat_id=LIN, text="y"))[0] == 200


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_answers_to_order(bot: Bot, sandbox: Sandbox) -> None:
    cases: list[tuple[Fault, type[Exception]]] = [
        (Fault(FaultKind.ANSWER, code=429, retry_after=7), RetryAfter),
        (Fault(FaultKind.ANSWER), NetworkError),
        (
            Fault(FaultKind.ANSWER, code=403, description="Forbidden: user is deactivated"),
            Forbidden,
        ),
    ]
    for fault, expected in cases:
        sandbox.faults.add(fault)
        with pytest.raises(expected):
            await bot.send_message(LIN, "x")
    assert not sandbox.person("lin").inbox


async def test_only_what_matches_goes_wrong(call: Call, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(FaultKind.ANSWER, chat_id=LIN, times=2, skip=1))
    group = sandbox.chat("group").id
    codes = [(await call("sendMessage", chat_id=LIN, text=str(n)))[0] for n in range(4)]
    assert codes == [200, 502, 502, 200]
    assert (await call("sendMessage", chat_id=group, text="x"))[0] == 200
    sandbox.faults.add(Fault(FaultKind.DELAY, delay_s=0.01, times=-1))
    assert (await call("getMe"))[0] == 200
    sandbox.faults.clear()
    assert sandbox.log.accepted["sendMessage"] == 3
    assert [one.code for one in sandbox.log.of("sendMessage")] == [200, 502, 502, 200, 200]
