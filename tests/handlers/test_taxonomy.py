"""Columns and topics changed in chat, and what readers then see."""

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.people import Person, Seen
from digest.model import Action, Lang
from digest.roles import Role
from digest.taxonomy import Column, Taxonomy, Topic
from digest.texts import Texts, texts_for
from handlers.callbacks import SIGNATURES
from handlers.former import of_today
from tests.covering import covers
from tests.handlers.conftest import Newsroom

ZH, EN = texts_for(Lang.ZH), texts_for(Lang.EN)


class Desk:
    """One editor at work, with the words the bot uses with them."""

    def __init__(self, newsroom: Newsroom, person: Person, texts: Texts) -> None:
        self.bot, self.person, self.texts = newsroom.chatting, person, texts
        self.storage = newsroom.chatting.storage
        self.taxonomy = newsroom.chatting.storage.taxonomy.current

    async def say(self, text: str) -> Seen:
        return await self.bot.say(self.person, text)

    async def tap(self, message: Seen, key: str, **values: Any) -> Seen:
        return await self.bot.tap(self.person, message, self.texts(key, **values))

    async def press(self, message: Seen, label: str) -> Seen:
        return await self.bot.tap(self.person, message, label)

    async def asked(self, message: Seen, key: str, answer: str, **values: Any) -> Seen:
        """Press a button that asks, and answer it."""
        await self.bot.toast(self.person, message, self.texts(key, **values))
        await self.bot.quiet()
        return await self.bot.answer(self.person, self.person.inbox[-1], answer)

    async def undo(self) -> None:
        shown = await self.say("/undo")
        await self.bot.toast(self.person, shown, self.texts("chat.takeback.this"))
        await self.bot.quiet()

    def topic(self, id_: str) -> str:
        topic = self.taxonomy.topic_of(id_)
        assert topic is not None
        return topic.name(Lang.ZH if self.texts is ZH else Lang.EN)

    def column(self, id_: str) -> str:
        column = self.taxonomy.columns[id_]
        return f"{column.emoji} {column.name(Lang.ZH if self.texts is ZH else Lang.EN)}"


@pytest.fixture(params=["zh", "en"])
def desk(newsroom: Newsroom, request: pytest.FixtureRequest) -> Desk:
    if request.param == "zh":
        return Desk(newsroom, newsroom.editor, ZH)
    return Desk(newsroom, newsroom.second, EN)


async def publish(desk: Desk, title: str, *topics: str, column: str = "ai", **more: Any) -> int:
    signal = await desk.bot.news.publish(title, column=column, topics=topics, **more)
    return int(signal.id)


@covers("/taxonomy", "button txhome", "button txcard")
async def test_everything_is_listed_with_its_figures(desk: Desk) -> None:
    await publish(desk, "一个模型", "openai")
    lin = await desk.bot.say(desk.bot.lin, "/follow OpenAI")
    assert "OpenAI" in lin.text
    home = await desk.say("/taxonomy")
    assert desk.texts("chat.tx.line", name=desk.column("ai"), signals=1, followers=0) in home.text
    listed = await desk.tap(home, "chat.tx.topics", n=len(desk.taxonomy.topics))
    assert listed.text.splitlines()[2].startswith("OpenAI · ")
    card = await desk.press(listed, "OpenAI")
    assert desk.texts("chat.tx.in_column", name=desk.column("ai")) in card.text
    assert "ChatGPT" in card.text
    assert "奥特曼" in card.text
    unknown = await desk.say("/taxonomy OpenIA")
    assert "OpenAI" in unknown.labels
    assert (await desk.say("/taxonomy ChatGPT")).text == card.text


