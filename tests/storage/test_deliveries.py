import asyncio

import pytest

from digest.model import Delivery, DeliveryState, DigestKind
from storage import Recipient, Storage
from tests.storage.making import NOW, add_signal, add_subscriber, minutes, planned

ME = "sender-1"


async def owe(
    storage: Storage,
    *chats: int,
    parts: int = 1,
    kind: DigestKind = DigestKind.DAILY,
    signals: tuple[int, ...] = (),
    key: str = "all",
) -> None:
    readers = [Recipient((await add_subscriber(storage, chat)).id) for chat in chats]
    plan = planned(signals, parts=parts, kind=kind, group_key=key)
    await storage.digests.plan_instant(plan, readers)


async def claim(storage: Storage, after: float = 0, limit: int = 10) -> list[Delivery]:
    return list(await storage.deliveries.claim(NOW + minutes(after), limit, ME))


async def send(storage: Storage, delivery: Delivery, after: float = 0) -> None:
    assert await storage.deliveries.mark_sending(delivery.id, NOW + minutes(after))
    await storage.deliveries.settle_sent(delivery.id, 1000 + delivery.id, NOW + minutes(after))


async def test_a_delivery_goes_from_owed_to_sent(storage: Storage) -> None:
    signal = await add_signal(storage)
    await owe(storage, 7, signals=(signal.id,))
    (delivery,) = await claim(storage)

    assert delivery.chat_id == 7
    assert delivery.body == {"text": "<b>第 0 部分</b> 😀"}
    assert (delivery.part, delivery.attempts, delivery.state) == (0, 0, DeliveryState.CLAIMED)
    assert await storage.given.delivered([delivery.subscriber_id], [signal.id]) == {
        delivery.subscriber_id: set()
    }

    await send(storage, delivery)
    assert await storage.deliveries.counts() == {DeliveryState.SENT: 1}
    assert await storage.given.delivered([delivery.subscriber_id], [signal.id]) == {
        delivery.subscriber_id: {signal.id}
    }
    assert await claim(storage, 999) == []
    assert await storage.deliveries.next_due() is None


async def test_what_is_claimed_is_not_claimed_again(storage: Storage) -> None:
    await owe(storage, *range(1, 6))
    assert [one.chat_id for one in await claim(storage, limit=2)] == [1, 2]
    assert [one.chat_id for one in await claim(storage)] == [3, 4, 5]
    assert await claim(storage) == []


async def test_senders_at_the_same_time_never_share_a_delivery(storage: Storage) -> None:
    await owe(storage, *range(1, 31))
    batches = await asyncio.gather(*(claim(storage, limit=4) for _ in range(12)))
    taken = [one.id for batch in batches for one in batch]
    while rest := await claim(storage, limit=4):
        taken += [one.id for one in rest]
    assert len(taken) == len(set(taken)) == 30


async def test_parts_go_out_in_order(storage: Storage) -> None:
    await owe(storage, 1, 2, parts=3)
    first = await claim(storage)
    assert [(one.chat_id, one.part) for one in first] == [(1, 0), (2, 0)]
    assert await claim(storage) == []

    await send(storage, first[0])
    (second,) = await claim(storage)
    assert (second.chat_id, second.part) == (1, 1)
    await storage.deliveries.settle_retry(second.id, NOW + minutes(5), "429")
    assert await claim(storage) == []
    assert [one.part for one in await claim(storage, 5)] == [1]


@pytest.mark.parametrize("end", ["dead", "unknown"])
async def test_a_part_that_failed_for_good_does_not_hold_the_next(
    storage: Storage, end: str
) -> None:
    await owe(storage, 1, parts=2)
    (first,) = await claim(storage)
    assert await storage.deliveries.mark_sending(first.id, NOW)
    if end == "dead":
        await storage.deliveries.settle_dead(first.id, "bad request", NOW)
    else:
        await storage.deliveries.settle_unknown(first.id, "timeout", NOW)
    assert [one.part for one in await claim(storage)] == [1]


