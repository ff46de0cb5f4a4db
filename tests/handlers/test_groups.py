from bot.sandbox.people import Seen, add_member
from digest.model import ChatKind
from tests.handlers.conftest import Chatting

ADMINS_ONLY = "在群和频道里，这件事由管理员来定。"


async def group_of(chatting: Chatting) -> int:
    return chatting.sandbox.chat("group").id


async def test_anyone_in_a_group_can_ask(chatting: Chatting):
    group = await group_of(chatting)
    await chatting.news.publish("央行下调存款准备金率")
    listed = await chatting.say(chatting.lin, "/latest", chat=group)
    assert "存款准备金率" in listed.text
    assert listed.data["reply_to_message"]["text"] == "/latest"
    await chatting.toast(chatting.lin, listed, "1", chat=group)
    assert "• 央行下调存款准备金率" in chatting.lin.messages_in(group)[-1].text


async def test_only_admins_change_what_a_group_is_sent(chatting: Chatting):
    group = await group_of(chatting)
    for command in ("/settings", "/subscribe", "/unsubscribe", "/follow", "/time 8"):
        refused = await chatting.say(chatting.lin, command, chat=group)
        assert refused.text == ADMINS_ONLY, command
    page = await chatting.say(chatting.wang, "/settings", chat=group)
    refused_tap = await chatting.toast(chatting.lin, page, "推送安排", chat=group)
    assert refused_tap == ADMINS_ONLY
    page = await chatting.tap(chatting.wang, page, "推送安排", chat=group)
    page = await chatting.tap(chatting.wang, page, "一键方案", chat=group)
    page = await chatting.tap(chatting.wang, page, "只要早报", chat=group)
    assert "下次推送" in page.text
    found = await chatting.storage.subscribers.by_chat(group, 0)
    assert found is not None
    assert not found.subscription.instant
    assert found.subscription.digest_times
    assert found.kind is ChatKind.GROUP


async def test_a_group_is_set_up_by_its_admin(chatting: Chatting):
    group = await group_of(chatting)
    welcome = await chatting.say(chatting.lin, "/start", chat=group)
    assert await chatting.toast(chatting.lin, welcome, "中文", chat=group) == ADMINS_ONLY
    columns = await chatting.tap(chatting.wang, welcome, "中文", chat=group)
    await chatting.tap(chatting.wang, columns, "完成", chat=group)
    after = chatting.wang.messages_in(group)[-1]
    assert "推送由管理员用 /settings 调整" in after.text


async def test_an_answer_to_a_settings_question_counts_from_admins_only(chatting: Chatting):
    group = await group_of(chatting)
    page = await chatting.say(chatting.wang, "/settings", chat=group)
    page = await chatting.tap(chatting.wang, page, "时区", chat=group)
    await chatting.tap(chatting.wang, page, "其他时区", chat=group)
    question = chatting.wang.messages_in(group)[-1]
    refused = await chatting.say(chatting.lin, "东京", chat=group, reply_to=question.id)
    assert refused.text == ADMINS_ONLY
    done = await chatting.say(chatting.wang, "东京", chat=group, reply_to=question.id)
    assert "时区改为：东京时间。" in done.text


async def test_what_is_saved_in_a_group_is_the_persons_own(chatting: Chatting):
    group = await group_of(chatting)
    signal = await chatting.news.publish("值得留下的")
    listed = await chatting.say(chatting.lin, "/latest", chat=group)
    await chatting.toast(chatting.lin, listed, "1", chat=group)
    card = chatting.lin.messages_in(group)[-1]
    said = await chatting.toast(chatting.lin, card, f"1:save:{signal.id}", chat=group)
    assert "已收藏到你自己的「默认收藏」" in said
    assert chatting.now_of(chatting.lin, card, chat=group).labels == card.labels
    again = await chatting.toast(chatting.lin, card, f"1:save:{signal.id}", chat=group)
    assert "已经收藏过了" in again
    said = await chatting.toast(chatting.alex, card, f"1:save:{signal.id}", chat=group)
    assert "已收藏到你自己的" in said
    assert "值得留下的" in (await chatting.say(chatting.lin, "/saved")).text
    reader = await chatting.subscriber(chatting.alex)
    assert reader.subscription.paused


async def test_collections_are_not_shown_in_a_group(chatting: Chatting):
    group = await group_of(chatting)
    for command in ("/saved", "/collections"):
        private = await chatting.say(chatting.lin, command, chat=group)
        assert "在私聊里看更合适" in private.text
        assert private.buttons[0]["url"].startswith("https://t.me/")


async def test_a_group_talks_without_being_interrupted(chatting: Chatting):
    group = await group_of(chatting)
    before = len(chatting.lin.messages_in(group))
    chatting.lin.send("大家早上好，有人看新闻了吗", chat=group)
    chatting.lin.send("/roll 6", chat=group)
    chatting.lin.send("/latest@another_bot", chat=group)
    await chatting.quiet()
    assert len(chatting.lin.messages_in(group)) == before + 3
    assert await chatting.storage.subscribers.by_chat(group, 0) is None


