"""What is counted of a day, from histories that were planted, to the minute of midnight."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from digest.errors import DeliveryError, DeliveryFate
from digest.model import ChatKind, DigestKind, EntryState, Lang, SignalState, Subscription, Wishes
from digest.modeltier.calls import Call
from digest.numbers import Count, Span, bounds, day_of, quantile, rounded_minutes, share_of
from storage import Owner, Recipient, Storage
from storage.schema import deliveries, signals
from tests.storage.making import (
    add_entry,
    add_signal,
    add_source,
    add_subscriber,
    draft,
    planned,
)

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
DAY = date(2026, 3, 10)
START, END = bounds(DAY, SHANGHAI)
NOON = START + timedelta(hours=12)
SECOND = timedelta(seconds=1)
LATER = END + timedelta(days=2)


async def counted(
    storage: Storage, now: datetime = LATER, day: date = DAY
) -> dict[Count, dict[str, int]]:
    await storage.numbers.recount(day, now)
    names = [name for name in Count if name is not Count.COUNTED]
    return await storage.numbers.totals(names, Span(day, day))


async def test_readers_are_counted_at_the_end_of_the_day(storage: Storage):
    for chat, at in enumerate((START - SECOND, START, NOON, END - SECOND, END), 1):
        await add_subscriber(storage, chat, now=at)
    await storage.subscribers.enter(-5, 0, ChatKind.GROUP, "群", Lang.ZH, NOON)
    await storage.subscribers.set_active(1, active=False, reason="blocked", now=NOON)
    await storage.subscribers.set_active(2, active=False, reason="blocked", now=END)
    found = await counted(storage)
    assert found[Count.READERS] == {"private": 3, "group": 1}  # 2 left after midnight
    assert found[Count.NEW] == {"private": 3, "group": 1}
    assert found[Count.GONE] == {"left": 1}


async def test_who_left_and_came_back_was_gone_on_that_day(storage: Storage):
    await add_subscriber(storage, 1, now=START)
    await storage.subscribers.set_active(1, active=False, reason="blocked", now=NOON)
    assert (await counted(storage, now=END))[Count.GONE] == {"left": 1}
    # The day is over for good and is not counted again.
    await storage.numbers.recount(DAY, END + timedelta(hours=24))
    assert DAY not in await storage.numbers.due(END + timedelta(days=3), 100)
    await storage.subscribers.revive(1, 0, END + timedelta(hours=30))
    found = await storage.numbers.totals([Count.GONE], Span(DAY, DAY))
    assert found[Count.GONE] == {"left": 1}


async def test_whoever_is_erased_is_counted_once_and_as_nobody(storage: Storage):
    await add_subscriber(storage, 7, now=START)
    await storage.personal.erase(Owner(7), NOON)
    found = await counted(storage)
    assert (found[Count.GONE], found[Count.READERS]) == ({"erased": 1}, {})


async def test_a_group_that_became_a_supergroup_has_not_left(storage: Storage):
    await storage.subscribers.enter(-5, 0, ChatKind.GROUP, "群", Lang.ZH, START)
    await storage.subscribers.enter(-1005, 0, ChatKind.SUPERGROUP, "群", Lang.ZH, NOON)
    await storage.subscribers.migrate_chat(-5, -1005)
    assert (await counted(storage))[Count.GONE] == {}


async def test_those_who_want_pushes_are_known_of_today_alone(storage: Storage):
    one, two = (
        await add_subscriber(storage, 1, now=START),
        await add_subscriber(storage, 2, now=START),
    )
    for reader, paused in ((one, False), (two, True)):
        wishes = Subscription(Wishes(), paused=paused)
        await storage.subscribers.save_subscription(reader.id, wishes)
    assert (await counted(storage, now=NOON))[Count.SUBSCRIBED] == {"private": 1}
    # What was known then is kept when the day is counted again after it.
    await storage.subscribers.set_active(1, active=False, reason="blocked", now=END)
    assert (await counted(storage, now=END))[Count.SUBSCRIBED] == {"private": 1}


# As the sender notes them.
BROKEN = DeliveryError(DeliveryFate.DEAD, "400 Bad Request: message text is empty")
GONE = DeliveryError(DeliveryFate.GONE, "403 Forbidden: bot was blocked by the user")
Settle = Callable[[Storage, int, datetime], Awaitable[object]]
FATES: dict[str, Settle] = {
    "sent": lambda s, one, at: s.deliveries.settle_sent(one, 9, at),
    "failed": lambda s, one, at: s.deliveries.settle_dead(one, str(BROKEN), at),
    "blocked": lambda s, one, at: s.deliveries.settle_dead(one, str(GONE), at),
    "unknown": lambda s, one, at: s.deliveries.settle_unknown(one, "lost", at),
    "waiting": lambda s, *_: s.deliveries.counts(),
}


async def deliver(
    storage: Storage, at: datetime, fate: str, *, settled: datetime | None = None, **more: object
) -> None:
    """One digest made at `at`, owed to one reader and ended in one way."""
    reader = await add_subscriber(storage, 100, now=START - timedelta(days=9))
    digest = planned(until=at, **more)  # type: ignore[arg-type]
    await storage.digests.plan_instant(digest, [Recipient(reader.id)])
    for delivery in await storage.deliveries.claim(at, 10, "me"):
        await storage.deliveries.mark_sending(delivery.id, at)
        await FATES[fate](storage, delivery.id, settled or at)


async def test_deliveries_are_counted_on_the_day_they_were_owed_by_how_they_ended(
    storage: Storage,
):
    await deliver(storage, START - SECOND, "sent")
    for number, fate in enumerate(FATES):
        for more in range(number + 1):
            await deliver(storage, NOON + timedelta(minutes=10 * number + more), fate)
    # Owed at the last moment of the day and sent on the next.
    await deliver(storage, END - SECOND, "sent", settled=END + SECOND)
    await deliver(storage, END, "failed")
    found = (await counted(storage))[Count.DELIVERIES]
    assert found == {"sent": 2, "failed": 2, "blocked": 3, "unknown": 4, "waiting": 5}


async def test_what_is_buried_with_a_chat_was_to_a_chat_that_is_gone(storage: Storage):
    """What was still owed when a person blocked the bot."""
    reader = await add_subscriber(storage, 100, now=START)
    await storage.digests.plan_instant(planned(until=NOON), [Recipient(reader.id)])
    await storage.subscribers.set_active(100, active=False, reason="blocked", now=NOON)
    assert (await counted(storage))[Count.DELIVERIES] == {"blocked": 1}


async def test_push_times_run_from_publication_to_the_first_push(storage: Storage):
    made = [
        await add_signal(storage, made=draft(f"s{number}", at=at), now=NOON)
        for number, at in enumerate(
            (NOON - timedelta(minutes=7), NOON - timedelta(minutes=30), None)
        )
    ]
    ids = tuple(one.id for one in made)
    await deliver(
        storage,
        NOON,
        "sent",
        signals=ids[:1],
        kind=DigestKind.INSTANT,
        settled=NOON + timedelta(minutes=1),
    )
    # The same signal again in the evening, with another one.
    evening = NOON + timedelta(minutes=70)
    await deliver(storage, evening, "sent", signals=ids, group_key="b")
    found = await counted(storage)
    assert found[Count.PUSH_MINUTES] == {"8": 1, "100": 1}
    # Pushed again on the next day: that is no first push.
    await deliver(storage, END + timedelta(hours=1), "sent", signals=ids, group_key="c")
    tomorrow = DAY + timedelta(days=1)
    assert (await counted(storage, day=tomorrow))[Count.PUSH_MINUTES] == {}


async def test_what_never_arrived_is_no_push(storage: Storage):
    made = await add_signal(storage, made=draft("a", at=NOON), now=NOON)
    await deliver(storage, NOON, "unknown", signals=(made.id,))
    assert (await counted(storage))[Count.PUSH_MINUTES] == {}


async def test_signals_topics_and_the_time_to_be_ready(storage: Storage):
    def one(name: str, minutes: int, **more: object) -> object:
        return draft(name, at=NOON - timedelta(minutes=minutes), **more)  # type: ignore[arg-type]

    await add_signal(storage, made=one("a", 3, column="ai", topics=("llm", "chips")), now=NOON)  # type: ignore[arg-type]
    await add_signal(storage, made=one("b", 1234, column="business", topics=("llm",)), now=NOON)  # type: ignore[arg-type]
    rejected = await add_signal(storage, made=one("c", 9, topics=("llm",)), now=NOON)  # type: ignore[arg-type]
    await add_signal(storage, made=one("d", 5, topics=("llm",)), now=NOON, backlog=True)  # type: ignore[arg-type]
    await add_signal(storage, made=one("e", 5), now=END)  # type: ignore[arg-type]
    async with storage.database.write() as connection:
        await connection.execute(
            update(signals).where(signals.c.id == rejected.id).values(state=SignalState.REJECTED)
        )
    found = await counted(storage)
    assert found[Count.SIGNALS] == {"ai": 2, "business": 1}
    # "b" is dated the day before.
    assert found[Count.TOPIC] == {"llm": 2, "chips": 1}
    assert found[Count.READY_MINUTES] == {"3": 1, "1200": 1}


async def test_sources_are_counted_from_read_to_published(storage: Storage):
    one, two = await add_source(storage, "one"), await add_source(storage, "two")
    await add_signal(storage, "a", source=one, now=NOON)
    await add_signal(storage, "b", source=one, now=END)
    for name, state in (("c", EntryState.SHORT), ("d", EntryState.OLD), ("e", EntryState.MERGED)):
        pending = await add_entry(storage, two, name, now=NOON)
        await storage.entries.finish(pending.id, state, now=NOON)
    await add_entry(storage, two, "f", now=NOON)  # waits
    found = await counted(storage)
    first, second = str(one.id), str(two.id)
    assert found[Count.READ] == {first: 1, second: 2}
    assert found[Count.PUBLISHED] == {first: 1}
    assert found[Count.MERGED] == {second: 1}


async def test_saves_by_hand_and_by_rule_and_what_was_taken_out(storage: Storage):
    reader = await add_subscriber(storage, 1, now=START)
    shelf = await storage.collections.default(reader.id, START, "收藏")
    ids = [(await add_signal(storage, now=START)).id for _ in range(4)]
    for number, at in zip(ids, (START - SECOND, START, NOON, END), strict=True):
        await storage.collections.save(shelf.id, number, at)
    await storage.undos.remove(reader.id, shelf.id, ids[1], NOON, "")
    found = await counted(storage)
    assert (found[Count.SAVES], found[Count.UNSAVES]) == ({"hand": 1}, {"": 1})


async def test_model_calls_cost_what_they_cost(storage: Storage):
    for at, cost in ((START - SECOND, 9.0), (START, 0.0001234), (NOON, 0.5), (END, 9.0)):
        call = Call("brief", "m-1", "v1", 100, 20, cost, 5, "ok")
        await storage.spending.record(call, at)
    found = await counted(storage)
    assert found[Count.MODEL_CALLS] == {"m-1": 2}
    assert found[Count.MODEL_TOKENS] == {"m-1": 240}
    assert found[Count.MODEL_COST] == {"m-1": 500_123}


async def test_what_happens_is_added_up_and_no_counting_takes_it_away(storage: Storage):
    await storage.numbers.add(DAY, {(Count.OPENS, "signal"): 2, (Count.MACHINES, "signal"): 1})
    await storage.numbers.add(DAY, {(Count.OPENS, "signal"): 3, (Count.OPENS, "home"): 1})
    await storage.numbers.add(DAY, {})
    found = await counted(storage)
    assert found[Count.OPENS] == {"signal": 5, "home": 1}
    assert found[Count.MACHINES] == {"signal": 1}


async def test_counting_again_replaces_what_is_no_longer_so(storage: Storage):
    await deliver(storage, NOON, "waiting")
    assert (await counted(storage, now=NOON))[Count.DELIVERIES] == {"waiting": 1}
    async with storage.database.write() as connection:
        await connection.execute(update(deliveries).values(state="sent", settled_at=NOON))
    assert (await counted(storage))[Count.DELIVERIES] == {"sent": 1}


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
async def test_a_day_is_as_long_as_the_zone_says(storage: Storage, day: date, hours: int):
    storage.numbers.zone = BERLIN
    start, end = bounds(day, BERLIN)
    assert (end - start) == timedelta(hours=hours)
    for chat, at in enumerate((start - SECOND, start, end - SECOND, end), 1):
        await add_subscriber(storage, chat, now=at)
        assert day_of(at, BERLIN) == day + timedelta(days=(chat > 1) + (chat > 3) - 1)
    found = await counted(storage, now=end + timedelta(days=9), day=day)
    assert found[Count.NEW] == {"private": 2}


async def test_which_days_are_due(storage: Storage):
    now = NOON
    assert await storage.numbers.due(now, 9) == (DAY,)
    await add_subscriber(storage, 1, now=START - timedelta(days=3))
    before = [DAY - timedelta(days=back) for back in range(4)]
    assert list(await storage.numbers.due(now, 9)) == before
    assert list(await storage.numbers.due(now, 2)) == before[:2]
    for day in before:
        await storage.numbers.recount(day, now)
    assert await storage.numbers.due(now + timedelta(minutes=9), 9) == ()
    assert await storage.numbers.due(now + timedelta(minutes=11), 9) == (DAY,)
    # Yesterday is counted until a whole day after it has gone by; older days never again.
    assert list(await storage.numbers.due(now + timedelta(hours=2), 9)) == before[:2]
    tomorrow = END + timedelta(minutes=1)
    assert list(await storage.numbers.due(tomorrow, 9)) == [DAY + timedelta(days=1), *before[:2]]


async def test_counting_begins_no_further_back_than_anybody_looks(storage: Storage):
    await add_subscriber(storage, 1, now=START - timedelta(days=3000))
    assert len(await storage.numbers.due(NOON, 10_000)) == 401


async def test_today_is_counted_when_somebody_looks_but_not_each_time(storage: Storage):
    async def new() -> int:
        found = await storage.numbers.totals([Count.NEW], Span(DAY, DAY))
        return sum(found[Count.NEW].values())

    minute = timedelta(minutes=1)
    await add_subscriber(storage, 1, now=START)
    await storage.numbers.freshen(NOON, minute)
    assert await new() == 1
    await add_subscriber(storage, 2, now=START)
    await storage.numbers.freshen(NOON + timedelta(seconds=30), minute)
    assert await new() == 1
    await storage.numbers.freshen(NOON + timedelta(seconds=60), minute)
    assert await new() == 2


# --- pure --------------------------------------------------------------------------------


def test_spans():
    week = Span.ending(DAY, 7)
    assert (week.first, week.length, len(week.days)) == (date(2026, 3, 4), 7, 7)
    assert week.before == Span(date(2026, 2, 25), date(2026, 3, 3))
    assert Span(DAY, DAY).before == Span(date(2026, 3, 9), date(2026, 3, 9))


@pytest.mark.parametrize(
    ("minutes", "kept"),
    [(-3, 0), (0.9, 0), (7, 7), (99.9, 99), (100, 100), (1239, 1200), (4320, 4300)],
)
def test_minutes_keep_two_digits(minutes: float, kept: int):
    assert rounded_minutes(minutes) == kept


def test_quantiles_are_told_of_enough():
    assert quantile({"1": 4}, 0.5) is None
    assert quantile({"1": 4, "100": 1}, 0.5) == 1
    assert quantile({"1": 4, "100": 1}, 0.9) == 100
    assert quantile({"9": 1, "10": 8, "200": 1}, 0.9) == 10


def test_shares_are_told_of_enough():
    assert share_of(1, 3) is None
    assert share_of(1, 20) == 0.05


async def test_spans_are_of_whole_days_and_today_stands_alone(storage: Storage):
    await add_subscriber(storage, 1, now=START)
    first = await storage.numbers.latest(7, NOON)
    assert (first.span.last, first.today) == (DAY, True)  # there is nothing else yet
    assert first.sum_before(Count.NEW) is None
    tomorrow = NOON + timedelta(days=1)
    await add_subscriber(storage, 2, now=tomorrow)
    week = await storage.numbers.latest(7, tomorrow)
    assert (week.span, week.today) == (Span.ending(DAY, 7), False)
    assert week.sum(Count.NEW) == 1
    today = await storage.numbers.latest(1, tomorrow)
    assert (today.span.first, today.today) == (DAY + timedelta(days=1), True)
    assert (today.sum(Count.NEW), today.sum_before(Count.NEW)) == (1, 1)
    assert (today.at_end(Count.READERS, today.span), week.at_end(Count.READERS, week.span)) == (
        2,
        1,
    )