@covers("button txask", "answer x", "button txcolumn", "button txmove")
async def test_names_order_and_place_are_changed_and_taken_back(desk: Desk) -> None:
    card = await desk.say("/taxonomy qwen")
    done = await desk.asked(card, "chat.tx.rename", "Qwen models / 千问系列")
    assert "千问系列 / Qwen models" in done.text
    assert desk.taxonomy.topics["qwen"].zh == "千问系列"
    refused = await desk.asked(done, "chat.tx.rename", "LLM")
    owner = desk.topic("llm")
    assert refused.text == desk.texts("chat.tx.taken", name="LLM", owner=owner)
    bad = await desk.asked(done, "chat.tx.rename", "一 / 二 / 三")
    assert bad.text == desk.texts("chat.tx.bad_name", most=40)
    choices = await desk.tap(done, "chat.tx.column")
    moved = await desk.press(choices, desk.column("dev"))
    assert desk.texts("chat.tx.in_column", name=desk.column("dev")) in moved.text
    await desk.undo()
    await desk.undo()
    assert desk.taxonomy.topics["qwen"].column == "ai"
    assert desk.taxonomy.topics["qwen"].zh == "通义千问"

    shelf = await desk.say("/taxonomy tech")
    await desk.press(shelf, "⬆️")
    assert list(desk.taxonomy.columns)[:2] == ["tech", "ai"]
    toast = await desk.bot.toast(desk.person, shelf, "⬆️")
    assert toast == desk.texts("chat.tx.at_end")
    renamed = await desk.asked(shelf, "chat.tx.emoji", "🛰")
    assert renamed.text.splitlines()[2].startswith("🛰")
    said = await desk.asked(shelf, "chat.tx.emoji", "abc")
    assert said.text == desk.texts("chat.tx.bad_emoji")


@covers("button txwords", "button txword")
async def test_aliases_are_added_and_whose_they_are_is_told(desk: Desk) -> None:
    card = await desk.say("/taxonomy qwen")
    before = desk.taxonomy.topics["qwen"].aliases
    words = await desk.tap(card, "chat.tx.aliases", n=len(before))
    done = await desk.asked(words, "chat.tx.add.aliases", "阿里千问、Tongyi\nQwenLM")
    assert "Tongyi" in done.text
    assert desk.taxonomy.find_topic("qwenlm") is desk.taxonomy.topics["qwen"]
    taken = await desk.asked(words, "chat.tx.add.aliases", "智能体")
    owner = desk.topic("agents")
    assert taken.text == desk.texts("chat.tx.taken", name="智能体", owner=owner)
    words = await desk.tap(done, "chat.tx.aliases", n=len(before) + 3)
    await desk.press(words, "✕ Tongyi")
    assert desk.taxonomy.find_topic("Tongyi") is None


@covers("button txcue")
async def test_cues_say_what_they_would_bring_and_cost(desk: Desk) -> None:
    one = await publish(desk, "青岚墨晶正式量产", "chips")
    await publish(desk, "OpenAI 与芯片", "openai")
    card = await desk.say("/taxonomy openai")
    count = len(desk.taxonomy.topics["openai"].cues)
    words = await desk.tap(card, "chat.tx.cues", n=count)
    offer = await desk.asked(words, "chat.tx.add.cues", "青岚墨晶")
    assert desk.texts.n("chat.tx.cue.add.count", 1) in offer.text
    assert "青岚墨晶正式量产" in offer.text
    await desk.tap(offer, "chat.tx.cue.add.yes")
    assert desk.taxonomy.topics["openai"].cues[-1] == "青岚墨晶"
    found = await desk.storage.signals.get(one)
    assert found is not None
    assert found.placement.topics == ("chips",)
    card = await desk.say("/taxonomy openai")
    words = await desk.tap(card, "chat.tx.cues", n=count + 1)
    offer = await desk.press(words, "✕ OpenAI")
    assert desk.texts.n("chat.tx.cue.drop.count", 1) in offer.text
    await desk.tap(offer, "chat.tx.cue.drop.yes")
    assert "OpenAI" not in desk.taxonomy.topics["openai"].cues