async def test_a_command_for_us_by_name_is_answered(chatting: Chatting):
    group = await group_of(chatting)
    username = chatting.sandbox.world.bot.username
    listed = await chatting.say(chatting.lin, f"/latest@{username.upper()}", chat=group)
    assert "还没有信号" in listed.text
    unknown = await chatting.say(chatting.lin, f"/lates@{username}", chat=group)
    assert "/latest" in unknown.text


async def test_each_forum_topic_has_its_own_settings(chatting: Chatting):
    forum = chatting.sandbox.chat("forum")
    (one, *_) = [key for key in forum.topics if key != 1]
    page = await chatting.say(chatting.wang, "/subscribe 大模型", chat=forum.id, thread=one)
    assert page.data["message_thread_id"] == one
    found = await chatting.storage.subscribers.by_chat(forum.id, one)
    assert found is not None
    assert found.subscription.wishes.topics == ("llm",)
    assert await chatting.storage.subscribers.by_chat(forum.id, 0) is None
    await chatting.tap(chatting.wang, page, "推送安排", chat=forum.id)
    page = await chatting.tap(chatting.wang, page, "只要早报", chat=forum.id)
    found = await chatting.storage.subscribers.by_chat(forum.id, one)
    assert found is not None
    assert not found.subscription.instant
    assert found.subscription.digest_times


async def test_a_channel_is_set_up_by_its_own_posts(chatting: Chatting):
    channel = chatting.sandbox.chat("channel")
    page = await chatting.say(chatting.wang, "/subscribe 大模型", chat=channel.id)
    assert "设好了" in page.text
    found = await chatting.storage.subscribers.by_chat(channel.id, 0)
    assert found is not None
    assert found.kind is ChatKind.CHANNEL


async def test_a_group_that_lets_the_bot_in_is_greeted(chatting: Chatting):
    group = chatting.sandbox.chat("group")
    world = chatting.sandbox.world
    add_member(world, group, world.bot, "left")
    await chatting.quiet()
    add_member(world, group, world.bot)
    await chatting.quiet()
    hello = chatting.wang.messages_in(group.id)[-1]
    assert "大家好" in hello.text


async def test_a_group_that_throws_the_bot_out_is_left_alone(chatting: Chatting):
    group = chatting.sandbox.chat("group")
    await chatting.say(chatting.wang, "/subscribe 大模型", chat=group.id)
    add_member(chatting.sandbox.world, group, chatting.sandbox.world.bot, "kicked")
    await chatting.quiet()
    found = await chatting.storage.subscribers.by_chat(group.id, 0)
    assert found is not None
    assert not found.active
    assert found.subscription.wishes.topics == ("llm",)


async def test_an_upgraded_group_keeps_its_settings(chatting: Chatting):
    group = await group_of(chatting)
    await chatting.say(chatting.wang, "/subscribe 大模型", chat=group)
    new_id = chatting.sandbox.upgrade_group(group)
    await chatting.quiet()
    found = await chatting.storage.subscribers.by_chat(new_id, 0)
    assert found is not None
    assert found.subscription.wishes.topics == ("llm",)


async def test_a_person_who_blocks_and_comes_back(chatting: Chatting):
    await chatting.say(chatting.lin, "/subscribe 大模型")
    chatting.lin.block()
    await chatting.quiet()
    assert not (await chatting.subscriber(chatting.lin)).active
    again: Seen = await chatting.say(chatting.lin, "/help")
    assert "/latest" in again.text
    reader = await chatting.subscriber(chatting.lin)
    assert reader.active
    assert reader.subscription.wishes.topics == ("llm",)


async def test_what_a_reader_of_a_channel_taps_stays_the_readers_own(chatting: Chatting):
    channel = chatting.sandbox.chat("channel").id
    for _ in range(3):
        signal = await chatting.news.publish()
    listed = await chatting.say(chatting.wang, "/latest 2", chat=channel)
    before = len(chatting.lin.messages_in(channel))
    query = chatting.lin.press(listed, "1", chat=channel)
    answer = await chatting.lin.answer_to(query)
    assert answer["url"] == f"https://t.me/hexin_sandbox_bot?start=s_{signal.id}"
    more = await chatting.toast(chatting.lin, listed, "更多", chat=channel)
    assert more == ADMINS_ONLY
    await chatting.quiet()
    assert len(chatting.lin.messages_in(channel)) == before
    assert chatting.now_of(chatting.lin, listed, chat=channel).text == listed.text
    turned = await chatting.tap(chatting.wang, listed, "更多", chat=channel)
    assert turned.text != listed.text
    card = await chatting.say(chatting.lin, f"/start s_{signal.id}")
    assert signal.title in card.text
