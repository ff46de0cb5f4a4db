"""The columns and topics of the database, as every process sees them."""

from dataclasses import replace

import pytest
from sqlalchemy import text, update

from digest.model import Rule
from digest.taxonomy import load_taxonomy, unpack_taxonomy
from storage import Storage
from storage.migrate import migrate_now
from storage.schema import columns, topics
from storage.taxonomy import MERGED, names_now
from tests.storage.making import NOW, add_signal, add_subscriber, draft


async def put(storage: Storage, sql: str) -> None:
    async with storage.database.write() as connection:
        await connection.execute(text(sql))


async def merge(storage: Storage, table: object, old: str, new: str) -> None:
    async with storage.database.write() as connection:
        assert table in (columns, topics)
        shelf = topics if table is topics else columns
        await connection.execute(
            update(shelf)
            .where(shelf.c.id == old)
            .values(state=MERGED, merged_into=new, edited=True)
        )


async def test_it_begins_as_the_bundled_one(storage: Storage) -> None:
    bundled, now = load_taxonomy(), storage.taxonomy.current
    assert list(now.columns.items()) == list(bundled.columns.items())
    assert list(now.topics.items()) == list(bundled.topics.items())


async def test_what_another_process_changes_is_seen_by_all_who_hold_it(
    storage: Storage, url: str
) -> None:
    held = storage.taxonomy.current
    other = await Storage.open(url)
    try:
        assert not await storage.taxonomy.refresh()
        await put(other, "UPDATE topics SET zh = '推理模型', edited = true WHERE id = 'llm'")
        assert held.topics["llm"].zh == "大模型"
        assert await storage.taxonomy.refresh()
    finally:
        await other.close()
    assert held.topics["llm"].zh == "推理模型"
    assert held.find_topic("推理模型") is held.topics["llm"]
    assert held.find_topic("大模型") is None
    assert unpack_taxonomy(held.packed).topics["llm"].zh == "推理模型"


async def test_the_bundled_file_reaches_only_what_nobody_edited(
    storage: Storage, url: str
) -> None:
    await put(storage, "UPDATE topics SET zh = '我们的', edited = true WHERE id = 'llm'")
    await put(storage, "UPDATE topics SET zh = '旧的', cues = '[]' WHERE id = 'chips'")
    await put(storage, "UPDATE columns SET position = 9, edited = true WHERE id = 'ai'")
    migrate_now(url)
    await storage.taxonomy.refresh()
    now = storage.taxonomy.current
    assert now.topics["llm"].zh == "我们的"
    assert now.topics["chips"] == load_taxonomy().topics["chips"]
    assert list(now.columns)[-1] == "ai"
    assert now.columns["ai"].position == len(now.columns) - 1


async def test_a_merged_topic_leads_on_and_a_retired_one_keeps_its_name(storage: Storage) -> None:
    await merge(storage, topics, "openai", "llm")
    await merge(storage, topics, "llm", "ai-research")
    await put(storage, "UPDATE topics SET state = 'retired' WHERE id = 'qwen'")
    await storage.taxonomy.refresh()
    now = storage.taxonomy.current
    assert now.topics["openai"].id == now.topics.now("openai") == "ai-research"
    assert not {"openai", "llm", "qwen"} & set(now.topics)
    assert now.find_topic("openai") is now.topics["ai-research"]
    assert "qwen" not in now.topics
    qwen = now.topic_of("qwen")
    assert qwen is not None
    assert qwen.en == "Qwen"


async def test_what_was_made_before_a_merge_is_kept_under_the_id_of_today(
    storage: Storage,
) -> None:
    await merge(storage, topics, "openai", "llm")
    await merge(storage, columns, "tech", "business")
    made = draft("a", topics=("openai", "llm", "chips"), column="tech")
    cues = {"openai": ("OpenAI",), "kind": ()}
    made = replace(made, placement=replace(made.placement, cues=cues))
    signal = await add_signal(storage, "a", made=made)
    assert signal.placement.column == "business"
    assert signal.placement.topics == ("llm", "chips")
    assert signal.placement.cues == {"llm": ("OpenAI",), "kind": ()}
    assert await storage.signals.counts(NOW, by="topic") == {"llm": 1, "chips": 1}


async def test_wishes_of_before_a_merge_are_kept_under_the_id_of_today(storage: Storage) -> None:
    one = await add_subscriber(storage, 100)
    await merge(storage, topics, "openai", "llm")
    await merge(storage, columns, "tech", "business")
    wishes = replace(
        one.subscription.wishes,
        topics=("openai", "llm", "chips"),
        columns=("tech", "ai"),
        mutes=("topic:openai", "词", "column:tech", "source:1"),
    )
    await storage.subscribers.save_subscription(one.id, replace(one.subscription, wishes=wishes))
    await storage.weights.put(one.id, "topic", "openai", 2, NOW)
    shelf = await storage.collections.default(one.id, NOW, "收藏")
    await storage.rules.set(one.id, Rule(shelf.id, topics=("openai",), column="tech"), NOW)

    kept = await storage.subscribers.get(one.id)
    assert kept is not None
    wishes = kept.subscription.wishes
    assert wishes.topics == ("llm", "chips")
    assert wishes.columns == ("business", "ai")
    assert wishes.mutes == ("topic:llm", "词", "column:business", "source:1")
    assert wishes.weights == (("topic:llm", 2),)
    rule = await storage.rules.get(one.id, shelf.id)
    assert rule is not None
    assert (rule.topics, rule.column) == (("llm",), "business")


@pytest.mark.parametrize("id_", ["nothing", "", "中\0文", "\ud800"])
async def test_an_id_that_nobody_has_stays_what_it_is(storage: Storage, id_: str) -> None:
    async with storage.database.write() as connection:
        assert await names_now(connection, topics, (id_,)) == {id_: id_}