@covers("button txmerge", "button txinto", "button txmerged")
async def test_after_a_merge_old_buttons_links_and_names_still_work(desk: Desk) -> None:
    bot, lin = desk.bot, desk.bot.lin
    signal = await publish(desk, "OpenAI 发布新模型", "openai")
    await bot.say(lin, "/start")
    old = await bot.say(lin, "/latest openai")
    follow = ZH("chat.topic.follow", name="OpenAI")
    assert follow in old.labels

    card = await desk.say("/taxonomy openai")
    choices = await desk.tap(card, "chat.tx.merge")
    while desk.topic("llm") not in choices.labels:
        choices = await desk.tap(choices, "chat.page.after")
    ask = await desk.press(choices, desk.topic("llm"))
    assert "OpenAI" in ask.text
    done = await desk.tap(ask, "chat.tx.merge.yes")
    assert desk.texts("chat.tx.merge.done", old="OpenAI") in done.text

    shown = await bot.tap(lin, old, follow)
    assert "✓ 大模型" in shown.labels
    reader = await bot.subscriber(lin)
    assert reader.subscription.wishes.topics == ("llm",)
    for words in ("/latest openai", "/latest ChatGPT", "/topic llm", "/start t_openai"):
        listed = await bot.say(lin, words)
        assert "OpenAI 发布新模型" in listed.text, words
    found = await desk.storage.signals.get(signal)
    assert found is not None
    assert found.placement.topics == ("llm",)
    gone = await desk.say("/taxonomy")
    assert (
        "OpenAI" not in (await desk.tap(gone, "chat.tx.topics", n=len(desk.taxonomy.topics))).text
    )

    await desk.undo()
    reader = await bot.subscriber(lin)
    assert reader.subscription.wishes.topics == ("llm",)
    listed = await bot.say(lin, "/latest openai")
    assert "OpenAI 发布新模型" in listed.text
    assert follow in listed.labels


@covers("button txsplit", "button txparted")
async def test_a_part_is_split_off_after_a_look_at_it(desk: Desk) -> None:
    bot, lin = desk.bot, desk.bot.lin
    part = await publish(desk, "Codex 支持新语言", "openai", "ai-coding")
    await publish(desk, "OpenAI 换办公楼", "openai")
    await bot.say(lin, "/start")
    await bot.say(lin, "/follow OpenAI")
    card = await desk.say("/taxonomy openai")
    shown = await desk.asked(card, "chat.tx.split", "编程模型 / Coding models\nCodex")
    assert desk.texts("chat.tx.split.count", days=30, n=1, all=2) in shown.text
    assert "Codex 支持新语言" in shown.text
    assert desk.texts.n("chat.tx.split.followers", 1) in shown.text
    shown = await desk.tap(shown, "chat.tx.split.mode.instead")
    assert desk.texts("chat.tx.split.instead") in shown.text
    shown = await desk.tap(shown, "chat.tx.split.days", n=7)
    done = await desk.tap(shown, "chat.tx.split.yes", n=1)
    assert "编程模型 / Coding models" in done.text
    found = await desk.storage.signals.get(part)
    assert found is not None
    assert found.placement.topics == ("coding-models", "ai-coding")
    reader = await bot.subscriber(lin)
    assert reader.subscription.wishes.topics == ("openai", "coding-models")
    listed = await bot.say(lin, "/latest 编程模型")
    assert "Codex 支持新语言" in listed.text
    await desk.undo()
    found = await desk.storage.signals.get(part)
    assert found is not None
    assert found.placement.topics == ("openai", "ai-coding")
    assert (await bot.subscriber(lin)).subscription.wishes.topics == ("openai",)


async def test_a_column_is_made_and_split_off(desk: Desk) -> None:
    moved = await publish(desk, "火星车登陆", column="science")
    await publish(desk, "新材料", column="science")
    card = await desk.say("/taxonomy science")
    shown = await desk.asked(card, "chat.tx.split", "火星纪 / Mars age\n火星车")
    await desk.tap(shown, "chat.tx.split.yes", n=1)
    found = await desk.storage.signals.get(moved)
    assert found is not None
    assert found.placement.column == "mars-age"
    home = await desk.say("/taxonomy")
    await desk.asked(home, "chat.tx.new.column", "手艺 / Crafts")
    assert desk.taxonomy.find_column("crafts") is not None


