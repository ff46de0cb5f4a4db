"""Walks through automatic rules: made by words, topics and column, changed, paused, removed."""

from datetime import timedelta

import pytest

from bot.jobs.saving import RuleSaver
from bot.sandbox.people import Seen
from digest.model import Collection, Rule
from tests.covering import covers
from tests.handlers.conftest import Reader
from tests.handlers.shelf import collection, last, store, titles, word, words
from tests.newsdesk import NOON


async def opened(reader: Reader) -> tuple[Collection, Seen]:
    """A collection, and its rule on the screen."""
    box = await collection(reader, "自动")
    listed = await reader.say("/collections")
    menu = await reader.tap(listed, f"1:shelve:{box.id}")
    return box, await reader.tap(menu, word(reader, "chat.rule.button"))


async def pressed(reader: Reader, message: Seen, data: str) -> Seen:
    """The message after a button that stands on another one was pressed."""
    await reader.chatting.forge(reader.person, message, data)
    return reader.chatting.now_of(reader.person, message)


async def typed(reader: Reader, shown: Seen, answer: str) -> Seen:
    await reader.tap(shown, word(reader, "chat.rule.add_words"))
    return await reader.say(answer, reply_to=last(reader).id)


async def rule_of(reader: Reader, box: Collection) -> Rule | None:
    return await store(reader).rules.get(box.subscriber_id, box.id)


@covers("button rule", "button rwords", "button unword", "answer w", "button rstate")
async def test_words_bring_signals_in_by_themselves(reader: Reader):
    box, shown = await opened(reader)
    assert word(reader, "chat.rule.none", limit=50) in shown.text
    saver = RuleSaver(store(reader), clock=reader.chatting.clock)
    await saver.run_due()
    ruled = await typed(reader, shown, "芯片，GPT-5")
    assert word(reader, "chat.rule.saved") in ruled.text
    comma = word(reader, "chat.comma")
    assert word(reader, "chat.rule.words", words=f"芯片{comma}GPT-5") in ruled.text
    reader.chatting.clock.move(minutes=1)
    await reader.chatting.news.publish("新晶片和新芯片", at=reader.chatting.clock())
    await reader.chatting.news.publish("别的事", at=reader.chatting.clock())
    assert await saver.run_due() == 1
    listed = await reader.say("/saved 自动")
    assert word(reader, "chat.saved.by_rule") in listed.text
    assert await titles(reader, box) == ["新晶片和新芯片"]
    shown = await pressed(reader, ruled, f"1:rule:{box.id}")
    assert words(reader, "chat.rule.running", 1) in shown.text

    paused = await reader.tap(shown, word(reader, "chat.rule.do.pause"))
    assert word(reader, "chat.rule.is_paused") in paused.text
    running = await reader.tap(paused, word(reader, "chat.rule.do.resume"))
    assert word(reader, "chat.rule.is_paused") not in running.text
    fewer = await reader.tap(running, "✕ GPT-5")
    assert "GPT-5" not in fewer.text
    rule = await rule_of(reader, box)
    assert rule is not None
    assert (rule.words, rule.paused) == (("芯片",), False)
    none = await reader.tap(fewer, word(reader, "chat.rule.do.remove"))
    assert word(reader, "chat.rule.none", limit=50) in none.text
    assert await rule_of(reader, box) is None