async def test_urgent_deliveries_go_before_a_broadcast(storage: Storage) -> None:
    await owe(storage, 1, 2, 3)
    await owe(storage, 4, kind=DigestKind.INSTANT, key="signal:1")
    assert [one.chat_id for one in await claim(storage)] == [4, 1, 2, 3]


async def test_nothing_is_claimed_for_chats_that_are_gone(storage: Storage) -> None:
    await owe(storage, 1, 2)
    await storage.subscribers.set_active(1, active=False, reason="blocked", now=NOW)
    assert [one.chat_id for one in await claim(storage)] == [2]


async def test_only_what_is_ours_may_be_sent(storage: Storage) -> None:
    await owe(storage, 1)
    (delivery,) = await claim(storage)
    assert not await storage.deliveries.mark_sending(delivery.id, NOW, owner="another")
    assert not await storage.deliveries.mark_sending(delivery.id, NOW + minutes(1))
    assert await storage.deliveries.mark_sending(delivery.id, NOW, owner=ME)
    assert not await storage.deliveries.mark_sending(delivery.id, NOW, owner=ME)


async def test_of_many_who_try_to_send_one_may(storage: Storage) -> None:
    await owe(storage, 1)
    (delivery,) = await claim(storage)
    allowed = await asyncio.gather(
        *(storage.deliveries.mark_sending(delivery.id, NOW) for _ in range(8))
    )
    assert sum(allowed) == 1


async def test_a_retry_waits_and_counts(storage: Storage) -> None:
    await owe(storage, 1)
    (delivery,) = await claim(storage)
    assert await storage.deliveries.mark_sending(delivery.id, NOW)
    await storage.deliveries.settle_retry(delivery.id, NOW + minutes(2), "connect")

    assert await storage.deliveries.next_due() == NOW + minutes(2)
    assert await claim(storage, 1.9) == []
    (again,) = await claim(storage, 2)
    assert (again.id, again.attempts) == (delivery.id, 1)


async def test_a_release_gives_back_only_what_was_not_started(storage: Storage) -> None:
    await owe(storage, 1, 2)
    started, claimed = await claim(storage)
    assert await storage.deliveries.mark_sending(started.id, NOW)
    await storage.deliveries.release([started.id, claimed.id])
    assert [one.id for one in await claim(storage)] == [claimed.id]


async def test_after_a_crash_claims_return_and_sendings_are_unknown(storage: Storage) -> None:
    signals = tuple([(await add_signal(storage)).id for _ in range(2)])
    await owe(storage, 1, 2, 3, signals=signals)
    sending, claimed, sent = await claim(storage)
    await send(storage, sent)
    assert await storage.deliveries.mark_sending(sending.id, NOW)

    assert await storage.deliveries.recover(NOW, owner=None) == (0, 0)
    assert await storage.deliveries.recover(NOW, owner="another") == (0, 0)
    assert await storage.deliveries.recover(NOW, owner=ME) == (1, 1)
    assert await storage.deliveries.recover(NOW + minutes(60), owner=None) == (0, 0)

    assert [one.id for one in await claim(storage)] == [claimed.id]
    assert (await storage.deliveries.counts())[DeliveryState.UNKNOWN] == 1
    # Nothing is lost: what may not have come is carried into the next digest.
    since = NOW - minutes(60)
    assert await storage.given.carried([sending.subscriber_id], since) == {
        sending.subscriber_id: signals
    }
    assert await storage.given.carried([sent.subscriber_id], since) == {sent.subscriber_id: ()}
    assert await storage.given.carried([sending.subscriber_id], NOW + minutes(1)) == {
        sending.subscriber_id: ()
    }


async def test_leases_run_out_by_themselves(storage: Storage) -> None:
    await owe(storage, 1, 2)
    sending, _claimed = await claim(storage)
    assert await storage.deliveries.mark_sending(sending.id, NOW)
    assert await storage.deliveries.recover(NOW + minutes(0.9)) == (0, 0)
    assert await storage.deliveries.recover(NOW + minutes(1)) == (1, 0)
    assert await storage.deliveries.recover(NOW + minutes(2)) == (0, 1)


