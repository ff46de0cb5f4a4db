"""Rules on both databases: what they save, what limits them, and what retention leaves alone."""

import asyncio
from datetime import timedelta

from digest.model import Relation, Rule, SignalState
from digest.stories import StoryPlacement
from storage import Match, Storage
from tests.storage.making import NOW, add_signal, add_subscriber, draft, minutes


async def test_a_rule_is_kept_changed_and_removed(storage: Storage) -> None:
    one, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    box = await storage.collections.create(one.id, "自动", NOW)
    assert await storage.rules.get(one.id, box.id) is None
    assert await storage.rules.version() == ""

    wanted = Rule(box.id, ("芯片 😀",), ("llm",), "ai")
    assert not await storage.rules.set(other.id, wanted, NOW)
    assert await storage.rules.set(one.id, wanted, NOW)
    first = await storage.rules.version()
    kept = await storage.rules.get(one.id, box.id)
    assert kept == Rule(box.id, ("芯片 😀",), ("llm",), "ai", since=NOW)
    assert await storage.rules.get(other.id, box.id) is None
    assert await storage.rules.of(one.id) == {box.id: kept}
    assert await storage.rules.active() == (kept,)

    later = NOW + minutes(1)
    assert await storage.rules.set(one.id, Rule(box.id, ("能源",), paused=True), later)
    assert await storage.rules.version() not in {"", first}
    assert await storage.rules.active() == ()
    assert not await storage.rules.remove(other.id, box.id)
    assert await storage.rules.remove(one.id, box.id)
    assert not await storage.rules.remove(one.id, box.id)


