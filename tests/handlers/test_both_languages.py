"""The usual walks of a reader, in Chinese and in English: the same steps, the reader's words."""

import re
from datetime import timedelta

from bot.sandbox.people import add_member
from digest.model import Subscriber
from digest.texts import Texts
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader


def plainly(texts: Texts, key: str, **values: object) -> str:
    """The first line of a text as it stands in a chat, without markup."""
    return re.sub(r"<[^>]+>", "", texts(key, **values)).strip().split("\n")[0]


async def known(reader: Reader) -> Subscriber:
    return await reader.chatting.subscriber(reader.person)


async def ready(reader: Reader) -> None:
    """Let the reader have finished the walk of /start."""
    welcome = await reader.say("/start")
    columns = await reader.tap(welcome, f"1:setup:start:{reader.texts.lang.value}:0")
    await reader.tap(columns, "1:setup:start:done:0")
    await reader.chatting.quiet()


@covers("/start", "button setup", "button pick")
async def test_a_newcomer_chooses_and_gets_a_first_digest(reader: Reader):
    news = reader.chatting.news
    wanted = await news.publish("新的推理模型", column="ai", topics=("llm",))
    texts = reader.texts
    page = await reader.say("/start")
    assert page.labels == ["中文", "English"]
    page = await reader.tap(page, f"1:setup:start:{texts.lang.value}:0")
    assert plainly(texts, "chat.setup.columns") in page.text
    page = await reader.tap(page, "1:pick:start:c:ai:0")
    assert [label for label in page.labels if label.startswith("✓")] != []
    page = await reader.tap(page, "1:setup:start:topics:0")
    assert plainly(texts, "chat.setup.topics") in page.text
    page = await reader.tap(page, "1:pick:start:t:llm:0")
    await reader.tap(page, texts("chat.setup.done"))
    await reader.chatting.quiet()
    subscription = (await known(reader)).subscription
    assert (subscription.wishes.columns, subscription.wishes.topics) == (("ai",), ("llm",))
    assert subscription.wishes.lang is texts.lang
    assert not subscription.paused
    said = [message.text for message in reader.person.inbox]
    assert any(wanted.title in text for text in said)
    assert "/latest" in said[-1]


@covers("/digest", "button now")
async def test_a_returning_reader_asks_for_a_digest(reader: Reader):
    await ready(reader)
    clock, texts = reader.chatting.clock, reader.texts
    clock.move(hours=2)
    await reader.chatting.news.publish("新来的消息", at=clock() - timedelta(hours=1))
    first = await reader.say("/digest")
    assert texts("chat.preview.intro") in first.text
    await reader.chatting.quiet()
    assert "新来的消息" in reader.person.inbox[-1].text
    again = await reader.say("/start")
    assert plainly(texts, "chat.start.again", follows="", next="") in again.text
    before = len(reader.person.inbox)
    await reader.tap(again, texts("chat.start.now"))
    await reader.chatting.quiet()
    assert texts("chat.preview.intro") in reader.person.inbox[before].text
    assert "新来的消息" in reader.person.inbox[-1].text


@covers("/subscribe", "/unsubscribe")
async def test_pushes_are_chosen_stopped_and_resumed(reader: Reader):
    texts = reader.texts
    page = await reader.say("/subscribe")
    assert plainly(texts, "chat.setup.columns") in page.text
    page = await reader.tap(page, "1:pick:sub:c:ai:0")
    await reader.tap(page, texts("chat.setup.done"))
    assert (await known(reader)).subscription.wishes.columns == ("ai",)
    assert not (await known(reader)).subscription.paused
    stopped = await reader.say("/unsubscribe")
    assert stopped.labels == [texts("chat.unsubscribe.resume")]
    assert (await known(reader)).subscription.paused
    await reader.tap(stopped, texts("chat.unsubscribe.resume"))
    resumed = (await known(reader)).subscription
    assert not resumed.paused
    assert resumed.wishes.columns == ("ai",)


@covers("button topics", "button follow", "button unfollow")
async def test_a_topic_is_followed_and_left_under_a_card(reader: Reader):
    await ready(reader)
    signal = await reader.chatting.news.publish("新的推理模型", topics=("llm",))
    name = reader.chatting.services.taxonomy.topics["llm"].name(reader.texts.lang)
    card = await reader.say(f"/start s_{signal.id}")
    sheet = await reader.tap(card, f"1:topics:{signal.id}")
    assert sheet.labels[0] == reader.texts("chat.topic.follow", name=name)
    said = await reader.toast(sheet, "1:follow:llm")
    assert name in said
    assert (await known(reader)).subscription.wishes.topics == ("llm",)
    sheet = reader.chatting.now_of(reader.person, sheet)
    assert f"✓ {name}" in sheet.labels
    assert name in await reader.toast(sheet, "1:unfollow:llm")
    assert (await known(reader)).subscription.wishes.topics == ()