async def test_what_came_another_way_is_not_carried(storage: Storage) -> None:
    signals = tuple([(await add_signal(storage)).id for _ in range(3)])
    await owe(storage, 1, signals=signals)
    (delivery,) = await claim(storage)
    assert await storage.deliveries.mark_sending(delivery.id, NOW)
    await storage.deliveries.settle_unknown(delivery.id, "reset", NOW)
    await storage.subscribers.mark_delivered(delivery.subscriber_id, signals[:1], NOW)
    assert await storage.given.carried([delivery.subscriber_id], NOW) == {
        delivery.subscriber_id: signals[1:]
    }


async def test_late_proof_settles_what_was_unknown(storage: Storage) -> None:
    signal = await add_signal(storage)
    await owe(storage, 1, signals=(signal.id,))
    (delivery,) = await claim(storage)
    assert await storage.deliveries.mark_sending(delivery.id, NOW)
    await storage.deliveries.recover(NOW, owner=ME)
    await storage.deliveries.settle_sent(delivery.id, 55, NOW)
    assert await storage.deliveries.counts() == {DeliveryState.SENT: 1}
    assert await storage.given.carried([delivery.subscriber_id], NOW) == {
        delivery.subscriber_id: ()
    }


@pytest.mark.parametrize("end", ["lost answer", "crash"])
async def test_alerts_may_be_set_to_go_once_more_and_no_more(storage: Storage, end: str) -> None:
    owed = storage.deliveries
    owed.resend_alerts = True
    signal = await add_signal(storage)
    await owe(storage, 1, kind=DigestKind.INSTANT, signals=(signal.id,))
    await owe(storage, 2, kind=DigestKind.DAILY, key="daily", signals=(signal.id,))

    async def in_doubt(delivery: Delivery) -> None:
        assert await owed.mark_sending(delivery.id, NOW)
        if end == "crash":
            await owed.recover(NOW, owner=ME)
        else:
            await owed.settle_unknown(delivery.id, "reset", NOW)

    alert, daily = await claim(storage)
    assert (alert.chat_id, alert.resent) == (1, False)
    await owed.release([daily.id])
    await in_doubt(alert)
    again, daily = await claim(storage)
    assert (again.id, again.resent, again.attempts) == (alert.id, True, 1)
    assert not daily.resent
    await owed.release([daily.id])
    # While it is on its way the next digest leaves it alone; after a second doubt it carries it.
    assert await storage.given.carried([alert.subscriber_id], NOW) == {alert.subscriber_id: ()}
    await in_doubt(again)
    (daily,) = await claim(storage)
    await in_doubt(daily)
    assert await owed.counts() == {DeliveryState.UNKNOWN: 2}
    assert await claim(storage, 999) == []
    assert await storage.given.carried([alert.subscriber_id], NOW) == {
        alert.subscriber_id: (signal.id,)
    }


async def test_proof_that_comes_before_an_alert_went_once_more_ends_it(storage: Storage) -> None:
    storage.deliveries.resend_alerts = True
    await owe(storage, 1, kind=DigestKind.INSTANT)
    (delivery,) = await claim(storage)
    assert await storage.deliveries.mark_sending(delivery.id, NOW)
    assert await storage.deliveries.recover(NOW + minutes(3)) == (1, 0)
    await storage.deliveries.settle_sent(delivery.id, 55, NOW + minutes(3))
    assert await storage.deliveries.counts() == {DeliveryState.SENT: 1}
    assert await claim(storage, 999) == []


@pytest.mark.parametrize("settle", ["retry", "dead", "unknown"])
async def test_what_was_sent_stays_sent(storage: Storage, settle: str) -> None:
    await owe(storage, 1)
    (delivery,) = await claim(storage)
    await send(storage, delivery)
    if settle == "retry":
        await storage.deliveries.settle_retry(delivery.id, NOW, "late")
    elif settle == "dead":
        await storage.deliveries.settle_dead(delivery.id, "late", NOW)
    else:
        await storage.deliveries.settle_unknown(delivery.id, "late", NOW)
    await storage.deliveries.recover(NOW + minutes(600), owner=ME)
    assert await storage.deliveries.counts() == {DeliveryState.SENT: 1}


