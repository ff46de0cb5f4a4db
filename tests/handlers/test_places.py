"""Groups, channels and forum topics: who may configure, and what becomes of us there."""

import pytest

from bot.sandbox.errors import ApiError
from digest.model import ChatKind, Subscriber
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader

ADMINS_ONLY = "在群和频道里，这件事由管理员来定。"


async def subscriber(chatting: Chatting, chat: int, thread: int = 0) -> Subscriber:
    found = await chatting.storage.subscribers.by_chat(chat, thread)
    assert found is not None
    return found


def channel_of(chatting: Chatting) -> int:
    """The channel, with the forum as its discussion group."""
    channel, forum = chatting.sandbox.chat("channel"), chatting.sandbox.chat("forum")
    channel.linked_to, forum.linked_to = forum.id, channel.id
    return channel.id


# --- who may configure -------------------------------------------------------------------


async def test_an_anonymous_admin_configures(chatting: Chatting):
    forum = chatting.sandbox.chat("forum").id
    page = await chatting.say(chatting.wang, "/subscribe 大模型", chat=forum, as_chat=forum)
    assert "大模型" in page.text
    assert (await subscriber(chatting, forum)).subscription.wishes.topics == ("llm",)


async def test_the_linked_channel_configures_and_no_other_channel(chatting: Chatting):
    forum, channel = chatting.sandbox.chat("forum").id, chatting.sandbox.chat("channel").id
    refused = await chatting.say(chatting.wang, "/settings", chat=forum, as_chat=channel)
    assert refused.text == ADMINS_ONLY
    channel_of(chatting)
    chatting.clock.move(minutes=1)
    page = await chatting.say(chatting.wang, "/settings", chat=forum, as_chat=channel)
    assert "设置" in page.text


async def test_nobody_speaks_in_a_name_that_is_not_theirs(chatting: Chatting):
    forum = chatting.sandbox.chat("forum").id
    with pytest.raises(ApiError):
        chatting.lin.send("/settings", chat=forum, as_chat=forum)


async def test_a_channels_post_is_not_answered_again_in_its_discussion_group(chatting: Chatting):
    channel, forum = channel_of(chatting), chatting.sandbox.chat("forum").id
    before = len(chatting.lin.messages_in(forum))
    await chatting.say(chatting.wang, "/latest", chat=channel)
    await chatting.quiet()
    forwarded = chatting.lin.messages_in(forum)[before:]
    assert [one.text for one in forwarded] == ["/latest"]
    assert forwarded[0].data["is_automatic_forward"]
    assert await chatting.storage.subscribers.by_chat(forum) is None


async def test_who_is_no_longer_an_admin_soon_cannot_configure(chatting: Chatting):
    group = chatting.sandbox.chat("group")
    page = await chatting.say(chatting.wang, "/settings", chat=group.id)
    group.members[chatting.wang.id] = "member"
    chatting.clock.move(seconds=31)
    said = await chatting.toast(chatting.wang, page, "1:settings:zone", chat=group.id)
    assert said == ADMINS_ONLY


async def test_who_taps_a_lot_is_asked_about_once(chatting: Chatting):
    group = chatting.sandbox.chat("group").id
    page = await chatting.say(chatting.wang, "/settings", chat=group)
    for label in ("时区", "« 返回", "时区", "« 返回"):
        page = await chatting.tap(chatting.wang, page, label, chat=group)
    assert len(chatting.sandbox.log.of("getChatMember")) == 1


# --- let in, silenced, thrown out ----------------------------------------------------------


@covers("/help")
async def test_help_leads_to_groups_and_channels(reader: Reader):
    helped = await reader.say("/help")
    links = {button["text"]: button.get("url") for button in helped.buttons}
    name = reader.chatting.sandbox.world.bot.username
    group, channel = reader.texts("chat.place.add_group"), reader.texts("chat.place.add_channel")
    assert links[group] == f"https://t.me/{name}?startgroup=setup"
    assert links[channel].startswith(f"https://t.me/{name}?startchannel=setup&admin=post_messages")


async def test_a_group_is_greeted_with_the_first_tap(chatting: Chatting):
    group = chatting.sandbox.chat("group")
    chatting.wang.set_bot(group.id, "left")
    chatting.wang.set_bot(group.id, "member")
    hello = await chatting.wang.wait_for(chat=group.id)
    assert "大家好" in hello.text
    assert hello.labels == ["中文", "English"]
    assert await chatting.toast(chatting.lin, hello, "中文", chat=group.id) == ADMINS_ONLY
    columns = await chatting.tap(chatting.wang, hello, "中文", chat=group.id)
    assert "完成" in columns.labels


async def test_a_forum_is_told_of_its_topics(chatting: Chatting):
    forum = chatting.sandbox.chat("forum")
    chatting.wang.set_bot(forum.id, "left")
    chatting.wang.set_bot(forum.id, "administrator")
    hello = await chatting.wang.wait_for(chat=forum.id)
    assert "每个话题里发 /start" in hello.text


async def test_the_walk_stays_in_its_topic(chatting: Chatting):
    forum = chatting.sandbox.chat("forum")
    one, two = [key for key in forum.topics if key != 1][:2]
    await chatting.news.publish("央行下调存款准备金率")
    welcome = await chatting.say(chatting.wang, "/start", chat=forum.id, thread=one)
    columns = await chatting.tap(chatting.wang, welcome, "中文", chat=forum.id)
    await chatting.tap(chatting.wang, columns, "完成", chat=forum.id)
    await chatting.quiet()
    said = [seen for seen in chatting.wang.messages_in(forum.id) if seen.by_bot]
    assert len(said) >= 3
    assert {seen.data["message_thread_id"] for seen in said} == {one}
    assert await chatting.storage.subscribers.by_chat(forum.id, two) is None