@covers("button rtopic", "button rtick", "button rcolumn", "button rpick")
async def test_topics_and_a_column_are_chosen_by_buttons(reader: Reader):
    box, shown = await opened(reader)
    first = next(iter(reader.chatting.services.taxonomy.topics.values()))
    lang = reader.texts.lang
    topics = await reader.tap(shown, word(reader, "chat.rule.pick_topics"))
    topics = await reader.tap(topics, first.name(lang))
    assert f"✓ {first.name(lang)}" in topics.labels
    second = await reader.tap(topics, word(reader, "chat.page.after"))
    assert f"✓ {first.name(lang)}" not in second.labels
    ready = await reader.tap(second, word(reader, "chat.rule.ready"))
    assert word(reader, "chat.rule.topics", topics=first.name(lang)) in ready.text
    columns = await reader.tap(ready, word(reader, "chat.rule.pick_column"))
    name = reader.chatting.services.taxonomy.columns["ai"].name(lang)
    chosen = await reader.tap(columns, name)
    assert word(reader, "chat.rule.only_column", column=name) in chosen.text
    assert await rule_of(reader, box) == Rule(
        box.id, (), (first.id,), "ai", since=reader.chatting.clock()
    )
    columns = await reader.tap(chosen, word(reader, "chat.rule.pick_column"))
    assert f"✓ {reader.chatting.services.taxonomy.columns['ai'].emoji} {name}" in columns.labels
    free = await reader.tap(columns, word(reader, "chat.rule.any_column"))
    topics = await reader.tap(free, word(reader, "chat.rule.pick_topics"))
    await reader.tap(topics, f"✓ {first.name(lang)}")
    # A rule that says nothing any more is none.
    assert await rule_of(reader, box) is None
    said = await reader.chatting.forge(reader.person, topics, f"1:rtick:{box.id}:nonsense:0")
    assert said == word(reader, "chat.button.old")
    said = await reader.chatting.forge(reader.person, topics, f"1:rpick:{box.id}:nonsense")
    assert said == word(reader, "chat.button.old")
    said = await reader.chatting.forge(reader.person, topics, f"1:rstate:{box.id}:pause")
    assert said == word(reader, "chat.button.old")


@covers("button rstate")
async def test_a_rule_looks_back_when_it_is_asked_to(reader: Reader):
    box, shown = await opened(reader)
    news = reader.chatting.news
    at = NOON - timedelta(days=20)
    await news.publish("二十天前的晶片", at=at, published_at=at)
    at = NOON - timedelta(days=40)
    await news.publish("四十天前的芯片", at=at, published_at=at)
    await news.publish("昨天的话题", topics=("llm",))
    kept = await news.publish("移出过的芯片")
    await store(reader).collections.save(box.id, kept.id, NOON)
    await store(reader).undos.remove(box.subscriber_id, box.id, kept.id, NOON, "x")
    await news.publish("无关的")
    await typed(reader, shown, "晶片、芯片")
    await store(reader).rules.set(
        box.subscriber_id, Rule(box.id, ("晶片", "芯片"), ("llm",)), reader.chatting.clock()
    )
    shown = await pressed(reader, shown, f"1:rstate:{box.id}:back")
    assert words(reader, "chat.rule.looked_back", 2) in shown.text
    assert sorted(await titles(reader, box)) == ["二十天前的晶片", "昨天的话题"]
    shown = await reader.tap(shown, word(reader, "chat.rule.do.back"))
    assert words(reader, "chat.rule.nothing_back", 0) in shown.text


async def test_a_whole_column_can_be_looked_back_at(reader: Reader):
    box, shown = await opened(reader)
    await reader.chatting.news.publish("栏目里的", column="ai")
    await reader.chatting.news.publish("栏目外的", column="business")
    await store(reader).rules.set(
        box.subscriber_id, Rule(box.id, column="ai"), reader.chatting.clock()
    )
    shown = await pressed(reader, shown, f"1:rule:{box.id}")
    await reader.tap(shown, word(reader, "chat.rule.do.back"))
    assert await titles(reader, box) == ["栏目里的"]


@pytest.mark.parametrize(
    ("answer", "key", "values"),
    [
        ("，，", "chat.rule.no_word", {}),
        ("!!!", "chat.rule.bad_word", {"word": "!!!", "limit": 40}),
        ("好，" + "长" * 41, "chat.rule.bad_word", {"word": "长" * 41, "limit": 40}),
        (",".join(f"词{n}" for n in range(21)), "chat.rule.too_many", {"limit": 20}),
    ],
)
async def test_words_that_do_not_do_are_declined(
    reader: Reader, answer: str, key: str, values: dict[str, object]
):
    box, shown = await opened(reader)
    said = await typed(reader, shown, answer)
    assert said.text == word(reader, key, **values)
    assert await rule_of(reader, box) is None


async def test_letters_that_mean_something_to_patterns_are_only_letters(reader: Reader):
    _, shown = await opened(reader)
    ruled = await typed(reader, shown, "c++，<b>x</b>，a.*b")
    assert "c++" in ruled.text
    assert "<b>x</b>" in ruled.text
    fewer = await reader.tap(ruled, "✕ <b>x</b>")
    assert "<b>x</b>" not in fewer.text
    assert "a.*b" in fewer.text