async def test_many_advance_in_one_step(storage: Storage) -> None:
    signals = tuple([(await add_signal(storage)).id for _ in range(2)])
    await owe(storage, 1, 2, 3, 4, signals=signals)
    one, two, three, four = await claim(storage)
    first = await storage.deliveries.advance([one.id, two.id], {}, NOW, owner=ME)
    assert first == {one.id, two.id}
    assert await storage.deliveries.advance([three.id], {}, NOW, owner="another") == frozenset()

    receipts = {one.id: 11, two.id: 12}
    second = await storage.deliveries.advance([two.id, three.id], receipts, NOW, owner=ME)
    assert second == {three.id}
    for told, expected in (
        (one, set(signals)),
        (two, set(signals)),
        (three, set()),
        (four, set()),
    ):
        assert await storage.given.delivered([told.subscriber_id], signals) == {
            told.subscriber_id: expected
        }
    assert await storage.deliveries.counts() == {
        DeliveryState.SENT: 2,
        DeliveryState.SENDING: 1,
        DeliveryState.CLAIMED: 1,
    }


async def test_what_is_on_its_way_is_known(storage: Storage) -> None:
    signals = tuple([(await add_signal(storage)).id for _ in range(2)])
    await owe(storage, 1, parts=2, signals=signals)
    (first,) = await claim(storage)
    reader = first.subscriber_id
    assert await storage.given.owed([reader]) == {reader: set(signals)}
    assert await storage.deliveries.mark_sending(first.id, NOW)
    assert await storage.given.owed([reader]) == {reader: set(signals)}
    await storage.deliveries.settle_sent(first.id, 1, NOW)
    assert await storage.given.owed([reader]) == {reader: {signals[1]}}
    (second,) = await claim(storage)
    await storage.deliveries.settle_dead(second.id, "bad request", NOW)
    assert await storage.given.owed([reader]) == {reader: set()}


async def test_only_the_signals_of_the_part_were_delivered(storage: Storage) -> None:
    signals = tuple([(await add_signal(storage)).id for _ in range(4)])
    await owe(storage, 1, parts=2, signals=signals)
    (first,) = await claim(storage)
    await send(storage, first)
    delivered = (await storage.given.delivered([first.subscriber_id], signals))[
        first.subscriber_id
    ]
    assert delivered == {signals[0], signals[2]}


async def test_many_deliveries_advance_in_one_step(storage: Storage) -> None:
    signal = await add_signal(storage)
    await owe(storage, *range(1, 6), signals=(signal.id,))
    claimed = await claim(storage, limit=4)
    ids = [one.id for one in claimed]
    ahead = await storage.deliveries.advance(ids[:2], {}, NOW, owner=ME)
    assert ahead == set(ids[:2])

    receipts = {ids[0]: 71, ids[1]: 72}
    # The third is still ours; the fourth is asked for by someone else; the first is under way.
    assert await storage.deliveries.advance([ids[2], ids[0]], receipts, NOW, owner=ME) == {ids[2]}
    assert await storage.deliveries.advance([ids[3]], {}, NOW, owner="other") == set()
    assert await storage.deliveries.advance([ids[3]], {}, NOW + minutes(5), owner=ME) == set()
    assert await storage.deliveries.counts() == {
        DeliveryState.SENT: 2,
        DeliveryState.SENDING: 1,
        DeliveryState.CLAIMED: 1,
        DeliveryState.PENDING: 1,
    }
    had = [
        (await storage.given.delivered([one.subscriber_id], [signal.id]))[one.subscriber_id]
        for one in claimed
    ]
    assert had == [{signal.id}, {signal.id}, set(), set()]


async def test_a_receipt_for_what_is_dead_notes_nothing(storage: Storage) -> None:
    signal = await add_signal(storage)
    await owe(storage, 1, signals=(signal.id,))
    (delivery,) = await claim(storage)
    await storage.deliveries.settle_dead(delivery.id, "gone", NOW)
    await storage.deliveries.advance([], {delivery.id: 9}, NOW, owner=ME)
    assert await storage.deliveries.counts() == {DeliveryState.DEAD: 1}
    assert await storage.given.delivered([delivery.subscriber_id], [signal.id]) == {
        delivery.subscriber_id: set()
    }
