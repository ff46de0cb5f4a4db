"""What is kept of why a signal was pushed."""

from dataclasses import replace

from digest.model import DigestKind, Lang, Wishes
from digest.reasons import Reason
from storage import Recipient, Storage
from tests.storage.making import NOW, add_signal, add_subscriber, minutes, planned

WISHES = Wishes(topics=("llm",), mutes=("游戏",), weights=(("topic:llm", -2),), lang=Lang.EN)


async def settle(storage: Storage) -> None:
    for delivery in await storage.deliveries.claim(NOW + minutes(1), 10, "test"):
        await storage.deliveries.mark_sending(delivery.id, NOW + minutes(1))
        await storage.deliveries.settle_sent(delivery.id, 7, NOW + minutes(2))


async def test_the_wishes_of_a_digest_and_the_reason_of_an_alert_are_kept(
    storage: Storage,
) -> None:
    reader = await add_subscriber(storage)
    other = await add_subscriber(storage, 101)
    one, two = await add_signal(storage), await add_signal(storage)
    reason = Reason(("topic:llm", "column:ai"), 82, -10, 70)
    daily = replace(planned((one.id,)), wishes=WISHES)
    alert = planned((two.id,), kind=DigestKind.INSTANT, group_key="alert")
    await storage.digests.plan_instant(daily, [Recipient(reader.id)])
    await storage.digests.plan_instant(
        alert, [Recipient(reader.id, because=reason), Recipient(other.id)]
    )
    assert await storage.deliveries.pushed(reader.id, one.id) is None  # owed is not pushed
    await settle(storage)
    first = await storage.deliveries.pushed(reader.id, one.id)
    assert first is not None
    assert (first.kind, first.wishes, first.reason) == (DigestKind.DAILY, WISHES, None)
    assert first.sent_at == NOW + minutes(2)
    second = await storage.deliveries.pushed(reader.id, two.id)
    assert second is not None
    assert (second.kind, second.wishes, second.reason) == (DigestKind.INSTANT, None, reason)
    bare = await storage.deliveries.pushed(other.id, two.id)
    assert bare is not None
    assert (bare.wishes, bare.reason) == (None, None)
    assert await storage.deliveries.pushed(other.id, one.id) is None