async def test_arrivals_come_page_by_page_and_only_news(storage: Storage) -> None:
    made = [await add_signal(storage, now=NOW + minutes(place // 2)) for place in range(4)]
    await add_signal(storage, now=NOW, backlog=True)
    await add_signal(storage, now=NOW, state=SignalState.HELD)
    again = StoryPlacement(made[0].id, Relation.DUPLICATE, 1.0)
    await add_signal(storage, now=NOW, story=again)
    seen: list[int] = []
    since, after = NOW, 0
    while page := await storage.rules.arrivals(since, after, 3):
        seen += [signal.id for signal in page]
        since, after = page[-1].created_at, page[-1].id
    assert seen == [signal.id for signal in made]
    assert await storage.rules.arrivals(NOW + minutes(2), 0) == ()


async def test_signals_of_topics_come_newest_first_and_once(storage: Storage) -> None:
    old, both, new = [
        await add_signal(
            storage,
            made=draft(f"t{age}", topics=topics, at=NOW - timedelta(days=age)),
        )
        for age, topics in ((40, ("llm",)), (2, ("llm", "chips")), (1, ("chips",)))
    ]
    found = await storage.rules.of_topics(("llm", "chips"), NOW - timedelta(days=30), 10)
    assert [signal.id for signal in found] == [new.id, both.id]
    found = await storage.rules.of_topics(("llm",), NOW - timedelta(days=99), 10)
    assert [signal.id for signal in found] == [both.id, old.id]
    assert len(await storage.rules.of_topics(("chips",), NOW - timedelta(days=9), 1)) == 1


async def test_saving_by_rule_keeps_to_its_limits(storage: Storage) -> None:
    one = await add_subscriber(storage)
    box = await storage.collections.create(one.id, "自动", NOW)
    a, b, c, d = [(await add_signal(storage)).id for _ in range(4)]
    await storage.collections.save(box.id, a, NOW, "手动")
    wanted = [Match(box.id, number) for number in (a, b, b, c, d)] + [Match(10**6, a)]

    done = await storage.rules.save(wanted, NOW, most_saved=9, most_a_day=2)
    assert done == (Match(box.id, b), Match(box.id, c))
    assert await storage.rules.save(wanted, NOW, most_saved=9, most_a_day=2) == ()
    assert await storage.rules.saved_since(box.id, NOW - minutes(1)) == 2
    tomorrow = NOW + timedelta(days=1, minutes=1)
    assert await storage.rules.saved_since(box.id, tomorrow - timedelta(days=1)) == 0
    assert await storage.rules.save(wanted, tomorrow, most_saved=3, most_a_day=2) == ()
    assert await storage.rules.save(wanted, tomorrow, most_saved=4) == (Match(box.id, d),)
    kept = {one.signal.id: one.by_rule for one in await storage.collections.saved(box.id)}
    assert kept == {a: False, b: True, c: True, d: True}


async def test_what_was_taken_out_is_refused_until_it_is_forgotten(storage: Storage) -> None:
    one, signal = await add_subscriber(storage), await add_signal(storage)
    box = await storage.collections.create(one.id, "自动", NOW)
    wanted = [Match(box.id, signal.id)]
    await storage.rules.save(wanted, NOW, most_saved=9)
    await storage.undos.remove(one.id, box.id, signal.id, NOW, "x")
    assert await storage.rules.save(wanted, NOW, most_saved=9) == ()
    assert await storage.rules.forget_refusals(NOW) == 0
    assert await storage.rules.forget_refusals(NOW + minutes(1)) == 1
    assert await storage.rules.save(wanted, NOW, most_saved=9) == tuple(wanted)


async def test_two_at_work_on_the_same_signals_save_them_once(storage: Storage) -> None:
    one = await add_subscriber(storage)
    box = await storage.collections.create(one.id, "自动", NOW)
    numbers = [(await add_signal(storage)).id for _ in range(4)]
    wanted = [Match(box.id, number) for number in numbers]
    done = await asyncio.gather(
        *(storage.rules.save(wanted, NOW, most_saved=9, most_a_day=3) for _ in range(4))
    )
    assert sum(len(some) for some in done) == 3
    assert await storage.collections.count(box.id) == 3


async def test_only_texts_that_nobody_kept_are_dropped(storage: Storage) -> None:
    one = await add_subscriber(storage)
    box = await storage.collections.default(one.id, NOW, "收藏")
    old, kept, removed, young = [
        await add_signal(storage, now=NOW + minutes(place)) for place in range(4)
    ]
    for signal in (kept, removed):
        await storage.collections.save(box.id, signal.id, NOW)
    await storage.undos.remove(one.id, box.id, removed.id, NOW, "x")
    assert await storage.retention.drop_texts(NOW) == 0
    assert await storage.retention.drop_texts(NOW + minutes(3)) == 1
    assert await storage.retention.drop_texts(NOW + minutes(3)) == 0
    with_text = [
        signal.id
        for signal in (old, kept, removed, young)
        if await storage.signals.article(signal.id)
    ]
    assert with_text == [kept.id, removed.id, young.id]
    assert await storage.signals.get(old.id) == old


async def test_words_are_found_among_given_signals_alone(storage: Storage) -> None:
    one = await add_subscriber(storage)
    box = await storage.collections.default(one.id, NOW, "收藏")
    made = [
        await add_signal(storage, made=draft(name, text=text))
        for name, text in (("x1", "芯片很快。"), ("x2", "芯片很慢。"), ("x3", "别的。"))
    ]
    for place, signal in enumerate(made):
        await storage.collections.save(box.id, signal.id, NOW + minutes(place), f"n{place}")
    numbers = [signal.id for signal in made]
    assert await storage.search.among(numbers, "很快") == {numbers[0]}
    assert await storage.search.among(numbers[1:], "很快") == set()
    assert await storage.search.among(numbers, "???") == set()
    notes = await storage.collections.notes(box.id)
    assert notes == tuple((number, f"n{place}") for place, number in enumerate(numbers))[::-1]
    some = await storage.collections.some_saved(box.id, [numbers[2], 10**6, numbers[0]])
    assert [kept.note for kept in some] == ["n2", "n0"]
