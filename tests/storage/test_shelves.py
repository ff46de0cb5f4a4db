"""Editors change columns and topics; what is taken back is as it was, for readers too."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from digest.model import Rule, SignalState
from storage import Storage
from storage.acts import Changed, Stale
from storage.bulk import pack_ids, unpack_ids
from storage.schema import (
    collection_rules,
    columns,
    policies,
    signal_topics,
    signals,
    sources,
    subscriptions,
    topics,
    weights,
)
from storage.shelves import NewTopic, Split
from tests.storage.making import NOW, add_signal, add_subscriber, draft, minutes

A, B = "openai", "llm"
WHO = {"actor": "user:1", "now": NOW}
FRESH = NewTopic("codex", "Codex", "Codex", "ai", ("代码助手",), ("Codex",))


async def kept(storage: Storage) -> dict[str, Any]:
    """All that readers and editors have, but for the search index."""
    found: dict[str, Any] = {}
    async with storage.database.read() as connection:
        for table in (columns, topics, signal_topics, subscriptions, weights, policies, sources):
            rows = (await connection.execute(select(table))).all()
            found[table.name] = sorted(map(tuple, rows), key=repr)
        rules = collection_rules.c
        query = select(rules.collection_id, rules.topics, rules.column_id)
        found["rules"] = sorted(map(tuple, (await connection.execute(query)).all()))
        query = select(signals.c.id, signals.c.column_id, signals.c.placement)
        found["signals"] = sorted(map(tuple, (await connection.execute(query)).all()), key=repr)
    return found


async def last_act(storage: Storage) -> int:
    return (await storage.audit.list(1))[0].id


async def add(storage: Storage, name: str, *named: str, column: str = "ai", **more: Any) -> int:
    made = draft(name, topics=named, column=column)
    return (await add_signal(storage, name, made=made, **more)).id


async def follow(
    storage: Storage, chat_id: int, followed: Sequence[str], muted: Sequence[str]
) -> int:
    one = await add_subscriber(storage, chat_id)
    wishes = replace(
        one.subscription.wishes,
        topics=tuple(followed),
        mutes=tuple(f"topic:{topic}" for topic in muted),
        columns=("tech", "ai"),
    )
    await storage.subscribers.save_subscription(one.id, replace(one.subscription, wishes=wishes))
    return one.id


async def wishes_of(storage: Storage, reader: int) -> Any:
    found = await storage.subscribers.get(reader)
    assert found is not None
    return found.subscription.wishes


def some(dice: Random) -> list[str]:
    return dice.sample([A, B, "chips", "robot"], dice.randint(0, 4))


@pytest.mark.parametrize("seed", range(4))
async def test_merges_and_splits_taken_back_restore_everything(
    storage: Storage, seed: int
) -> None:
    dice = Random(seed)
    ids = [await add(storage, f"s{n}", *some(dice)) for n in range(6)]
    for chat_id in range(1, 6):
        followed = some(dice)
        reader = await follow(storage, chat_id, followed, some(dice))
        for topic in (A, B):
            await storage.weights.put(reader, "topic", topic, dice.randint(-3, 3), NOW)
        shelf = await storage.collections.default(reader, NOW, "收藏")
        await storage.rules.set(reader, Rule(shelf.id, topics=tuple(followed), column="tech"), NOW)
    before = await kept(storage)
    fresh = NewTopic("fresh", "新", "New", "ai", cues=("新词", "Codex"))

    await storage.shelves.merge("topic", A, B, **WHO)
    merged = await last_act(storage)
    await storage.shelves.split_topic(Split(B, fresh, ids, instead=True), **WHO)
    split = await last_act(storage)
    await storage.shelves.merge("column", "tech", "business", **WHO)
    columns_merged = await last_act(storage)
    after = await kept(storage)
    assert after != before

    acts = (columns_merged, split, merged)
    undone = [(await storage.acts.undo(act, "user:1", NOW)).id for act in acts]
    now = await kept(storage)
    # A topic that readers may follow by now is not deleted but out of use.
    assert [row[0] for row in now["topics"] if "retired" in row] == ["fresh"]
    now["topics"] = [row for row in now["topics"] if row[0] != "fresh"]
    assert now == before

    for act in reversed(undone):  # and what was taken back can be done again
        await storage.acts.undo(act, "user:1", NOW)
    assert await kept(storage) == after


async def test_after_a_merge_everything_is_of_the_topic_that_stays(storage: Storage) -> None:
    alone = await add(storage, "alone", A, "chips")
    both = await add(storage, "both", B, A)
    held = await add(storage, "held", A, state=SignalState.HELD)
    reader, other = (
        await follow(storage, 1, ("chips", A), (A,)),
        await follow(storage, 2, (A, B), ()),
    )
    await storage.weights.put(reader, "topic", A, 2, NOW)
    await storage.weights.put(other, "topic", A, 2, NOW)
    await storage.weights.put(other, "topic", B, -1, NOW)
    shelf = await storage.collections.default(reader, NOW, "收藏")
    await storage.rules.set(reader, Rule(shelf.id, topics=(A,)), NOW)
    version = await storage.rules.version()

    await storage.shelves.merge("topic", A, B, **WHO)

    taxonomy = storage.taxonomy.current
    assert taxonomy.topics[A] is taxonomy.topics[B]
    for name in ("ChatGPT", "OpenAI", "openai"):
        assert taxonomy.find_topic(name) is taxonomy.topics[B]
    assert {"Codex", "大模型"} <= set(taxonomy.topics[B].cues)
    found = await storage.signals.latest(topic=B)
    assert {one.id for one in found} == {alone, both}
    shown = {one.id: one.placement.topics for one in found}
    assert shown == {alone: (B, "chips"), both: (B,)}
    assert await storage.signals.latest(topic=A) == ()
    assert (await wishes_of(storage, reader)).topics == ("chips", B)
    assert (await wishes_of(storage, reader)).mutes == (f"topic:{B}",)
    assert (await wishes_of(storage, reader)).weights == ((f"topic:{B}", 2),)
    assert (await wishes_of(storage, other)).topics == (B,)
    assert (await wishes_of(storage, other)).weights == ((f"topic:{B}", -1),)
    rule = await storage.rules.get(reader, shelf.id)
    assert rule is not None
    assert rule.topics == (B,)
    assert await storage.rules.version() != version
    signal = await storage.signals.get(held)
    assert signal is not None
    assert signal.placement.topics == (B,)
    await storage.curation.approve(held, **WHO)
    assert held in {one.id for one in await storage.signals.latest(topic=B)}


async def test_taking_a_merge_back_leaves_alone_what_readers_did_since(storage: Storage) -> None:
    signal = await add(storage, "a", A)
    stays, leaves, joins = [await follow(storage, n, (A, "chips"), ()) for n in (1, 2, 3)]
    await storage.shelves.merge("topic", A, B, **WHO)
    act = await last_act(storage)
    for reader, topics_now in ((leaves, ("chips",)), (joins, ("robot", B))):
        one = await storage.subscribers.get(reader)
        assert one is not None
        wishes = replace(one.subscription.wishes, topics=topics_now)
        await storage.subscribers.save_subscription(
            reader, replace(one.subscription, wishes=wishes)
        )
    later = await add(storage, "later", B, now=NOW + minutes(1))

    await storage.acts.undo(act, "user:1", NOW)

    assert (await wishes_of(storage, stays)).topics == (A, "chips")
    assert (await wishes_of(storage, leaves)).topics == ("chips",)
    assert (await wishes_of(storage, joins)).topics == ("robot", A)
    assert [one.id for one in await storage.signals.latest(topic=A)] == [signal]
    assert [one.id for one in await storage.signals.latest(topic=B)] == [later]
    assert A in storage.taxonomy.current.topics
    assert storage.taxonomy.current.topics[A].id == A


async def test_a_split_topic_shares_its_signals_and_readers(storage: Storage) -> None:
    part, rest = await add(storage, "part", A, "chips"), await add(storage, "rest", A)
    reader = await follow(storage, 1, (A, "chips"), (A,))
    await storage.weights.put(reader, "topic", A, 2, NOW)

    await storage.shelves.split_topic(Split(A, FRESH, (part,), instead=True), **WHO)

    found = await storage.signals.get(part)
    assert found is not None
    assert found.placement.topics == ("codex", "chips")
    assert [one.id for one in await storage.signals.latest(topic=A)] == [rest]
    assert [one.id for one in await storage.signals.latest(topic="codex")] == [part]
    wishes = await wishes_of(storage, reader)
    assert wishes.topics == (A, "codex", "chips")
    assert wishes.mutes == (f"topic:{A}", "topic:codex")
    assert wishes.weights == (("topic:codex", 2), (f"topic:{A}", 2))
    assert "Codex" not in storage.taxonomy.current.topics[A].cues
    assert storage.taxonomy.current.find_topic("代码助手") is not None
    assert (await storage.shelves.followers("topic"))["codex"] == 1


async def test_a_split_beside_keeps_both(storage: Storage) -> None:
    part = await add(storage, "part", A, "chips")
    await storage.shelves.split_topic(Split(A, FRESH, (part,), instead=False), **WHO)
    found = await storage.signals.get(part)
    assert found is not None
    assert found.placement.topics == (A, "codex", "chips")
    assert await storage.signals.counts(NOW, by="topic") == {A: 1, "codex": 1, "chips": 1}
    assert "Codex" in storage.taxonomy.current.topics[A].cues


async def test_merged_columns_share_one_shelf(storage: Storage) -> None:
    signal = await add(storage, "a", "chips", column="tech")
    reader = await follow(storage, 1, (), ())
    await storage.shelves.merge("column", "tech", "ai", **WHO)
    assert [one.id for one in await storage.signals.latest(column="ai")] == [signal]
    assert (await wishes_of(storage, reader)).columns == ("ai",)
    taxonomy = storage.taxonomy.current
    assert list(taxonomy.columns) == ["ai", "dev", "business", "science", "policy"]
    assert taxonomy.find_column("科技产品") is taxonomy.columns["ai"]
    assert {topic.column for topic in taxonomy.topics.values()} <= set(taxonomy.columns)


async def test_columns_keep_the_order_that_editors_gave_them(storage: Storage) -> None:
    assert await storage.shelves.move("dev", -1, **WHO)
    assert list(storage.taxonomy.current.columns)[:3] == ["ai", "dev", "tech"]
    assert not await storage.shelves.move("ai", -1, **WHO)
    await storage.acts.undo(await last_act(storage), "user:1", NOW)
    assert list(storage.taxonomy.current.columns)[:3] == ["ai", "tech", "dev"]


async def test_what_rests_on_a_later_act_is_not_taken_back(storage: Storage) -> None:
    await storage.shelves.edit("topic", A, "rename", zh="甲", **WHO)
    first = await last_act(storage)
    await storage.shelves.edit("topic", A, "rename", zh="乙", **WHO)
    with pytest.raises(Changed) as refused:
        await storage.acts.undo(first, "user:1", NOW)
    assert refused.value.by is not None
    assert refused.value.by.after == {"zh": "乙"}
    await storage.shelves.merge("topic", A, B, **WHO)
    with pytest.raises(Stale):
        await storage.shelves.merge("topic", A, "chips", **WHO)


async def test_a_topic_that_was_made_is_retired_when_taken_back(storage: Storage) -> None:
    await storage.shelves.create("topic", FRESH, **WHO)
    assert storage.taxonomy.current.find_topic("codex") is not None
    with pytest.raises(Stale):
        await storage.shelves.create("topic", FRESH, **WHO)
    await storage.acts.undo(await last_act(storage), "user:1", NOW)
    taxonomy = storage.taxonomy.current
    assert "codex" not in taxonomy.topics
    assert taxonomy.topic_of("codex") is not None


@given(st.lists(st.integers(1, 2**50)))
@settings(max_examples=30, deadline=None)
def test_numbers_of_rows_are_kept_in_short(ids: list[int]) -> None:
    assert unpack_ids(pack_ids(ids)) == tuple(sorted(set(ids)))
    assert len(pack_ids(range(1, 100_001))) < 2_000
