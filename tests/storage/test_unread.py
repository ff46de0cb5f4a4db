"""What a reader has not been given yet, while it is being given."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from digest.model import DeliveryState
from storage import Recipient, Storage, unread
from tests.storage.making import NOW, add_signal, add_subscriber, minutes, planned

ME = "sender"


@pytest.mark.parametrize("question", ["owed", "delivered"])
@pytest.mark.parametrize("end", [DeliveryState.SENT, DeliveryState.UNKNOWN])
async def test_what_is_settled_while_we_ask_does_not_come_twice(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, question: str, end: DeliveryState
) -> None:
    signal = await add_signal(storage)
    reader = (await add_subscriber(storage, 1)).id
    await storage.digests.plan_instant(planned((signal.id,)), [Recipient(reader)])
    (delivery,) = await storage.deliveries.claim(NOW, 1, ME)
    assert await storage.deliveries.mark_sending(delivery.id, NOW)
    asked: Callable[..., Awaitable[Any]] = getattr(storage.given, question)

    async def settled_meanwhile(*args: Any) -> Any:
        found = await asked(*args)
        if end is DeliveryState.SENT:
            await storage.deliveries.settle_sent(delivery.id, 7, NOW)
        else:
            await storage.deliveries.settle_unknown(delivery.id, "reset", NOW)
        return found

    monkeypatch.setattr(storage.given, question, settled_meanwhile)
    found = (await unread(storage, [reader], [signal], NOW + minutes(1)))[reader]
    assert await storage.deliveries.counts() == {end: 1}
    # In doubt it comes again, now or with the next digest; else it is hidden from this one.
    if end is DeliveryState.SENT:
        assert (found.hidden, found.carried) == ({signal.id}, ())
    else:
        assert (found.hidden == {signal.id}) is not (found.carried == (signal.id,))