@covers("button txstate")
async def test_a_retired_topic_leaves_the_lists_and_comes_back(desk: Desk) -> None:
    card = await desk.say("/taxonomy qwen")
    refused = await desk.bot.toast(desk.person, card, desk.texts("chat.tx.retire"))
    assert "qwen" in desk.taxonomy.topics
    assert refused == desk.texts("chat.staff.owners_only")
    now = desk.bot.clock.now
    await desk.storage.staff.set_role(desk.person.id, Role.OWNER, actor="cli", now=now)
    gone = await desk.tap(card, "chat.tx.retire")
    assert desk.texts("chat.tx.retired") in gone.text
    assert "qwen" not in desk.taxonomy.topics
    await desk.tap(gone, "chat.tx.revive")
    assert "qwen" in desk.taxonomy.topics


@covers("button txideas", "button txidea")
async def test_what_rises_becomes_a_topic_or_is_refused(desk: Desk) -> None:
    for number in range(5):
        at = desk.bot.clock.now - timedelta(days=number + 0.5)
        for name in ("青岚墨晶", "碧海浮舟"):  # a brief's keyword is how its headline begins
            await publish(
                desk, f"{name}第 {number} 期", source=f"source-{number}", published_at=at
            )
    home = await desk.say("/taxonomy")
    shown = await desk.tap(home, "chat.tx.ideas")
    assert shown.text.count("第 0 期") == 2
    no = desk.texts("chat.tx.idea.refuse")
    made = desk.texts("chat.tx.idea.make", name="青岚墨晶")
    after = await desk.press(shown, made)
    assert "青岚墨晶" not in after.text
    assert desk.taxonomy.find_topic("青岚墨晶") is not None
    await desk.bot.quiet()
    assert "青岚墨晶 / 青岚墨晶" in desk.person.inbox[-1].text
    topic = desk.taxonomy.find_topic("青岚墨晶")
    assert topic is not None
    assert len(await desk.storage.signals.latest(topic=topic.id)) == 5
    after = await desk.press(after, no)
    assert after.text == desk.texts("chat.tx.idea.none")
    assert await desk.storage.shelves.refused() == {"碧海浮舟"}
    await desk.undo()
    again = await desk.tap(await desk.say("/taxonomy"), "chat.tx.ideas")
    assert "碧海浮舟" in again.text


async def test_two_editors_do_not_undo_each_other(newsroom: Newsroom) -> None:
    one, other = Desk(newsroom, newsroom.editor, ZH), Desk(newsroom, newsroom.second, EN)
    asked = await one.tap(await one.say("/taxonomy openai"), "chat.tx.merge")
    late = await other.tap(await other.say("/taxonomy openai"), "chat.tx.merge")
    ask = await one.press(asked, one.topic("llm"))
    late_ask = await other.press(late, other.topic("llm"))
    await one.tap(ask, "chat.tx.merge.yes")
    said = await other.bot.toast(other.person, late_ask, EN("chat.tx.merge.yes"))
    assert said == EN("chat.tx.stale")


def test_every_button_that_names_a_topic_leads_on() -> None:
    taxonomy = Taxonomy(
        [Column("new", "新", "New", "📌", 0)],
        [Topic("after", "后", "After")],
        former_columns={"old": "new"},
        former_topics={"before": "after"},
    )
    for action, expected in (
        (Action("follow", ("before",)), ("after",)),
        (Action("page", ("latest", "t/before", 0, 5)), ("latest", "t/after", 0, 5)),
        (Action("sift", ("c/old", "menu", 0)), ("c/new", "menu", 0)),
        (Action("narrow", ("t/before", "column", "old")), ("t/after", "column", "new")),
        (Action("narrow", ("", "topic", "before")), ("", "topic", "after")),
        (Action("pick", ("sub", "t", "before", 0)), ("sub", "t", "after", 0)),
        (Action("want", ("mute", "topic:before")), ("mute", "topic:after")),
        (Action("weigh", ("topic:before", 3, 1)), ("topic:after", 3, 1)),
        (Action("want", ("mute", "before")), ("mute", "before")),
        (Action("find", ("before",)), ("before",)),
        (Action("tune", ("source:3", 1)), ("source:3", 1)),
    ):
        assert action.verb in SIGNATURES
        assert of_today(action, taxonomy).args == expected