@covers("button fewer", "button undo")
async def test_a_source_is_muted_under_a_card_and_heard_again(reader: Reader):
    signal = await reader.chatting.news.publish("新的推理模型")
    card = await reader.say(f"/start s_{signal.id}")
    sheet = await reader.tap(card, f"1:less:{signal.id}")
    label = reader.texts("chat.less.source", name="晨星新闻")
    assert await reader.toast(sheet, label) == reader.texts(
        "chat.less.source.done", name="晨星新闻"
    )
    source = signal.seen_in[0].source_id
    assert (await known(reader)).subscription.wishes.mutes == (f"source:{source}",)
    sheet = reader.chatting.now_of(reader.person, sheet)
    assert await reader.toast(sheet, reader.texts("chat.less.undo")) == reader.texts(
        "chat.less.undone"
    )
    assert (await known(reader)).subscription.wishes.mutes == ()


@covers("plain text", "unknown command")
async def test_plain_words_search_and_slips_are_understood(reader: Reader):
    await reader.chatting.news.publish("央行下调存款准备金率")
    found = await reader.say("存款准备金")
    assert "央行下调存款准备金率" in found.text
    near = await reader.say("/setings")
    assert "/settings" in near.text
    assert plainly(reader.texts, "chat.unknown.near", typed="setings", command="") in near.text
    lost = await reader.say("/qqqqqq")
    assert plainly(reader.texts, "chat.unknown", typed="qqqqqq") in lost.text


@covers("blocked and back")
async def test_who_blocks_and_comes_back_finds_everything(reader: Reader):
    await reader.say("/follow 彩票")
    reader.person.block()
    await reader.chatting.quiet()
    assert not (await known(reader)).active
    again = await reader.say("/help")
    assert reader.texts("chat.command.latest") in again.text
    assert (await known(reader)).active
    assert (await known(reader)).subscription.wishes.words == ("彩票",)


# --- with others -------------------------------------------------------------------------


def group_of(chatting: Chatting) -> int:
    return chatting.sandbox.chat("group").id


@covers("group added", "another bot")
async def test_a_group_that_lets_the_bot_in_is_greeted_in_its_language(reader: Reader):
    chatting, chat = reader.chatting, group_of(reader.chatting)
    world = chatting.sandbox.world
    add_member(world, world.chats[chat], world.bot, "left")
    await chatting.quiet()
    change = {"chat": world.chat_data(world.chats[chat]), "from": reader.person.user.data()}
    world.chats[chat].members[world.bot.id] = "member"
    me = world.bot.data()
    old, new = {"user": me, "status": "left"}, {"user": me, "status": "member"}
    change |= {"date": int(world.now()), "old_chat_member": old, "new_chat_member": new}
    before = len(reader.person.messages_in(chat))
    world.updates.push("my_chat_member", change)
    await chatting.quiet()
    (hello,) = reader.person.messages_in(chat)[before:]
    assert plainly(reader.texts, "chat.group.hello") in hello.text
    reader.person.send("/help@another_bot", chat=chat)
    await chatting.quiet()
    assert reader.person.messages_in(chat)[-1].by_bot is False


@covers("group migrated")
async def test_a_group_that_becomes_a_supergroup_keeps_everything(reader: Reader):
    chatting, chat = reader.chatting, group_of(reader.chatting)
    welcome = await chatting.say(chatting.wang, "/start", chat=chat)
    lang = reader.texts.lang
    page = await chatting.tap(chatting.wang, welcome, f"1:setup:start:{lang.value}:0", chat=chat)
    await chatting.tap(chatting.wang, page, "1:pick:start:c:ai:0", chat=chat)
    new_chat = chatting.sandbox.upgrade_group(chat)
    await chatting.quiet()
    found = await chatting.storage.subscribers.by_chat(new_chat)
    assert found is not None
    assert (found.lang, found.subscription.wishes.columns) == (lang, ("ai",))
    shown = await chatting.say(chatting.wang, "/settings", chat=new_chat)
    assert reader.texts("chat.settings.frequency.button") in shown.labels


@covers("channel")
async def test_a_channel_is_set_up_by_its_admins_alone(reader: Reader):
    chatting = reader.chatting
    chat = chatting.sandbox.chat("channel").id
    lang = reader.texts.lang
    welcome = await chatting.say(chatting.wang, "/start", chat=chat)
    page = await chatting.tap(chatting.wang, welcome, f"1:setup:start:{lang.value}:0", chat=chat)
    refused = await chatting.toast(reader.person, page, "1:pick:start:c:ai:0", chat=chat)
    assert refused == reader.texts("chat.admins_only")
    await chatting.tap(chatting.wang, page, "1:pick:start:c:ai:0", chat=chat)
    found = await chatting.storage.subscribers.by_chat(chat)
    assert found is not None
    assert found.subscription.wishes.columns == ("ai",)


@covers("forum topic")
async def test_each_topic_of_a_forum_has_settings_of_its_own(reader: Reader):
    chatting = reader.chatting
    forum = chatting.sandbox.chat("forum")
    one, two = sorted(forum.topics)[:2]
    lang = reader.texts.lang
    for thread, column in ((one, "ai"), (two, "business")):
        page = await chatting.say(chatting.wang, "/start", chat=forum.id, thread=thread)
        page = await chatting.tap(
            chatting.wang, page, f"1:setup:start:{lang.value}:0", chat=forum.id
        )
        assert plainly(reader.texts, "chat.setup.columns") in page.text
        await chatting.tap(chatting.wang, page, f"1:pick:start:c:{column}:0", chat=forum.id)
        found = await chatting.storage.subscribers.by_chat(forum.id, thread)
        assert found is not None
        assert found.subscription.wishes.columns == (column,)