async def test_a_channel_without_leave_to_post_is_off_until_it_gives_it(chatting: Chatting):
    channel = chatting.sandbox.chat("channel").id
    chatting.wang.start()
    await chatting.say(chatting.wang, "/subscribe 大模型", chat=channel)
    chatting.wang.set_bot(channel, "administrator", can_post_messages=False)
    await chatting.quiet()
    found = await subscriber(chatting, channel)
    assert (found.active, found.kind) == (False, ChatKind.CHANNEL)
    assert "「晨星快讯」里我没有发言的权限" in chatting.wang.inbox[-1].text
    chatting.wang.set_bot(channel, "administrator", can_post_messages=True)
    await chatting.quiet()
    back = await subscriber(chatting, channel)
    assert back.active
    assert back.subscription.wishes.topics == ("llm",)
    assert "我已加入频道「晨星快讯」" in chatting.wang.inbox[-1].text


async def test_who_has_not_started_the_bot_is_not_written_to(chatting: Chatting):
    channel = chatting.sandbox.chat("channel").id
    chatting.wang.set_bot(channel, "administrator", can_post_messages=False)
    await chatting.quiet()
    assert chatting.wang.inbox == []


async def test_a_restricted_group_is_off_and_comes_back(chatting: Chatting):
    group = chatting.sandbox.chat("group").id
    await chatting.say(chatting.wang, "/subscribe 大模型", chat=group)
    chatting.wang.set_bot(group, "restricted")
    await chatting.quiet()
    assert not (await subscriber(chatting, group)).active
    chatting.wang.set_bot(group, "member")
    await chatting.quiet()
    assert (await subscriber(chatting, group)).active


async def test_silenced_while_answering_is_noted(chatting: Chatting):
    group = chatting.sandbox.chat("group")
    await chatting.say(chatting.wang, "/latest", chat=group.id)
    group.members[chatting.sandbox.world.bot.id] = "restricted"  # and nobody told us
    chatting.wang.send("/latest", chat=group.id)
    await chatting.forgive()
    assert not (await subscriber(chatting, group.id)).active


# --- forum topics --------------------------------------------------------------------------


async def test_a_topic_that_was_deleted_is_off_alone_and_a_group_on(chatting: Chatting):
    forum = chatting.sandbox.chat("forum")
    one, two = [key for key in forum.topics if key != 1][:2]
    for thread in (one, two):
        await chatting.say(chatting.wang, "/subscribe 大模型", chat=forum.id, thread=thread)
    await chatting.storage.subscribers.close_topic(forum.id, one, chatting.clock())
    assert not (await subscriber(chatting, forum.id, one)).active
    assert (await subscriber(chatting, forum.id, two)).active
    # The bot is thrown out and comes back: the closed topic stays closed.
    chatting.wang.set_bot(forum.id, "left")
    await chatting.quiet()
    chatting.wang.set_bot(forum.id, "administrator")
    await chatting.quiet()
    assert not (await subscriber(chatting, forum.id, one)).active
    assert (await subscriber(chatting, forum.id, two)).active
    chatting.wang.reopen_topic(forum.id, one)
    await chatting.quiet()
    assert (await subscriber(chatting, forum.id, one)).active


async def test_an_answer_into_a_closed_topic_switches_it_off(chatting: Chatting):
    forum = chatting.sandbox.chat("forum")
    one = next(key for key in forum.topics if key != 1)
    forum.rights[chatting.sandbox.world.bot.id] = {"can_manage_topics": False}
    page = await chatting.say(chatting.wang, "/subscribe", chat=forum.id, thread=one)
    chatting.wang.close_topic(forum.id, one)
    chatting.wang.send("/latest", chat=forum.id, thread=one)
    await chatting.forgive()
    assert page.data["message_thread_id"] == one
    assert not (await subscriber(chatting, forum.id, one)).active


async def test_general_is_a_place_of_its_own(chatting: Chatting):
    forum = chatting.sandbox.chat("forum")
    one = next(key for key in forum.topics if key != 1)
    page = await chatting.say(chatting.wang, "/subscribe 大模型", chat=forum.id)
    assert "message_thread_id" not in page.data
    await chatting.say(chatting.wang, "/subscribe 芯片", chat=forum.id, thread=one)
    general, topic = (
        await subscriber(chatting, forum.id),
        await subscriber(chatting, forum.id, one),
    )
    assert general.subscription.wishes.topics == ("llm",)
    assert topic.subscription.wishes.topics == ("chips",)


# --- moved ---------------------------------------------------------------------------------


async def test_an_upgrade_is_told_twice_and_followed_once(chatting: Chatting):
    group = chatting.sandbox.chat("group").id
    await chatting.say(chatting.wang, "/subscribe 大模型", chat=group)
    new_id = chatting.sandbox.upgrade_group(group)
    await chatting.quiet()
    moved = await subscriber(chatting, new_id)
    assert (moved.active, moved.subscription.wishes.topics) == (True, ("llm",))
    assert await chatting.storage.subscribers.by_chat(group) is None
